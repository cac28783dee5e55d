"""Exposure-adjusted rates: person-time, expected and observed cases, sequential tests."""
