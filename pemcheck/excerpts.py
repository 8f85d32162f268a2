"""
The line that a finding is about, as far as it may be shown.

A line may be a line of a key, whatever stands around it.  So of a file with a key none is shown, and of others the
markers, the one character that is meant, and what is proved to be a piece of a certificate; for all else stand dots.
"""

from __future__ import annotations

import binascii
from collections.abc import Sequence

from . import markers
from .facts import Certificate, Other, PrivateKey
from .pem import BOM, LINE_END, text_of
from .source import MAX_BYTES, Excerpt, Problem, printable

WIDTH = 66
"""Characters shown of a line."""
_REACH = 200
"""Characters on either side of the place that are looked at."""
_BASE64 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")


def with_excerpts(
    problems: Sequence[Problem], data: bytes, objects: Sequence[Certificate | PrivateKey | Other]
) -> list[Problem]:
    """Return *problems* of a file, which holds *data*, with the line of each that has a column, unless it has a key."""
    wanted = [each.at.line for each in problems if _has_one(each) and each.at.line]
    if not wanted or b"PRIVATE" in data.upper() or any(isinstance(each, PrivateKey) for each in objects):
        return [*problems]
    lines = LINE_END.split(text_of(data[:MAX_BYTES]), max(wanted))
    certificates = [each for each in objects if isinstance(each, Certificate)]
    return [_with_excerpt(each, lines, certificates) if _has_one(each) else each for each in problems]


def _has_one(problem: Problem) -> bool:
    """Whether it is at a column of the file as it is, and not of what was decoded first."""
    return problem.at.column is not None and not problem.coded


def _with_excerpt(problem: Problem, lines: Sequence[str], certificates: Sequence[Certificate]) -> Problem:
    number, column = problem.at.line or 0, problem.at.column or 0
    line = lines[number - 1]
    if problem.rule == "input-has-bom":
        line = text_of(BOM + BOM)[:1] + line
    around = [each for each in certificates if (each.at.line or 0) <= number <= (each.at.end_line or 0)]
    return problem.replace(excerpt=excerpt(line, column - 1, around))


def excerpt(line: str, index: int, around: Sequence[Certificate] = ()) -> Excerpt:
    """Return *line* as it may be shown, cut around *index*, which counts from 0; *around* are certificates there."""
    start = max(0, index - _REACH)
    piece = line[start : index + _REACH]
    index -= start
    clear = {index} if piece[index : index + 1] not in _BASE64 else set()
    for marker in markers.find(piece):
        if markers.shown(marker.label) == marker.label:
            clear.update(range(marker.start, marker.end))
    if any(_is_piece(piece.strip(" \t"), each) for each in around):
        clear.update(range(len(piece)))
    shown = [printable(each) if place in clear else " " if each.isspace() else "." for place, each in enumerate(piece)]
    caret = len("".join(shown[:index]))
    return _cut("".join(shown).rstrip(), caret)


def _is_piece(text: str, certificate: Certificate) -> bool:
    """Whether *text* is a piece of the base64 of *certificate*, in which nothing stands that belongs to none."""
    packed = binascii.b2a_base64(certificate.der, newline=False)
    return not certificate.extra and text.isascii() and text.encode() in packed


def _cut(text: str, caret: int) -> Excerpt:
    """Return as much of *text* as fits, with the place in it."""
    start = max(0, min(caret - WIDTH // 2, max(len(text), caret + 1) - WIDTH))
    return Excerpt(text[start : start + WIDTH], caret - start)
