"""Store: the database engine, the tables in time, the journal of changes, migrations and personal data at rest.

Instants are aware, kept to the microsecond and given back in UTC; a naive one is refused. Periods are half-open. Errors
are those of :mod:`hub.store.errors`.
"""
