"""Time to onset of a headline: what share of onsets came by which day, and how sure that is."""

from dataclasses import dataclass

ONSETS = """
select key, days, onset_share_low as low, onset_share_high as high, onset_share_lower as lower,
    onset_share_upper as upper, tmax_days, n_dated, n_used, reliable_from_days, statement
from shown
join mart.time_to_onset using (product, event, event_kind)
order by key, days
"""


@dataclass(frozen=True, slots=True)
class Onset:
    """Shares of onsets by a day, given that the onset comes within `tmax_days`."""

    key: int
    days: int
    low: float
    high: float
    lower: float | None
    upper: float | None
    tmax_days: int
    n_dated: int
    n_used: int
    reliable_from_days: int | None
    statement: str
