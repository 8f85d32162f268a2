"""``explain``: what a rule asks, or what may be behind a message of AWS's; in some files, which of it is true."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..version import program
from . import OK, Failure
from .chosen import target as chosen_target
from .options import Parser, add_common, add_help, parser
from .passphrase import add_options, asked_for, given

if TYPE_CHECKING:
    from ..findings import Report
    from ..recognise import Match
    from ..targets import Target

_EPILOG = """\
RULE is a name that `python -m pemcheck rules` lists. MESSAGE is what AWS said,
whole, in part or with what a tool wrote around it; put it in quotes.
With files, explain also says which of it is true of them.
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME.

exit status: 0 explained (whatever is wrong with files), 2 no such rule or
  message, a file that cannot be read, wrong usage

examples:
  python -m pemcheck explain chain-out-of-order
  python -m pemcheck explain "The private key isn't supported." \\
      --certificate cert.pem --private-key key.pem
"""
_LIKE_A_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


def _parser() -> Parser:
    found = parser("explain", "Say what is behind a rule, or behind an error message from AWS.", _EPILOG)
    found.usage = f"{found.prog} [options] RULE | MESSAGE"
    found.add_argument("words", nargs="+", metavar="RULE | MESSAGE", help="what to explain")
    found.add_argument("--certificate", "--certificate-body", metavar="SRC", help="the end-entity certificate")
    found.add_argument("--private-key", metavar="SRC", help="its private key")
    found.add_argument("--certificate-chain", metavar="SRC", help="its issuer's certificate, and so on upwards")
    found.add_argument("--target", action="append", metavar="NAME", help="where to (default: whose message it is)")
    found.add_argument("--at", metavar="TIME", help="judge for this moment (ISO 8601, UTC; default now)")
    found.add_argument("--hostname", action="append", default=[], metavar="NAME", help="must be covered (repeatable)")
    add_options(found)
    add_common(found, ("text", "json"))
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = _parser().parse(arguments)
    from ..explain import in_table
    from ..recognise import recognise
    from ..targets import get

    text = " ".join(options.words)
    name = text.strip().lower()
    matches: tuple[Match, ...] = ()
    if in_table((name,)):
        names: tuple[str, ...] = (name,)
    elif _LIKE_A_RULE.fullmatch(name):
        raise Failure(_no_rule(name))
    else:
        matches = recognise(text)
        if not matches:
            raise Failure(_no_message(text))
        names = in_table(dict.fromkeys(rule for match in matches for rule in match.rules))
    targets = _targets(options.target or [])
    by_default = matches[0].target if matches else "acm"
    reports = _reports(options, targets or [get(by_default)], "key-missing" in names)
    from ..render.explained import render

    return OK, render(options.format, matches, names, reports, targets)


def _no_rule(name: str) -> str:
    import difflib

    from ..rules import BY_NAME
    from ..source import quoted

    near = difflib.get_close_matches(name[:100], BY_NAME, 1, 0.5)
    hint = f"did you mean {near[0]}?" if near else f"`{program()} rules` lists them"
    return f"there is no rule {quoted(name)}; {hint}"


def _no_message(text: str) -> str:
    """Return that a message is unknown; it is not repeated: some hold a key."""
    if not text.strip():
        return "give the name of a rule or a message of AWS's (see --help)"
    from ..rules import BY_NAME

    named = [name for name in BY_NAME if f"-{text.strip().lower()}-" in f"-{name}-"]
    if named:
        return f"these rules have that word in their names: {', '.join(named)}"
    from ..recognise import MAX_LENGTH

    looked = f" (its first {MAX_LENGTH:,} characters were looked at)" if len(text) > MAX_LENGTH else ""
    return (
        f"this message is not known{looked}; to see what is wrong with the files, run "
        f"`{program()} check --certificate SRC --private-key SRC --certificate-chain SRC`"
    )


def _targets(names: Sequence[str]) -> list[Target]:
    """Return the targets that the user named."""
    from ..source import SourceError
    from ..targets import Target, TargetError, get

    try:
        chosen = [chosen_target(name) for name in names]
        return [each if isinstance(each, Target) else get(each) for each in chosen]
    except (SourceError, TargetError) as error:
        raise Failure(str(error)) from None


def _reports(options: Namespace, targets: Sequence[Target], key_wanted: bool) -> tuple[Report, ...]:
    """
    Return what is wrong with the files, for each of *targets*; nothing where no file is given.

    That the key was left out counts as a fault only where *key_wanted*: who asks about a chain needs no key.
    """
    sources = (options.certificate, options.private_key, options.certificate_chain)
    if all(source is None for source in sources):
        return ()
    if (*sources, options.passphrase_file).count("-") > 1:
        raise Failure("standard input (-) can be read once only")
    passphrase = given(options)
    from ..checking import judge_all, wanted
    from ..gathering import gather
    from ..source import SourceError, read_file

    try:
        wants = [
            wanted(
                target,
                options.at,
                options.hostname,
                without_key=options.private_key is None and not key_wanted,
            )
            for target in targets
        ]
        inputs = [None if source is None else read_file(source) for source in sources]
    except (SourceError, ValueError) as error:
        raise Failure(str(error)) from None
    data, names = [each and each.data for each in inputs], [each.name if each else "" for each in inputs]
    modes = {each.name: each.mode for each in filter(None, inputs)}
    submission = gather(data, names, passphrase=passphrase, modes=modes)
    typed = asked_for(submission.inputs, options, sources)
    return judge_all(submission if typed is None else gather(data, names, passphrase=typed, modes=modes), wants)
