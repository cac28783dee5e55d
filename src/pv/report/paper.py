"""Pages of a night as PDF, each sheet with its number, the run and what must be known of the data.

What is printed are the published pages, as they are. WeasyPrint runs no script, and is given
neither files nor the network.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pv.errors import UsageError
from pv.report.content import opened
from pv.report.workbook import BANNER

if TYPE_CHECKING:
    from weasyprint import Document

INDEX, NIGHT = "index.html", "night.pdf"
_MISSING = (
    "PDF needs WeasyPrint and its libraries (Pango): install poolvigil[pdf], or print the pages "
    "from a browser"
)


def write(snapshot: Path, pages: Path, target: Path, most: int) -> Iterator[Path]:
    """Write the index, and the most urgent headlines, as PDF into `target`; gives each file.

    `pages` is the folder of the snapshot's pages. A file appears whole or not at all.

    Raises:
        UsageError: there is no snapshot, or WeasyPrint is not there.
    """
    with opened(snapshot) as content:
        run, simulated = content.run, content.quality.simulated.any
        urgent = [h.page for h in content.triage.headlines if h.priority is not None][:most]
    foot = f"poolvigil, run {run.run_id}, data lock point {run.as_of.isoformat()}"
    target.mkdir(parents=True, exist_ok=True)
    for page in (INDEX, *urgent):
        made = document((pages / page).read_text(encoding="utf-8"), foot, simulated=simulated)
        file = target / (NIGHT if page == INDEX else Path(page).with_suffix(".pdf").name)
        partial = file.with_name(f".{file.name}.partial")
        made.write_pdf(partial)
        os.replace(partial, file)  # noqa: PTH105  (says that an existing file is replaced)
        yield file


def document(html: str, foot: str, *, simulated: bool) -> "Document":
    """A page laid out on sheets; nothing that it names is fetched."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        raise UsageError(_MISSING) from error
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    within = URLFetcher(allowed_protocols=["data"])
    sheets = CSS(string=_sheets(foot, BANNER if simulated else ""))
    return HTML(string=html, url_fetcher=within).render(stylesheets=[sheets])


def _sheets(foot: str, banner: str) -> str:
    # The page's own banner stands on its first sheet only. The page's styles come after these: what
    # must hold all the same is important.
    return f"""
        @page {{
            size: A4; margin: 20mm 14mm 18mm !important;
            @top-center {{
                content: {_text(banner)}; color: #8a3b00; font: bold 9pt sans-serif;
            }}
            @bottom-left {{ content: {_text(foot)}; font: 8pt sans-serif; }}
            @bottom-right {{
                content: "Page " counter(page) " of " counter(pages); font: 8pt sans-serif;
            }}
        }}
        @page wide {{ size: A4 landscape !important }}
        section[aria-labelledby="listing"] {{ page: wide }}
        nav, .controls, .skip {{ display: none }}
        .scroll > table, figure .scroll > div {{ min-width: 0 }}
        table {{ font-size: .8em }}
        table th, table td, table.triage th, table.triage td {{
            min-width: 0 !important; padding: .18rem .3rem; white-space: normal !important;
        }}
        table.triage {{ font-size: .74em }}
        .facts, .side {{ display: block }}
    """


def _text(said: str) -> str:
    escaped = "".join(f"\\{ord(c):06x}" if c in '"\\\n\r\f<' else c for c in said)
    return f'"{escaped}"'
