"""Certificate policies along a path: RFC 5280 6.1, with the set of policies at each depth in place of the tree.

The path is judged for any policy, with none of the initial flags set, so only one question is asked: once a policy is
required, is there one that runs through the whole path? For that the tree's shape does not matter, and a set for each
depth (RFC 9618 keeps a graph for the same reason) does the work that could grow a tree without bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.signing import oids
from hub.signing.certificates import Certificate


@dataclass(slots=True)
class _State:
    """What is carried from one certificate to the next."""

    explicit: int
    mapping: int
    any_policy: int
    wanted: set[str] = field(default_factory=set)
    """The policies that the next certificate may name: the expected policies of this depth."""
    anything: bool = True
    """Is there a node of anyPolicy at this depth?"""

    @property
    def lost(self) -> bool:
        return not self.wanted and not self.anything


def breach(chain: Sequence[Certificate]) -> tuple[Certificate, str] | None:
    """The certificate of ``chain`` (leaf first, the anchor left out) at which a required policy is lost, and why.

    None when no policy is required or one runs through. Raises :class:`~hub.signing.der.DerError` for an extension
    that cannot be read.
    """
    size = len(chain)
    state = _State(size + 1, size + 1, size + 1)
    for place, one in enumerate(reversed(chain), 1):
        final = place == size
        _own(state, one, final=final)
        if final:
            state.explicit = max(0, state.explicit - 1)
            if one.policy_constraints[0] == 0:
                state.explicit = 0
        if state.explicit == 0 and state.lost:
            return one, "zorunlu tutulan ilke yol boyunca korunmuyor"
        if not final:
            if any(oids.ANY_POLICY in pair for pair in one.policy_mappings):
                return one, "ilke eşlemesinde anyPolicy kullanılmış"
            _mapped(state, one)
            _count(state, one)
    return None


def _own(state: _State, one: Certificate, *, final: bool) -> None:
    """6.1.3 (d), (e): which policies the certificate itself goes on with."""
    own = {policy.oid for policy in one.policies}
    every = oids.ANY_POLICY in own and (state.any_policy > 0 or (not final and one.self_issued))
    named = own - {oids.ANY_POLICY}
    kept = named if state.anything else named & state.wanted
    state.wanted = kept | state.wanted if every else kept
    state.anything = state.anything and every


def _mapped(state: _State, one: Certificate) -> None:
    """6.1.4 (b): policies of the issuer's domain go on under the names of the subject's, or not at all."""
    mappings: dict[str, set[str]] = {}
    for issuer, subject in one.policy_mappings:
        mappings.setdefault(issuer, set()).add(subject)
    if state.mapping == 0:
        state.wanted -= mappings.keys()
        return
    found = {issuer for issuer in mappings if issuer in state.wanted or state.anything}
    state.wanted = (state.wanted - found).union(*(mappings[issuer] for issuer in found))


def _count(state: _State, one: Certificate) -> None:
    """6.1.4 (h) to (j): the counters until a policy is required, mapping forbidden, anyPolicy void."""
    if not one.self_issued:
        state.explicit = max(0, state.explicit - 1)
        state.mapping = max(0, state.mapping - 1)
        state.any_policy = max(0, state.any_policy - 1)
    required, inhibited = one.policy_constraints
    if required is not None:
        state.explicit = min(state.explicit, required)
    if inhibited is not None:
        state.mapping = min(state.mapping, inhibited)
    if one.inhibit_any_policy is not None:
        state.any_policy = min(state.any_policy, one.inhibit_any_policy)
