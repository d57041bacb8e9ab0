"""DETSİS: units and hierarchy, code lists, delivery data, inventories, managers; what the registry holds, in time.

Reading functions take a connection from :meth:`hub.store.database.Database.read` and, where the past may be asked for,
a :class:`~hub.registry.moment.Moment`. Writing functions take the :class:`~hub.store.change.Change` of a transaction.

Instants are aware and come back in UTC (a naive one is refused when it is written); units are named by DETSİS numbers;
certificates are DER.
"""
