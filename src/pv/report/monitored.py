"""The lines of the reaction monitoring report, as a snapshot has them, and their columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import duckdb

from pv.dictionary.verdicts import BY_KEY
from pv.report import words
from pv.report.headline import Headline
from pv.report.rows import dicts

Kind = Literal["text", "whole", "ratio", "level", "yes", "date"]
Row = dict[str, Any]

_LINES = """
select
    m.*, p.substance, s.soc, coalesce(g.verdict, 'not_flagged') as verdict,
    g.family = 'important' as important, coalesce(g.listed, false) as listed,
    d.signal_status, d.signal_outcome, d.decided_on, d.next_review
from mart.reaction_monitoring m
left join core.product p on p.brand = m.product
left join mart.signal g using (product, event, event_kind)
left join mart.signal_status d using (product, event, event_kind)
left join core.event_soc s on s.event = m.event and m.event_kind = 'event'
order by g.rank nulls last, m.n desc, m.product, m.event, m.event_kind
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name among the fields, its head, what its cells are, and how wide it is.

    `meaning` stands where the dictionary's does not fit.
    """

    name: str
    head: str
    kind: Kind
    meaning: str = ""
    width: float = 13


def _both(name: str, said: str) -> tuple[Column, Column]:
    return (
        Column(f"n_{name}_new", f"New {said}", "whole"),
        Column(f"n_{name}", f"Total {said}", "whole"),
    )


def _of_age(group: str) -> tuple[Column, ...]:
    return (
        *_both(group, group),
        Column(f"relative_ror_{group}", f"Relative ROR {group}", "ratio"),
        Column(f"relative_ror025_{group}", f"Relative ROR025 {group}", "ratio"),
        Column(f"sdr_{group}", f"SDR {group}", "yes"),
    )


_REGIONS = {
    "europe": "Europe", "north_america": "North America", "japan": "Japan", "asia": "Asia",
    "rest_of_world": "Rest of world",
}  # fmt: skip
COLUMNS = (
    Column("product", "Product", "text", width=22),
    Column("event", "Event", "text", width=36),
    Column("event_kind", "Kind", "text", width=12),
    Column("substance", "Active substance", "text", width=24),
    Column("soc", "SOC", "text", "System organ class; empty without the licensee's own MedDRA",
           width=28),
    Column("priority", "Priority", "level", "Level in the triage, 0 the most urgent; empty for "
           "what is no headline, listed, set aside or only watched"),
    Column("change", "Changes", "text", "What became of a headline since the night before: new, "
           "changed or the same; empty where there was none, and for what is no headline"),
    Column("n_before", "Cases before", "whole", "Cases of the headline in the night before"),
    Column("verdict", "Verdict", "text", width=20),
    Column("signal_status", "Decision", "text", "Where the signal stands in its management, and "
           "what came of a closed one; empty for what is no signal and was never decided on",
           width=20),
    Column("decided_on", "Decided on", "date", width=12),
    Column("next_review", "Next review", "date", width=12),
    Column("important", "Important event", "yes", "The event is an event group or in one"),
    Column("listed", "Listed", "yes"),
    Column("sdr", "SDR", "yes"),
    Column("n_new_cases", "New", "whole"),
    Column("n", "Total", "whole"),
    *_both("eea", "EEA"),
    *_both("serious", "serious"),
    *_both("fatal", "fatal"),
    *_both("literature", "literature"),
    *_both("spontaneous", "spontaneous"),
    *_both("rechallenge", "positive rechallenge"),
    *_of_age("paediatric"),
    *_of_age("geriatric"),
    *(column for name, said in _REGIONS.items() for column in _both(name, said)),
    Column("ror025", "ROR025 all", "ratio"),
    *(Column(f"ror025_{name}", f"ROR025 {said}", "ratio") for name, said in _REGIONS.items()),
)  # fmt: skip


def read(
    con: duckdb.DuckDBPyConnection, headlines: Mapping[tuple[str, str, str], Headline]
) -> list[Row]:
    """The lines, by name of column: headlines by their level, and the others after them."""
    lines: list[Row] = []
    for line in dicts(con, _LINES):
        own = headlines.get((line["product"], line["event"], line["event_kind"]))
        lines.append(
            {
                **line,
                "verdict": BY_KEY[line["verdict"]].name,
                "signal_status": _decision(line["signal_status"], line["signal_outcome"]),
                "priority": own and own.priority,
                "change": own and own.change,
                "n_before": own and own.n_before,
            }
        )
    return sorted(lines, key=lambda line: 9 if line["priority"] is None else line["priority"])


def _decision(state: str | None, outcome: str | None) -> str | None:
    """A state and what came of it, in the words of the pages."""
    if state is None:
        return None
    said = words.SIGNAL_STATES[state]
    return f"{said}: {words.SIGNAL_OUTCOMES[outcome]}" if outcome else said
