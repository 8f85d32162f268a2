"""
GitLab's code quality report: a JSON array with an object per finding.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from ..findings import Report, Severity
from ..policy import about, fingerprints
from ..source import Location, printable
from .as_json import dump
from .places import Place, main_file, place_of, questions
from .text import policy_lines

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "minor", Severity.NOTE: "info"}


def render(reports: Sequence[Report], quiet: bool = False, roots: Sequence[str] = ()) -> str:
    """
    Return the array.

    What could not be asked is in it, and what the user's policy set aside: an empty one looks like `accepted`.
    """
    return dump(
        [each for report in reports for each in (*issues(report, quiet, roots), *policies(report, roots))]
    )


def issues(report: Report, quiet: bool, roots: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the issues of one report, whose fingerprints are different: what was found, and what could not be asked."""
    for finding, fingerprint in zip(report.findings, fingerprints(report)):
        if quiet and finding.severity is Severity.NOTE:
            continue
        text = f"{finding.message}. {finding.why} fix: {finding.fix}"
        yield _issue(report, roots, finding.rule, text, fingerprint, _SEVERITIES[finding.severity], finding.at)
    asked: dict[tuple[str, ...], int] = {}
    for question in questions(report):
        rule, at = question.check.rule, question.at
        key = (report.target, rule, "not asked", *about(report, at))
        asked[key] = asked.get(key, 0) + 1
        fingerprint = hashed(*key, str(asked[key]))
        yield _issue(report, roots, rule, question.message, fingerprint, "major", at)


def policies(report: Report, roots: Sequence[str], of_many: bool = False) -> Iterator[dict[str, Any]]:
    """Yield what the user's policy did to the report, as an issue; *of_many* as ``policy_lines`` has it."""
    at = report.submission.at
    for line in policy_lines([report], of_many):
        yield _issue(report, roots, "policy", line, hashed(report.target, "policy", *about(report, at)), "info", at)


def hashed(*words: str) -> str:
    """Return a fingerprint of *words*."""
    return sha256("\0".join(words).encode("utf-8", "surrogateescape")).hexdigest()


def _issue(
    report: Report, roots: Sequence[str], rule: str, text: str, fingerprint: str, severity: str, at: Location
) -> dict[str, Any]:
    """Return an issue; what stands in no file of the repository is named, at the certificate's if that is in it."""
    place = place_of(at, roots)
    if not place.path or place.outside:
        text = f"{at}: {text}"
        place = Place(main_file(report, roots) or last_name(at))
    return issue(rule, f"{report.target}: {text}", fingerprint, severity, place)


def last_name(at: Location) -> str:
    """Return what stands for the path where there is none in the repository."""
    return printable(os.path.basename(at.file))


def issue(rule: str, text: str, fingerprint: str, severity: str, place: Place) -> dict[str, Any]:
    """Return an issue; GitLab shows none without a relative path."""
    return {
        "description": text,
        "check_name": rule,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {
            "path": place.path,
            "lines": {"begin": place.line or 1, "end": place.end_line or place.line or 1},
        },
    }
