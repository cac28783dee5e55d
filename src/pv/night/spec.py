"""What a night is asked: the home's own files and settings over what is shipped."""

from pv.settings import Home, Settings
from pv.spec import AnalysisSpec


def of(home: Home, rule: str | None) -> AnalysisSpec:
    """The specification that holds in a home; `rule` is a preset's name or a file.

    Raises `UsageError` naming the file or the setting and what is wrong in it.
    """
    settings = Settings.of(home)
    return AnalysisSpec.load(
        home.spec, rule=rule, seed=settings.seed, horizon=settings.sequential_horizon
    )
