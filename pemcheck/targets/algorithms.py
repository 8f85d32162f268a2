"""Key algorithms by AWS's names, and by those that people use for them elsewhere."""

from __future__ import annotations

import re

from ..arithmetic import CURVES
from ..patterns import rare

_OID = r"[0-2](?:\.(?:0|[1-9][0-9]{0,38})){2,30}"
_NAME = rare(
    rf"(?:RSA|DSA|RSASSA_PSS)_[1-9][0-9]{{2,4}}|EC_(?:{'|'.join(CURVES)}|{_OID})|Ed25519|Ed448|{_OID}", re.ASCII
)
_SIZED = rare(r"(?:(rsassapss|rsapss|pss)|(dsa)|(?:rsa)?)([1-9][0-9]{2,4})(?:bits?)?", re.ASCII)

_NAMED = {
    "1.2.840.113549.1.1.1": "RSA_2048",
    "1.2.840.113549.1.1.10": "RSASSA_PSS_2048",
    "1.2.840.10040.4.1": "DSA_2048",
    "1.2.840.10045.2.1": "EC_prime256v1",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "EC_1.2.840.10045.3.1.7": "EC_prime256v1",
    "EC_1.3.132.0.34": "EC_secp384r1",
    "EC_1.3.132.0.35": "EC_secp521r1",
}
"""OIDs that are never used as a name, because there is a better one."""
_USUAL = ("RSA_1024", "RSA_2048", "RSA_3072", "RSA_4096", *(f"EC_{name}" for name in CURVES), "Ed25519", "Ed448")

# only the curves to calculate with have names of their own; the others are called after their OIDs
_CURVES = {
    "EC_prime256v1": ("p256", "256", "secp256r1", "prime256v1", "nistp256"),
    "EC_secp384r1": ("p384", "384", "secp384r1", "nistp384"),
    "EC_secp521r1": ("p521", "521", "secp521r1", "nistp521"),
    "EC_1.2.840.10045.3.1.1": ("p192", "secp192r1", "prime192v1", "nistp192"),
    "EC_1.3.132.0.33": ("p224", "secp224r1", "nistp224"),
    "EC_1.3.132.0.10": ("secp256k1",),
    "EC_1.3.36.3.3.2.8.1.1.7": ("brainpoolp256r1",),
    "EC_1.3.36.3.3.2.8.1.1.11": ("brainpoolp384r1",),
    "EC_1.3.36.3.3.2.8.1.1.13": ("brainpoolp512r1",),
}


def is_algorithm(name: str) -> bool:
    """Whether *name* has the form in which ``PublicKey.algorithm`` names keys, which is AWS's."""
    return len(name) <= 200 and name not in _NAMED and _NAME.fullmatch(name) is not None


def spelled(name: str) -> str:
    """Return how *name* has to be written, nothing if it is not clear what is meant."""
    if name in _NAMED:
        return _NAMED[name]
    plain = re.sub(r"[\s_.:/-]", "", name[:60].lower())
    bare = re.sub(r"^(?:ecdsa|ecc|ec)", "", plain)
    for algorithm, others in _CURVES.items():
        if bare in others and (bare != plain or not bare.isdecimal()):
            return algorithm
    if plain in ("ed25519", "ed448"):
        return plain.capitalize()
    sized = _SIZED.fullmatch(plain)
    if sized and int(sized.group(3)) >= 512:
        pss, dsa, bits = sized.groups()
        return f"{'RSASSA_PSS' if pss else 'DSA' if dsa else 'RSA'}_{bits}"
    import difflib

    near = difflib.get_close_matches(name[:60], _USUAL, 1)
    return near[0] if near else ""
