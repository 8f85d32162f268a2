"""
Certificates and keys that other projects test with, taken apart without any code of the package.

What pip installs is found by name.  ``DIFFERENTIAL_SOURCES`` names a folder with unpacked source packages besides,
such as ``fetch`` makes it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.serialization import Encoding

from pemcheck import inspect
from pemcheck.facts import Certificate, PrivateKey

from . import tally
from .judges import certificate_of, key_of, opened, pkcs8
from .tally import Refusal

PACKAGES = ("cryptography_vectors", "asn1crypto_tests", "oscrypto_tests", "certifi")
SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
LARGEST = 1_000_000
"""Bytes of a file that is looked into: no certificate stands in a larger one."""

_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \1-----", re.DOTALL)
_HEADER = re.compile(rb"(?m)^[\w-]+:.*\n(?:[ \t].*\n)*")
_IN_C = re.compile(rb'\\n|[\s"\\]')


class Item(NamedTuple):
    """One object as its project has it: DER, or for a key perhaps the text of its PEM block."""

    source: str
    name: str
    data: bytes
    password: bytes | None = None
    labelled: type[Certificate] | None = None
    """What its label says it is."""

    @property
    def case(self) -> str:
        """How the list of disagreements calls it."""
        return hashlib.sha256(self.data).hexdigest()[:16]


class Collected(NamedTuple):
    """Everything that was found, each object once: the first of several copies counts."""

    certificates: list[Item]
    keys: list[Item]
    containers: list[Item]


def sources() -> dict[str, Path]:
    """Return the folders (or the file) to look through, by the names that the tables call them."""
    found = {}
    for name in PACKAGES:
        spec = find_spec(name)
        if spec is not None and spec.origin:
            found[name] = Path(spec.origin).parent
    if SYSTEM.exists():
        found["ca-certificates (Debian)"] = SYSTEM
    folder = os.environ.get("DIFFERENTIAL_SOURCES")
    for each in sorted(Path(folder).iterdir()) if folder else ():
        if each.is_dir() and each.name[0] != ".":
            found[f"{re.sub(r'[-_]?[0-9.]+$', '', each.name)} (Debian)"] = each
    return found


@cache
def collected() -> Collected:
    """Return all the material, and count it."""
    found = Collected([], [], [])
    known: set[bytes] = set()
    for source, top in sources().items():
        for path in sorted(top.rglob("*")) if top.is_dir() else [top]:
            if path.is_file() and not path.is_symlink() and path.stat().st_size < LARGEST:
                name = path.relative_to(top).as_posix() if top.is_dir() else path.name
                for item in objects(source, name, path.read_bytes()):
                    _file(item, found, known)
    for kind, items in (("certificates", found.certificates), ("keys", found.keys)):
        for item in items:
            judge = certificate_of(item.data) if kind == "certificates" else key_of(item.data)[0]
            refused = isinstance(judge, Refusal)
            tally.material[item.source, f"refused {kind}" if refused else kind] += 1
    return found


def objects(source: str, name: str, data: bytes) -> Iterator[Item]:
    """Yield each PEM block in a file, or the file itself where it is DER."""
    if data[:1] == b"\x30":
        yield Item(source, name, data)
    for match in _PEM.finditer(data):
        label, body = match.groups()
        if label.endswith(b"TESTING KEY"):  # as golang hides its keys from scanners
            label = label.replace(b"TESTING", b"PRIVATE")
        if b'"' in body or b"\\" in body:
            body = _from_c(body)
        if label.endswith(b"PRIVATE KEY"):
            yield Item(source, name, b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label, body.strip(), label))
        elif label in (b"CERTIFICATE", b"X509 CERTIFICATE", b"TRUSTED CERTIFICATE"):
            try:
                found = base64.b64decode(_IN_C.sub(b"", _HEADER.sub(b"", body)), validate=True)
            except binascii.Error:
                continue  # what is not base64 at all is the business of the tests of PEM
            trusted = label == b"TRUSTED CERTIFICATE"  # openssl's own, with its settings behind it
            yield Item(source, name, _first(found) if trusted else found, labelled=Certificate)


def _from_c(body: bytes) -> bytes:
    """Return what a string of C stands for, without the empty lines that its own line ends would make."""
    lines = [line.strip() for line in re.sub(rb'[" \t]', b"", body.replace(rb"\n", b"\n")).split(b"\n")]
    text = b"\n".join(line.strip(b"\\") for line in lines if line.strip(b"\\"))
    return re.sub(rb"(DEK-Info:.*\n)", rb"\1\n", text).replace(b"Proc-Type:4", b"Proc-Type: 4")


def _first(data: bytes) -> bytes:
    """Return the first DER object, of a length that takes one to three octets, in *data*."""
    octets = data[1] & 0x7F if data[1] & 0x80 else 0
    return data[: 2 + octets + (int.from_bytes(data[2 : 2 + octets], "big") if octets else data[1])]


def _file(item: Item, found: Collected, known: set[bytes]) -> None:
    """Put an object where it belongs: one reader that takes it for a certificate or a key is enough."""
    if item.data in known:
        return
    known.add(item.data)
    if item.data.startswith(b"-----"):
        found.keys.append(item._replace(password=key_of(item.data)[1]))
    elif item.name.endswith((".p12", ".pfx")):
        container = item._replace(password=opened(item.data)[1])
        found.containers.append(container)
        for part in _parts(container):
            _file(part, found, known)
    elif not isinstance(certificate_of(item.data), Refusal) or _ours(item, Certificate):
        found.certificates.append(item)
    elif not isinstance(key_of(item.data)[0], Refusal) or _ours(item, PrivateKey):
        found.keys.append(item._replace(password=key_of(item.data)[1]))


def _ours(item: Item, kind: type[Certificate | PrivateKey]) -> bool:
    return item.labelled is kind or any(isinstance(each, kind) for each in inspect(item.data))


def _parts(item: Item) -> Iterator[Item]:
    """Yield what pyca finds in a PKCS#12 file."""
    inside = opened(item.data)[0]
    if isinstance(inside, Refusal):
        return
    key = inside.key and pkcs8(inside.key)
    if key and not isinstance(key, Refusal):
        yield Item(item.source, f"{item.name}!", key)
    for each in (inside.cert, *inside.additional_certs):
        if each is not None:
            yield Item(item.source, f"{item.name}!", each.certificate.public_bytes(Encoding.DER), labelled=Certificate)
