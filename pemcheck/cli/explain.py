"""``explain``: what a rule asks, or what may be behind a message of AWS's; in some files, which of it is true."""

from __future__ import annotations

import os
import re
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..source import path_of
from ..version import program
from . import CANNOT_TELL, OK, Failure, complain
from .chosen import target as chosen_target
from .given import add_roles, read_material, require_one_reader, roles_of
from .options import HOSTNAME, Parser, add_common, add_help, parser
from .passphrase import add_options, given

if TYPE_CHECKING:
    from ..findings import Report
    from ..recognise import Match
    from ..targets import Target

_EPILOG = """\
RULE is a name that `python -m pemcheck rules` lists. MESSAGE is what AWS said,
whole, in part or with what a tool wrote around it; put it in quotes.
With files or a directory behind it, or named by their roles, explain also says
which of it is true of them; of a message that is not known, what is wrong with
them.
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME.

exit status: 0 explained (whatever is wrong with files), 2 no such rule or
  message, a file that cannot be read, wrong usage

examples:
  python -m pemcheck explain chain-out-of-order
  python -m pemcheck explain "The private key isn't supported." \\
      --certificate cert.pem --private-key key.pem
"""
_LIKE_A_RULE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)+")


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("explain", "Say what is behind a rule, or behind an error message from AWS.", _EPILOG)
    found.usage = f"{found.prog} [options] RULE | MESSAGE [FILE ...]"
    found.add_argument("words", nargs="+", metavar="RULE | MESSAGE", help="what to explain, and files to look at")
    add_roles(found)
    found.add_argument("--target", action="append", metavar="NAME", help="where to (default: whose message it is)")
    found.add_argument("--at", metavar="TIME", help="judge for this moment (ISO 8601, UTC; default now)")
    found.add_argument("--hostname", action="append", default=[], metavar="NAME", help=HOSTNAME)
    add_options(found)
    add_common(found, ("text", "json"))
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    options = command().parse(arguments)
    from ..explain import in_table
    from ..recognise import recognise
    from ..targets import get

    first, *rest = options.words
    is_all = len(first.split()) > 1 or bool(in_table((first.strip().lower(),)))
    files = [word for word in rest if is_all or _is_file(word)]
    text = " ".join([first, *(word for word in rest if word not in files)])
    name = text.strip().lower()
    has_files = any(source is not None for source in (*roles_of(options), *files))
    matches: tuple[Match, ...] = ()
    names: tuple[str, ...] | None = None
    unknown = ""
    if in_table((name,)):
        names = (name,)
    elif _LIKE_A_RULE.fullmatch(name):
        unknown = _no_rule(name)
    elif matches := recognise(text):
        names = in_table(dict.fromkeys(rule for match in matches for rule in match.rules))
    else:
        unknown = _no_message(text, has_files)
    if unknown and not has_files:
        raise Failure(unknown)
    targets = _targets(options.target or [])
    by_default = matches[0].target if matches else "acm"
    reports = _reports(options, files, targets or [get(by_default)], "key-missing" in (names or ()))
    from ..render.explained import render

    if unknown:
        complain(unknown)
    return CANNOT_TELL if unknown else OK, render(options.format, matches, names, reports, targets)


def _no_rule(name: str) -> str:
    from ..source import quoted

    return f"there is no rule {quoted(name)}; {_near(name)}"


def _near(name: str) -> str:
    """Return the rules whose names are like *name*, or where all of them are."""
    import difflib

    from ..rules import BY_NAME

    close = difflib.get_close_matches
    near = close(name[:100], BY_NAME, 1, 0.8) or close(name[:100], BY_NAME, 3, 0.65)
    return f"did you mean {' or '.join(near)}?" if near else f"`{program()} rules` lists them"


def _no_message(text: str, has_files: bool) -> str:
    """Return that a message is unknown; it is not repeated: some hold a key.  Raise Failure where there is none."""
    if not text.strip():
        raise Failure("give the name of a rule or a message of AWS's (see --help)")
    from ..rules import BY_NAME

    named = [name for name in BY_NAME if f"-{text.strip().lower()}-" in f"-{name}-"]
    if named:
        return f"these rules have that word in their names: {', '.join(named)}"
    if text.strip().isalnum():  # one word is meant for the name of a rule
        return f"no rule has this name, and no message this word; {_near(text.strip().lower())}"
    from ..recognise import MAX_LENGTH

    looked = f" (its first {MAX_LENGTH:,} characters were looked at)" if len(text) > MAX_LENGTH else ""
    if has_files:
        return f"this message is not known{looked}; all that is wrong with the files is shown"
    return (
        f"this message is not known{looked}; to see what is wrong with the files, run "
        f"`{program()} check --certificate SRC --private-key SRC --certificate-chain SRC`"
    )


def _targets(names: Sequence[str]) -> list[Target]:
    """Return the targets that the user named."""
    from ..source import SourceError
    from ..targets import TargetError

    try:
        return [chosen_target(name) for name in names]
    except (SourceError, TargetError) as error:
        raise Failure(str(error)) from None


def _is_file(word: str) -> bool:
    """Whether *word* is a file and not one of a message's: those have no point or slash, but at their ends."""
    path = path_of(word.partition("!")[0])
    return bool(re.search(r"[./\\].", word)) and os.path.exists(path)


def _reports(
    options: Namespace, files: Sequence[str], targets: Sequence[Target], key_wanted: bool
) -> tuple[Report, ...]:
    """
    Return what is wrong with the files, for each of *targets*; nothing where no file is given.

    That the key was left out counts as a fault only where *key_wanted*: who asks about a chain needs no key.
    """
    sources = (*roles_of(options), *files)
    if all(source is None for source in sources):
        return ()
    require_one_reader((*sources, options.passphrase_file))
    passphrase = given(options)
    from ..budget import Budget
    from ..checking import judge_all, wanted
    from ..gathering import put_together
    from ..source import SourceError
    from ..submission import Undetermined

    try:
        wants = [wanted(target, options.at, options.hostname) for target in targets]
        material = read_material(roles_of(options), files)
        budget = Budget()
        inputs = material.inputs(passphrase, options, sources, budget)
        with_key = options.private_key is not None or any(each.keys and not each.role for each in inputs)
        wants = [want.replace(without_key=not (with_key or key_wanted)) for want in wants]
        return judge_all(put_together(inputs, found=material.found, budget=budget), wants)
    except Undetermined as error:
        import shlex

        raise Failure(error.told(f"{program()} explain {shlex.quote(options.words[0])}")) from None
    except (SourceError, ValueError) as error:
        raise Failure(str(error)) from None
