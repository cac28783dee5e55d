"""Fields of clusters: an event in one lot, or from one sender."""

from pv.dictionary.model import Field

CLUSTER_KINDS = ("lot", "sender")

FIELDS = (
    Field("cluster_kind", "varchar", "What the cases share: a lot (its HMAC) or the sender of the "
          "report", allowed=CLUSTER_KINDS),
    Field("cluster_of", "varchar", "HMAC of the lot (lot_hmac of core.case_drug), or the sender "
          "(core.case)"),
    Field("n_clustered", "bigint", "Cases with the event in the lot or from the sender",
          unit="cases", minimum=0),
    Field("n_unit", "bigint", "Cases of the product in the lot or from the sender", unit="cases",
          minimum=0),
    Field("n_event_named", "bigint", "Cases of the product with the event, in any lot or from any "
          "sender that is named, in the countries where this one has cases", unit="cases",
          minimum=0),
    Field("n_named", "bigint", "The same with any event", unit="cases", minimum=0),
    Field("expected_clustered", "double", "Cases with the event expected in the lot or from the "
          "sender, by all lots or senders of the product in each of its countries", unit="cases",
          minimum=0),
    Field("cluster_p", "double", "Exact probability of n_clustered or more, each country's margins "
          "fixed", minimum=0, maximum=1),
    Field("cluster_q", "double", "Expected share of false clusters among those of the product that "
          "are at least as extreme (Benjamini and Hochberg)", minimum=0, maximum=1),
    Field("lot_cluster", "boolean", "Its cases cluster in a lot or from a sender "
          "(mart.lot_cluster): look for a defect of quality first"),
    Field("n_tests", "bigint", "Lots or senders, times events, that have cases enough to cluster",
          minimum=0),
)  # fmt: skip
