"""What lies beside the pages of a night: its workbook."""

from pathlib import Path

from pv.report import workbook
from pv.report.content import Content
from pv.report.workbook import Night


def write(content: Content, folder: Path) -> None:
    """Write the files of a night that are no pages into the folder of its pages."""
    run = content.run
    night = Night(run.run_id, run.as_of, run.code_version, content.quality.simulated.any)
    headlines = {headline.pair: headline for headline in content.triage.headlines}
    workbook.write(content.con, folder / workbook.NAME, night, headlines)
