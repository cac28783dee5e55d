"""Bring published exposure and background figures into our own CSV layouts (docs/sources.md).

    python tools/real_exposure.py EXPOSURE_DIR INBOX_DIR

EXPOSURE_DIR holds the tables as they were collected; no figure of them is kept in this
repository. Written are, below INBOX_DIR:

exposure/treated_by_product.csv
    from atmp_cumulative_treated_by_product.csv: patients by product since its approval, so they
    go to cumulative. Derived by their authors from revenue over list price, so no registry count;
    what they call central is the upper end of their range. A total goes to WORLD, a US figure to
    US; one product is given in patient-years and goes to person_years.

exposure/car_t_by_country.csv
    from cart_exposure_by_country.csv: one figure for each country and year, of all CAR-T
    products together (so it gives no rate of any one product). Patients treated for the first
    time are taken before patients, and patients before infusions, which count a patient as
    often as she is treated; what is reported before what is provisional. Sources are never
    added. Left out: totals of several countries, rates per million, requests. EBMT counts
    patients of the centres that report to it: a lower bound.

background/published_rates.csv
    from background_and_observed_rates_published.csv: rates per 100,000 person-years in general
    populations of one country or the world. Left out: regions of several countries, rates in
    patients after a treatment (these are observed, not background), ratios, shares of reports.

background/globocan_2022.csv
    from globocan2022_incidence_by_country.csv: crude incidence of the blood cancers whose group
    of ICD-10 codes is one reaction term. All leukaemias are one figure there, so it is no rate
    of acute myeloid leukaemia; myelodysplastic syndrome is not in it.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

Row = Mapping[str, str]

EXPOSURE = (
    "product", "country", "period_start", "period_end", "patients", "person_years", "cumulative",
    "quality", "source",
)  # fmt: skip
BACKGROUND = (
    "event", "country", "sex", "age_low", "age_high", "rate_per_100k", "rate_low", "rate_high",
    "events", "person_years", "period", "standard", "source",
)  # fmt: skip

ALL_CAR_T = "CAR-T (all products)"
REGIONS = {"Total": "WORLD", "US": "US"}
# What is taken for "patients", the best first.
METRICS = {
    "first_car_t_patients": "patients treated for the first time",
    "car_t_patients": "patients",
    "car_t_infusions": "infusions, not patients: more than the patients treated",
}
# Words in the quality of a figure that does not cover its whole year, with its last day.
PARTS_OF_A_YEAR = {"Jan-Sep only": "09-30"}

POPULATIONS = {
    "general population": "",
    "general population, men": "M",
    "general population, women": "F",
}
PLACES = {"US (NAACCR)": "US", "US (SEER)": "US", "Korea": "KR", "World": "WORLD"}
RATE = re.compile(r"(?P<standard>.*) per 100k PY")

# ICD-10 group of GLOBOCAN: reaction term.
CANCERS = {
    "C82-86+C88": "Non-Hodgkin's lymphoma",
    "C90": "Plasma cell myeloma",
    "C91-95": "Leukaemia",
}


def treated_by_product(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    """Cumulative patients (or patient-years) of each product."""
    for row in rows:
        unit = {"patients": "cumulative", "patient_years": "person_years"}[row["unit"]]
        yield {
            "product": row["product"],
            "country": REGIONS[row["region"]],
            "period_start": row["first_approval"],
            "period_end": row["through"],
            unit: row["patients_central"],
            "quality": f"{row['method']}; upper end of the authors' range, lower end "
            f"{row['patients_low']}",
            "source": row["source"],
        }


def car_t_by_country(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    """The best figure of each country and year."""
    best: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row["metric"] not in METRICS or not re.fullmatch("[A-Z]{2}", row["country"]):
            continue
        key = (row["country"], row["year"])
        if key not in best or _rank(row) < _rank(best[key]):
            best[key] = row
    for (country, year), row in sorted(best.items()):
        ends = [day for words, day in PARTS_OF_A_YEAR.items() if words in row["quality"]]
        yield {
            "product": ALL_CAR_T,
            "country": country,
            "period_start": f"{year}-01-01",
            "period_end": f"{year}-{ends[0] if ends else '12-31'}",
            "patients": row["value"],
            "quality": f"{METRICS[row['metric']]}; {row['quality']}",
            "source": row["source"],
        }


def _rank(row: Row) -> tuple[int, bool]:
    return list(METRICS).index(row["metric"]), not row["quality"].startswith("reported")


def published_rates(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    """Rates of general populations of one country or the world."""
    for row in rows:
        rate = RATE.fullmatch(row["measure"])
        if rate and row["value"] and row["population"] in POPULATIONS and row["region"] in PLACES:
            yield {
                "event": row["event"],
                "country": PLACES[row["region"]],
                "sex": POPULATIONS[row["population"]],
                "rate_per_100k": row["value"],
                "events": row["n_events"],
                "period": row["period"],
                "standard": rate["standard"],
                "source": f"{row['source']}; {row['region']}",
            }


def globocan(rows: Iterable[Row]) -> Iterator[dict[str, str]]:
    """Crude incidence of blood cancers by country."""
    for row in rows:
        if row["icd10"] in CANCERS and row["sex"] == "both":
            yield {
                "event": CANCERS[row["icd10"]],
                "country": row["country"],
                "rate_per_100k": row["crude_rate_per_100k"],
                "events": row["n_cases"],
                "period": row["year"],
                "standard": "crude",
                "source": f"GLOBOCAN {row['year']}: {row['cancer']}, ICD-10 {row['icd10']}, "
                "estimated incidence, both sexes, all ages",
            }


# What is written: from which table, by which function, in which columns.
FILES = {
    "exposure/treated_by_product.csv": (
        "atmp_cumulative_treated_by_product.csv", treated_by_product, EXPOSURE,
    ),
    "exposure/car_t_by_country.csv": (
        "cart_exposure_by_country.csv", car_t_by_country, EXPOSURE,
    ),
    "background/published_rates.csv": (
        "background_and_observed_rates_published.csv", published_rates, BACKGROUND,
    ),
    "background/globocan_2022.csv": (
        "globocan2022_incidence_by_country.csv", globocan, BACKGROUND,
    ),
}  # fmt: skip


def bring(exposure: Path, inbox: Path) -> None:
    """Write the four files, and say of each how many rows were taken."""
    for target, (name, convert, columns) in FILES.items():
        with (exposure / name).open(encoding="utf-8", newline="") as stream:
            given = list(csv.DictReader(stream))
        taken = list(convert(given))
        file = inbox / target
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(taken)
        sys.stdout.write(f"{file}: {len(taken)} rows from {len(given)} of {name}\n")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python tools/real_exposure.py EXPOSURE_DIR INBOX_DIR")
    bring(Path(sys.argv[1]), Path(sys.argv[2]))
