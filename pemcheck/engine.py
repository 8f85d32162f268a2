"""Ask every rule a target demands about everything in its scope, and collect the answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from functools import lru_cache
from typing import Any, Callable

from .facts import Certificate
from .findings import ALL_ARE_SILENT, AWS_IS_SILENT, Check, Evidence, Finding, Outcome, Report, Severity
from .inputs import ROLES
from .rules import BY_NAME
from .rules.table import READER, REPLACEMENT, NotAsked, Rule, repair
from .source import EXHAUSTED, UNSEEN, Location, Problem
from .submission import Submission
from .targets import Demand, Want

_NO_DATE = "it depends on when the certificate was issued, which cannot be read"
_TOO_OLD = "it is asked only of what was issued later"

MAX_FINDINGS = 20
"""Findings of one rule in one file; the last of them counts the rest."""


def judge(submission: Submission, want: Want, backend: Mapping[str, str | None], checked_at: datetime) -> Report:
    """Return what *want*'s target says to *submission*."""
    if want.without_key:
        inputs = tuple(each for each in submission.inputs if each.role != "private key")
        submission = submission.replace(inputs=inputs, key=None, pair=None, key_owner=None)
    closed = any(each.needs_passphrase for each in submission.inputs)
    expensive = any(key.expensive for each in submission.inputs for key in each.keys)
    want = want.replace(files=_repairable(submission), encrypted=closed, expensive=expensive)
    if submission.key is not None and (submission.pair is None or submission.pair.matches is not False):
        want = want.replace(key_at=submission.key.at)
    told: dict[object, Finding] = {}  # one file that was given in two roles has each of its faults once
    checks: list[Check] = []
    demands = want.target.by_rule
    needed = _needed(demands, submission)
    for name, wanted in demands.items():
        asked = [demand for demand in wanted if not demand.public] if want.private_ca else wanted
        if not asked:
            checks.append(_not_asked(name, wanted[0].severity, "it is asked of certificates of public CAs only"))
            continue
        for check, finding in _ask(BY_NAME[name], asked, submission, want, needed):
            checks.append(check)
            if finding is not None:
                told.setdefault((finding.rule, finding.at, finding.message, finding.also), finding)
    checks += _not_looked_at(submission, checks)
    findings = list(told.values())
    findings.sort(key=lambda finding: (finding.severity.rank, _file_order(submission, finding), finding.at.line or 0))
    command = repair(want) if want.files else ""
    return Report(want.target.name, submission, tuple(_capped(findings)), tuple(checks), backend, checked_at, command)


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


def _not_looked_at(submission: Submission, checks: list[Check]) -> list[Check]:
    """Return one skipped check for each input of which a part was never seen, unless the target refuses it for that."""
    refused = {each.at for each in checks if (each.outcome, each.severity) == (Outcome.FAIL, Severity.ERROR)}
    problems = [problem for each in submission.inputs for problem in each.problems if problem.sort in UNSEEN]
    return [
        Check(problem.rule, Severity.ERROR, Outcome.SKIP, problem.at, problem.detail)
        for problem in problems
        if problem.at not in refused
    ]


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


def _ask(
    rule: Rule[Any], demands: list[Demand], submission: Submission, want: Want, needed: set[str]
) -> Iterator[tuple[Check, Finding | None]]:
    """Ask one rule: first what readers noticed, then about each thing in its scope."""
    worst = demands[0].severity
    if want.without_key and rule.about_key:
        yield _not_asked(rule.name, worst, "the key is not to be judged"), None
        return
    asked = False
    for each in submission.inputs:
        failed = False
        for problem in each.problems:
            demand = None
            if problem.rule == rule.name:
                demand = _demand_for(problem, each.role, demands, submission.leaf, needed)
            if demand is not None:
                asked = failed = True
                yield _reported(rule, problem, want.replace(demand=demand, role=each.role), submission.leaf)
        if rule.on is READER and not failed:
            asked = True
            yield Check(rule.name, worst, Outcome.PASS, each.at), None
    for it in () if rule.ok is None else rule.on.of(submission):
        asked = True
        yield _ask_about(rule, it, demands, want, submission.leaf)
    if not asked:
        yield _not_asked(rule.name, worst, "there is nothing to ask it about"), None


@lru_cache(1_000)
def _not_asked(rule: str, severity: Severity, reason: str) -> Check:
    """Return that a rule was not asked of anything; most are not, and the same ones again and again."""
    return Check(rule, severity, Outcome.NOT_APPLICABLE, reason=reason)


def _demand_for(
    problem: Problem, role: str, demands: list[Demand], leaf: Certificate | None, needed: set[str]
) -> Demand | None:
    """Return the most severe demand that is about this sort of problem, or about this input, if any is."""
    if problem.sort == EXHAUSTED:  # what no target knows of
        return None
    sort = ("needed" if problem.field in needed else "") if problem.rule == "asn1-unreadable" else problem.sort
    made = (each for each in demands if each.only in ("", sort, role))
    return next((each for each in made if _is_made_of(each, leaf) is not False), None)


def _reported(rule: Rule[Any], problem: Problem, want: Want, leaf: Certificate | None) -> tuple[Check, Finding | None]:
    """Return what comes of a problem that a reader noticed and that the target asks about."""
    if _is_made_of(want.demand, leaf) is None:
        return Check(rule.name, want.demand.severity, Outcome.SKIP, problem.at, _NO_DATE), None
    finding = _finding(rule, problem, want)
    return Check(rule.name, want.demand.severity, Outcome.FAIL, finding.at), finding


def _ask_about(
    rule: Rule[Any], it: Any, demands: list[Demand], want: Want, leaf: Certificate | None
) -> tuple[Check, Finding | None]:
    """
    Ask one rule about one thing; of several demands, the most severe that fails counts.

    What is no certificate was issued when the end-entity certificate, *leaf*, was.
    """
    worst = demands[0].severity
    unread = [path for path in rule.reads if _unread(it, path)]
    if unread:
        reason = getattr(it, "reason", "") or f"{', '.join(unread)} cannot be read or decided"
        return Check(rule.name, worst, Outcome.SKIP, it.at, reason), None
    dated = it if isinstance(it, Certificate) else leaf
    made_of = [(demand, made) for demand in demands if (made := _is_made_of(demand, dated)) is not False]
    if not made_of:
        return Check(rule.name, worst, Outcome.NOT_APPLICABLE, it.at, _TOO_OLD), None
    try:
        for demand, made in made_of:
            asking = want.replace(demand=demand)
            if rule.applies is not None and not rule.applies(it, asking):
                return Check(rule.name, worst, Outcome.NOT_APPLICABLE, it.at), None
            if not _required(rule.ok)(it, asking):
                if not made:
                    return Check(rule.name, demand.severity, Outcome.SKIP, it.at, _NO_DATE), None
                finding = _finding(rule, it, asking)
                return Check(rule.name, demand.severity, Outcome.FAIL, finding.at), finding
    except (ValueError, OverflowError) as error:  # a bound was reached: what cannot be asked is not passed
        return Check(rule.name, worst, Outcome.SKIP, it.at, str(error), isinstance(error, NotAsked)), None
    return Check(rule.name, worst, Outcome.PASS, it.at), None


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


def _required(ok: Callable[[Any, Want], bool] | None) -> Callable[[Any, Want], bool]:
    assert ok is not None  # noqa: S101  # rules without a question are reported, not asked
    return ok


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
