"""
What was decoded before: a fleet repeats its issuers, algorithms, usages, policies and pointers, byte for byte.

Only values of certificates are kept, never anything of a private key, and few and small ones: memory stays flat.
What is kept depends on the bytes alone, so that no answer depends on what was read before; what raises is not kept.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Callable, TypeVar

T = TypeVar("T")

MAX_VALUES = 2_048
"""Values that are kept; the least recently used goes first."""
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


def kept() -> int:
    """Return how many values are kept."""
    return _kept.cache_info().currsize


def forget() -> None:
    """Forget every value."""
    _kept.cache_clear()
