"""Properties of the simulator's building stones, and of what its files carry."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pv.simulate.scenarios.planted import build_plan
from pv.simulate.world.contents import digits
from pv.simulate.world.faers_writer import write_quarters
from pv.simulate.world.placement import NONE, place
from pv.simulate.world.quarters import Quarter
from pv.simulate.world.reports import Reports
from pv.simulate.world.world import apportion, build_world, draw

shares = st.lists(st.floats(0.001, 1000), min_size=1, max_size=30).map(np.array)


@given(st.integers(0, 10**6), shares)
def test_apportioned_counts_sum_to_the_total_and_miss_no_share_by_one(
    total: int, share: np.ndarray
) -> None:
    counts = apportion(total, share)
    assert counts.sum() == total
    assert (np.abs(counts - total * share / share.sum()) < 1 + 1e-6).all()


@given(st.integers(0, 2**32 - 1))
def test_draws_follow_the_row_of_their_own_country(seed: int) -> None:
    # Country 0 knows only item 0, country 1 only item 2, country 2 items 1 and 2.
    cdf = np.array([[1.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.5, 1.0]])
    country = np.repeat([0, 1, 2], 40)
    drawn = draw(cdf, country, np.random.default_rng(seed))
    assert set(drawn[country == 0]) == {0}
    assert set(drawn[country == 1]) == {2}
    assert set(drawn[country == 2]) == {1, 2}


@given(st.dates(date(1950, 1, 1), date(2050, 12, 31)))
def test_digits_of_a_day_are_its_calendar_date_cut_to_its_precision(day: date) -> None:
    number = (day - date(1970, 1, 1)) // timedelta(days=1)
    cut = [str(value) for value in digits(np.array([number] * 3), np.array([0, 1, 2]))]
    assert cut == [f"{day:%Y%m%d}", f"{day:%Y%m}", f"{day:%Y}"]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_placement_carries_out_the_plan_in_every_country(seed: int) -> None:
    rng = np.random.default_rng(seed)
    world = build_world(cases=30_000, countries=15, substances=5, invented_events=5, rng=rng)
    plan = build_plan(world, rng)
    placed = place(world, plan, rng)
    for k, planned in enumerate(plan.product_cases.T):
        taken = placed.product[(placed.country == k) & (placed.product != NONE)]
        assert (np.bincount(taken, minlength=planned.size) == planned).all()
    for number, pair in enumerate(plan.pairs):
        cases = placed.planted_case[placed.planted_pair == number]
        assert np.unique(cases).size == cases.size
        joint = cases[placed.product[cases] == pair.product]
        countries = len(world.countries)
        assert (np.bincount(placed.country[cases], minlength=countries) == pair.event_cases).all()
        assert (np.bincount(placed.country[joint], minlength=countries) == pair.joint).all()
        assert set(np.flatnonzero(placed.joint_pair == number)) == set(joint)
        assert (placed.country[placed.joint[number]] == pair.sequence).all()


texts = st.text(
    st.characters(codec="utf-8", exclude_characters="$\r\n", exclude_categories=["Cs"]), min_size=1
)


@settings(max_examples=50, deadline=None)
@given(st.lists(texts, min_size=1, max_size=5, unique=True))
def test_any_text_without_dollar_or_line_end_is_read_back_as_written(terms: list[str]) -> None:
    report = {
        "quarter": 0, "case_id": 41, "version": 1, "case": 0, "complete": True,
        "first_receipt": date(2024, 2, 1), "receipt": date(2024, 2, 1),
        "event_date": date(2024, 1, 1), "country": "US", "reporter_country": "US",
        "report_code": "EXP", "mfr_num": terms[0], "mfr_sndr": terms[0], "lit_ref": terms[0],
        "sex": "F", "age": 60, "age_unit": "YR", "age_group": "A", "weight_kg": 70,
        "occupation": "MD", "study": False,
    }  # fmt: skip
    drug = {
        "case": 0, "drug_seq": 1, "role": "PS", "drugname": terms[0], "prod_ai": terms[0],
        "route": "Oral", "lot": "1", "start": 2023, "end": 2023, "doses": 1,
        "indication": terms[0], "dechal": "Y", "rechal": "U", "dose_amt": 1, "dose_unit": "MG",
        "dose_freq": "QD",
    }  # fmt: skip
    made = Reports(
        quarters=(Quarter(2024, 1),),
        reports=pl.DataFrame([report]),
        drugs=pl.DataFrame([drug]),
        reactions=pl.DataFrame({"case": 0, "pt": terms, "late": False}),
        outcomes=pl.DataFrame({"case": [0], "outc_cod": ["OT"]}),
        deleted=pl.DataFrame({"quarter": [0], "case_id": [5]}),
    )
    with TemporaryDirectory() as folder:
        (path,) = write_quarters(made, Path(folder))
        with zipfile.ZipFile(path) as archive:
            written = archive.read("ASCII/REAC24Q1.txt")
    read = pl.read_csv(io.BytesIO(written), separator="$", quote_char=None, infer_schema=False)
    assert read["pt"].to_list() == terms
