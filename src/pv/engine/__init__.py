"""Counting beyond one machine: the same SQL files on Apache Spark."""
