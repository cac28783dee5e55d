"""The safety officer's pages of a night, made from a published snapshot and nothing else."""

from pathlib import Path

__all__ = ["write"]


def write(snapshot: Path, folder: Path, memory: int | None = None) -> Path:
    """`pv.report.site.write`; templates and figures are loaded when there are pages to write."""
    from pv.report import site

    return site.write(snapshot, folder, memory)
