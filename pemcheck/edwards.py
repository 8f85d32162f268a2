"""
Ed25519 and Ed448 (RFC 8032) on plain integers: the public key of a seed, and whether a signature verifies.

Pure Ed25519 and Ed448 without prehash and with an empty context, which is what certificates use (RFC 8410).
Nothing here signs, and nothing runs in constant time: it is for keys that the caller holds anyway, on the
caller's own machine.  No byte string makes a function raise.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from .value import Value

_Extended = tuple[int, int, int, int]  # (X, Y, Z, T) is the point (X / Z, Y / Z), and T = X * Y / Z
_NEUTRAL: _Extended = (0, 1, 1, 0)


class _Curve(Value):
    """
    The curve a x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo *p*, and how RFC 8032 uses it.

    ``base`` generates the subgroup of prime order ``order``; ``size`` is the length in bytes of an encoded
    point, of a seed and of half a signature; ``top`` is the highest bit of a secret scalar.
    ``hash_seed`` and ``hash_message`` give twice ``size`` bytes.
    """

    p: int
    a: int
    d: int
    order: int
    cofactor: int
    base: tuple[int, int]
    size: int
    top: int
    hash_seed: Callable[[bytes], bytes]
    hash_message: Callable[[bytes], bytes]
    cofactored: bool

    def public(self, seed: bytes) -> bytes | None:
        """Return the public key of *seed* (sections 5.1.5 and 5.2.5), None if its length is wrong."""
        if len(seed) != self.size:
            return None
        scalar = int.from_bytes(self.hash_seed(seed)[: self.size], "little")
        scalar = scalar & ((1 << self.top) - self.cofactor) | (1 << self.top)
        return self._encode(self._sum((scalar, self.base)))

    def verify(self, public: bytes, signature: bytes, data: bytes) -> bool:
        """Whether *signature* is that of *data* (sections 5.1.7 and 5.2.7)."""
        point = self._decode(public)
        stated, s = signature[: self.size], int.from_bytes(signature[self.size :], "little")
        if point is None or len(signature) != 2 * self.size or s >= self.order:
            return False
        challenge = int.from_bytes(self.hash_message(stated + public + data), "little") % self.order
        x, y = point
        found = self._sum((s, self.base), (challenge, (self.p - x, y)))
        if not self.cofactored:
            return self._encode(found) == stated
        commitment = self._decode(stated)
        return commitment is not None and self._same_but_for_torsion(found, commitment)

    def _same_but_for_torsion(self, first: _Extended, second: tuple[int, int]) -> bool:
        x, y = second
        difference = self._add(first, self._extend((self.p - x, y)))
        for _ in range(self.cofactor.bit_length() - 1):
            difference = self._double(difference)
        return difference[1] == difference[2]  # y = 1 is the neutral point and no other

    def _encode(self, point: _Extended) -> bytes:
        """Return the encoded point (sections 5.1.2 and 5.2.2): y, and the lowest bit of x on top."""
        inverse = pow(point[2], -1, self.p)
        x, y = point[0] * inverse % self.p, point[1] * inverse % self.p
        return (y | (x & 1) << (8 * self.size - 1)).to_bytes(self.size, "little")

    def _decode(self, octets: bytes) -> tuple[int, int] | None:
        """Return the point that *octets* encode (sections 5.1.3 and 5.2.3), None if there is none."""
        number = int.from_bytes(octets, "little")
        sign = number >> (8 * self.size - 1)
        y = number & ((1 << 8 * self.size - 1) - 1)
        if len(octets) != self.size or y >= self.p:
            return None
        # The divisor is never zero, because a / d is not a square.
        square = (1 - y * y) * pow(self.a - self.d * y * y, -1, self.p) % self.p
        x = self._root(square)
        if x * x % self.p != square or (x == 0 and sign):
            return None
        return (x if x & 1 == sign else self.p - x), y

    def _root(self, square: int) -> int:
        """Return a square root modulo p, if there is one."""
        p = self.p
        if p & 3 == 3:
            return pow(square, (p + 1) // 4, p)
        root = pow(square, (p + 3) // 8, p)
        return root if root * root % p == square else root * pow(2, (p - 1) // 4, p) % p

    def _sum(self, *terms: tuple[int, tuple[int, int]]) -> _Extended:
        """Return the sum of scalar * point over *terms*, four bits at a time."""
        width = self.top // 4 + 1  # hexadecimal digits; the order is shorter than a secret scalar
        pairs = [(f"{scalar:0{width}x}", self._multiples(point)) for scalar, point in terms]
        total = _NEUTRAL
        for position in range(width):
            for _ in range(4):
                total = self._double(total)
            for digits, multiples in pairs:
                if digits[position] != "0":
                    total = self._add(total, multiples[digits[position]])
        return total

    def _multiples(self, point: tuple[int, int]) -> dict[str, _Extended]:
        """Return 1 to 15 times *point*, by hexadecimal digit."""
        once = multiple = self._extend(point)
        multiples = {}
        for digit in "123456789abcdef":
            multiples[digit] = multiple
            multiple = self._add(multiple, once)
        return multiples

    def _extend(self, point: tuple[int, int]) -> _Extended:
        x, y = point
        return x, y, 1, x * y % self.p

    # The formulas are dbl-2008-hwcd and add-2008-hwcd of https://hyperelliptic.org/EFD/g1p/auto-twisted-extended.html;
    # the addition is complete, because a is a square modulo p and d is not.

    def _double(self, point: _Extended) -> _Extended:
        x, y, z, _ = point
        p = self.p
        xx = x * x % p
        yy = y * y % p
        e = 2 * x * y % p
        g = self.a * xx + yy
        f = (g - 2 * z * z) % p
        h = self.a * xx - yy
        return e * f % p, g * h % p, f * g % p, e * h % p

    def _add(self, first: _Extended, second: _Extended) -> _Extended:
        x1, y1, z1, t1 = first
        x2, y2, z2, t2 = second
        p = self.p
        xx = x1 * x2 % p
        yy = y1 * y2 % p
        tt = self.d * t1 * t2 % p
        zz = z1 * z2 % p
        e = (x1 + y1) * (x2 + y2) - xx - yy
        f = zz - tt
        g = zz + tt
        h = yy - self.a * xx
        return e * f % p, g * h % p, f * g % p, e * h % p


def _sha512(data: bytes) -> bytes:
    return hashlib.sha512(data).digest()


def _shake256(data: bytes) -> bytes:
    return hashlib.shake_256(data).digest(114)


def _dom4(data: bytes) -> bytes:
    return _shake256(b"SigEd448\0\0" + data)  # section 2: neither prehash nor context


# Section 5.1.  OpenSSL compares the encoded points, without multiplying by the cofactor, as the section allows.
_ED25519 = _Curve(
    p=2**255 - 19,
    a=-1,
    d=0x52036CEE2B6FFE738CC740797779E89800700A4D4141D8AB75EB4DCA135978A3,
    order=2**252 + 0x14DEF9DEA2F79CD65812631A5CF5D3ED,
    cofactor=8,
    base=(
        0x216936D3CD6E53FEC0A4E231FDD6DC5C692CC7609525A7B2C9562D608F25D51A,
        0x6666666666666666666666666666666666666666666666666666666666666658,
    ),
    size=32,
    top=254,
    hash_seed=_sha512,
    hash_message=_sha512,
    cofactored=False,
)

# Section 5.2.  OpenSSL decodes both points and compares them in the quotient by the points of order 4.
_ED448 = _Curve(
    p=2**448 - 2**224 - 1,
    a=1,
    d=-39081,
    order=2**446 - 0x8335DC163BB124B65129C96FDE933D8D723A70AADC873D6D54A7BB0D,
    cofactor=4,
    base=(
        0x4F1970C66BED0DED221D15A622BF36DA9E146570470F1767EA6DE324A3D3A46412AE1AF72AB66511433B80E18B00938E2626A82BC70CC05E,
        0x693F46716EB6BC248876203756C9C7624BEA73736CA3984087789C1E05A0C2D73AD3FF1CE67C39C4FDBD132C4ED7C8AD9808795BF230FA14,
    ),
    size=57,
    top=447,
    hash_seed=_shake256,
    hash_message=_dom4,
    cofactored=True,
)


def ed25519_public(seed: bytes) -> bytes | None:
    """Return the 32-byte public key of a 32-byte *seed* (RFC 8032 section 5.1.5), None for another length."""
    return _ED25519.public(seed)


def ed25519_verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """
    Whether the 64-byte *signature* of *data* was made with the 32-byte *public* key (RFC 8032 section 5.1.7).

    False too for a wrong length, a key that does not decode, and S not below the order.  Cofactorless, as
    OpenSSL: a signature that only the equation multiplied by 8 would accept does not verify.
    """
    return _ED25519.verify(public, signature, data)


def ed448_public(seed: bytes) -> bytes | None:
    """Return the 57-byte public key of a 57-byte *seed* (RFC 8032 section 5.2.5), None for another length."""
    return _ED448.public(seed)


def ed448_verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """
    Whether the 114-byte *signature* of *data* was made with the 57-byte *public* key (RFC 8032 section 5.2.7).

    False too for a wrong length, a key or a point R that does not decode, and S not below the order.
    Cofactored, as OpenSSL and as the RFC has it: both sides are multiplied by 4.
    """
    return _ED448.verify(public, signature, data)
