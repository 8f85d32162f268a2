"""
What was decoded before: a fleet repeats its issuers, algorithms, usages, policies and pointers, byte for byte.

Only values of certificates are kept, never anything of a private key, and few and small ones: memory stays flat.
What is kept depends on the bytes alone, so that no answer depends on what was read before; what raises is not kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Callable, TypeVar

from ..budget import ELEMENTS, Budget
from ..facts import Certificate
from ..pem import Block

T = TypeVar("T")

MAX_VALUES = 1_024
"""Values that are kept, the issuers' and one for each of the last certificates; the least recently used goes first."""
MAX_BYTES = 512
"""Bytes of DER of a value that is kept."""


def once_each(decode: Callable[[bytes], T]) -> Callable[[bytes], T]:
    """Return *decode*, which makes an immutable value of bytes, so that it does it once for each short value."""

    def decode_once(data: bytes) -> T:
        if len(data) > MAX_BYTES:
            return decode(data)
        found: T = _kept(decode, data)
        return found

    return decode_once


@lru_cache(MAX_VALUES)
def _kept(decode: Callable[[bytes], Any], data: bytes) -> Any:
    return decode(data)


MAX_AUTHORITIES = 256
"""Certificates of CAs that are kept whole; the one that was read first goes first."""
MAX_AUTHORITY_BYTES = 4_096
"""Bytes of DER of such a certificate."""
_AUTHORITIES: dict[bytes, tuple[int, Certificate]] = {}


def authority(block: Block, budget: Budget) -> Certificate | None:
    """Return the CA's certificate that *block* is known to be, paid for as though it were read."""
    price, found = _AUTHORITIES.get(block.der, (0, None)) if block.label == "CERTIFICATE" else (0, None)
    return found.replace(at=block.at) if found is not None and budget.take(ELEMENTS, price) else None


def keep_authority(block: Block, price: int, found: object) -> None:
    """Keep *found*, all of which could be read for *price* elements, if it is a CA's: every chain has the same ones."""
    if block.label != "CERTIFICATE" or len(block.der) > MAX_AUTHORITY_BYTES:  # what is behind a TRUSTED one is its own
        return
    if not isinstance(found, Certificate) or not found.is_ca or found.trailing:
        return
    for oldest in [*_AUTHORITIES][:1] if len(_AUTHORITIES) >= MAX_AUTHORITIES else ():
        _AUTHORITIES.pop(oldest, None)
    _AUTHORITIES[block.der] = (price, found)


def kept() -> int:
    """Return how many values are kept."""
    return _kept.cache_info().currsize


def forget() -> None:
    """Forget every value."""
    _kept.cache_clear()
    _AUTHORITIES.clear()
