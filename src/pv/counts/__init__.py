"""Counts of distinct cases: of one look, and look by look."""
