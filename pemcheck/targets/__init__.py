"""
What each target demands: data only, one ``Demand`` per sentence of its documentation.

A target knows no predicate and a rule no target's name; what differs between targets stands here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from importlib import import_module

from ..findings import Evidence, Severity
from ..source import quoted
from ..value import Value

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
DOCUMENTED, FORMERLY_DOCUMENTED = Evidence.DOCUMENTED, Evidence.FORMERLY_DOCUMENTED
MODEL, OBSERVED, INFERRED = Evidence.MODEL, Evidence.OBSERVED, Evidence.INFERRED


class TargetError(ValueError):
    """A target that does not exist or cannot be used, said in the user's words."""


class Demand(Value):
    """
    A target asking a rule.

    ``quote`` is at most 20 words of ``source``.  A rule may be demanded several times, under conditions that
    are data: ``above`` is a size in bytes that must be exceeded, ``only`` restricts the demand to one sort of
    what the rule reports.  The most severe that applies is reported, once.
    """

    rule: str
    severity: Severity
    evidence: Evidence
    source: str
    quote: str = ""
    above: int = 0
    only: str = ""


class Target(Value):
    """
    One place where certificates are imported, on one date.

    ``key_algorithms`` is the closed list of AWS's names; sizes are bytes of the input as given.
    """

    name: str
    title: str
    as_of: str
    source: str
    key_algorithms: tuple[str, ...]
    max_certificate_bytes: int
    max_chain_bytes: int
    demands: tuple[Demand, ...]


class Want(Value):
    """
    What is asked of one submission: a target, at a moment (UTC), with what the user said besides.

    ``demand`` is the one being judged; the engine fills it in.
    """

    target: Target
    at: datetime
    hostnames: tuple[str, ...] = ()
    expires_within: timedelta = timedelta(days=30)
    without_key: bool = False
    demand: Demand = Demand("", NOTE, INFERRED, "")


def said(
    source: str, quote: str, severity: Severity, evidence: Evidence, *rules: str, above: int = 0, only: str = ""
) -> tuple[Demand, ...]:
    """Return one demand per rule, all resting on the same sentence."""
    return tuple(Demand(rule, severity, evidence, source, quote, above, only) for rule in rules)


_HOMES = {
    "acm": "acm",
    "acm-2017-console": "acm_2017",
    "acm-2017-cli": "acm_2017",
    "acm-2017-integrated": "acm_2017",
}
"""The module of each target, in the order to list them; only the one that is asked for is imported."""


def known() -> dict[str, Target]:
    """Return every built-in target by its name."""
    return {name: get(name) for name in _HOMES}


def get(name: str) -> Target:
    """Return the target of this name; raise TargetError, with the nearest name, if there is none."""
    if name in _HOMES:
        family: tuple[Target, ...] = import_module(f"{__name__}.{_HOMES[name]}").TARGETS
        return next(target for target in family if target.name == name)
    import difflib

    near = difflib.get_close_matches(name, _HOMES, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(_HOMES)}"
    raise TargetError(f"there is no target {quoted(name)}; {hint}")
