"""
What oscrypto says, where it loads.

Only its SignatureError is a no: under a FIPS or another restricted provider every call raises OSError, and on
hostile keys anything else.  It is given DER objects and never a certificate: ``load_certificate`` crashes later on a
public key that OpenSSL cannot read.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any, Callable

from .. import arithmetic
from ..facts import Algorithm, PrivateKey, PublicKey
from . import oscrypto_loader
from .answers import Answer, cannot_tell, confirmed, safely

_SCHEMES = {"rsa": "rsa_pkcs1v15", "ec": "ecdsa", "dsa": "dsa"}
"""The scheme in the names of oscrypto's functions, by kind of key.  Not rsassa_pss: it signs with a salt as long as
the hash, whatever the key is restricted to, and the result does not verify."""

_MAX_KEYS = 64
"""Public keys of issuers that are kept loaded."""

_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


def too_large(public: PublicKey) -> bool:
    """Whether calculating with *public* could take seconds; OpenSSL's answer would then be an error, not a no."""
    limits = {
        "rsa": (arithmetic.MAX_MODULUS_BITS, arithmetic.MAX_EXPONENT_BITS),
        "rsassa_pss": (arithmetic.MAX_MODULUS_BITS, arithmetic.MAX_EXPONENT_BITS),
        "dsa": (arithmetic.MAX_MODULUS_BITS, arithmetic.MAX_ORDER_BITS),
    }
    return any(number.bit_length() > limit for number, limit in zip(public.numbers, limits.get(public.kind, ())))


def can_use(public: PublicKey) -> bool:
    """Whether oscrypto has functions for keys such as *public*, and may be given it."""
    if public.kind == "ec" and public.curve not in arithmetic.CURVES:
        return False
    return public.kind in _SCHEMES and bool(public.numbers and public.der) and not too_large(public)


def can_hash(algorithm: Algorithm) -> bool:
    """Whether oscrypto has the hash of *algorithm*."""
    return algorithm.hash in _HASHES


def belongs(public: PublicKey, key: PrivateKey) -> Answer:
    """Whether what *key* signs is verified by *public*."""

    def prepare(library: Any) -> Callable[[], object]:
        from .. import asn1

        scheme = _SCHEMES[public.kind]
        certified = library.load_public_key(asn1.public_key_info(public.der))
        private = library.load_private_key(asn1.private_key_info(key.info))
        nonce = os.urandom(32)
        signature = getattr(library, f"{scheme}_sign")(private, nonce, "sha256")
        return lambda: getattr(library, f"{scheme}_verify")(certified, signature, nonce, "sha256")

    return _ask(prepare)


def signed(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> Answer:
    """Whether *signature* is that of *data*, by *public*."""

    def prepare(library: Any) -> Callable[[], object]:
        verify = getattr(library, f"{_SCHEMES[public.kind]}_verify")
        certified = _public_key(library, public.der)
        return lambda: verify(certified, signature, data, algorithm.hash)

    return _ask(prepare)


@lru_cache(_MAX_KEYS)
def _public_key(library: Any, data: bytes) -> Any:
    """Return the DER SubjectPublicKeyInfo *data* as oscrypto has it: an issuer's is asked for again and again."""
    from .. import asn1

    return library.load_public_key(asn1.public_key_info(data))


def _ask(prepare: Callable[[Any], Callable[[], object]]) -> Answer:
    """Return whether the verification that *prepare* makes of oscrypto.asymmetric succeeds."""

    def ask() -> Answer:
        try:
            verify = prepare(oscrypto_loader.asymmetric())
        except oscrypto_loader.BackendUnavailable as error:
            return cannot_tell(f"oscrypto: {error.reason}")
        try:
            verify()
        except oscrypto_loader.signature_error():
            return confirmed(False)
        return confirmed(True)

    return safely(ask, lambda name: cannot_tell(f"oscrypto: {name}"))
