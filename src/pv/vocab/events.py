"""Event groups: events that mean one medical concept, counted together."""

from dataclasses import asdict, dataclass
from pathlib import Path

from pv.vocab import meddra, schema
from pv.vocab.errors import VocabularyError
from pv.vocab.reading import Row, read


@dataclass(frozen=True, slots=True)
class EventGroup:
    """One event group; the columns of core.event_group.

    `late`: looked for in the late windows. `designated`: of the P0/P1 list, each case of
    which is an alert, and of which two in a late window may signal. `labelled_car_t`: a labelled
    reaction of CAR-T products so common that it hides other events.
    """

    event_group: str
    label: str
    late: bool
    designated: bool
    labelled_car_t: bool
    includes: tuple[str, ...]
    reason: str
    source: str


def load(directory: Path | None = None) -> list[EventGroup]:
    """The event groups, ordered by slug; last the narrow SMQs of MedDRA, where the home has it.

    Raises VocabularyError.
    """
    smqs = [
        EventGroup(
            event_group=f"smq_{smq.code}",
            label=f"{smq.name} (SMQ, narrow)",
            late=False,
            designated=False,
            labelled_car_t=False,
            includes=(),
            reason="A standardised MedDRA query: its narrow terms",
            source=f"MedDRA {version}",
        )
        for version, smq in _smqs(directory)
    ]
    return [*_own(directory), *smqs]


def _smqs(directory: Path | None) -> list[tuple[str, meddra.Smq]]:
    found = meddra.load(directory)
    return [(found.versions[-1], smq) for smq in found.smqs] if found else []


def _own(directory: Path | None) -> list[EventGroup]:
    return [
        EventGroup(
            event_group=row.text("event_group"),
            label=row.text("label"),
            late=row.flag("late"),
            designated=row.flag("designated"),
            labelled_car_t=row.flag("labelled_car_t"),
            includes=row.names("includes"),
            reason=row.text("reason"),
            source=row.text("source"),
        )
        for row in read(schema.EVENT_GROUP, directory)
    ]


def rows(directory: Path | None = None) -> list[dict[str, object]]:
    """The event groups as plain rows for core.event_group; `includes` is `;`-joined text."""
    return [{**asdict(group), "includes": ";".join(group.includes)} for group in load(directory)]


def members(directory: Path | None = None) -> list[dict[str, str]]:
    """Which events belong to which group: rows (event_group, event, event_key), ordered.

    A group has its own events and those of the groups it includes. Compare `event_key` with
    `upper(trim(event))`: sources write events in capitals or in sentence case.
    Raises VocabularyError for a member or an inclusion of an unknown group, a group without an
    event, and groups that include each other.
    """
    groups = {row.text("event_group"): row for row in read(schema.EVENT_GROUP, directory)}
    own: dict[str, dict[str, str]] = {name: {} for name in groups}
    for row in read(schema.EVENT_GROUP_MEMBER, directory):
        name, event = row.text("event_group"), row.text("event")
        if name not in groups:
            raise VocabularyError(f"event_group {name!r} is not known", row.path, row.line)
        own[name][event.upper()] = event
    result: list[dict[str, str]] = []
    for name in sorted(groups):
        events = _with_included(name, groups, own, ())
        if not events:
            row = groups[name]
            raise VocabularyError(f"event_group {name!r} has no event", row.path, row.line)
        result.extend(
            {"event_group": name, "event": events[key], "event_key": key} for key in sorted(events)
        )
    result.extend(
        {"event_group": f"smq_{smq.code}", "event": event, "event_key": event.upper()}
        for _, smq in _smqs(directory)
        for event in smq.events
    )
    return result


def _with_included(
    name: str, groups: dict[str, Row], own: dict[str, dict[str, str]], path: tuple[str, ...]
) -> dict[str, str]:
    row = groups[name]
    if name in path:
        chain = " includes ".join((*path[path.index(name) :], name))
        raise VocabularyError(f"event groups in a circle: {chain}", row.path, row.line)
    events = dict(own[name])
    for other in row.names("includes"):
        if other not in groups:
            raise VocabularyError(f"includes unknown event_group {other!r}", row.path, row.line)
        events = _with_included(other, groups, own, (*path, name)) | events
    return events
