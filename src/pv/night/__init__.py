"""The night: its steps, what each depends on, its lock and its start."""
