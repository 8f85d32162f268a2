"""
One unit to its reports, by the same functions as ``check``; this is what runs in other processes.

A unit says where things stand, and the result what is wrong with them: private keys are read where they are judged, and
no private number goes from one process to another.
"""

from __future__ import annotations

import os
import pickle
import zlib
from collections.abc import Container, Mapping, Sequence
from functools import cached_property, lru_cache
from threading import Lock
from typing import NamedTuple

from .. import trust
from ..baseline import entries
from ..budget import Budget
from ..chain import Signatures, analyse, false_issuers
from ..checking import answer_all
from ..encryption import NOTHING, Passphrase
from ..engine import Questions
from ..facts import Certificate, Other, PrivateKey
from ..findings import Outcome, Report, Severity
from ..gathering import completed, put_together
from ..inputs import CERTIFICATE, PRIVATE_KEY
from ..policy import Known, Policy
from ..sorting import part
from ..source import Location, Problem, SourceError
from ..submission import Chain, Input, Submission, Undetermined
from ..targets import Want
from ..value import Value, without_hidden
from .grouping import SUBMISSION, Need, Unit
from .index import Thing, digest, folder_of, things_in
from .pieces import ENCODED, Piece, is_open, read

_MAX_AT_HAND = 1_500_000
"""Bytes of what was read last and is kept, as ``_weight`` has them: about eight hundred certificates."""
_OVERHEAD = 1_000
"""Bytes that a certificate, a key or a problem counts besides its DER; in memory it is some times as much."""
_MAX_ANSWERS = 500
"""Verified signatures that are remembered."""

_UNRELATED = ("pem-nothing-found", "input-empty", "input-is-path")
"""The rules about what holds nothing, and not even what is damaged."""


class Question(Value):
    """What every unit is asked: ``wants``, one for each target, and what the user makes of the answers."""

    _hidden = ("passphrase",)

    wants: tuple[Want, ...]
    policy: Policy | None = None
    store: str = ""
    """The name of a trust store, or its file."""
    granted: tuple[tuple[str, str], ...] = ()
    passphrase: Passphrase = NOTHING
    learns: bool = False
    """Whether all that is found is known from now on, the policy's own entries being those of before."""
    scan: str = ""
    """Whose question it is, as ``new_scan`` has it: what was read for one scan is not taken for another."""

    @cached_property
    def of_submissions(self) -> tuple[Questions, ...]:
        """What a certificate with its private key is asked."""
        return tuple(map(Questions, self.wants))

    @cached_property
    def of_certificates(self) -> tuple[Questions, ...]:
        """What a certificate without its private key is asked."""
        return tuple(Questions(want.replace(without_key=True)) for want in self.wants)


class Result(Value):
    """
    What came of one certificate, alone (``kind`` certificate) or with its private key (submission).

    ``at`` is where the certificate stands, ``files`` names what belongs to it, in the order of certificate, key and
    chain; ``copies`` counts the places where the certificate stands, one if that is all.  ``reports`` are those of
    ``check``, one for each target, without what a submission has besides certificate and key.
    """

    kind: str
    at: Location
    certificate: Certificate | None
    files: tuple[str, ...]
    copies: int
    reports: tuple[Report, ...]
    failure: str = ""
    """Why there is no report: what was read first could not be read again."""
    known: tuple[Known, ...] = ()
    """What is found, as entries of a baseline, where that is wanted."""

    @property
    def verdict(self) -> str:
        """The worst of the verdicts: refused, undecided, accepted."""
        verdicts = {report.verdict.value for report in self.reports} or {"undecided"}
        return next(each for each in ("refused", "undecided", "accepted") if each in verdicts)


class Judged(NamedTuple):
    """What came of a unit, and the digests of the certificates that were judged along with its own."""

    result: Result
    along: tuple[bytes, ...] = ()


class Outline(NamedTuple):
    """
    What one piece holds: what the index wants to know, what is damaged in it, and what it is if of no use.

    ``packed`` is what was read, of certificates alone, so that it need not be read again.
    """

    things: tuple[Thing, ...]
    damaged: tuple[Problem, ...]
    nothing: str = ""
    failure: str = ""
    packed: bytes = b""


def outline(piece: Piece, passphrase: Passphrase = NOTHING, scan: str = "") -> tuple[Piece, Outline]:
    """Return what the index wants to know of *piece*, beside it; it stays at hand for who judges it in this *scan*."""
    try:
        piece, found = _at_hand(piece, passphrase, scan)
    except SourceError as error:
        return piece, Outline((), (), failure=str(error))
    return piece, outline_of(found)._replace(packed=_packed(found))


def _packed(found: Input) -> bytes:
    """Return *found* for other processes and the disk; nothing where there is more in it than certificates."""
    if not found.objects or not all(isinstance(each, Certificate) for each in found.objects):
        return b""
    return zlib.compress(pickle.dumps(found), 1)


def _unpacked(octets: bytes) -> Input:
    found: Input = pickle.loads(zlib.decompress(octets))  # noqa: S301  # it comes from a process of this scan
    return found


def outline_of(found: Input) -> Outline:
    """Return the outline of what was read."""
    things = tuple(things_in(found))
    damaged = tuple(filter(is_open, found.problems))
    nothing = ""
    if not things and not damaged:
        details = [each.detail for each in found.problems if each.rule in _UNRELATED]
        nothing = details[0] if details else "no certificate and no private key"
    return Outline(things, damaged, nothing)


def outlines(
    pieces: Sequence[Piece], passphrase: Passphrase = NOTHING, scan: str = ""
) -> list[tuple[Piece, Outline]]:
    """Return the outline of each of *pieces*, beside it."""
    return [outline(piece, passphrase, scan) for piece in pieces]


def judge_units(units: Sequence[Unit], question: Question, packed: Mapping[int, bytes]) -> list[Judged]:
    """Return what comes of each of *units*; *packed* is what is known of pieces, by their numbers."""
    return [judge_unit(unit, question, {}, packed) for unit in units]


def judge_unit(unit: Unit, question: Question, held: Mapping[int, Input], packed: Mapping[int, bytes]) -> Judged:
    """Return what comes of *unit*; *held* is what cannot be read again, *packed* what need not be, by their numbers."""
    try:
        inputs = [_taken(need, question, held, packed) for need in unit.needs]
    except SourceError as error:
        return Judged(Result(unit.kind, Location(unit.file, unit.line), None, (), unit.copies, (), str(error)))
    inputs, proved = _without_strangers(unit, inputs)
    submission = _together(unit, [each for each in inputs if each.objects], question)
    reports = answer_all(submission, question.of_submissions if unit.kind == SUBMISSION else question.of_certificates)
    policy = question.policy
    known: tuple[Known, ...] = ()
    if policy is not None and question.learns:
        known = entries([policy.replace(known=()).apply(report) for report in reports], policy.known)
        policy = policy.replace(known=known)
    if policy is not None:
        reports = tuple(policy.apply(report) for report in reports)
    leaf = submission.leaf
    result = Result(
        unit.kind,
        leaf.at if leaf is not None else Location(unit.file, unit.line),
        leaf,
        _files(unit, inputs),
        unit.copies,
        tuple(_slim(report.replace(granted=question.granted)) for report in reports),
        known=known,
    )
    return Judged(result, tuple({digest(each.der) for each in (*proved, *_along(submission))}))


def _along(submission: Submission) -> list[Certificate]:
    """Return what was judged with the certificate; what is no CA's and did not sign it is a matter of its own, too."""
    proved = () if submission.path is None else (*submission.path.path, *submission.path.side_paths)
    return [*proved, *(each for each in submission.chain if each.is_ca)]


def _without_strangers(unit: Unit, inputs: Sequence[Input]) -> tuple[list[Input], tuple[Certificate, ...]]:
    """
    Return *inputs* without what was only picked out, and files beside, that lead nowhere: the signatures decide.

    And the certificates that lead upwards.
    """
    picked = [it for need, it in zip(unit.needs, inputs) if need.numbers is not None]
    beside = [it for need, it in zip(unit.needs, inputs) if need.numbers is None and not _is_own(unit, it)]
    own = sum(len(it.certificates) for it in inputs) - sum(len(it.certificates) for it in (*picked, *beside))
    few = sum(len(it.certificates) for it in picked) < (1 if len(picked) < len(inputs) else 2)
    if few and len(beside) < (1 if own > 1 else 2):
        return [*inputs], ()
    budget = _budget()
    certificates = tuple(each for it in inputs for each in completed(it, budget).certificates)
    leaf = next(each for each in certificates if digest(each.der) == unit.der)
    chain = analyse(leaf, certificates, Signatures(budget))
    path = {leaf.der, *(each.der for each in (*chain.path, *_false_issuers(unit, chain)))}
    found = []
    for need, it in zip(unit.needs, inputs):
        if need.numbers is None:
            leads = it not in beside or any(each.der in path or each in chain.side_paths for each in it.certificates)
            found.append(it if leads else it.replace(objects=()))
            continue
        kept = tuple(each for number, each in zip(need.numbers, it.objects) if _is_kept(number, each, need, path))
        found.append(it.replace(objects=kept))
    return found, (*chain.path, *chain.side_paths)


def _is_own(unit: Unit, it: Input) -> bool:
    """Whether the certificate, or a private key, stands in what was taken as a whole."""
    return bool(it.keys) or any(digest(each.der) == unit.der for each in it.certificates)


def _is_kept(number: int, it: object, need: Need, path: Container[bytes]) -> bool:
    """Whether one of the things that were picked out belongs to the submission."""
    if number in need.beyond:
        return False
    return number in need.own or not isinstance(it, Certificate) or it.der in path


def _false_issuers(unit: Unit, chain: Chain) -> list[Certificate]:
    """
    Return what stands beside the certificate, and passes for its issuer or for that of the last one above it.

    Where others are judged in the same folder, that takes name and key identifier: one of them may be theirs.
    """
    folder = folder_of(unit.file)
    return [each for each in false_issuers(chain, not unit.alone) if folder_of(each.at.file) == folder]


def _files(unit: Unit, inputs: Sequence[Input]) -> tuple[str, ...]:
    """Return the names of what was taken: of a part of an archive or a list those of its members."""
    names: dict[str, None] = {}
    for need, it in zip(unit.needs, inputs):
        if not it.objects:
            continue
        names.update(dict.fromkeys([it.at.file] if need.numbers is None else (each.at.file for each in it.objects)))
    return tuple(names)


def _together(unit: Unit, inputs: Sequence[Input], question: Question) -> Submission:
    """Return the submission of *unit*: what ``check`` makes of these files, the certificate being known."""
    store = store_called(question.store, question.scan) if question.store else None
    try:
        found = put_together(inputs, store=store, budget=_budget())
        if found.leaf is not None and digest(found.leaf.der) == unit.der:
            return found
    except Undetermined:
        pass
    return put_together(_in_roles(unit, inputs), store=store, budget=_budget())


def _in_roles(unit: Unit, inputs: Sequence[Input]) -> list[Input]:
    """Return *inputs* with certificate and key named, where content alone leaves a choice."""
    named: dict[str, Input] = {}
    rest = []
    for each in inputs:
        ours = [it for it in each.objects if isinstance(it, Certificate) and digest(it.der) == unit.der]
        keys = [it for it in each.objects if isinstance(it, PrivateKey)]
        left = [it for it in each.objects if it not in ours and not isinstance(it, PrivateKey)]
        if ours:
            named.setdefault(CERTIFICATE, part(each, CERTIFICATE, ours[:1], False, True))
        if keys:
            named.setdefault(PRIVATE_KEY, part(each, PRIVATE_KEY, keys[:1], False, True))
        if left:
            rest.append(part(each, "", left, False, False))
    return [*named.values(), *rest]


def _taken(need: Need, question: Question, held: Mapping[int, Input], packed: Mapping[int, bytes]) -> Input:
    """Return what is needed of a piece; raise SourceError where it is not what it was when the index was made."""
    found = held.get(need.number) or _at_hand(
        need.piece, question.passphrase, question.scan, packed.get(need.number, b"")
    )[1]
    for number, wanted in need.digests:
        it = found.objects[number] if number < len(found.objects) else None
        if not isinstance(it, Certificate) or digest(it.der) != wanted:
            raise SourceError("the file was changed in the meantime")
    found = found.replace(problems=tuple(each for each in found.problems if each.sort != ENCODED))
    if need.numbers is None:
        return found
    objects = [found.objects[number] for number in need.numbers]
    if not found.wrapper:
        return part(found, "", objects, False, False)
    files = {found.at.file, *(each.at.file for each in objects)}
    problems = tuple(each for each in found.problems if each.at.file in files)
    return found.replace(objects=tuple(objects), problems=problems)


class _AtHand:
    """What was read last, for which scan, and what it weighs."""

    def __init__(self) -> None:
        self.read: dict[tuple[str, Piece], tuple[Piece, Input]] = {}
        self.weight = 0
        self.lock = Lock()

    def keep(self, scan: str, piece: Piece, found: tuple[Piece, Input]) -> None:
        """Keep what was *found* in *piece*, and let go of what is too much besides."""
        with self.lock:
            self._drop((scan, piece))
            self.weight += _weight(found[1])
            while self.weight > _MAX_AT_HAND and self.read:
                self._drop(next(iter(self.read)))
            self.read[scan, piece] = found

    def forget(self, scan: str) -> None:
        """Let go of all that was kept for *scan*: there are private keys in it, and files change."""
        with self.lock:
            for key in [key for key in self.read if key[0] == scan]:
                self._drop(key)

    def _drop(self, key: tuple[str, Piece]) -> None:
        if key in self.read:
            self.weight -= _weight(self.read.pop(key)[1])


_HAND = _AtHand()


def new_scan() -> str:
    """Return what tells a scan from all others, in whatever process its work is done."""
    return os.urandom(8).hex()


def forget(scan: str) -> None:
    """Let go of what is at hand in this process for a scan that has come to its end."""
    _HAND.forget(scan)


def _at_hand(piece: Piece, passphrase: Passphrase, scan: str, packed: bytes = b"") -> tuple[Piece, Input]:
    found = _HAND.read.get((scan, piece)) if scan else None
    if found is None:
        found = (piece, _unpacked(packed)) if packed else read(piece, passphrase)
        if scan:
            _HAND.keep(scan, piece, found)
    return found


def _weight(it: Input) -> int:
    """Return for how many bytes *it* counts: names of a certificate take as much again and again as its DER."""
    ders = (each.der for each in it.objects if not isinstance(each, Other))
    return _OVERHEAD * (1 + len(it.objects) + len(it.problems)) + sum(map(len, ders))


_ANSWERS: dict[tuple[str, str], object] = {}


def _budget() -> Budget:
    """Return the budget of one unit; a signature that was verified for another is known."""
    budget = Budget()
    if len(_ANSWERS) > _MAX_ANSWERS:
        _ANSWERS.clear()
    budget.answers, budget.many = _ANSWERS, True
    return budget


@lru_cache(1)
def store_called(name: str, scan: str) -> trust.Store:
    """Return the trust store that *name* names, read once for a *scan*; raise SourceError or ValueError."""
    return trust.load(*trust.find(name))


def _slim(report: Report) -> Report:
    """Return *report* without what nobody needs who prints it, and without any secret."""
    it = report.submission
    inputs = tuple(each.replace(objects=(), problems=()) for each in it.inputs)
    key = None if it.key is None else without_hidden(it.key)
    checks = (
        each for each in report.checks if each.severity is Severity.ERROR and each.outcome is Outcome.SKIP
    )
    slim = Submission(inputs, it.leaf, key, sorted=it.sorted)
    return report.replace(submission=slim, checks=tuple(checks), backend=dict(report.backend))
