"""e-Yazışma packages: read, judge, build.

The container and its guard, the parts and their relationships, the typed model, the rule catalogue and the report.
"""
