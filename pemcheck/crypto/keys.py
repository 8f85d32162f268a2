"""What calculating tells of one key alone."""

from __future__ import annotations

from typing import Callable

from .. import arithmetic, der, weak
from ..budget import Budget
from ..facts import PrivateKey, PublicKey
from .answers import safely

RSA = ("rsa", "rsassa_pss")


def derive(kind: str, seed: bytes) -> bytes | None:
    """Return the public key of a seed of the *kind* ed25519 or ed448; None for a seed of another length."""
    from .. import edwards  # which hardly any key needs

    return edwards.ed25519_public(seed) if kind == "ed25519" else edwards.ed448_public(seed)


def weakness(public: PublicKey) -> str:
    """Return what is publicly known to be weak about an RSA modulus, as half a sentence; "" if nothing is."""
    if public.kind not in RSA:
        return ""
    return safely(lambda: weak.modulus(public.numbers[0]), lambda _: "")


UNEXAMINED = frozenset(("faults", "weakness"))
"""The facts that are missing where there was too much to calculate."""

_EFFORT = {"prime256v1": 11, "secp384r1": 23, "secp521r1": 55, "ed25519": 11, "ed448": 36}
"""Of a public key from a secret, in the units of ``signatures.effort``; RSA is compared to 2,048 bits."""


def cost(key: PrivateKey) -> int:
    """Return about how much work ``examine`` is, in the units of ``signatures.effort``."""
    if key.public is None or not (key.secret or key.seed):
        return 0
    numbers = (*key.public.numbers, *key.secret)
    size = min(max((number.bit_length() for number in numbers), default=0), arithmetic.MAX_MODULUS_BITS)
    if key.public.kind in RSA:
        return 3 + 4 * size**2 // 2048**2
    if key.public.kind == "dsa":
        return 3 + size**2 * min(key.secret[0].bit_length(), arithmetic.MAX_ORDER_BITS) // 2048**2 // 10
    return _EFFORT.get(key.public.usual_curve or key.public.kind, 1)


def examine(key: PrivateKey, budget: Budget | None = None) -> PrivateKey:
    """
    Return *key* with what only calculating tells: the faults between its numbers, and its public half.

    It is paid from *budget*; where too little is left, the facts of UNEXAMINED are unread.

    A public half that the file does not state is computed, as numbers and as DER, and ``stated`` is False then;
    one that it states is compared, and left as it is.  A key whose secret could not be read, because it is
    encrypted for example, comes back as it is.
    """
    public = key.public
    if public is None or {"secret", "public"} & key.unread or not (key.secret or key.seed):
        return key
    complete = _EXAMINE.get(public.kind)
    if complete is None:
        return key
    if budget is not None and not budget.take_effort(cost(key)):
        return key.replace(unread=key.unread | UNEXAMINED)
    return safely(lambda: complete(key, public), lambda _: key)


def _rsa(key: PrivateKey, public: PublicKey) -> PrivateKey:
    n, e = public.numbers
    return key.replace(faults=arithmetic.rsa_faults(n, e, key.secret), weakness=weak.modulus(n))


def _ec(key: PrivateKey, public: PublicKey) -> PrivateKey:
    curve = arithmetic.CURVES.get(public.usual_curve or "")
    if curve is None:
        return key
    point = curve.public(key.secret[0])
    if point is None:
        return key.replace(faults=("privateKey is not between 1 and the order of the curve",))
    key = key.replace(computed=(*key.secret, *point))
    if key.stated and public.octets:
        return key if public.numbers == point else key.replace(faults=("the public point is not privateKey * G",))
    size = (curve.bits + 7) // 8
    octets = b"\4" + b"".join(number.to_bytes(size, "big") for number in point)
    return _with_public(key, public.replace(numbers=point, on_curve=True, octets=octets), octets)


def _edwards(key: PrivateKey, public: PublicKey) -> PrivateKey:
    octets = derive(public.kind, key.seed)
    if octets is None:
        return key.replace(faults=("privateKey has the wrong length",))
    if key.stated and public.octets:
        return key if public.octets == octets else key.replace(faults=("the public key is not that of privateKey",))
    return _with_public(key, public.replace(octets=octets), octets)


def _dsa(key: PrivateKey, public: PublicKey) -> PrivateKey:
    p, q, g, *stated = public.numbers
    x = key.secret[0]
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
    "rsa": _rsa,
    "rsassa_pss": _rsa,
    "ec": _ec,
    "ed25519": _edwards,
    "ed448": _edwards,
    "dsa": _dsa,
}
