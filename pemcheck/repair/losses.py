"""What is lost on the way to the files that ``fix`` writes: the verdict on them must not be better than the truth."""

from __future__ import annotations

from ..facts import Certificate, Other, PrivateKey
from ..findings import Check, Finding, Outcome, Report, Severity
from ..inputs import ROLES
from ..rules.roles import cut_off
from ..source import Location, Problem
from ..submission import Input, Submission
from .key import NOT_WRITTEN
from .pieces import Plan

_CLOSED = "input-not-decrypted"
_TOO_LARGE = "input-too-large"
_NEWER = "cert-newer-without-key"
_MISSING = dict(zip(("cert-missing", "key-missing", "chain-missing"), ROLES))
_NO_ROOT = "chain-does-not-reach-root"
_NOT_THERE = "; it is not in what was written"
_MAY_MATTER = "what was damaged was left out, and may have been needed; get it anew, or delete it where it is not"
_NOT_PROVED = "; so nobody can tell whether what was written is what was in it"


def with_losses(before: Report, after: Report, plan: Plan) -> Report:
    """
    Return *after*, what the target says to the files written by *plan*, with what *before* says of what is not there.

    Where something was damaged and left out, or came out of a container that does not prove to be intact, it is
    undecided whether the target accepts what was meant.  A private key that could not be written is not called missing.
    That a newer certificate was left out, for want of its key, stays said; and so does what was not looked at, of which
    nothing is called missing, and neither is a root that was left out.
    """
    given = before.submission
    lost: dict[str, list[Location]] = {}
    for each in given.inputs:
        for problem in each.problems:
            if _is_lost(problem, each):
                lost.setdefault(problem.rule, []).append(problem.at)
    doubtful = {problem.at for each in given.inputs for problem in each.problems if _is_doubtful(problem, plan)}
    unwritten = _unwritten(given, plan)
    hidden = [rule for rule, role in _MISSING.items() if cut_off(given, given.input(role))]
    hidden += [_NO_ROOT] if _had_root(given, plan) else []
    findings = [each for each in after.findings if each.rule not in hidden]
    unseen = [each for each in before.checks if each.rule == _TOO_LARGE and each.outcome is Outcome.SKIP]
    checks = [*after.checks, *unseen]
    for finding in before.findings:
        if finding.at in lost.get(finding.rule, ()):
            findings.append(_carried(finding, _NOT_THERE))
            checks.append(Check(finding.rule, Severity.ERROR, Outcome.SKIP, finding.at, _MAY_MATTER))
        elif finding.rule == _CLOSED and finding.at in doubtful:
            findings.append(_carried(finding, _NOT_PROVED))
            checks.append(Check(_CLOSED, Severity.ERROR, Outcome.SKIP, finding.at, finding.message))
        elif finding.rule == _NEWER:
            findings.append(finding)
        elif finding.rule in NOT_WRITTEN and finding.at == unwritten:
            findings = [each for each in findings if each.rule != "key-missing"]
            findings.append(finding.replace(message=finding.message + _NOT_THERE))
    findings.sort(key=lambda finding: finding.severity.rank)
    return after.replace(findings=tuple(findings), checks=tuple(checks))


def _carried(finding: Finding, more: str) -> Finding:
    """Return *finding* as a warning: the files that are judged can be read."""
    severity = finding.severity if finding.severity is Severity.NOTE else Severity.WARNING
    return finding.replace(severity=severity, message=finding.message + more)


def _is_lost(problem: Problem, found: Input) -> bool:
    """Whether nothing was read where *problem* is."""
    if not problem.is_loss:
        return False
    return not any(_holds(each.at, problem.at) for each in found.objects if _was_read(each))


def _was_read(thing: Certificate | PrivateKey | Other) -> bool:
    if isinstance(thing, PrivateKey):
        return thing.encrypted or thing.public is not None
    return not (isinstance(thing, Other) and thing.kind == "unknown")


def _holds(at: Location, inner: Location) -> bool:
    line = inner.line or 0
    return at.file == inner.file and (at.line or 0) <= line <= (at.end_line or at.line or 0)


def _is_doubtful(problem: Problem, plan: Plan) -> bool:
    """Whether *plan* writes what came out of the container that *problem* says is not proved to be intact."""
    if problem.rule != _CLOSED:
        return False
    places = [piece.at for role in ROLES for piece in plan.pieces(role) if piece.at.contained]
    return any(_holds(problem.at, at) for at in places)


def _had_root(given: Submission, plan: Plan) -> bool:
    """Whether the path led to a root, which *plan* leaves out."""
    path = given.path.path if given.path is not None else ()
    return bool(path) and path[-1].self_signed is True and path[-1].at in {each.at for each in plan.dropped}


def _unwritten(given: Submission, plan: Plan) -> Location | None:
    """Return where the private key is that could not be written, None if it could."""
    return given.key.at if given.key is not None and plan.key is None else None
