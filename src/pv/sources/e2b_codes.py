"""Code systems of E2B(R3) and the codes of them that are read.

A code means something only with its system and its parent: 7 is the weight of a body in one list
and a required intervention in another.
"""

NS = "{urn:hl7-org:v3}"
BATCH = f"{NS}MCCI_IN200100UV01"
ACKNOWLEDGEMENT = f"{NS}MCCI_IN200101UV01"
MESSAGE = f"{NS}PORR_IN049016UV"

ICH = "2.16.840.1.113883.3.989.2.1."
_LIST, _ID = f"{ICH}1.", f"{ICH}3."

# Lists of codes.
REPORT_TYPE = f"{_LIST}2"
AMENDMENT = f"{_LIST}5"
QUALIFICATION = f"{_LIST}6"
REACTION_OUTCOME = f"{_LIST}11"
DRUG_ROLE = f"{_LIST}13"
RECURRENCE = f"{_LIST}16"
OBSERVATION = f"{_LIST}19"
ORGANIZER = f"{_LIST}20"
RELATION = f"{_LIST}22"
CHARACTERISTIC = f"{_LIST}23"
DOCUMENT = f"{_LIST}27"
MEDDRA = "2.16.840.1.113883.6.163"
GENDER = "1.0.5218"
COUNTRY = "1.0.3166.1.2.2"
FDA_OBSERVATION = "2.16.840.1.113883.3.989.5.1.2.2.1.3"

# Roots of ids.
REPORT_ID = f"{_ID}1"
WORLDWIDE_ID = f"{_ID}2"
OTHER_CASE_ID = f"{_ID}3"

# Observations (OBSERVATION).
AGE = (OBSERVATION, "3")
WEIGHT = (OBSERVATION, "7")
REACTION = (OBSERVATION, "29")
INDICATION = (OBSERVATION, "19")
ROLE = (OBSERVATION, "20")
OUTCOME = (OBSERVATION, "27")
RECHALLENGE = (OBSERVATION, "31")
SERIOUSNESS = {
    (OBSERVATION, "34"): "death",
    (OBSERVATION, "21"): "life_threatening",
    (OBSERVATION, "33"): "hospitalisation",
    (OBSERVATION, "35"): "disability",
    (OBSERVATION, "12"): "congenital_anomaly",
    (OBSERVATION, "26"): "other_serious",
}
# FDA.E.i.3.2h; FAERS counts it with the other serious ones.
INTERVENTION = (FDA_OBSERVATION, "7")
DRUGS = (ORGANIZER, "4")
SOURCE_REPORT = (RELATION, "2")
TYPE_OF_REPORT = (CHARACTERISTIC, "1")
LITERATURE = (DOCUMENT, "2")
NULLIFICATION = (CHARACTERISTIC, "3")

# Whose elements stand beside those of ICH.
REGIONS = {
    "2.16.840.1.113883.3.989.5.1.1": "EU",
    "2.16.840.1.113883.3.989.5.1.2": "FDA",
    "2.16.840.1.113883.3.989.5.1.3": "PMDA",
    "2.16.840.1.113883.3.989.5.1": "another region",
    "2.16.840.1.113883.3.26.1.1": "NCI",
}
