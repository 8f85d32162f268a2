"""
What each target demands: data only, one ``Demand`` per sentence of its documentation.

A target knows no predicate and a rule no target's name; what differs between targets stands here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import cached_property
from importlib import import_module
from typing import Any

from ..findings import Evidence, Severity
from ..patterns import rare
from ..source import Location, quoted
from ..value import Value

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
DOCUMENTED, FORMERLY_DOCUMENTED = Evidence.DOCUMENTED, Evidence.FORMERLY_DOCUMENTED
MODEL, OBSERVED, INFERRED = Evidence.MODEL, Evidence.OBSERVED, Evidence.INFERRED

TRUSTED, STORE = "cert-not-publicly-trusted", "store"
"""The rule about public trust, and what restricts a demand of it to users who gave a trust store."""


class TargetError(ValueError):
    """A target that does not exist or cannot be used, said in the user's words."""


class Demand(Value):
    """
    A target asking a rule.

    ``quote`` is at most 20 words of ``source``.  A rule may be demanded several times, under conditions that
    are data: ``above`` is a size in bytes that must be exceeded, ``only`` restricts the demand to one sort of
    what the rule reports, ``issued_from`` (ISO 8601, UTC) to certificates whose notBefore is not earlier (the
    end-entity certificate's, unless the rule is about those of the chain), and ``public`` to those of public CAs.
    The most severe that applies is reported, once.
    """

    rule: str
    severity: Severity
    evidence: Evidence
    source: str
    quote: str = ""
    above: int = 0
    only: str = ""
    issued_from: str = ""
    public: bool = False

    @property
    def condition(self) -> str:
        """Under which conditions it is made, for people; empty if always."""
        words = (
            f"above {self.above:,} bytes" if self.above else "",
            "with a trust store" if self.only == STORE else f"only {self.only}" if self.only else "",
            f"issued from {self.issued_from} on" if self.issued_from else "",
            "public CAs" if self.public else "",
        )
        return ", ".join(filter(None, words))


class Target(Value):
    """
    One place where certificates are imported, on one date.

    ``key_algorithms`` is the closed list of AWS's names, to which ``min_rsa_bits`` adds RSA moduli of at least so
    many bits, in whole bytes, where it is not 0; ``doubtful_algorithms`` are those on the list about which the
    documents contradict each other or say nothing.  Sizes are bytes of the input as given; ``region`` is the
    only AWS region in which to import, if there is one.
    """

    name: str
    title: str
    as_of: str
    source: str
    key_algorithms: tuple[str, ...]
    max_certificate_bytes: int
    max_chain_bytes: int
    demands: tuple[Demand, ...]
    doubtful_algorithms: tuple[str, ...] = ()
    min_rsa_bits: int = 0
    region: str = ""

    @cached_property
    def by_rule(self) -> dict[str, list[Demand]]:
        """The demands of each rule, the most severe first; rules in the order of the target."""
        found: dict[str, list[Demand]] = {}
        for demand in self.demands:
            found.setdefault(demand.rule, []).append(demand)
        return {rule: sorted(demands, key=lambda demand: demand.severity.rank) for rule, demands in found.items()}

    @property
    def is_of_aws(self) -> bool:
        """Whether AWS's documents are what it rests on."""
        return self.source.startswith("https://docs.aws.amazon.com/")

    def asks_for_trust(self, store: bool, private_ca: bool) -> bool:
        """Whether it demands a publicly trusted issuer; *store* says that there is a trust store to look into."""
        return any(
            demand.rule == TRUSTED and (store or demand.only != STORE) and not (demand.public and private_ca)
            for demand in self.demands
        )


MAX_NAME = 40
"""Characters in a target's name."""
_NAME = rare(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def name_fault(name: str) -> str:
    """Return why *name* is none for a target, which stands in every format as it is; nothing where it is one."""
    if len(name) > MAX_NAME:
        return f"this has more than {MAX_NAME} characters"
    if _NAME.fullmatch(name):
        return ""
    return f"{quoted(name)} must begin with a letter or digit of ASCII, and have only these and . _ - in it"


def require_usable(target: Target, rules: Collection[str]) -> None:
    """
    Look at a target that a program made itself; *rules* are the names of those that it may demand.

    Raises TypeError where a field is of another type, TargetError where its name is none, or it demands a rule that
    there is not.
    """
    for field in Target._fields:
        value: Any = getattr(target, field)
        wanted = _TYPES.get(field, str)
        members = _MEMBERS.get(field)
        inside = value if members and isinstance(value, tuple) else ()
        if not isinstance(value, wanted) or not all(isinstance(each, members or object) for each in inside):
            of = f" of {members.__name__}" if members else ""
            raise TypeError(f"a target's {field} must be {wanted.__name__}{of}")
    wrong = name_fault(target.name)
    if wrong:
        raise TargetError(f"a target's name: {wrong}")
    for demand in target.demands:
        if (type(demand.severity), type(demand.evidence)) != (Severity, Evidence):
            raise TypeError("a demand's severity must be Severity, its evidence Evidence")
        if demand.rule not in rules:
            raise TargetError(f"the target demands a rule that there is not: {quoted(str(demand.rule))}")


_TYPES: dict[str, type] = {
    **dict.fromkeys(("key_algorithms", "doubtful_algorithms", "demands"), tuple),
    **dict.fromkeys(("max_certificate_bytes", "max_chain_bytes", "min_rsa_bits"), int),
}
_MEMBERS: dict[str, type] = {"key_algorithms": str, "doubtful_algorithms": str, "demands": Demand}


class Want(Value):
    """
    What is asked of one submission: a target, at a moment (UTC), with what the user said besides.

    ``trusted`` is the user's word that the issuer is publicly trusted, ``private_ca`` that it is the user's own.
    ``command`` holds the operation and the three sources of an AWS command that was pasted, ``passphrase`` the options
    that named one, as words of a shell; ``repaired`` is that ``fix`` has written what is judged. The engine fills in
    the rest: ``demand`` is the one being judged, ``key_at`` where the private key is, unless it is another's,
    ``files`` the role and name of each input, none where ``fix`` has nothing to write from them, ``encrypted`` whether
    it takes a passphrase for that which was not given, ``expensive`` whether that takes the user's leave as well, and
    ``role`` that of the input in which a reader noticed what is being reported.
    """

    target: Target
    at: datetime
    hostnames: tuple[str, ...] = ()
    expires_within: timedelta = timedelta(days=30)
    without_key: bool = False
    trusted: bool = False
    private_ca: bool = False
    region: str = ""
    certificate_arn: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    server_certificate_name: str = ""
    path: str = ""
    via: str = ""
    mutual_tls: bool = False
    ownership_certificate_arn: str = ""
    command: tuple[str, ...] = ()
    key_at: Location | None = None
    demand: Demand = Demand("", NOTE, INFERRED, "")
    files: tuple[tuple[str, str], ...] = ()
    encrypted: bool = False
    expensive: bool = False
    passphrase: str = ""
    repaired: bool = False
    role: str = ""


def said(
    source: str, quote: str, severity: Severity, evidence: Evidence, *rules: str, above: int = 0, only: str = ""
) -> tuple[Demand, ...]:
    """Return one demand per rule, all resting on the same sentence."""
    return tuple(Demand(rule, severity, evidence, source, quote, above, only) for rule in rules)


def layered(own: Iterable[Demand], base: Iterable[Demand], without: Iterable[str] = ()) -> tuple[Demand, ...]:
    """Return *own*, then what *base* demands of rules that *own* says nothing about and *without* does not name."""
    own = tuple(own)
    settled = {demand.rule for demand in own} | set(without)
    return (*own, *(demand for demand in base if demand.rule not in settled))


def inferred(
    base: Iterable[Demand], own: Iterable[Demand], unusable: Iterable[Demand], without: Iterable[str] = ()
) -> tuple[Demand, ...]:
    """
    Return what *base* demands besides *own*, as inference, for a target whose documents do not say it.

    It is an error only where nothing could be read or used: what stands in *unusable*, or what users observed of
    the form of an input.  Rules in *without* are not asked at all.
    """
    own_keys = {(demand.rule, demand.only) for demand in own}
    readable = {(demand.rule, demand.only) for demand in unusable}
    found = []
    for demand in base:
        key = (demand.rule, demand.only)
        if key in own_keys or demand.rule in without:
            continue
        observed = demand.evidence is OBSERVED and demand.rule.startswith(("input-", "pem-"))
        error = demand.severity is ERROR and (observed or key in readable)
        severity = WARNING if demand.severity is ERROR and not error else demand.severity
        evidence = OBSERVED if observed and error else INFERRED
        found.append(demand.replace(severity=severity, evidence=evidence))
    return tuple(found)


_HOMES = {
    "acm": "acm",
    "cloudfront": "cloudfront",
    "api-gateway-edge": "cloudfront",
    "api-gateway-regional": "cloudfront",
    "cognito": "cloudfront",
    "elb": "elb",
    "alb": "elb",
    "nlb": "elb",
    "client-vpn": "services",
    "transfer": "services",
    "iam": "iam",
    "webpki": "webpki",
    "acm-2017-console": "acm_2017",
    "acm-2017-cli": "acm_2017",
    "acm-2017-integrated": "acm_2017",
}
"""The module of each target, in the order to list them; only the one that is asked for is imported."""


def is_known(name: str) -> bool:
    """Whether there is a built-in target of this name."""
    return name in _HOMES


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
