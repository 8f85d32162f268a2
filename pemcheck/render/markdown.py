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
# what Markdown obeys, and what GitHub and GitLab look for in what is rendered, where entities are characters again:
# mentions, references to issues, merge requests, commits and the like, addresses, emoji
_ACTIVE = re.compile(
    r"[@#$&~%^*\[\]<>|\\`_{}]|!\w|//|(?i:www\.|\bgh-\d)|:[\w+-]+:|\b[A-Z]{2,}-\d|\b(?=[a-f]*\d)[0-9a-f]{7,}\b"
)
_LIST = re.compile(r"^(\d*)([-+=.)])")
_ADDRESS = re.compile(r"https://[^\s<>]+")


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
    lines = [*policy_lines(reports, of_many=bool(about))]
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
    for source, evidence in dict.fromkeys((each.source, each.evidence.value) for _, each in told.said_by):
        yield f"* **see:** {f'<{source}>' if _ADDRESS.fullmatch(source) else _code(source)} ({evidence})"
    yield ""


def listed(targets: Sequence[str]) -> str:
    """Return *targets* for a sentence."""
    return ", ".join(targets)


def _prose(text: str) -> str:
    """Return *text*, whose commands stand in backquotes, so that nothing else in it is Markdown."""
    found = ""
    for number, part in enumerate(_COMMAND.split(printable(text).strip())):
        said = _code(part) if number % 2 else _plain(part)
        # fences that touch are one
        found += " " + said if found.endswith("`") and said.startswith("`") else said
    return found


def _plain(text: str) -> str:
    """Return *text* with every word as code that could be more than a word."""
    return _LIST.sub(r"\1\\\2", re.sub(r"\S+", _word, printable(text)))


def _word(match: re.Match[str]) -> str:
    word = match.group()
    if not _ACTIVE.search(word):
        return word
    core = word.strip("\"'(),.;:")
    before, _, behind = word.partition(core)
    return f"{before}{_code(core)}{behind}"


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
