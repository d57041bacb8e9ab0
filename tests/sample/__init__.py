"""The sample registry."""
