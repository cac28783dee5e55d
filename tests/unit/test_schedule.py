"""The schedule of `poolvigil serve`: cron's words in local time, across summer time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pv.errors import UsageError
from pv.night import schedule

BERLIN = ZoneInfo("Europe/Berlin")  # summer time from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC


def due(cron: str, first: datetime, count: int) -> list[str]:
    """The next times from `first` (UTC) on, each looked up when the one before has come."""
    found, moment = [], first.astimezone(BERLIN)
    for _ in range(count):
        moment = schedule.next_after(moment, cron)
        found.append(f"{moment.astimezone(UTC):%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("cron", "first", "expected"),
    [
        # 02:00 in winter is 01:00 UTC, in summer 00:00 UTC.
        ("0 1 * * *", datetime(2026, 3, 27, 12), ["03-28 00:00", "03-29 00:00", "03-29 23:00"]),
        ("0 4 * * *", datetime(2026, 10, 23, 12), ["10-24 02:00", "10-25 03:00", "10-26 03:00"]),
        # 02:30 is left out on 29 March: made up for at 03:00 of summer time.
        ("30 2 * * *", datetime(2026, 3, 27, 12), ["03-28 01:30", "03-29 01:00", "03-30 00:30"]),
        # 02:30 comes twice on 25 October: the first is taken.
        ("30 2 * * *", datetime(2026, 10, 23, 12), ["10-24 00:30", "10-25 00:30", "10-26 01:30"]),
        (
            "0 * * * *",
            datetime(2026, 10, 24, 23, 30),
            ["10-25 00:00", "10-25 01:00", "10-25 02:00"],
        ),
        ("0 * * * *", datetime(2026, 3, 29, 0, 30), ["03-29 01:00", "03-29 02:00", "03-29 03:00"]),
        (
            "0 2 * * mon-fri",
            datetime(2026, 7, 3, 12),
            ["07-06 00:00", "07-07 00:00", "07-08 00:00"],
        ),
    ],
)
def test_the_clock_of_the_zone_decides(cron: str, first: datetime, expected: list[str]) -> None:
    assert due(cron, first.replace(tzinfo=UTC), 3) == expected


@pytest.mark.parametrize("cron", ["30 2 * * *", "0,30 2,3 * * *", "*/10 * * * *"])
def test_the_next_time_lies_ahead_at_every_minute_of_the_changes(cron: str) -> None:
    """A time that lay behind would start one night after the other for an hour."""
    for day in (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)):
        for minute in range(4 * 60):
            now = (day + timedelta(minutes=minute)).astimezone(BERLIN)
            assert schedule.next_after(now, cron).timestamp() > now.timestamp(), now


def test_the_zone_is_that_of_tz(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert schedule.local_zone() == ZoneInfo("Asia/Tokyo")

    monkeypatch.setenv("TZ", "America/New_York")
    assert schedule.local_zone() == ZoneInfo("America/New_York")


def test_a_zone_that_is_none_is_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Nowhere/At_All")

    with pytest.raises(UsageError, match="Nowhere/At_All"):
        schedule.local_zone()


@pytest.mark.parametrize(
    "cron", ["", "2am", "0 2 * *", "0 0 2 * * *", "61 2 * * *", "0 2 30 2 *", "0 2 * * someday"]
)
def test_words_that_name_no_time_are_wrong_usage(cron: str) -> None:
    with pytest.raises(UsageError, match="five fields"):
        schedule.next_after(datetime(2026, 1, 1, tzinfo=BERLIN), cron)
