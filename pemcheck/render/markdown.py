"""The format for a comment on a pull request: GitHub's and GitLab's Markdown, nothing in it a link or a mention."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..findings import Report, Verdict
from ..source import printable
from .places import questions
from .text import Told, by_severity, policy_lines, said, summary, told_once

_MARKS = {Verdict.ACCEPTED: "✅", Verdict.REFUSED: "❌", Verdict.UNDECIDED: "❔"}
_COMMAND = re.compile(r"`([^`]+)`")
_SPECIAL = re.compile(r"([\\*_\[\]|~]|^[-+=])")


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return a heading per target, then the findings, each told once for all targets that share it."""
    return "\n".join(lines(reports, quiet)) + "\n"


def lines(reports: Sequence[Report], quiet: bool, about: str = "") -> Iterator[str]:
    """Yield the lines; *about* is what the reports are about, for headings."""
    place = f"{_code(about)}: " if about else ""
    for report in reports:
        yield f"### {_MARKS[report.verdict]} pemcheck: {place}{_plain(summary(report, quiet))}"
        yield ""
        for question in questions(report):
            yield f"* {_code(question.check.rule)} {_prose(question.message)}"
        yield from [""] if any(questions(report)) else []
    for told in told_once(said(reports, quiet)):
        yield from _finding(told, len(reports) > 1)
    lines = [*policy_lines(reports)]
    bullet = "* " if len(lines) > 1 else ""
    yield from (f"{bullet}{_plain(line)}" for line in lines)


def _finding(told: Told, several: bool) -> Iterator[str]:
    finding = told.finding
    severities = by_severity(told)
    yield f"#### {_code(str(finding.at))}: {severities[0][0]}: {_code(finding.rule)}"
    yield ""
    yield _prose(finding.message)
    yield ""
    if several:
        yield f"* **who:** {_plain('; '.join(f'{severity} for {listed(targets)}' for severity, targets in severities))}"
    yield f"* **why:** {_prose(finding.why)}"
    yield f"* **fix:** {_prose(finding.fix)}"
    for source in dict.fromkeys(f"<{each.source}> ({each.evidence.value})" for _, each in told.said_by):
        yield f"* **see:** {source}"
    yield ""


def listed(targets: Sequence[str]) -> str:
    """Return *targets* for a sentence."""
    return ", ".join(targets)


def _prose(text: str) -> str:
    """Return *text*, whose commands stand in backquotes, so that nothing else in it is Markdown."""
    parts = _COMMAND.split(printable(text))
    return "".join(_code(part) if number % 2 else _plain(part) for number, part in enumerate(parts))


def _plain(text: str) -> str:
    escaped = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("`", "&#96;")
    # no mention, and no bare address that becomes a link
    escaped = _SPECIAL.sub(r"\\\1", escaped).replace("@", "&#64;").replace("://", "&#58;//")
    return re.sub(r"#(?=\w)(?!\d+;)", "&#35;", escaped.replace("www.", "www&#46;"))


def block(text: str) -> str:
    """Return lines that are printable as a block, which nothing in them can end."""
    fence = "`" * (max([2, *map(len, re.findall("`+", text))]) + 1)
    return f"{fence}text\n{text}{fence}\n"


def _code(text: str) -> str:
    """Return *text* as code, which nothing in it can end."""
    text = printable(text)
    fence = "`" * (max(map(len, re.findall("`+", text)), default=0) + 1)
    space = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{space}{text}{space}{fence}"
