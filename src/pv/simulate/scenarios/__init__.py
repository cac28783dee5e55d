"""Scenarios with planted truth, set into a simulated world."""
