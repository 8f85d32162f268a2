"""
Where bytes come from, and where in them something is.

A *source* is what a user names on the command line: a path, ``-``, ``file://path``, ``fileb://path`` or
``env:NAME``.  Whatever is read is read once, up to a cap, and never written.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
from typing import TYPE_CHECKING, NamedTuple

from .patterns import rare
from .value import Value

if TYPE_CHECKING:
    from io import FileIO

MAX_BYTES = 4 * 1024 * 1024
"""Bytes read of one input; AWS's own largest limit is 2 MiB, and nothing beyond this cap is looked at."""
NOT_LOOKED_AT = "cap"
"""The sort of a problem (see ``Problem``) that says that a part of an input was never seen."""
EXHAUSTED = "budget"
"""The same, because all inputs together are more than one call may cost: that is nobody's fault but ours."""
UNSEEN = (NOT_LOOKED_AT, EXHAUSTED)
READ = "read"
"""The way of a problem (see ``Problem``) in spite of which everything was read that it is about."""
OTHERWISE = "otherwise"
"""The way of one whose cure is not to keep the lines from BEGIN to END."""
MAX_FILES = 200
"""Files looked at in one directory, or given at once."""
MAX_ALL_BYTES = 4 * MAX_BYTES
"""Bytes of all these files together."""

PATIENCE = 0.5
"""Seconds that whoever writes to a named pipe has to open it."""
_HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""Names of what the user's shell has opened already, be it a terminal."""

_MAX_NAMED = 4_096
"""Characters of what a user wrote that are repeated at most; no path is longer."""
_RUN = 99 + 32
"""Characters that tell whether a run begins."""
# what a line of a key looks like to somebody who has only the line
_BASE64_RUN = rare(
    "(?=[A-Za-z0-9+/=]{0,99}[A-Z])(?=[A-Za-z0-9+/=]{0,99}[a-z])(?=[A-Za-z0-9+/=]{0,99}[0-9])[A-Za-z0-9+/=]{32}"
)
_CONTENT = rare(r"-----|[\r\n]")

# C0, DEL, C1, line and paragraph separators, lone surrogates, all format characters (bidi controls, BOM, …), fillers,
# variation selectors, the blank of Braille: everything that could move the cursor, reorder a line or hide in it.
_UNPRINTABLE = rare(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5"
    "\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)

# what GitHub's runner obeys at the start of a line, and it or Azure's agent anywhere in a log:
# https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs,
# https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
_COMMAND = rare(r"##(?=\[|vso\[)|(?<!\S)::(?=[^\W\d])", re.IGNORECASE)


def printable(text: str) -> str:
    r"""
    Return *text* with every character that could trick a terminal written as ``\u{hex}``.

    And the first of each mark that the log of a pipeline would take for a command, wherever a line may be broken.
    """
    if not (text.isascii() and text.isprintable()):
        text = _UNPRINTABLE.sub(_in_hex, text)
    return _COMMAND.sub(_in_hex, text) if "##" in text or "::" in text else text


def _in_hex(match: re.Match[str]) -> str:
    found: str = match.group()
    return f"\\u{{{ord(found[0]):04x}}}{found[1:]}"


def shorten(text: str, length: int = 60) -> str:
    """Return *text*, printable, cut to about *length* characters."""
    text = printable(text[: length + 1])
    return text if len(text) <= length else text[: length - 1] + "…"


NOT_REPEATED = "(not repeated: it may be the content of a key)"


def named(text: str) -> str:
    """Return what a user wrote, printable; it is not repeated where it may be the content of a key."""
    looked_at = text[: _MAX_NAMED + _RUN]  # so that no part of a run is repeated that goes on behind
    secret = _CONTENT.search(looked_at) or _BASE64_RUN.search(looked_at)
    shown = text[:_MAX_NAMED] + "…" * (len(text) > _MAX_NAMED)
    return NOT_REPEATED if secret else printable(shown)


def quoted(text: str) -> str:
    """Return what a user wrote as ``named`` does, short and in quotes."""
    shown = named(text)
    return shown if shown.startswith("(") else f"'{shorten(shown)}'"


class Location(Value):
    """
    A place in an input.

    ``line``, ``end_line`` and ``column`` count from 1, ``block`` from 0 in its file; ``path`` is the ASN.1
    path inside the block, such as ``tbsCertificate.subject``.  ``member`` is the file that what stands in a wrapper
    becomes once it is taken out.
    """

    file: str
    line: int | None = None
    end_line: int | None = None
    column: int | None = None
    block: int | None = None
    path: str = ""
    member: str = ""

    def __str__(self) -> str:
        place = printable(self.file)
        if self.line is not None:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        return place

    def into(self, path: str) -> Location:
        """Return the same place, at the ASN.1 field *path*, which is in the one that is named already, if one is."""
        return self.replace(path=f"{self.path}.{path}" if self.path else path) if path else self

    @property
    def contained(self) -> bool:
        """Whether this is in a PKCS#7 or PKCS#12 container."""
        return self.path.startswith(("pkcs7.", "pkcs12."))


class Excerpt(NamedTuple):
    """A line of an input as it may be shown, and how many characters of it stand before the place that is meant."""

    text: str
    caret: int


class Problem(Value):
    """
    What a reader noticed: the finding-to-be of the rule called ``rule``.

    ``detail`` completes the rule's message.  ``sort`` tells apart what one rule reports with different
    severities (see ``Demand.only``), ``field`` names the fact that is missing because of it, ``way`` what only the
    reader knows of how to mend it.  ``coded`` is the rule about the form of the whole text that it was noticed beneath,
    such as UTF-16, ``alone`` says that its file holds one object and nothing else.
    """

    rule: str
    at: Location
    detail: str = ""
    sort: str = ""
    field: str = ""
    way: str = ""
    coded: str = ""
    alone: bool = False
    excerpt: Excerpt | None = None

    @property
    def is_loss(self) -> bool:
        """Whether something, a certificate or key perhaps, was not read at all because of it."""
        return (
            self.rule in ("pem-bad-base64", "key-unreadable")
            or (self.rule == "pem-marker-malformed" and self.way != READ)
            or (self.rule == "der-malformed" and self.sort != "readable")
            or (self.rule == "asn1-unreadable" and self.field == "certificate")
            or self.sort in UNSEEN
        )


class SourceError(Exception):
    """A source that cannot be read at all; its text is one sentence for the user."""


class Read(NamedTuple):
    """
    What a source held: the name to show, and the bytes.

    ``mode`` is the permission bits (POSIX) of the very file that was read, the one behind a symbolic link; None for
    what is no file, what the shell has opened, and where there are none (Windows).
    """

    name: str
    data: bytes
    mode: int | None = None


def read(source: str, most: int | None = None) -> tuple[str, bytes]:
    """Return name and bytes as ``read_file`` does."""
    return read_file(source, most)[:2]


def read_file(source: str, most: int | None = None) -> Read:
    """
    Return what *source* holds: one byte beyond *most* (``MAX_BYTES``) where it is longer.

    Raises SourceError where nothing can be read: no such file, a device, a socket, a named pipe that nobody writes to.
    It repeats no name that may be the content of a key.
    """
    try:
        return _open(source, (MAX_BYTES if most is None else most) + 1)
    except SourceError as error:
        if not source:
            raise SourceError("the path is empty") from None
        looks = "this looks like the content of a file, not its path; env:NAME reads a variable"
        raise SourceError(looks if _CONTENT.search(source) else str(error)) from None


def path_of(source: str) -> str:
    """Return the path that *source* names, if it names a file: without ``file://`` or ``fileb://``."""
    scheme, _, rest = source.partition("://")
    # a shell leaves ~ alone here, so the AWS CLI looks it up
    return os.path.expanduser(rest) if rest and scheme in ("file", "fileb") else source


def _open(source: str, size: int) -> Read:
    scheme, _, rest = source.partition(":")
    if scheme == "env":
        value = os.environb.get(os.fsencode(rest)) if os.supports_bytes_environ else None
        if value is None and not os.supports_bytes_environ:  # pragma: no cover (Windows)
            text = os.environ.get(rest)
            value = None if text is None else text.encode()
        if value is None:
            raise SourceError(f"{named(source)}: there is no environment variable of this name")
        return Read(source, value[:size])
    if source == "-":
        try:
            descriptor = sys.stdin.fileno()
        except (AttributeError, ValueError):  # None, closed, or replaced by what is no file
            raise SourceError("-: standard input is closed") from None
        return Read("<stdin>", _read(descriptor, "-", size)[0])
    path = path_of(source)
    return Read(path, *_read(path, path, size))


def _read(file: str | int, shown: str, size: int) -> tuple[bytes, int | None]:
    own = not isinstance(file, int)
    try:
        with open(file, "rb", buffering=0, closefd=own, opener=_opened if own else None) as stream:
            mode = _mode(stream) if own and not shown.startswith(_HANDED_OVER) else None
            pieces = [_begun(stream, size) if own else b""]
            left = size - len(pieces[0])
            while left:
                piece = stream.read(left)
                if piece == b"":
                    break
                if piece is None:  # standard input may be set not to wait, and nothing has come yet
                    _wait(stream, None)
                else:
                    pieces.append(piece)
                    left -= len(piece)
            return b"".join(pieces), mode
    except (OSError, ValueError) as error:  # ValueError: a NUL in the path
        raise SourceError(_reason(shown, error)) from None


def _opened(path: str, flags: int) -> int:
    """Open *path* without waiting for anybody; raise OSError for what is read by no end or acts when it is opened."""
    mode = os.stat(path).st_mode
    device = stat.S_ISCHR(mode) or stat.S_ISBLK(mode)
    if stat.S_ISSOCK(mode) or (device and path != os.devnull and not path.startswith(_HANDED_OVER)):
        raise OSError(errno.EINVAL, f"this is a {'device' if device else 'socket'}, not a file")
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _mode(stream: FileIO) -> int | None:
    """Return the permission bits of an open file; asking by its name could be answered by another one."""
    if os.name != "posix":  # pragma: no cover (Windows)
        return None
    found = os.fstat(stream.fileno()).st_mode
    return stat.S_IMODE(found) if stat.S_ISREG(found) else None


def _begun(stream: FileIO, size: int) -> bytes:
    """Return what can be read of a pipe at once, perhaps nothing; raise OSError where nobody writes to it."""
    if not hasattr(os, "O_NONBLOCK"):  # pragma: no cover (Windows)
        return b""
    piece: bytes | None = b""
    if stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode) and not _wait(stream, PATIENCE):
        piece = stream.read(size)
        if piece == b"":
            raise OSError(errno.EPIPE, "this is a pipe that nobody writes to")
    os.set_blocking(stream.fileno(), True)
    return piece or b""


def _wait(stream: FileIO, seconds: float | None) -> bool:
    """Wait, at most *seconds* if it is a number, until *stream* can be read; return whether it can."""
    import select

    return bool(select.select([stream], [], [], seconds)[0])


def _reason(shown: str, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or "this is not a path"
    return f"{named(shown)}: {reason[0].lower()}{reason[1:]}"


def listed(directory: str) -> list[str]:
    """
    Return the paths of the files in *directory*, sorted; hidden ones and directories are left out.

    Raises SourceError where it cannot be listed, and for more than ``MAX_FILES``.
    """
    try:
        names = sorted(name for name in os.listdir(directory) if name[0] != ".")
    except OSError as error:
        raise SourceError(_reason(directory, error)) from None
    paths = [path for path in (os.path.join(directory, name) for name in names) if os.path.isfile(path)]
    if len(paths) > MAX_FILES:
        raise SourceError(f"{named(directory)}: there are {len(paths):,} files in it; name those that are meant")
    return paths
