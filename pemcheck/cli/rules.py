"""``rules``: everything pemcheck can complain about."""

from __future__ import annotations

from collections.abc import Sequence

from . import OK
from .options import Parser, add_common, add_help, parser


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("rules", "List every rule, and how severely each target asks it.", "")
    add_common(found, ("text", "json"), verbose="say what each is about; ")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = command().parse(arguments)
    from ..render import tables

    return OK, tables.rules_json() if options.format == "json" else tables.rules_text(options.verbose)
