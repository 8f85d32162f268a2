"""
RSA, elliptic curves and DSA on plain integers: whether a key's numbers fit, whether a signature verifies.

Nothing here signs, and nothing runs in constant time: it is for keys that the caller holds anyway, on the
caller's own machine.  No integer and no byte string makes a function raise; the work is bounded before it
starts.  Verification answers None where it cannot tell, which is never the same as False.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from math import gcd

from .value import Value

MAX_MODULUS_BITS = 16384
"""Bits of the largest RSA modulus or DSA prime to calculate with: OpenSSL's own limit for RSA
(OPENSSL_RSA_MAX_MODULUS_BITS), and more than any CA signs; beyond it, time is what an attacker would buy."""

MAX_EXPONENT_BITS = 64
"""Bits of the largest public exponent to verify with: OpenSSL's own limit for large moduli
(OPENSSL_RSA_MAX_PUBEXP_BITS).  One as long as its 4,096-bit modulus would take seconds per signature."""

MAX_ORDER_BITS = 512
"""Bits of the largest DSA subgroup order to calculate with; FIPS 186-4 section 4.2 knows none above 256."""

Point = tuple[int, int]
"""A point of a curve as its affine coordinates x and y."""

_Jacobian = tuple[int, int, int]  # (X, Y, Z) is the point (X / Z^2, Y / Z^3); Z = 0 is the point at infinity
_INFINITY: _Jacobian = (1, 1, 0)

# ---------------------------------------------------------------------------------------------------- hashes

# The DER of DigestInfo up to the digest itself (RFC 8017 section 9.2, note 1).  The NIST hashes differ in the last
# arc of their OID and in their length only (https://csrc.nist.gov/projects/computer-security-objects-register).
_DIGEST_INFO = {
    "md5": bytes.fromhex("3020300c06082a864886f70d020505000410"),
    "sha1": bytes.fromhex("3021300906052b0e03021a05000414"),
    **{
        name: bytes.fromhex(f"30{17 + size:02x}300d06096086480165030402{arc:02x}050004{size:02x}")
        for name, arc, size in (
            ("sha256", 1, 32),
            ("sha384", 2, 48),
            ("sha512", 3, 64),
            ("sha224", 4, 28),
            ("sha512_224", 5, 28),
            ("sha512_256", 6, 32),
            ("sha3_224", 7, 28),
            ("sha3_256", 8, 32),
            ("sha3_384", 9, 48),
            ("sha3_512", 10, 64),
        )
    },
}


def _hash(name: str) -> Callable[[bytes], bytes] | None:
    """Return the function from data to digest, or None if this Python has no such hash."""

    def digest(data: bytes) -> bytes:
        # A FIPS provider refuses MD5 and SHA-1 for security; to learn what an old certificate says is none.
        return hashlib.new(name, data, usedforsecurity=False).digest()

    try:
        return digest if name in _DIGEST_INFO and digest(b"") else None
    except ValueError:
        return None


def _leftmost(digest: bytes, order: int) -> int:
    """Return the leftmost bits of *digest*, as many as *order* has (FIPS 186-4 sections 4.6 and 6.4)."""
    return int.from_bytes(digest, "big") >> max(0, 8 * len(digest) - order.bit_length())


# ------------------------------------------------------------------------------------------------------- RSA


def rsa_faults(n: int, e: int, secret: tuple[int, ...]) -> tuple[str, ...]:
    """
    Name every relation between the numbers of an RSA private key that does not hold; () means consistent.

    *secret* is (version, privateExponent, prime1, prime2, exponent1, exponent2, coefficient).  The relations
    are those of RFC 8017 section 3.2, the names those of its appendix A.1.2; no number of the key is in the
    text.  ``privateExponent`` may be reduced modulo lcm or product of prime1 - 1 and prime2 - 1.  One wrong
    number is one fault where that can be told: exponent1 and exponent2 are blamed only if they fit neither
    privateExponent nor publicExponent.  Of a key with more primes (version 1) only the first two are looked at.
    """
    names = ("modulus", "publicExponent", "version", "privateExponent", "prime1", "prime2")
    named = tuple(zip((*names, "exponent1", "exponent2", "coefficient"), (n, e, *secret)))
    faults = [f"{name} is longer than {MAX_MODULUS_BITS} bits" for name, it in named if _exceeds(it, MAX_MODULUS_BITS)]
    if not faults:  # odd primes only, and nothing below divides by zero
        faults = [f"{name} is not an odd number above 1" for name, it in named[4:6] if it < 2 or not it & 1]
    return tuple(faults) or _broken_relations(n, e, secret)


def _broken_relations(n: int, e: int, secret: tuple[int, ...]) -> tuple[str, ...]:
    version, d, p, q, exponent1, exponent2, coefficient = secret

    def inverts(exponent: int, prime: int) -> bool:
        return (e * exponent - 1) % (prime - 1) == 0

    def fits(exponent: int, prime: int) -> bool:
        return exponent == d % (prime - 1) or (0 < exponent < prime and inverts(exponent, prime))

    relations = (
        (version in (0, 1), "version is neither 0 (two primes) nor 1 (more)"),
        (version == 1 or n == p * q, "modulus is not prime1 * prime2"),
        (version != 1 or (n > p * q and n % (p * q) == 0), "modulus is not prime1 * prime2 * further primes"),
        (p != q, "prime1 and prime2 are the same"),
        (1 < e < n and e & 1, "publicExponent is not an odd number between 1 and the modulus"),
        (0 < d < n, "privateExponent is not between 0 and the modulus"),
        (inverts(d, p) and inverts(d, q), "privateExponent does not invert publicExponent"),
        (fits(exponent1, p), "exponent1 is not privateExponent mod (prime1 - 1)"),
        (fits(exponent2, q), "exponent2 is not privateExponent mod (prime2 - 1)"),
        (0 < coefficient < p and q * coefficient % p == 1, "coefficient does not invert prime2 modulo prime1"),
    )
    return tuple(fault for holds, fault in relations if not holds)


def rsa_verify_pkcs1(n: int, e: int, signature: bytes, data: bytes, hash_name: str) -> bool | None:
    """
    Whether *signature* is that of *data*: RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2).

    The one encoding of RFC 8017 section 9.2 is compared, with the NULL parameters, as OpenSSL does; so there
    is no padding to parse and none to forge.  *hash_name* is hashlib's, such as ``sha256``.
    None: the key is beyond the bounds, or there is no such hash.
    """
    digest = _hash(hash_name)
    if digest is None or _exceeds(n, MAX_MODULUS_BITS) or _exceeds(e, MAX_EXPONENT_BITS):
        return None
    encoded = _DIGEST_INFO[hash_name] + digest(data)
    padding = len(signature) - len(encoded) - 3
    if padding < 8:
        return False
    return _rsa_open(n, e, signature) == int.from_bytes(b"\0\1" + b"\xff" * padding + b"\0" + encoded, "big")


def rsa_verify_pss(
    n: int, e: int, signature: bytes, data: bytes, hash_name: str, mgf_hash: str, salt_length: int
) -> bool | None:
    """
    Whether *signature* is that of *data*: RSASSA-PSS (RFC 8017 section 8.1.2) with MGF1.

    *hash_name* and *mgf_hash* are hashlib's names; the salt has exactly *salt_length* bytes.
    None: the key is beyond the bounds, or there is no such hash.
    """
    digest, mask = _hash(hash_name), _hash(mgf_hash)
    if not digest or not mask or _exceeds(n, MAX_MODULUS_BITS) or _exceeds(e, MAX_EXPONENT_BITS):
        return None
    bits = n.bit_length() - 1
    number = _rsa_open(n, e, signature)
    if number is None or number.bit_length() > bits:
        return False
    # EMSA-PSS-VERIFY (RFC 8017 section 9.1.2) of maskedDB, H, 0xbc
    hashed = digest(data)
    message = number.to_bytes((bits + 7) // 8, "big")
    size = len(message) - len(hashed) - 1
    if not 0 <= salt_length < size or message[-1] != 0xBC:
        return False
    stated = message[size:-1]
    block = int.from_bytes(message[:size], "big") ^ int.from_bytes(_mgf1(stated, size, mask), "big")
    block &= (1 << (bits - 8 * len(hashed) - 8)) - 1
    salt = block ^ (1 << 8 * salt_length)  # DB is zeros, a one, the salt: without the one, the salt alone is left
    if salt >> 8 * salt_length:
        return False
    return digest(bytes(8) + hashed + salt.to_bytes(salt_length, "big")) == stated


def _rsa_open(n: int, e: int, signature: bytes) -> int | None:
    """Return the message representative (RSAVP1, RFC 8017 section 5.2.2), None if it is no signature of this key."""
    number = int.from_bytes(signature, "big")
    if len(signature) != (n.bit_length() + 7) // 8 or number >= n or e < 1:
        return None
    return pow(number, e, n)


def _mgf1(seed: bytes, size: int, digest: Callable[[bytes], bytes]) -> bytes:
    """Return *size* bytes of mask (RFC 8017 appendix B.2.1)."""
    mask = b""
    counter = 0
    while len(mask) < size:
        mask += digest(seed + counter.to_bytes(4, "big"))
        counter += 1
    return mask[:size]


def _exceeds(number: int, bits: int) -> bool:
    return number.bit_length() > bits


# -------------------------------------------------------------------------------------------- elliptic curves


class Curve(Value):
    """
    The curve y^2 = x^3 + ax + b over the integers modulo *p*, its generator *g* of prime order *n*.

    ``a`` has to be p - 3, as it is on every curve here: the doubling formula relies on it.  The cofactor is 1.
    ``bits`` is the size of the field.
    """

    name: str
    p: int
    a: int
    b: int
    n: int
    g: Point
    bits: int

    def contains(self, point: Point) -> bool:
        """Whether *point* has reduced coordinates and is on the curve (SEC 1 section 3.2.2.1)."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0

    def decode(self, octets: bytes) -> Point | None:
        """
        Return the point that *octets* encode (SEC 1 section 2.3.4), None if there is none.

        Uncompressed, compressed, and OpenSSL's hybrid form; the point at infinity is no public key.
        """
        size = (self.bits + 7) // 8
        form = octets[:1]
        x = int.from_bytes(octets[1 : size + 1], "big")
        if form in (b"\2", b"\3") and len(octets) == size + 1:
            # a square root, if there is one, because p is 3 modulo 4
            y = pow(x**3 + self.a * x + self.b, (self.p + 1) // 4, self.p)
            y = y if y & 1 == form[0] & 1 else self.p - y
        elif form in (b"\4", b"\6", b"\7") and len(octets) == 2 * size + 1:
            y = int.from_bytes(octets[size + 1 :], "big")
            if form != b"\4" and y & 1 != form[0] & 1:
                return None
        else:
            return None
        return (x, y) if self.contains((x, y)) else None

    def public(self, d: int) -> Point | None:
        """Return the public point d * G (SEC 1 section 3.2.1), None if *d* is not within 1 .. n - 1."""
        return self._sum((d, self.g)) if 0 < d < self.n else None

    def verify(self, point: Point, r: int, s: int, data: bytes, hash_name: str) -> bool | None:
        """Whether (*r*, *s*) is the ECDSA signature of *data* (SEC 1 section 4.1.4); None if there is no such hash."""
        digest = _hash(hash_name)
        if digest is None:
            return None
        if not (0 < r < self.n and 0 < s < self.n and self.contains(point)):
            return False
        inverse = pow(s, -1, self.n)
        hashed = _leftmost(digest(data), self.n)
        found = self._sum((hashed * inverse % self.n, self.g), (r * inverse % self.n, point))
        return found is not None and found[0] % self.n == r

    def _sum(self, *terms: tuple[int, Point]) -> Point | None:
        """Return the sum of scalar * point over *terms*, None if it is the point at infinity."""
        pairs = [(_signed_digits(scalar), self._odd_multiples(point)) for scalar, point in terms]
        total = _INFINITY
        for position in range(self.n.bit_length(), -1, -1):
            total = self._double(total)
            for digits, multiples in pairs:
                digit = digits.get(position)
                if digit is not None:
                    total = self._add(total, multiples[digit])
        x, y, z = total
        if not z:
            return None
        inverse = pow(z, -1, self.p)
        square = inverse * inverse % self.p
        return x * square % self.p, y * square * inverse % self.p

    def _odd_multiples(self, point: Point) -> dict[int, _Jacobian]:
        """Return -15, -13 .. 15 times *point*."""
        multiple: _Jacobian = (*point, 1)
        double = self._double(multiple)
        multiples = {}
        for factor in range(1, 16, 2):
            x, y, z = multiple
            multiples[factor], multiples[-factor] = multiple, (x, -y, z)
            multiple = self._add(multiple, double)
        return multiples

    # The formulas are dbl-2001-b and add-2007-bl of https://hyperelliptic.org/EFD/g1p/auto-shortw-jacobian-3.html,
    # in fewer reductions: reducing is what costs time.  No point here has y = 0, because the order is odd.

    def _double(self, point: _Jacobian) -> _Jacobian:
        x, y, z = point
        p = self.p
        delta = z * z % p
        gamma = y * y % p
        beta = 4 * x * gamma % p
        alpha = 3 * (x - delta) * (x + delta) % p
        third = (alpha * alpha - 2 * beta) % p
        return third, (alpha * (beta - third) - 8 * gamma * gamma) % p, 2 * y * z % p

    def _add(self, first: _Jacobian, second: _Jacobian) -> _Jacobian:
        """Return the sum; *second* is not the point at infinity."""
        x1, y1, z1 = first
        if not z1:
            return second
        x2, y2, z2 = second
        p = self.p
        square1 = z1 * z1 % p
        square2 = z2 * z2 % p
        u1 = x1 * square2 % p
        s1 = y1 * z2 * square2 % p
        h = (x2 * square1 - u1) % p
        r = (y2 * z1 * square1 - s1) % p
        if not h:
            return _INFINITY if r else self._double(first)
        square = h * h % p
        cube = h * square % p
        v = u1 * square % p
        x = (r * r - cube - 2 * v) % p
        return x, (r * (v - x) - s1 * cube) % p, z1 * z2 * h % p


def _signed_digits(scalar: int) -> dict[int, int]:
    """
    Return *scalar* as {position: digit}, the sum of digit * 2^position: odd digits of at most 15, rarely one.

    This is the width-5 non-adjacent form (https://hyperelliptic.org/HEHCC/, algorithm 9.35).
    """
    digits = {}
    position = 0
    while scalar:
        zeros = (scalar & -scalar).bit_length() - 1
        position += zeros
        scalar >>= zeros
        digit = scalar & 31
        digits[position] = digit = digit - 32 if digit > 15 else digit
        scalar -= digit
    return digits


def _curve(name: str, p: int, b: int, n: int, x: int, y: int) -> Curve:
    return Curve(name, p, p - 3, b, n, (x, y), p.bit_length())


# SEC 2 (https://www.secg.org/sec2-v2.pdf) sections 2.4.2, 2.5.1 and 2.6.1: p, b, n, and the generator
_KNOWN = (
    _curve(
        "prime256v1",
        0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF,
        0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B,
        0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
        0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
        0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    ),
    _curve(
        "secp384r1",
        2**384 - 2**128 - 2**96 + 2**32 - 1,
        0xB3312FA7E23EE7E4988E056BE3F82D19181D9C6EFE8141120314088F5013875AC656398D8A2ED19D2A85C8EDD3EC2AEF,
        0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
        0xAA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872760AB7,
        0x3617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C90EA0E5F,
    ),
    _curve(
        "secp521r1",
        2**521 - 1,
        0x51953EB9618E1C9A1F929A21A0B68540EEA2DA725B99B315F3B8B489918EF109E156193951EC7E937B1652C0BD3BB1BF073573DF883D2C34F1EF451FD46B503F00,
        0x1FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409,
        0xC6858E06B70404E9CD9E3ECB662395B4429C648139053FB521F828AF606B4D3DBAA14B5E77EFE75928FE1DC127A2FFA8DE3348B3C1856A429BF97E7E31C2E5BD66,
        0x11839296A789A3BC0045C8A5FB42C7D1BD998F54449579B446817AFBD17273E662C97EE72995EF42640C550B9013FAD0761353C7086A272C24088BE94769FD16650,
    ),
)

CURVES: Mapping[str, Curve] = {curve.name: curve for curve in _KNOWN}
"""The curves to calculate with, by AWS's names."""


def named_curve(p: int, a: int, b: int, n: int, generator: bytes | Point) -> str | None:
    """
    Return which of CURVES explicit parameters (SEC 1 appendix C.2) describe, None if it is none of them.

    *generator* is the encoded point or its coordinates.
    """
    for curve in CURVES.values():
        if p == curve.p and n == curve.n and a % p == curve.a and b % p == curve.b:
            point = curve.decode(generator) if isinstance(generator, bytes) else generator
            return curve.name if point == curve.g else None
    return None


def ecdsa_signature(der: bytes) -> Point | None:
    """
    Return (r, s) of an Ecdsa-Sig-Value or Dss-Sig-Value (RFC 3279 sections 2.2.2 and 2.2.3).

    None if it is not strict DER, has a negative number, or more than 255 bytes inside (P-521 has 138).
    """
    sequence = _split(der, 0x30)
    first = _split(sequence[0], 0x02) if sequence and not sequence[1] else None
    second = _split(first[1], 0x02) if first else None
    if not (first and second) or second[1]:
        return None
    numbers = first[0], second[0]
    for number in numbers:  # X.690 section 8.3.2: no needless leading zero
        if not number or number[0] & 0x80 or (number[0] == 0 and len(number) > 1 and not number[1] & 0x80):
            return None
    return int.from_bytes(numbers[0], "big"), int.from_bytes(numbers[1], "big")


def _split(der: bytes, tag: int) -> tuple[bytes, bytes] | None:
    """Return the content of the first value and what follows, None if its tag or its length is not right."""
    long = der[1:2] == b"\x81"
    start = 3 if long else 2
    if len(der) < start or der[0] != tag:
        return None
    length = der[start - 1]
    if (length < 0x80) == long or len(der) < start + length:
        return None
    return der[start : start + length], der[start + length :]


# ------------------------------------------------------------------------------------------------------- DSA


def dsa_public(p: int, g: int, x: int) -> int | None:
    """Return the public key g^x mod p (FIPS 186-4 appendix B.1), None if the numbers are out of range or bounds."""
    if _exceeds(p, MAX_MODULUS_BITS) or _exceeds(x, MAX_ORDER_BITS) or x < 1 or not 1 < g < p:
        return None
    return pow(g, x, p)


def dsa_verify(p: int, q: int, g: int, y: int, r: int, s: int, data: bytes, hash_name: str) -> bool | None:
    """
    Whether (*r*, *s*) is the DSA signature of *data* (FIPS 186-4 section 4.7).

    None: the key is beyond the bounds, or there is no such hash.
    """
    digest = _hash(hash_name)
    if digest is None or _exceeds(p, MAX_MODULUS_BITS) or _exceeds(q, MAX_ORDER_BITS):
        return None
    if not (1 < g < p and 1 < y < p and 0 < r < q and 0 < s < q) or gcd(s, q) != 1:
        return False
    inverse = pow(s, -1, q)
    first = pow(g, _leftmost(digest(data), q) * inverse % q, p)
    return first * pow(y, r * inverse % q, p) % p % q == r
