"""``targets``: what each target demands, and where that is written."""

from __future__ import annotations

from collections.abc import Sequence

from . import OK, Failure
from .chosen import target
from .options import Parser, add_common, add_help, parser

_EPILOG = """\
NAME may be FILE.toml, a target of your own: see docs/own-targets.md.

example:
  python -m pemcheck targets alb --format toml > our-balancer.toml
"""


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("targets", "List the targets, or one target's demands in the order of its source.", _EPILOG)
    found.add_argument("name", nargs="?", metavar="NAME")
    add_common(found, ("text", "json", "toml"), "leave out which rules each asks")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = command().parse(arguments)
    if options.format == "toml" and not options.name:
        raise Failure("--format toml prints one target; give its name")
    from ..render import tables
    from ..source import SourceError
    from ..targets import TargetError, known

    try:
        chosen = [target(options.name)] if options.name else list(known().values())
    except (SourceError, TargetError) as error:
        raise Failure(str(error)) from None
    if options.format == "toml":
        from ..render.as_toml import target_toml

        return OK, target_toml(chosen[0])
    if options.format == "json":
        return OK, tables.targets_json(chosen)
    return OK, tables.target_text(chosen[0]) if options.name else tables.targets_text(chosen, options.quiet)
