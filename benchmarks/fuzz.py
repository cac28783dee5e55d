"""Mutated files through the readers and the gate: nothing crashes, and every row is accounted for.

    python benchmarks/fuzz.py [--mutations 1000] [--seed 1] [--only NUMBER]

Each mutation is one delivery of a source (tables of FAERS as files or as a zip, a workbook of the
dashboard, our own CSVs) in which one file was damaged or made hostile. Some deliveries at a time
lie in an inbox and go through `load_inbox` and `gate`, in a child process with limits on memory
and time. A mutation fails when

- the child dies, hangs or raises, or the gate stops the night for everybody,
- a file is neither let through nor failed, or its rows read are not those kept and set aside,
- a message is longer than 300 characters or holds text out of a file.

A group that fails is tried again one by one. What fails is printed with the options that repeat
it, and the exit code is 1. The same seed makes the same mutations.
"""

import argparse
import io
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

GROUP = 25
PROCESSES = 2
MEMORY = 4 << 30
SECONDS = 180
NIGHT = date(2024, 12, 31)
# In every hostile text, so that it can be looked for in messages.
MARK = "mrs doe 7f3a"
MESSAGE_LENGTH = 300

Random = random.Random
Files = dict[str, bytes]


# --- Deliveries as they should be ----------------------------------------------------------------

FAERS = {
    "DEMO": """primaryid caseid caseversion i_f_code event_dt mfr_dt init_fda_dt fda_dt rept_cod
        mfr_num mfr_sndr age age_cod sex occp_cod reporter_country occr_country""",
    "DRUG": "primaryid caseid drug_seq role_cod drugname prod_ai val_vbm route lot_num",
    "REAC": "primaryid caseid pt drug_rec_act",
    "OUTC": "primaryid caseid outc_cod",
    "RPSR": "primaryid caseid rpsr_cod",
    "THER": "primaryid caseid dsg_drug_seq start_dt end_dt dur dur_cod",
    "INDI": "primaryid caseid indi_drug_seq indi_pt",
}
DASHBOARD = (
    "Case ID", "Suspect Product Names", "Suspect Product Active Ingredients", "Reason for Use",
    "Reactions", "Serious", "Outcomes", "Sex", "Event Date", "Latest FDA Received Date",
    "Case Priority", "Patient Age", "Sender", "Reporter Type", "Report Source",
    "Concomitant Product Names", "Initial FDA Received Date", "Country where Event occurred",
    "Manufacturer Control Number",
)  # fmt: skip
EXPOSURE = "product,country,period_start,period_end,patients,person_years,cumulative,quality,source"
BACKGROUND = (
    "event,country,sex,age_low,age_high,rate_per_100k,rate_low,rate_high,events,person_years,"
    "period,standard,source"
)


def faers_values(i: int) -> dict[str, str]:
    """What the tables of FAERS say of one report."""
    day = date(2024, 1, 2) + timedelta(days=i)
    case = str(20_000_000 + 37 * i)
    return {
        "primaryid": case + "1", "caseid": case, "caseversion": "1", "i_f_code": "I",
        "event_dt": f"{day - timedelta(days=40):%Y%m%d}", "mfr_dt": f"{day:%Y%m%d}",
        "init_fda_dt": f"{day:%Y%m%d}", "fda_dt": f"{day:%Y%m%d}", "rept_cod": "EXP",
        "mfr_num": f"US-ACME-{case}", "mfr_sndr": "ACME", "age": str(30 + i), "age_cod": "YR",
        "sex": "FM"[i % 2], "occp_cod": "MD", "reporter_country": "US", "occr_country": "DE",
        "drug_seq": "1", "role_cod": "PS", "drugname": ("KYMRIAH", "ASPIRIN")[i % 2],
        "prod_ai": ("TISAGENLECLEUCEL", "ASPIRIN")[i % 2], "val_vbm": "1", "route": "Oral",
        "lot_num": f"A{i}", "pt": ("Nausea", "Pyrexia")[i % 2], "drug_rec_act": "",
        "outc_cod": "HO", "rpsr_cod": "CSM", "dsg_drug_seq": "1", "start_dt": "20230101",
        "end_dt": "20230201", "dur": "31", "dur_cod": "DAY", "indi_drug_seq": "1",
        "indi_pt": "Lymphoma",
    }  # fmt: skip


def faers(rng: Random) -> Files:
    """Tables of a quarter by their names."""
    reports = rng.choice([3, 20, 40])
    tables: Files = {}
    for table, names in FAERS.items():
        columns = names.split()
        lines = ["$".join(columns)]
        lines += ["$".join(faers_values(i)[c] for c in columns) for i in range(reports)]
        tables[f"ASCII/{table}24Q1.txt"] = "".join(f"{line}\r\n" for line in lines).encode()
    tables["Deleted/DELETE24Q1.txt"] = b" \r\n20000037\r\n"
    return tables


def workbook(rng: Random) -> bytes:
    """An export of the dashboard."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": datetime(2024, 1, 1)})
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, DASHBOARD)
        for i in range(rng.choice([2, 15, 40])):
            row = (
                str(16_000_000 + i), "Kymriah", "Tisagenlecleucel", "Lymphoma", "Nausea;Death",
                "Serious", "Died", "Male", "22-APR-2018", "29-MAR-2019", "Expedited", "36 YR",
                "Novartis", "Consumer", "Foreign", "-", "01-FEB-2019", "FR", f"FR-NVS-2018{i}",
            )  # fmt: skip
            sheet.write_row(1 + i, 0, row)
    return content.getvalue()


def exposure(rng: Random) -> bytes:
    product = f"Product {rng.randrange(10**9)}"
    rows = [
        f"{product},{country},{year}-01-01,{year}-12-31,{rng.randrange(500)},,,registry,a book"
        for country in ("FR", "DE", "WORLD")
        for year in range(2019, 2024)
    ]
    return "\n".join([EXPOSURE, *rows, ""]).encode()


def background(rng: Random) -> bytes:
    rows = [
        f"Event {i},{country},F,0,120,3.3,3.1,3.5,100,3030303,2015-2019,crude,a book"
        for i in range(8)
        for country in ("US", "SE")
    ]
    return "\n".join([BACKGROUND, *rows, ""]).encode()


# --- What is done to them ------------------------------------------------------------------------

HOSTILE = (
    f"{MARK} fell ill after the infusion. " * 40,
    f"{MARK}" + "x" * 2_000_000,
    f"<script>alert('{MARK}')</script>",
    f"'; drop table staging.report; -- {MARK}",
    f'"{MARK}', f"=cmd|'/c calc'!A1 {MARK}", f"{{{{{MARK}}}}} {{0}} %s :name ${{HOME}}",
    f"\u202e{MARK}\u0000\u001b[31m", "\ufeff", "\x00" * 50, "\r", "\n", "$" * 30, "," * 30,
    "1e308", "-1e308", "1e999", "inf", "nan", "1e-300", "1e18", "1.200", "1,200", "0x10", "-1",
    "99999999999999999999999999", "20991231", "00000000", "20240230", "9999-12-31", "2024-02-30",
    "1900-01-01", "1.6E+07", "'", "\\", "\udcff", "WORLD", "ZZ", "é" * 5000, "\u4e2d" * 400,
)  # fmt: skip


def hostile(rng: Random) -> bytes:
    return rng.choice(HOSTILE).encode("utf-8", "surrogateescape")


def flip(data: bytes, rng: Random) -> bytes:
    """Some bytes are others."""
    made = bytearray(data)
    for _ in range(rng.choice([1, 5, 100])):
        made[rng.randrange(len(made))] = rng.randrange(256)
    return bytes(made)


def cut(data: bytes, rng: Random) -> bytes:
    """The end is lacking, or the beginning, or a part of the middle."""
    a, b = sorted((rng.randrange(len(data)), rng.randrange(len(data))))
    return rng.choice([data[:a], data[a:], data[:a] + data[b:], b""])


def lines(change: Callable[[list[bytes], Random], list[bytes]]) -> Callable[[bytes, Random], bytes]:
    """A mutation of lines."""

    def mutate(data: bytes, rng: Random) -> bytes:
        return b"".join(change(data.splitlines(keepends=True), rng))

    mutate.__name__ = change.__name__
    return mutate


@lines
def glue(rows: list[bytes], rng: Random) -> list[bytes]:
    share = rng.choice([0.05, 0.5, 1])
    return [row.rstrip(b"\r\n") if rng.random() < share else row for row in rows]


@lines
def double(rows: list[bytes], rng: Random) -> list[bytes]:
    times = rng.choice([2, 3, 50])
    return [row for row in rows for _ in range(times if rng.random() < 0.3 else 1)]


@lines
def shuffle(rows: list[bytes], rng: Random) -> list[bytes]:
    return rng.sample(rows, len(rows))


@lines
def line_ends(rows: list[bytes], rng: Random) -> list[bytes]:
    ends = rng.choice([[b"\r"], [b"\r", b"\n"], [b"\r\r\n"], [b"\n\n"], [b"\r\n", b"\r", b"\n"]])
    return [row.rstrip(b"\r\n") + rng.choice(ends) for row in rows]


def _cells(row: bytes) -> tuple[bytes, list[bytes]]:
    mark = b"$" if b"$" in row else b","
    return mark, row.rstrip(b"\r\n").split(mark)


@lines
def swap_columns(rows: list[bytes], rng: Random) -> list[bytes]:
    mark, header = _cells(rows[0])
    a, b = rng.randrange(len(header)), rng.randrange(len(header))
    header[a], header[b] = header[b], header[a]
    return [mark.join(header) + b"\n", *rows[1:]]


@lines
def change_header(rows: list[bytes], rng: Random) -> list[bytes]:
    mark, header = _cells(rows[0])
    header[rng.randrange(len(header))] = rng.choice([header[0], b"", hostile(rng), b"x"])
    return [mark.join(header) + b"\n", *rows[1:]]


@lines
def change_cells(rows: list[bytes], rng: Random) -> list[bytes]:
    made = rows.copy()
    for _ in range(rng.choice([1, 3, 30])):
        at = rng.randrange(len(made))
        mark, cells = _cells(made[at])
        cells[rng.randrange(len(cells))] = hostile(rng)
        made[at] = mark.join(cells) + b"\n"
    return made


@lines
def change_column(rows: list[bytes], rng: Random) -> list[bytes]:
    mark, header = _cells(rows[0])
    place, text = rng.randrange(len(header)), hostile(rng)[:5000]
    made = [rows[0]]
    for row in rows[1:]:
        _, cells = _cells(row)
        cells[place % len(cells)] = text
        made.append(mark.join(cells) + b"\n")
    return made


def encode(data: bytes, rng: Random) -> bytes:
    """In another encoding."""
    text = data.decode("utf-8", "replace")
    return text.encode(rng.choice(["utf-16", "utf-32", "cp500", "utf-8-sig", "utf-7"]))


def insert(data: bytes, rng: Random) -> bytes:
    """Hostile text somewhere."""
    at = rng.randrange(len(data) + 1)
    return data[:at] + hostile(rng) + data[at:]


OF_BYTES = (flip, cut, insert)
OF_TEXT = (
    *OF_BYTES, glue, double, shuffle, line_ends, swap_columns, change_header, change_cells,
    change_column, encode,
)  # fmt: skip


def crowd(rng: Random) -> Files:
    """One report with a great many drugs and events."""
    drugs, events = rng.choice([(4000, 4000), (300, 4000), (501, 500)])
    tables = faers(rng)
    head = faers_values(0)
    for table, count in (("DRUG", drugs), ("REAC", events)):
        columns = FAERS[table].split()
        rows = [
            "$".join(
                {**head, "drugname": f"DRUG {i}", "drug_seq": str(i), "pt": f"Event {i}"}[c]
                for c in columns
            )
            for i in range(count)
        ]
        tables[f"ASCII/{table}24Q1.txt"] = "\n".join(["$".join(columns), *rows, ""]).encode()
    return tables


def _put(archive: zipfile.ZipFile, name: str, data: bytes | str) -> None:
    """A member without the time of day, so that the same seed gives the same bytes."""
    member = zipfile.ZipInfo(name)
    member.compress_type = archive.compression
    archive.writestr(member, data)


def zipped(files: Files, rng: Random) -> bytes:
    """A zip of the files; some are hostile in what their directory says."""
    content = io.BytesIO()
    ways = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
    with zipfile.ZipFile(content, "w", rng.choice(ways)) as archive:
        for name, data in files.items():
            _put(archive, name, data)
        trick = rng.randrange(8)
        if trick == 0:
            _put(archive, "../../etc/passwd", MARK)
        if trick == 1:
            _put(archive, "ASCII/DEMO24Q2.txt", b"\0" * (30 << 20))
        if trick == 2:
            _put(archive, "inner.zip", content.getvalue())
        if trick == 3:
            _put(archive, "ASCII/" + "a/" * 300 + "DEMO24Q3.txt", b"primaryid")
    return content.getvalue()


CELLS = ("XFD1048576", "BXZ200000", "A4294967295", "ZZZZZZZ1", "A0", "", "1", "AAAA1")


def hostile_sheet(data: bytes, rng: Random) -> bytes:
    """A workbook whose XML says what Excel never writes."""
    changes: tuple[tuple[bytes, bytes], ...] = (
        (b'r="B2"', f'r="{rng.choice(CELLS)}"'.encode()),
        (b'<row r="2"', f'<row r="{rng.choice(["4294967295", "0", "-1", "x"])}"'.encode()),
        (b"<v>3</v>", f"<v>{rng.choice(['999999999', '-1', 'x', '1e308', ''])}</v>".encode()),
        (b"<dimension", b'<dimension ref="A1:XFD1048576"/><x'),
        (b"</worksheet>", b""),
        (b"<sheetData>", b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 99 + b'">]><sheetData>'),
        (b"<si><t>", b"<si><t>" + b"y" * 2_000_000),
        (b"<si><t>", b"<si><t>" + hostile(rng).replace(b"<", b"&lt;")[:10_000]),
        (b"Kymriah", rng.choice([MARK.encode(), b"&#0;", b"&nbsp;", b"\xff"])),
        (b't="s"', rng.choice([b't="e"', b't="b"', b't="inlineStr"', b't="d"'])),
        (b"16000000", b"1.6E+07"),
    )
    old, new = rng.choice(changes)
    return repacked(data, lambda content: content.replace(old, new, rng.choice([1, 1, 5000])))


def hostile_part(data: bytes, rng: Random) -> bytes:
    """A workbook one of whose parts is damaged."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = rng.choice(archive.namelist())
    change = rng.choice([flip, cut, insert])
    return repacked(data, lambda content: change(content, rng) if content else content, name)


def repacked(data: bytes, change: Callable[[bytes], bytes], only: str | None = None) -> bytes:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            _put(new, name, change(part) if only in (None, name) else part)
    return content.getvalue()


# --- One mutation --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Mutation:
    """Files of one delivery below `inbox/<source>`, and what was done to them."""

    number: int
    source: str
    what: str
    files: Files

    def write(self, inbox: Path) -> None:
        """Put the files into the inbox, in a folder of this mutation."""
        for name, data in self.files.items():
            path = inbox / self.source / f"m{self.number:05}" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


def mutation(seed: int, number: int) -> Mutation:
    """The mutation of this number: the same seed makes the same bytes."""
    rng = Random(f"{seed}:{number}")
    source = rng.choices(
        ("faers", "zip", "faers_dashboard", "exposure", "background"), (8, 4, 5, 3, 3)
    )[0]
    if source in ("faers", "zip"):
        return _of_faers(rng, number, packed=source == "zip")
    if source == "faers_dashboard":
        change = rng.choice((hostile_sheet, hostile_sheet, hostile_part, flip, cut))
        return Mutation(number, source, change.__name__, {"a.xlsx": change(workbook(rng), rng)})
    make = {"exposure": exposure, "background": background}[source]
    change = rng.choice(OF_TEXT)
    return Mutation(number, source, change.__name__, {"a.csv": change(make(rng), rng)})


def _of_faers(rng: Random, number: int, *, packed: bool) -> Mutation:
    if rng.random() < 0.03:
        files, what = crowd(rng), "crowd"
    else:
        files = faers(rng)
        name, change = rng.choice(list(files)), rng.choice(OF_TEXT)
        files[name] = change(files[name], rng)
        what = f"{change.__name__} {name[6:10]}" if name[0] == "A" else change.__name__
    if not packed:
        return Mutation(number, "faers", what, files)
    archive = zipped(files, rng)
    if rng.random() < 0.5:
        change = rng.choice(OF_BYTES)
        archive, what = change(archive, rng), f"{change.__name__} zip"
    return Mutation(number, "faers", what, {"faers_ascii_2024Q1.zip": archive})


# --- A group of them -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Outcome:
    """What became of a group: problems, and for each mutation whether it was noticed."""

    problems: tuple[str, ...]
    states: Counter[str]
    rows: tuple[int, int, int]
    unnoticed: int


def take_in(mutations: Sequence[Mutation], folder: Path) -> Outcome:
    """Load the mutations and let them through the gate; says what is wrong with the result."""
    from pv.quality import gate
    from pv.sources import load_inbox
    from pv.warehouse.connect import connect

    for one in mutations:
        one.write(folder / "inbox")
    con = connect(folder / "warehouse.duckdb", memory_limit="2GB", threads=1)
    load_inbox(con, folder / "inbox", folder / "scratch", b"a key for a fuzz command")
    gate(con, folder, NIGHT)
    files = con.execute(
        "select name, status, message, rows_read, rows_kept, rows_quarantined from ops.source_file"
    ).fetchall()
    told = [detail for (detail,) in con.execute("select detail from ops.validation").fetchall()]
    con.close()
    problems: list[str] = []
    for name, status, message, read, kept, set_aside in files:
        if status not in ("ok", "failed", "missing", "same_as"):
            problems.append(f"{name} is {status}")
        if read != kept + set_aside:
            problems.append(f"{name}: {read} rows read, {kept} kept, {set_aside} set aside")
        told.append(message or "")
    problems += [f"a message of {len(t)} characters" for t in told if len(t) > MESSAGE_LENGTH]
    problems += [f"text of a file in a message: {t[:200]!r}" for t in told if MARK in t.lower()]
    noticed = {
        name.partition("/")[0] for name, status, _, _, _, aside in files if status != "ok" or aside
    }
    return Outcome(
        tuple(problems),
        Counter(status for _, status, *_ in files),
        (sum(f[3] for f in files), sum(f[4] for f in files), sum(f[5] for f in files)),
        sum(f"m{one.number:05}" not in noticed for one in mutations),
    )


def _child(numbers: Sequence[int], seed: int, folder: Path, answer: object) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a library that aborts writes its stack there
    try:
        outcome = take_in([mutation(seed, number) for number in numbers], folder)
    except BaseException as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        said = f"{type(error).__name__} at {last.filename}:{last.lineno}: {str(error)[:300]}"
        outcome = Outcome((said,), Counter(), (0, 0, 0), 0)
    answer.send(outcome)  # type: ignore[attr-defined]


def in_child(numbers: Sequence[int], seed: int) -> Outcome:
    """Take a group in, in a process that may die."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    child = context.Process(target=_child, args=(numbers, seed, folder, sending))
    try:
        child.start()
        sending.close()
        if not receiving.poll(SECONDS):
            return Outcome((f"no end after {SECONDS} s",), Counter(), (0, 0, 0), 0)
        return receiving.recv()
    except EOFError:
        child.join()
        return Outcome((f"died with {child.exitcode}",), Counter(), (0, 0, 0), 0)
    finally:
        child.kill()
        child.join()
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    """Run the mutations; the exit code is 1 when one of them fails."""
    parser = argparse.ArgumentParser(description="Mutated files through readers and gate.")
    parser.add_argument("--mutations", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="the number of one mutation, to repeat it")
    options = parser.parse_args()
    # Loaded once, before children are forked.
    import great_expectations  # noqa: F401
    import polars  # noqa: F401

    started = time.perf_counter()
    numbers = range(options.mutations) if options.only is None else [options.only]
    groups = [numbers[at : at + GROUP] for at in range(0, len(numbers), GROUP)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        outcomes = list(pool.map(lambda group: in_child(group, options.seed), groups))
        broken = [n for group, o in zip(groups, outcomes, strict=True) if o.problems for n in group]
        alone = dict(
            zip(broken, pool.map(lambda n: in_child([n], options.seed), broken), strict=True)
        )
    failures = [(n, said) for n, outcome in alone.items() for said in outcome.problems]
    for group, outcome in zip(groups, outcomes, strict=True):
        if outcome.problems and not any(n in group for n, _ in failures):
            failures += [(group[0], f"only with the {len(group) - 1} after it: {outcome.problems}")]
    good = [o for o in (*outcomes, *alone.values()) if not o.problems]
    states = sum((o.states for o in good), Counter())
    read, kept, aside = (sum(o.rows[i] for o in good) for i in range(3))
    print(f"mutations    {len(numbers):>9,}")
    print(f"failures     {len({n for n, _ in failures}):>9,}")
    print(f"files        {sum(states.values()):>9,}  {dict(sorted(states.items()))}")
    print(f"rows         {read:>9,}  read = {kept:,} kept + {aside:,} set aside")
    print(f"unnoticed    {sum(o.unnoticed for o in good):>9,}  deliveries let through whole")
    print(f"seconds      {time.perf_counter() - started:>9.0f}")
    for number, said in failures:
        one = mutation(options.seed, number)
        print(f"--seed {options.seed} --only {number}  {one.source} ({one.what}): {said}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
