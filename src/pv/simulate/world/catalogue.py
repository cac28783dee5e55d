"""Names the simulator may write: advanced therapies, plain clinical terms, invented ones.

Advanced therapies keep their real names so that the vocabulary recognises them. All other
substances are invented, so that no simulated figure can be mistaken for one about a real medicine.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reaction:
    """A reaction that the label of a therapy lists.

    Attributes:
        term: as reports name it.
        share: share of the therapy's reports that name it (invented).
        median_days: median time from the treatment to the onset.
    """

    term: str
    share: float
    median_days: float


@dataclass(frozen=True)
class Therapy:
    """An advanced therapy as reports name it.

    Attributes:
        brand: trade name.
        active: the active ingredient as FAERS writes it in `prod_ai`, US suffix included.
        indication: the term reports give as its indication.
        route: route of administration.
        age_years: mean age of the treated.
        yearly_survival: share of the treated who live another year.
        labelled: reactions that its label lists, the one named most first.
    """

    brand: str
    active: str
    indication: str
    route: str
    age_years: float
    yearly_survival: float
    labelled: tuple[Reaction, ...]


_LYMPHOMA = "Diffuse large B-cell lymphoma"
_MYELOMA = "Plasma cell myeloma"
_DRIP = "Intravenous drip"
_CRS = "Cytokine release syndrome"
_ICANS = "Immune effector cell-associated neurotoxicity syndrome"

# Median days to onset are those of the pivotal trials, as the labels state them: cytokine release
# syndrome and neurotoxicity in ZUMA-1 (Yescarta: 2 and 4), CARTITUDE-1 (Carvykti: 7 and 8), JULIET
# (Kymriah: 3 and 6), KarMMa (Abecma: 1 and 2), TRANSCEND (Breyanzi: 5) and ZUMA-2 (Tecartus: 2 and
# 7). Blood cancer after Skysona came 14 months to 10 years later (FDA, November 2024). The others
# (fever, blood counts, liver enzymes, eye findings, what follows an infusion) are assumed, in days
# or weeks as the labels describe them.
#
# Yearly survival follows published twelve months: 60% in ZUMA-1 (PMC10646788), 52% in the German
# registry for both lymphoma products (Blood 2022;140:349), 90% and 75% for the two myeloma products
# (Cancers 2026, doi 10.3390/cancers18061013), 70% at 18 months in ELIANA; of the other two CAR-T
# products it is assumed, and after gene therapy nobody is assumed to die.
THERAPIES: tuple[Therapy, ...] = (
    Therapy(
        "YESCARTA",
        "AXICABTAGENE CILOLEUCEL",
        _LYMPHOMA,
        _DRIP,
        60,
        0.65,
        (
            Reaction(_CRS, 0.40, 2),
            Reaction(_ICANS, 0.20, 4),
            Reaction("Hypotension", 0.12, 3),
            Reaction("Pyrexia", 0.12, 2),
        ),
    ),
    Therapy(
        "CARVYKTI",
        "CILTACABTAGENE AUTOLEUCEL",
        _MYELOMA,
        _DRIP,
        62,
        0.90,
        (Reaction(_CRS, 0.40, 7), Reaction(_ICANS, 0.20, 8), Reaction("Neutropenia", 0.12, 10)),
    ),
    Therapy(
        "ZOLGENSMA",
        "ONASEMNOGENE ABEPARVOVEC-XIOI",
        "Spinal muscular atrophy",
        _DRIP,
        1,
        1.0,
        (Reaction("Hepatic enzyme increased", 0.30, 14), Reaction("Vomiting", 0.12, 3)),
    ),
    Therapy(
        "KYMRIAH",
        "TISAGENLECLEUCEL",
        _LYMPHOMA,
        _DRIP,
        45,
        0.70,
        (
            Reaction(_CRS, 0.40, 3),
            Reaction(_ICANS, 0.20, 6),
            Reaction("Neutropenia", 0.12, 10),
            Reaction("Pyrexia", 0.12, 3),
        ),
    ),
    Therapy(
        "LUXTURNA",
        "VORETIGENE NEPARVOVEC-RZYL",
        "Retinal dystrophy",
        "Subretinal",
        24,
        1.0,
        (Reaction("Intraocular pressure increased", 0.20, 7), Reaction("Cataract", 0.10, 240)),
    ),
    Therapy(
        "HEMGENIX",
        "ETRANACOGENE DEZAPARVOVEC-DRLB",
        "Factor IX deficiency",
        _DRIP,
        42,
        1.0,
        (Reaction("Headache", 0.30, 2), Reaction("Pyrexia", 0.10, 1)),
    ),
    Therapy(
        "ABECMA",
        "IDECABTAGENE VICLEUCEL",
        _MYELOMA,
        _DRIP,
        62,
        0.75,
        (
            Reaction(_CRS, 0.40, 1),
            Reaction(_ICANS, 0.20, 2),
            Reaction("Neutropenia", 0.12, 10),
            Reaction("Pyrexia", 0.12, 1),
        ),
    ),
    Therapy(
        "BREYANZI",
        "LISOCABTAGENE MARALEUCEL",
        _LYMPHOMA,
        _DRIP,
        63,
        0.65,
        (Reaction(_CRS, 0.40, 5),),
    ),
    Therapy(
        "TECARTUS",
        "BREXUCABTAGENE AUTOLEUCEL",
        "Mantle cell lymphoma",
        _DRIP,
        64,
        0.70,
        (
            Reaction(_CRS, 0.40, 2),
            Reaction(_ICANS, 0.20, 7),
            Reaction("Hypotension", 0.12, 3),
            Reaction("Pyrexia", 0.12, 2),
        ),
    ),
    Therapy(
        "SKYSONA",
        "ELIVALDOGENE AUTOTEMCEL",
        "Adrenoleukodystrophy",
        _DRIP,
        9,
        1.0,
        (Reaction("Acute myeloid leukaemia", 0.25, 900),),
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

# Terms that few reports of other products name, and their weights among all background events.
RARE_TERMS: dict[str, float] = {
    _CRS: 1e-5,
    _ICANS: 1e-5,
    "Acute myeloid leukaemia": 4e-3,
}

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
