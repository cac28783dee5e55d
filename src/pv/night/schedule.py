"""When the next night is due: cron's words on the clock of the machine's own zone."""

from datetime import datetime, tzinfo

from pv.errors import UsageError


def local_zone() -> tzinfo:
    """The zone that TZ or the machine names, with its changes to and from summer time."""
    from tzlocal import reload_localzone

    try:
        return reload_localzone()  # read anew: the other one remembers
    except LookupError as error:
        raise UsageError(f"the time zone of TZ or /etc/localtime is not known: {error}") from error


def next_after(moment: datetime, cron: str) -> datetime:
    """The first time after `moment` that `cron` names, in the moment's zone.

    As Debian's cron does it: an hour that summer time leaves out is made up for right after the
    change, and one that comes twice is taken once. Raises `UsageError` for words that name no time.
    """
    from cronsim import CronSim, CronSimError

    wrong = f"--cron {cron!r} is no schedule; five fields as in '0 2 * * *'"
    if len(cron.split()) != 5:
        raise UsageError(wrong)
    try:
        # By timestamps: in the hour that comes twice, datetimes of one zone compare by the clock.
        times = (due for due in CronSim(cron, moment) if due.timestamp() > moment.timestamp())
        due = next(times, None)
    except CronSimError as error:
        raise UsageError(wrong) from error
    if due is None:
        raise UsageError(wrong)
    return due
