"""Ask every rule a target demands about everything in its scope, and collect the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from functools import cached_property
from typing import Any, NamedTuple

from .facts import Certificate
from .findings import ALL_ARE_SILENT, AWS_IS_SILENT, Check, Evidence, Finding, Outcome, Report, Severity
from .inputs import ROLES
from .rules import BY_NAME
from .rules.table import INPUT, READER, REPLACEMENT, NotAsked, Rule, Scope, repair
from .source import EXHAUSTED, UNSEEN, Location, Problem
from .submission import Input, Submission
from .targets import Demand, Want

_NO_DATE = "it depends on when the certificate was issued, which cannot be read"
_TOO_OLD = "it is asked only of what was issued later"

MAX_FINDINGS = 20
"""Findings of one rule in one file; the last of them counts the rest."""


class Question(NamedTuple):
    """
    One rule as each of its demands asks it, the most severe first; ``nothing`` is what came if it was not asked.

    ``scope`` is the place of what it is asked about in ``Questions.scopes``.
    """

    rule: Rule[Any]
    asked: tuple[Want, ...]
    nothing: Check
    scope: int


class Questions:
    """What a target asks of every submission, made ready once for all of them."""

    def __init__(self, want: Want) -> None:
        self.want = want
        self.scopes: list[Scope[Any]] = []
        self.rows = [self._row(BY_NAME[name], demands) for name, demands in want.target.by_rule.items()]

    def _row(self, rule: Rule[Any], demands: list[Demand]) -> Question:
        want, worst = self.want, demands[0].severity
        if want.private_ca:
            demands = [each for each in demands if not each.public]
        reason = "there is nothing to ask it about"
        if not demands:
            reason = "it is asked of certificates of public CAs only"
        elif want.without_key and rule.about_key:
            reason, demands = "the key is not to be judged", []
        nothing = Check(rule.name, worst, Outcome.NOT_APPLICABLE, reason=reason)
        scope = INPUT if rule.on is READER else rule.on  # what nobody noticed in an input was asked and passed
        if not any(scope is each for each in self.scopes):
            self.scopes.append(scope)
        number = next(number for number, each in enumerate(self.scopes) if each is scope)
        return Question(rule, tuple(want.replace(demand=each) for each in demands), nothing, number)

    def judge(self, submission: Submission, backend: Mapping[str, str | None]) -> Report:
        """Return what the target says to *submission*."""
        want = self.want
        if want.without_key:
            inputs = tuple(each for each in submission.inputs if each.role != "private key")
            submission = submission.replace(inputs=inputs, key=None, pair=None, key_owner=None)
        answers = _Answers(submission, want, [scope.of(submission) for scope in self.scopes])
        for row in self.rows:
            answers.ask(row)
        answers.look_for_the_unseen()
        findings = list(answers.told.values())
        findings.sort(key=lambda it: (it.severity.rank, _file_order(submission, it), it.at.line or 0))
        command = repair(answers.telling) if answers.telling.files else ""
        found, checks = tuple(_capped(findings)), tuple(answers.checks)
        return Report(want.target.name, submission, found, checks, backend, want.at, command)


class _Answers:
    """
    What came of the questions to one submission.

    ``telling`` is *want* with what only the words of a finding depend on; the questions are the same for all.
    ``told`` has each finding once: one file that was given in two roles has its faults in both.
    """

    def __init__(self, submission: Submission, want: Want, scopes: Sequence[Sequence[Any]]) -> None:
        self.submission, self.want, self.scopes = submission, want, scopes
        self.telling = _telling(submission, want)
        self.checks: list[Check] = []
        self.told: dict[object, Finding] = {}
        self.noticed = {problem.rule for each in submission.inputs for problem in each.problems}

    @cached_property
    def needed(self) -> set[str]:
        """The fields that a rule reads which can refuse this submission."""
        return _needed(self.want.target.by_rule, self.submission)

    def ask(self, row: Question) -> None:
        """Ask one rule: first what readers noticed, then about what is in its scope."""
        rule, asked, nothing, scope = row
        checks, things = self.checks, self.scopes[scope]
        noticed = rule.name in self.noticed
        before = len(checks)
        if asked and noticed:
            self._report(row)
        if asked and things:
            if rule.ok is not None:
                for it in things:
                    self._add(*_ask_about(rule, it, asked, self.telling, self.submission.leaf))
            elif rule.on is READER and not noticed:
                checks += [_passed(rule, asked, each) for each in things]
        if len(checks) == before:
            checks.append(nothing)

    def _report(self, row: Question) -> None:
        """Report what readers noticed that one rule is about, input by input."""
        rule, asked = row.rule, row.asked
        leaf = self.submission.leaf
        for given in self.submission.inputs:
            before = len(self.checks)
            for problem in given.problems:
                demand = None
                if problem.rule == rule.name:
                    demand = _demand_for(problem, given.role, asked, leaf, self.needed)
                if demand is not None:
                    telling = self.telling.replace(demand=demand, role=given.role)
                    self._add(*_reported(rule, problem, telling, leaf))
            if rule.on is READER and len(self.checks) == before:
                self.checks.append(_passed(rule, asked, given))

    def _add(self, check: Check, finding: Finding | None) -> None:
        self.checks.append(check)
        if finding is not None:
            self.told.setdefault((finding.rule, finding.at, finding.message, finding.also), finding)

    def look_for_the_unseen(self) -> None:
        """Add a skipped check for each input of which a part was never seen, unless the target refuses it for that."""
        problems = [problem for each in self.submission.inputs for problem in each.problems if problem.sort in UNSEEN]
        failed = [each for each in self.checks if problems and each.outcome is Outcome.FAIL]
        refused = {each.at for each in failed if each.severity is Severity.ERROR}
        self.checks += [
            Check(problem.rule, Severity.ERROR, Outcome.SKIP, problem.at, problem.detail)
            for problem in problems
            if problem.at not in refused
        ]


def _passed(rule: Rule[Any], asked: tuple[Want, ...], given: Input) -> Check:
    return Check(rule.name, asked[0].demand.severity, Outcome.PASS, given.at)


def _telling(submission: Submission, want: Want) -> Want:
    """Return *want* with what is this submission's own, which those who word a finding may ask for."""
    changes: dict[str, Any] = {
        "files": () if want.repaired else _repairable(submission),
        "encrypted": any(each.needs_passphrase for each in submission.inputs),
        "expensive": any(key.expensive for each in submission.inputs for key in each.keys),
    }
    if submission.key is not None and (submission.pair is None or submission.pair.matches is not False):
        changes["key_at"] = submission.key.at
    return want.replace(**changes)


def _repairable(submission: Submission) -> tuple[tuple[str, str], ...]:
    """Return role and name of each input where ``fix`` can write out of every one; nothing where it cannot."""
    inputs = [each for each in submission.inputs if each.role or not each.wrapper]
    whole = all(each.certificates or each.keys for each in inputs)
    keys = all(key.info or not key.has_curve or key.is_closed or key.expensive for each in inputs for key in each.keys)
    roles = {each.role for each in inputs}
    apart = submission.sorted or len(roles) == len(inputs)
    if not whole or not keys or not apart or not roles <= set(ROLES):
        return ()
    leaves = submission.leaf is not None or any(not each.is_ca for found in inputs for each in found.certificates)
    if not leaves and not any(each.needs_passphrase for each in inputs):
        return ()
    # what was given without its role is passed so again, and each file once
    files: dict[str, str] = {}
    for each in inputs:
        files.setdefault(each.given or each.at.file, "" if submission.sorted else each.role)
    return tuple((role, file) for file, role in files.items())


def _needed(demands: Mapping[str, list[Demand]], submission: Submission) -> set[str]:
    """Return the fields that a rule reads which can refuse this submission."""
    errors = [BY_NAME[name] for name, made in demands.items() if _is_error(made)]
    asked = [rule for rule in errors if rule.on is not REPLACEMENT or submission.replacement is not None]
    fields = {path.rpartition(".")[2] for rule in asked for path in rule.reads}
    if any(demand.issued_from for name in demands for demand in demands[name] if demand.severity is Severity.ERROR):
        fields.add("not_before")
    return fields | {"certificate"}  # a certificate that is none is needed by every rule about it


def _is_error(demands: list[Demand]) -> bool:
    return demands[0].severity is Severity.ERROR


def _demand_for(
    problem: Problem, role: str, asked: tuple[Want, ...], leaf: Certificate | None, needed: set[str]
) -> Demand | None:
    """Return the most severe demand that is about this sort of problem, or about this input, if any is."""
    if problem.sort == EXHAUSTED:  # what no target knows of
        return None
    sort = ("needed" if problem.field in needed else "") if problem.rule == "asn1-unreadable" else problem.sort
    made = (each.demand for each in asked if each.demand.only in ("", sort, role))
    return next((each for each in made if _is_made_of(each, leaf) is not False), None)


def _reported(rule: Rule[Any], problem: Problem, want: Want, leaf: Certificate | None) -> tuple[Check, Finding | None]:
    """Return what comes of a problem that a reader noticed and that the target asks about."""
    if _is_made_of(want.demand, leaf) is None:
        return Check(rule.name, want.demand.severity, Outcome.SKIP, problem.at, _NO_DATE), None
    finding = _finding(rule, problem, want)
    return Check(rule.name, want.demand.severity, Outcome.FAIL, finding.at), finding


def _ask_about(
    rule: Rule[Any], it: Any, asked: Sequence[Want], telling: Want, leaf: Certificate | None
) -> tuple[Check, Finding | None]:
    """
    Ask one rule about one thing; of several demands, the most severe that fails counts.

    What is no certificate was issued when the end-entity certificate, *leaf*, was.
    """
    name, worst, ok = rule.name, asked[0].demand.severity, rule.ok
    assert ok is not None  # noqa: S101  # rules without a question are reported, not asked
    if rule.reads and (it.unread or rule.looks_within):
        unread = [path for path in rule.reads if _unread(it, path)]
        if unread:
            reason = getattr(it, "reason", "") or f"{', '.join(unread)} cannot be read or decided"
            return Check(name, worst, Outcome.SKIP, it.at, reason), None
    too_old = True
    try:
        for asking in asked:
            demand = asking.demand
            made = _is_made_of(demand, it if isinstance(it, Certificate) else leaf)
            if made is False:
                continue
            too_old = False
            if rule.applies is not None and not rule.applies(it, asking):
                return Check(name, worst, Outcome.NOT_APPLICABLE, it.at), None
            if not ok(it, asking):
                if made is None:
                    return Check(name, demand.severity, Outcome.SKIP, it.at, _NO_DATE), None
                finding = _finding(rule, it, telling.replace(demand=demand))
                return Check(name, demand.severity, Outcome.FAIL, finding.at), finding
    except (ValueError, OverflowError) as error:  # a bound was reached: what cannot be asked is not passed
        return Check(name, worst, Outcome.SKIP, it.at, str(error), isinstance(error, NotAsked)), None
    if too_old:
        return Check(name, worst, Outcome.NOT_APPLICABLE, it.at, _TOO_OLD), None
    return Check(name, worst, Outcome.PASS, it.at), None


def _is_made_of(demand: Demand, certificate: Certificate | None) -> bool | None:
    """Whether *demand* is made of what was issued when *certificate* was; None where that cannot be told."""
    if not demand.issued_from:
        return True
    if certificate is None or "not_before" in certificate.unread:
        return None
    return certificate.not_before >= _moment(demand.issued_from)


def _moment(text: str) -> datetime:
    """Return a date of a target's table as a moment, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc)


def _unread(it: Any, path: str) -> bool:
    """Whether what *path* names is unread; in a tuple, of any of its members; what is absent has been read."""
    name, _, rest = path.partition(".")
    if not rest:
        return name in it.unread
    below = getattr(it, name)
    return any(_unread(each, rest) for each in (below if isinstance(below, tuple) else (below,)) if each is not None)


def _finding(rule: Rule[Any], it: Any, want: Want) -> Finding:
    demand = want.demand
    message = rule.words("says", it, want)
    if demand.evidence is Evidence.INFERRED:
        message += AWS_IS_SILENT if want.target.is_of_aws else ALL_ARE_SILENT
    place = it.at if rule.at is None or isinstance(it, Problem) else rule.at(it)
    place = place if rule.option is None else Location(rule.option(want))
    also = () if rule.also is None or isinstance(it, Problem) else rule.also(it)
    at: Location = place.into(rule.path)
    return Finding(
        rule.name,
        demand.severity,
        demand.evidence,
        message,
        rule.why,
        rule.words("fix", it, want),
        demand.source,
        at,
        tuple(also),
        it.excerpt if isinstance(it, Problem) else None,
    )


def _file_order(submission: Submission, finding: Finding) -> int:
    files = [each.at.file for each in submission.inputs]
    place = finding.at
    whole = place.file.partition("!")[0] if place.member else place.file
    near = (whole, place.file, next((file for file in files if file.startswith(f"{place.file}!")), ""))
    return next((files.index(file) for file in near if file in files), len(files))


def _capped(findings: list[Finding]) -> Iterator[Finding]:
    """Keep a bounded number of findings of one rule in one file."""
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.rule, finding.at.file)
        counts[key] = counts.get(key, 0) + 1
    seen: dict[tuple[str, str], int] = {}
    for finding in findings:
        key = (finding.rule, finding.at.file)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] == MAX_FINDINGS and counts[key] > MAX_FINDINGS:
            yield finding.replace(message=f"{finding.message} … and {counts[key] - MAX_FINDINGS:,} more like it")
        elif seen[key] <= MAX_FINDINGS:
            yield finding
