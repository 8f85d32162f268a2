"""
GitLab's code quality report: a JSON array with an object per finding.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from ..findings import Report, Severity
from ..policy import fingerprints
from ..source import Location
from .as_json import dump
from .places import main_file, place_of, questions
from .text import policy_lines

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """
    Return the array.

    What could not be asked is in it, and what the user's policy set aside: an empty one looks like `accepted`.
    """
    return dump([each for report in reports for each in _issues(report, quiet)])


def _issues(report: Report, quiet: bool) -> Iterator[dict[str, Any]]:
    for finding, fingerprint in zip(report.findings, fingerprints(report)):
        if quiet and finding.severity is Severity.NOTE:
            continue
        text = f"{report.target}: {finding.message}. {finding.why} fix: {finding.fix}"
        yield _issue(report, finding.rule, text, fingerprint, _SEVERITIES[finding.severity], finding.at)
    for question in questions(report):
        rule, at = question.check.rule, question.at
        fingerprint = _hash(report.target, rule, "not asked", at.file, str(at.block))
        yield _issue(report, rule, f"{report.target}: {question.message}", fingerprint, "major", at)
    for line in policy_lines([report]):
        at = report.submission.at
        yield _issue(report, "policy", f"{report.target}: {line}", _hash(report.target, "policy"), "info", at)


def _hash(*words: str) -> str:
    return sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()


def _issue(report: Report, rule: str, text: str, fingerprint: str, severity: str, at: Location) -> dict[str, Any]:
    place = place_of(at)
    path = place.path or main_file(report) or "."
    lines = {"begin": place.line or 1, "end": place.end_line or place.line or 1}
    return {
        "description": text,
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": path, "lines": lines},
    }
