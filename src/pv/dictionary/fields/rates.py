"""Fields of rates against exposure, by latency window."""

from pv.dictionary.model import Field

FIELDS = (
    Field("rate", "double", "Reports per 1,000 patients treated (a lower bound of the risk)",
          unit="cases per 1,000 patients"),
    Field("rate_lower", "double", "Lower 95% limit of the rate (Garwood)",
          unit="cases per 1,000 patients"),
    Field("rate_upper", "double", "Upper 95% limit of the rate (Garwood)",
          unit="cases per 1,000 patients"),
)  # fmt: skip
