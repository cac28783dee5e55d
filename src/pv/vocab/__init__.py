"""The vocabulary: products, substances, countries and event groups, as CSV tables with sources.

The shipped tables lie in `data/`; a home's `vocab` folder may override or extend each of them
(docs/vocabulary.md). This package knows nothing of the rest of pv and imports no heavy library.
"""

from pv.vocab.errors import VocabularyError
from pv.vocab.reading import tables

__all__ = ["VocabularyError", "tables"]
