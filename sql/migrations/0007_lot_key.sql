-- Why: a lost lot key was replaced by a new one without a word, and lots no longer matched. The
-- next night writes down the fingerprint of the key that is there.
create table ops.lot_key (
    lot_key_no integer not null,
    lot_key_fingerprint varchar not null
);
