"""The format for editors and logs: one line per finding, ``file:line:column: severity: rule: message``."""

from __future__ import annotations

from collections.abc import Sequence

from ..findings import Report
from ..source import printable
from .text import by_severity, open_questions, policy_lines, said, summary, told_once


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return one line per finding and severity, and one per target."""
    several = len(reports) > 1
    lines = []
    for told in told_once(said(reports, quiet)):
        for severity, targets in by_severity(told):
            prefix = f"{', '.join(targets)}: " if several else ""
            finding = told.finding
            lines.append(f"{finding.at}: {severity}: {finding.rule}: {prefix}{printable(finding.message)}")
    for report in reports:
        prefix = f"{printable(report.target)}: " if several else ""
        for check in open_questions(report):
            place = check.at or report.submission.at
            lines.append(f"{place}: undecided: {check.rule}: {prefix}could not be asked: {printable(check.reason)}")
    return "\n".join([*lines, *(summary(report, quiet) for report in reports), *policy_lines(reports)]) + "\n"
