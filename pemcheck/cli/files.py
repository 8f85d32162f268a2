"""What ``check`` and ``fix`` are asked: the three inputs, the targets, and all that is said besides."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from ..source import named
from . import CANNOT_TELL, OK, REFUSED, Failure, complain
from .aws import OPERATIONS, add_options, note_ignored, parse_tags, refuse_foreign, refuse_hidden, split, swallow
from .chosen import target as chosen_target
from .options import Parser
from .passphrase import add_options as add_passphrase
from .passphrase import as_given, asked_for, given

if TYPE_CHECKING:
    from argparse import Namespace

    from ..encryption import Passphrase
    from ..facts import Certificate
    from ..findings import Report
    from ..submission import Submission
    from ..targets import Target, Want
    from ..trust import Store
    from ..weak import WeakKeys

_FILES = ("--certificate", "--private-key", "--certificate-chain")
_PASSED_ON = (
    *("trusted", "private_ca", "region", "certificate_arn", "server_certificate_name", "path", "via"),
    *("mutual_tls", "ownership_certificate_arn"),
)
"""The options that are handed to the rules under their own names."""


class Asked(NamedTuple):
    """A command line that was read: the inputs' contents and names, and what is wanted of them."""

    options: Namespace
    wants: list[Want]
    data: list[bytes | None]
    names: list[str]
    old: Certificate | None
    store: Store | None
    weak_keys: WeakKeys | None
    files: list[tuple[str, bytes]]
    found: frozenset[str]
    passphrase: Passphrase

    def gather(self) -> Submission:
        """
        Return the facts of everything that was given; at a terminal, ask for a passphrase that it needs.

        Raises Failure where it is not clear what is meant.
        """
        sources = (self.options.certificate, self.options.private_key, self.options.certificate_chain)
        from ..submission import Undetermined

        try:
            found = self._gather(self.passphrase)
            typed = asked_for(found.inputs, self.options, (*sources, *self.options.files))
            return found if typed is None else self._gather(typed)
        except Undetermined as error:
            raise Failure(str(error)) from None

    def _gather(self, passphrase: Passphrase) -> Submission:
        from ..gathering import gather

        beside = (self.old, self.store, self.weak_keys, passphrase)
        return gather(self.data, self.names, *beside, files=self.files, found=self.found)

    def gather_again(self, data: Sequence[bytes | None], names: Sequence[str]) -> Submission:
        """Return the facts of what was made of it: certificate, private key and chain, in this order."""
        from ..gathering import gather

        return gather(data, names, self.old, self.store, self.weak_keys)


def add_inputs(found: Parser) -> None:
    """Add the arguments that say what is to be judged, and for what."""
    found.add_argument("files", nargs="*", metavar="FILE", help="files or a directory, in any order: told by content")
    found.add_argument("--certificate", "--certificate-body", metavar="SRC", help="the end-entity certificate")
    found.add_argument("--private-key", metavar="SRC", help="its private key")
    found.add_argument("--certificate-chain", metavar="SRC", help="its issuer's certificate, and so on upwards")
    found.add_argument("--target", action="append", metavar="NAME", help="where to (repeatable; default acm)")
    found.add_argument("--at", metavar="TIME", help="judge for this moment (ISO 8601, UTC; default now)")
    found.add_argument("--hostname", action="append", default=[], metavar="NAME", help="must be covered (repeatable)")
    found.add_argument("--expires-within", default="30d", metavar="30d", help="warn that early (days; default 30d)")
    found.add_argument("--without-key", action="store_true", help="the key is elsewhere: do not judge it")
    found.add_argument("--replaces", metavar="SRC", help="the certificate that a re-import would replace")
    found.add_argument("--trust-store", metavar="FILE", help="roots that count as trusted: FILE, system or mozilla")
    found.add_argument("--weak-keys", metavar="FILE", help="known weak keys, as Debian's openssl-blacklist lists them")
    found.add_argument("--trusted", action="store_true", help="the issuer is publicly trusted, on my word")
    found.add_argument("--private-ca", action="store_true", help="the issuer is my own CA (webpki)")
    found.add_argument("--via", default="", metavar="HOW", help="how it is imported, such as cloudformation")
    found.add_argument("--mutual-tls", action="store_true", help="the domain name uses mutual TLS (API Gateway)")
    found.add_argument("--ownership-certificate-arn", default="", metavar="ARN", help="what proves who owns it")
    add_passphrase(found)
    add_options(found)


def asked(parser: Parser, arguments: Sequence[str]) -> Asked:
    """Return what *arguments* ask, everything read; raise Failure for what the user must correct."""
    words = split(arguments)
    operation = swallow(words)
    refuse_hidden(words)
    refuse_foreign(operation, words)
    options = parser.parse(words)
    sources = (options.certificate, options.private_key, options.certificate_chain)
    if all(source is None for source in sources) and not options.files:
        raise Failure("give FILE ..., or --certificate, --private-key and --certificate-chain (see --help)")
    further = (*options.files, *getattr(options, "intermediates", ()))
    others = (options.replaces, options.trust_store, options.weak_keys, options.passphrase_file, *further)
    if (*sources, *others).count("-") > 1:
        raise Failure("standard input (-) can be read once only")
    _contradictions(options)
    note_ignored(words)
    passphrase = given(options)
    from ..checking import replaced, wanted
    from ..source import SourceError, read
    from ..trust import find, load
    from ..weak import MAX_LIST_BYTES, read_list

    try:
        wants = [
            wanted(
                chosen_target(name),
                options.at,
                options.hostname,
                _period(options.expires_within),
                options.without_key,
                **{option: getattr(options, option) for option in _PASSED_ON},
                tags=parse_tags(options.tags),
                command=(operation, *(source or "" for source in sources)) if operation else (),
                passphrase=as_given(options),
            )
            for name in options.target or [_default_target(operation, options, words)]
        ]
        inputs = [_given(operation, option, source) for option, source in zip(_FILES, sources)]
        old = None if options.replaces is None else replaced(*read(options.replaces))
        store = None if options.trust_store is None else load(*find(options.trust_store))
        listed = None if options.weak_keys is None else read_list(read(options.weak_keys, MAX_LIST_BYTES)[1])
        files, found = _files(options.files)
    except (SourceError, ValueError) as error:  # TargetError is a ValueError
        raise Failure(str(error)) from None
    _note_needless_trust(options, [want.target for want in wants])
    data, names = [content for _, content in inputs], [name or "" for name, _ in inputs]
    return Asked(options, wants, data, names, old, store, listed, files, frozenset(found), passphrase)


def _files(sources: Sequence[str]) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Return name and content of every FILE, and the names of those that were found in a directory."""
    from ..source import MAX_ALL_BYTES, MAX_FILES, listed, read

    files: list[tuple[str, bytes]] = []
    found: list[str] = []
    for source in sources:
        inside = listed(source) if os.path.isdir(source) else []
        if os.path.isdir(source) and not inside:
            raise ValueError(f"{named(source)}: there is no file in this directory")
        found += inside
        files += [read(path) for path in inside or [source]]
        if len(files) > MAX_FILES or sum(len(data) for _, data in files) > MAX_ALL_BYTES:
            raise ValueError(f"more than {MAX_FILES} files, or {MAX_ALL_BYTES:,} bytes; name only those that are meant")
    return files, found


def _default_target(operation: str, options: Namespace, words: Sequence[str]) -> str:
    """Return the target that the operation names, or else the options that only IAM has."""
    if operation:
        return OPERATIONS[operation]
    body = any(word.partition("=")[0] == "--certificate-body" for word in words)
    return "iam" if body or options.server_certificate_name or options.path else "acm"


def _given(operation: str, option: str, source: str | None) -> tuple[str | None, bytes | None]:
    """Return name and content of one input; IAM's parameters are text, so that what names no file is the content."""
    from ..source import read

    if source is None:
        return None, None
    if operation == "upload-server-certificate" and not source.startswith(("file://", "fileb://", "env:")):
        shown = "--certificate-body" if option == "--certificate" else option
        return shown, source.encode("utf-8", "surrogateescape")
    return read(source)


def _contradictions(options: Namespace) -> None:
    """Raise Failure for options that cannot both be meant."""
    if options.without_key and options.private_key is not None:
        raise Failure("--without-key says that the key is elsewhere, and --private-key gives it; leave one out")
    if options.private_ca and options.trusted:
        raise Failure("--trusted says that the issuer is publicly trusted, --private-ca that it is your own")


def _note_needless_trust(options: Namespace, targets: Sequence[Target]) -> None:
    """Say that a trust store, or the word that the issuer is trusted, changes nothing, where that is so."""
    store = options.trust_store is not None
    if (store or options.trusted) and not any(each.asks_for_trust(store, options.private_ca) for each in targets):
        given = "--trust-store" if store else "--trusted"
        names = ", ".join(each.name for each in targets)
        complain(f"{given} was not needed: {names} {'ask' if len(targets) > 1 else 'asks'} for no public trust")


def _period(text: str) -> timedelta:
    from ..source import quoted

    match = re.fullmatch(r"(\d{1,5})d?", text.strip())
    if not match:
        raise ValueError(f"--expires-within: {quoted(text)} is not a number of days such as 30d")
    return timedelta(days=int(match.group(1)))


def status(reports: Sequence[Report]) -> int:
    """Return the exit status that the verdicts make."""
    verdicts = {report.verdict.value for report in reports}
    return REFUSED if "refused" in verdicts else CANNOT_TELL if "undecided" in verdicts else OK
