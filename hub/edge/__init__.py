"""The HTTP edge: what stands between granian and the endpoints and knows nothing of the domain.

Deadlines for slow senders, the overload gate, the access log, health, metrics, and the server process itself.
"""
