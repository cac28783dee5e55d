"""The pages of a night as a folder of files."""

import shutil
from pathlib import Path

from pv.report import beside
from pv.report.content import opened
from pv.report.pages import render


def write(snapshot: Path, folder: Path, memory: int | None = None) -> Path:
    """Write the pages of a published snapshot into `folder`, made anew; returns its `index.html`.

    The same snapshot gives the same bytes. DuckDB takes `memory` bytes at most. Raises UsageError
    when there is no snapshot, PublishError when it is not a whole one; then the folder is left as
    it was.
    """
    partial = folder.with_name(f".{folder.name}.partial")
    with opened(snapshot, memory) as content:
        shutil.rmtree(partial, ignore_errors=True)
        try:
            for path, html in render(content):
                page = partial / path
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_bytes(html.encode("utf-8", "replace"))
            beside.write(content, partial)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise
    if folder.exists():
        shutil.rmtree(folder)
    partial.replace(folder)
    return folder / "index.html"
