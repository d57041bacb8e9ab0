"""DETSİS: units and hierarchy, code lists, delivery data, inventories, managers; what the registry holds, in time.

Reading functions take a connection from :meth:`hub.store.database.Database.read` and, where the past may be asked for,
a :class:`~hub.registry.moment.Moment`. Writing functions take the :class:`~hub.store.change.Change` of a transaction.
"""
