"""
Annotations of a GitHub Actions run: workflow commands, one in a line.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands; what is escaped how is in
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..findings import Report, Severity
from ..source import Location, printable
from .places import Place, main_file, place_of, questions
from .text import policy_lines, said, summary, told_once

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def render(reports: Sequence[Report], quiet: bool = False, roots: Sequence[str] = ()) -> str:
    """Return one annotation per finding, what could not be asked as warnings, and the verdicts as plain lines."""
    return "".join(f"{line}\n" for line in _lines(reports, quiet, roots))


def _lines(reports: Sequence[Report], quiet: bool, roots: Sequence[str]) -> Iterator[str]:
    yield from commands(reports, quiet, roots)
    yield from (summary(report, quiet) for report in reports)
    yield from policies(reports)


def commands(reports: Sequence[Report], quiet: bool, roots: Sequence[str]) -> Iterator[str]:
    """Yield one annotation per finding, and what could not be asked as warnings."""
    several = len(reports) > 1
    for told in told_once(said(reports, quiet)):
        finding = told.finding
        worst = min((each.severity for _, each in told.said_by), key=lambda severity: severity.rank)
        whose = f"{', '.join(target for target, _ in told.said_by)}: " if several else ""
        place = placed(finding.at, roots)
        where = "" if place.line is not None else f"{finding.at}: "
        words = (f"{whose}{where}{finding.message}", finding.why, f"fix: {finding.fix}", f"see: {finding.source}")
        yield command(_COMMANDS[worst], place, finding.rule, *words)
    for report in reports:
        whose = f"{report.target}: " if several else ""
        for question in questions(report):
            place = placed(question.at, roots)
            place = place if place.path else Place(main_file(report, roots))
            yield command("warning", place, question.check.rule, f"{whose}{question.message}")


def policies(reports: Sequence[Report], of_many: bool = False) -> Iterator[str]:
    """Yield what the user's policy did, as annotations without a file; *of_many* as ``policy_lines`` has it."""
    for line in policy_lines(reports, of_many):
        yield command("notice", Place(""), "policy", line)


def placed(at: Location, roots: Sequence[str]) -> Place:
    """Return where an annotation stands: at no file where a pull request has none."""
    place = place_of(at, roots)
    return Place("") if place.outside else place


def command(name: str, place: Place, rule: str, *lines: str) -> str:
    """Return an annotation; *name* is ``error``, ``warning`` or ``notice``."""
    given = {"file": place.path, "line": place.line, "endLine": place.end_line, "col": place.column}
    properties = [f"{key}={_property(str(value))}" for key, value in given.items() if value not in ("", None)]
    text = "\n".join(map(printable, lines))
    return f"::{name} {','.join([*properties, f'title=pemcheck%3A {_property(rule)}'])}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
