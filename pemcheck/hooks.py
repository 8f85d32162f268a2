"""
What pre-commit runs (see ``.pre-commit-hooks.yaml``): files in, a line for each fault out.

``pemcheck-certificates [options] FILE ...`` judges each file by itself, by the policy and the settings of ``check``;
``pemcheck-private-keys [--allow-encrypted] FILE ...`` finds private keys, which nobody should commit.  Exit status: 0
nothing to say, 1 refused or a key, 2 could not tell.  A file without a mark costs a look at its bytes, and no import.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Callable, NamedTuple

from .cli import CANNOT_TELL, INTERRUPTED, OK, REFUSED, Failure, Help, complain, write
from .sniff import is_der, is_store, utf16
from .source import MAX_BYTES, UNSEEN, SourceError, named, printable, read

if TYPE_CHECKING:
    from argparse import Namespace

    from .facts import Certificate
    from .findings import Report
    from .policy import Policy
    from .targets import Want
    from .trust import Store

MOST = 20
"""Keys that are told of one file."""

MOST_BYTES = 8 * MAX_BYTES
"""Bytes looked at of a file in which private keys are looked for, unless it has to be opened."""

MOST_PARTS = 1_000
"""Parts of a gzip file, one behind the other, that are looked at."""

_KEY = re.compile(rb"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_BODY = 20_000
"""Bytes looked at behind a BEGIN line; a key of 16,384 bits is not longer."""
_GZIP = b"\x1f\x8b"
_CHUNK = 65_536
_NO_BASE64 = re.compile(rb"\\[nrt]|[^A-Za-z0-9+/=]")
_HEADER = re.compile(rb"[A-Za-z-]{1,30}: [^\r\n\\]{0,200}")
_LEAST = 60
"""Characters of base64 in the shortest key, an Ed25519 one; less is a placeholder."""
_ENCODED = re.compile(rb"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}")
"""``-----BEGIN `` in base64 once more, as in the secrets of Kubernetes."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+\Z")
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
    wanted = (each for each in _keys(path, data) if not (allow_encrypted and each.encrypted))
    status = OK
    try:
        for each in islice(wanted, MOST):
            encrypted = " (encrypted)" if each.encrypted else ""
            _print(f"{each.place}: error: private-key-committed: this is {each.what}{encrypted}")
            status = REFUSED
    except _Unseen as unseen:
        complain(f"{printable(path)}: {unseen}")
        status = status or CANNOT_TELL
    return status


class _Unseen(Exception):
    """That a part of what was opened was not looked at; its text says which."""


class _Found(NamedTuple):
    place: str
    what: str
    encrypted: bool


def _keys(path: str, data: bytes) -> Iterator[_Found]:
    """Yield what private keys are in *data*, and in what it is compressed from, as far as that is looked at."""
    yield from _plain_keys(path, data)
    if data.startswith(_GZIP):
        inside, unseen = _decompressed(data)
        yield from _plain_keys(f"{path}!{os.path.basename(os.path.splitext(path)[0])}", inside)
        if unseen:
            raise _Unseen(unseen)


def _decompressed(data: bytes) -> tuple[bytes, str]:
    """Return what the gzip file *data* is compressed from, as far as it is whole; and what of it was not looked at."""
    import zlib

    pieces: list[bytes] = []
    at, left = 0, MOST_BYTES + 1
    with suppress(zlib.error):
        for _ in range(MOST_PARTS):
            if not data.startswith(_GZIP, at):
                return b"".join(pieces), ""
            part = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
            while not part.eof and at < len(data):
                packed = data[at : at + _CHUNK]
                pieces.append(part.decompress(packed, left))
                at += len(packed) - len(part.unused_data)
                left -= len(pieces[-1])
                if left <= 0:
                    return b"".join(pieces), f"only the first {MOST_BYTES:,} bytes of what is compressed are looked at"
        return b"".join(pieces), f"only its first {MOST_PARTS:,} parts are looked at"
    return b"".join(pieces), ""


def _plain_keys(path: str, data: bytes) -> Iterator[_Found]:
    """Yield what private keys are in *data*: in text of any kind, whatever stands around them, and in containers."""
    unseen = ""
    if _is_container(data):
        found, unseen = _in_container(path, data)
        yield from found
        if unseen and found:
            raise _Unseen(unseen)
        if found:
            return
    codec = utf16(data)
    if codec:
        data = data.decode(codec, "replace").encode()
    place = printable(path)
    for match, line in _with_lines(_KEY, data):
        start = match.end()
        if data.find(b"-----", start, start + _LEAST) < 0:  # most of what is none is told so, at little cost
            yield from _in_text(f"{place}:{line}", match.group(1), data[start : start + _BODY])
    for match, line in _with_lines(_ENCODED, data):
        for inner in _KEY.finditer(decoded := _decoded(match.group())):
            yield from _in_text(f"{place}:{line}", inner.group(1), decoded[inner.end() : inner.end() + _BODY])
    if data.startswith(b"PuTTY-User-Key-File-"):
        yield _Found(f"{place}:1", "a private key of PuTTY's", b"\nEncryption: none" not in data[:400])
    if _may_be_base64(data):
        yield from _in_container(path, data)[0]
    if unseen:
        raise _Unseen(unseen)


def _is_container(data: bytes) -> bool:
    return bool(is_der(data) or is_store(data) or data.startswith(b"PK\x03\x04"))


def _with_lines(pattern: re.Pattern[bytes], data: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
    """Yield each match in *data* with the number of its line; whatever there is in it, that is counted once."""
    line, counted = 1, 0
    for match in pattern.finditer(data):
        line += data.count(b"\n", counted, match.start())
        counted = match.start()
        yield match, line


def _in_text(place: str, label: bytes, behind: bytes) -> Iterator[_Found]:
    """Yield the key whose BEGIN line has *label*, if there is one behind it, and not only the words."""
    body = behind.partition(b"-----")[0]
    content = _NO_BASE64.sub(b"", _HEADER.sub(b"", body)).lstrip(b"+")  # which joins strings in a program
    key = _decoded(content)
    pgp = label.startswith(b"PGP")
    legacy = b"ENCRYPTED" in body
    openssh = key.startswith(b"openssh-key-v1\0")
    if len(content) >= _LEAST and (pgp or legacy or openssh or key[:1] == b"\x30"):
        encrypted = legacy or label.startswith(b"ENCRYPTED") or (openssh and b"\0\0\0\4none" not in key[:24])
        yield _Found(place, "a private key of PGP's" if pgp else "a private key", encrypted)


def _decoded(text: bytes) -> bytes:
    """Return what the base64 *text* is, as far as its alphabet and length go."""
    from binascii import a2b_base64

    text = text.partition(b"=")[0]
    return a2b_base64(text[: len(text) // 4 * 4])


def _may_be_base64(data: bytes) -> bool:
    """Whether *data* may be the DER of a key in base64, without BEGIN and END."""
    text = data.strip()
    return text.startswith(b"M") and _LEAST <= len(text) < 100_000 and _BASE64.match(text) is not None


def _in_container(path: str, data: bytes) -> tuple[list[_Found], str]:
    """Return the keys in what has to be opened, and the stores that may hold one; and what of it was not looked at."""
    from .facts import Other, PrivateKey
    from .gathering import look

    found = look(data[:MAX_BYTES], path)
    keys: list[_Found] = []
    for fact in found.objects:
        if isinstance(fact, PrivateKey):
            if fact.encrypted or fact.public is not None:
                keys.append(_Found(str(fact.at), "a private key", fact.encrypted))
        elif isinstance(fact, Other) and (fact.kind == "jks" or (fact.kind == "pkcs12" and fact.unread)):
            keys.append(_Found(str(fact.at), "a key store, which may hold private keys", True))
    return keys, next((problem.detail for problem in found.problems if problem.sort in UNSEEN), "")


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
        limit = MAX_BYTES if _is_container(data) else most
        if len(data) > limit:
            complain(f"{printable(path)}: only its first {limit:,} bytes are looked at")
            statuses.add(CANNOT_TELL)
        statuses.add(judge(path, data))
    return REFUSED if REFUSED in statuses else max(statuses)
