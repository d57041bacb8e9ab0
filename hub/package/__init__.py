"""e-Yazışma packages: read, judge, build.

The container and its guard, the parts and their relationships, the typed model, the rule catalogue and the report.
Instants are aware and come back in UTC; leaves of the model are texts as written (read by :mod:`hub.package.values`).
"""
