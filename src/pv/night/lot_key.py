"""The key of the lot numbers' HMAC: the same every night, until a person begins with another.

Its fingerprint is in ops.lot_key, which outlasts the key. Lots under two keys never match.
"""

import hashlib
import hmac
import secrets

import duckdb

from pv.errors import UsageError
from pv.settings import SHORTEST_LOT_KEY, Home, Settings
from pv.warehouse import disk
from pv.warehouse.transaction import transaction

_FINGERPRINT_OF = b"the lot key of a poolvigil home"


def of_night(con: duckdb.DuckDBPyConnection, home: Home) -> bytes:
    """The key as set, else as kept in work/lot.key; a home without any lots gets a new one.

    Raises `UsageError` when it is lost, too short, or not the one of the nights before.
    """
    wrong = problem(con, home)
    if wrong:
        raise UsageError(
            f"{wrong}. Put the key of before back; or `poolvigil new-lot-key --home {home.root}` "
            "begins with another: lots that are loaded already will match none that are loaded "
            "from then on"
        )
    key = _given(home)
    if key is None:
        key = _make(home)
    if _known(con) is None:
        _record(con, key)
    return key


def problem(con: duckdb.DuckDBPyConnection, home: Home) -> str | None:
    """What keeps the key from being that of the nights before, without saying the key."""
    known, key = _known(con), _given(home)
    if key is None:
        was_there = (
            known is not None
            or con.execute(
                "select 1 from staging.report_drug where lot_hmac is not null limit 1"
            ).fetchone()
        )
        return f"the lot key is lost: {home.lot_key} is not there" if was_there else None
    if len(key) < SHORTEST_LOT_KEY:
        return f"{home.lot_key} holds {len(key)} bytes, and a key has {SHORTEST_LOT_KEY} or more"
    if known not in (None, _fingerprint(key)):
        return f"the lot key ({_origin(home)}) is not that of the nights before"
    return None


def begin_with_another(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """From now on the key is the one that is set or kept, or a new one if there is none.

    Raises `UsageError` when it is too short or that of the nights before.
    """
    key = _given(home)
    if key is None:
        key = _make(home)
    if len(key) < SHORTEST_LOT_KEY:
        raise UsageError(f"{problem(con, home)}: remove it and start again")
    if _known(con) == _fingerprint(key):
        raise UsageError(
            f"the lot key ({_origin(home)}) is that of the nights before: set another, or move "
            f"{home.lot_key} away, to begin with a new one"
        )
    _record(con, key)


def _given(home: Home) -> bytes | None:
    setting = Settings.of(home).lot_key
    if setting is not None:
        return setting.get_secret_value().encode()
    return home.lot_key.read_bytes() if home.lot_key.exists() else None


def _origin(home: Home) -> str:
    return str(home.lot_key) if Settings.of(home).lot_key is None else "setting lot_key"


def _make(home: Home) -> bytes:
    """A new key, on the disk before anything depends on it."""
    disk.make_private(home.work)
    made = secrets.token_hex(32).encode()
    disk.write(home.lot_key, made, mode=0o600)
    return made


def _fingerprint(key: bytes) -> str:
    return hmac.new(key, _FINGERPRINT_OF, hashlib.sha256).hexdigest()


def _known(con: duckdb.DuckDBPyConnection) -> str | None:
    """The fingerprint of the key that the home has begun with last."""
    found = con.execute(
        "select lot_key_fingerprint from ops.lot_key order by lot_key_no desc limit 1"
    ).fetchone()
    return found[0] if found else None


def _record(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    with transaction(con):
        con.execute(
            "insert into ops.lot_key by name "
            "select (select count(*) + 1 from ops.lot_key)::integer as lot_key_no, "
            "$fingerprint as lot_key_fingerprint",
            {"fingerprint": _fingerprint(key)},
        )
