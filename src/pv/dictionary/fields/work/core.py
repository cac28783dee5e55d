"""Fields of the work relations of core: coded texts, versions and what links them."""

from pv.dictionary.model import Field

FIELDS = (
    Field("text_no", "integer", "Number of the text of a drug (work.drug_text)", minimum=0),
    Field("substance_basis", "varchar", "By what a text was led to its substance",
          allowed=("product", "ingredient", "known_name", "own_name", "no_drug")),
    Field("written_place", "varchar", "Country or region as written, in capitals"),
    Field("masked", "boolean", "The text stands for a region in which the country is masked"),
    Field("version_no", "bigint", "Version of a case that was current at some look: the case_id "
          "for the one current as of the run's date, above every case_id for the others"),
    Field("is_current", "boolean", "The version is current as of the run's date"),
    Field("release_no", "bigint", "Number of the delivery that the file belongs to"),
    Field("term_no", "integer", "Number of the event, whatever its spelling", minimum=1),
    Field("key_no", "bigint", "Number of the key that cases share"),
    Field("links", "boolean", "The version is linked by the key, not only named by it"),
    Field("issue_no", "integer", "Number of the issue in its series, by day", minimum=1),
    Field("issued_before", "date", "Day of the issue of the series before this one"),
    Field("content_hash", "ubigint", "Hash of all that the issue says of the case; null where it "
          "is in quarantine, or no other issue has the case"),
    Field("turn", "integer", "Order of the versions that issues tell of a case; 0 for a source "
          "that adds to what it said", minimum=0),
    Field("first_case_id", "bigint", "Smallest case_id among the cases that share the key"),
    Field("component", "bigint", "Cases that are linked at any look, by the smallest of them"),
    Field("cases_known", "bigint", "Cases in the database when the month before ended", minimum=0),
    Field("frequency", "double", "How common the value was then", minimum=0, maximum=1),
    Field("rarity", "integer", "Place by frequency, the rarest first", minimum=1),
    Field("trait", "varchar", "What of a case is compared"),
    Field("trait_value", "varchar", "Value of the trait, as text"),
    Field("u", "double", "How often two persons agree, where nothing is counted", minimum=0,
          maximum=1),
    Field("text", "varchar", "Product or event"),
    Field("text_rank", "bigint", "Order in which products and events make blocks: a hash"),
    Field("block", "bigint", "Hash of what the cases of a block have in common"),
    Field("event_day", "date", "Day of the event, where it is known to the day"),
    Field("start_day", "date", "Day of the first administration of a suspect product"),
    Field("product_list", "varchar[]", "The case's products"),
    Field("event_list", "varchar[]", "The case's events"),
    *(Field(f"tf_{name}", "double", f"How common the {name} was", minimum=0, maximum=1)
      for name in ("product", "event", "age", "country", "day", "start", "lot")),
    Field("other_version_no", "bigint", "Version of the other case"),
    Field("is_linked", "boolean", "One for counting; else possibly one"),
    Field("possible_no", "bigint", "Group of the possible links, by the smallest node in it",
          minimum=0),
    Field("node", "integer", "Stretch of looks and version current in it (work.linked_version)",
          minimum=0),
    Field("other", "integer", "The other node of the link", minimum=0),
    Field("group_no", "bigint", "Duplicate group of the node, by the smallest node in it",
          minimum=0),
    Field("is_own", "boolean", "The last stretch of a current version: core.case has its contents"),
)  # fmt: skip
