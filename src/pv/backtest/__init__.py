"""What a replayed history would have said of pairs whose truth is known, and when."""
