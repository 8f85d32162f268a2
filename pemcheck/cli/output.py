"""Where a report goes when it does not go to standard output."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import IO

from ..source import named
from . import Failure

_OPEN_ALREADY = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
"""Where names of what is no file of anybody's stand: a redirected ``/dev/stdout`` looks like one."""


_CHECKOUTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
"""Variables in which GitHub's and GitLab's pipelines say where the repository is."""

COLOR = ("auto", "always", "never", "on", "off")
"""What ``--color`` takes; the last two are the AWS CLI's words."""


_ASCII = {0x2026: "...", 0x2013: "-", 0x201C: "'", 0x201D: "'", 0x2500: "-", 0x2502: "|", 0x2514: "+", 0x251C: "|"}
"""What stands for the characters of ours that ASCII lacks; those of the tree are as wide as what they stand for."""


def coloured(text: str, choice: str) -> str:
    """
    Return a report as text for standard output: in ASCII where that has no more, or the user's locale is ``C``.

    It is in colour if ``--color`` says so, or else the terminal has it.
    """
    if not has_unicode() or _wants_ascii():
        text = in_ascii(text).encode("ascii", "backslashreplace").decode()
    if choice in ("never", "off") or (choice == "auto" and not _has_colour()):
        return text
    from ..render.colour import paint

    return paint(text)


def has_unicode() -> bool:
    """Whether standard output can hold more than ASCII."""
    try:
        "\u2514\u2500\u2026".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (LookupError, UnicodeError):
        return False
    return True


def _wants_ascii() -> bool:
    """Whether the user's locale is ``C``: Python writes UTF-8 in it all the same (PEP 538 and 540)."""
    of = os.environ.get
    kind = of("LC_CTYPE")
    kind = "" if kind in ("C.UTF-8", "C.utf8", "UTF-8") else kind  # which Python itself sets where LANG is C
    return not of("PYTHONIOENCODING") and (of("LC_ALL") or kind or of("LANG")) in ("C", "POSIX")


def in_ascii(text: str) -> str:
    """Return *text* with ASCII for the characters that pemcheck itself writes; names keep theirs."""
    return text.translate(_ASCII)


def _has_colour() -> bool:
    """Whether colour is welcome: see https://no-color.org and https://force-color.org; Windows is left out."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    terminal = sys.stdout is not None and sys.stdout.isatty()
    return terminal and os.name == "posix" and os.environ.get("TERM", "dumb") != "dumb"


def as_bytes(text: str) -> bytes:
    """Return *text* as it stands in files."""
    return text.encode("utf-8", "backslashreplace")


def roots() -> tuple[str, ...]:
    """Return the folders that paths in a report for GitHub or GitLab are relative to, the first that holds a file."""
    from .settings import repository

    named = (os.environ.get(name, "") for name in _CHECKOUTS)
    return tuple(each for each in (*named, repository()) if os.path.isabs(each))


def fit_terminal() -> None:
    """Let text have as many columns as the terminal that it goes to, or ``COLUMNS`` says, but not more than 80."""
    from ..render.page import NARROWEST, PAGE, WIDTH

    columns = os.environ.get("COLUMNS", "")
    try:
        width = int(columns) if columns.isdecimal() else os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError):  # a terminal that does not tell, or no descriptor
        width = 0
    PAGE.width = min(max(width or WIDTH, NARROWEST), WIDTH)


def fit_paper() -> None:
    """Let text have the 80 columns that it has wherever no terminal shows it."""
    from ..render.page import PAGE, WIDTH

    PAGE.width = WIDTH


def write_file(path: str, text: str | IO[bytes], option: str, inputs: Sequence[str] = ()) -> None:
    """
    Write *text*, or what a file of ours holds, to the file at *path*, whole or not at all.

    What stood there before is replaced.  What is no regular file (a pipe, ``/dev/stdout``) is written to as it is.
    Raises Failure, which names *option*; one of *inputs* (paths) is never replaced.
    """
    from ..writing import PUBLIC, WritingError, chunks, write

    data = as_bytes(text) if isinstance(text, str) else text
    folder, name = os.path.split(path)
    try:
        if os.path.abspath(path).startswith(_OPEN_ALREADY) or (os.path.exists(path) and not os.path.isfile(path)):
            with open(path, "ab") as file:
                file.writelines(chunks(data))
        elif not name or not os.path.isdir(folder or os.curdir):
            raise Failure(f"{option}: {named(path) if path else 'the path is empty'}: there is no such directory")
        else:
            write(folder or os.curdir, {name: (data, PUBLIC)}, force=True, inputs=inputs)
    except OSError as error:
        raise Failure(f"{option}: {named(path)}: {str(error.strerror).lower()}") from None
    except WritingError as error:
        raise Failure(f"{option}: {error}") from None
