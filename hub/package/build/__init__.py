"""Packages built from a description, step by step: metadata and digests, signature, final metadata, seal; encrypted and
update packages. :mod:`hub.package.build.steps` has the steps; docs/package-build.md tells how a description is written.
"""
