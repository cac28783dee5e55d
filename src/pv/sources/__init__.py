"""One module per format: every delivery in the inbox becomes rows of the same staging tables."""

from pv.sources.load import LoadSummary, load_inbox

__all__ = ["LoadSummary", "load_inbox"]
