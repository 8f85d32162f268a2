"""``check``: whether a target takes these three files."""

from __future__ import annotations

from collections.abc import Sequence

from .files import add_inputs, asked, status
from .options import Parser, add_common, add_help, parser

_EPILOG = """\
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or DER.

exit status: 0 accepted by every target, 1 refused, 2 could not tell

other commands: inspect FILE..., fix --out-dir DIR, rules, targets [NAME],
  explain RULE | "an error message from AWS"; each has --help

example:
  python -m pemcheck --certificate cert.pem --private-key key.pem \\
      --certificate-chain chain.pem --target acm
"""


def _parser() -> Parser:
    found = parser("[check]", "Say whether AWS would take this certificate, before the upload.", _EPILOG)
    add_inputs(found)
    add_common(found, ("text", "concise", "json"), "leave notes out")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    given = asked(_parser(), arguments)
    from ..checking import judge_all
    from ..render import render

    reports = judge_all(given.gather(given.data, given.names), given.wants)
    return status(reports), render(reports, given.options.format, given.options.quiet)
