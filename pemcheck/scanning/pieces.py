"""
Files to pieces, each small enough to be read as ``check`` reads a file, and pieces to what is in them.

A file up to ``WHOLE`` is one piece, and so is what has to be read as one: DER, archives, documents.  Longer text is cut
behind END lines, a list of Kubernetes secrets between its items, JSON lines between lines, so that a bundle of any
length is never held as a whole.  A piece is only named here, by its place: whoever judges it reads it again.  What a
piece takes does not depend on how many things are in it: small documents share one, and one account.
"""

from __future__ import annotations

import os
import re
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from io import FileIO
from typing import Any, Callable, NamedTuple, TypeVar

from .. import sniff
from ..armor import decode
from ..budget import OBJECTS, Budget, Exhausted
from ..encryption import NOTHING, Passphrase
from ..inputs import read_input
from ..source import EXHAUSTED, MAX_BYTES, NOT_LOOKED_AT, Location, Problem, SourceError, named, read_file
from ..submission import Input
from . import documents

_MOST_DAMAGED = 500
"""Problems of one piece, beyond which small documents in it are only counted."""
WHOLE = 256 * 1024
"""Bytes of a file that is always read in one piece."""
STDIN = "-"
CLOSED_FOR = ("input-not-decrypted", "input-is-jks")
"""The rules about what was not opened, and may hold anything."""

ENCODED = "encoded"
"""The sort of a problem that tells of what no reader saw: a submission has nothing of it."""
_IN_BASE64 = re.compile(rb"(LS0tLS1CRUdJTi[A-Za-z0-9+/]{42})[A-Za-z0-9+/]*")
"""A BEGIN line in base64 once more, and what follows it."""
_MATTERS = re.compile(rb"-----BEGIN [A-Z0-9 ]{0,40}(?:CERTIFICATE|PRIVATE KEY)-----\s+\S")

_END = re.compile(rb"-----END [^\r\n-]{0,80}-----[ \t]*(?:\r\n|\n|\r)")
_LIST = re.compile(
    rb"\s*\{(?:\s*\"(?:apiVersion|kind)\"\s*:\s*\"[^\"\\]{0,40}\"\s*,"
    rb"|\s*\"metadata\"\s*:\s*\{[^{}]{0,500}\}\s*,)*\s*\"items\"\s*:\s*\["
)
_OPENING = (b"{", b"[")

PEM, LINES, ITEM, ALL = "pem", "lines", "item", "all"
"""The forms of pieces: some blocks of a text, some JSON lines, an item of a list or small ones, a file as a whole."""


class Piece(NamedTuple):
    """
    A part of the file at ``path``: ``length`` bytes from ``offset`` on, of ``ALL`` everything.

    ``line`` and ``block`` count the lines and blocks before it.
    """

    path: str
    form: str = ALL
    offset: int = 0
    length: int = 0
    line: int = 0
    block: int = 0


class TooLarge(SourceError):
    """What has to be read as a whole is larger than anything that is."""


# ------------------------------------------------------------------------------------------------ files to pieces


def split(
    path: str, size: int | None, heard: Callable[[int], None] = lambda count: None
) -> Iterator[tuple[Piece, bytes | None]]:
    """
    Yield the pieces of a file of *size* bytes; of standard input (``-``) with the bytes, since it can be read once.

    What is no regular file (*size* is None) is one piece, with its bytes.  *heard* is told how many bytes came of what
    has no size.  Raises SourceError.
    """
    if path == STDIN:
        import sys

        if sys.stdin is None:
            raise SourceError("-: standard input is closed")
        stream = sys.stdin.buffer

        def listen(count: int) -> bytes:
            data = stream.read(count)
            heard(len(data))
            return data

        yield from _stream(listen, path)
    elif size is None:
        found = read_file(path)
        if len(found.data) > MAX_BYTES:
            raise TooLarge(f"{named(path)}: more than {MAX_BYTES:,} bytes that are no file")
        heard(len(found.data))
        yield Piece(path), found.data
    elif size <= WHOLE:
        yield Piece(path), None
    else:
        with open_file(path) as file:
            yield from ((piece, None) for piece, _ in _stream(file.read, path))


def open_file(path: str) -> FileIO:
    """Return the regular file at *path*, opened; raise SourceError if there is none that can be read."""
    try:
        file = FileIO(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)))
    except OSError as error:
        raise SourceError(f"{named(path)}: {str(error.strerror).lower()}") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise SourceError(f"{named(path)}: this is no file any more")
    return file


class _Buffer:
    """What was read of a stream and not yet handed on; ``offset`` and ``line`` say what was."""

    def __init__(self, read: Callable[[int], bytes | None]) -> None:
        self.read = read
        self.data = b""
        self.ended = False
        self.offset = self.line = self.block = 0

    def fill(self, size: int) -> None:
        """Read until there are *size* bytes, or there is nothing more."""
        pieces, length = [self.data], len(self.data)
        while length < size and not self.ended:
            try:
                piece = self.read(min(WHOLE, size - length)) or b""
            except OSError as error:
                raise SourceError(f"it cannot be read on: {str(error.strerror).lower()}") from None
            self.ended = not piece
            pieces.append(piece)
            length += len(piece)
        self.data = b"".join(pieces)

    def take(self, length: int) -> bytes:
        """Hand on the first *length* bytes."""
        taken, self.data = self.data[:length], self.data[length:]
        self.offset += length
        self.line += taken.count(b"\n") + (taken.replace(b"\r\n", b"").count(b"\r") if b"\r" in taken else 0)
        self.block += taken.count(b"-----BEGIN ")
        return taken


def _stream(read: Callable[[int], bytes | None], path: str) -> Iterator[tuple[Piece, bytes]]:
    buffer = _Buffer(read)
    buffer.fill(WHOLE + 1)
    form = ALL if len(buffer.data) <= WHOLE else _form(buffer.data)
    if form == PEM and b"-----BEGIN " not in buffer.data:  # what is short enough is looked at in every way there is
        buffer.fill(MAX_BYTES + 1)
        form = ALL if len(buffer.data) <= MAX_BYTES else PEM
    if form == ALL:
        buffer.fill(MAX_BYTES + 1)
        if len(buffer.data) > MAX_BYTES:
            raise TooLarge(f"{named(path)}: this has to be read as a whole, and has more than {MAX_BYTES:,} bytes")
        yield Piece(path), buffer.data
        return
    if form == ITEM:
        buffer.take(_LIST.match(buffer.data).end())  # type: ignore[union-attr]
    while True:
        if len(buffer.data) < WHOLE // 2:
            buffer.fill(WHOLE)
        length = _CUTS[form](buffer)
        while length < 0 and len(buffer.data) <= MAX_BYTES and not buffer.ended:
            buffer.fill(min(2 * len(buffer.data), MAX_BYTES + 1))
            length = _CUTS[form](buffer)
        if length < 0:
            length = len(buffer.data)
        if not length:
            return
        piece = Piece(path, form, buffer.offset, length, buffer.line, buffer.block)
        taken = buffer.take(length)
        if _WORTH[form](taken):
            yield piece, taken


def _form(head: bytes) -> str:
    """Return the form of the pieces of a long file that begins with *head*."""
    if _LIST.match(head):
        return ITEM
    if is_lines(head):
        return LINES
    if head.lstrip()[:1] in _OPENING or sniff.is_der(head) or sniff.is_store(head) or sniff.utf16(head):
        return ALL
    return ALL if sniff.is_binary(head) else PEM


def is_lines(data: bytes) -> bool:
    """Whether *data* is JSON lines: a text in the first of them and in the second, or an object in each."""
    first, _, rest = data.lstrip().partition(b"\n")
    kind = {b"{": dict, b'"': str}.get(first[:1])
    return kind is not None and rest.lstrip()[:1] == first[:1] and isinstance(_json(first), kind)


def _json(line: bytes) -> Any:
    import json

    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _after_end(buffer: _Buffer) -> int:
    """Return how much is up to the last END line, or is no block at all; -1 where a block is open."""
    if buffer.ended:
        return len(buffer.data)
    ends = deque(_END.finditer(buffer.data, 0, len(buffer.data) - 2), 1)
    if ends:
        return ends[0].end()
    return -1 if b"-----BEGIN " in buffer.data else max(len(buffer.data) - 100, 0) or -1


def _after_line(buffer: _Buffer) -> int:
    return len(buffer.data) if buffer.ended else buffer.data.rfind(b"\n") + 1 or -1


_CUTS: dict[str, Callable[[_Buffer], int]] = {
    PEM: _after_end,
    LINES: _after_line,
    ITEM: lambda buffer: documents.after_items(buffer.data),
}
_WORTH: dict[str, Callable[[bytes], bool]] = {
    PEM: lambda data: b"-----" in data or _IN_BASE64.search(data) is not None,
    LINES: lambda data: True,  # the first line of all says what the file is
    ITEM: documents.may_hold,
}


# ----------------------------------------------------------------------------------------------- pieces to facts


def read(piece: Piece, passphrase: Passphrase = NOTHING, data: bytes | None = None) -> tuple[Piece, Input]:
    """
    Return what is in *piece*, whose bytes may be at hand as *data*; raise SourceError where it cannot be read.

    And the piece itself, whose form is known now: a short file may be JSON lines, which are read apart.
    """
    name, mode = "<stdin>" if piece.path == STDIN else piece.path, None
    if data is None:
        name, data, mode = _bytes_of(piece)
    if piece.form == ALL and len(data) <= WHOLE and is_lines(data):
        piece = piece._replace(form=LINES, length=len(data))
    found = _READERS[piece.form](name, data, piece, passphrase)
    return piece, found if mode is None else found.replace(mode=mode)


def _bytes_of(piece: Piece) -> tuple[str, bytes, int | None]:
    if piece.form == ALL:
        return read_file(piece.path)
    with open_file(piece.path) as file:
        file.seek(piece.offset)
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode) if os.name == "posix" else None
        return piece.path, file.read(piece.length), mode


def _read_all(name: str, data: bytes, piece: Piece, passphrase: Passphrase) -> Input:
    return _read(name, data, passphrase)


def _read(name: str, data: bytes, passphrase: Passphrase, budget: Budget | None = None) -> Input:
    """Return what ``check`` reads in *data*; and where PEM in base64 stands in a text that was not opened, that."""
    found = read_input("", name, data, passphrase, budget=budget)
    if found.wrapper or any(each.rule == "input-encoded-twice" for each in found.problems):
        return found
    several = (match for match in _IN_BASE64.finditer(data) if _MATTERS.match(decode(match[1].decode())))
    first = next(several, None)
    if first is None:
        return found
    at = Location(name, data.count(b"\n", 0, first.start()) + 1)
    count = 1 + sum(1 for _ in several)
    what = f"{count:,} certificates or keys" if count > 1 else "a certificate or key"
    detail = f"PEM in base64 is not looked at, {what}: the text is no document, or too long a one"
    unseen = Problem("input-too-large", at, detail, sort=ENCODED)
    return found.replace(problems=(*found.problems, unseen))


def _read_pem(name: str, data: bytes, piece: Piece, passphrase: Passphrase) -> Input:
    def moved(at: Location) -> Location:
        return at.replace(
            line=None if at.line is None else at.line + piece.line,
            end_line=None if at.end_line is None else at.end_line + piece.line,
            block=None if at.block is None else at.block + piece.block,
        )

    return _moved(_read(name, data, passphrase), moved)


def _read_lines(name: str, data: bytes, piece: Piece, passphrase: Passphrase) -> Input:
    """Return what is in some JSON lines, each a text or a document of its own."""

    def read(line: bytes, number: int, budget: Budget) -> Input:
        value = _json(line)
        inner = value.encode("utf-8", "replace") if isinstance(value, str) else line
        found = _read(name, inner, passphrase, budget)
        return _moved(found, lambda at: at.replace(line=number, end_line=number))

    lines = ((line, number + piece.line + 1) for number, line in documents.lines(data))
    return _together(Input("", Location(name), len(data)), lines, read)


def _read_items(name: str, data: bytes, piece: Piece, passphrase: Passphrase) -> Input:
    """Return what is in an item of a list, or in several that are small."""
    several = [*documents.items(data)]
    if len(several) == 1:
        return _read_item(name, several[0], passphrase, Budget())
    items = ((item, None) for item in several)
    whole = Input("", Location(name), len(data))
    return _together(whole, items, lambda item, _, budget: _read_item(name, item, passphrase, budget))


N = TypeVar("N", int, None)


def _together(whole: Input, several: Iterable[tuple[bytes, N]], read: Callable[[bytes, N, Budget], Input]) -> Input:
    """
    Return *whole* with what is in *several* documents in it, as *read* finds it, all paid from one account.

    Of those with nothing in them only the first says what it is.
    """
    objects: list[Any] = []
    problems: list[Problem] = []
    unread: list[N] = []
    budget = Budget()
    for document, number in several:
        if len(problems) >= _MOST_DAMAGED and len(document) <= documents.SMALL:
            unread.append(number)
            continue
        try:
            budget.require(OBJECTS)
        except Exhausted as error:
            if not any(each.sort == EXHAUSTED for each in problems[-1:]):
                problems.append(_unseen(whole, number, f"from here on it was not looked at: {error}", EXHAUSTED))
            break
        found = read(document, number, budget)
        objects += found.objects
        if found.objects or not problems or any(map(is_open, found.problems)):
            problems += found.problems
    if unread:
        detail = f"from here on {len(unread):,} of those that are too small for a certificate were not looked at"
        problems.append(_unseen(whole, unread[0], detail, NOT_LOOKED_AT))
    return whole.replace(objects=tuple(objects), problems=tuple(problems))


def _unseen(whole: Input, number: int | None, detail: str, sort: str) -> Problem:
    return Problem("input-too-large", whole.at.replace(line=number), detail, sort=sort)


def _read_item(name: str, data: bytes, passphrase: Passphrase, budget: Budget) -> Input:
    """Return what is in one item of a list, named as ``check`` names what is in the whole list."""
    tree = _json(data)
    metadata = tree.get("metadata") if isinstance(tree, dict) else None
    names = [metadata.get(each) for each in ("namespace", "name")] if isinstance(metadata, dict) else []
    from ..members.found import shown

    secret = "/".join(shown(each) for each in names if isinstance(each, str) and each)
    found = _read(name, data, passphrase, budget)
    if not secret:
        return found
    return _moved(found, lambda at: at.replace(file=at.file.replace(f"{name}!", f"{name}!{secret}/", 1)))


def is_open(problem: Problem) -> bool:
    """Whether it leaves open what there is: something is damaged, closed, or was not looked at."""
    return problem.is_loss or problem.rule in CLOSED_FOR or problem.sort == ENCODED


def _moved(it: Input, move: Callable[[Location], Location]) -> Input:
    return it.replace(
        objects=tuple(each.replace(at=move(each.at)) for each in it.objects),
        problems=tuple(each.replace(at=move(each.at)) for each in it.problems),
    )


_READERS: dict[str, Callable[[str, bytes, Piece, Passphrase], Input]] = {
    ALL: _read_all,
    PEM: _read_pem,
    LINES: _read_lines,
    ITEM: _read_items,
}
