"""``inspect``: what is in these files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from . import CANNOT_TELL, OK, Failure, complain
from .options import Parser, add_common, add_help, parser
from .passphrase import add_options, asked_for, given

_EPILOG = """\
FILE is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or DER.

exit status: 0 every file holds something, 2 one cannot be opened, holds nothing, or more than is looked at
"""
_LESS = ("input-not-decrypted", "der-malformed", "asn1-unreadable")
"""The rules about what makes the facts say less than the file."""


def _parser() -> Parser:
    found = parser("inspect", "Print what certificates, keys and other objects say.", _EPILOG)
    found.add_argument("files", nargs="+", metavar="FILE")
    add_options(found)
    add_common(found, ("text", "json"))
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = _parser().parse(arguments)
    if [*options.files, options.passphrase_file].count("-") > 1:
        raise Failure("standard input (-) can be read once only")
    passphrase = given(options)
    from ..budget import Budget
    from ..gathering import look
    from ..source import UNSEEN, SourceError, printable, read

    objects: list[dict[str, Any]] = []
    status, budget = OK, Budget()
    for source in options.files:
        try:
            name, data = read(source)
        except SourceError as error:
            complain(str(error))
            status = CANNOT_TELL
            continue
        found = look(data, name, passphrase, budget)
        typed = asked_for((found,), options, options.files)
        found = found if typed is None else look(data, name, typed, budget.again())
        objects += [fact.to_dict() for fact in found.objects]
        for problem in found.problems:
            if problem.is_loss or problem.rule in _LESS:
                path = f"{problem.at.path}: " if problem.at.path else ""
                complain(f"{problem.at}: {problem.rule}: {path}{printable(problem.detail)}")
                status = CANNOT_TELL if problem.sort in UNSEEN else status
        if not found.objects:
            complain(f"{printable(name)}: there is nothing in it that pemcheck knows")
            status = CANNOT_TELL
    if options.format == "json":
        from ..render.as_json import dump

        return status, dump({"schema": 1, "objects": objects})
    from ..render.objects import render

    return status, render(objects) if objects else ""
