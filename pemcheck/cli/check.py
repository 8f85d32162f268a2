"""``check``: whether a target takes these three files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from . import CANNOT_TELL, OK, REFUSED, Failure
from .aws import OPERATIONS, add_options, note_ignored, parse_tags, refuse_hidden, swallow
from .chosen import target as chosen_target
from .options import Parser, add_common, add_help, parser
from .passphrase import add_options as add_passphrase
from .passphrase import asked_for, given

if TYPE_CHECKING:
    from argparse import Namespace

    from ..findings import Report

_FILES = ("--certificate", "--private-key", "--certificate-chain")
_PASSED_ON = (
    *("trusted", "private_ca", "region", "certificate_arn", "server_certificate_name", "path", "via"),
    *("mutual_tls", "ownership_certificate_arn"),
)
"""The options that are handed to the rules under their own names."""

_EPILOG = """\
SRC is a path, - (standard input), file://PATH, fileb://PATH or env:NAME; PEM or DER.

exit status: 0 accepted by every target, 1 refused, 2 could not tell

other commands: inspect FILE..., rules, targets [NAME],
  explain RULE | "an error message from AWS"; each has --help

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
    add_common(found, ("text", "concise", "json"), "leave notes out")
    add_help(found)
    return found


def run(arguments: Sequence[str]) -> tuple[int, str]:
    """Return the exit status and what to print."""
    words = list(arguments)
    operation = swallow(words)
    refuse_hidden(words)
    options = _parser().parse(words)
    sources = (options.certificate, options.private_key, options.certificate_chain)
    if all(source is None for source in sources):
        raise Failure("give --certificate, --private-key and --certificate-chain (see --help)")
    others = (options.replaces, options.trust_store, options.weak_keys, options.passphrase_file)
    if (*sources, *others).count("-") > 1:
        raise Failure("standard input (-) can be read once only")
    _contradictions(options)
    note_ignored(words)
    passphrase = given(options)
    from ..checking import judge_all, replaced, wanted
    from ..gathering import gather
    from ..render import render
    from ..source import SourceError, read
    from ..trust import find, load
    from ..weak import read_list

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
            )
            for name in options.target or [_default_target(operation, options, words)]
        ]
        inputs = [_given(operation, option, source) for option, source in zip(_FILES, sources)]
        old = None if options.replaces is None else replaced(*read(options.replaces))
        store = None if options.trust_store is None else load(*find(options.trust_store))
        weak_keys = frozenset() if options.weak_keys is None else read_list(read(options.weak_keys)[1])
    except (SourceError, ValueError) as error:  # TargetError is a ValueError
        raise Failure(str(error)) from None
    data, names = [data for _, data in inputs], [name or "" for name, _ in inputs]
    submission = gather(data, names, old, store, weak_keys, passphrase)
    typed = asked_for(submission.inputs, options, sources)
    if typed is not None:
        submission = gather(data, names, old, store, weak_keys, typed)
    reports = judge_all(submission, wants)
    return _status(reports), render(reports, options.format, options.quiet)


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
        return option, source.encode("utf-8", "surrogateescape")
    return read(source)


def _contradictions(options: Namespace) -> None:
    """Raise Failure for options that cannot both be meant."""
    if options.without_key and options.private_key is not None:
        raise Failure("--without-key says that the key is elsewhere, and --private-key gives it; leave one out")
    if options.private_ca and options.trusted:
        raise Failure("--trusted says that the issuer is publicly trusted, --private-ca that it is your own")


def _period(text: str) -> timedelta:
    from ..source import quoted

    match = re.fullmatch(r"(\d{1,5})d?", text.strip())
    if not match:
        raise ValueError(f"--expires-within: {quoted(text)} is not a number of days such as 30d")
    return timedelta(days=int(match.group(1)))


def _status(reports: Sequence[Report]) -> int:
    verdicts = {report.verdict.value for report in reports}
    return REFUSED if "refused" in verdicts else CANNOT_TELL if "undecided" in verdicts else OK
