"""The hub beside its peers, as ratios of one run. ``python -m benchmarks`` prints the table.

docs/benchmarks.md says how to read it.
"""
