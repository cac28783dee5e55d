"""poolvigil: pooled safety signals of advanced therapies."""

__version__ = "0.1.0"
