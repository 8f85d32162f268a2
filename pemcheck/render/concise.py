"""The format for editors and logs: one line per finding, ``file:line:column: severity: rule: message``."""

from __future__ import annotations

from collections.abc import Sequence

from ..findings import Report
from .text import open_questions, shown, summary


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return one line per finding, and one per target."""
    lines = []
    for report in reports:
        for finding in shown(report, quiet):
            prefix = f"{report.target}: " if len(reports) > 1 else ""
            lines.append(f"{finding.at}: {finding.severity.value}: {finding.rule}: {prefix}{finding.message}")
        for check in open_questions(report):
            prefix = f"{report.target}: " if len(reports) > 1 else ""
            place = check.at or report.submission.at
            lines.append(f"{place}: undecided: {check.rule}: {prefix}could not be asked: {check.reason}")
        lines.append(summary(report))
    return "\n".join(lines) + "\n"
