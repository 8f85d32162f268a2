"""The format for logs and streams of records: one JSON object in a line, for each target's report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..findings import Report, set_aside
from .as_json import dump
from .places import questions


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return a line per report; it is about the whole submission, and names its certificate's file, line and hash."""
    return "".join(dump(_line(report), indent=None) for report in reports)


def _line(report: Report) -> dict[str, Any]:
    leaf = report.submission.leaf
    at = report.submission.at if leaf is None else leaf.at
    return {
        "kind": "submission",
        "file": at.file,
        "line": at.line,
        "sha256": None if leaf is None else leaf.sha256,
        "target": report.target,
        "verdict": report.verdict.value,
        "findings": [finding.to_dict() for finding in report.findings],
        "undecided": [{"rule": each.check.rule, "reason": each.check.reason} for each in questions(report)],
        **(set_aside(report) if report.has_policy else {}),
    }
