"""Fields of what was reported, as received."""

from pv.dictionary.model import Field

ROLES = ("primary_suspect", "suspect", "interacting", "concomitant", "not_administered")
SEXES = ("F", "M")
PRECISIONS = ("day", "month", "year")
# What became of the reaction when the drug was stopped or given less, and when it was given again.
CHALLENGES = ("positive", "negative", "unknown", "not_applicable")
EVENT_KINDS = ("event", "event_group")
# A case is withdrawn when an issue of a source that is re-issued whole no longer has it.
ACTIONS = ("report", "nullify", "delete", "withdraw")
LINK_TYPES = (
    "worldwide_case_id",
    "other_case_id",
    "linked_report",
    "manufacturer_number",
    "related_report",
)
SERIOUSNESS = (
    "death",
    "life_threatening",
    "hospitalisation",
    "disability",
    "congenital_anomaly",
    "other_serious",
)

FIELDS = (
    # Provenance.
    Field("source", "varchar", "Key of the source in the registry (the inbox folder)"),
    Field("file_id", "integer", "File the row came from (ops.source_file)"),
    Field("line", "bigint", "Line (text) or sheet row the row came from; the header is line 1",
          minimum=1),
    Field("release", "varchar", "Delivery the file belongs to (a quarter and its container); "
          "of two deliveries of one report the later in sort order wins"),
    Field("authority", "varchar", "Authority that gave the case its number"),
    Field("authority_rank", "integer", "Order among the sources of one authority: the lowest "
          "that has the case wins"),
    # The report.
    Field("source_report_id", "varchar", "The source's own id of this version of the report"),
    Field("source_case_id", "varchar", "The authority's own id of the case", e2b="C.1.1"),
    Field("worldwide_case_id", "varchar", "Worldwide unique case identification", e2b="C.1.8.1"),
    Field("manufacturer_number", "varchar", "Manufacturer control number as written"),
    Field("sender", "varchar", "Organisation that sent the report", e2b="C.3.2"),
    Field("version", "integer", "Version of the case as numbered by the authority", minimum=0,
          maximum=9999),
    Field("action", "varchar", "What this version does to the case", allowed=ACTIONS,
          e2b="C.1.11.1"),
    Field("first_receipt_date", "date", "Date the authority first received the case", e2b="C.1.4"),
    Field("receipt_date", "date", "Date the authority received this version", e2b="C.1.5"),
    Field("report_type", "varchar", "Type of report in the words of the source", e2b="C.1.3"),
    Field("literature", "boolean", "The report names a publication that it is from; null where the "
          "source has no place for one", e2b="C.4.r.1"),
    Field("literature_id", "varchar", "DOI or PMID of that publication; its reference names people "
          "and is not loaded"),
    Field("reporter", "varchar", "Qualification of the primary reporter as the source codes it",
          e2b="C.2.r.4"),
    Field("occurrence_country", "varchar", "Country of occurrence as written", e2b="E.i.9"),
    Field("reporter_country", "varchar", "Country of the primary reporter as written",
          e2b="C.2.r.3"),
    Field("sex", "varchar", "Sex of the patient", allowed=SEXES, e2b="D.5"),
    Field("age_years", "double", "Age of the patient at onset", unit="years", minimum=0,
          maximum=130, e2b="D.2.2"),
    Field("weight_kg", "double", "Weight of the patient", unit="kg", minimum=0, maximum=650,
          e2b="D.3"),
    Field("event_date", "date", "First day of the interval that the written event date spans",
          e2b="E.i.4"),
    Field("event_date_precision", "varchar", "Precision of event_date", allowed=PRECISIONS),
    Field("serious", "boolean", "Meets at least one seriousness criterion"),
    Field("fatal", "boolean", "Death is among the outcomes (same as the criterion death)"),
    Field("death", "boolean", "Seriousness: results in death", e2b="E.i.3.2a"),
    Field("life_threatening", "boolean", "Seriousness: life threatening", e2b="E.i.3.2b"),
    Field("hospitalisation", "boolean", "Seriousness: caused or prolonged hospitalisation",
          e2b="E.i.3.2c"),
    Field("disability", "boolean", "Seriousness: disabling or incapacitating", e2b="E.i.3.2d"),
    Field("congenital_anomaly", "boolean", "Seriousness: congenital anomaly or birth defect",
          e2b="E.i.3.2e"),
    Field("other_serious", "boolean", "Seriousness: other medically important condition, or "
          "intervention required", e2b="E.i.3.2f"),
    Field("outcome", "varchar", "Outcome as coded by the source"),
    Field("report_source", "varchar", "Where the report came from, as the source codes it"),
    Field("unparsed", "varchar[]", "Fields whose written value could not be read and is null here"),
    Field("null_reasons", "varchar[]", "Fields without a value for which the report says why, as "
          "field=null flavor of HL7: not asked (NASK), asked but unknown (ASKU), masked (MSK)"),
    # Drugs.
    Field("drug_seq", "varchar", "Number of the drug within the report", e2b="G.k"),
    Field("role", "varchar", "Role of the drug", allowed=ROLES, e2b="G.k.1"),
    Field("drug_verbatim", "varchar", "Drug name as written", e2b="G.k.2.2"),
    Field("active_ingredient", "varchar", "Active ingredient as written", e2b="G.k.2.3.r.1"),
    Field("route", "varchar", "Route of administration as written", e2b="G.k.4.r.10.1"),
    Field("lot_hmac", "varchar", "Keyed HMAC-SHA256 of the lot number: equal lots are equal, the "
          "lot itself is not loaded", e2b="G.k.4.r.7"),
    Field("indication", "varchar", "Indication as written; several are parted by ;",
          e2b="G.k.7.r.1"),
    Field("start_date", "date", "First day of the interval that the written start of "
          "administration spans", e2b="G.k.4.r.4"),
    Field("start_date_precision", "varchar", "Precision of start_date", allowed=PRECISIONS),
    Field("end_date", "date", "First day of the interval that the written end of administration "
          "spans", e2b="G.k.4.r.5"),
    Field("end_date_precision", "varchar", "Precision of end_date", allowed=PRECISIONS),
    Field("dose", "varchar", "Single dose as coded: amount, unit and how often; several are parted "
          "by ; (what is written of doses in free text is not loaded)", e2b="G.k.4.r.1"),
    Field("dechallenge", "varchar", "Positive: the reaction abated when the drug was stopped or "
          "its dose reduced", allowed=CHALLENGES),
    Field("rechallenge", "varchar", "Positive: the reaction came back when the drug was given "
          "again", allowed=CHALLENGES, e2b="G.k.9.i.4"),
    Field("substance", "varchar", "Active ingredient, folded: US suffix and salt taken off, "
          "combinations sorted"),
    Field("product_id", "varchar", "Advanced therapy (core.product); null for other drugs"),
    Field("product", "varchar", "What is counted: brand of an advanced therapy, else the folded "
          "substance"),
    # Events.
    Field("event_seq", "integer", "Number of the event within the case", e2b="E.i"),
    Field("term_verbatim", "varchar", "Reaction term as written (a preferred term in FAERS)",
          e2b="E.i.2.1b"),
    Field("event", "varchar", "What is counted: preferred term, or label of an event group"),
    Field("event_code", "varchar", "MedDRA code where the source gives one"),
    Field("event_code_version", "varchar", "Version of MedDRA that the code is of, as the source "
          "gives it", e2b="E.i.2.1a"),
    Field("event_kind", "varchar", "Single event or event group", allowed=EVENT_KINDS),
    Field("onset_date", "date", "First day of the interval that the written onset spans",
          e2b="E.i.4"),
    Field("onset_date_precision", "varchar", "Precision of onset_date", allowed=PRECISIONS),
    Field("time_to_onset_days_low", "integer", "Shortest time from first suspect administration to "
          "onset that the written dates allow", unit="days"),
    Field("time_to_onset_days_high", "integer", "Longest time from first suspect administration "
          "to onset that the written dates allow", unit="days"),
    # Links.
    Field("link_type", "varchar", "Kind of link (a related report is of another case)",
          allowed=LINK_TYPES),
    Field("linked_id", "varchar", "The other id that stands for the same case"),
)  # fmt: skip
