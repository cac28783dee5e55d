"""A backtest: the truth and the published history, read and joined."""

from pathlib import Path

from pv.backtest import looks, truth
from pv.backtest.result import Backtest


def backtest(snapshot: Path, truth_file: Path) -> Backtest:
    """What the history of a published snapshot said of the pairs of a truth file.

    Raises `UsageError` when the truth cannot be read, or there is no history.
    """
    known = truth.read(truth_file)
    return Backtest.of(known, looks.read(snapshot, known))
