"""The world of the size of FAERS, on few cases: what a larger one has more of."""

import zipfile
from collections import Counter
from pathlib import Path

import pytest

from pv.simulate.scenarios.faers_size import FIRST, LAST, THOUSANDS_A_QUARTER, write_faers_size
from pv.simulate.world.quarters import quarter_range

CASES = 80_000


@pytest.fixture(scope="module")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("faers-size") / "inbox"
    folder.joinpath("count").parent.mkdir()
    reports = write_faers_size(folder, CASES)
    folder.joinpath("count").write_text(str(reports))
    return folder


def demo(inbox: Path) -> list[list[dict[str, str]]]:
    """The rows of DEMO of every quarter, in order."""
    quarters: list[list[dict[str, str]]] = []
    for quarter in quarter_range(FIRST, LAST):
        with zipfile.ZipFile(inbox / "faers" / f"faers_ascii_{quarter.label}.zip") as archive:
            lines = archive.read(f"ASCII/DEMO{quarter.short}.txt").decode("ascii").splitlines()
        names = lines[0].split("$")
        quarters.append([dict(zip(names, line.split("$"), strict=True)) for line in lines[1:]])
    return quarters


def test_it_has_every_quarter_in_the_size_that_fda_published(inbox: Path) -> None:
    found = [len(rows) for rows in demo(inbox)]
    assert sum(found) == int((inbox / "count").read_text())
    stated = [THOUSANDS_A_QUARTER[quarter.year] for quarter in quarter_range(FIRST, LAST)]
    shares = [n / sum(found) for n in found]
    assert shares == pytest.approx([n / sum(stated) for n in stated], abs=0.004)


def test_a_case_has_its_versions_in_later_quarters_and_no_number_twice(inbox: Path) -> None:
    seen: dict[str, list[tuple[int, int, str]]] = {}
    for number, rows in enumerate(demo(inbox)):
        for row in rows:
            assert row["primaryid"] == row["caseid"] + row["caseversion"]
            # The prefix is the country, which is shown as EU in the end.
            sender = row["mfr_num"].partition("SIMULATED")[2]
            told = (number, int(row["caseversion"]), sender)
            seen.setdefault(row["caseid"], []).append(told)
    versions = Counter(len(told) for told in seen.values())
    assert len(seen) == pytest.approx(1.01 * CASES, rel=0.01)
    assert versions[2] / len(seen) == pytest.approx(0.135, abs=0.02)
    assert set(versions) == {1, 2, 3}
    for told in seen.values():
        quarters = [number for number, _, _ in told]
        assert [version for _, version, _ in told] == list(range(1, len(told) + 1))
        assert sorted(set(quarters)) == quarters
        assert len({sender for _, _, sender in told}) == 1


def test_drugs_and_terms_have_a_long_tail(inbox: Path) -> None:
    drugs: Counter[str] = Counter()
    for file in sorted((inbox / "faers").glob("*.zip")):
        with zipfile.ZipFile(file) as archive:
            [name] = [each for each in archive.namelist() if each.startswith("ASCII/DRUG")]
            lines = archive.read(name).decode("ascii").splitlines()[1:]
        drugs.update(line.split("$")[5] for line in lines)
    drugs.pop("")
    n = sum(drugs.values())
    assert n / int((inbox / "count").read_text()) == pytest.approx(4, abs=0.3)
    assert sum(count for _, count in drugs.most_common(100)) > 0.3 * n
    assert sum(count == 1 for count in drugs.values()) > 200


def test_the_reactions_of_a_therapy_come_within_the_quarter_of_its_treatment(inbox: Path) -> None:
    named: Counter[str] = Counter()
    for file in sorted((inbox / "faers").glob("*.zip")):
        with zipfile.ZipFile(file) as archive:
            [name] = [each for each in archive.namelist() if each.startswith("ASCII/DRUG")]
            rows = [line.split("$") for line in archive.read(name).decode("ascii").splitlines()]
        named.update(row[5] for row in rows if row[3] == "PS")
    assert named["AXICABTAGENE CILOLEUCEL"] > 0
    # Its leukaemia comes after years.
    assert named["ELIVALDOGENE AUTOTEMCEL"] == 0


def test_the_same_seed_writes_the_same_bytes(inbox: Path, tmp_path: Path) -> None:
    write_faers_size(tmp_path, CASES)
    for file in sorted((inbox / "faers").glob("*.zip")):
        assert (tmp_path / "faers" / file.name).read_bytes() == file.read_bytes()
