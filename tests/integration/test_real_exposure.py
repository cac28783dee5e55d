"""The script that brings published figures into our layouts, on invented figures."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "real_exposure.py"

GIVEN = {
    "atmp_cumulative_treated_by_product.csv": """\
product,region,first_approval,through,patients_low,patients_central,unit,method,source
abecma,US,2021-03-26,2025-12-31,60,80,patients,revenue / list price,milestones
kymriah,Total,2017-08-30,2026-06-30,70,90,patients,revenue / list price,milestones
vyjuvek,Total,2023-05-19,2026-06-30,15,20,patient_years,revenue / list price,milestones
""",
    "cart_exposure_by_country.csv": """\
country,country_name,year,metric,value,unit,quality,source
DE,Germany,2024,car_t_infusions,99,count,reported,EBMT
DE,Germany,2024,car_t_patients,98,count,reported,DRST
DE,Germany,2024,first_car_t_patients,97,count,reported,EBMT
DE,Germany,2024,first_car_t_patients_per_million,1.2,per_million_population,reported,EBMT
DE,Germany,2023,car_t_patients,88,count,reported,DRST
IT,Italy,2022,car_t_patients,33,count,provisional,AIFA
IT,Italy,2022,car_t_patients,34,count,reported,TEHA
JP,Japan,2024,car_t_infusions,50,count,read off a chart; Jan-Sep only,JDCHCT
ES,Spain,2023,car_t_requests,43,count,reported,Ministry
NA,Namibia,2024,first_car_t_patients,0,count,reported,EBMT
EBMT,EBMT reporting countries,2024,first_car_t_patients,1000,count,reported,EBMT
""",
    "background_and_observed_rates_published.csv": """\
population,event,region,period,value,measure,n_events,n_population,source
general population,Myelodysplastic syndrome,US (NAACCR),2001-2003,3.1,age-adjusted per 100k PY,,,A
"general population, men",Myelodysplastic syndrome,US (SEER),2001,4.1,age-adjusted per 100k PY,,,B
general population,Acute myeloid leukaemia,Europe (44 registries),2000,2.1,crude per 100k PY,,,C
CAR-T recipients,T-cell malignancy,World,2024,0.5,percent of patients,5,1000,D
"B-cell lymphoma patients",T-cell lymphoma,US (SEER),2000-2017,,IR per 100k PY cut off,9,2000,E
general population,Primary liver cancer,World,2018,9.1,age-standardised (World) per 100k PY,,,F
""",
    "globocan2022_incidence_by_country.csv": """\
country,country_alpha3,country_name,year,sex,cancer_code,icd10,cancer,n_cases,crude_rate_per_100k
NA,NAM,Namibia,2022,both,36,C91-95,Leukaemia,40,1.6
NA,NAM,Namibia,2022,both,11,C22,Liver and intrahepatic bile ducts,30,1.1
FR,FRA,France,2022,both,34,C82-86+C88,Non-Hodgkin lymphoma,900,20.5
""",
}


@pytest.fixture(scope="module")
def inbox(tmp_path_factory) -> Path:
    given, inbox = tmp_path_factory.mktemp("given"), tmp_path_factory.mktemp("inbox")
    for name, text in GIVEN.items():
        (given / name).write_text(text, encoding="utf-8")
    subprocess.run([sys.executable, SCRIPT, given, inbox], check=True, stdout=subprocess.DEVNULL)
    return inbox


def read(file: Path, *columns: str) -> list[tuple[str, ...]]:
    with file.open(encoding="utf-8", newline="") as stream:
        return [tuple(row[c] for c in columns) for row in csv.DictReader(stream)]


def test_totals_by_product_keep_their_period_and_that_of_all_countries_is_the_worlds(
    inbox: Path,
) -> None:
    columns = ("product", "country", "period_start", "period_end")
    figures = ("patients", "person_years", "cumulative")

    assert read(inbox / "exposure" / "treated_by_product.csv", *columns, *figures) == [
        ("abecma", "US", "2021-03-26", "2025-12-31", "", "", "80"),
        ("kymriah", "WORLD", "2017-08-30", "2026-06-30", "", "", "90"),
        ("vyjuvek", "WORLD", "2023-05-19", "2026-06-30", "", "20", ""),
    ]


def test_what_is_derived_from_revenue_says_so_and_gives_its_lower_end(inbox: Path) -> None:
    ((first,), *_) = read(inbox / "exposure" / "treated_by_product.csv", "quality")

    assert first == "revenue / list price; upper end of the authors' range, lower end 60"


def test_each_country_and_year_has_one_figure_the_best_there_is(inbox: Path) -> None:
    columns = ("country", "period_start", "period_end", "patients", "source")

    assert read(inbox / "exposure" / "car_t_by_country.csv", *columns) == [
        ("DE", "2023-01-01", "2023-12-31", "88", "DRST"),
        ("DE", "2024-01-01", "2024-12-31", "97", "EBMT"),
        ("IT", "2022-01-01", "2022-12-31", "34", "TEHA"),
        ("JP", "2024-01-01", "2024-09-30", "50", "JDCHCT"),
        ("NA", "2024-01-01", "2024-12-31", "0", "EBMT"),
    ]


def test_infusions_are_not_passed_off_as_patients(inbox: Path) -> None:
    quality = dict(read(inbox / "exposure" / "car_t_by_country.csv", "country", "quality"))

    assert quality["JP"] == (
        "infusions, not patients: more than the patients treated; read off a chart; Jan-Sep only"
    )
    assert quality["DE"] == "patients treated for the first time; reported"


def test_background_rates_are_those_of_general_populations_of_one_country(inbox: Path) -> None:
    columns = ("event", "country", "sex", "rate_per_100k", "standard", "source")

    assert read(inbox / "background" / "published_rates.csv", *columns) == [
        ("Myelodysplastic syndrome", "US", "", "3.1", "age-adjusted", "A; US (NAACCR)"),
        ("Myelodysplastic syndrome", "US", "M", "4.1", "age-adjusted", "B; US (SEER)"),
        ("Primary liver cancer", "WORLD", "", "9.1", "age-standardised (World)", "F; World"),
    ]


def test_only_cancers_that_are_one_term_are_taken_and_namibia_stays(inbox: Path) -> None:
    columns = ("event", "country", "rate_per_100k", "events", "standard")

    assert read(inbox / "background" / "globocan_2022.csv", *columns) == [
        ("Leukaemia", "NA", "1.6", "40", "crude"),
        ("Non-Hodgkin's lymphoma", "FR", "20.5", "900", "crude"),
    ]


def test_without_its_two_folders_the_script_says_how_it_is_called() -> None:
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert done.stderr == "usage: python tools/real_exposure.py EXPOSURE_DIR INBOX_DIR\n"
