"""``check``: whether a target takes these three files."""

from __future__ import annotations

from collections.abc import Sequence

from ..render import FORMATS
from . import OK
from .files import add_inputs, asked, typed
from .options import Parser, add_common, add_help, parser
from .output import coloured, fit_paper, roots, write_file
from .policy import add_options as add_policy
from .policy import policy_of, status, weighed
from .settings import show

_COMMANDS = """\
other commands: inspect FILE..., fix --out-dir DIR, scan PATH..., rules,
  targets [NAME], explain RULE | "an error message from AWS"; each has --help

examples:
  python -m pemcheck fullchain.pem privkey.pem
  python -m pemcheck --certificate cert.pem --private-key key.pem \\
      --certificate-chain chain.pem --target {}
"""
_EPILOG = """\
FILE ... may hold certificate, private key and chain in any order, together or
apart, and be a directory; what is what is told by content. Else name them.
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or
DER. One member of an archive, a secret or a document is named CONTAINER!MEMBER.

exit status: 0 accepted by every target, 1 refused, 2 could not tell

""" + _COMMANDS.format("acm")


_SHORT = """\
usage: python -m pemcheck [check] [options] FILE ...
       python -m pemcheck [options] --certificate SRC
           [--private-key SRC] [--certificate-chain SRC]

Say whether AWS would take this certificate, before the upload.
FILE ... may hold certificate, key and chain in any order, together or apart,
and be a directory. SRC is a path, - (standard input), file://PATH or env:NAME.

  --target NAME         where to: acm (default), cloudfront, ... (repeatable)
  --hostname NAME       to be covered: a warning, unless the target refuses it
  --without-key         the key is elsewhere: do not judge it
  --format FORM         text, concise, json, sarif, junit, github, gitlab, ...
  --ignore RULE         rules that do not count (also in pemcheck.toml)
  --fail-on LEVEL       what makes the exit status 1: error, warning or never
  --help-all            all options

exit status: 0 accepted by every target, 1 refused, 2 could not tell
""" + _COMMANDS.format("cloudfront")


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("[check]", "Say whether AWS would take this certificate, before the upload.", _EPILOG)
    found.usage = (
        f"{found.prog} [options] FILE ...\n"
        f"       {found.prog} [options] --certificate SRC [--private-key SRC] [--certificate-chain SRC]"
    )
    found.short = _SHORT
    add_inputs(found)
    add_policy(found)
    add_common(found, FORMATS, "leave notes out")
    found.add_argument("--output-file", metavar="FILE", help="write the report there instead of printing it")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    line = typed(command(), arguments)
    options = line.options
    policy = policy_of(options, line.settings)
    if options.show_config:
        return OK, show(line.settings, options)
    given = asked(line)
    from ..render import PLACED, render

    reports = given.judge(given.gather(), given.wants)
    if policy is not None:
        reports = weighed(policy, reports, options, line.settings.where("baseline"), given.paths)
    if options.output_file not in (None, "-"):
        fit_paper()
    within = roots() if options.format in PLACED else ()
    text = render(reports, options.format, options.quiet, within, options.fail_on or "error")
    if options.output_file not in (None, "-"):
        kept = [path for path in (options.baseline, options.write_baseline) if path is not None]
        write_file(options.output_file, text, "--output-file", [*given.paths, *kept])
        text = ""
    elif options.format == "text":
        text = coloured(text, options.color)
    return status(reports, options.fail_on or "error"), text
