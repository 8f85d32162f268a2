"""RSA, elliptic curves and DSA on plain integers, with pyca/cryptography (OpenSSL) as the judge."""

from __future__ import annotations

import hashlib
import random
import time
from collections.abc import Callable
from functools import cache
from math import isqrt, lcm, prod
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pemcheck import arithmetic, weak
from pemcheck.arithmetic import CURVES, Curve

pytestmark = pytest.mark.once

DATA = b"sample"
HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),
    "sha1": hashes.SHA1(),
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha512_224": hashes.SHA512_224(),
    "sha512_256": hashes.SHA512_256(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
JUDGED: dict[str, type[ec.EllipticCurve]] = {
    "prime256v1": ec.SECP256R1,
    "secp384r1": ec.SECP384R1,
    "secp521r1": ec.SECP521R1,
}
# A modulus of 1,025 bits is one more than whole bytes: PSS encodes into one byte less than the signature has.
RSA_SIZES = (1024, 1025, 1031, 2048)
ODD_NUMBERS = (0, 1, -1, 2, 3, -7, 10, 2**64, 2**64 - 1, 2**521 - 1, -(2**600), 1 << 1023, 1 << 16384, -(1 << 70000))

every_curve = pytest.mark.parametrize("curve", CURVES.values(), ids=list(CURVES))


def size_of(number: int) -> str:
    """Return the name of a test case with an integer that is too long to print."""
    return f"{number.bit_length()}-bits"


every_hash = pytest.mark.parametrize("name", HASHES)


@cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """Return a random RSA key, the same for the whole run."""
    return rsa.generate_private_key(65537, bits)


def rsa_public(bits: int) -> tuple[int, int]:
    """Return (n, e) of that key."""
    numbers = rsa_key(bits).public_key().public_numbers()
    return numbers.n, numbers.e


def rsa_secret(bits: int) -> tuple[int, ...]:
    """Return (version, d, p, q, dP, dQ, qInv) of that key."""
    it = rsa_key(bits).private_numbers()
    return 0, it.d, it.p, it.q, it.dmp1, it.dmq1, it.iqmp


def rsa_raw(bits: int, number: int) -> bytes:
    """Return the signature whose message representative is *number*."""
    return pow(number, rsa_secret(bits)[1], rsa_public(bits)[0]).to_bytes((bits + 7) // 8, "big")


def pss(bits: int, name: str, mgf: str, salt: int) -> bytes:
    """Return a PSS signature of DATA."""
    return rsa_key(bits).sign(DATA, padding.PSS(padding.MGF1(HASHES[mgf]), salt), HASHES[name])


def coordinates(key: ec.EllipticCurvePublicKey) -> tuple[int, int]:
    """Return the point of a public key."""
    numbers = key.public_numbers()
    return numbers.x, numbers.y


def ec_pair(curve: Curve, seed: int) -> tuple[ec.EllipticCurvePrivateKey, tuple[int, int]]:
    """Return a key on *curve*, and its point."""
    secret = random.Random(f"{curve.name}{seed}").randrange(1, curve.n)
    key = ec.derive_private_key(secret, JUDGED[curve.name]())
    return key, coordinates(key.public_key())


def no_hashes(*_: object, **__: object) -> None:
    """Stand in for a hashlib whose provider refuses."""
    raise ValueError("disabled for FIPS")


# ------------------------------------------------------------------------------------------- RSA, consistency


@pytest.mark.parametrize("bits", RSA_SIZES)
def test_a_consistent_rsa_key_has_no_faults(bits: int) -> None:
    """Keys that OpenSSL makes hold every relation."""
    assert () == arithmetic.rsa_faults(*rsa_public(bits), rsa_secret(bits))


@pytest.mark.parametrize("modulus", [lambda p, q: lcm(p - 1, q - 1), lambda p, q: (p - 1) * (q - 1)])
def test_the_private_exponent_may_be_reduced_either_way(modulus: Callable[[int, int], int]) -> None:
    """The inverse of e modulo lcm(p - 1, q - 1) and modulo (p - 1)(q - 1) are both right."""
    (n, e), (_, _, p, q, *crt) = rsa_public(1024), rsa_secret(1024)
    assert () == arithmetic.rsa_faults(n, e, (0, pow(e, -1, modulus(p, q)), p, q, *crt))


@pytest.mark.parametrize("by", [2, -2])
@pytest.mark.parametrize(
    ("position", "fault"),
    [
        (0, "modulus is not prime1 * prime2"),
        (1, "privateExponent does not invert publicExponent"),
        (3, "privateExponent does not invert publicExponent"),
        (6, "exponent1 is not privateExponent mod (prime1 - 1)"),
        (7, "exponent2 is not privateExponent mod (prime2 - 1)"),
        (8, "coefficient does not invert prime2 modulo prime1"),
    ],
)
def test_a_number_off_by_two_is_one_named_fault(position: int, fault: str, by: int) -> None:
    """One wrong number breaks one relation, and that one is named."""
    numbers = [*rsa_public(1024), *rsa_secret(1024)]
    numbers[position] += by
    assert (fault,) == arithmetic.rsa_faults(numbers[0], numbers[1], tuple(numbers[2:]))


SMALL = (187, 3, 0, 27, 11, 17, 7, 11, 2)
"""The numbers of a consistent RSA key, as RFC 8017 orders them with the version behind the public ones."""


@pytest.mark.once
@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({}, []),
        ({2: 1, 0: 187 * 13}, []),
        ({2: 1}, ["modulus"]),
        ({2: 1, 0: 186 * 13}, ["modulus"]),
        ({2: -1}, ["version"]),
        ({2: 2}, ["version"]),
        ({1: 187, 3: 3, 6: 3, 7: 3}, ["publicExponent"]),
        ({1: 1, 3: 1, 6: 1, 7: 1}, ["publicExponent"]),
        ({1: 83}, []),
        ({3: 27 + 80}, []),
        ({3: 27 + 160}, ["privateExponent"]),
        ({3: 27 - 80}, ["privateExponent"]),
        ({6: 6}, ["exponent1"]),
        ({6: 8}, ["exponent1"]),
        ({6: 17}, ["exponent1"]),
        ({6: -3}, ["exponent1"]),
        ({7: 10}, ["exponent2"]),
        ({7: 12}, ["exponent2"]),
        ({7: 27}, ["exponent2"]),
        ({8: 1}, ["coefficient"]),
        ({8: 3}, ["coefficient"]),
        ({8: 13}, ["coefficient"]),
        ({8: -9}, ["coefficient"]),
    ],
)
def test_each_relation_of_a_small_key_is_kept_or_named(changes: dict[int, int], faults: list[str]) -> None:
    """One step beside the right number, and one that is congruent to it."""
    n, e, *secret = (changes.get(position, number) for position, number in enumerate(SMALL))
    assert faults == [fault.partition(" ")[0] for fault in arithmetic.rsa_faults(n, e, tuple(secret))]


@pytest.mark.once
def test_a_point_may_have_zero_as_a_coordinate() -> None:
    """It is as much on the curve as any other."""
    curve = CURVES["prime256v1"]
    y = pow(curve.b, (curve.p + 1) // 4, curve.p)
    found = [curve.contains((0, each)) for each in (y, curve.p - y, y + 1)]
    assert ([True, True, False], (0, y)) == (found, curve.decode(bytes([2 + (y & 1)]) + bytes(32)))


@pytest.mark.once
@pytest.mark.parametrize("y", [1, 0])
def test_a_dsa_key_that_is_one_verifies_nothing(y: int) -> None:
    """Anybody can sign below it."""
    p, q, g = DSA_VECTORS[2][0]
    hashed = int.from_bytes(hashlib.sha256(DATA).digest(), "big") >> max(0, 256 - q.bit_length())
    r, s = pow(g, 5, p) % q, pow(5, -1, q) * hashed % q
    assert arithmetic.dsa_verify(p, q, g, y, r, s, DATA, "sha256") is False


def test_exponents_that_follow_a_wrong_private_exponent_are_not_blamed() -> None:
    """What was reduced from it is as it must be."""
    n, e = rsa_public(1024)
    version, d, p, q, *_, coefficient = rsa_secret(1024)
    wrong = (version, d + 2, p, q, (d + 2) % (p - 1), (d + 2) % (q - 1), coefficient)
    assert ("privateExponent does not invert publicExponent",) == arithmetic.rsa_faults(n, e, wrong)


@pytest.mark.parametrize("by", [2, -2])
@pytest.mark.parametrize("position", [4, 5])
def test_a_prime_off_by_two_breaks_what_is_built_on_it(position: int, by: int) -> None:
    """A wrong prime is no factor of the modulus, whatever else it breaks."""
    numbers = [*rsa_public(1024), *rsa_secret(1024)]
    numbers[position] += by
    faults = arithmetic.rsa_faults(numbers[0], numbers[1], tuple(numbers[2:]))
    assert "modulus is not prime1 * prime2" == faults[0]
    assert "coefficient does not invert prime2 modulo prime1" == faults[-1]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({2: lambda it: 2}, "version is neither 0 (two primes) nor 1 (more)"),
        ({2: lambda it: 1}, "modulus is not prime1 * prime2 * further primes"),
        ({1: lambda it: it[1] + 2 * (it[4] - 1) * (it[5] - 1)},
         "publicExponent is not an odd number between 1 and the modulus"),
        ({3: lambda it: it[3] + lcm(it[4] - 1, it[5] - 1) * it[0]}, "privateExponent is not between 0 and the modulus"),
        ({3: lambda it: it[3] - lcm(it[4] - 1, it[5] - 1) * it[0]}, "privateExponent is not between 0 and the modulus"),
        ({6: lambda it: it[6] + it[4] - 1}, "exponent1 is not privateExponent mod (prime1 - 1)"),
        ({7: lambda it: it[7] - it[5] + 1}, "exponent2 is not privateExponent mod (prime2 - 1)"),
        ({8: lambda it: it[8] + it[4]}, "coefficient does not invert prime2 modulo prime1"),
        ({8: lambda it: it[8] - it[4]}, "coefficient does not invert prime2 modulo prime1"),
    ],
)  # fmt: skip
def test_a_number_out_of_its_range_is_a_fault(changes: dict[int, Callable[[list[int]], int]], fault: str) -> None:
    """A number may be congruent to the right one and still not be it (RFC 8017 section 3.2)."""
    numbers = [*rsa_public(1024), *rsa_secret(1024)]
    for position, change in changes.items():
        numbers[position] = change(numbers)
    assert (fault,) == arithmetic.rsa_faults(numbers[0], numbers[1], tuple(numbers[2:]))


@pytest.mark.parametrize("e", [65536, 1, 0, -65537])
def test_a_public_exponent_that_cannot_be_is_a_fault(e: int) -> None:
    """Even numbers, and what is below 3 (RFC 8017 section 3.1)."""
    fault = "publicExponent is not an odd number between 1 and the modulus"
    assert fault in arithmetic.rsa_faults(rsa_public(1024)[0], e, rsa_secret(1024))


def test_the_same_prime_twice_is_a_fault() -> None:
    """A square is no RSA modulus."""
    _, _, p, *_ = rsa_secret(1024)
    assert "prime1 and prime2 are the same" in arithmetic.rsa_faults(p * p, 65537, (0, 1, p, p, 1, 1, 1))


def test_a_key_of_three_primes_is_judged_by_the_first_two() -> None:
    """Version 1 says that the modulus has more factors than the two that are given."""
    primes = [7, 11, 13]
    d = pow(17, -1, lcm(*(prime - 1 for prime in primes)))
    assert () == arithmetic.rsa_faults(prod(primes), 17, (1, d, 7, 11, d % 6, d % 10, pow(11, -1, 7)))


@pytest.mark.parametrize("prime", [1, 0, -1, 2, 4, -(2**100)])
@pytest.mark.parametrize(("position", "name"), [(2, "prime1"), (3, "prime2")])
def test_what_cannot_be_an_odd_prime_is_a_fault(prime: int, position: int, name: str) -> None:
    """Zero, one, negative and even numbers are refused before anything is divided by them."""
    secret = list(rsa_secret(1024))
    secret[position] = prime
    assert (f"{name} is not an odd number above 1",) == arithmetic.rsa_faults(*rsa_public(1024), tuple(secret))


@pytest.mark.parametrize(
    ("position", "name"),
    [(0, "modulus"), (1, "publicExponent"), (2, "version"), (3, "privateExponent"), (4, "prime1"), (5, "prime2"),
     (6, "exponent1"), (7, "exponent2"), (8, "coefficient")],
)  # fmt: skip
def test_a_number_beyond_the_bound_is_a_fault(position: int, name: str) -> None:
    """Numbers that would cost minutes are named, not calculated with."""
    numbers = [*rsa_public(1024), *rsa_secret(1024)]
    numbers[position] = 1 << 4_000_000
    faults = arithmetic.rsa_faults(numbers[0], numbers[1], tuple(numbers[2:]))
    assert (f"{name} is longer than 16384 bits",) == faults


def test_no_number_of_the_key_is_in_the_faults() -> None:
    """Reports may be shared; keys may not."""
    n, e, *secret = (number + 2 for number in (*rsa_public(1024), *rsa_secret(1024)))
    text = " ".join(arithmetic.rsa_faults(n, e, tuple(secret)))
    assert not [number for number in (n, e, *secret[1:]) if str(number) in text or f"{number:x}" in text]


def test_any_nine_integers_have_an_answer() -> None:
    """Nothing that an INTEGER can say makes the check raise."""
    dice = random.Random(1)
    for _ in range(3000):
        n, e, *secret = (dice.choice(ODD_NUMBERS) + dice.randrange(3) for _ in range(9))
        assert () != arithmetic.rsa_faults(n, e, tuple(secret))


# ------------------------------------------------------------------------------------------ RSA, verification


@every_hash
@pytest.mark.parametrize("bits", RSA_SIZES)
def test_pkcs1_signatures_of_openssl_verify(bits: int, name: str) -> None:
    """RSASSA-PKCS1-v1_5 with every hash and size."""
    signature = rsa_key(bits).sign(DATA, padding.PKCS1v15(), HASHES[name])
    assert arithmetic.rsa_verify_pkcs1(*rsa_public(bits), signature, DATA, name) is True


@every_hash
@pytest.mark.parametrize("bits", RSA_SIZES)
@pytest.mark.parametrize("salt", [0, 20, 32])
def test_pss_signatures_of_openssl_verify(bits: int, name: str, salt: int) -> None:
    """RSASSA-PSS with every hash, size and usual salt."""
    signature = pss(bits, name, name, salt)
    assert arithmetic.rsa_verify_pss(*rsa_public(bits), signature, DATA, name, name, salt) is True


@pytest.mark.parametrize(("name", "mgf"), [("sha256", "sha1"), ("sha1", "sha512"), ("sha384", "sha3_256")])
def test_pss_may_mask_with_another_hash(name: str, mgf: str) -> None:
    """The mask generation function has a hash of its own (RFC 8017 appendix A.2.3)."""
    signature = pss(1025, name, mgf, 20)
    assert arithmetic.rsa_verify_pss(*rsa_public(1025), signature, DATA, name, mgf, 20) is True
    assert arithmetic.rsa_verify_pss(*rsa_public(1025), signature, DATA, name, name, 20) is False


@pytest.mark.parametrize("bits", RSA_SIZES)
@pytest.mark.parametrize("salt", [-1, 0, 19, 21, 32, 300, 1 << 40])
def test_pss_salt_has_to_have_the_stated_length(bits: int, salt: int) -> None:
    """A salt of another length does not verify, whatever length is claimed."""
    assert (
        arithmetic.rsa_verify_pss(*rsa_public(bits), pss(bits, "sha256", "sha256", 20), DATA, "sha256", "sha256", salt)
        is False
    )


@pytest.mark.parametrize("bits", RSA_SIZES)
def test_the_longest_salt_verifies(bits: int) -> None:
    """A salt that leaves no zeros in DB is right too."""
    salt = (bits - 1 + 7) // 8 - 34
    signature = pss(bits, "sha256", "sha256", salt)
    assert arithmetic.rsa_verify_pss(*rsa_public(bits), signature, DATA, "sha256", "sha256", salt) is True


def verifiers(bits: int) -> list[tuple[Callable[..., bool | None], bytes, tuple[Any, ...]]]:
    """Return both verifications, with a signature of DATA and the arguments that follow the data."""
    pkcs1 = rsa_key(bits).sign(DATA, padding.PKCS1v15(), HASHES["sha256"])
    return [
        (arithmetic.rsa_verify_pkcs1, pkcs1, ("sha256",)),
        (arithmetic.rsa_verify_pss, pss(bits, "sha256", "sha256", 32), ("sha256", "sha256", 32)),
    ]


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("bits", RSA_SIZES)
def test_a_changed_rsa_signature_does_not_verify(bits: int, which: int) -> None:
    """One flipped bit, other data, another key: all False."""
    verify, signature, how = verifiers(bits)[which]
    n, e = rsa_public(bits)
    dice = random.Random(bits)
    for _ in range(20):
        flipped = (int.from_bytes(signature, "big") ^ 1 << dice.randrange(bits - 1)).to_bytes(len(signature), "big")
        assert verify(n, e, flipped, DATA, *how) is False
    assert verify(n, e, signature, DATA + b"!", *how) is False
    assert verify(n, e + 2, signature, DATA, *how) is False
    assert verify(n - 2, e, signature, DATA, *how) is False


@pytest.mark.parametrize("which", [0, 1])
def test_an_rsa_signature_that_is_not_reduced_does_not_verify(which: int) -> None:
    """Signature + n has the same power, and is refused (RFC 8017 section 5.2.2 step 1)."""
    verify, signature, how = verifiers(1025)[which]
    n, e = rsa_public(1025)
    unreduced = (int.from_bytes(signature, "big") + n).to_bytes(len(signature), "big")
    assert verify(n, e, unreduced, DATA, *how) is False


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("change", [lambda it: b"\0" + it, lambda it: it + b"\0", lambda it: it[1:], lambda it: b""])
def test_an_rsa_signature_of_another_length_does_not_verify(which: int, change: Callable[[bytes], bytes]) -> None:
    """A signature is as long as the modulus (RFC 8017 section 8.1.2 step 1)."""
    verify, signature, how = verifiers(1024)[which]
    assert verify(*rsa_public(1024), change(signature), DATA, *how) is False


def test_a_digest_info_without_null_does_not_verify() -> None:
    """OpenSSL refuses it, and so does this."""
    digest_info = bytes.fromhex("302f300b06096086480165030402010420") + hashlib.sha256(DATA).digest()
    block = b"\0\1" + b"\xff" * (128 - 3 - len(digest_info)) + b"\0" + digest_info
    signature = rsa_raw(1024, int.from_bytes(block, "big"))
    with pytest.raises(InvalidSignature):
        rsa_key(1024).public_key().verify(signature, DATA, padding.PKCS1v15(), HASHES["sha256"])
    assert arithmetic.rsa_verify_pkcs1(*rsa_public(1024), signature, DATA, "sha256") is False


@pytest.mark.parametrize(("padding_bytes", "verifies"), [(9, True), (8, True), (7, False), (0, False)])
def test_eight_bytes_of_padding_are_the_least(padding_bytes: int, verifies: bool) -> None:
    """RFC 8017 section 9.2 step 3; with 1 as exponent, the encoding is its own signature."""
    digest_info = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(DATA).digest()
    block = b"\0\1" + b"\xff" * padding_bytes + b"\0" + digest_info
    assert arithmetic.rsa_verify_pkcs1((1 << 8 * len(block)) - 1, 1, block, DATA, "sha256") is verifies


def test_a_pss_encoding_has_to_end_as_it_must() -> None:
    """The last byte is 0xbc (RFC 8017 section 9.1.2 step 4)."""
    n, e = rsa_public(1025)
    encoded = pow(int.from_bytes(pss(1025, "sha1", "sha1", 20), "big"), e, n)
    assert arithmetic.rsa_verify_pss(n, e, rsa_raw(1025, encoded), DATA, "sha1", "sha1", 20) is True
    assert arithmetic.rsa_verify_pss(n, e, rsa_raw(1025, encoded ^ 1), DATA, "sha1", "sha1", 20) is False


def test_a_modulus_too_short_for_the_digest_does_not_verify() -> None:
    """The encoding has to fit (RFC 8017 sections 9.1.2 step 3 and 9.2 step 3)."""
    assert arithmetic.rsa_verify_pkcs1((1 << 511) + 1, 3, bytes(64), DATA, "sha512") is False
    assert arithmetic.rsa_verify_pss((1 << 511) + 1, 3, bytes(64), DATA, "sha512", "sha512", 0) is False


def test_a_pss_encoding_with_a_bit_too_many_does_not_verify() -> None:
    """A message representative as long as the modulus is not an encoding (RFC 8017 section 8.1.2 step 2c)."""
    assert arithmetic.rsa_verify_pss(*rsa_public(1025), rsa_raw(1025, 1 << 1024), DATA, "sha1", "sha1", 20) is False


@pytest.mark.parametrize(("n", "e"), [((1 << 16384) - 1, 3), ((1 << 1024) - 1, (1 << 64) - 1)], ids=size_of)
@pytest.mark.parametrize("which", [0, 1])
def test_an_rsa_key_at_the_bounds_is_judged(n: int, e: int, which: int) -> None:
    """As long as may be is not too long."""
    verify, _, how = verifiers(1024)[which]
    assert verify(n, e, bytes((n.bit_length() + 7) // 8), DATA, *how) is False


def test_a_pss_signature_without_its_leading_zero_does_not_verify() -> None:
    """It is as long as the modulus, whatever its value (RFC 8017 section 8.1.2 step 1)."""
    n, e = rsa_public(1025)
    signature = next(each for _ in range(200) if not (each := pss(1025, "sha256", "sha256", 32))[0])
    verified = [arithmetic.rsa_verify_pss(n, e, it, DATA, "sha256", "sha256", 32) for it in (signature, signature[1:])]
    assert [True, False] == verified


@pytest.mark.parametrize(("n", "e"), [(1 << 16384, 3), ((1 << 1024) + 1, 1 << 64), (-(1 << 16384), 3)], ids=size_of)
@pytest.mark.parametrize("which", [0, 1])
def test_an_rsa_key_beyond_the_bounds_cannot_be_told(n: int, e: int, which: int) -> None:
    """None, not False: what is not calculated is not judged."""
    verify, signature, how = verifiers(1024)[which]
    assert verify(n, e, signature, DATA, *how) is None


@pytest.mark.parametrize("name", ["md2", "", "shake_128", "blake2b", "SHA256", "whirlpool", "sm3", "\0"])
def test_an_unknown_hash_cannot_be_told(name: str) -> None:
    """Only the hashes of the table are tried, whatever hashlib has."""
    point = CURVES["prime256v1"].g
    assert arithmetic.rsa_verify_pkcs1(*rsa_public(1024), bytes(128), DATA, name) is None
    assert arithmetic.rsa_verify_pss(*rsa_public(1024), bytes(128), DATA, name, "sha256", 32) is None
    assert arithmetic.rsa_verify_pss(*rsa_public(1024), bytes(128), DATA, "sha256", name, 32) is None
    assert CURVES["prime256v1"].verify(point, 1, 1, DATA, name) is None
    assert arithmetic.dsa_verify(23, 11, 4, 8, 1, 1, DATA, name) is None


def test_a_hash_that_hashlib_refuses_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider's policy is no statement about the signature."""
    monkeypatch.setattr(hashlib, "new", no_hashes)
    assert arithmetic.rsa_verify_pkcs1(*rsa_public(1024), bytes(128), DATA, "md5") is None


@every_hash
def test_hashes_are_asked_for_without_security(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Under FIPS, MD5 and SHA-1 are to be had for reading old certificates only."""
    wanted = []
    new = hashlib.new

    def recording(*args: Any, **kwargs: Any) -> Any:
        wanted.append(kwargs)
        return new(*args, **kwargs)

    monkeypatch.setattr(hashlib, "new", recording)
    arithmetic.rsa_verify_pkcs1(*rsa_public(2048), bytes(256), DATA, name)
    assert [{"usedforsecurity": False}] * 2 == wanted


def test_any_rsa_numbers_have_an_answer() -> None:
    """Nothing that a key or a signature can say makes verification raise."""
    dice = random.Random(2)
    for _ in range(500):
        n, e, salt = (dice.choice(ODD_NUMBERS[:-2]) + dice.randrange(3) for _ in range(3))
        signature = dice.choice([b"", dice.getrandbits(1024).to_bytes(128, "big"), bytes(dice.randrange(130))])
        assert arithmetic.rsa_verify_pkcs1(n, e, signature, DATA, "sha1") in (None, False)
        assert arithmetic.rsa_verify_pss(n, e, signature, DATA, "sha1", "sha1", salt) in (None, False)


# -------------------------------------------------------------------------------------------- elliptic curves

# RFC 6979 appendices A.2.5 to A.2.7: private key, public point, and hash, r, s of the message "sample"
RFC_6979: dict[str, tuple[str, str, str, list[tuple[str, str, str]]]] = {
    "prime256v1": (
        "C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721",
        "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6",
        "7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299",
        [
            (
                "sha1",
                "61340C88C3AAEBEB4F6D667F672CA9759A6CCAA9FA8811313039EE4A35471D32",
                "6D7F147DAC089441BB2E2FE8F7A3FA264B9C475098FDCF6E00D7C996E1B8B7EB",
            ),
            (
                "sha256",
                "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716",
                "F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
            ),
        ],
    ),
    "secp384r1": (
        "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5",
        "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13",
        "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720",
        [
            (
                "sha384",
                "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46",
                "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8",
            )
        ],
    ),
    "secp521r1": (
        "FAD06DAA62BA3B25D2FB40133DA757205DE67F5BB0018FEE8C86E1B68C7E75CAA896EB32F1F47C70855836A6D16FCC1466F6D8FBEC67DB89EC0C08B0E996B83538",
        "1894550D0785932E00EAA23B694F213F8C3121F86DC97A04E5A7167DB4E5BCD371123D46E45DB6B5D5370A7F20FB633155D38FFA16D2BD761DCAC474B9A2F5023A4",
        "493101C962CD4D2FDDF782285E64584139C2F91B47F87FF82354D6630F746A28A0DB25741B5B34A828008B22ACC23F924FAAFBD4D33F81EA66956DFEAA2BFDFCF5",
        [
            (
                "sha512",
                "C328FAFCBD79DD77850370C46325D987CB525569FB63C5D3BC53950E6D4C5F174E25A1EE9017B5D450606ADD152B534931D7D4E8455CC91F9B15BF05EC36E377FA",
                "617CCE7CF5064806C467F678D3B4080D6F1CC50AF26CA209417308281B68AF282623EAA63E5B5C0723D8B8C37FF0777B1A20F8CCB1DCCC43997F1EE0E44DA4A67A",
            )
        ],
    ),
}


@every_curve
def test_the_vectors_of_rfc_6979_hold(curve: Curve) -> None:
    """Appendix A.2: the public point of the private key, and its signatures."""
    secret, x, y, signatures = RFC_6979[curve.name]
    point = int(x, 16), int(y, 16)
    assert point == curve.public(int(secret, 16))
    for name, r, s in signatures:
        assert curve.verify(point, int(r, 16), int(s, 16), DATA, name) is True


def test_there_are_three_curves() -> None:
    """They have AWS's names, and the size of their field."""
    assert {"prime256v1": 256, "secp384r1": 384, "secp521r1": 521} == {key: it.bits for key, it in CURVES.items()}


@every_curve
def test_curves_are_what_the_formulas_need(curve: Curve) -> None:
    """Doubling needs a = p - 3, decompressing p = 3 modulo 4, adding an odd order that is a prime."""
    assert (curve.p - 3, 3, 1) == (curve.a, curve.p % 4, pow(2, curve.n - 1, curve.n))


@every_curve
def test_public_points_are_those_of_openssl(curve: Curve) -> None:
    """They are d * G for random, the least and the greatest private keys."""
    dice = random.Random(curve.name)
    secrets = [*range(1, 20), *(curve.n - it for it in range(1, 20)), *(dice.randrange(1, curve.n) for _ in range(20))]
    expected = [coordinates(ec.derive_private_key(d, JUDGED[curve.name]()).public_key()) for d in secrets]
    assert expected == [curve.public(d) for d in secrets]


@every_curve
@pytest.mark.parametrize("beyond", [lambda n: 0, lambda n: -1, lambda n: n, lambda n: n + 1, lambda n: 1 << 9999])
def test_a_private_key_out_of_range_has_no_point(curve: Curve, beyond: Callable[[int], int]) -> None:
    """1 .. n - 1 are private keys, nothing else (SEC 1 section 3.2.1)."""
    assert curve.public(beyond(curve.n)) is None


@every_hash
@every_curve
def test_ecdsa_signatures_of_openssl_verify(curve: Curve, name: str) -> None:
    """Every hash, shorter and longer than the order."""
    for seed in range(2):
        key, point = ec_pair(curve, seed)
        r, s = utils.decode_dss_signature(key.sign(DATA, ec.ECDSA(HASHES[name])))
        assert curve.verify(point, r, s, DATA, name) is True


@every_curve
def test_a_changed_ecdsa_signature_does_not_verify(curve: Curve) -> None:
    """Other data, another key, other numbers: all False; n - s is the one twin that ECDSA has."""
    (key, point), (_, other) = ec_pair(curve, 0), ec_pair(curve, 1)
    r, s = utils.decode_dss_signature(key.sign(DATA, ec.ECDSA(HASHES["sha256"])))
    assert curve.verify(point, r, curve.n - s, DATA, "sha256") is True
    assert curve.verify(point, r, s, DATA + b"!", "sha256") is False
    assert curve.verify(other, r, s, DATA, "sha256") is False
    assert curve.verify(point, s, r, DATA, "sha256") is False


@every_curve
@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("change", [lambda v, n: 0, lambda v, n: -v, lambda v, n: n, lambda v, n: v + n])
def test_r_and_s_out_of_range_do_not_verify(curve: Curve, which: int, change: Callable[[int, int], int]) -> None:
    """Both are 1 .. n - 1 (SEC 1 section 4.1.4 step 1)."""
    key, point = ec_pair(curve, 0)
    signature = list(utils.decode_dss_signature(key.sign(DATA, ec.ECDSA(HASHES["sha256"]))))
    signature[which] = change(signature[which], curve.n)
    assert curve.verify(point, signature[0], signature[1], DATA, "sha256") is False


@every_curve
@pytest.mark.parametrize("change", [(1, 0), (0, 1), (-1, 0)])
def test_a_point_off_the_curve_verifies_nothing(curve: Curve, change: tuple[int, int]) -> None:
    """An invalid point is no key, and decodes to none."""
    x, y = (coordinate + by for coordinate, by in zip(curve.g, change))
    size = (curve.bits + 7) // 8
    assert not curve.contains((x, y))
    assert curve.decode(b"\4" + x.to_bytes(size, "big") + y.to_bytes(size, "big")) is None
    assert curve.verify((x, y), 1, 1, DATA, "sha256") is False


@every_curve
def test_coordinates_have_to_be_reduced(curve: Curve) -> None:
    """Adding p is another way to write a point, and not allowed."""
    x, y = curve.g
    outside = [(x + curve.p, y), (x, y + curve.p), (x - curve.p, y), (x, y - curve.p)]
    assert [False] * 4 == [curve.contains(point) for point in outside]


@every_curve
def test_a_key_with_unreduced_coordinates_verifies_nothing(curve: Curve) -> None:
    """The right point in the wrong writing is no key."""
    key, (x, y) = ec_pair(curve, 0)
    r, s = utils.decode_dss_signature(key.sign(DATA, ec.ECDSA(HASHES["sha256"])))
    assert curve.verify((x + curve.p, y), r, s, DATA, "sha256") is False


@every_curve
@pytest.mark.parametrize("sign", [1, -1])
def test_adding_a_point_to_itself_or_its_opposite_is_right(curve: Curve, sign: int) -> None:
    """With Q = G, u * G + u * Q is a doubling, and with Q = -G the point at infinity, which verifies nothing."""
    number = int.from_bytes(hashlib.sha256(DATA).digest(), "big")
    r = (number >> max(0, 256 - curve.n.bit_length())) % curve.n
    x, y = curve.g
    # with s = 2 r, both scalars are 1/2: the sum is G itself, whose x is r only by accident
    assert curve.verify((x, sign * y % curve.p), r, 2 * r % curve.n, DATA, "sha256") is False


@every_curve
def test_a_signature_by_the_private_key_one_verifies(curve: Curve) -> None:
    """G as public key makes both terms multiples of one point."""
    key = ec.derive_private_key(1, JUDGED[curve.name]())
    r, s = utils.decode_dss_signature(key.sign(DATA, ec.ECDSA(HASHES["sha512"])))
    assert curve.verify(curve.g, r, s, DATA, "sha512") is True


@every_curve
@pytest.mark.parametrize("form", [PublicFormat.UncompressedPoint, PublicFormat.CompressedPoint])
def test_points_decode_as_openssl_encodes_them(curve: Curve, form: PublicFormat) -> None:
    """Uncompressed and compressed (SEC 1 section 2.3.3)."""
    for seed in range(8):
        key, point = ec_pair(curve, seed)
        assert point == curve.decode(key.public_key().public_bytes(Encoding.X962, form))


@every_curve
def test_hybrid_points_decode_if_their_parity_is_right(curve: Curve) -> None:
    """OpenSSL reads 06 and 07 as 04 with the parity of y."""
    key, point = ec_pair(curve, 0)
    octets = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)[1:]
    right, wrong = (b"\7", b"\6") if point[1] & 1 else (b"\6", b"\7")
    assert (point, None) == (curve.decode(right + octets), curve.decode(wrong + octets))


@every_curve
def test_what_is_no_point_does_not_decode(curve: Curve) -> None:
    """Nothing, infinity, unknown forms, wrong lengths, unreduced and impossible coordinates."""
    size = (curve.bits + 7) // 8
    x, y = (it.to_bytes(size, "big") for it in curve.g)
    impossible = next(
        it for it in range(99) if pow(it**3 - 3 * it + curve.b, (curve.p - 1) // 2, curve.p) == curve.p - 1
    )
    octets = [b"", b"\0", b"\2", b"\4", b"\1" + x + y, b"\5" + x + y, b"\x08" + x, b"\4" + x, b"\2" + x + y]
    octets += [b"\4" + x + y + b"\0", b"\4" + x + y[1:], b"\3" + x[1:], b"\4" + bytes(2 * size), b"\0" + x + y]
    octets += [b"\2" + b"\xff" * size, b"\3" + curve.p.to_bytes(size, "big"), b"\2" + impossible.to_bytes(size, "big")]
    assert [None] * len(octets) == [curve.decode(it) for it in octets]


def test_any_octets_have_an_answer() -> None:
    """Random octets are a point or none, as OpenSSL says."""
    dice = random.Random(3)
    for _ in range(150):
        curve = dice.choice(list(CURVES.values()))
        size = (curve.bits + 7) // 8
        octets = bytes(
            [dice.randrange(9), dice.choice([0, 1, 2, 255]), *(dice.randrange(256) for _ in range(size - 1))]
        )
        try:
            key = ec.EllipticCurvePublicKey.from_encoded_point(JUDGED[curve.name](), octets)
            expected = coordinates(key) if octets[0] else None
        except ValueError:
            expected = None
        assert expected == curve.decode(octets)


def test_any_ecdsa_numbers_have_an_answer() -> None:
    """Nothing that a point or a signature can say makes verification raise."""
    dice = random.Random(4)
    for _ in range(300):
        curve = dice.choice(list(CURVES.values()))
        x, y, r, s = (dice.choice(ODD_NUMBERS) + dice.randrange(3) for _ in range(4))
        assert curve.verify((x, y), r, s, DATA, "sha1") is False


@every_curve
def test_explicit_parameters_are_recognised(curve: Curve) -> None:
    """However a and b are reduced, and however the generator is written."""
    size = (curve.bits + 7) // 8
    x, y = (it.to_bytes(size, "big") for it in curve.g)
    compressed = bytes([2 + (curve.g[1] & 1)]) + x
    ways: list[tuple[int, int, bytes | tuple[int, int]]] = [
        (curve.a, curve.b, curve.g),
        (-3, curve.b, b"\4" + x + y),
        (curve.a, curve.b - curve.p, compressed),
    ]
    assert [curve.name] * 3 == [arithmetic.named_curve(curve.p, a, b, curve.n, g) for a, b, g in ways]


@every_curve
def test_another_generator_of_the_same_curve_is_another(curve: Curve) -> None:
    """Before or behind the curve's own, and its opposite (CVE-2020-0601)."""
    others = [(curve.g[0], curve.p - curve.g[1]), *(curve.public(d) for d in (2, 3, 4, 5))]
    assert {None} == {arithmetic.named_curve(curve.p, curve.a, curve.b, curve.n, each) for each in others if each}


@every_curve
@pytest.mark.parametrize("position", range(5))
def test_explicit_parameters_with_one_change_are_another_curve(curve: Curve, position: int) -> None:
    """Each parameter counts: a chosen generator is CVE-2020-0601."""
    parameters: list[Any] = [curve.p, curve.a, curve.b, curve.n, curve.g]
    parameters[position] = curve.public(2) if position == 4 else parameters[position] + 2
    assert arithmetic.named_curve(*parameters) is None


@pytest.mark.parametrize("number", ODD_NUMBERS, ids=size_of)
def test_any_parameters_have_an_answer(number: int) -> None:
    """Zero and negative fields are no curve."""
    assert arithmetic.named_curve(number, number, number, number, b"") is None
    assert arithmetic.named_curve(CURVES["secp384r1"].p, number, 1, CURVES["secp384r1"].n, (number, 1)) is None


# ------------------------------------------------------------------------------------------------ signatures


@pytest.mark.parametrize("bits", [1, 7, 8, 127, 128, 160, 256, 384, 496, 504, 505, 512, 521])
def test_dss_signatures_of_openssl_parse(bits: int) -> None:
    """Short and long lengths, with and without a leading zero."""
    dice = random.Random(bits)
    for pair in ((dice.getrandbits(bits), dice.getrandbits(bits)), ((1 << bits) - 1, 0), (1 << bits - 1, 1)):
        assert pair == arithmetic.ecdsa_signature(utils.encode_dss_signature(*pair))


@pytest.mark.parametrize(
    "octets",
    [
        "", "30", "3000", "3006", "300602010102", "3003020101", "3006020101020101ff", "3106020101020101",
        "3006030101020101", "3006020101030101", "3006020101020102ff", "300702010102020001", "3007020200ff0201",
        "30070202000102010100", "3006020181020101", "3006020101020181", "3005020002010a", "30050201010200",
        "3009020101020101020101", "308106020101020101", "30820006020101020101", "30800201010201010000",
        "30070281010102 0101", "3081", "308180", "300702020001020101", "3007020101020200 01", "30050201010201",
        "02010102 0101", "3003020181",
    ],
)  # fmt: skip
def test_a_signature_that_is_not_strict_der_is_refused(octets: str) -> None:
    """Truncated, trailing, negative, padded, indefinite and needlessly long encodings are None."""
    assert arithmetic.ecdsa_signature(bytes.fromhex(octets)) is None


def test_only_one_encoding_of_a_signature_parses() -> None:
    """Whatever parses is what OpenSSL would encode."""
    dice = random.Random(5)
    good = utils.encode_dss_signature(1 << 255, 77)
    for _ in range(3000):
        octets = bytearray(good)
        for _ in range(dice.randrange(1, 3)):
            octets[dice.choice([0, 1, 2, 3, 4, 5, -1, -2, -3])] = dice.randrange(256)
        found = arithmetic.ecdsa_signature(bytes(octets[: dice.choice([None, dice.randrange(len(octets))])]))
        assert found is None or utils.encode_dss_signature(*found) == octets


# ------------------------------------------------------------------------------------------------------- DSA

# RFC 6979 appendices A.2.1 and A.2.2: p, q, g, x, y, and hash, r, s of the message "sample"
DSA_1024 = (
    0x86F5CA03DCFEB225063FF830A0C769B9DD9D6153AD91D7CE27F787C43278B447E6533B86B18BED6E8A48B784A14C252C5BE0DBF60B86D6385BD2F12FB763ED8873ABFD3F5BA2E0A8C0A59082EAC056935E529DAF7C610467899C77ADEDFC846C881870B7B19B2B58F9BE0521A17002E3BDD6B86685EE90B3D9A1B02B782B1779,
    0x996F967F6C8E388D9E28D01E205FBA957A5698B1,
    0x07B0F92546150B62514BB771E2A0C0CE387F03BDA6C56B505209FF25FD3C133D89BBCD97E904E09114D9A7DEFDEADFC9078EA544D2E401AEECC40BB9FBBF78FD87995A10A1C27CB7789B594BA7EFB5C4326A9FE59A070E136DB77175464ADCA417BE5DCE2F40D10A46A3A3943F26AB7FD9C0398FF8C76EE0A56826A8A88F1DBD,
)
DSA_2048 = (
    0x9DB6FB5951B66BB6FE1E140F1D2CE5502374161FD6538DF1648218642F0B5C48C8F7A41AADFA187324B87674FA1822B00F1ECF8136943D7C55757264E5A1A44FFE012E9936E00C1D3E9310B01C7D179805D3058B2A9F4BB6F9716BFE6117C6B5B3CC4D9BE341104AD4A80AD6C94E005F4B993E14F091EB51743BF33050C38DE235567E1B34C3D6A5C0CEAA1A0F368213C3D19843D0B4B09DCB9FC72D39C8DE41F1BF14D4BB4563CA28371621CAD3324B6A2D392145BEBFAC748805236F5CA2FE92B871CD8F9C36D3292B5509CA8CAA77A2ADFC7BFD77DDA6F71125A7456FEA153E433256A2261C6A06ED3693797E7995FAD5AABBCFBE3EDA2741E375404AE25B,
    0xF2C3119374CE76C9356990B465374A17F23F9ED35089BD969F61C6DDE9998C1F,
    0x5C7FF6B06F8F143FE8288433493E4769C4D988ACE5BE25A0E24809670716C613D7B0CEE6932F8FAA7C44D2CB24523DA53FBE4F6EC3595892D1AA58C4328A06C46A15662E7EAA703A1DECF8BBB2D05DBE2EB956C142A338661D10461C0D135472085057F3494309FFA73C611F78B32ADBB5740C361C9F35BE90997DB2014E2EF5AA61782F52ABEB8BD6432C4DD097BC5423B285DAFB60DC364E8161F4A2A35ACA3A10B1C4D203CC76A470A33AFDCBDD92959859ABD8B56E1725252D78EAC66E71BA9AE3F1DD2487199874393CD4D832186800654760E1E34C09E4D155179F9EC0DC4473F996BDCE6EED1CABED8B6F116F7AD9CF505DF0F998E34AB27514B0FFE7,
)
DSA_VECTORS = [
    (
        DSA_1024,
        0x411602CB19A6CCC34494D79D98EF1E7ED5AF25F7,
        "sha1",
        0x2E1A0C2562B2912CAAF89186FB0F42001585DA55,
        0x29EFB6B0AFF2D7A68EB70CA313022253B9A88DF5,
    ),
    (
        DSA_1024,
        0x411602CB19A6CCC34494D79D98EF1E7ED5AF25F7,
        "sha256",
        0x81F2F5850BE5BC123C43F71A3033E9384611C545,
        0x4CDD914B65EB6C66A8AAAD27299BEE6B035F5E89,
    ),
    (
        DSA_2048,
        0x69C7548C21D0DFEA6B9A51C9EAD4E27C33D3B3F180316E5BCAB92C933F0E4DBC,
        "sha256",
        0xEACE8BDBBE353C432A795D9EC556C6D021F7A03F42C36E9BC87E4AC7932CC809,
        0x7081E175455F9247B812B74583E9E94F9EA79BD640DC962533B0680793A38D53,
    ),
]
every_domain = pytest.mark.parametrize("domain", [DSA_1024, DSA_2048], ids=["1024", "2048"])


def dsa_pair(domain: tuple[int, int, int]) -> tuple[dsa.DSAPrivateKey, int]:
    """Return a key over the given p, q, g, and its y."""
    key = dsa.DSAParameterNumbers(*domain).parameters().generate_private_key()
    return key, key.public_key().public_numbers().y


@pytest.mark.parametrize(("domain", "x", "name", "r", "s"), DSA_VECTORS)
def test_the_dsa_vectors_of_rfc_6979_hold(domain: tuple[int, int, int], x: int, name: str, r: int, s: int) -> None:
    """Appendix A.2: the public key of the private key, and its signature."""
    y = arithmetic.dsa_public(domain[0], domain[2], x)
    assert y is not None
    assert arithmetic.dsa_verify(*domain, y, r, s, DATA, name) is True


@every_domain
def test_dsa_public_keys_are_those_of_openssl(domain: tuple[int, int, int]) -> None:
    """They are g^x mod p."""
    key, y = dsa_pair(domain)
    assert y == arithmetic.dsa_public(domain[0], domain[2], key.private_numbers().x)


@every_domain
@pytest.mark.parametrize("name", ["sha1", "sha224", "sha256", "sha384", "sha512"])
def test_dsa_signatures_of_openssl_verify(domain: tuple[int, int, int], name: str) -> None:
    """Digests shorter and longer than q."""
    key, y = dsa_pair(domain)
    r, s = utils.decode_dss_signature(key.sign(DATA, HASHES[name]))
    assert arithmetic.dsa_verify(*domain, y, r, s, DATA, name) is True


def test_a_changed_dsa_signature_does_not_verify() -> None:
    """Other data, another key, numbers out of range: all False."""
    domain, _, name, r, s = DSA_VECTORS[2]
    p, q, g = domain
    y = arithmetic.dsa_public(p, g, DSA_VECTORS[2][1]) or 0
    keys = [(y, r, s + 1), (y, s, r), (y, r + q, s), (y, r, s + q), (y, 0, s), (y, r, 0), (y, -r, s)]
    keys += [(y * 2 % p, r, s), (y + p, r, s), (0, r, s), (1, r, s)]
    assert [False] * len(keys) == [arithmetic.dsa_verify(p, q, g, *key, DATA, name) for key in keys]
    assert arithmetic.dsa_verify(p, q, g, y, r, s, DATA + b"!", name) is False


def test_a_dsa_order_that_is_no_prime_verifies_nothing() -> None:
    """An s without inverse is no signature, and no exception."""
    assert arithmetic.dsa_verify(23, 22, 5, 8, 2, 11, DATA, "sha1") is False


@pytest.mark.parametrize(("p", "q"), [((1 << 16384) - 1, 11), (23, (1 << 512) - 1)], ids=size_of)
def test_a_dsa_key_at_the_bounds_is_judged(p: int, q: int) -> None:
    """As long as may be is not too long."""
    assert arithmetic.dsa_verify(p, q, 4, 8, 1, 1, DATA, "sha1") is False


@pytest.mark.parametrize(("p", "g", "x"), [(23, 2, 1), (23, 2, 5), (23, 22, 3), (23, 4, (1 << 512) - 1)], ids=size_of)
def test_dsa_numbers_in_range_have_a_public_key(p: int, g: int, x: int) -> None:
    """The smallest and the largest of each belong to the range."""
    assert pow(g, x, p) == arithmetic.dsa_public(p, g, x)


@pytest.mark.parametrize(("p", "q"), [(1 << 16384, 11), (23, 1 << 512)], ids=size_of)
def test_a_dsa_key_beyond_the_bounds_cannot_be_told(p: int, q: int) -> None:
    """None, not False: what is not calculated is not judged."""
    assert arithmetic.dsa_verify(p, q, 4, 8, 1, 1, DATA, "sha1") is None


@pytest.mark.parametrize(
    ("p", "g", "x"),
    [(1 << 16384, 4, 3), (23, 4, 1 << 512), (23, 4, 0), (23, 4, -1), (23, 1, 3), (23, 23, 3), (0, 4, 3), (-23, 4, 3)],
    ids=size_of,
)
def test_dsa_numbers_out_of_range_have_no_public_key(p: int, g: int, x: int) -> None:
    """Nothing is calculated with what cannot be a key."""
    assert arithmetic.dsa_public(p, g, x) is None


def test_any_dsa_numbers_have_an_answer() -> None:
    """Nothing that a key or a signature can say makes DSA raise."""
    dice = random.Random(6)
    for _ in range(2000):
        p, q, g, y, r, s = (dice.choice(ODD_NUMBERS) + dice.randrange(3) for _ in range(6))
        assert arithmetic.dsa_verify(p, q, g, y, r, s, DATA, "sha1") in (None, False, True)
        assert arithmetic.dsa_public(p, q, g) is None or p > q > 1


# ----------------------------------------------------------------------------------------------- weak moduli


def sound(n: int) -> bool:
    """Whether *n* has no factor below 752."""
    return all(n % factor for factor in range(2, 752))


def close_primes(steps: int) -> int:
    """Return a modulus that takes Fermat's method exactly so many steps."""
    dice = random.Random(steps)
    while True:
        a = dice.getrandbits(512) | 1 << 511
        b = isqrt(2 * a * (steps - 1)) + dice.getrandbits(200)
        n = (a - b) * (a + b)
        if sound(n) and a - isqrt(n - 1) == steps:
            return n


def roca_modulus() -> int:
    """Return a modulus of the form that Infineon's library made (https://crocs.fi.muni.cz/public/papers/rsa_ccs17)."""
    dice = random.Random(7)
    primorial = prod(it for it in range(2, 168) if all(it % factor for factor in range(2, it)))
    while True:
        p, q = (dice.getrandbits(37) * primorial + pow(65537, dice.getrandbits(60), primorial) for _ in "pq")
        if sound(p * q):
            return p * q


@pytest.mark.parametrize("bits", RSA_SIZES)
def test_a_sound_modulus_has_no_weakness(bits: int) -> None:
    """Keys that OpenSSL makes are not called weak."""
    assert "" == weak.modulus(rsa_public(bits)[0])


@pytest.mark.parametrize("n", [0, 2, -4, 1 << 2047, 3 << 99999], ids=size_of)
def test_an_even_modulus_is_weak(n: int) -> None:
    """Two is a factor that everybody finds."""
    assert "it is even" == weak.modulus(n)


@pytest.mark.parametrize("factor", [3, 5, 7, 11, 127, 709, 743, 751])
def test_a_modulus_with_a_tiny_factor_is_weak(factor: int) -> None:
    """Every prime below 752 is looked for."""
    assert "it has a prime factor below 752" == weak.modulus(factor * rsa_secret(1024)[2])


def test_a_modulus_without_a_tiny_factor_is_not_weak() -> None:
    """757 is the first prime that is not tiny."""
    assert "" == weak.modulus(757 * rsa_secret(1024)[2])


@pytest.mark.parametrize(("steps", "count"), [(1, "one step"), (2, "2 steps"), (50, "50 steps"), (100, "100 steps")])
def test_close_primes_are_weak(steps: int, count: str) -> None:
    """Fermat's method finds them, and the weakness says how fast, but not which they are."""
    expected = f"its two primes are so close that Fermat's method factors it in {count}"
    assert expected == weak.modulus(close_primes(steps))


def test_the_square_of_a_prime_is_weak() -> None:
    """No two primes are closer."""
    assert weak.modulus(rsa_secret(1024)[2] ** 2).endswith("in one step")


def test_primes_that_take_more_steps_are_not_called_weak() -> None:
    """The Baseline Requirements ask for 100 steps, so the work is bounded."""
    assert "" == weak.modulus(close_primes(101))


def test_the_fingerprint_of_roca_is_weak() -> None:
    """CVE-2017-15361: primes that are powers of 65537 modulo the small primes."""
    assert "it has the fingerprint of ROCA (CVE-2017-15361)" == weak.modulus(roca_modulus())


@pytest.mark.parametrize("n", [1, -1, -15, (1 << 16384) + 1, (3 << 200000) + 3], ids=size_of)
def test_what_is_no_modulus_has_no_weakness(n: int) -> None:
    """Nothing is said of numbers that are no modulus, or beyond the bound."""
    assert "" == weak.modulus(n)


def test_the_longest_modulus_takes_no_time() -> None:
    """16,384 bits take milliseconds; half a second leaves room for a busy machine."""
    n = next(it for it in range((1 << 16383) + 1, 1 << 16384, 2) if sound(it))
    start = time.process_time()
    assert "" == weak.modulus(n)
    assert time.process_time() - start < 0.5


def test_any_modulus_has_an_answer() -> None:
    """Small and odd numbers raise nothing."""
    assert all(isinstance(weak.modulus(n), str) for n in (*range(-50, 3000), *ODD_NUMBERS))


# ----------------------------------------------------------------------------------------------- lists of weak keys


def test_a_listed_key_has_the_fingerprint_of_openssls_modulus() -> None:
    """The last 20 digits of the SHA-1 of what ``openssl rsa -modulus`` prints."""
    n = rsa_public(1024)[0]
    printed = f"Modulus={n:X}\n".encode()
    assert hashlib.sha1(printed).hexdigest()[20:] == weak.fingerprint(n)


@pytest.mark.parametrize("digits", ["0123456789abcdef0123", "89abcdef0123456789ab"])
def test_a_list_of_weak_keys_is_read(digits: str) -> None:
    """With comments and any line ends, from its first line to its last."""
    found = weak.read_list(b"0123456789abcdef0123\r\n# RSA-1024\n#fedcba9876543210fedc\n\n \n89abcdef0123456789ab")
    assert (True, False, False) == (digits in found, "fedcba9876543210fedc" in found, "123456789abcdef01230" in found)


def test_all_of_debians_list_is_looked_at() -> None:
    """Its 294,912 lines are more than other inputs may have; they take a moment, and the last one counts."""
    lines = b"".join(b"%020x\n" % (number * 0x3779B97F4A7C15) for number in range(294_912))
    start = time.process_time()
    found = weak.read_list(lines)
    told = [f"{number * 0x3779B97F4A7C15:020x}" in found for number in (0, 1, 294_911, 294_912)]
    assert ([True, True, True, False], True) == (told, time.process_time() - start < 2)


def test_a_list_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not read must not look like a key that is not listed."""
    monkeypatch.setattr(weak, "MAX_LIST_BYTES", 40)
    with pytest.raises(ValueError, match="this list of weak keys is larger than 40 bytes"):
        weak.read_list(b"0123456789abcdef0123\n" * 2)


@pytest.mark.parametrize("data", [b"", b"hello", b"# nothing", b"0123456789abcdef0123\nhello", b"\xff" * 99, b"0" * 40])
def test_what_is_no_list_of_weak_keys_is_refused(data: bytes) -> None:
    """A list that cannot be read must not pass every key."""
    with pytest.raises(ValueError, match="no list of weak keys"):
        weak.read_list(data)
