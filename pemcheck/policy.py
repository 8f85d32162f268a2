"""
What a user makes of a report: rules left out or weighed otherwise, and faults that are known already.

Nothing of this changes what was found out.  It is taken out of a report in plain sight: ``Report.ignored`` keeps
every finding that was set aside, with who did it, and every format tells the number of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from hashlib import sha256

from .facts import Certificate
from .findings import Check, Finding, Ignored, LeftOut, Outcome, Report, Severity, Weighed
from .inputs import PRIVATE_KEY
from .rules import BY_NAME
from .source import Location, quoted
from .value import Value
from .version import program

OFF = "off"
LEVELS = (*(severity.value for severity in Severity), OFF)
"""What the severity of a rule may be changed to."""
_WORST_FIRST = (Outcome.FAIL, Outcome.SKIP, Outcome.PASS, Outcome.NOT_APPLICABLE)


class PolicyError(ValueError):
    """A policy that cannot be meant; its text is one sentence for the user."""


class Known(Value):
    """A finding of a baseline; ``key`` tells the submission (see ``key_hash``), ``expires`` is a date or empty."""

    fingerprint: str
    rule: str
    target: str
    key: str
    file: str
    expires: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether the finding does not count at this moment (UTC)."""
        return not self.expires or at.date() < date.fromisoformat(self.expires)


class Policy(Value):
    """
    Which rules count, and how much.

    ``selected`` are the names of the rules that count, None for all; ``ignored`` those that do not, by who says so;
    ``severities`` what a rule's findings count as, by whose word.  ``known`` is what a baseline holds.
    """

    selected: frozenset[str] | None = None
    selected_by: str = ""
    ignored: Mapping[str, str] = {}
    severities: Mapping[str, Severity] = {}
    severities_by: str = ""
    known: tuple[Known, ...] = ()
    known_by: str = "the baseline"

    def by(self, rule: str) -> str:
        """Return who leaves this rule out; empty if nobody does."""
        if rule in self.ignored:
            return self.ignored[rule]
        return self.selected_by if self.selected is not None and rule not in self.selected else ""

    def apply(self, report: Report) -> Report:
        """Return *report* with what this policy sets aside moved to ``ignored``, and the severities it gives."""
        findings: list[Finding] = []
        ignored: list[Ignored] = []
        key = key_hash(report)
        lapsed: list[tuple[str, str, str]] = []
        known: dict[str, Known] = {}
        for each in self.known:
            if each.key == key and (each.fingerprint not in known or each.holds(report.checked_at)):
                known[each.fingerprint] = each
        for finding, fingerprint in zip(report.findings, fingerprints(report)):
            entry = known.get(fingerprint)
            holds = entry is not None and entry.holds(report.checked_at)
            by = self.by(finding.rule) or (self.known_by if holds else "")
            if by:
                ignored.append(Ignored(finding, by))
                continue
            findings.append(finding.replace(severity=self._severity(finding)))
            if entry is not None:
                lapsed.append((finding.rule, finding.at.file, entry.expires))
        findings.sort(key=lambda finding: finding.severity.rank)
        left_out = tuple(self._left_out(report.checks))
        without = {each.rule for each in left_out}
        checks = [each for each in report.checks if each.rule not in without]
        return report.replace(
            findings=tuple(findings),
            checks=tuple(each.replace(severity=self._severity(each)) for each in checks),
            ignored=tuple(ignored),
            lapsed=tuple(lapsed),
            left_out=left_out,
            weighed=tuple(self._weighed(report.findings, checks)),
        )

    def _severity(self, it: Finding | Check) -> Severity:
        return self.severities.get(it.rule, it.severity)

    def _left_out(self, checks: Iterable[Check]) -> Iterator[LeftOut]:
        outcomes: dict[str, list[Outcome]] = {}
        for check in checks:
            outcomes.setdefault(check.rule, []).append(check.outcome)
        for rule in sorted(outcomes):
            if by := self.by(rule):
                yield LeftOut(rule, by, min(outcomes[rule], key=_WORST_FIRST.index))

    def _weighed(self, findings: Iterable[Finding], checks: Iterable[Check]) -> Iterator[Weighed]:
        """Yield the rules whose other severity shows: in a finding, or in what its being skipped means."""
        shown: list[Finding | Check] = [*findings, *(each for each in checks if each.outcome is Outcome.SKIP)]
        found: dict[str, list[Finding | Check]] = {}
        for it in shown:
            if not self.by(it.rule) and self._severity(it) is not it.severity:
                found.setdefault(it.rule, []).append(it)
        for rule, its in sorted(found.items()):
            worst = min((it.severity for it in its), key=lambda severity: severity.rank)
            now = self.severities[rule]
            errors = sum(isinstance(it, Finding) and it.severity is Severity.ERROR is not now for it in its)
            yield Weighed(rule, self.severities_by, worst, now, errors)


def must_cover(report: Report) -> Report:
    """Return *report* as it is where the caller named hostnames and asserts that they are covered: else an error."""
    return Policy(severities={"cert-does-not-cover-hostname": Severity.ERROR}, severities_by="hostnames").apply(report)


def rules_named(patterns: Iterable[str], by: str) -> list[str]:
    """
    Return the names of the rules that *patterns* mean: a name, or the beginning of some with a ``*``.

    Raises PolicyError, with the nearest name and *by* whom it was said, where one means none.
    """
    found: list[str] = []
    for pattern in patterns:
        if pattern.endswith("*"):
            names = [name for name in BY_NAME if name.startswith(pattern[:-1])]
        else:
            names = [pattern] if pattern in BY_NAME else []
        if not names:
            raise PolicyError(f"{by}: there is no rule {quoted(pattern)}{_nearest(pattern)}")
        found += names
    return found


def _nearest(pattern: str) -> str:
    import difflib

    near = difflib.get_close_matches(pattern[:100].rstrip("*"), BY_NAME, 1, 0.5)
    return f"; did you mean {near[0]}?" if near else f"; `{program()} rules` lists them"


def fingerprints(report: Report) -> list[str]:
    """
    Return for each finding what stays the same when files are moved and lines added: SHA-256 in hexadecimal.

    It is made of target, rule, what the finding is about (a certificate by its own SHA-256: what a renewal with the
    same key has is new; else the role of the input and the submission's key), what is said of hostnames that the user
    names, and its number among those that are the same in all this.
    """
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for finding in report.findings:
        asked = (finding.message,) if finding.rule == "cert-does-not-cover-hostname" else ()
        key = (report.target, finding.rule, *about(report, finding.at), *asked)
        seen[key] = seen.get(key, 0) + 1
        found.append(sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogateescape")).hexdigest())
    return found


def about(report: Report, at: Location) -> tuple[str, str]:
    """Return what a place is about, wherever files are: the role of an input, and a certificate's or key's SHA-256."""
    for each in report.submission.inputs:
        for fact in each.certificates:
            if (fact.at.file, fact.at.line, fact.at.block) == (at.file, at.line, at.block):
                return each.role, fact.sha256
    role = next((each.role for each in report.submission.inputs if each.at.file == at.file), "")
    return role, key_hash(report)


def key_hash(report: Report) -> str:
    """
    Return what tells the submission from others: the SHA-256 of its certificate's public key.

    Where that cannot be read, of the certificate; where none was found, of what was given in its place.
    """
    if report.submission.leaf is not None:
        return _hash(report.submission.leaf)
    given = (each for each in report.submission.inputs if each.role != PRIVATE_KEY)
    contents = sorted({each.content for each in given if each.content})
    return sha256("\0".join(contents).encode()).hexdigest() if contents else ""


def _hash(certificate: Certificate) -> str:
    return certificate.sha256 if "key" in certificate.unread else certificate.key.sha256


def policy_line(report: Report, of_many: bool = False) -> str:
    """
    Return what the user's policy did to a report, and what in it did, as one line; empty if it did nothing.

    What it does to each *of_many* reports alike, to grant options and to ask rules that find nothing, is left out.
    """
    whose = dict.fromkeys([*(each.by for each in report.ignored), *(each.by for each in report.left_out)])
    told = {by: ", ".join(_ignored(report, by, of_many)) for by in whose}
    parts = [f"{by}: {rules}" for by, rules in told.items() if rules]
    said = [f"ignored by {'; by '.join(parts)}"] if parts else []
    weighed = ((f"{each.rule} ({each.now.value} instead of {each.was.value})", each.by) for each in report.weighed)
    said += [f"weighed by {by}: {', '.join(rules)}" for by, rules in _by(weighed)]
    said += [f"granted by {by}: {', '.join(options)}" for by, options in _by(() if of_many else report.granted)]
    return "; ".join(said)


def _ignored(report: Report, by: str, of_many: bool) -> Iterator[str]:
    """Yield what *by* sets aside: each rule that found something or could not be asked, the number of the others."""
    found = [(each.finding.rule, each.finding.severity) for each in report.ignored if each.by == by]
    for rule, severity in dict.fromkeys(found):
        count = found.count((rule, severity))
        yield f"{rule} ({count} {severity.value}{'s' if count > 1 else ''})"
    rules = {rule for rule, _ in found}
    silent = [each for each in report.left_out if each.by == by and each.rule not in rules]
    for each in silent:
        if each.outcome is Outcome.SKIP:
            yield f"{each.rule} (could not be asked)"
    count = sum(each.outcome is not Outcome.SKIP for each in silent)
    if count and not of_many:
        yield f"{count} {'rule that finds' if count == 1 else 'rules that find'} nothing here"


def _by(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for what, by in pairs:
        found.setdefault(by, []).append(what)
    yield from found.items()
