"""
What pre-commit runs (see ``.pre-commit-hooks.yaml``): files in, a line for each fault out.

``pemcheck-certificates [options] FILE ...`` judges each file by itself; ``pemcheck-private-keys [--allow-encrypted]
FILE ...`` finds private keys, which nobody should commit.  Exit status: 0 nothing to say, 1 refused or a key, 2 could
not tell.  A file without a mark costs a look at its bytes, and no import.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Callable, NamedTuple

from .sniff import is_der, is_store, utf16
from .source import MAX_BYTES, SourceError, named, printable, read

if TYPE_CHECKING:
    from .facts import Certificate
    from .findings import Report
    from .targets import Want

OK, REFUSED, CANNOT_TELL = 0, 1, 2
MOST = 20
"""Keys that are told of one file."""

_KEY = re.compile(rb"-----BEGIN ([A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?)-----")
_BODY = 20_000
"""Bytes looked at behind a BEGIN line; a key of 16,384 bits is not longer."""
_NO_BASE64 = re.compile(rb"\\[nrt]|[^A-Za-z0-9+/=]")
_HEADER = re.compile(rb"[A-Za-z-]{1,30}: [^\r\n\\]{0,200}")
_LEAST = 60
"""Characters of base64 in the shortest key, an Ed25519 one; less is a placeholder."""
_ENCODED = re.compile(rb"LS0tLS1CRUdJTi[A-Za-z0-9+/]{40,}={0,2}")
"""``-----BEGIN `` in base64 once more, as in the secrets of Kubernetes."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+\Z")
_CERTIFICATE = (b"CERTIFICATE-----", b"C\0E\0R\0T\0I\0F\0I\0C\0A\0T\0E\0-\0", b"LS0tLS1CRUdJTi")


class _Usage(ValueError):
    """A command line that cannot be meant."""


# ---------------------------------------------------------------------------------------------- private keys


def private_keys(arguments: Sequence[str] | None = None) -> int:
    """Print every private key in the files that are named; with ``--allow-encrypted`` only those in clear."""

    def run(words: Sequence[str]) -> int:
        options, files = _split(words, switches=("--allow-encrypted",))
        return _each(files, lambda path, data: _without_keys(path, data, "--allow-encrypted" in options))

    return _answer(run, arguments)


def _without_keys(path: str, data: bytes, allow_encrypted: bool) -> int:
    """Print a line for each private key in *data*, up to MOST."""
    wanted = (each for each in _keys(path, data) if not (allow_encrypted and each.encrypted))
    status = OK
    for each in islice(wanted, MOST):
        encrypted = " (encrypted)" if each.encrypted else ""
        print(f"{each.place}: error: private-key-committed: this is {each.what}{encrypted}")
        status = REFUSED
    return status


class _Found(NamedTuple):
    place: str
    what: str
    encrypted: bool


def _keys(path: str, data: bytes) -> Iterator[_Found]:
    """Yield what private keys are in *data*: in text of any kind, whatever stands around them, and in containers."""
    if is_der(data) or is_store(data) or data.startswith(b"PK\x03\x04"):
        yield from _in_container(path, data)
        return
    codec = utf16(data)
    if codec:
        data = data.decode(codec, "replace").encode()
    place = printable(path)
    for match in _KEY.finditer(data):
        yield from _in_text(f"{place}:{_line(data, match)}", match.group(1), data[match.end() :][:_BODY])
    for match in _ENCODED.finditer(data):
        for inner in _KEY.finditer(decoded := _decoded(match.group())):
            what = inner.group(1)
            yield from _in_text(f"{place}:{_line(data, match)}", what, decoded[inner.end() :][:_BODY])
    if data.startswith(b"PuTTY-User-Key-File-"):
        yield _Found(f"{place}:1", "a private key of PuTTY's", b"\nEncryption: none" not in data[:400])
    if _may_be_base64(data):
        yield from _in_container(path, data)


def _line(data: bytes, match: re.Match[bytes]) -> int:
    return data.count(b"\n", 0, match.start()) + 1


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


def _in_container(path: str, data: bytes) -> Iterator[_Found]:
    """Yield the keys in what has to be opened, and the stores that may hold one."""
    from .facts import Other, PrivateKey
    from .gathering import look

    for fact in look(data, path).objects:
        if isinstance(fact, PrivateKey):
            if fact.encrypted or fact.public is not None:
                yield _Found(str(fact.at), "a private key", fact.encrypted)
        elif isinstance(fact, Other) and (fact.kind == "jks" or (fact.kind == "pkcs12" and fact.unread)):
            yield _Found(str(fact.at), "a key store, which may hold private keys", True)


# ---------------------------------------------------------------------------------------------- certificates


def certificates(arguments: Sequence[str] | None = None) -> int:
    """
    Judge each file that is named by itself: its leaf, and what else of chain and key is in it.

    A file without certificates, and one that holds nothing but CAs' certificates, is passed over.
    """

    def run(words: Sequence[str]) -> int:
        switches, values = ("--trusted", "--private-ca"), ("--target", "--expires-within", "--at")
        options, files = _split(words, switches, values)
        return _each(files, _Judge(options))

    return _answer(run, arguments)


class _Judge:
    """Judges one file after the other; what is wanted is made out when the first certificate is found."""

    def __init__(self, options: dict[str, list[str]]) -> None:
        self.options = options
        period = options.get("--expires-within", ["30d"])[-1]
        match = re.fullmatch(r"(\d{1,5})d?", period)
        if match is None:
            raise _Usage("--expires-within must be a number of days such as 30d")
        self.days = int(match.group(1))

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
        from .gathering import gather
        from .submission import Undetermined

        wants = self._wants(without_key)
        try:
            submission = gather((None, None, None), ("certificate", "private key", "chain"), files=((path, data),))
        except Undetermined as error:
            print(f"{printable(path)}: error: {error.reason}")
            return CANNOT_TELL
        return max(_told(path, report, len(wants) > 1) for report in judge_all(submission, wants))

    def _wants(self, without_key: bool) -> list[Want]:
        from datetime import timedelta

        from .checking import wanted
        from .cli.chosen import target

        at = self.options.get("--at")
        return [
            wanted(
                target(name),
                at[-1] if at else None,
                expires_within=timedelta(days=self.days),
                without_key=without_key,
                trusted="--trusted" in self.options,
                private_ca="--private-ca" in self.options,
            )
            for name in self.options.get("--target", ["acm"])
        ]


def _is_authority(certificate: Certificate) -> bool:
    """Whether it is a CA's: by its extension, or a root from before there were any."""
    return certificate.is_ca or (certificate.version == 1 and certificate.subject.same_as(certificate.issuer))


def _told(path: str, report: Report, several: bool) -> int:
    """Print a report, unless it is all well; return the exit status that it makes."""
    from .findings import Severity, Verdict
    from .render.concise import render
    from .render.text import summary

    statuses = {Verdict.ACCEPTED: OK, Verdict.REFUSED: REFUSED, Verdict.UNDECIDED: CANNOT_TELL}
    if report.verdict is not Verdict.ACCEPTED or any(each.severity is Severity.WARNING for each in report.findings):
        last = summary(report)
        for line in render((report,), quiet=True).splitlines():
            print(f"{printable(path)}: {line}" if line == last else line)
    return statuses[report.verdict]


# -------------------------------------------------------------------------------------------------- the frame


def _answer(run: Callable[[Sequence[str]], int], arguments: Sequence[str] | None) -> int:
    """Return the status of *run*; what the user must correct is one sentence on stderr."""
    try:
        return run(sys.argv[1:] if arguments is None else arguments)
    except (SourceError, ValueError) as error:  # TargetError is a ValueError
        print(f"pemcheck: {error}", file=sys.stderr)
        return CANNOT_TELL


def _split(
    words: Sequence[str], switches: Collection[str], values: Collection[str] = ()
) -> tuple[dict[str, list[str]], list[str]]:
    """
    Return the options among *words*, each with its values, and the files; raise _Usage for an unknown one.

    Whoever commits a file chooses its name: options stand before the first file, and are not called like a file here.
    No argparse: it takes longer than all the files of a usual commit.
    """
    options: dict[str, list[str]] = {}
    rest = iter(words)
    files: list[str] = []
    for word in rest:
        name, equals, value = word.partition("=")
        if word == "--" or not word.startswith("--"):
            files += [word, *rest] if word != "--" or os.path.lexists(word) else rest
        elif os.path.lexists(word):
            raise _Usage(f"{named(word)} is the name of a file here, and is not taken for an option; put -- before it")
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


def _each(files: Sequence[str], judge: Callable[[str, bytes], int]) -> int:
    """Return the worst status of all *files*: 1 before 2, which is only that one could not tell."""
    statuses = {OK}
    for path in files:
        try:
            data = read(path if os.path.isabs(path) else os.path.join(os.curdir, path))[1]
        except SourceError as error:
            print(f"pemcheck: {error}", file=sys.stderr)
            statuses.add(CANNOT_TELL)
            continue
        if len(data) > MAX_BYTES:
            print(f"pemcheck: {printable(path)}: only its first {MAX_BYTES:,} bytes are looked at", file=sys.stderr)
            statuses.add(CANNOT_TELL)
        statuses.add(judge(path, data))
    return REFUSED if REFUSED in statuses else max(statuses)
