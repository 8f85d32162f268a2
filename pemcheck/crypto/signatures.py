"""Whether a signature in a certificate verifies."""

from __future__ import annotations

from typing import Callable

from .. import arithmetic
from ..facts import Algorithm, PublicKey
from ..source import shorten
from . import confirm
from .answers import Answer, calculated, cannot_tell, safely, together

_KINDS = {
    "rsa": ("rsa",),  # a key for RSASSA-PSS must not be used with another scheme (RFC 4055 section 1.2)
    "pss": ("rsa", "rsassa_pss"),
    "ecdsa": ("ec",),
    "dsa": ("dsa",),
    "ed25519": ("ed25519",),
    "ed448": ("ed448",),
}
"""The kinds of keys that can make the signatures of a scheme; asn1crypto's names of algorithms end in the scheme."""


_EC_EFFORT = {"prime256v1": 13, "secp384r1": 33, "secp521r1": 70}
_EFFORT = {"ed25519": 14, "ed448": 47}
_FIXED_EFFORT, _BYTES_PER_EFFORT = 3, 50_000
_RSA_2048 = 2048**2 * (17 + 2)
"""An exponent of 17 bits, two of them set."""


def effort(public: PublicKey, data: bytes) -> int:
    """Return about how much work one ``verify`` is that says no, which takes longest, in tenths of a millisecond."""
    found = _EFFORT.get(public.kind, _EC_EFFORT.get(public.usual_curve or "", 0))
    if public.kind in ("rsa", "rsassa_pss", "dsa") and public.numbers and not confirm.too_large(public):
        modulus, exponent = public.numbers[:2]
        # squarings and multiplications; DSA raises two numbers to any power below its second
        steps = exponent.bit_length() * 4 if public.kind == "dsa" else exponent.bit_length() + bin(exponent).count("1")
        found = modulus.bit_length() ** 2 * steps // _RSA_2048
    return found + _FIXED_EFFORT + len(data) // _BYTES_PER_EFFORT


def verify(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes, many: bool = False) -> Answer:
    """
    Say whether *signature* is that of *data*, made with the private half of *public*.

    *data* is what was signed, such as the TBSCertificate; *signature* the content of the BIT STRING.  A yes of
    arithmetic is final; where it says no, or lacks the hash, oscrypto is asked too, if it has the algorithm.  Where
    *many* are to be verified, oscrypto is asked first of ECDSA, which makes good what it takes to load it; of what
    is well-formed both say the same.
    An RSA exponent that is no odd number of at least 3 (BR section 6.1.6) proves nothing: nobody can tell then.
    A key of another kind than the algorithm's, and an RSASSA-PSS key whose restrictions (RFC 4055 section 3.1) the
    algorithm does not keep, are a no.
    """
    scheme = algorithm.name.rpartition("_")[2]
    if scheme not in _KINDS:
        return cannot_tell(f"signatures of {shorten(algorithm.name)} cannot be verified here")
    if public.kind not in _KINDS[scheme]:
        unknown = public.kind == "other"  # its OID may be an unusual one for a usual key
        return cannot_tell(f"{shorten(public.algorithm)} keys are not known here") if unknown else calculated(False)
    if scheme in ("rsa", "pss") and _is_no_exponent(public.numbers[1:]) and not confirm.too_large(public):
        # with an exponent of one anybody can make a signature that verifies
        return cannot_tell("the RSA public exponent is not an odd number of at least 3, so it proves nothing")
    confirmable = scheme != "pss" and confirm.can_use(public) and confirm.can_hash(algorithm)
    if many and confirmable and scheme == "ecdsa" and public.on_curve and arithmetic.ecdsa_signature(signature):
        found = confirm.signed(public, algorithm, signature, data)
        if found.value:
            return found
    found = safely(
        lambda: _calculate(scheme, public, algorithm, signature, data),
        lambda name: cannot_tell(f"the signature cannot be verified ({name})"),
    )
    if found.value or not confirmable:
        return found
    return together(found, confirm.signed(public, algorithm, signature, data))


def _is_no_exponent(numbers: tuple[int, ...]) -> bool:
    return any(exponent < 3 or exponent % 2 == 0 for exponent in numbers)


def _calculate(scheme: str, public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> Answer:
    if confirm.too_large(public):
        return cannot_tell("the public key is too long to calculate with")
    if public.on_curve is False:
        return calculated(False)  # it has no private half that could have signed (SEC 1 section 3.2.2.1)
    if scheme == "ecdsa" and public.usual_curve not in arithmetic.CURVES:
        return cannot_tell(f"the curve {shorten(public.curve or '?')} is not known here")
    value = _SCHEMES[scheme](public, algorithm, signature, data)
    if value is None:
        return cannot_tell(f"the hash of {shorten(algorithm.name)} is not known here")
    return calculated(value)


def _rsa(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool | None:
    n, e = public.numbers
    return arithmetic.rsa_verify_pkcs1(n, e, signature, data, algorithm.hash)


def _pss(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool | None:
    n, e = public.numbers
    salt_length, restriction = algorithm.salt_length or 0, public.restriction
    if restriction is not None and (
        (restriction.hash, restriction.mgf_hash) != (algorithm.hash, algorithm.mgf_hash)
        or salt_length < (restriction.salt_length or 0)
    ):
        return False
    return arithmetic.rsa_verify_pss(n, e, signature, data, algorithm.hash, algorithm.mgf_hash, salt_length)


def _ecdsa(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool | None:
    x, y = public.numbers
    numbers = arithmetic.ecdsa_signature(signature)
    if numbers is None:
        return False
    return arithmetic.CURVES[public.usual_curve or ""].verify((x, y), *numbers, data, algorithm.hash)


def _dsa(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool | None:
    p, q, g, y = public.numbers
    numbers = arithmetic.ecdsa_signature(signature)  # Dss-Sig-Value is the same structure
    return False if numbers is None else arithmetic.dsa_verify(p, q, g, y, *numbers, data, algorithm.hash)


def _ed25519(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool | None:
    from .. import edwards

    return edwards.ed25519_verify(public.octets, signature, data)


def _ed448(public: PublicKey, algorithm: Algorithm, signature: bytes, data: bytes) -> bool | None:
    from .. import edwards

    return edwards.ed448_verify(public.octets, signature, data)


_SCHEMES: dict[str, Callable[[PublicKey, Algorithm, bytes, bytes], bool | None]] = {
    "rsa": _rsa,
    "pss": _pss,
    "ecdsa": _ecdsa,
    "dsa": _dsa,
    "ed25519": _ed25519,
    "ed448": _ed448,
}
