"""
One input's bytes to what is in it: objects, and what is wrong with their form.

A *role* is what the user says an input is; ``""`` where nobody said.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from . import pem, sniff
from .asn1 import CONTAINERS, Fact, read, store
from .budget import OBJECTS, Budget, Exhausted
from .encryption import NOTHING, Passphrase
from .facts import Certificate, Other, PrivateKey
from .source import EXHAUSTED, MAX_BYTES, NOT_LOOKED_AT, Location, Problem
from .submission import Input
from .value import Value

if TYPE_CHECKING:
    from .members import Member, Members

CERTIFICATE, PRIVATE_KEY, CHAIN = ROLES = ("certificate", "private key", "certificate chain")

_FOREIGN = ("PGP ", "SSH2 ")
"""How the labels start of what has markers and is no PEM (RFC 7468)."""
_CONTAINERS = ("pkcs12", "pkcs7", "jks")


def read_input(
    role: str,
    name: str,
    data: bytes,
    passphrase: Passphrase = NOTHING,
    member: str = "",
    budget: Budget | None = None,
) -> Input:
    """
    Return the objects in one input and everything that is wrong with its form.

    What is in a container follows it.  Of a wrapper, the *member* of this name is read alone, if one is named;
    *name* then ends in it.  All of it is paid from *budget*, which inputs of one call share.
    """
    found = _found(role, name, data, passphrase, member, Budget() if budget is None else budget)
    if any(isinstance(each, (Certificate, PrivateKey)) for each in found.objects):
        return found
    from hashlib import sha256  # which tables do without

    return found.replace(content=sha256(data).hexdigest())


def _found(role: str, name: str, data: bytes, passphrase: Passphrase, member: str, budget: Budget) -> Input:
    at = Location(name)
    try:
        budget.take_octets(min(len(data), MAX_BYTES))
    except Exhausted as error:
        return Input(role, at, len(data), problems=(_stopped(at, error),))
    wrapped = None if data.startswith(b"-----BEGIN ") else _members(data, budget)
    alone = next((each for each in wrapped.members if each.name == member), None) if wrapped and member else None
    if wrapped is not None and alone is not None:
        place = at.replace(member=alone.file)
        inside = _read(role, place, alone.data, passphrase, budget)
        form = _wrapped(Location(name.removesuffix(f"!{member}")), wrapped)
        return Input(role, place, len(alone.data), inside.objects, (form, *inside.problems))
    if wrapped is not None and wrapped.members:
        objects, problems = _read_members(role, name, wrapped, passphrase, budget)
        return Input(role, at, len(data), objects, problems, wrapper=wrapped.title)
    if wrapped is not None:
        return Input(role, at, len(data), problems=(_nothing(at, wrapped),))
    found = _read(role, at, data, passphrase, budget)
    return Input(role, at, len(data), found.objects, found.problems)


def _stopped(at: Location, error: Exhausted) -> Problem:
    """Return that the input was not looked at from *at* on, since the budget is used up."""
    return Problem("input-too-large", at, f"from here on it was not looked at: {error}", sort=EXHAUSTED)


def _members(data: bytes, budget: Budget) -> Members | None:
    from .members import members  # which PEM does not need

    return members(data, budget)


class _Read(Value):
    form: str
    objects: tuple[Fact, ...]
    problems: tuple[Problem, ...]

    @property
    def content(self) -> frozenset[bytes]:
        """The certificates and keys, as DER where there is any."""
        return frozenset(each.der for each in self.objects if not isinstance(each, Other) and each.der)

    @property
    def is_container(self) -> bool:
        return any(isinstance(each, Other) and each.kind in _CONTAINERS for each in self.objects)


def _read(role: str, at: Location, data: bytes, passphrase: Passphrase, budget: Budget) -> _Read:
    """Return what one file holds; *at* is its name."""
    text = pem.read(at.file, data, budget)
    if role and text.blocks and all(block.label.startswith(_FOREIGN) for block in text.blocks):
        return _Read("none", (), (Problem("pem-nothing-found", at, sniff.describe(data)),))
    problems = list(text.problems)
    objects: list[Fact] = []
    opener = None
    if sniff.is_store(data):
        objects.append(store(at.replace(block=0), data))
        problems.append(Problem("input-is-jks", at, sniff.is_store(data)))
    for block in text.blocks:
        placed = block.replace(at=block.at.replace(member=at.member))
        try:
            budget.require(OBJECTS)
        except Exhausted as error:
            problems.append(_stopped(placed.at, error))
            break
        fact, found = read(placed, budget)
        if not isinstance(fact, Certificate) and _is_closed(fact):
            from .opening import Opener  # which most inputs do not need

            opener = opener or Opener(passphrase, budget)
            inside, obstacles = opener.open(placed, fact)
            objects += inside
            found += obstacles
        else:
            objects.append(fact)
        problems += found
        problems += _form_problems(role, text.form, placed, fact)
    if role != PRIVATE_KEY and any(each.at.column for each in problems):
        from .excerpts import with_excerpts  # which most inputs do not need

        problems = with_excerpts(problems, data, objects)
    alone = len(text.blocks) == len(objects) == 1 and not any(each.is_loss for each in problems)
    placed_problems = (each.replace(at=each.at.replace(member=at.member), alone=alone) for each in problems)
    return _Read(text.form, tuple(objects), tuple(placed_problems))


def _read_members(
    role: str, name: str, wrapped: Members, passphrase: Passphrase, budget: Budget
) -> tuple[tuple[Fact, ...], tuple[Problem, ...]]:
    """
    Return what the members hold, once each.

    CAs deliver one certificate in several forms: what is there as PEM is not wanted in another form as well.
    """
    found: list[_Read] = []
    left, cut = pem.MAX_BLOCKS, wrapped.cut
    for number, member in enumerate(wrapped.members):
        if left <= 0:
            cut = f"only the first {number:,} of its members were looked at"
            break
        at = Location(f"{name}!{member.name}", member=member.file)
        found.append(_read(role, at, member.data, passphrase, budget))
        left -= len(found[-1].objects)
    folders: dict[str, list[_Read]] = {}
    for member, each in zip(wrapped.members, found):
        folders.setdefault(os.path.dirname(member.name), []).append(each)
    # what stands in two secrets, or in two folders of an archive, belongs to both
    kept = [each for folder in folders.values() for each in _without_repetition(folder)]
    objects = tuple(fact for each in kept for fact in each.objects)
    problems = [_wrapped(Location(name), wrapped)]
    if cut:
        problems.append(Problem("input-too-large", Location(name), cut, sort=NOT_LOOKED_AT))
    certified = any(isinstance(each, Certificate) for each in objects)
    for each in kept:
        problems += [one for one in each.problems if not (certified and _is_about_a_leftover(one))]
    return objects, tuple(problems)


def _without_repetition(found: list[_Read]) -> list[_Read]:
    """Return what is new in each, PEM first, in the order of the files."""
    seen: set[bytes] = set()
    kept: dict[int, _Read] = {}
    has_key = any(isinstance(fact, PrivateKey) and fact.der for each in found for fact in each.objects)
    for index in sorted(range(len(found)), key=lambda index: found[index].form != "pem"):
        each = found[index]
        damaged = any(problem.is_loss for problem in each.problems)
        if each.content and each.content <= seen and not damaged:
            continue
        if each.is_container and seen and not each.content and has_key:
            continue
        fresh = tuple(fact for fact in each.objects if isinstance(fact, Other) or fact.der not in seen)
        kept[index] = each.replace(objects=fresh)
        seen |= each.content
    return [kept[index] for index in sorted(kept)]


def _is_about_a_leftover(problem: Problem) -> bool:
    """Whether it is about a request or the like, which nobody would pass once the wrapper is open."""
    return problem.rule == "pem-wrong-label" and problem.sort == "other"


def _wrapped(at: Location, wrapped: Members) -> Problem:
    names = [each.name for each in wrapped.members]
    more = f" and {len(names) - 8:,} more" if len(names) > 8 else ""
    detail = f"{wrapped.title}, not PEM; it holds {', '.join(names[:8])}{more}"
    if wrapped.omissions:
        detail += f"; not looked at: {wrapped.omissions}"
    first: Member = wrapped.members[0]
    return Problem("input-is-wrapped", at, detail, wrapped.sort, way=first.way)


def _nothing(at: Location, wrapped: Members) -> Problem:
    """Return that a wrapper holds nothing that matters, or nothing that could be looked into."""
    nothing = ""
    if wrapped.omissions:
        what = "of which not everything could be looked into" if wrapped.unseen else "with no certificate or key in it"
        nothing = f" {what}: {wrapped.omissions}"
    detail = f"{wrapped.title}{nothing}{f'; {wrapped.cut}' if wrapped.cut else ''}"
    return Problem("pem-nothing-found", at, detail, NOT_LOOKED_AT if wrapped.unseen else "", way=wrapped.sort)


def _is_closed(fact: PrivateKey | Other) -> bool:
    """Whether there is more to be had from it than could be read so far."""
    return fact.encrypted if isinstance(fact, PrivateKey) else fact.kind in CONTAINERS


def _form_problems(role: str, form: str, block: pem.Block, fact: Fact) -> list[Problem]:
    """Return what is wrong with the container or the label, once it is known what is inside."""
    kind = fact.kind if isinstance(fact, Other) else ""
    if kind in CONTAINERS:
        return [Problem(f"input-is-{kind}", block.at, sort="" if form == "der" else "pem")]
    if form == "der":
        return [Problem("input-is-der", block.at, _words(fact))]
    if form == "base64" or role == PRIVATE_KEY or not role or isinstance(fact, PrivateKey):
        return []
    if block.label == "CERTIFICATE":
        return []
    sort = "trusted" if block.label == "TRUSTED CERTIFICATE" else "other"
    return [Problem("pem-wrong-label", block.at, block.label, sort)]


def _words(fact: Fact) -> str:
    kind = str(fact.to_dict()["kind"]).replace("_", " ").replace("crl", "certificate revocation list")
    return f"a {kind}" if kind not in ("unknown", "parameters") else ""
