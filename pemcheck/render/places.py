"""Where a finding stands, for programs that open files at a line; and what tells it from others, wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from ..facts import Certificate
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


def fingerprints(report: Report) -> list[str]:
    """
    Return for each finding what stays the same when files are moved and lines added: SHA-256 in hexadecimal.

    It is made of target, rule, what the finding is about (a certificate by the SHA-256 of its public key, so that a
    renewal with the same key is the same; else the role of the input and the submission's key), and its number among
    those that are the same in all this.
    """
    seen: dict[tuple[str, ...], int] = {}
    found = []
    for finding in report.findings:
        key = (report.target, finding.rule, *_about(report, finding.at))
        seen[key] = seen.get(key, 0) + 1
        found.append(sha256("\0".join((*key, str(seen[key]))).encode()).hexdigest())
    return found


def _about(report: Report, at: Location) -> tuple[str, str]:
    for each in report.submission.inputs:
        for fact in each.certificates:
            if (fact.at.file, fact.at.line, fact.at.block) == (at.file, at.line, at.block):
                return each.role, _key(fact)
    role = next((each.role for each in report.submission.inputs if each.at.file == at.file), "")
    return role, _key(report.submission.leaf)


def _key(certificate: Certificate | None) -> str:
    return "" if certificate is None or "key" in certificate.unread else certificate.key.sha256
