"""Finds private keys in a file of any kind, whatever stands around them, at little cost where there is none."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from .sniff import is_der, is_store, utf16
from .source import MAX_BYTES, UNSEEN, printable

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


class Unseen(Exception):
    """That a part of what was opened was not looked at; its text says which."""


class Found(NamedTuple):
    """A private key: the file and line for people, what it is called, and whether it is closed."""

    place: str
    what: str
    encrypted: bool


def keys(path: str, data: bytes) -> Iterator[Found]:
    """
    Yield what private keys are in *data*, the content of the file *path*, and in what it is compressed from.

    Raises Unseen, at the end, where a part was not looked at.
    """
    yield from _plain_keys(path, data)
    if data.startswith(_GZIP):
        inside, unseen = _decompressed(data)
        yield from _plain_keys(f"{path}!{os.path.basename(os.path.splitext(path)[0])}", inside)
        if unseen:
            raise Unseen(unseen)


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


def _plain_keys(path: str, data: bytes) -> Iterator[Found]:
    """Yield what private keys are in *data*: in text of any kind, whatever stands around them, and in containers."""
    unseen = ""
    if is_container(data):
        found, unseen = _in_container(path, data)
        yield from found
        if unseen and found:
            raise Unseen(unseen)
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
        yield Found(f"{place}:1", "a private key of PuTTY's", b"\nEncryption: none" not in data[:400])
    if _may_be_base64(data):
        yield from _in_container(path, data)[0]
    if unseen:
        raise Unseen(unseen)


def is_container(data: bytes) -> bool:
    """Whether *data* has to be opened to see what is in it, of which only ``MAX_BYTES`` are."""
    return bool(is_der(data) or is_store(data) or data.startswith(b"PK\x03\x04"))


def _with_lines(pattern: re.Pattern[bytes], data: bytes) -> Iterator[tuple[re.Match[bytes], int]]:
    """Yield each match in *data* with the number of its line; whatever there is in it, that is counted once."""
    line, counted = 1, 0
    for match in pattern.finditer(data):
        line += data.count(b"\n", counted, match.start())
        counted = match.start()
        yield match, line


def _in_text(place: str, label: bytes, behind: bytes) -> Iterator[Found]:
    """Yield the key whose BEGIN line has *label*, if there is one behind it, and not only the words."""
    body = behind.partition(b"-----")[0]
    content = _NO_BASE64.sub(b"", _HEADER.sub(b"", body)).lstrip(b"+")  # which joins strings in a program
    key = _decoded(content)
    pgp = label.startswith(b"PGP")
    legacy = b"ENCRYPTED" in body
    openssh = key.startswith(b"openssh-key-v1\0")
    if len(content) >= _LEAST and (pgp or legacy or openssh or key[:1] == b"\x30"):
        encrypted = legacy or label.startswith(b"ENCRYPTED") or (openssh and b"\0\0\0\4none" not in key[:24])
        yield Found(place, "a private key of PGP's" if pgp else "a private key", encrypted)


def _decoded(text: bytes) -> bytes:
    """Return what the base64 *text* is, as far as its alphabet and length go."""
    from binascii import a2b_base64

    text = text.partition(b"=")[0]
    return a2b_base64(text[: len(text) // 4 * 4])


def _may_be_base64(data: bytes) -> bool:
    """Whether *data* may be the DER of a key in base64, without BEGIN and END."""
    text = data.strip()
    return text.startswith(b"M") and _LEAST <= len(text) < 100_000 and _BASE64.match(text) is not None


def _in_container(path: str, data: bytes) -> tuple[list[Found], str]:
    """Return the keys in what has to be opened, and the stores that may hold one; and what of it was not looked at."""
    from .facts import Other, PrivateKey
    from .gathering import look

    found = look(data[:MAX_BYTES], path)
    keys: list[Found] = []
    for fact in found.objects:
        if isinstance(fact, PrivateKey):
            if fact.encrypted or fact.public is not None:
                keys.append(Found(str(fact.at), "a private key", fact.encrypted))
        elif isinstance(fact, Other) and (fact.kind == "jks" or (fact.kind == "pkcs12" and fact.unread)):
            keys.append(Found(str(fact.at), "a key store, which may hold private keys", True))
    return keys, next((problem.detail for problem in found.problems if problem.sort in UNSEEN), "")
