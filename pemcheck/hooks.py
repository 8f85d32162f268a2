"""
What pre-commit runs (see ``.pre-commit-hooks.yaml``): files in, a line for each fault out.

``pemcheck-certificates [option of check ...] FILE ...`` judges each file by itself; ``pemcheck-private-keys FILE ...``
finds private keys, which nobody should commit.  Exit status: 0 nothing to say, 1 refused or a key, 2 could not tell.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence

from .source import SourceError, printable, read

_KEY_MARKS = (b"PRIVATE KEY", b"PuTTY-User-Key-File-")
_BINARY_MARKS = (b"0", b"openssh-key-v1\0", b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
"""How DER and key stores begin: everything else that is not text cannot hold a key that somebody would use."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
OK, REFUSED, CANNOT_TELL = 0, 1, 2


def private_keys(arguments: Sequence[str] | None = None) -> int:
    """Print every private key in the files that are named; with ``--allow-encrypted`` only those in clear."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    allowed = "--allow-encrypted" in words
    status = OK
    for path in (word for word in words if word != "--allow-encrypted"):
        try:
            _, data = read(path)
        except SourceError as error:
            print(f"pemcheck: {error}", file=sys.stderr)
            status = max(status, CANNOT_TELL)
            continue
        for line in _keys(path, data, allowed):
            print(line)
            status = REFUSED
    return status


def _keys(path: str, data: bytes, allowed: bool) -> Iterator[str]:
    """Yield a line for each private key in *data*."""
    if not any(mark in data for mark in _KEY_MARKS) and not data.startswith(_BINARY_MARKS) and not _may_be_base64(data):
        return
    from .facts import Other, PrivateKey
    from .gathering import look

    for fact in look(data, path).objects:
        encrypted = ""
        if isinstance(fact, PrivateKey):
            if not (fact.encrypted or fact.public is not None or fact.der):
                continue  # the words, not a key
            encrypted = " (encrypted)" if fact.encrypted else ""
        elif not isinstance(fact, Other) or fact.kind not in ("pkcs12", "jks"):
            continue
        else:
            encrypted = " (a key store, which is encrypted at most)" if fact.unread or fact.kind == "jks" else ""
        if not (allowed and encrypted):
            yield f"{fact.at}: error: private-key-committed: this is a private key{encrypted}: {printable(path)}"


def _may_be_base64(data: bytes) -> bool:
    return len(data) < 100_000 and _BASE64.fullmatch(data.strip() or b"-") is not None
