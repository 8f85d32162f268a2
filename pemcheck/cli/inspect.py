"""``inspect``: what is in these files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import CANNOT_TELL, OK, complain
from .given import read_material, require_one_reader
from .options import Parser, add_common, add_help, parser
from .passphrase import add_options, given

if TYPE_CHECKING:
    from ..submission import Input

_EPILOG = """\
FILE is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or
DER.

exit status: 0 every file holds something, 2 one cannot be opened, holds nothing,
  or more than is looked at
"""
_LESS = ("input-not-decrypted", "der-malformed", "asn1-unreadable")
"""The rules about what makes the facts say less than the file."""


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("inspect", "Print what certificates, keys and other objects say.", _EPILOG)
    found.add_argument("files", nargs="+", metavar="FILE")
    add_options(found)
    add_common(found, ("text", "json"))
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = command().parse(arguments)
    require_one_reader((*options.files, options.passphrase_file))
    passphrase = given(options)
    from ..budget import Budget
    from ..gathering import completed
    from ..source import SourceError

    objects: list[dict[str, Any]] = []
    status, budget = OK, Budget()
    for source in options.files:
        try:
            material = read_material((), [source])
        except (SourceError, ValueError) as error:
            complain(str(error))
            status = CANNOT_TELL
            continue
        for found in material.inputs(passphrase, options, options.files, budget):
            objects += [fact.to_dict() for fact in completed(found, budget).objects]
            if not _is_told(found, found.at.file in material.found):
                status = CANNOT_TELL
    if options.format == "json":
        from ..render.as_json import dump

        return status, dump({"schema": 1, "objects": objects})
    from ..render.objects import render

    return status, render(objects) if objects else ""


def _is_told(found: Input, by_chance: bool) -> bool:
    """
    Say what is missing from the facts of an input; return whether nothing was left unseen in it.

    What was found in a folder *by_chance* need not hold anything.
    """
    from ..source import UNSEEN, printable

    whole = True
    for problem in found.problems:
        if problem.is_loss or problem.rule in _LESS:
            path = f"{problem.at.path}: " if problem.at.path else ""
            complain(f"{problem.at}: {problem.rule}: {path}{printable(problem.detail)}")
            whole = whole and problem.sort not in UNSEEN and problem.rule != "input-not-decrypted"
    if any(each.kind == "jks" for each in found.others):
        complain(f"{printable(found.at.file)}: input-is-jks: a Java key store, which is not opened")
        return False
    if not found.objects and not by_chance:
        complain(f"{printable(found.at.file)}: there is nothing in it that pemcheck knows")
    return whole and bool(found.objects or by_chance)
