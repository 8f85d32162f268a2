"""What a scan came to, in numbers, with the first few names of whatever needs somebody's attention."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..findings import Severity
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
    what was not judged, and ``named`` has the first of each sort; ``ignored`` and ``milder`` count the errors that the
    user's policy sets aside or weighs less, ``granted`` is what a file of settings makes milder.
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
        self.ignored = self.milder = 0
        self.granted: tuple[tuple[str, str], ...] = ()
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
            self.ignored += sum(each.finding.severity is Severity.ERROR for each in report.ignored)
            self.milder += sum(each.milder for each in report.weighed)
            self.granted = report.granted
            for finding in report.findings:
                key = finding.rule, finding.severity
                self.rules[key] = self.rules.get(key, 0) + 1

    @property
    def is_open(self) -> bool:
        """Whether something could not be looked at, or is damaged: nobody can say that all is well."""
        return any(self.skipped.get(sort) for sort in OPEN)
