"""Units of doses and of the intervals between them that E2B(R2) has as numbers, and their names."""

_NAMES = """kg g mg µg ng pg mg/kg µg/kg mg/m2 µg/m2 L mL µL Bq GBq MBq kBq Ci mCi µCi nCi mol mmol
µmol IU kIU MIU IU/kg mEq % gtt DF"""
UNITS = {f"{number:03}": name for number, name in enumerate(_NAMES.split(), 1)}
INTERVALS = {
    "801": "years",
    "802": "months",
    "803": "weeks",
    "804": "days",
    "805": "hours",
    "806": "minutes",
}
