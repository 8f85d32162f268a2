"""What ``check`` and ``fix`` are asked: the three inputs, the targets, and all that is said besides."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ..source import named, path_of
from ..value import Value
from . import CANNOT_TELL, OK, REFUSED, Failure, complain
from .aws import (
    OPERATIONS,
    add_options,
    line_of,
    note_ignored,
    parse_tags,
    refuse_foreign,
    refuse_hidden,
    split,
    swallow,
)
from .chosen import target as chosen_target
from .given import FILES, Material, add_roles, read_material, read_one, require_one_reader, roles_of
from .options import HOSTNAME, Parser
from .output import COLOR
from .passphrase import add_options as add_passphrase
from .passphrase import as_given, given
from .settings import Settings, settings_of

if TYPE_CHECKING:
    from argparse import Namespace

    from ..budget import Budget
    from ..encryption import Passphrase
    from ..facts import Certificate
    from ..findings import Report
    from ..gathering import Given
    from ..submission import Submission
    from ..targets import Target, Want
    from ..trust import Store
    from ..weak import WeakKeys

_PASSED_ON = (
    *("trusted", "private_ca", "region", "certificate_arn", "server_certificate_name", "path", "via"),
    *("mutual_tls", "ownership_certificate_arn"),
)
"""The options that are handed to the rules under their own names."""


class Asked(Value):
    """A command line that was read: what is to be judged, and what is wanted of it."""

    options: Namespace
    wants: list[Want]
    material: Material
    old: Certificate | None
    store: Store | None
    weak_keys: WeakKeys | None
    passphrase: Passphrase
    budget: Budget
    settings: Settings
    command: tuple[str, str]
    """What stands before and behind the names of the files, to be repeated with others."""

    def gather(self) -> Submission:
        """
        Return the facts of everything that was given; at a terminal, ask for a passphrase that it needs.

        Raises Failure where it is not clear what is meant.
        """
        from ..gathering import put_together
        from ..submission import Undetermined

        sources = (*roles_of(self.options), *self.options.files)
        try:
            inputs = self.material.inputs(self.passphrase, self.options, sources, self.budget)
            beside = (self.old, self.store, self.weak_keys, self.material.found)
            return put_together(inputs, *beside, budget=self.budget)
        except Undetermined as error:
            raise Failure(error.told(*self.command)) from None

    def gather_again(self, data: Sequence[bytes | None], names: Sequence[str]) -> Submission:
        """Return the facts of what was made of it: certificate, private key and chain, in this order."""
        from ..gathering import gather

        return gather(data, names, self.old, self.store, self.weak_keys, budget=self.budget.rest())


    def judge(self, submission: Submission, wants: Sequence[Want]) -> tuple[Report, ...]:
        """Return a report for each of *wants*; what a file of settings made milder is told in it."""
        from ..checking import judge_all

        reports = judge_all(submission, [*wants])
        granted = self.settings.granted
        return tuple(report.replace(granted=granted) for report in reports) if granted else reports

    @property
    def paths(self) -> list[str]:
        """The paths of everything that was read, so that none of it is overwritten."""
        options = self.options
        sources = (
            *self.material.paths,
            *roles_of(options),
            *(options.replaces, options.trust_store, options.weak_keys, options.passphrase_file),
            *(options.target or ()),
            *(each for each in options.tags or () if each.startswith(("file://", "fileb://"))),
            self.settings.path,
            os.environ.get("SSL_CERT_FILE"),
        )
        return ["/dev/stdin" if source == "-" else path_of(source) for source in sources if source]


def add_inputs(found: Parser) -> None:
    """Add the arguments that say what is to be judged, and for what."""
    found.add_argument("files", nargs="*", metavar="FILE", help="files or a directory, in any order: told by content")
    add_roles(found)
    found.add_argument("--target", action="append", metavar="NAME", help="where to (repeatable; default acm)")
    found.add_argument("--at", metavar="TIME", help="judge for this moment (ISO 8601, UTC; default now)")
    found.add_argument("--hostname", action="append", default=[], metavar="NAME", help=HOSTNAME)
    found.add_argument("--expires-within", metavar="30d", help="warn that early (days; default 30d)")
    found.add_argument("--without-key", action="store_true", help="the key is elsewhere: do not judge it")
    found.add_argument("--replaces", metavar="SRC", help="the certificate that a re-import would replace")
    found.add_argument("--trust-store", metavar="FILE", help="roots that count as trusted: FILE, system or mozilla")
    found.add_argument("--weak-keys", metavar="FILE", help="known weak keys, as Debian's openssl-blacklist lists them")
    found.add_argument("--trusted", action="store_true", help="the issuer is publicly trusted, on my word")
    found.add_argument("--private-ca", action="store_true", help="the issuer is my own CA (webpki)")
    found.add_argument("--via", default="", metavar="HOW", help="api, cli, cloudformation, console, sdk or terraform")
    found.add_argument("--mutual-tls", action="store_true", help="the domain name uses mutual TLS (API Gateway)")
    found.add_argument("--ownership-certificate-arn", default="", metavar="ARN", help="what proves who owns it")
    found.add_argument("--config", metavar="FILE", help="the file of settings; none looks for none")
    found.add_argument("--color", choices=COLOR, default="auto", help="colour the text (on, off: as aws says it)")
    add_passphrase(found)
    add_options(found)


class Typed(Value):
    """A command line that was parsed: ``operation`` is AWS's, where a command of it was pasted."""

    parser: Parser
    options: Namespace
    operation: str
    words: list[str]
    settings: Settings


def typed(parser: Parser, arguments: Sequence[str]) -> Typed:
    """Return what *arguments* say, with the settings where they say nothing; raise Failure for what cannot be meant."""
    words = split(arguments)
    operation = swallow(words)
    refuse_hidden(words)
    refuse_foreign(operation, words)
    options = parser.parse(words)
    settings = settings_of(options, bool(_target_said(operation, options, words)))
    return Typed(parser, options, operation, words, settings)


def asked(typed: Typed) -> Asked:
    """Return what is asked, everything read; raise Failure for what the user must correct."""
    options, operation, words = typed.options, typed.operation, typed.words
    _refuse_contradictions(options)
    note_ignored(words)
    passphrase = given(options)
    from ..budget import Budget
    from ..source import SourceError

    try:
        wants = _wants(typed)
        roles = [_as_text(operation, option, source) for option, source in zip(FILES, roles_of(options))]
        material = read_material(roles, options.files)
        beside = _beside(typed, passphrase)
        asked = Asked(options, wants, material, *beside, passphrase, Budget(), typed.settings, ("", ""))
    except (SourceError, ValueError) as error:  # TargetError is a ValueError
        raise Failure(str(error)) from None
    _note_needless_trust(options, [want.target for want in wants])
    return asked.replace(command=_command(typed.parser, operation, words, options.files))


def _wants(typed: Typed) -> list[Want]:
    """Return what is wanted, for each target; raise ValueError, or Failure where a file of settings is to blame."""
    from ..checking import wanted

    options, operation, settings = typed.options, typed.operation, typed.settings
    with settings.blamed("target"):
        names = options.target or [_target_said(operation, options, typed.words) or "acm"]
        targets = [chosen_target(name) for name in names]
    with settings.blamed("expires-within"):
        within = period(options.expires_within)
    return [
        wanted(
            target,
            options.at,
            options.hostname,
            within,
            options.without_key,
            **{option: getattr(options, option) for option in _PASSED_ON},
            tags=parse_tags(options.tags),
            command=(operation, *(source or "" for source in roles_of(options))) if operation else (),
            passphrase=as_given(options),
        )
        for target in targets
    ]


def _beside(typed: Typed, passphrase: Passphrase) -> tuple[Certificate | None, Store | None, WeakKeys | None]:
    """Return what is compared with: the certificate to replace, the trust store, the list of weak keys."""
    from ..checking import replaced
    from ..source import read
    from ..trust import find, load
    from ..weak import MAX_LIST_BYTES, read_list

    options = typed.options
    old = None
    if options.replaces is not None:
        one = read_one(options.replaces)
        old = replaced(one.name, one.data, passphrase, one.member)
    with typed.settings.blamed("trust-store"):
        store = None if options.trust_store is None else load(*find(options.trust_store))
    listed = None if options.weak_keys is None else read_list(read(options.weak_keys, MAX_LIST_BYTES)[1])
    return old, store, listed


def _command(parser: Parser, operation: str, words: Sequence[str], files: Sequence[str]) -> tuple[str, str]:
    """
    Return what the user typed before and behind the names of *files*, as words for a shell.

    Without the options where one of them may hold the content of a key.
    """
    import shlex

    start = parser.prog.replace(" [check]", "") + (f" {line_of(operation)}" if operation else "")
    rest = parser.options_among(words, files)
    plain = all(named(word) == word for word in rest)
    return start, " ".join(map(shlex.quote, rest)) if plain else ""


def _target_said(operation: str, options: Namespace, words: Sequence[str]) -> str:
    """Return the target that the operation names, or else the options that only IAM has; empty if nothing does."""
    if operation:
        return OPERATIONS[operation]
    body = any(word.partition("=")[0] == "--certificate-body" for word in words)
    return "iam" if body or options.server_certificate_name or options.path else ""


def _as_text(operation: str, option: str, source: str | None) -> Given | str | None:
    """Return one input, as its source; IAM's parameters are text, so that what names no file is the content."""
    if source is None or operation != "upload-server-certificate" or source.startswith(("file://", "fileb://", "env:")):
        return source
    from ..gathering import Given

    shown = "--certificate-body" if option == "--certificate" else option
    return Given(shown, source.encode("utf-8", "surrogateescape"))


def _refuse_contradictions(options: Namespace) -> None:
    """Raise Failure where nothing is given, and for options that cannot both be meant."""
    sources = roles_of(options)
    if all(source is None for source in sources) and not options.files:
        raise Failure("give FILE ..., or --certificate, --private-key and --certificate-chain (see --help)")
    further = (*options.files, *getattr(options, "intermediates", ()), options.config)
    require_one_reader(
        (*sources, options.replaces, options.trust_store, options.weak_keys, options.passphrase_file, *further)
    )
    if options.without_key and options.private_key is not None:
        raise Failure("--without-key says that the key is elsewhere, and --private-key gives it; leave one out")
    refuse_two_words(options)


def refuse_two_words(options: Namespace) -> None:
    """Raise Failure where two options answer who is trusted."""
    if options.private_ca and options.trusted:
        raise Failure("--trusted says that the issuer is publicly trusted, --private-ca that it is your own")
    if options.trust_store is not None and options.trusted:
        raise Failure("--trusted says that the issuer is publicly trusted, --trust-store asks who is; leave one out")


def _note_needless_trust(options: Namespace, targets: Sequence[Target]) -> None:
    """Say that a trust store, or the word that the issuer is trusted, changes nothing, where that is so."""
    store = options.trust_store is not None
    if (store or options.trusted) and not any(each.asks_for_trust(store, options.private_ca) for each in targets):
        given = "--trust-store" if store else "--trusted"
        names = ", ".join(each.name for each in targets)
        complain(f"{given} was not needed: {names} {'ask' if len(targets) > 1 else 'asks'} for no public trust")


def period(text: str | None) -> timedelta:
    """Return what ``--expires-within`` says, by default 30 days; raise ValueError for what is no number of days."""
    from ..source import quoted

    text = "30d" if text is None else text
    match = re.fullmatch(r"(\d{1,5})d?", text.strip())
    if not match:
        raise ValueError(f"--expires-within: {quoted(text)} is not a number of days such as 30d")
    return timedelta(days=int(match.group(1)))


def status(reports: Sequence[Report]) -> int:
    """Return the exit status that the verdicts make."""
    verdicts = {report.verdict.value for report in reports}
    return REFUSED if "refused" in verdicts else CANNOT_TELL if "undecided" in verdicts else OK
