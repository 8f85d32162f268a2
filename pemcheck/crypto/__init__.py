"""
Whether a key belongs to a certificate, and whether an issuer signed it.

Arithmetic decides, oscrypto confirms where it loads; the two are kept apart to the end, so that a bug in either
shows as a disagreement and not as a verdict.  This package alone knows oscrypto, and imports it when it is first
asked for: start-up time is a promise.  For the same reason ``decrypting`` is imported by whoever needs it.  Nothing
here raises, whatever is in a key or a certificate, but ``decrypting``, which raises NotOpened.
"""

from __future__ import annotations

from . import oscrypto_loader
from .answers import Answer
from .keys import UNEXAMINED, examine, weakness
from .matching import match
from .signatures import effort, verify

__all__ = ["UNEXAMINED", "Answer", "backend", "effort", "examine", "match", "verify", "weakness"]


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
