"""Whether a private key is the one of a certificate."""

from __future__ import annotations

from typing import Callable

from .. import arithmetic
from ..facts import PrivateKey, PublicKey
from ..source import shorten
from . import confirm
from .answers import Answer, calculated, cannot_tell, safely, together
from .keys import derive

_EC_OID = "1.2.840.10045.2.1"


def match(public: PublicKey, key: PrivateKey) -> Answer:
    """
    Say whether *key* is the private half of *public*, the key in a certificate.

    Yes means two things: the public halves are the same key, as numbers and points, and the secret proves it.

    * RSA: n and e are the same, and d inverts e modulo what n is the product of.  An inconsistency elsewhere (a
      wrong coefficient, say) does not make it the key of another certificate: that is a yes, and a fault that
      ``examine`` reports.  If d itself is wrong, nobody can tell.
    * EC on P-256, P-384 and P-521, Ed25519, Ed448, DSA: the public key computed from the secret is the
      certificate's.  What the file states besides does not count, since it is not what signs.  An EC key whose
      file names no curve is tried on the certificate's.
    * Others (foreign curves, DH, ML-DSA …): what the file states may differ, which is a no; nothing proves a yes.

    oscrypto, where it loads, signs a nonce with *key* and verifies it with *public*.  It is not asked where the
    public halves differ, which settles it, nor about an inconsistent RSA key: OpenSSL repairs some of them silently,
    and the answer would depend on its version.
    """
    if key.encrypted and "secret" in key.unread:
        return cannot_tell("the private key is encrypted")
    if "public" in key.unread or (key.public is None and key.has_curve):
        return cannot_tell("the private key cannot be read")
    own = key.public or _on_curve_of(public)
    found = safely(
        lambda: _calculate(public, own, key), lambda name: cannot_tell(f"the keys cannot be compared ({name})")
    )
    if safely(lambda: _worth_confirming(found, public, own, key), lambda _: False):
        return together(found, confirm.belongs(public, key))
    return found


def _on_curve_of(public: PublicKey) -> PublicKey:
    """Return the public half of an EC key without a curve: on the curve of *public*, if it is an EC key too."""
    return public.replace(numbers=(), octets=b"") if public.kind == "ec" else PublicKey("EC", "ec", _EC_OID)


def _worth_confirming(found: Answer, public: PublicKey, own: PublicKey, key: PrivateKey) -> bool:
    if not key.info or found.value is None or not confirm.can_use(public):
        return False
    if public.kind == "rsa":
        n, e = public.numbers
        return found.value and not arithmetic.rsa_faults(n, e, key.secret)
    # a no although the file states the certificate's public key deserves a second opinion
    return found.value or _differ(public, own) is False


def _calculate(public: PublicKey, own: PublicKey, key: PrivateKey) -> Answer:
    """Return what arithmetic says, *own* being the public half that goes with *key*."""
    if (public.kind, public.oid) != (own.kind, own.oid) or _on_different_curves(public, own):
        return calculated(False)
    prove = _PROOFS.get(public.kind)
    if prove is None:
        found = cannot_tell(f"no proof is known here for {shorten(public.algorithm)}")
    elif "secret" in key.unread or not (key.secret or key.seed):
        found = cannot_tell("the secret half of the private key cannot be read")
    else:
        found = prove(public, own, key)
    return calculated(False) if found.value is None and _differ(public, own) else found


def _on_different_curves(public: PublicKey, own: PublicKey) -> bool:
    one, other = public.usual_curve, own.usual_curve
    # spelled-out parameters are recognized if they are those of a curve of CURVES, and may be any other
    unknown = "explicit" in (one, other) and not {one, other} & arithmetic.CURVES.keys()
    return one != other and not unknown


def _differ(public: PublicKey, own: PublicKey) -> bool | None:
    """Whether the public halves that are stated differ; None where that cannot be seen."""
    if public.numbers and own.numbers:
        size = min(len(public.numbers), len(own.numbers))  # PKCS#8 states p, q and g of a DSA key, not y
        if public.numbers[:size] != own.numbers[:size]:
            return True
        return False if len(public.numbers) == len(own.numbers) else None
    if not public.octets or not own.octets:
        return None
    if public.kind == "ec" and _is_compressed(public.octets) != _is_compressed(own.octets):
        return None if _x(public.octets) == _x(own.octets) else True  # it may be the same point or its negative
    return public.octets != own.octets


def _is_compressed(octets: bytes) -> bool:
    return octets[0] in (2, 3)


def _x(octets: bytes) -> bytes:
    """Return the x-coordinate of an encoded point (SEC 1 section 2.3.3), whatever the curve."""
    return octets[1:] if _is_compressed(octets) else octets[1 : (len(octets) + 1) // 2]


# Each proof returns None only for what nobody else could tell either.


def _rsa(public: PublicKey, own: PublicKey, key: PrivateKey) -> Answer:
    n, e = public.numbers
    if own.numbers != (n, e):
        return calculated(False)
    if not arithmetic.rsa_faults(n, e, key.secret) or _inverts(n, e, key.secret):
        return calculated(True)
    return cannot_tell("the numbers of the private key do not fit together")


def _inverts(n: int, e: int, secret: tuple[int, ...]) -> bool:
    """Whether the private exponent of an inconsistent RSA key inverts *e*, as far as its primes tell."""
    _, d, p, q, *_ = secret
    if any(abs(number).bit_length() > arithmetic.MAX_MODULUS_BITS for number in (n, e, d, p, q)) or p < 1 or q < 1:
        return False
    pairs = ((p, q), (p, n // p), (n // q, q))  # if one prime is wrong, the other tells what it should be
    return any(
        one > 1 and other > 1 and n == one * other and (e * d - 1) % (one - 1) == (e * d - 1) % (other - 1) == 0
        for one, other in pairs
    )


def _ec(public: PublicKey, own: PublicKey, key: PrivateKey) -> Answer:
    curve = arithmetic.CURVES.get(public.usual_curve or "")
    if curve is None:
        return cannot_tell(f"the curve {shorten(public.curve or '?')} is not known here")
    secret, *known = key.computed or (None,)
    is_known = secret == key.secret[0] and own.usual_curve == public.usual_curve
    point = tuple(known) if is_known else curve.public(key.secret[0])
    if point is None:
        return cannot_tell("privateKey is not between 1 and the order of the curve")
    return calculated(public.numbers == point)


def _edwards(public: PublicKey, own: PublicKey, key: PrivateKey) -> Answer:
    octets = derive(public.kind, key.seed)
    return cannot_tell("privateKey has the wrong length") if octets is None else calculated(public.octets == octets)


def _dsa(public: PublicKey, own: PublicKey, key: PrivateKey) -> Answer:
    p, q, g, y = public.numbers
    if own.numbers[:3] != (p, q, g):
        return calculated(False)
    x = key.secret[0]
    found = arithmetic.dsa_public(p, g, x) if 0 < x < q else None
    return cannot_tell("x is not between 1 and q - 1, or too long") if found is None else calculated(found == y)


_PROOFS: dict[str, Callable[[PublicKey, PublicKey, PrivateKey], Answer]] = {
    "rsa": _rsa,
    "rsassa_pss": _rsa,
    "ec": _ec,
    "ed25519": _edwards,
    "ed448": _edwards,
    "dsa": _dsa,
}
