"""Where a finding stands, for programs that open files at a line; and what tells it from others, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..findings import Check, Report
from ..inputs import ROLES
from ..source import Location, printable
from .text import open_questions


class Place(NamedTuple):
    """A place in a file; ``path`` is empty where something is wrong with an option, a variable or standard input."""

    path: str
    line: int | None = None
    end_line: int | None = None
    column: int | None = None


_NO_FILES = (*ROLES, "the AWS command")
"""What a finding names where nothing was given."""


def place_of(at: Location) -> Place:
    """Return where *at* is on disk; of what stands in a wrapper, the wrapper, whose lines are others."""
    name = printable(at.file)
    if not name or name.startswith(("--", "<", "env:")) or (at.line is None and name in _NO_FILES):
        return Place("")
    if at.member or "!" in name:
        return Place(name.partition("!")[0])
    return Place(name, at.line, at.end_line if at.end_line is not None else at.line, at.column)


def main_file(report: Report) -> str:
    """Return the file of the first input that is one, for findings that are about none; empty where all were piped."""
    places = (place_of(each.at).path for each in report.submission.inputs)
    return next(filter(None, places), "")


class Question(NamedTuple):
    """What could not be asked, though it could have refused: no format may look as if all were well."""

    check: Check
    at: Location
    message: str


def questions(report: Report) -> Iterator[Question]:
    """Yield what leaves the verdict open, or would if the user did not settle it."""
    for check in open_questions(report):
        at = check.at or report.submission.at
        yield Question(check, at, f"could not be asked: {printable(check.reason)}")
