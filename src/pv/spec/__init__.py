"""What is asked: rule, latency windows, retention, sequential design and linkage weights."""
