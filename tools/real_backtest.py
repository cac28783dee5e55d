"""Make the home of the real backtest (docs/backtest.md) from files that lie outside the checkout.

    python tools/real_backtest.py REAL_DIR HOME

REAL_DIR holds `faers_dashboard` (workbooks of the FAERS Public Dashboard, selected on social
events) and `backtest/known_signals.csv` (pairs with the dates of regulators, and controls); nothing
of them is kept in this repository. HOME gets:

inbox/faers_dashboard
    a link to each workbook, or to those that --only names by the start of their file names.

truth.csv
    the pairs, in the columns of docs/backtest.md. An event group is counted as the group of
    vocab/event_group.csv, a day that was written from memory as its month.

vocab/
    the three groups of events; the ingredients that are taken with levodopa so that they name no
    substance of their own; and the interferons as one substance, as the truth has them.

spec/rule.toml
    the default rule with the products of the truth as its scope, and no permutation.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pv.spec import rule

TRUTH = ("product", "event", "event_kind", "kind", "date", "authority", "source")

# Terms that mean what the regulators' wording names, in the data's own spelling. Compulsive
# shopping is one term.
GROUPS = {
    "Gambling (any)": ("Gambling", "Gambling disorder"),
    "Hypersexuality (any)": (
        "Hypersexuality", "Compulsive sexual behaviour", "Libido increased",
        "Excessive masturbation", "Excessive sexual fantasies", "Sexual activity increased",
    ),
    "Compulsive shopping (any)": ("Compulsive shopping",),
}  # fmt: skip
WITH_LEVODOPA = ("CARBIDOPA", "BENSERAZIDE", "ENTACAPONE")
INTERFERONS = (
    "INTERFERON BETA", "INTERFERON BETA-1A", "INTERFERON BETA-1B", "INTERFERON ALFA-2A",
    "INTERFERON ALFA-2B", "INTERFERON ALFACON-1", "INTERFERON GAMMA", "INTERFERON GAMMA-1B",
    "PEGINTERFERON ALFA-2A", "PEGINTERFERON ALFA-2B", "PEGINTERFERON BETA-1A",
)  # fmt: skip
AS_ONE = {
    "MELEVODOPA": "LEVODOPA",
    "ARIPIPRAZOLE LAUROXIL": "ARIPIPRAZOLE",
    **dict.fromkeys(INTERFERONS, "INTERFERON"),
}


def main() -> int:
    """Make the home; 0 when it is made."""
    parser = argparse.ArgumentParser(description="Make the home of the real backtest.")
    parser.add_argument("real", type=Path)
    parser.add_argument("home", type=Path)
    parser.add_argument("--only", nargs="+", default=[""], metavar="NAME")
    options = parser.parse_args()
    workbooks = sorted((options.real / "faers_dashboard").glob("*.xlsx"))
    chosen = [file for file in workbooks if file.name.startswith(tuple(options.only))]
    if not chosen:
        print(f"no such workbook in {options.real / 'faers_dashboard'}", file=sys.stderr)
        return 1
    link(chosen, options.home / "inbox" / "faers_dashboard")
    with (options.real / "backtest" / "known_signals.csv").open(encoding="utf-8") as stream:
        truth = [known(row) for row in csv.DictReader(stream)]
    write(options.home / "truth.csv", TRUTH, truth)
    vocabulary(options.home / "vocab")
    scope(options.home / "spec", sorted({row["product"] for row in truth}))
    return 0


def link(files: Iterable[Path], folder: Path) -> None:
    """Link to the files, by their names."""
    folder.mkdir(parents=True)
    for file in files:
        (folder / file.name).symlink_to(file.resolve())


def known(row: Mapping[str, str]) -> dict[str, str]:
    """A row of the truth from one of known_signals.csv."""
    from_memory = row["date_precision"] == "day_from_memory"
    return {
        "product": row["drug"],
        "event": row["event_group"].replace(" ", "_"),
        "event_kind": "event_group",
        "kind": row["kind"],
        "date": row["date"][: len("yyyy-mm")] if from_memory else row["date"],
        "authority": row["authority"],
        "source": row["source"],
    }


def vocabulary(folder: Path) -> None:
    """Write the groups and the names of substances that the truth needs."""
    key = {label: label.removesuffix(" (any)").replace(" ", "_").lower() for label in GROUPS}
    write(
        folder / "event_group.csv",
        ("event_group", "label", "late", "designated", "labelled_car_t", "includes", "reason",
         "source"),
        [
            {"event_group": key[label], "label": label, "late": "false", "designated": "false",
             "labelled_car_t": "false", "reason": "impulse control", "source": "real backtest"}
            for label in GROUPS
        ],
    )  # fmt: skip
    write(
        folder / "event_group_member.csv",
        ("event_group", "event", "source"),
        [
            {"event_group": key[label], "event": event, "source": "real backtest"}
            for label, events in GROUPS.items()
            for event in events
        ],
    )
    named = dict.fromkeys(WITH_LEVODOPA, "") | AS_ONE
    write(
        folder / "substance_alias.csv",
        ("name", "substance", "note", "source"),
        [
            {"name": name, "substance": substance, "source": "real backtest",
             "note": "as the truth has it" if substance else "taken with levodopa"}
            for name, substance in named.items()
        ],
    )  # fmt: skip


def scope(folder: Path, products: Sequence[str]) -> None:
    """Write the default rule with the products as its scope."""
    shipped = (rule.PRESETS / "default.toml").read_text(encoding="utf-8")
    named = ", ".join(f'"{product}"' for product in products)
    asked = f"scope = [{named}]\npermutations = 0\n\n[[threshold]]"
    folder.mkdir(parents=True)
    text = shipped.replace("[[threshold]]", asked, 1)
    (folder / "rule.toml").write_text(text, encoding="utf-8")


def write(file: Path, columns: Sequence[str], rows: Iterable[Mapping[str, str]]) -> None:
    """Write rows as CSV; what a row does not name is empty."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    raise SystemExit(main())
