"""The judges: pyca/cryptography, the openssl program, GnuTLS's certtool; what they refuse is a reason, not a gap."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

from cryptography import x509
from cryptography.exceptions import InternalError, InvalidKey, InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
    pkcs12,
)

from .tally import Refusal

T = TypeVar("T")

OPENSSL, CERTTOOL = shutil.which("openssl"), shutil.which("certtool")
PASSWORDS = (
    None, b"", b"password", b"password123", b"password1", b"test", b"foobar", b"cryptography", b"123456", b"asdf",
    b"abcdef", b"qwerty", b"a123456", b"passwordpassword", b"mypass", b"hello", b"testing", b"Ovidiu", b"1234",
    b"12345", b"baz", b"secret", b"changeit", "\u0391\u0392".encode(), b"user",
)  # fmt: skip
"""What these projects encrypt their test keys with."""
_VARIABLE = re.compile(r"[0-9a-f]{6,}|<[^>]*>|\d+")
_REFUSALS = (
    ValueError, TypeError, UnsupportedAlgorithm, InternalError, InvalidKey, x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType, x509.InvalidVersion, NotImplementedError, KeyError,
)  # fmt: skip


def said(get: Callable[[], T]) -> T | Refusal:
    """Return what pyca says, or why it does not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return get()
        except _REFUSALS as error:
            text = _VARIABLE.sub("…", str(error).replace("\n", " "))
            return Refusal(f"{type(error).__name__}: {text}"[:110].replace("|", "/"))


@cache
def certificate_of(data: bytes) -> x509.Certificate | Refusal:
    """Return pyca's certificate."""
    return said(lambda: x509.load_der_x509_certificate(data))


def loaded(data: bytes) -> x509.Certificate:
    """Return pyca's certificate of what it is known to load."""
    found = certificate_of(data)
    assert isinstance(found, x509.Certificate), found
    return found


def _load(data: bytes, password: bytes | None, checked: bool) -> Any:
    skip = not checked
    if b"BEGIN OPENSSH" in data:
        return load_ssh_private_key(data, password)
    load = load_pem_private_key if data.startswith(b"-----") else load_der_private_key
    return load(data, password, unsafe_skip_rsa_key_validation=skip)


@cache
def key_of(data: bytes, checked: bool = False) -> tuple[Any, bytes | None]:
    """Return pyca's private key, or why there is none, and the password; *checked* is how it loads keys by default."""
    if checked:
        password = key_of(data)[1]
        return said(lambda: _load(data, password, True)), password
    first: Any = None
    for password in PASSWORDS:
        found = said(lambda: _load(data, password, False))  # noqa: B023 called at once
        if not isinstance(found, Refusal):
            return found, password
        first = first or found
        if password is None and not re.search("[Pp]assword", found):
            break
    return first, None


@cache
def opened(data: bytes) -> tuple[Any, bytes | None]:
    """Return what pyca finds in a PKCS#12 file, or why it does not, and the password."""
    first: Any = None
    for password in PASSWORDS:
        found = said(lambda: pkcs12.load_pkcs12(data, password))  # noqa: B023 called at once
        if not isinstance(found, Refusal):
            return found, password
        first = first or found
    return first, None


def pkcs8(key: Any) -> bytes | Refusal:
    """Return a private key as DER PKCS#8."""
    return said(lambda: key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def belongs(key: Any, public: Any) -> bool | Refusal:
    """Return whether *public* verifies what *key* signs; keys that do not sign have their public halves compared."""
    message = b"what is signed"

    def sign() -> bytes:
        if isinstance(key, rsa.RSAPrivateKey):
            return key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        if isinstance(key, dsa.DSAPrivateKey):
            return key.sign(message, hashes.SHA256())
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(message, ec.ECDSA(hashes.SHA256()))
        signature: bytes = key.sign(message)
        return signature

    def verify(signature: bytes) -> bool:
        try:
            if isinstance(public, rsa.RSAPublicKey):
                public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(public, dsa.DSAPublicKey):
                public.verify(signature, message, hashes.SHA256())
            elif isinstance(public, ec.EllipticCurvePublicKey):
                public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
            else:
                public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    if type(key.public_key()) is not type(public):
        return False
    if not hasattr(key, "sign"):
        return bool(key.public_key() == public)
    signature = said(sign)
    return signature if isinstance(signature, Refusal) else said(lambda: verify(signature))


def issued(child: x509.Certificate, issuer: x509.Certificate) -> bool | Refusal:
    """Return whether *issuer*'s name and key are those that issued *child*."""

    def holds(verify: Callable[[], None]) -> bool:
        try:
            verify()
        except InvalidSignature:
            return False
        return True

    found = said(lambda: holds(lambda: child.verify_directly_issued_by(issuer)))
    if found != Refusal("ValueError: Unsupported signature algorithm"):
        return found
    digest, key = said(lambda: child.signature_hash_algorithm), said(issuer.public_key)
    if not isinstance(digest, hashes.HashAlgorithm) or child.signature_algorithm_parameters is None:
        return found
    # with SHA-1 and MD5 pyca verifies only who asks for them by name
    ours = child.signature, child.tbs_certificate_bytes
    if isinstance(key, rsa.RSAPublicKey) and isinstance(child.signature_algorithm_parameters, padding.PKCS1v15):
        return said(lambda: holds(lambda: key.verify(*ours, padding.PKCS1v15(), digest)))
    return found


def numbers(key: Any) -> tuple[Any, ...]:
    """Return what pyca says of a public key: kind, bits, curve, numbers, octets."""
    if isinstance(key, rsa.RSAPublicKey):
        public = key.public_numbers()
        return "rsa", key.key_size, None, (public.n, public.e), b""
    if isinstance(key, dsa.DSAPublicKey):
        number, group = key.public_numbers().y, key.parameters().parameter_numbers()
        return "dsa", key.key_size, None, (group.p, group.q, group.g, number), b""
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        return "ec", key.curve.key_size, key.curve.name.lower(), (point.x, point.y), b""
    kinds = {ed25519.Ed25519PublicKey: ("ed25519", 255), ed448.Ed448PublicKey: ("ed448", 448)}
    kind, bits = next((found for cls, found in kinds.items() if isinstance(key, cls)), ("other", None))
    return kind, bits, None, (), key.public_bytes_raw() if hasattr(key, "public_bytes_raw") else b""


def run(*commands: Sequence[str | bytes], inputs: Sequence[bytes] = ()) -> list[subprocess.CompletedProcess[bytes]]:
    """Run programs, two at a time, each with its standard input."""

    def one(pair: tuple[Sequence[str | bytes], bytes]) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(pair[0], input=pair[1], capture_output=True, check=False, timeout=60)

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, zip(commands, inputs or [b""] * len(commands))))
