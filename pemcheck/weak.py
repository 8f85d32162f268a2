"""
RSA moduli that are publicly known to be weak.

Sources: CA/Browser Forum Baseline Requirements sections 6.1.1.3 and 6.1.6, https://crocs.fi.muni.cz/public/papers/rsa_ccs17
"""

from __future__ import annotations

import hashlib
import re
from math import isqrt

from .arithmetic import MAX_MODULUS_BITS

_FERMAT_STEPS = 100

MAX_LIST_BYTES = 32 * 1024 * 1024
"""Bytes of a list of weak keys: all of Debian's together have some 20 million."""

_ENTRY, _OTHER_LINE = rb"^[0-9a-f]{20}[ \t\r]*$", rb"^(?![0-9a-f]{20}[ \t\r]*$|#|[ \t\r\v\f]*$)."

# Where 65537 generates few residues, fewest first, so that an innocent modulus is let go after one or two.
_ROCA_PRIMES = (11, 37, 13, 19, 17, 61, 97, 73, 151, 107, 71, 79, 53, 103, 127, 109, 157)


def modulus(n: int) -> str:
    """
    Return what is publicly known to be weak about the RSA modulus *n*, as half a sentence; "" if nothing is.

    Looked for are prime factors below 752 (CA/Browser Forum Baseline Requirements section 6.1.6), primes that
    Fermat's method finds in 100 steps (section 6.1.1.3), and the fingerprint of ROCA (CVE-2017-15361), which
    one in 200 million sound moduli bears by chance.
    """
    if not n & 1:
        return "it is even"
    if n <= 1 or n.bit_length() > MAX_MODULUS_BITS:
        return ""
    if any(n % factor == 0 for factor in range(3, 752, 2)):
        return "it has a prime factor below 752"
    steps = _fermat_steps(n)
    if steps:
        count = "one step" if steps == 1 else f"{steps} steps"
        return f"its two primes are so close that Fermat's method factors it in {count}"
    if all(n % prime in _generated(prime) for prime in _ROCA_PRIMES):
        return "it has the fingerprint of ROCA (CVE-2017-15361)"
    return ""


def _fermat_steps(n: int) -> int:
    """Return in how many steps Fermat's method factors *n*, which is odd; 0 if not within 100."""
    a = isqrt(n - 1) + 1
    rest = a * a - n
    for step in range(1, _FERMAT_STEPS + 1):
        # squares end in few ways; looking first saves three of four roots
        if rest & 15 in (0, 1, 4, 9) and isqrt(rest) ** 2 == rest:
            return step
        rest += 2 * a + 1
        a += 1
    return 0


def _generated(prime: int) -> set[int]:
    """Return the powers of 65537 modulo *prime*."""
    powers = {1}
    power = 65537 % prime
    while power != 1:
        powers.add(power)
        power = power * 65537 % prime
    return powers


class WeakKeys:
    """A list of known weak keys; whether a ``fingerprint`` is in it can be asked."""

    def __init__(self, lines: bytes) -> None:
        self._lines = lines  # 20 digits on a line each, and comments: a set of them would be ten times as large

    def __contains__(self, digits: object) -> bool:
        wanted = str(digits).encode()
        return self._lines.startswith(wanted) or b"\n" + wanted in self._lines


def read_list(data: bytes) -> WeakKeys:
    """
    Return a list of known weak keys, as Debian's package openssl-blacklist has them.

    A line holds the last 20 hexadecimal digits of the SHA-1 of ``Modulus=`` and the modulus; # starts a comment.
    Raises ValueError for a file that is none, and for one above ``MAX_LIST_BYTES``: what was not read must not look
    like a key that is not listed.
    """
    if len(data) > MAX_LIST_BYTES:
        raise ValueError(f"this list of weak keys is larger than {MAX_LIST_BYTES:,} bytes, and would be read in part")
    if re.search(_OTHER_LINE, data, re.MULTILINE) or not re.search(_ENTRY, data, re.MULTILINE):
        raise ValueError("this is no list of weak keys: 20 hexadecimal digits a line, as openssl-blacklist has them")
    return WeakKeys(data)


def fingerprint(n: int) -> str:
    """Return what a list of weak keys holds for the modulus *n*."""
    return hashlib.sha1(b"Modulus=%X\n" % n, usedforsecurity=False).hexdigest()[20:]
