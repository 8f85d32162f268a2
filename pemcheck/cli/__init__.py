"""The command line: arguments in, text and an exit status out.  No rule and no message about certificates."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

from ..version import VERSION

COMMANDS = ("check", "inspect", "fix", "scan", "rules", "targets", "explain")
_LONGEST = 12
"""Letters of a word that may be meant for a command."""
OK, REFUSED, CANNOT_TELL, INTERRUPTED = 0, 1, 2, 130


class Failure(Exception):
    """Something the user must correct; its text is one sentence."""


class Help(Exception):
    """The text of ``--help``."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run pemcheck with these arguments (without the program's name); return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    narrow = sys.stdout is not None and sys.stdout.isatty()
    try:
        if narrow:
            from .output import fit_terminal

            fit_terminal()
        status, text = _run(arguments[:])
        try:
            write(text)
        except BrokenPipeError:
            return status  # whoever reads has had enough; what was found out does not change by it
    except Failure as error:
        complain(str(error))
        return CANNOT_TELL
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if _verbose(arguments):
            _print_error(_where(error))
        complain(f"internal error ({type(error).__name__}); please report it, with what --version -v prints")
        return CANNOT_TELL
    finally:
        if narrow:
            from .output import fit_paper

            fit_paper()
    return status


def _verbose(arguments: Sequence[str]) -> bool:
    return any(each in ("-v", "--verbose", "-qv", "-vq") for each in arguments)


def _run(arguments: list[str]) -> tuple[int, str]:
    if "--version" in arguments:
        from . import version

        return OK, version.text(_verbose(arguments))
    named = bool(arguments) and arguments[0] in COMMANDS
    command = arguments.pop(0) if named else "check"
    if arguments and not named:
        _refuse_misspelt(arguments[0])
    if command == "inspect":
        from .inspect import run
    elif command == "fix":
        from .fix import run
    elif command == "scan":
        from .scan import run
    elif command == "rules":
        from .rules import run
    elif command == "targets":
        from .targets import run
    elif command == "explain":
        from .explain import run
    else:
        from .check import run
    try:
        return run(arguments)
    except Help as wanted:
        return OK, str(wanted)


def _refuse_misspelt(word: str) -> None:
    """Raise Failure where the first word is no file, and nearly a command."""
    like_one = word.isascii() and word.isalpha() and len(word) <= _LONGEST and word != "aws"
    if not like_one or os.path.lexists(word):
        return
    from ..version import program

    if word == "help":
        raise Failure(f"there is no command help; `{program()} --help` prints it, and each command has its own")
    import difflib

    near = difflib.get_close_matches(word, COMMANDS, 1, 0.75)
    if near:
        raise Failure(f"there is no command {word}, and no file; did you mean `{program()} {near[0]}`?")


def write(text: str) -> None:
    """Print *text*; raise BrokenPipeError where nobody reads any more, Failure where it cannot be printed."""
    if sys.stdout is None:
        raise Failure("standard output is closed")
    reconfigure = getattr(sys.stdout, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")  # a terminal that lacks a character is no reason to fail
    if not text.isascii():
        from .output import has_unicode, in_ascii

        text = text if has_unicode() else in_ascii(text)
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except OSError as error:
        _discard(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise
        raise Failure(f"standard output cannot be written: {error.strerror}") from None


def _discard(stream: TextIO) -> None:
    """Let nothing more be written to *stream*: Python would fail once more when it flushes at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def complain(sentence: str) -> None:
    """Print *sentence* to stderr; that nobody can hear it changes nothing."""
    _print_error(f"pemcheck: {sentence}")


def _print_error(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        _discard(sys.stderr)


def _where(error: BaseException) -> str:
    """Return where *error* comes from; not its text, which could quote a key."""
    import traceback

    return "Traceback (most recent call last):\n" + "".join(traceback.format_tb(error.__traceback__)).rstrip()


def program_version() -> str:
    """Return the program's name and version."""
    return f"pemcheck {VERSION}"
