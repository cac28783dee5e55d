"""Lot numbers leave the file only as HMAC-SHA256 (RFC 2104)."""

import hashlib

_BLOCK = 64


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The key xor the inner and the outer pad: all that SQL needs for an HMAC from sha256 alone."""
    block = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
