"""The algorithms that certificates are signed with, and how they are encoded."""

from __future__ import annotations

from .. import der
from ..facts import Certificate
from ..source import shorten
from ..targets import Want
from .certificate import weak_hash
from .reissue import ANOTHER, reissue
from .table import ISSUER, LEAF, Rule

_REISSUE = "have the certificate issued again by its CA, signed with RSA or ECDSA and SHA-256"
_WHY = "Public CAs sign with few algorithms, encoded byte for byte; what differs, some readers refuse."
_LISTED = (
    *(f"300d06092a864886f70d0101{number}0500" for number in ("0b", "0c", "0d")),  # PKCS#1 v1.5, SHA-256, -384, -512
    *(  # PSS with the same digest for MGF1 and a salt as long as it
        f"304106092a864886f70d01010a3034a00f300d060960864801650304020{digest}0500a11c301a06092a864886f70d010108"
        f"300d060960864801650304020{digest}0500a2030201{salt:02x}"
        for digest, salt in ((1, 32), (2, 48), (3, 64))
    ),
    *(f"300a06082a8648ce3d0403{number}" for number in ("02", "03", "04")),  # ECDSA
)
"""What signs a public CA's certificates, in hexadecimal DER (BR 7.1.3.2): no other encodings are permitted."""


def unlisted(it: Certificate) -> bool:
    """Whether no public CA may sign so; of weak hashes there are rules of their own."""
    return not weak_hash(it) and it.signature_algorithm.der.hex() not in _LISTED


def odd_parameters(it: Certificate) -> bool:
    """Whether an algorithm has parameters that its RFC rules out (RFC 4055 section 5, RFC 5758, RFC 8410)."""
    name, encoded = it.signature_algorithm.name, it.signature_algorithm.der
    parameters = [each.der for each in der.parse(encoded).children()[1:]] if encoded else []
    if name.endswith("_rsa"):  # where NULL is left out, readers have to take it all the same
        return parameters not in ([], [b"\5\0"])
    return bool(parameters) and (name.endswith("_ecdsa") or name in ("ed25519", "ed448"))


def _ok(it: Certificate, want: Want) -> bool:
    """Whether a signature's algorithm is encoded as it has to be, or, where all is asked, is one of the listed ones."""
    return not odd_parameters(it) and (bool(want.demand.only) or not unlisted(it))


def signature_says(it: Certificate) -> str:
    """Return what a message says of the algorithm."""
    name = shorten(it.signature_algorithm.name)
    odd = ", with parameters that it must not have" if odd_parameters(it) else ""
    return f"{name}{odd} (encoded as {it.signature_algorithm.der.hex()[:160]})"


RULES = (
    Rule(
        name="cert-signature-algorithm-not-listed",
        on=LEAF,
        ok=_ok,
        reads=("signature_algorithm",),
        path="signatureAlgorithm",
        says=lambda it, want: f"the certificate is signed with {signature_says(it)}",
        why=_WHY,
        fix=lambda it, want: reissue(it, want, _REISSUE),
    ),
    Rule(
        name="chain-signature-algorithm-not-listed",
        on=ISSUER,
        applies=lambda it, want: not it.self_signed,
        ok=_ok,
        reads=("signature_algorithm",),
        path="signatureAlgorithm",
        says=lambda it, want: f"{it.title} in the chain is signed with {signature_says(it)}",
        why=_WHY,
        fix=ANOTHER,
    ),
)
