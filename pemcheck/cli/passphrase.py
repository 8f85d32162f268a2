"""
Where a passphrase comes from: a file, a variable, or a terminal; never the command line, which everybody can read.

An empty file or variable is the empty passphrase, which PKCS#12 can have; where it opens nothing, that it is empty is
said.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from ..source import printable
from . import Failure, complain

if TYPE_CHECKING:
    from ..encryption import Passphrase
    from ..submission import Input

MAX_LENGTH = 1024
"""Bytes of a passphrase, as OpenSSL has it."""
_TRIES = 3
_READ_BY_PEOPLE = ("text", "concise")


def add_options(found: ArgumentParser) -> None:
    """Add what says how encrypted inputs are opened."""
    group = found.add_argument_group("encrypted keys and PKCS#12")
    group.add_argument("--passphrase-file", metavar="FILE", help="its first line is the passphrase")
    group.add_argument("--passphrase-env", metavar="NAME", help="the variable that holds the passphrase")
    group.add_argument("--allow-expensive", action="store_true", help="derive keys at any cost of time and memory")


def given(options: Namespace) -> Passphrase:
    """Return the passphrase that the options name; raise Failure, in one sentence, where they name none."""
    from ..encryption import Passphrase

    if options.passphrase_file is not None and options.passphrase_env is not None:
        raise Failure("--passphrase-file and --passphrase-env both name the passphrase; leave one out")
    octets = None
    if options.passphrase_file is not None:
        octets = _from_file(options.passphrase_file)
    elif options.passphrase_env is not None:
        octets = _from_variable(options.passphrase_env)
    if octets is not None and len(octets) > MAX_LENGTH:
        raise Failure(f"the passphrase has more than {MAX_LENGTH:,} bytes; was another file or variable meant?")
    return Passphrase(octets, options.allow_expensive)


def as_given(options: Namespace) -> str:
    """Return the options that opened what is encrypted, as words of a shell for the next command; they were read."""
    from ..rules.table import file_word

    words = []
    if options.passphrase_file is not None:
        words.append(f"--passphrase-file {_once_more(options.passphrase_file)}")
    elif options.passphrase_env is not None:
        words.append(f"--passphrase-env {file_word(options.passphrase_env)}")
    if words and options.allow_expensive:
        words.append("--allow-expensive")
    return " ".join(words)


def _once_more(source: str) -> str:
    """Return a source as a word of a shell; a placeholder for what can be read only once, or is no name."""
    from ..rules.table import file_word
    from ..source import named, printable

    once = source == "-" or source.startswith(("/dev/fd/", "/proc/"))
    return "FILE" if once or named(source) != printable(source) else file_word(source)


def _from_file(source: str) -> bytes:
    from ..source import SourceError, read

    try:
        _, data = read(source)
    except SourceError as error:  # without the name: it may be the passphrase itself
        raise Failure(f"--passphrase-file: {str(error).rpartition(': ')[2]}") from None
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        kind = "UTF-8" if data[:1] == b"\xef" else "UTF-16"
        complain(
            f"--passphrase-file: it begins with a byte order mark ({kind}), as Windows writes it, which is taken as "
            "part of the passphrase; save it as plain text without one"
        )
    line = data.partition(b"\n")[0]
    return line[:-1] if line.endswith(b"\r") else line


def _from_variable(name: str) -> bytes:
    value = os.environ.get(name)
    if value is None:  # without the name: it may be the passphrase itself
        raise Failure("--passphrase-env: there is no environment variable of this name")
    return os.fsencode(value)


def opened_at_terminal(
    inputs: list[Input],
    again: Callable[[Sequence[int], Passphrase], list[Input]],
    options: Namespace,
    sources: Iterable[str | None],
) -> list[Input]:
    """
    Return *inputs*, those that need a passphrase opened with what the user types, by reading them *again* by number.

    Somebody is asked only at a terminal, for a format that people read, and where no option named a passphrase; who
    types nothing gives none.  A passphrase that is wrong is asked for again, a few times.
    """
    named = options.passphrase_file is not None or options.passphrase_env is not None
    if named or options.format not in _READ_BY_PEOPLE or "-" in sources or not _is_terminal():
        return inputs
    inputs = [*inputs]
    closed = [number for number, each in enumerate(inputs) if each.needs_passphrase]
    for left in reversed(range(_TRIES)):
        typed = _typed(inputs[closed[0]], options.allow_expensive) if closed else None
        if typed is None:
            break
        for number, each in zip(closed, again(closed, typed)):
            inputs[number] = each
        closed = [number for number in closed if _is_wrong(inputs[number])]
        if closed and left:
            complain(f"{printable(inputs[closed[0]].at.file)}: this passphrase does not open it")
    return inputs


def _typed(closed: Input, allow_expensive: bool) -> Passphrase | None:
    from getpass import getpass

    from ..encryption import Passphrase

    try:
        typed = getpass(f"Passphrase of {printable(closed.at.file)}: ")
    except EOFError:
        return None
    return Passphrase(os.fsencode(typed), allow_expensive) if typed else None


def _is_wrong(it: Input) -> bool:
    from ..encryption import WRONG

    return any(each.rule == "input-not-decrypted" and each.sort == WRONG for each in it.problems)


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
