"""Where a finding stands, for programs that open files at a line; and what tells it from others, wherever it stands."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..findings import Check, Report
from ..inputs import ROLES
from ..source import Location, printable
from .text import open_questions


class Place(NamedTuple):
    """
    A place in a file; ``path`` is empty where something is wrong with an option, a variable or standard input.

    ``outside`` says that the file is in none of the folders that paths are relative to.
    """

    path: str
    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    outside: bool = False


_NO_FILES = (*ROLES, "the AWS command")
"""What a finding names where nothing was given."""


def place_of(at: Location, roots: Sequence[str] = ()) -> Place:
    """
    Return where *at* is on disk; of what stands in a wrapper, the wrapper, whose lines are others.

    With *roots*, folders, the path is relative to the first of them that holds the file.
    """
    name = at.file
    if not name or name.startswith(("--", "<", "env:")) or (at.line is None and name in _NO_FILES):
        return Place("")
    wrapped = bool(at.member) or "!" in name
    path = name.partition("!")[0] if wrapped else name
    inside = _inside(path, roots)
    shown, outside = printable(path if inside is None else inside), bool(roots) and inside is None
    if wrapped:
        return Place(shown, outside=outside)
    return Place(shown, at.line, at.end_line if at.end_line is not None else at.line, at.column, outside)


def _inside(path: str, roots: Sequence[str]) -> str | None:
    """Return *path* as seen from the first of *roots* that it is below, with slashes; None if there is none."""
    folder, name = os.path.split(os.path.abspath(path))
    for root in roots:
        # a link to a file stays where it is; one among the folders above may be how the root itself is reached
        for below, above in ((folder, root), (os.path.realpath(folder), os.path.realpath(root))):
            if f"{below}{os.sep}".startswith(f"{above.rstrip(os.sep)}{os.sep}"):
                return os.path.relpath(os.path.join(below, name), above).replace(os.sep, "/")
    return None


def main_file(report: Report, roots: Sequence[str] = ()) -> str:
    """Return the file of the first input that is one, for findings that are about none; empty where there is none."""
    places = (place_of(each.at, roots) for each in report.submission.inputs)
    return next((place.path for place in places if place.path and not place.outside), "")


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
