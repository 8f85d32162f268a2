"""``fix``: three clean files out of what was given, checked again."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..source import shorten
from . import Failure
from .files import Asked, add_inputs, asked, status, typed
from .options import Parser, add_common, add_help, parser
from .output import coloured

if TYPE_CHECKING:
    from argparse import Namespace

    from ..facts import Certificate
    from ..findings import Report
    from ..repair import Plan
    from ..submission import Submission

_EPILOG = """\
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or
DER.
Of several targets, the first decides the form of the key and whether the root
is left out; what is written is judged for all of them.

fix writes certificate.pem, private-key.pem (mode 0600) and certificate-chain.pem,
all or none, and never overwrites one of its inputs. A file for which nothing was
given is not written; without a certificate, none is. What cannot be repaired is
listed, and decides the exit status.

exit status: 0 what was written is accepted by every target, 1 refused,
  2 could not tell, could not be written, wrong usage

example:
  python -m pemcheck fix --certificate fullchain.pem --private-key key.pem \\
      --out-dir new --target cloudfront
"""


def command() -> Parser:
    """Return what reads the command's arguments."""
    found = parser("fix", "Write the three files that AWS takes, as far as that can be done.", _EPILOG)
    found.usage = f"{found.prog} [options] --out-dir DIR [FILE ...]"
    found.add_argument("--out-dir", metavar="DIR", help="where to write (made if it is not there)")
    found.add_argument("--force", action="store_true", help="overwrite what is there, but never an input")
    found.add_argument("--diff", action="store_true", help="show what would be written, and write nothing")
    found.add_argument("--keep-root", action="store_true", help="keep the self-signed root, as a private CA needs it")
    found.add_argument(
        "--intermediates",
        action="append",
        default=[],
        metavar="DIR|FILE",
        help="certificates to complete the chain from (repeatable)",
    )
    add_inputs(found)
    add_common(found, ("text", "json"), "leave notes out")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    given = asked(typed(command(), arguments))
    options = given.options
    if not options.out_dir and not options.diff:
        raise Failure("give --out-dir DIR, or --diff to see what would be written")
    _refuse_content(options.out_dir or "")
    from ..repair import NAMES, plan
    from ..repair.losses import with_losses
    from .offered import read_offered

    submission = given.gather()
    offered, offering = read_offered(options.intermediates, given.budget)
    planned = plan(submission, given.wants[0], options.keep_root, offered, given.budget)
    paths = {role: os.path.join(options.out_dir or "", NAMES[role]) for role in planned.contents()}
    held_back = _held_back(submission, planned, options) if paths else ()
    written = bool(paths) and not options.diff and not held_back
    notes = held_back or (_write(options, planned, paths, [*given.paths, *offering]) if written else ())
    reports = _judge(given, submission)
    if paths:
        after = _judge(given, _made(given, planned, paths, written), repaired=True)
        reports = tuple(with_losses(old, new, planned) for old, new in zip(reports, after))
    from ..render.fixed import Outcome, render
    from .upload import commands

    found = commands(given, paths) if written and not status(reports) else ((), ())
    offering_notes = _about_offered(options.intermediates, offered, planned)
    outcome = Outcome(submission, planned, paths, written, reports, found[0], (*offering_notes, *notes, *found[1]))
    text = render(outcome, options.format, options.diff, options.quiet)
    return status(reports), coloured(text, options.color) if options.format == "text" else text


def _held_back(submission: Submission, planned: Plan, options: Namespace) -> tuple[str, ...]:
    """Return why nothing is written, in one sentence, where the private key cannot be and all files are or none."""
    from ..rules.roles import cut_off

    if planned.key is not None:
        return ()
    if submission.key is not None:
        return (f"all files are written or none, and the private key ({submission.key.at}) cannot be",)
    if not options.without_key and cut_off(submission, submission.input("private key")):
        return ("all files are written or none, and the private key may be in what was not looked at",)
    return ()


def _about_offered(sources: Sequence[str], offered: Sequence[Certificate], planned: Plan) -> tuple[str, ...]:
    """Return why nothing was taken of what --intermediates names, in one sentence, where nothing was."""
    if not sources or not planned.certificate or {each.at for each in offered} & {each.at for each in planned.chain}:
        return ()
    looked = f"--intermediates: {len(offered):,} certificate{'' if len(offered) == 1 else 's'} looked at, none taken"
    issuer = planned.wanted
    if issuer is None:
        return (f"{looked}: no issuer is missing",)
    alike = sum(each.subject.same_as(issuer) for each in offered)
    if alike:
        return (f"{looked}: {alike:,} of them named {shorten(issuer.text)}, but without the key that signed",)
    return (f"{looked}: none is {shorten(issuer.text) or 'the issuer, which has no name'}",)


def _refuse_content(folder: str) -> None:
    """Raise Failure where what would be made may be the content of a key: its name would show it to everybody."""
    from ..source import named, printable

    there = folder
    while there and not os.path.isdir(there) and os.path.dirname(there) != there:
        there = os.path.dirname(there)
    new = folder[len(there) :]
    if named(new) != printable(new):
        raise Failure("--out-dir: this looks like the content of a key; if it is a folder, make it first")


def _write(options: Namespace, planned: Plan, paths: dict[str, str], inputs: Sequence[str]) -> tuple[str, ...]:
    """Write the files; return what is to be said about those that were there before."""
    from ..repair import NAMES
    from ..source import named
    from ..writing import PUBLIC, SECRET, WritingError, write

    left = [os.path.join(options.out_dir, name) for role, name in NAMES.items() if role not in paths]
    stale = [named(path) for path in left if os.path.lexists(path)]
    if stale and not options.force:
        raise Failure(f"{stale[0]} is there already, and nothing would replace it; remove it, or give --force")
    contents = planned.contents()
    files = {NAMES[role]: (contents[role], SECRET if role == "private key" else PUBLIC) for role in paths}
    try:
        write(options.out_dir, files, options.force, inputs)
    except WritingError as error:
        raise Failure(str(error)) from None
    return tuple(f"{path} was there before, and does not belong to these files" for path in stale)


def _made(given: Asked, planned: Plan, paths: dict[str, str], written: bool) -> Submission:
    """Return the facts of what is in the files now, or would be."""
    from ..repair import NAMES
    from ..source import SourceError, read

    contents = planned.contents()
    try:
        data = [
            None if role not in paths else read(f"file://{paths[role]}")[1] if written else contents[role]
            for role in NAMES
        ]
    except SourceError as error:
        raise Failure(str(error)) from None
    return given.gather_again(data, [paths.get(role, "") for role in NAMES])


def _judge(given: Asked, submission: Submission, repaired: bool = False) -> tuple[Report, ...]:
    # how the files were named in a command that was pasted says nothing about those that were written
    return given.judge(submission, [want.replace(command=(), repaired=repaired) for want in given.wants])
