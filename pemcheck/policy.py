"""
What a user makes of a report: rules left out or weighed otherwise, and faults that are known already.

Nothing of this changes what was found out.  It is taken out of a report in plain sight: ``Report.ignored`` keeps
every finding that was set aside, with who did it, and every format tells the number of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256

from .facts import Certificate
from .findings import Check, Finding, Ignored, Report, Severity
from .rules import BY_NAME
from .source import Location, quoted
from .value import Value

OFF = "off"
LEVELS = (*(severity.value for severity in Severity), OFF)
"""What the severity of a rule may be changed to."""


class PolicyError(ValueError):
    """A policy that cannot be meant; its text is one sentence for the user."""


class Known(Value):
    """A finding of a baseline; ``key`` is the SHA-256 of the submission's public key, ``expires`` a date or empty."""

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

    def by(self, rule: str) -> str:
        """Return who leaves this rule out; empty if nobody does."""
        if rule in self.ignored:
            return self.ignored[rule]
        return self.selected_by if self.selected is not None and rule not in self.selected else ""

    def apply(self, report: Report) -> Report:
        """Return *report* with what this policy sets aside moved to ``ignored``, and the severities it gives."""
        findings: list[Finding] = []
        ignored: list[Ignored] = []
        known = {each.fingerprint for each in self.known if each.holds(report.checked_at)}
        for finding, fingerprint in zip(report.findings, fingerprints(report)):
            by = self.by(finding.rule) or ("the baseline" if fingerprint in known else "")
            weight = self.severities.get(finding.rule, finding.severity)
            if by:
                ignored.append(Ignored(finding, by))
            else:
                findings.append(finding if weight is finding.severity else finding.replace(severity=weight))
        findings.sort(key=lambda finding: finding.severity.rank)
        weighed = {each.rule for each in findings if each.rule in self.severities}
        left_out = {rule: by for rule in {each.rule for each in report.checks} if (by := self.by(rule))}
        return report.replace(
            findings=tuple(findings),
            checks=tuple(self._weighed(each) for each in report.checks if each.rule not in left_out),
            ignored=tuple(ignored),
            left_out=tuple(sorted(left_out.items())),
            weighed=tuple((rule, self.severities_by) for rule in sorted(weighed)),
        )

    def _weighed(self, check: Check) -> Check:
        return check.replace(severity=self.severities.get(check.rule, check.severity))


def rules_named(patterns: Iterable[str]) -> list[str]:
    """
    Return the names of the rules that *patterns* mean: a name, or the beginning of some with a ``*``.

    Raises PolicyError, with the nearest name, where one means none.
    """
    found: list[str] = []
    for pattern in patterns:
        if pattern.endswith("*"):
            names = [name for name in BY_NAME if name.startswith(pattern[:-1])]
        else:
            names = [pattern] if pattern in BY_NAME else []
        if not names:
            raise PolicyError(f"there is no rule {quoted(pattern)}{_nearest(pattern)}")
        found += names
    return found


def _nearest(pattern: str) -> str:
    import difflib

    near = difflib.get_close_matches(pattern[:100].rstrip("*"), BY_NAME, 1, 0.5)
    return f"; did you mean {near[0]}?" if near else "; see: pemcheck rules"


def fingerprints(report: Report) -> list[str]:
    """
    Return for each finding what stays the same when files are moved and lines added: SHA-256 in hexadecimal.

    It is made of target, rule, what the finding is about (a certificate by the SHA-256 of its public key, so that a
    renewal with the same key is the same; else the role of the input and the submission's key), and its number among
    those that are the same in all this.
    """
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for finding in report.findings:
        key = (report.target, finding.rule, *_about(report, finding.at))
        seen[key] = seen.get(key, 0) + 1
        found.append(sha256("\0".join((*key, str(seen[key]))).encode("utf-8", "surrogateescape")).hexdigest())
    return found


def _about(report: Report, at: Location) -> tuple[str, str]:
    for each in report.submission.inputs:
        for fact in each.certificates:
            if (fact.at.file, fact.at.line, fact.at.block) == (at.file, at.line, at.block):
                return each.role, key_hash(fact)
    role = next((each.role for each in report.submission.inputs if each.at.file == at.file), "")
    return role, key_hash(report.submission.leaf)


def key_hash(certificate: Certificate | None) -> str:
    """Return the SHA-256 of a certificate's public key, empty where it cannot be read."""
    return "" if certificate is None or "key" in certificate.unread else certificate.key.sha256


def ignored_line(report: Report) -> str:
    """Return what was set aside or weighed in a report, by whom, as one line; empty if nothing was."""
    parts = []
    for by in dict.fromkeys([each.by for each in report.ignored] + [by for _, by in report.left_out]):
        names = [each.finding.rule for each in report.ignored if each.by == by]
        off = [rule for rule, whose in report.left_out if whose == by and rule not in names]
        said = [*(f"{rule} ({_count(names.count(rule))})" for rule in dict.fromkeys(names))]
        said += [f"{len(off)} {'rule that finds' if len(off) == 1 else 'rules that find'} nothing here"] if off else []
        parts.append(f"{by}: {', '.join(said)}")
    said = [f"ignored by {'; by '.join(parts)}"] if parts else []
    for by in dict.fromkeys(by for _, by in report.weighed):
        said.append(f"weighed by {by}: {', '.join(rule for rule, whose in report.weighed if whose == by)}")
    return "; ".join(said)


def _count(count: int) -> str:
    return "1 finding" if count == 1 else f"{count} findings"


def failing(reports: Sequence[Report], fail_on: str) -> bool:
    """Whether a finding is as bad as *fail_on*: ``error``, ``warning`` or ``never``."""
    if fail_on == "never":
        return False
    limit = Severity(fail_on).rank
    return any(finding.severity.rank <= limit for report in reports for finding in report.findings)
