"""İYEM: who manages which unit, by the eighteen principles, and who may therefore sign.

``hub.iyem.decision`` answers at the moment of signing, and years later; ``hub.iyem.register`` keeps the duty records;
``hub.iyem.officers`` says who may record them.

Instants are aware and come back in UTC; only what records duties takes Türkiye's wall clock as well. Refusals are
errors of :mod:`hub.iyem.errors`, most of them named for a principle.
"""

from hub.iyem.decision import Decision, Outcome, Reason, Who, may_sign

__all__ = ["Decision", "Outcome", "Reason", "Who", "may_sign"]
