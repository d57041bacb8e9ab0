"""Store: the database engine, the tables in time, the journal of changes, migrations and personal data at rest."""
