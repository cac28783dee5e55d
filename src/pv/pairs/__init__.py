"""Disproportionality of product-event pairs: pooling, decision, conditions, verdicts, history."""
