"""How often the night is right: many replicates of a scenario through the code that judges."""
