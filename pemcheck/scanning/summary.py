"""What a scan came to, in numbers, with the first few names of whatever needs somebody's attention."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..findings import Outcome, Report, Severity
from ..source import printable
from .judging import Result
from .walking import Skipped

_MOST_NAMED = 20
DAMAGED, CLOSED, UNREADABLE, UNRELATED, LOOSE = "damaged", "closed", "unreadable", "unrelated", "keys"
"""Sorts of what is counted and named, besides those of ``walking``."""
OPEN = (DAMAGED, CLOSED, UNREADABLE)
"""Those that leave it open whether all is well."""


class Summary:
    """
    Counts; they grow while a scan goes on.

    ``files`` were found, ``read`` of them looked at; ``certificates`` counts each once, ``units`` what is to be judged,
    ``judged`` what was.  ``verdicts`` counts by target and verdict, ``rules`` by rule and severity; ``skipped`` by sort
    what was not judged, and ``named`` has the first of each sort.  What the user's policy did is counted by who did it:
    ``ignored`` findings by rule and severity; ``left_out`` has, of the rules, in how many reports each could not be
    asked; ``weighed`` rules, with the severity that was and that is, and ``granted`` options are counted by report.
    ``milder`` is the number of errors that are none any more.
    """

    def __init__(self, at: datetime, within: timedelta) -> None:
        self.at, self.within = at, within
        self.files = self.octets = self.read = self.octets_read = 0
        self.certificates = self.keys = self.units = self.judged = 0
        self.kinds: dict[str, int] = {}
        self.expired = self.expiring = 0
        self.verdicts: dict[str, dict[str, int]] = {}
        self.rules: dict[tuple[str, Severity], int] = {}
        self.skipped: dict[str, int] = {}
        self.named: dict[str, list[str]] = {}
        self.ignored: dict[str, dict[tuple[str, Severity], int]] = {}
        self.left_out: dict[str, dict[str, int]] = {}
        self.weighed: dict[str, dict[tuple[str, Severity, Severity], int]] = {}
        self.granted: dict[str, dict[str, int]] = {}
        self.milder = 0
        self.interrupted = False

    def skip(self, it: Skipped) -> None:
        """Count what is not judged."""
        self.skipped[it.sort] = self.skipped.get(it.sort, 0) + 1
        names = self.named.setdefault(it.sort, [])
        if len(names) < _MOST_NAMED:
            names.append(f"{printable(it.path)}: {printable(it.reason)}")

    def add(self, result: Result) -> None:
        """Count what was judged."""
        self.judged += 1
        self.kinds[result.kind] = self.kinds.get(result.kind, 0) + 1
        it = result.certificate
        if it is not None and "not_after" not in it.unread:
            self.expired += it.not_after < self.at
            self.expiring += self.at <= it.not_after < self.at + self.within
        for report in result.reports:
            counts = self.verdicts.setdefault(report.target, {})
            counts[report.verdict.value] = counts.get(report.verdict.value, 0) + 1
            self.milder += sum(each.milder for each in report.weighed)
            for finding in report.findings:
                key = finding.rule, finding.severity
                self.rules[key] = self.rules.get(key, 0) + 1
            self._set_aside(report)

    def _set_aside(self, report: Report) -> None:
        """Count what the user's policy did."""
        for each in report.ignored:
            self.ignore(each.by, each.finding.rule, each.finding.severity)
        for rule, by, outcome in ((each.rule, each.by, each.outcome) for each in report.left_out):
            left = self.left_out.setdefault(by, {})
            left[rule] = left.get(rule, 0) + (outcome is Outcome.SKIP)
        for one in report.weighed:
            weighed = self.weighed.setdefault(one.by, {})
            weight = one.rule, one.was, one.now
            weighed[weight] = weighed.get(weight, 0) + 1
        for option, by in report.granted:
            granted = self.granted.setdefault(by, {})
            granted[option] = granted.get(option, 0) + 1

    def ignore(self, by: str, rule: str, severity: Severity = Severity.ERROR) -> None:
        """Count what does not count, *by* whose word: a finding, or that something is closed or damaged."""
        found = self.ignored.setdefault(by, {})
        found[rule, severity] = found.get((rule, severity), 0) + 1

    @property
    def is_open(self) -> bool:
        """Whether something could not be looked at, or is damaged: nobody can say that all is well."""
        return any(self.skipped.get(sort) for sort in OPEN)
