"""``check``: whether a target takes these three files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from . import CANNOT_TELL, OK, REFUSED, Failure
from .options import Parser, add_common, add_help, parser

if TYPE_CHECKING:
    from ..findings import Report

_EPILOG = """\
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or DER.

exit status: 0 accepted by every target, 1 refused, 2 could not tell

other commands: inspect FILE..., rules, targets [NAME]; each has --help

example:
  python -m pemcheck --certificate cert.pem --private-key key.pem \\
      --certificate-chain chain.pem --target acm
"""


def _parser() -> Parser:
    found = parser("[check]", "Say whether AWS would take this certificate, before the upload.", _EPILOG)
    found.add_argument("--certificate", "--certificate-body", metavar="SRC", help="the end-entity certificate")
    found.add_argument("--private-key", metavar="SRC", help="its private key")
    found.add_argument("--certificate-chain", metavar="SRC", help="its issuer's certificate, and so on upwards")
    found.add_argument("--target", action="append", metavar="NAME", help="where to (repeatable; default acm)")
    found.add_argument("--at", metavar="TIME", help="judge for this moment (ISO 8601, UTC; default now)")
    found.add_argument("--hostname", action="append", default=[], metavar="NAME", help="must be covered (repeatable)")
    found.add_argument("--expires-within", default="30d", metavar="30d", help="warn that early (days; default 30d)")
    found.add_argument("--without-key", action="store_true", help="the key is elsewhere: do not judge it")
    add_common(found, ("text", "concise", "json"), "leave notes out")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = _parser().parse(arguments)
    sources = (options.certificate, options.private_key, options.certificate_chain)
    if all(source is None for source in sources):
        raise Failure("give --certificate, --private-key and --certificate-chain (see --help)")
    if sources.count("-") > 1:
        raise Failure("standard input (-) can be read once only")
    from ..checking import gather, judge_all, wanted
    from ..render import render
    from ..source import SourceError, read

    try:
        wants = [
            wanted(name, options.at, options.hostname, _period(options.expires_within), options.without_key)
            for name in options.target or ["acm"]
        ]
        named = [(source, None) if source is None else read(source) for source in sources]
    except (SourceError, ValueError) as error:  # TargetError is a ValueError
        raise Failure(str(error)) from None
    names = [name or "" for name, _ in named]
    reports = judge_all(gather([data for _, data in named], names), wants)
    return _status(reports), render(reports, options.format, options.quiet)


def _period(text: str) -> timedelta:
    from ..source import quoted

    match = re.fullmatch(r"(\d{1,5})d?", text.strip())
    if not match:
        raise ValueError(f"--expires-within: {quoted(text)} is not a number of days such as 30d")
    return timedelta(days=int(match.group(1)))


def _status(reports: Sequence[Report]) -> int:
    verdicts = {report.verdict.value for report in reports}
    return REFUSED if "refused" in verdicts else CANNOT_TELL if "undecided" in verdicts else OK
