"""Simulated notices of an authority, in the layout of the vocabulary's table of notices."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl


def notice(number: int, brand: str, event: str, day: date) -> dict[str, str]:
    """A row: the notice of that day on a product and an event."""
    return {
        "notice_id": "simulated_notice" if number == 1 else f"simulated_notice_{number}",
        "product_id": brand.lower(),
        "platform": "",
        "event_group": "",
        "event": event,
        "issuer": "SIMULATED AUTHORITY",
        "notice_date": day.isoformat(),
        "title": f"Simulated notice on {brand.capitalize()}",
        "confidence": "high",
        "source": "simulated by poolvigil: no authority said so",
    }


def write_notices(rows: Sequence[dict[str, str]], home: Path) -> Path | None:
    """Write `vocab/notice.csv` of a home; returns the folder, None where there are no notices."""
    if not rows:
        return None
    folder = home / "vocab"
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(list(rows)).write_csv(folder / "notice.csv")
    return folder
