"""
Whether the certificate policies of a path are valid (RFC 5280 section 6.1), for whoever takes any policy.

A client that asks for no policy refuses a path all the same where a CA in it requires that there be one
(requireExplicitPolicy) and none is valid along the whole path.  Of the tree of RFC 5280, which grows exponentially
with its depth, only the last row matters then: RFC 9618 shows that a node per policy is enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..facts import Certificate

ANY_POLICY = "2.5.29.32.0"
_NEEDED = frozenset(("subject", "issuer", "policies", "policy_mappings", "policy_constraints", "inhibit_any_policy"))

_Row = Mapping[str, frozenset[str]]


class _State:
    """
    The state variables of RFC 5280 section 6.1.2.

    ``row`` holds the deepest nodes of the valid policy graph, to each valid policy the expected ones; it is empty
    where the graph is NULL.  Counters start so high that they never reach 0 unless a certificate sets them.
    """

    def __init__(self, length: int) -> None:
        self.row: _Row = {ANY_POLICY: frozenset((ANY_POLICY,))}
        self.explicit = self.mapping = self.any_policy = length + 1


def policy_fault(path: Sequence[Certificate]) -> str:
    """
    Return why the policies of a *path* are not valid, or nothing: the end-entity certificate first, without the root.

    Raises ValueError where that cannot be told.
    """
    state = _State(len(path))
    for depth, it in enumerate(reversed(path)):
        unread = sorted(_NEEDED & it.unread)
        if unread:
            raise ValueError(f"{', '.join(unread)} of {it.title} cannot be read")
        last = depth == len(path) - 1
        any_policy = state.any_policy > 0 or (not last and it.self_issued)
        state.row = {} if it.policies is None else _below(state.row, it.policies, any_policy)
        if last:
            _wrap_up(state, it)
        if not state.explicit and not state.row:
            return f"a CA requires a certificate policy, and none is valid for {it.title}"
        if not last and any(ANY_POLICY in pair for pair in it.policy_mappings or ()):
            return f"{it.title} maps anyPolicy to another policy"
        if not last:
            _prepare(state, it)
    return ""


def _below(row: _Row, policies: Sequence[str], any_policy: bool) -> _Row:
    """Return the nodes of the next certificate (section 6.1.3 (d)); *any_policy* says whether it may use that."""
    expected = frozenset().union(*row.values()) if row else frozenset()
    allowed = set(expected if any_policy and ANY_POLICY in policies else ())
    allowed.update(each for each in policies if each != ANY_POLICY and (each in expected or ANY_POLICY in row))
    return {each: frozenset((each,)) for each in allowed}


def _prepare(state: _State, it: Certificate) -> None:
    """Prepare for the next certificate (section 6.1.4 (b), (h), (i) and (j))."""
    if it.policy_mappings:
        state.row = _mapped(state.row, it.policy_mappings, state.mapping > 0)
    if not it.self_issued:
        state.explicit, state.mapping, state.any_policy = (
            max(0, count - 1) for count in (state.explicit, state.mapping, state.any_policy)
        )
    constraints = it.policy_constraints
    if constraints is not None and constraints.require_explicit is not None:
        state.explicit = min(state.explicit, constraints.require_explicit)
    if constraints is not None and constraints.inhibit_mapping is not None:
        state.mapping = min(state.mapping, constraints.inhibit_mapping)
    if it.inhibit_any_policy is not None:
        state.any_policy = min(state.any_policy, it.inhibit_any_policy)


def _mapped(row: _Row, mappings: Sequence[tuple[str, str]], allowed: bool) -> _Row:
    """Return the nodes with what is expected of them once policies are mapped, or without them where that is not."""
    subjects: dict[str, set[str]] = {}
    for issuer, subject in mappings:
        subjects.setdefault(issuer, set()).add(subject)
    if not allowed:
        return {policy: expected for policy, expected in row.items() if policy not in subjects}
    changed = {policy: frozenset(each) for policy, each in subjects.items() if policy in row or ANY_POLICY in row}
    return {**row, **changed}


def _wrap_up(state: _State, it: Certificate) -> None:
    """RFC 5280 section 6.1.5 (a) and (b)."""
    state.explicit = max(0, state.explicit - 1)
    if it.policy_constraints is not None and it.policy_constraints.require_explicit == 0:
        state.explicit = 0
