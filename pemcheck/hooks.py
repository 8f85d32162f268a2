"""
What pre-commit runs (see ``.pre-commit-hooks.yaml``): files in, a line for each fault out.

``pemcheck-certificates [options] FILE ...`` judges each file by itself, by the policy and the settings of ``check``;
``pemcheck-private-keys [--allow-encrypted] FILE ...`` finds private keys, which nobody should commit.  Exit status: 0
nothing to say, 1 refused or a key, 2 could not tell.  A file without a mark costs a look at its bytes, and no import.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Callable, NamedTuple

from .cli import CANNOT_TELL, INTERRUPTED, OK, REFUSED, Failure, Help, complain, write
from .keyfinder import MOST_BYTES, Unseen, is_container, keys
from .sniff import is_der
from .source import MAX_BYTES, SourceError, named, printable, read

if TYPE_CHECKING:
    from argparse import Namespace

    from .facts import Certificate
    from .findings import Report
    from .policy import Policy
    from .targets import Want
    from .trust import Store

MOST = 20
"""Keys that are told of one file."""

_CERTIFICATE = (b"CERTIFICATE-----", b"C\0E\0R\0T\0I\0F\0I\0C\0A\0T\0E\0-\0", b"LS0tLS1CRUdJTi")


_SWITCHES = ("--trusted", "--private-ca")
_LISTS = ("--target", "--select", "--ignore", "--severity")
_TEXTS = ("--expires-within", "--at", "--trust-store", "--fail-on", "--baseline", "--config")
_HELP_CERTIFICATES = """\
usage: pemcheck-certificates [options] FILE ...

Judge each certificate file by itself. Options are those of `pemcheck check`, and
so is pemcheck.toml, which holds where an option is not given:
  --target NAME, --at TIME, --expires-within 30d,
  --trusted, --private-ca, --trust-store FILE,
  --select RULE, --ignore RULE, --severity RULE=LEVEL, --baseline FILE,
  --fail-on LEVEL  what makes the exit status 1: error, warning or never
  --config FILE    the file of settings; none looks for none
  --help, --version

exit status: 0 nothing to say, 1 refused, 2 could not tell
"""
_HELP_KEYS = """\
usage: pemcheck-private-keys [--allow-encrypted] FILE ...

Find private keys in files of any kind.
  --allow-encrypted  let encrypted keys pass, and key stores that are closed
  --help, --version

exit status: 0 none, 1 a private key, 2 could not tell
"""


class _Usage(ValueError):
    """A command line that cannot be meant."""


# ---------------------------------------------------------------------------------------------- private keys


def private_keys(arguments: Sequence[str] | None = None) -> int:
    """Print every private key in the files that are named; with ``--allow-encrypted`` only those in clear."""

    def run(words: Sequence[str]) -> int:
        options, files = _split(words, _HELP_KEYS, switches=("--allow-encrypted",))
        clear_only = "--allow-encrypted" in options
        return _each(files, lambda path, data: _without_keys(path, data, clear_only), MOST_BYTES)

    return _answer(run, arguments)


def _without_keys(path: str, data: bytes, allow_encrypted: bool) -> int:
    """Print a line for each private key in *data*, up to MOST."""
    wanted = (each for each in keys(path, data) if not (allow_encrypted and each.encrypted))
    status = OK
    try:
        for each in islice(wanted, MOST):
            encrypted = " (encrypted)" if each.encrypted else ""
            _print(f"{each.place}: error: private-key-committed: this is {each.what}{encrypted}")
            status = REFUSED
    except Unseen as unseen:
        complain(f"{printable(path)}: {unseen}")
        status = status or CANNOT_TELL
    return status


# ---------------------------------------------------------------------------------------------- certificates


def certificates(arguments: Sequence[str] | None = None) -> int:
    """
    Judge each file that is named by itself: its leaf, and what else of chain and key is in it.

    A file without certificates, and one that holds nothing but CAs' certificates, is passed over.
    """

    def run(words: Sequence[str]) -> int:
        options, files = _split(words, _HELP_CERTIFICATES, _SWITCHES, (*_LISTS, *_TEXTS))
        return _each(files, _Judge(options))

    return _answer(run, arguments)


class _Asked(NamedTuple):
    """What is wanted of every file: the options, with the settings where they say nothing, made out once."""

    options: Namespace
    wants: list[Want]
    store: Store | None
    policy: Policy | None
    granted: tuple[tuple[str, str], ...]


def _asked(given: dict[str, list[str]]) -> _Asked:
    """Return what is wanted, as ``check`` would have it; raise Failure, ValueError or SourceError."""
    from argparse import Namespace

    from .checking import wanted
    from .cli.chosen import target
    from .cli.files import period, refuse_two_words
    from .cli.policy import known_findings, policy_of
    from .cli.settings import FAIL_ON, settings_of
    from .trust import find, load

    options = Namespace(write_baseline=None, **{_dest(name): name in given for name in _SWITCHES})
    for name in _LISTS:
        setattr(options, _dest(name), given.get(name))
    for name in _TEXTS:
        setattr(options, _dest(name), given[name][-1] if name in given else None)
    if options.fail_on not in (None, *FAIL_ON):
        raise _Usage(f"--fail-on is one of {', '.join(FAIL_ON)}")
    settings = settings_of(options, says_where=False)
    refuse_two_words(options)
    policy = policy_of(options, settings)
    if policy is not None and options.baseline is not None:
        policy = policy.replace(known=known_findings(options.baseline, settings.where("baseline")))
    with settings.blamed("target"):
        targets = [target(name) for name in options.target or ["acm"]]
    with settings.blamed("expires-within"):
        within = period(options.expires_within)
    with settings.blamed("trust-store"):
        store = None if options.trust_store is None else load(*find(options.trust_store))
    trust = {"trusted": options.trusted, "private_ca": options.private_ca}
    wants = [wanted(each, options.at, expires_within=within, **trust) for each in targets]
    return _Asked(options, wants, store, policy, settings.granted)


def _dest(option: str) -> str:
    return option[2:].replace("-", "_")


class _Judge:
    """Judges one file after the other; what is wanted is made out when the first certificate is found."""

    def __init__(self, options: dict[str, list[str]]) -> None:
        self.options = options
        self.asked: _Asked | None = None

    def __call__(self, path: str, data: bytes) -> int:
        """Print what is to be said of one file; return the exit status that it deserves."""
        marked = any(mark in data for mark in _CERTIFICATE)
        if not marked and not is_der(data):
            return OK
        from .gathering import look

        found = look(data, path)
        lost = any(each.is_loss for each in found.problems)
        if not found.certificates:
            other = any("certificate" not in each.unread for each in found.objects)
            if not lost or (other and not marked):
                return OK  # another thing than a certificate
        elif not found.keys and all(map(_is_authority, found.certificates)):
            return OK
        return self._judge(path, data, without_key=not found.keys)

    def _judge(self, path: str, data: bytes, without_key: bool) -> int:
        from .checking import judge_all
        from .cli.policy import status
        from .gathering import gather
        from .submission import Undetermined

        self.asked = asked = self.asked or _asked(self.options)
        names = ("certificate", "private key", "chain")
        try:
            submission = gather((None, None, None), names, store=asked.store, files=((path, data),))
        except Undetermined as error:
            _print(f"{printable(path)}: error: {error.reason}")
            return CANNOT_TELL
        reports = judge_all(submission, [want.replace(without_key=without_key) for want in asked.wants])
        reports = tuple(report.replace(granted=asked.granted) for report in reports)
        if asked.policy is not None:
            reports = tuple(map(asked.policy.apply, reports))
        for report in reports:
            _tell(path, report)
        return status(reports, asked.options.fail_on or "error")


def _is_authority(certificate: Certificate) -> bool:
    """Whether it is a CA's: by its extension, or a root from before there were any."""
    return certificate.is_ca or (certificate.version == 1 and certificate.subject.same_as(certificate.issuer))


def _tell(path: str, report: Report) -> None:
    """Print a report, unless it is all well, and was without the user's policy."""
    from .findings import Severity, Verdict
    from .render.concise import render
    from .render.text import policy_lines, summary

    mild = all(each.severity is Severity.NOTE for each in report.findings)
    if report.verdict is Verdict.ACCEPTED and mild and not (report.ignored or report.weighed):
        return
    about_all = (summary(report, quiet=True), *policy_lines((report,)))
    for line in render((report,), quiet=True).splitlines():
        _print(f"{printable(path)}: {line}" if line in about_all else line)


# -------------------------------------------------------------------------------------------------- the frame


def _print(line: str) -> None:
    """Print *line*; that nobody reads any more changes nothing.  Raises Failure where it cannot be printed."""
    with suppress(BrokenPipeError):
        write(f"{line}\n")


def _answer(run: Callable[[Sequence[str]], int], arguments: Sequence[str] | None) -> int:
    """Return the status of *run*; what the user must correct is one sentence on stderr."""
    try:
        return run(sys.argv[1:] if arguments is None else arguments)
    except Help as wanted:
        _print(str(wanted).rstrip("\n"))
        return OK
    except (Failure, SourceError, ValueError) as error:  # TargetError is a ValueError
        complain(str(error))
        return CANNOT_TELL
    except KeyboardInterrupt:
        return INTERRUPTED


def _split(
    words: Sequence[str], usage: str, switches: Collection[str], values: Collection[str] = ()
) -> tuple[dict[str, list[str]], list[str]]:
    """
    Return the options among *words*, each with its values, and the files; raise _Usage for an unknown one.

    Raises Help, with *usage* or the version, where that is asked.

    Whoever commits a file chooses its name: options stand before the first file, and are not called like a file here.
    No argparse: it takes longer than all the files of a usual commit.
    """
    options: dict[str, list[str]] = {}
    rest = iter(words)
    files: list[str] = []
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--" or not word.startswith("-"):
            files += [word, *rest] if word != "--" or os.path.lexists(word) else rest
        elif os.path.lexists(word):
            raise _Usage(f"{named(word)} is the name of a file here, and is not taken for an option; put -- before it")
        elif word in ("-h", "--help"):
            raise Help(usage)
        elif word == "--version":
            from .cli.version import text

            raise Help(text(verbose=False))
        elif name in values:
            given = value if equals else next(rest, None)
            if given is None:
                raise _Usage(f"{name} needs a value")
            options.setdefault(name, []).append(given)
        elif word in switches:
            options[word] = []
        else:
            raise _Usage(f"there is no option {named(name)}; there are {', '.join((*switches, *values))}")
    return options, files


def _each(files: Sequence[str], judge: Callable[[str, bytes], int], most: int = MAX_BYTES) -> int:
    """Return the worst status of all *files*: 1 before 2, which is only that one could not tell."""
    statuses = {OK}
    for path in files:
        try:
            data = read(path if os.path.isabs(path) else os.path.join(os.curdir, path), most)[1]
        except SourceError as error:
            complain(str(error))
            statuses.add(CANNOT_TELL)
            continue
        limit = MAX_BYTES if is_container(data) else most
        if len(data) > limit:
            complain(f"{printable(path)}: only its first {limit:,} bytes are looked at")
            statuses.add(CANNOT_TELL)
        statuses.add(judge(path, data))
    return REFUSED if REFUSED in statuses else max(statuses)
