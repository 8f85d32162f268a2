"""``targets``: what each target demands, and where that is written."""

from __future__ import annotations

from collections.abc import Sequence

from . import OK, Failure
from .options import add_common, add_help, parser


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    found = parser("targets", "List the targets, or one target's demands in the order of its source.", "")
    found.add_argument("name", nargs="?", metavar="NAME")
    add_common(found, ("text", "json"))
    add_help(found)
    options = found.parse(arguments)
    from ..render import tables
    from ..targets import TargetError, get, known

    try:
        chosen = [get(options.name)] if options.name else list(known().values())
    except TargetError as error:
        raise Failure(str(error)) from None
    if options.format == "json":
        return OK, tables.targets_json(chosen)
    return OK, tables.target_text(chosen[0]) if options.name else tables.targets_text(chosen)
