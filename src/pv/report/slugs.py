"""Names of pages: a readable part that any file system takes, and a hash that tells two apart."""

import hashlib
import re
import unicodedata

_LONGEST = 60


def slug(*names: str) -> str:
    """`kymriah-headache-1a2b3c4d` of some names, the same every night; only a-z, 0-9 and `-`."""
    plain = unicodedata.normalize("NFKD", " ".join(names)).encode("ascii", "ignore").decode()
    readable = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:_LONGEST].rstrip("-")
    digest = hashlib.sha256("\0".join(names).encode("utf-8", "replace")).hexdigest()[:8]
    return f"{readable}-{digest}" if readable else digest


def headline_page(product: str, event: str, event_kind: str) -> str:
    """The page of a pair, below the folder of the night."""
    return f"headline/{slug(product, event, event_kind)}.html"


def product_page(product: str) -> str:
    """The page of a product."""
    return f"product/{slug(product)}.html"


def country_page(country: str) -> str:
    """The page of a country, or of a stratum without one."""
    return f"country/{slug(country)}.html"
