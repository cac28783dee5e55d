"""The HMAC that SQL computes is the one of RFC 2104."""

import hashlib
import hmac

import duckdb
import pytest

from pv.sources.lots import hmac_pads

SQL = "select sha256($outer || unhex(sha256($inner || encode($lot))))"


@pytest.mark.parametrize("key", [b"", b"k", b"x" * 64, b"x" * 65, bytes(range(200))])
@pytest.mark.parametrize("lot", ["A1", "LOT 7/É", "x" * 300])
def test_two_hashes_over_the_pads_are_the_hmac(key, lot):
    inner, outer = hmac_pads(key)
    row = duckdb.execute(SQL, {"inner": inner, "outer": outer, "lot": lot}).fetchone()
    assert row == (hmac.new(key, lot.encode(), hashlib.sha256).hexdigest(),)
