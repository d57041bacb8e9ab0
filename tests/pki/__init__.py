"""A public key infrastructure for the tests, declared in ``pki.yml`` and served over HTTP on the loopback address.

Use the session fixture ``pki`` (see :mod:`pki.fixtures`); nothing made here may be trusted outside the tests.
"""
