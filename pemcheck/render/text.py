"""The format for people: where, how bad, which rule; what, why, how to mend it, where that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..facts import Certificate, Submission, time_text
from ..findings import Check, Finding, Report, Severity, Verdict
from ..rules.reimport import changes, heading
from ..source import shorten

WIDTH = 80
_PAIR = {
    True: "the private key matches",
    False: "the private key does not match",
    None: "whether the private key matches cannot be told",
}
_ABOUT_NO_KEY = ("key-missing", "roles-swapped")
_WORD = re.compile(r"\S*`[^`]*`\S*|\S+")


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return every finding in full, then one summary per target."""
    lines: list[str] = []
    for report in reports:
        for finding in shown(report, quiet):
            lines += [*finding_lines(finding, report if len(reports) > 1 else None), ""]
        lines += [*_summary(report), ""]
    return "\n".join(lines[:-1]) + "\n"


def shown(report: Report, quiet: bool) -> list[Finding]:
    """Return the findings to show: all of them, or all but the notes."""
    return [finding for finding in report.findings if not (quiet and finding.severity is Severity.NOTE)]


def finding_lines(finding: Finding, report: Report | None) -> Iterator[str]:
    """Return the lines of one finding; its target is named where *report* is given."""
    target = f" for {report.target}" if report else ""
    yield f"{finding.at}: {finding.severity.value}{target}: {finding.rule}"
    yield from wrap(finding.message, "    ", "    ")
    if finding.also:
        places = ", ".join(str(place) for place in finding.also[:6])
        yield from wrap(f"{places}{' …' if len(finding.also) > 6 else ''}", "    also: ", "          ")
    yield from wrap(finding.why, "    why:  ", "          ")
    yield from wrap(finding.fix, "    fix:  ", "          ")
    yield f"    see:  {finding.source} ({finding.evidence.value})"


def wrap(text: str, first: str, rest: str) -> Iterator[str]:
    """Break *text* into lines of at most 80 columns; a command in backquotes is never broken."""
    line = first
    empty = True
    for word in _WORD.findall(text):
        if not empty and len(line) + 1 + len(word) > WIDTH:
            yield line
            line, empty = rest, True
        line += word if empty else " " + word
        empty = False
    yield line


def summary(report: Report) -> str:
    """Return the verdict in one line, with the number of findings."""
    counts = [
        f"{count} {severity.value}{'s' if count != 1 else ''}"
        for severity in Severity
        if (count := sum(finding.severity is severity for finding in report.findings))
    ]
    counted = f" ({', '.join(counts)})" if counts else ""
    unseen = not report.submission.key and not any(finding.rule in _ABOUT_NO_KEY for finding in report.findings)
    return f"{report.target}: {report.verdict.value}{counted}{', key not seen' if unseen else ''}"


def open_questions(report: Report) -> tuple[Check, ...]:
    """Return what could have refused and could not be asked, where that is what decides."""
    return report.undecided if report.verdict is Verdict.UNDECIDED else ()


def _summary(report: Report) -> Iterator[str]:
    yield summary(report)
    for check in open_questions(report):
        yield from wrap(f"{check.rule} could not be asked: {check.reason}", "  ", "      ")
    about = "; ".join(_about(report.submission))
    if about:
        yield from wrap(about, "  ", "  ")
    if report.submission.replacement is not None:
        yield f"  {heading(report.submission.replacement)}"
        for what, change in changes(report.submission.replacement):
            yield from wrap(change, f"    {what + ':':14}", " " * 18)


def _about(submission: Submission) -> Iterator[str]:
    leaf = submission.leaf
    if leaf is not None:
        algorithm = "?" if "key" in leaf.unread else leaf.key.algorithm
        yield f"certificate {shorten(leaf.title)} ({algorithm}{_validity(leaf)})"
    if submission.pair is not None:
        yield _PAIR[submission.pair.matches]
    if submission.path is not None and submission.path.path:
        yield "chain " + " < ".join(shorten(each.title, 40) for each in submission.path.path[:6])
    elif leaf is not None and leaf.self_signed:
        yield "self-signed"


def _validity(leaf: Certificate) -> str:
    return "" if "not_after" in leaf.unread else f", until {time_text(leaf.not_after)[:10]}"
