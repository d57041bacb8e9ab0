"""Real parts that tests start and stop themselves."""
