"""What pemcheck says: findings, checks, and the report that holds them."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Optional

from .facts import time_text
from .source import Excerpt, Location
from .submission import Submission
from .value import Value
from .version import VERSION


class Severity(enum.Enum):
    """How bad a finding is; an ``ERROR`` means that the target refuses."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return _RANKS[self]


FAILING = {"error": (Severity.ERROR,), "warning": (Severity.ERROR, Severity.WARNING), "never": ()}
"""What makes the exit status 1, by ``--fail-on``."""

_RANKS = {severity: rank for rank, severity in enumerate(Severity)}


class Evidence(enum.Enum):
    """Why we believe that a target asks something."""

    DOCUMENTED = "documented"
    FORMERLY_DOCUMENTED = "formerly-documented"
    MODEL = "model"  # the service's API model, as botocore ships it
    OBSERVED = "observed"  # users hit it, in a public thread
    INFERRED = "inferred"


AWS_IS_SILENT, ALL_ARE_SILENT = " (AWS documents no such rule)", " (no document says so)"
"""What stands behind the message of a finding that is only inferred: for a target of AWS's, and for any other."""


class Outcome(enum.Enum):
    """What became of one rule, asked about one thing."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    SKIP = "skip"  # a fact it needs could not be read or proved
    NOT_APPLICABLE = "n/a"  # there is nothing to ask it about


class Verdict(enum.Enum):
    """What the target would say to the whole submission."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNDECIDED = "undecided"


class Finding(Value):
    """One fault: what is wrong, why the target cares, how to mend it, where it stands and where that is written."""

    rule: str
    severity: Severity
    evidence: Evidence
    message: str
    why: str
    fix: str
    source: str
    at: Location
    also: tuple[Location, ...] = ()
    excerpt: Excerpt | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON (schema 1) has it."""
        at = self.at
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "evidence": self.evidence.value,
            "message": self.message,
            "why": self.why,
            "fix": self.fix,
            "source": self.source,
            "file": at.file,
            "line": at.line,
            "end_line": at.end_line,
            "column": at.column,
            "block": at.block,
            "path": at.path or None,
            "also": [{"file": other.file, "line": other.line} for other in self.also],
        }


class Ignored(Value):
    """A finding that does not count, because of ``by``: an option, a baseline or a file of settings."""

    finding: Finding
    by: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON (schema 1) has it: what it was, and why it does not count."""
        it = self.finding
        return {"rule": it.rule, "severity": it.severity.value, "file": it.at.file, "line": it.at.line, "by": self.by}


class LeftOut(Value):
    """A rule that does not count, because of ``by``; ``outcome`` is the worst of what came of asking it."""

    rule: str
    by: str
    outcome: Outcome

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON (schema 1) has it."""
        return {"rule": self.rule, "by": self.by, "outcome": self.outcome.value}


class Weighed(Value):
    """
    A rule that counts otherwise, because of ``by``: its severity ``was`` the target's (the worst of several).

    ``milder`` is the number of errors that are none any more.
    """

    rule: str
    by: str
    was: Severity
    now: Severity
    milder: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON (schema 1) has it."""
        return {"rule": self.rule, "by": self.by, "was": self.was.value, "now": self.now.value}


class Check(NamedTuple):
    """That one rule was asked, about what, how severely, and what came of it."""

    rule: str
    severity: Severity
    outcome: Outcome
    at: Location | None = None
    reason: str = ""
    up_to_user: bool = False
    """Skipped, and an option that the user has not given would settle it."""

    def replace(self, **changes: Any) -> Check:
        """Return a copy with some fields changed; raise TypeError for a name that is no field."""
        return Check(**{**self._asdict(), **changes})

    def to_dict(self) -> dict[str, Any]:
        """Return the check as JSON (schema 1) has it."""
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "outcome": self.outcome.value,
            "file": self.at.file if self.at else None,
            "block": self.at.block if self.at else None,
            "reason": self.reason or None,
        }


class Backend(Value, Mapping[str, Optional[str]]):
    """
    The versions in use, as a frozen mapping from library to version.

    ``oscrypto`` is None where it is not installed, ``libcrypto`` where it cannot be used; ``unavailable`` then
    says why.
    """

    asn1crypto: str | None
    oscrypto: str | None
    libcrypto: str | None
    unavailable: str | None

    def __getitem__(self, name: str) -> str | None:
        found: dict[str, str | None] = dict(self._shown())
        return found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class Report(Value):
    """
    Everything said about one submission for one target.

    ``findings`` stand worst first; ``checked_at`` is the moment judged for (UTC); ``backend`` holds the
    versions in use, and why oscrypto is not, if it is not.  ``repair`` is the command in backquotes that writes
    clean files from what was given; empty where it could not write all of them.
    """

    target: str
    submission: Submission
    findings: tuple[Finding, ...]
    checks: tuple[Check, ...]
    backend: Mapping[str, str | None]
    checked_at: datetime
    repair: str = ""
    ignored: tuple[Ignored, ...] = ()
    """Findings that the user's policy set aside."""
    left_out: tuple[LeftOut, ...] = ()
    """Rules that the user's policy left out."""
    weighed: tuple[Weighed, ...] = ()
    """Rules with another severity than the target gives them, where that shows."""
    lapsed: tuple[tuple[str, str, str], ...] = ()
    """Findings that a baseline knew until a date that is over: rule, file and date; they count again."""
    granted: tuple[tuple[str, str], ...] = ()
    """Options that make the check milder and that nobody typed, and the file of settings that has them."""

    @property
    def has_policy(self) -> bool:
        """Whether a policy of the user's changed anything in this."""
        return bool(self.ignored or self.left_out or self.weighed or self.granted)

    @property
    def verdict(self) -> Verdict:
        """Refused by any error; undecided where an error rule, or any about the certificate, could not be asked."""
        if any(finding.severity is Severity.ERROR for finding in self.findings):
            return Verdict.REFUSED
        return Verdict.UNDECIDED if self.undecided or self.submission.leaf is None else Verdict.ACCEPTED

    @property
    def undecided(self) -> tuple[Check, ...]:
        """The checks that could have refused and could not be asked."""
        return tuple(
            check for check in self.checks if check.outcome is Outcome.SKIP and check.severity is Severity.ERROR
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the object that ``check --format json`` prints for this one target."""
        return to_dict((self,))


def to_dict(reports: tuple[Report, ...]) -> dict[str, Any]:
    """Return what ``check --format json`` prints for *reports*, one per target, all of one submission."""
    first = reports[0]
    return {
        "schema": 1,
        "pemcheck": VERSION,
        "checked_at": time_text(first.checked_at),
        "backend": dict(first.backend),
        **first.submission.to_dict(),
        "reports": [
            {
                "target": report.target,
                "verdict": report.verdict.value,
                "findings": [finding.to_dict() for finding in report.findings],
                "checks": [check.to_dict() for check in report.checks],
                **(set_aside(report) if report.has_policy else {}),
            }
            for report in reports
        ],
    }


def set_aside(report: Report) -> dict[str, Any]:
    """Return what the user's policy did to a report, as JSON (schema 1) has it."""
    return {
        "ignored": [each.to_dict() for each in report.ignored],
        "left_out": [each.to_dict() for each in report.left_out],
        "weighed": [each.to_dict() for each in report.weighed],
        "granted": [{"option": option, "by": by} for option, by in report.granted],
    }
