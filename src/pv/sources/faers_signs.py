"""What the columns of FAERS and AERS look like when the header tells the truth (docs/quality.md).

Codes are those of FDA's ASC_NTS.pdf. Most values must be among them, so that a new code is no sign.
Columns that are not read have a form too: it tells when a column that is read was swapped for them.
"""

from pv.sources.signs import Sign, before, begins, filled, forms, fuller, marked, same, together


def _codes(names: str, codes: str) -> tuple[Sign, ...]:
    return forms(names, f"the codes {codes}", codes.replace(" ", "|"))


# The routes of FDA and of E2B, by their first words.
_ROUTE = (
    r"(unknown|other|oral|nasal|topical|parenteral|rectal|vaginal|buccal|dental|ophthalmic|otic|"
    r"auricular|cutaneous|sub\w+|trans\w+|intra\w+|endo\w+|epidural|extra-amniotic|h(a)?emodialysis|"
    r"iontophoresis|occlusive|orophar\w+|peri\w+|respiratory|inhal\w+|retrobulbar|urethral|enteral|"
    r"infiltration|percutaneous)\b.*"
)
_DOSE = r"unk\b.*|[\d.,/]+\s*(mg|g|ml|ug|mcg|iu|milligram|df|tablets?|dosage)\b.*"
_DOSE_FORM = (
    r"(film-coated |extended.release )?tablets?|capsules?|(powder|solution|suspension|concentrate|"
    r"emulsion|lyophili.ed powder)( for .*)?|injection.*|cream|ointment|gel|spray|patch|unspecified"
)
# At least one letter, and neither a route, a dose, its form, nor one or two letters, as codes are.
_NAME = rf"(?!({_ROUTE}|{_DOSE}|{_DOSE_FORM})$)(?=.*[^\W\d_]).{{3,}}"
_DATE = r"(19|20)\d\d(\d\d(\d\d)?)?(\.0)?"
_NUMBER = r"\d{1,20}(\.0)?"
# What stands in ingredients and hardly in brands: the bar between two of them, salts, US suffixes.
_SALT = (
    r"\\|\b(hydrochloride|dihydrochloride|sodium|disodium|potassium|calcium|acetate|sul(f|ph)ate|"
    r"maleate|mesylate|phosphate|tartrate|succinate|citrate|fumarate|(hydro)?bromide|besylate|"
    r"monohydrate|dihydrate)$|-[a-z]{4}$"
)

_REPORT = (
    *forms("primaryid caseid", "numbers", _NUMBER),
    *filled("primaryid"),
)
# Not in AERS, whose ISR has nothing of the case number; only its DEMO has one.
_PREFIX = begins("primaryid", "caseid", "caseid")
_DRUG_SEQ = r"\d{1,10}(\.0)?"

_DEMO: tuple[Sign, ...] = (
    *_REPORT,
    begins("primaryid", "caseid", "caseversion"),
    *filled("caseid fda_dt"),
    *forms("caseversion", "numbers of versions", r"\d{1,4}(\.0)?"),
    *_codes("i_f_code", "I F"),
    *forms("event_dt mfr_dt init_fda_dt fda_dt rept_dt death_dt", "dates", _DATE),
    *(before("event_dt", name) for name in ("mfr_dt", "init_fda_dt", "fda_dt", "rept_dt")),
    *(before(name, "fda_dt") for name in ("mfr_dt", "init_fda_dt")),
    before("init_fda_dt", "rept_dt"),
    same("init_fda_dt", "fda_dt", "i_f_code", "I"),
    *_codes("rept_cod", "EXP PER DIR 5DAY 30DAY"),
    *forms("mfr_num", "manufacturers' numbers", r".*\d.*"),
    *forms("mfr_sndr", "names", r".*[^\W\d_].*.."),
    marked("mfr_num", "mfr_sndr", "a number of four digits", r"\d{4}"),
    *forms("lit_ref", "literature", r".*[^\W\d_].{10,}"),
    *(
        fuller(often, seldom)
        for often in ("rept_cod", "mfr_num", "mfr_sndr")
        for seldom in ("auth_num", "lit_ref")
    ),
    *forms("age", "ages", r"-?\d{1,3}(\.\d+)?"),
    *_codes("age_cod", "DEC YR MON WK DY HR MIN SEC"),
    together("age", "age_cod"),
    *_codes("age_grp", "N I C T A E"),
    *_codes("sex", "F M UNK NS"),
    *_codes("e_sub to_mfr", "Y N"),
    *forms("wt", "weights", r"\d{1,4}(\.\d+)?"),
    *_codes("wt_cod", "KG LBS GMS"),
    *_codes("occp_cod", "MD PH OT HP LW CN RN"),
    *forms("occr_country", "country codes", r"[A-Z][A-Z\d]"),
    # Names in AERS.
    *forms("reporter_country", "countries", r"[A-Z][A-Z\d]|\D{4,}"),
)

_DRUG: tuple[Sign, ...] = (
    *_REPORT,
    _PREFIX,
    *filled("drug_seq role_cod drugname"),
    *forms("drug_seq", "numbers of drugs", _DRUG_SEQ),
    *_codes("role_cod", "PS SS C I DN"),
    *forms("drugname prod_ai", "names of drugs", _NAME),
    fuller("drugname", "prod_ai"),
    marked("prod_ai", "drugname", "an ingredient's ending or bar", _SALT),
    *_codes("val_vbm", "1 2"),
    *forms("route", "routes", _ROUTE),
    *_codes("dechal rechal", "Y N U D"),
    *forms("exp_dt", "dates", _DATE),
    *forms("nda_num dose_amt cum_dose_chr", "numbers", r"\d+(\.\d+)?"),
    marked("nda_num", "dose_amt", "a number of five digits", r"\d{5}"),
    # MG, DF, MG/KG; QD, Q12H, /WK. A dosage form is a longer word.
    *forms("cum_dose_unit dose_unit", "units", r"(?![YNUD]$|.*[^\W\d_]{6}).+"),
    *forms("dose_freq", "how often doses are given", r"(?!.*[^\W\d_]{6}).+"),
)

SIGNS: dict[str, tuple[Sign, ...]] = {
    "DEMO": _DEMO,
    "DRUG": _DRUG,
    "REAC": (*_REPORT, _PREFIX, *filled("pt"), *forms("pt", "terms", _NAME)),
    "OUTC": (*_REPORT, _PREFIX, *filled("outc_cod"), *_codes("outc_cod", "DE LT HO DS CA RI OT")),
    "RPSR": (
        *_REPORT,
        _PREFIX,
        *filled("rpsr_cod"),
        *_codes("rpsr_cod", "FGN SDY LIT CSM HP UF CR DT OTH"),
    ),
    "THER": (
        *_REPORT,
        _PREFIX,
        *filled("dsg_drug_seq"),
        *forms("dsg_drug_seq", "numbers of drugs", _DRUG_SEQ),
        *forms("start_dt end_dt", "dates", _DATE),
        before("start_dt", "end_dt"),
        *forms("dur", "durations", r"\d{1,6}(\.\d+)?"),
        *_codes("dur_cod", "YR MON WK DAY HR MIN SEC"),
    ),
    "INDI": (
        *_REPORT,
        _PREFIX,
        *filled("indi_drug_seq indi_pt"),
        *forms("indi_drug_seq", "numbers of drugs", _DRUG_SEQ),
        *forms("indi_pt", "terms", _NAME),
    ),
}
