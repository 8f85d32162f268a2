"""
Targets of the user's own, written in TOML: a built-in target with some differences, or one from scratch.

docs/own-targets.md says what can be written.  What a file does not say is never put into the mouth of a page: what
the user demands rests on the source that the file names, else on the file itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from ..findings import Evidence, Severity
from ..patterns import rare
from ..source import MAX_BYTES as MAX_INPUT
from ..source import named, quoted, shorten
from . import _HOMES, DOCUMENTED, ERROR, INFERRED, MAX_NAME, Demand, Target, get, known, layered, name_fault
from .toml import KINDS, Table, near, parse

_MAX_TITLE, _MAX_WORDS = 100, 20
_REGION = rare(r"[a-z]{2}(?:-[a-z]+){1,3}-\d{1,2}", re.ASCII)

_SETTINGS = tuple(name for name in Target._fields if name != "demands")
_KEYS = ("extends", *_SETTINGS, "rules", "demand")
_OFF = "off"
_SIZED = ("key-too-large",)
"""The rules that compare with ``Demand.above``: without it they would refuse everything."""

_ALGORITHM = "cert-key-algorithm-not-accepted"
_DOUBTFUL = "doubtful"
_JUDGES = {
    "key_algorithms": (_ALGORITHM, "key-size-not-accepted", "key-curve-not-accepted"),
    "doubtful_algorithms": (_ALGORITHM,),
    "min_rsa_bits": (_ALGORITHM, "key-size-not-accepted", "key-curve-not-accepted"),
    "max_certificate_bytes": ("input-too-large",),
    "max_chain_bytes": ("input-too-large",),
    "region": ("region-not-us-east-1",),
}
"""The rules that look at a setting."""


def load(text: str, name: str, rules: Collection[str]) -> Target:
    """
    Return the target that *text*, the TOML of a file called *name*, describes.

    *rules* are the names of the rules it may demand: ``pemcheck.rules.BY_NAME``.  Raises TargetError, one sentence
    that names file and key, for whatever is wrong with it; nothing in *text* makes it raise anything else.
    """
    top = Table(named(name), "", parse(text, name), _KEYS)
    _placed(top)
    stem = re.sub(r"\.toml\Z", "", re.split(r"[/\\]", name)[-1], flags=re.IGNORECASE)
    base = _base(top, stem)
    settings = _settings(top, base, name, stem)
    own, off = _own_demands(top, base, rules, settings["source"])
    kept = layered((), () if base is None else base.demands, {*off, *(demand.rule for demand in own)})
    if base is not None:
        kept = _settled(top, base, settings, own, kept)
    found = Target(**settings, demands=(*own, *kept))
    pss = next((each for each in found.key_algorithms if each.startswith("RSASSA_PSS_")), "")
    if pss and any(demand.rule == "cert-pss-key" for demand in found.demands):
        top.fail("key_algorithms", f'cert-pss-key is about all keys such as {pss}; turn it "off" in [rules]')
    if found.name in _HOMES and found != get(found.name):
        top.fail("name", f"{found.name} is a built-in target, from which this one differs; give it a name of its own")
    return found


# ------------------------------------------------------------------------------------------------------- settings


def _placed(top: Table) -> None:
    """Refuse a setting below a table's header, which makes it the table's: what is missing then is not missing."""
    found = top.values.get("demand")
    demands = found if type(found) is list else []
    for header, table in (("[rules]", top.values.get("rules")), *(("[[demand]]", each) for each in demands)):
        for key in table if type(table) is dict else ():
            if key in ("extends", *_SETTINGS) and key not in Demand._fields:
                top.fail(key, f"this stands below {header}; settings come first, above all tables")


def _base(top: Table, stem: str) -> Target | None:
    """Return the built-in target that the file starts from, if it names one."""
    if "extends" not in top.values:
        return None
    name = top.get("extends", str)
    own = name not in _HOMES and name in (stem, top.values.get("name"))
    if own or name.lower().endswith(".toml") or re.search(r"[/\\]", name):
        top.fail("extends", "only a built-in target can be extended, neither a file nor the target itself")
    if name not in _HOMES:
        top.fail("extends", f"there is no built-in target {quoted(name)}; {near(name, _HOMES)}")
    return get(name)


def _settings(top: Table, base: Target | None, name: str, stem: str) -> dict[str, Any]:
    """Return every field of the target but its demands."""
    if "name" not in top.values and name_fault(stem):
        top.fail("name", "this is missing, and the name of the file is not fit to be the target's")
    own_name = top.text("name", stem, MAX_NAME)
    if name_fault(own_name):
        top.fail("name", name_fault(own_name))

    def inherited(field: str, default: Any = None) -> Any:
        return default if base is None else getattr(base, field)

    algorithms = top.algorithms("key_algorithms", inherited("key_algorithms"))
    # a list of the user's own is closed: what the base takes besides is not added to it
    own_list = "key_algorithms" in top.values
    smallest = top.number("min_rsa_bits", 0 if own_list else inherited("min_rsa_bits", 0), 0, 16_384)
    if not algorithms and not smallest:
        top.fail("key_algorithms", "this is empty, so that no key would be accepted")
    doubtful = [each for each in inherited("doubtful_algorithms", ()) if each in algorithms]
    doubtful_algorithms = top.algorithms("doubtful_algorithms", doubtful)
    for each in doubtful_algorithms:
        if each not in algorithms:
            top.fail("doubtful_algorithms", f"{each} is not in key_algorithms, so there is no doubt about it")
    region = top.text("region", inherited("region", ""), empty=True)
    if region and not _REGION.fullmatch(region):
        top.fail("region", f"{quoted(region)} is no AWS region such as us-east-1")
    return {
        "name": own_name,
        "title": top.text("title", own_name, _MAX_TITLE),
        "as_of": top.day("as_of", inherited("as_of")),
        "source": top.source("file:" + shorten(named(name), 200)),
        "key_algorithms": algorithms,
        "max_certificate_bytes": top.number("max_certificate_bytes", inherited("max_certificate_bytes"), 1, MAX_INPUT),
        "max_chain_bytes": top.number("max_chain_bytes", inherited("max_chain_bytes"), 1, MAX_INPUT),
        "doubtful_algorithms": doubtful_algorithms,
        "min_rsa_bits": smallest,
        "region": region,
    }


def _judges(demand: Demand, setting: str) -> bool:
    """Whether what *demand* asks depends on *setting*."""
    doubt = demand.rule == _ALGORITHM and demand.only == _DOUBTFUL
    return demand.rule in _JUDGES[setting] and doubt == (setting == "doubtful_algorithms")


def _settled(
    top: Table, base: Target, settings: dict[str, Any], own: Sequence[Demand], kept: tuple[Demand, ...]
) -> tuple[Demand, ...]:
    """Return *kept* with the user's source where a demand is about a setting that the user has changed."""
    for setting in _JUDGES:
        value = settings[setting]
        if value == getattr(base, setting) or (setting == "doubtful_algorithms" and setting not in top.values):
            continue
        if value and not any(_judges(demand, setting) for demand in (*own, *kept)):
            rule = _JUDGES[setting][0]
            with_only = f'with only = "{_DOUBTFUL}" ' if setting == "doubtful_algorithms" else ""
            top.fail(setting, f"no rule looks at this; demand {rule} {with_only}too, or leave it out")
        changed = {"evidence": DOCUMENTED, "source": settings["source"], "quote": ""}
        kept = tuple(demand.replace(**changed) if _judges(demand, setting) else demand for demand in kept)
    return kept


# -------------------------------------------------------------------------------------------------------- demands


def _own_demands(
    top: Table, base: Target | None, rules: Collection[str], source: str
) -> tuple[tuple[Demand, ...], set[str]]:
    """Return what the file demands, and the rules that it turns off."""
    words = (*(severity.value for severity in Severity), _OFF)
    short = Table(top.file, "[rules] ", top.get("rules", dict, {}))
    found, off = [], set()
    for rule in short.values:
        _check_rule(short, quoted(rule), rule, rules)
        severity = short.one_of(rule, words, "severity")
        if severity == _OFF:
            off.add(rule)
            continue
        if rule in _SIZED:
            short.fail(rule, "this needs a [[demand]] with `above`, the size in bytes that must be exceeded")
        found.append(Demand(rule, Severity(severity), DOCUMENTED, source))
    if type(top.values.get("demand")) is dict:
        top.fail("demand", "this must be an array of tables: write [[demand]], not [demand]")
    for number, each in enumerate(top.get("demand", list, []), 1):
        if type(each) is not dict:
            top.fail("demand", f"this must be an array of tables, but {KINDS[type(each)]} is in it")
        table = Table(top.file, f"[[demand]] {number}: ", each, Demand._fields)
        demand = _demand(table, base, rules, source)
        if demand.rule in short.values:
            table.fail("rule", f"{demand.rule} stands under [rules] too; leave one of them out")
        found.append(demand)
    return tuple(found), off


def _check_rule(table: Table, key: str, rule: str, rules: Collection[str]) -> None:
    if rule not in rules:
        table.fail(key, f"there is no such rule; {near(rule, rules)}")


def _demand(table: Table, base: Target | None, rules: Collection[str], source: str) -> Demand:
    """Return one [[demand]]."""
    rule = table.get("rule", str)
    _check_rule(table, f"rule: {quoted(rule)}", rule, rules)
    above = table.number("above", 0, 0, MAX_INPUT)
    if (above > 0) != (rule in _SIZED):
        table.fail("above", f"{', '.join(_SIZED)} alone is about a size, and needs one")
    quote = table.text("quote", "", empty=True)
    if len(quote.split()) > _MAX_WORDS:
        table.fail("quote", f"this has more than {_MAX_WORDS} words; quote less")
    demand = Demand(
        rule,
        Severity(table.one_of("severity", [each.value for each in Severity], "severity")),
        Evidence(table.one_of("evidence", [each.value for each in Evidence], "evidence", DOCUMENTED.value)),
        table.source(source),
        quote,
        above,
        _only(table, rule),
        table.day("issued_from", ""),
        table.get("public", bool, False),
    )
    if demand.evidence is INFERRED and demand.severity is ERROR and not _error_in(base, demand):
        table.fail("severity", "what is only inferred can be no error; give other evidence or another severity")
    return demand


def _error_in(base: Target | None, demand: Demand) -> bool:
    """Whether *base* calls it an error; without a base, whether a built-in target says the very same."""
    if base is None:
        return demand in _built_in_errors()
    return any(each.rule == demand.rule and each.severity is ERROR for each in base.demands)


def _only(table: Table, rule: str) -> str:
    """Return the sort to which a demand is restricted: one that some built-in target tells apart, or an input."""
    if table.get("only", str, "") == "":
        return ""
    words = _sorts().get(rule, ())
    if rule.startswith(("input-", "pem-", "der-", "asn1-")):
        words = tuple(dict.fromkeys((*words, "certificate", "private key", "certificate chain")))
    if not words:
        table.fail("only", f"{rule} knows no sorts; leave this out")
    return table.one_of("only", words, "sort that this rule knows")


@cache
def _sorts() -> dict[str, tuple[str, ...]]:
    """Return the sorts that built-in targets tell apart, by rule."""
    found: dict[str, dict[str, None]] = {}
    for target in known().values():
        for demand in target.demands:
            if demand.only:
                found.setdefault(demand.rule, {})[demand.only] = None
    return {rule: tuple(words) for rule, words in found.items()}


@cache
def _built_in_errors() -> frozenset[Demand]:
    """Return the inferred errors of all built-in targets: what cannot be read or used at all."""
    demands = (demand for target in known().values() for demand in target.demands)
    return frozenset(each for each in demands if each.evidence is INFERRED and each.severity is ERROR)
