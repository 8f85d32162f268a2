"""
Does the key belong to the certificate, and did the issuer sign it?

Arithmetic decides, oscrypto confirms where it loads; the two are kept apart to the end, so that a bug in either
shows as a disagreement and not as a verdict.  This package alone knows oscrypto, and imports it when it is first
asked for: start-up time is a promise.  Nothing here raises, whatever is in a key or a certificate.
"""

from __future__ import annotations

import os
from typing import Any, Callable, TypeVar

from .. import arithmetic, der, edwards
from ..facts import Algorithm, PrivateKey, PublicKey
from ..source import shorten
from ..value import Value
from . import oscrypto_loader

__all__ = ["Answer", "backend", "examine", "match", "verify", "weakness"]

T = TypeVar("T")

_ED = {"ed25519": edwards.ed25519_public, "ed448": edwards.ed448_public}
_RSA = ("rsa", "rsassa_pss")

_OSCRYPTO = {"rsa": "rsa_pkcs1v15", "ec": "ecdsa", "dsa": "dsa"}
"""The scheme in the names of oscrypto's functions, by kind of key.  Not rsassa_pss: it signs with a salt as long as
the hash, whatever the key is restricted to, and the result does not verify."""
_OSCRYPTO_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")


class Answer(Value):
    """
    A yes, a no, or nobody can tell (None).

    ``proof`` names who gave it, of ``arithmetic`` and ``oscrypto``; it is empty where ``value`` is None.
    ``answers`` holds what each said, only where they disagree; ``value`` is None then.
    ``reason`` is one phrase why nobody can tell; no key material is in it.
    """

    value: bool | None
    proof: tuple[str, ...] = ()
    answers: tuple[tuple[str, bool], ...] = ()
    reason: str = ""


def backend() -> dict[str, str | None]:
    """
    Return asn1crypto's and oscrypto's versions, and the library that oscrypto calls, such as ``OpenSSL 3.0.19``.

    ``oscrypto`` is None where it is not installed, ``libcrypto`` where it cannot be used; ``unavailable`` then
    says why, as ``reason: detail`` with the reason in one word.  It is tried for this: the first call imports it.
    """
    from .. import asn1

    library = unavailable = None
    try:
        oscrypto_loader.asymmetric()
        library = oscrypto_loader.library()
    except oscrypto_loader.BackendUnavailable as error:
        unavailable = str(error)
    return {
        "asn1crypto": asn1.VERSION,
        "oscrypto": oscrypto_loader.version(),
        "libcrypto": library,
        "unavailable": unavailable,
    }


def _safely(get: Callable[[], T], otherwise: Callable[[str], T]) -> T:
    """
    Return ``get()``; if it raises, what *otherwise* makes of the exception's type.

    This is the one place where an exception becomes "cannot tell".  Its text goes no further, because it could
    quote a key.
    """
    try:
        return get()
    except Exception as error:
        return otherwise(type(error).__name__)


def _cannot_tell(reason: str) -> Answer:
    return Answer(None, reason=reason)


def _said(value: bool | None, who: str, otherwise: str) -> Answer:
    """Return the answer of one of the two; *otherwise* is the reason if it cannot tell."""
    return Answer(None, reason=otherwise) if value is None else Answer(value, (who,))


def _together(calculated: Answer, confirmed: Answer) -> Answer:
    """Return what arithmetic and oscrypto say together."""
    if calculated.value is None and confirmed.value is None:
        return _cannot_tell("; ".join(filter(None, (calculated.reason, confirmed.reason))))
    if calculated.value is None or confirmed.value is None:
        return confirmed if calculated.value is None else calculated
    if calculated.value == confirmed.value:
        return Answer(calculated.value, calculated.proof + confirmed.proof)
    answers = (("arithmetic", calculated.value), ("oscrypto", confirmed.value))
    return Answer(None, (), answers, "arithmetic and oscrypto disagree")


# -------------------------------------------------------------------------------------------------- one key alone


def weakness(public: PublicKey) -> str:
    """Return what is publicly known to be weak about an RSA modulus, as half a sentence; "" if nothing is."""
    if public.kind not in _RSA:
        return ""
    return _safely(lambda: arithmetic.weak_modulus(public.numbers[0]), lambda _: "")


def examine(key: PrivateKey) -> PrivateKey:
    """
    Return *key* with what only calculating tells: the faults between its numbers, and its public half.

    A public half that the file does not state is computed, as numbers and as DER, and ``stated`` is False then;
    one that it states is compared, and left as it is.  A key that is encrypted, or whose secret could not be
    read, comes back as it is.
    """
    public = key.public
    if public is None or key.encrypted or {"secret", "public"} & key.unread:
        return key
    complete = _EXAMINE.get(public.kind)
    return key if complete is None else _safely(lambda: complete(key, public), lambda _: key)


def _examine_rsa(key: PrivateKey, public: PublicKey) -> PrivateKey:
    n, e = public.numbers
    return key.replace(faults=arithmetic.rsa_faults(n, e, key.secret), weakness=arithmetic.weak_modulus(n))


def _examine_ec(key: PrivateKey, public: PublicKey) -> PrivateKey:
    curve = arithmetic.CURVES.get(public.usual_curve or "")
    if curve is None:
        return key
    point = curve.public(key.secret[0])
    if point is None:
        return key.replace(faults=("privateKey is not between 1 and the order of the curve",))
    if key.stated and public.octets:
        return key if public.numbers == point else key.replace(faults=("the public point is not privateKey * G",))
    size = (curve.bits + 7) // 8
    octets = b"\4" + b"".join(number.to_bytes(size, "big") for number in point)
    return _with_public(key, public.replace(numbers=point, on_curve=True, octets=octets), octets)


def _examine_ed(key: PrivateKey, public: PublicKey) -> PrivateKey:
    octets = _ED[public.kind](key.seed)
    if octets is None:
        return key.replace(faults=("privateKey has the wrong length",))
    if key.stated and public.octets:
        return key if public.octets == octets else key.replace(faults=("the public key is not that of privateKey",))
    return _with_public(key, public.replace(octets=octets), octets)


def _examine_dsa(key: PrivateKey, public: PublicKey) -> PrivateKey:
    p, q, g, *stated = public.numbers
    (x,) = key.secret
    if not 0 < x < q:
        return key.replace(faults=("x is not between 1 and q - 1",))
    y = arithmetic.dsa_public(p, g, x)
    if y is None:
        return key
    if key.stated and stated:
        return key if stated == [y] else key.replace(faults=("y is not g^x mod p",))
    return _with_public(key, public.replace(numbers=(p, q, g, y)), der.encode_integer(y))


def _with_public(key: PrivateKey, public: PublicKey, octets: bytes) -> PrivateKey:
    """Return *key* with its computed public half, whose SubjectPublicKeyInfo holds *octets*."""
    if public.identifier:
        from .. import asn1

        public = public.replace(der=asn1.spki(public.identifier, octets))
    return key.replace(public=public, stated=False)


_EXAMINE: dict[str, Callable[[PrivateKey, PublicKey], PrivateKey]] = {
    "rsa": _examine_rsa,
    "rsassa_pss": _examine_rsa,
    "ec": _examine_ec,
    "ed25519": _examine_ed,
    "ed448": _examine_ed,
    "dsa": _examine_dsa,
}


# ---------------------------------------------------------------------------------------- a key and a certificate


def match(public: PublicKey, key: PrivateKey) -> Answer:
    """
    Say whether *key* is the private half of *public*, the key in a certificate.

    Yes means two things: the public halves are the same key, as numbers and points, and the secret proves it.

    * RSA: n and e are the same, and d inverts e modulo what n is the product of.  An inconsistency elsewhere (a
      wrong coefficient, say) does not make it the key of another certificate: that is a yes, and a fault that
      ``examine`` reports.  If d itself is wrong, nobody can tell.  oscrypto is not asked about an inconsistent
      key: OpenSSL repairs some of them silently, so its answer would depend on its version.
    * EC on P-256, P-384 and P-521, Ed25519, Ed448, DSA: the public key computed from the secret is the
      certificate's.  What the file states besides does not count, since it is not what signs.  An EC key whose
      file names no curve is tried on the certificate's.
    * Others (foreign curves, DH, ML-DSA …): what the file states may differ, which is a no; nothing proves a yes.

    oscrypto, where it loads, signs a nonce with *key* and verifies it with *public*; not where the public halves
    differ anyway.
    """
    if key.encrypted:
        return _cannot_tell("the private key is encrypted")
    calculated, ask = _safely(
        lambda: _match(public, key), lambda name: (_cannot_tell(f"the keys cannot be compared ({name})"), False)
    )
    if not ask or public.kind not in _OSCRYPTO or not (key.info and public.der) or _too_large(public):
        return calculated
    return _together(calculated, _confirm(lambda library: _sign_and_verify(library, public, key)))


def _match(public: PublicKey, key: PrivateKey) -> tuple[Answer, bool]:
    """Return what arithmetic says, and whether oscrypto shall be asked too."""
    own = key.public
    if own is None and key.secret and not key.has_curve:
        own = public.replace(numbers=(), octets=b"")
    if own is None or "public" in key.unread:
        return _cannot_tell("the private key cannot be read"), False
    if _other_group(public, own):
        return Answer(False, ("arithmetic",)), False
    differ = _differ(public, own)
    prove = _MATCH.get(public.kind)
    if prove is None or "secret" in key.unread or not (key.secret or key.seed):
        reason = "the secret half of the private key cannot be read"
        reason = reason if prove is not None else f"nothing here can prove it for {shorten(public.algorithm)}"
        return _said(False if differ else None, "arithmetic", reason), False
    value, reason = prove(public, own, key)
    if value is None and differ:
        value = False
    return _said(value, "arithmetic", reason), not reason and (value is not False or differ is False)


def _other_group(public: PublicKey, own: PublicKey) -> bool:
    """Whether the keys are of different algorithms or on different curves."""
    if (public.kind, public.oid) != (own.kind, own.oid):
        return True
    curves = {public.usual_curve, own.usual_curve}
    # parameters that are spelled out may be those of a curve that nobody here knows by its parameters
    unknown = "explicit" in curves and not curves & arithmetic.CURVES.keys()
    return len(curves) > 1 and not unknown


def _differ(public: PublicKey, own: PublicKey) -> bool | None:
    """Whether the public halves of one algorithm differ; None if one of them is not there."""
    if public.numbers and own.numbers:
        # a DSA key in PKCS#8 states p, q and g only
        return any(one != other for one, other in zip(public.numbers, own.numbers)) or (
            None if len(public.numbers) != len(own.numbers) else False
        )
    if not public.octets or not own.octets:
        return None
    if public.kind == "ec" and _compressed(public.octets) != _compressed(own.octets):
        # the same x twice, and y unknown once: perhaps the same point
        return None if _x(public.octets) == _x(own.octets) else True
    return public.octets != own.octets


def _compressed(octets: bytes) -> bool:
    return octets[0] in (2, 3)


def _x(octets: bytes) -> bytes:
    """Return the x-coordinate of an encoded point (SEC 1 section 2.3.3) on any curve."""
    return octets[1:] if _compressed(octets) else octets[1 : (len(octets) + 1) // 2]


_Proof = tuple[Any, str]  # (the bool or None, the reason if it is final that nobody can tell)


def _match_rsa(public: PublicKey, own: PublicKey, key: PrivateKey) -> tuple[bool | None, str]:
    if public.numbers != own.numbers:
        return False, ""
    n, e = public.numbers
    if not arithmetic.rsa_faults(n, e, key.secret):
        return True, ""
    if _inverts(n, e, key.secret):
        return True, "inconsistent"
    return None, "the numbers of the private key do not fit together"


def _inverts(n: int, e: int, secret: tuple[int, ...]) -> bool:
    """Whether the private exponent of an inconsistent RSA key inverts *e*, as far as its primes tell."""
    _, d, p, q, *_ = secret
    if any(number.bit_length() > arithmetic.MAX_MODULUS_BITS for number in (n, e, d, p, q)):
        return False
    # if one prime is wrong, the other tells what it should be
    pairs = ((p, q), (p, n // p if p else 0), (n // q if q else 0, q))
    return any(
        n % (one * other) == 0 and (e * d - 1) % (one - 1) == 0 and (e * d - 1) % (other - 1) == 0
        for one, other in pairs
        if one > 1 and other > 1
    )


def _match_ec(public: PublicKey, own: PublicKey, key: PrivateKey) -> tuple[bool | None, str]:
    curve = arithmetic.CURVES.get(public.usual_curve or "")
    if curve is None:
        return None, f"nothing here can calculate on the curve {shorten(public.curve or '?')}"
    point = curve.public(key.secret[0])
    if point is None:
        return None, "privateKey is not between 1 and the order of the curve"
    return public.numbers == point, ""


def _match_ed(public: PublicKey, own: PublicKey, key: PrivateKey) -> tuple[bool | None, str]:
    octets = _ED[public.kind](key.seed)
    return (None, "privateKey has the wrong length") if octets is None else (public.octets == octets, "")


def _match_dsa(public: PublicKey, own: PublicKey, key: PrivateKey) -> tuple[bool | None, str]:
    p, _, g, y = public.numbers
    if own.numbers[:3] != public.numbers[:3]:
        return False, ""
    computed = arithmetic.dsa_public(p, g, key.secret[0])
    return (None, "the numbers of the key are out of range") if computed is None else (computed == y, "")


_MATCH: dict[str, Callable[[PublicKey, PublicKey, PrivateKey], tuple[bool | None, str]]] = {
    "rsa": _match_rsa,
    "rsassa_pss": _match_rsa,
    "ec": _match_ec,
    "ed25519": _match_ed,
    "ed448": _match_ed,
    "dsa": _match_dsa,
}
