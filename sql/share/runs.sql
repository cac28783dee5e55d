-- writes: nothing
-- reads: ops.run
-- params: none
-- grain: published run
-- What this snapshot was made of, without the names of files
select run_id, as_of, code_version, fingerprint, seed, spec, rules, versions
from ops.run
