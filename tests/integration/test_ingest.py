"""Files that lie anywhere get into the right folder of the inbox by what is in them."""

import io
import zipfile
from pathlib import Path

import pytest

from pv.night.ingest import Ingested, ingest

DEMO = b"primaryid$caseid$fda_dt\r\n1001$100$20240105\r\n"
DRUG = b"primaryid$drug_seq$role_cod$drugname\r\n1001$1$PS$Kymriah\r\n"
EXPOSURE = (
    b"product,country,period_start,period_end,patients,source\n"
    b"Kymriah,US,2024-01-01,2024-12-31,5,x\n"
)
BACKGROUND = b"Event,Country,Source,rate_per_100k\nMyelitis,US,x,3\n"
DELETED = b" \r\n1234567\r\n7654321\r\n"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_txt", ".txt"), content)
    return out.getvalue()


def drop(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def one(home: Path, file: Path, **how: bool) -> Ingested:
    (found,) = ingest(home, [file], **how)
    return found


def inbox(home: Path) -> dict[str, bytes]:
    below = home / "inbox"
    return {
        path.relative_to(below).as_posix(): path.read_bytes()
        for path in below.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("DEMO24Q1.txt", DEMO, "faers/DEMO24Q1.txt"),
        ("demo24q1", DEMO, "faers/demo24q1.txt"),
        ("DELETE24Q1.txt", DELETED, "faers/DELETE24Q1.txt"),
        ("download(3)", zipped(ascii__DEMO24Q1_txt=DEMO), "faers/download(3).zip"),
        ("table.txt", EXPOSURE, "exposure/table.txt.csv"),
        (".hidden.csv", BACKGROUND, "background/hidden.csv"),
    ],
)
def test_a_file_is_filed_by_its_content(
    home: Path, tmp_path: Path, name: str, content: bytes, where: str
) -> None:
    found = one(home, drop(tmp_path / "dropped", name, content))

    assert (found.status, f"{found.source}/{found.name}") == ("filed", where)
    assert inbox(home) == {where: content}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.txt", b"Dear madam,\n", "unknown_format"),
        ("DEMO24Q1.txt", b"Dear madam,\n", "unknown_format"),
        ("demo.txt", DEMO, "no_quarter"),
        ("DEMO24Q1.txt", DRUG, "another_table"),
        ("x.zip", zipped(DEMO24Q1_txt=DRUG), "another_table"),
        ("x.zip", zipped(DEMO24Q1_txt=DEMO)[:-30], "truncated_zip"),
        ("x.zip", zipped(**{"..__DEMO24Q1_txt": DEMO}), "unsafe_path"),
        ("empty.csv", b"", "empty_file"),
        ("x.xlsx", zipped(xl__workbook=b"", **{"xl__workbook.xml": b"<no/>"}), "not_a_workbook"),
    ],
)
def test_a_file_that_is_not_filed_says_why_in_one_line(
    home: Path, tmp_path: Path, name: str, content: bytes, why: str
) -> None:
    found = one(home, drop(tmp_path / "dropped", name, content))

    assert found.status == "refused"
    (line,) = found.lines
    assert why in line
    assert inbox(home) == {}


def test_nothing_is_overwritten_unless_it_is_said_to_be_a_new_issue(
    home: Path, tmp_path: Path
) -> None:
    dropped = tmp_path / "dropped"
    one(home, drop(dropped, "DEMO24Q1.txt", DEMO))
    newer = DEMO + b"1002$101$20240106\r\n"

    assert one(home, dropped / "DEMO24Q1.txt").status == "present"
    refused = one(home, drop(dropped, "DEMO24Q1.txt", newer))
    assert (refused.status, inbox(home)) == ("refused", {"faers/DEMO24Q1.txt": DEMO})
    assert "--reissue" in refused.told

    assert one(home, dropped / "DEMO24Q1.txt", again=True).status == "filed"
    assert inbox(home) == {"faers/DEMO24Q1.txt": newer}


def test_a_dry_run_shows_the_tables_and_their_rows_and_files_nothing(
    home: Path, tmp_path: Path
) -> None:
    content = zipped(DEMO24Q1_txt=DEMO, DRUG24Q1_txt=DRUG + b"1001$2$C$Aspirin\r\n")
    found = one(home, drop(tmp_path / "dropped", "q.zip", content), dry_run=True)

    assert found.status == "recognised"
    assert [(t.label, t.tried.rows_read, t.tried.rows_kept, t.news) for t in found.tables] == [
        ("DEMO", 1, 1, "new"),
        ("DRUG", 2, 2, "new"),
    ]
    assert not (home / "inbox").exists()


def test_a_name_with_control_characters_does_no_harm_to_a_terminal(
    home: Path, tmp_path: Path
) -> None:
    found = one(home, drop(tmp_path / "dropped", "DEMO24Q1\x1b[31m.txt", DEMO))

    assert all(line.isprintable() for line in found.lines)
    assert inbox(home).keys() == {"faers/DEMO24Q1[31m.txt"}


REAL = Path(__file__).parents[2].parent / "shared" / "real"


@pytest.mark.parametrize(
    ("file", "source", "rows"),
    [
        ("faers/2004q1/aers_ascii_2004q1.zip", "faers", {"DEMO": 100}),
        ("faers/2017q2/faers_ascii_2017q2.zip", "faers", {"DEMO": 100}),
        ("faers/2025q4/DRUG25Q4.txt", "faers", {"DRUG": 6291}),
        ("faers/2025q4/THER25Q4.txt", "faers", {"THER": 1504}),
        ("faers/2012q4/indi12q4.txt", "faers", {}),
        ("faers/deleted/DELETE21Q4.txt", "faers", {"deleted cases": 7983}),
        ("faers_dashboard/Shoplifting.xlsx", "faers_dashboard", {}),
    ],
)
def test_real_files_are_known(home: Path, file: str, source: str, rows: dict[str, int]) -> None:
    """Reads the real samples beside the checkout."""
    found = one(home, REAL / file, dry_run=True)

    assert (found.status, found.source) == ("recognised", source), found.told
    got = {table.label: table.tried.rows_read for table in found.tables}
    assert got.items() >= rows.items()
    assert all(table.tried.problem is None for table in found.tables)


def test_a_file_of_no_source_is_known_by_none(home: Path) -> None:
    found = one(home, REAL / "faers/quarter_facts.csv", dry_run=True)

    assert "unknown_format" in found.told


def test_a_trial_says_which_rows_would_be_set_aside(home: Path, tmp_path: Path) -> None:
    broken = DRUG + b"1001$2$C$Aspirin$one$too$many\r\n"
    found = one(home, drop(tmp_path / "dropped", "DRUG24Q1.txt", broken), dry_run=True)

    (table,) = found.tables
    assert (table.tried.rows_read, table.tried.rows_kept) == (2, 1)
    assert list(table.tried.set_aside) == [3]
    assert "2 rows read = 1 kept + 1 set aside, new" in [*found.lines][1]


def test_a_batch_is_answered_and_no_answer_takes_the_place_of_another(
    home: Path, tmp_path: Path
) -> None:
    """Reads the built batch beside the checkout."""
    batch = drop(
        tmp_path / "dropped", "b.xml", (REAL / "e2b_r3/built/batch_three_messages.xml").read_bytes()
    )
    for _ in range(2):
        (found,) = ingest(home, [batch], answers=tmp_path / "acks")
        (answer,) = found.answers
        assert "3 of 3 messages accepted" in answer.told

    written = sorted((tmp_path / "acks").iterdir())
    assert [path.name for path in written] == ["b.xml.ack-2.xml", "b.xml.ack.xml"]
    assert all(b'typeCode="AA"' in path.read_bytes() for path in written)


def test_a_batch_that_is_cut_is_rejected(home: Path, tmp_path: Path) -> None:
    """Reads the built batch beside the checkout."""
    whole = (REAL / "e2b_r3/built/batch_three_messages.xml").read_bytes()
    cut = drop(tmp_path / "dropped", "b.xml", whole[: len(whole) // 2])

    (found,) = ingest(home, [cut], answers=tmp_path / "acks")

    (answer,) = found.answers
    assert answer.path is None or b'typeCode="AR"' in Path(answer.path).read_bytes()
    assert "0 of" in answer.told or "no acknowledgement" in answer.told
