"""The world behind simulated reports: who, where and when, and the files that tell of it."""
