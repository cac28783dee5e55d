"""Names the simulator may write: advanced therapies, plain clinical terms, invented ones.

Advanced therapies keep their real names so that the vocabulary recognises them. All other
substances are invented, so that no simulated figure can be mistaken for one about a real medicine.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Therapy:
    """An advanced therapy as reports name it.

    Attributes:
        brand: trade name.
        active: the active ingredient as FAERS writes it in `prod_ai`, US suffix included.
        indication: the term reports give as its indication.
        route: route of administration.
        age_years: mean age of the treated.
        labelled: known reactions and the share of its reports that name them (invented shares).
    """

    brand: str
    active: str
    indication: str
    route: str
    age_years: float
    labelled: tuple[tuple[str, float], ...]


_CELL_REACTIONS = (
    ("Cytokine release syndrome", 0.40),
    ("Immune effector cell-associated neurotoxicity syndrome", 0.20),
    ("Neutropenia", 0.12),
    ("Pyrexia", 0.12),
)
_VECTOR_REACTIONS = (
    ("Hepatic enzyme increased", 0.30),
    ("Vomiting", 0.12),
    ("Pyrexia", 0.10),
)
_LYMPHOMA = "Diffuse large B-cell lymphoma"
_MYELOMA = "Plasma cell myeloma"
_DRIP = "Intravenous drip"

THERAPIES: tuple[Therapy, ...] = (
    Therapy("YESCARTA", "AXICABTAGENE CILOLEUCEL", _LYMPHOMA, _DRIP, 60, _CELL_REACTIONS),
    Therapy("CARVYKTI", "CILTACABTAGENE AUTOLEUCEL", _MYELOMA, _DRIP, 62, _CELL_REACTIONS),
    Therapy(
        "ZOLGENSMA",
        "ONASEMNOGENE ABEPARVOVEC-XIOI",
        "Spinal muscular atrophy",
        _DRIP,
        1,
        _VECTOR_REACTIONS,
    ),
    Therapy("KYMRIAH", "TISAGENLECLEUCEL", _LYMPHOMA, _DRIP, 45, _CELL_REACTIONS),
    Therapy(
        "LUXTURNA",
        "VORETIGENE NEPARVOVEC-RZYL",
        "Retinal dystrophy",
        "Subretinal",
        24,
        (("Intraocular pressure increased", 0.20), ("Cataract", 0.10)),
    ),
    Therapy(
        "HEMGENIX",
        "ETRANACOGENE DEZAPARVOVEC-DRLB",
        "Factor IX deficiency",
        _DRIP,
        42,
        _VECTOR_REACTIONS,
    ),
    Therapy("ABECMA", "IDECABTAGENE VICLEUCEL", _MYELOMA, _DRIP, 62, _CELL_REACTIONS),
    Therapy("BREYANZI", "LISOCABTAGENE MARALEUCEL", _LYMPHOMA, _DRIP, 63, _CELL_REACTIONS),
    Therapy(
        "TECARTUS", "BREXUCABTAGENE AUTOLEUCEL", "Mantle cell lymphoma", _DRIP, 64, _CELL_REACTIONS
    ),
    Therapy(
        "SKYSONA",
        "ELIVALDOGENE AUTOTEMCEL",
        "Adrenoleukodystrophy",
        _DRIP,
        9,
        (("Neutropenia", 0.25), ("Mucosal inflammation", 0.20)),
    ),
)

COMMON_TERMS: tuple[str, ...] = (
    "Nausea",
    "Fatigue",
    "Headache",
    "Diarrhoea",
    "Vomiting",
    "Dizziness",
    "Pain",
    "Rash",
    "Pyrexia",
    "Dyspnoea",
    "Pruritus",
    "Arthralgia",
    "Asthenia",
    "Malaise",
    "Cough",
    "Fall",
    "Pneumonia",
    "Weight decreased",
    "Abdominal pain",
    "Insomnia",
    "Anxiety",
    "Hypotension",
    "Hypertension",
    "Constipation",
    "Back pain",
    "Anaemia",
    "Urticaria",
    "Chills",
    "Myalgia",
    "Decreased appetite",
    "Tremor",
    "Somnolence",
    "Confusional state",
    "Neutropenia",
    "Thrombocytopenia",
    "Urinary tract infection",
    "Sepsis",
    "Alopecia",
    "Syncope",
    "Chest pain",
    "Palpitations",
    "Dehydration",
    "Seizure",
    "Vision blurred",
    "Muscle spasms",
    "Oedema",
    "Depression",
    "Erythema",
    "Haemorrhage",
    "Renal impairment",
    "Hypersensitivity",
    "Paraesthesia",
    "Stomatitis",
    "Tachycardia",
    "Hepatic enzyme increased",
    "Nasopharyngitis",
    "Cataract",
    "Intraocular pressure increased",
    "Mucosal inflammation",
    "Epistaxis",
    "Hyperhidrosis",
)

# Terms that hardly any report of another product names.
RARE_TERMS: tuple[str, ...] = (
    "Cytokine release syndrome",
    "Immune effector cell-associated neurotoxicity syndrome",
)

_LARGEST_FIRST = """
US JP DE FR GB CA IT CN ES BR KR AU NL CH SE IN MX BE PL AT DK NO FI IE PT GR CZ HU RO IL
TR AR CO CL ZA SA AE EG TH SG MY TW HK PH ID VN NZ UA RS HR SI SK BG LT LV EE LU PE MA NA
"""
# Namibia is last and smallest: its code `NA` must not be read as "missing".
COUNTRIES: tuple[str, ...] = tuple(_LARGEST_FIRST.split())

_EU = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU_MEMBERS: tuple[str, ...] = tuple(_EU.split())


def substance(number: int) -> str:
    """Name of an invented substance, `SIMDRUG-0007`."""
    return f"SIMDRUG-{number:04d}"


def invented_term(number: int) -> str:
    """Name of an invented event, `Simulated event 0007`."""
    return f"Simulated event {number:04d}"


def therapy_spellings(therapy: Therapy) -> tuple[tuple[str, str | None], ...]:
    """The (drugname, prod_ai) under which reports name a therapy, the commonest first."""
    return (
        (therapy.brand, therapy.active),
        (therapy.active, therapy.active),
        (f"{therapy.brand.capitalize()} ({therapy.active.lower()})", therapy.active),
        (therapy.brand, None),
    )


def substance_spellings(number: int) -> tuple[tuple[str, str | None], ...]:
    """The (drugname, prod_ai) under which reports name an invented substance."""
    name = substance(number)
    return (
        (name, name),
        (f"SIMBRAND-{number:04d}", name),
        (f"{name} 20 MG TABLETS", f"{name} HYDROCHLORIDE"),
        (name, None),
    )
