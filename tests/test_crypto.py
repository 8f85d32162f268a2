"""Whether a key belongs to a certificate and a signature verifies, with pyca/cryptography (OpenSSL) as the judge."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

import pemcheck
from pemcheck import arithmetic, asn1, crypto, pem
from pemcheck.crypto import Answer, confirm, oscrypto_loader
from pemcheck.facts import NO_KEY, Algorithm, Other, PrivateKey, PublicKey
from pemcheck.source import Location

ROOT = Path(pemcheck.__file__).parent.parent

AVAILABLE = crypto.backend()["unavailable"] is None
BOTH = ("arithmetic", "oscrypto") if AVAILABLE else ("arithmetic",)
"""The proofs that a key of oscrypto's kinds has on this machine."""
ALONE = ("arithmetic",)
DATA = b"To Be Signed"
RSASSA_PSS = "1.2.840.113549.1.1.10"

needs_oscrypto = pytest.mark.skipif(not AVAILABLE, reason="oscrypto cannot be loaded on this machine")

CURVES: dict[str, ec.EllipticCurve] = {
    "prime256v1": ec.SECP256R1(),
    "secp384r1": ec.SECP384R1(),
    "secp521r1": ec.SECP521R1(),
    "secp256k1": ec.SECP256K1(),
}


def generated(kind: str, number: int = 0) -> Any:
    """Return one of any number of private keys of a kind, always the same."""
    return _generated(kind, number)


@cache
def _generated(kind: str, number: int) -> Any:
    makers: dict[str, Callable[[], PrivateKeyTypes]] = {
        "rsa": lambda: rsa.generate_private_key(65537, 1024),
        "rsa-2048": lambda: rsa.generate_private_key(65537, 2048),
        "rsa-e3": lambda: rsa.generate_private_key(3, 1024),
        "dsa": lambda: dsa.generate_private_key(1024),
        "ed25519": ed25519.Ed25519PrivateKey.generate,
        "ed448": ed448.Ed448PrivateKey.generate,
        "x25519": x25519.X25519PrivateKey.generate,
    }
    return makers[kind]() if kind in makers else ec.generate_private_key(CURVES[kind])


def public_of(key: Any) -> PublicKey:
    """Return the public half as a certificate states it."""
    return public_key(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def public_key(der: bytes) -> PublicKey:
    """Return the facts of a SubjectPublicKeyInfo."""
    fact, _ = asn1.read(pem.read("key.der", der).blocks[0])
    assert isinstance(fact, Other)
    assert fact.key is not None
    return fact.key


def read(
    key: Any,
    form: PrivateFormat = PrivateFormat.PKCS8,
    encryption: KeySerializationEncryption = NoEncryption(),  # noqa: B008  immutable
) -> PrivateKey:
    """Return the facts of a private key's file."""
    return read_pem(key.private_bytes(Encoding.PEM, form, encryption))


def read_pem(data: bytes) -> PrivateKey:
    """Return the facts of the private key in a PEM file."""
    fact, _ = asn1.read(pem.read("key.pem", data).blocks[0])
    assert isinstance(fact, PrivateKey)
    return fact


def pair(kind: str, number: int = 0, form: PrivateFormat = PrivateFormat.PKCS8) -> tuple[PublicKey, PrivateKey]:
    """Return a certificate's public key and its private key, examined."""
    key = generated(kind, number)
    return public_of(key), crypto.examine(read(key, form))


# ----------------------------------------------------------------------------------------------------- the two agree

MANY = [
    *((kind, number) for kind in ("prime256v1", "secp384r1", "secp521r1") for number in range(8)),
    *(("rsa", number) for number in range(4)),
    *((kind, 0) for kind in ("rsa-2048", "rsa-e3", "dsa")),
]


@pytest.mark.parametrize(("kind", "number"), MANY)
def test_a_key_belongs_to_its_certificate(kind: str, number: int) -> None:
    """Both proofs say so."""
    public, key = pair(kind, number)
    assert Answer(True, BOTH) == crypto.match(public, key)


@pytest.mark.parametrize("kind", ["rsa", "prime256v1", "secp384r1", "secp521r1", "dsa"])
def test_traditional_formats_belong_too(kind: str) -> None:
    """PKCS#1, SEC 1 and OpenSSL's DSA, not only PKCS#8."""
    public, key = pair(kind, form=PrivateFormat.TraditionalOpenSSL)
    assert Answer(True, BOTH) == crypto.match(public, key)


@pytest.mark.parametrize("kind", ["ed25519", "ed448"])
def test_edwards_keys_are_arithmetic_s_alone(kind: str) -> None:
    """oscrypto has no functions for them."""
    public, key = pair(kind)
    other = public_of(generated(kind, 1))
    assert [Answer(True, ALONE), Answer(False, ALONE)] == [crypto.match(each, key) for each in (public, other)]


@pytest.mark.parametrize(
    "kind", ["rsa", "rsa-e3", "prime256v1", "secp384r1", "secp521r1", "dsa", "secp256k1", "x25519"]
)
@pytest.mark.parametrize("other", ["rsa", "prime256v1", "secp384r1", "secp256k1", "dsa", "ed25519", "x25519"])
def test_another_certificate_s_key_does_not_belong(kind: str, other: str) -> None:
    """Public halves that differ settle it without oscrypto, on foreign curves too."""
    own = kind in ("x25519",) and other == kind  # PKCS#8 states no public half of it
    expected = None if own else False
    assert expected == crypto.match(public_of(generated(other, 9)), pair(kind)[1]).value


@needs_oscrypto
@pytest.mark.parametrize("kind", ["rsa", "prime256v1", "secp384r1", "secp521r1", "dsa"])
def test_oscrypto_says_no_by_itself(kind: str) -> None:
    """Asked about another certificate's key, it does not depend on arithmetic's answer."""
    key = pair(kind)[1]
    assert [True, False] == [confirm.belongs(public_of(generated(kind, n)), key).value for n in (0, 9)]


def test_a_compressed_point_is_the_same_point() -> None:
    """Keys are compared as points, not as bytes."""
    private = generated("prime256v1")
    numbers = private.public_key().public_numbers()
    octets = bytes([2 + (numbers.y & 1)]) + numbers.x.to_bytes(32, "big")
    public = public_of(private)
    shorter = public_key(asn1.spki(public.identifier, octets))
    assert (33, True) == (len(shorter.octets), crypto.match(shorter, pair("prime256v1")[1]).value)


def test_parameters_spelled_out_are_the_curve_that_they_describe() -> None:
    """Explicit parameters equal to P-256 are P-256."""
    public, key = pair("prime256v1")
    explicit = public.replace(curve="explicit", curve_oid=None, same_curve_as="prime256v1")
    assert Answer(True, ALONE) == crypto.match(explicit, key)


def test_a_key_without_a_curve_is_tried_on_the_certificate_s() -> None:
    """SEC 1 may leave the curve out; the scalar still is the certificate's or not."""
    public, key = pair("prime256v1", form=PrivateFormat.TraditionalOpenSSL)
    bare = key.replace(public=None, has_curve=False, info=b"")
    certificates = (public, public_of(generated("prime256v1", 1)), public_of(generated("rsa")))
    assert [True, False, False] == [crypto.match(each, bare).value for each in certificates]


def test_a_restricted_pss_key_is_not_oscrypto_s() -> None:
    """Its signatures with a salt of another length would not verify."""
    public, key = pair("rsa")
    restricted = public.replace(kind="rsassa_pss", oid=RSASSA_PSS)
    assert Answer(True, ALONE) == crypto.match(restricted, key.replace(public=restricted))


def test_a_pss_key_is_not_a_plain_rsa_key() -> None:
    """The same numbers with another algorithm are another key, as for OpenSSL."""
    public, key = pair("rsa")
    restricted = public.replace(kind="rsassa_pss", oid=RSASSA_PSS)
    assert Answer(False, ALONE) == crypto.match(restricted, key)


# ------------------------------------------------------------------------------------------------- nobody can tell


def test_an_encrypted_key_is_not_guessed_at() -> None:
    """Whatever it states in the clear."""
    private = generated("prime256v1")
    key = crypto.examine(read(private, encryption=BestAvailableEncryption(b"secret")))
    assert Answer(None, reason="the private key is encrypted") == crypto.match(public_of(private), key)


def test_an_openssh_key_is_proved_like_any_other() -> None:
    """Its secret half is read, and oscrypto is given it as PKCS#8."""
    key = crypto.examine(read(generated("rsa"), PrivateFormat.OpenSSH))
    answers = [crypto.match(public_of(generated("rsa", number)), key) for number in (0, 1)]
    assert [Answer(True, BOTH), Answer(False, ALONE)] == answers


def test_a_secret_that_cannot_be_read_proves_nothing() -> None:
    """Though the public half agrees."""
    public, key = pair("rsa")
    expected = Answer(None, reason="the secret half of the private key cannot be read")
    assert expected == crypto.match(public, key.replace(unread=frozenset(("secret",))))


def test_an_unreadable_key_is_no_answer() -> None:
    """Nothing is known of it."""
    public, key = pair("rsa")
    unreadable = key.replace(public=None), key.replace(unread=frozenset(("public",)))
    expected = Answer(None, reason="the private key cannot be read")
    assert [expected, expected] == [crypto.match(public, each) for each in unreadable]


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("secp256k1", "the curve secp256k1 is not known here"), ("x25519", "no proof is known here for X25519")],
)
def test_equal_but_unproved_is_not_a_yes(kind: str, reason: str) -> None:
    """The file states the certificate's public key, and that is all."""
    public, key = pair(kind)
    assert Answer(None, reason=reason) == crypto.match(public, key)


def test_points_of_foreign_curves_are_compared_in_any_form() -> None:
    """The same x in two forms may be the same point; another x cannot be."""
    public, key = pair("secp256k1")
    compressed = public.replace(octets=b"\2" + public.octets[1:33])
    other = public.replace(octets=b"\2" + bytes(32))
    assert [None, False] == [crypto.match(each, key).value for each in (compressed, other)]


def test_foreign_parameters_spelled_out_may_be_a_named_curve() -> None:
    """Nobody here knows secp256k1 by its parameters; the points decide, as far as they can."""
    public, key = pair("secp256k1")
    explicit = public.replace(curve="explicit", curve_oid=None)
    other = explicit.replace(octets=public_of(generated("secp256k1", 1)).octets)
    assert [None, False] == [crypto.match(each, key).value for each in (explicit, other)]


def test_a_seed_of_another_length_proves_nothing() -> None:
    """Stated halves that differ still do."""
    public, key = pair("ed25519")
    short = key.replace(seed=b"short")
    answers = [crypto.match(each, short).value for each in (public, public_of(generated("ed25519", 1)))]
    assert [None, False] == answers


@pytest.mark.parametrize("kind", ["prime256v1", "dsa"])
def test_a_secret_out_of_range_proves_nothing(kind: str) -> None:
    """Zero has no public half."""
    public, key = pair(kind)
    assert crypto.match(public, key.replace(secret=(0,))).value is None


def test_the_point_of_an_ec_key_is_calculated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What examining found is what matching asks for, on the same curve and of the same secret."""
    public, key = pair("prime256v1")
    assert key.computed == (*key.secret, *public.numbers)
    monkeypatch.setattr(arithmetic.Curve, "public", lambda *_: pytest.fail("it was calculated again"))
    assert crypto.match(public, key).value
    with pytest.raises(pytest.fail.Exception):
        crypto.match(public, key.replace(secret=(key.secret[0] + 1,)))


# ------------------------------------------------------------------------------------------ faults inside one key


def wrong(key: PrivateKey, **changes: int) -> PrivateKey:
    """Return an RSA key with some numbers moved, in what arithmetic sees and in what oscrypto is given."""
    names = ("version", "d", "p", "q", "exponent1", "exponent2", "coefficient")
    secret = tuple(number + changes.get(name, 0) for name, number in zip(names, key.secret))
    return crypto.examine(key.replace(secret=secret))


@pytest.mark.parametrize("name", ["version", "p", "q", "exponent1", "exponent2", "coefficient"])
def test_an_inconsistent_rsa_key_still_belongs_to_its_certificate(name: str) -> None:
    """n and e are the same and d inverts e; the fault is another finding, and oscrypto is not asked."""
    public, key = pair("rsa")
    broken = wrong(key, **{name: 2})
    assert (True, Answer(True, ALONE)) == (bool(broken.faults), crypto.match(public, broken))


@pytest.mark.parametrize(
    "changes", [{"d": 2}, {"p": 2, "q": 2}, {"p": -(1 << 1100)}, {"p": 1 << 17000}, {"q": -(1 << 1100)}]
)
def test_an_rsa_key_with_a_wrong_private_exponent_proves_nothing(changes: dict[str, int]) -> None:
    """Nor one whose primes are beyond recognition; and it stays another certificate's no."""
    public, key = pair("rsa")
    broken = wrong(key, **changes)
    answers = [crypto.match(each, broken) for each in (public, public_of(generated("rsa", 1)))]
    reason = "the numbers of the private key do not fit together"
    assert [Answer(None, reason=reason), Answer(False, ALONE)] == answers


def test_a_point_that_the_file_states_wrongly_does_not_count() -> None:
    """The scalar signs; oscrypto gets a second say where the file contradicts itself."""
    public, other = (public_of(generated("prime256v1", number)) for number in (0, 1))
    lying = crypto.examine(read(generated("prime256v1")).replace(public=other))
    assert ("the public point is not privateKey * G",) == lying.faults
    assert [Answer(True, BOTH), Answer(False, BOTH)] == [crypto.match(each, lying) for each in (public, other)]


def test_a_sound_key_has_no_fault() -> None:
    """Of any kind."""
    kinds = ("rsa", "prime256v1", "secp521r1", "dsa", "ed25519", "ed448", "secp256k1", "x25519")
    assert [((), "")] * len(kinds) == [(pair(kind)[1].faults, pair(kind)[1].weakness) for kind in kinds]


@pytest.mark.parametrize("kind", ["prime256v1", "secp384r1", "secp521r1", "dsa", "ed25519", "ed448"])
def test_a_public_half_that_is_not_stated_is_computed(kind: str) -> None:
    """As OpenSSL computes it, down to the DER."""
    public, key = pair(kind)
    assert key.public is not None
    silent = key.replace(
        public=key.public.replace(numbers=key.public.numbers[:3] * (kind == "dsa"), octets=b"", der=b"")
    )
    found = crypto.examine(silent.replace(stated=False))
    assert found.public is not None
    assert (False, (), public.numbers) == (found.stated, found.faults, found.public.numbers)
    assert (True, public.der if found.public.identifier else b"") == (found.public.same_as(public), found.public.der)


@pytest.mark.parametrize(
    ("kind", "fault"),
    [
        ("dsa", "y is not g^x mod p"),
        ("ed25519", "the public key is not that of privateKey"),
        ("ed448", "the public key is not that of privateKey"),
    ],
)
def test_a_public_half_that_is_stated_wrongly_is_a_fault(kind: str, fault: str) -> None:
    """It is named, and what the file states is left as it is."""
    form = PrivateFormat.TraditionalOpenSSL if kind == "dsa" else PrivateFormat.PKCS8
    key = read(generated(kind), form)
    own = public_of(generated(kind))
    stated = own.replace(numbers=(*own.numbers[:3], 2)) if kind == "dsa" else public_of(generated(kind, 1))
    found = crypto.examine(key.replace(public=stated, stated=True))
    assert ((fault,), stated) == (found.faults, found.public)


@pytest.mark.parametrize(("kind", "form"), [("dsa", PrivateFormat.TraditionalOpenSSL), ("ed448", PrivateFormat.PKCS8)])
def test_a_public_half_that_is_stated_rightly_stays(kind: str, form: PrivateFormat) -> None:
    """Nothing changes."""
    key = read(generated(kind), form).replace(public=public_of(generated(kind)), stated=True)
    assert key.replace() == crypto.examine(key)


@pytest.mark.parametrize(
    ("kind", "changes", "fault"),
    [
        ("prime256v1", {"secret": (0,)}, "privateKey is not between 1 and the order of the curve"),
        ("dsa", {"secret": (0,)}, "x is not between 1 and q - 1"),
        ("ed25519", {"seed": b"short"}, "privateKey has the wrong length"),
    ],
)
def test_a_secret_that_cannot_be_one_is_a_fault(kind: str, changes: dict[str, Any], fault: str) -> None:
    """Said in the words of the standard, without the number."""
    assert (fault,) == crypto.examine(pair(kind)[1].replace(**changes)).faults


def test_what_cannot_be_calculated_comes_back_as_it_is() -> None:
    """A DSA key beyond the bounds, a key whose numbers are not there."""
    _, key = pair("dsa")
    huge = key.replace(public=PublicKey("DSA_20000", "dsa", "1.2.840.10040.4.1", numbers=(1 << 20000, 1 << 160, 2)))
    empty = key.replace(public=NO_KEY.replace(kind="rsa"))
    assert [True, True] == [crypto.examine(each) is each for each in (huge, empty)]


def test_a_weak_modulus_is_named() -> None:
    """Of a certificate's key and of a private key."""
    weak = PublicKey("RSA_2048", "rsa", "1.2.840.113549.1.1.1", numbers=(3 * 2**2046 + 6, 65537))
    key = PrivateKey(Location("key.pem"), "pkcs1", public=weak, secret=(0,) * 7)
    assert ("it is even", "it is even") == (crypto.weakness(weak), crypto.examine(key).weakness)


def test_a_key_without_a_modulus_has_no_weakness() -> None:
    """Nor one that could not be read."""
    keys = (public_of(generated("prime256v1")), NO_KEY.replace(kind="rsa"))
    assert ["", ""] == [crypto.weakness(key) for key in keys]


# ----------------------------------------------------------------------------------------------------- signatures

HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha512": hashes.SHA512(),
    "sha3_256": hashes.SHA3_256(),
}


def signature(kind: str, digest: str) -> tuple[PublicKey, Algorithm, bytes]:
    """Return OpenSSL's signature of DATA."""
    key = generated(kind)
    if kind.startswith("ed"):
        return public_of(key), Algorithm("", kind), key.sign(DATA)
    if kind.startswith("rsa"):
        return (
            public_of(key),
            Algorithm("", f"{digest}_rsa", hash=digest),
            key.sign(DATA, padding.PKCS1v15(), HASHES[digest]),
        )
    if kind == "dsa":
        return public_of(key), Algorithm("", f"{digest}_dsa", hash=digest), key.sign(DATA, HASHES[digest])
    return public_of(key), Algorithm("", f"{digest}_ecdsa", hash=digest), key.sign(DATA, ec.ECDSA(HASHES[digest]))


SIGNED = [
    *((kind, digest) for kind in ("rsa", "rsa-e3", "prime256v1", "secp384r1", "secp521r1") for digest in HASHES),
    ("dsa", "sha1"), ("dsa", "sha256"), ("ed25519", ""), ("ed448", ""),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "digest"), SIGNED)
def test_openssl_s_signatures_verify(kind: str, digest: str) -> None:
    """Arithmetic's yes is enough."""
    public, algorithm, signed = signature(kind, digest)
    assert Answer(True, ALONE) == crypto.verify(public, algorithm, signed, DATA)


@pytest.mark.parametrize(("kind", "digest"), SIGNED)
def test_signatures_of_something_else_do_not_verify(kind: str, digest: str) -> None:
    """A no is said by both, where oscrypto has the algorithm."""
    public, algorithm, signed = signature(kind, digest)
    proof = ALONE if kind.startswith("ed") or digest == "sha3_256" else BOTH
    assert Answer(False, proof) == crypto.verify(public, algorithm, signed, b"something else")


@pytest.mark.parametrize("kind", ["rsa", "prime256v1", "dsa", "ed25519", "ed448"])
@pytest.mark.parametrize("signed", [b"", b"\0", b"0\6\2\1\1\2\1\1", bytes(128)], ids=["empty", "zero", "ones", "long"])
def test_garbage_is_no_signature(kind: str, signed: bytes) -> None:
    """It is neither an exception nor a question that stays open."""
    public, algorithm, _ = signature(kind, "sha256")
    assert crypto.verify(public, algorithm, signed, DATA).value is False


def pss(salt_length: int, digest: str = "sha256") -> Algorithm:
    """Return the algorithm of an RSASSA-PSS signature."""
    return Algorithm(RSASSA_PSS, "rsassa_pss", b"", digest, digest, salt_length)


def pss_signature(salt_length: int) -> bytes:
    """Return OpenSSL's signature of DATA."""
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), salt_length)
    signed: bytes = generated("rsa").sign(DATA, scheme, hashes.SHA256())
    return signed


@pytest.mark.parametrize("salt_length", [0, 20, 32])
def test_pss_signatures_verify_with_any_salt(salt_length: int) -> None:
    """oscrypto knows one length only, and is not asked."""
    public = public_of(generated("rsa"))
    answers = [crypto.verify(public, pss(salt_length), pss_signature(salt_length), data) for data in (DATA, b"")]
    assert [Answer(True, ALONE), Answer(False, ALONE)] == answers


@pytest.mark.parametrize(
    ("restriction", "expected"),
    [(None, True), (pss(20), True), (pss(32), True), (pss(33), False), (pss(0, "sha512"), False)],
)
def test_the_restrictions_of_a_pss_key_are_kept(restriction: Algorithm | None, expected: bool) -> None:
    """Hash, mask and the least salt (RFC 4055 section 3.1)."""
    public = public_of(generated("rsa")).replace(kind="rsassa_pss", restriction=restriction)
    assert Answer(expected, ALONE) == crypto.verify(public, pss(32), pss_signature(32), DATA)


def test_a_pss_key_makes_no_other_signatures() -> None:
    """RFC 4055 section 1.2."""
    public, algorithm, signed = signature("rsa", "sha256")
    assert Answer(False, ALONE) == crypto.verify(public.replace(kind="rsassa_pss"), algorithm, signed, DATA)


def test_a_key_of_another_kind_has_not_signed() -> None:
    """An RSA key and an ECDSA signature."""
    _, algorithm, signed = signature("prime256v1", "sha256")
    assert Answer(False, ALONE) == crypto.verify(public_of(generated("rsa")), algorithm, signed, DATA)


def test_a_point_that_is_not_on_its_curve_has_not_signed() -> None:
    """There is no private half that could have."""
    public, algorithm, signed = signature("prime256v1", "sha256")
    broken = public_key(public.der[:-1] + bytes([public.der[-1] ^ 1]))
    assert Answer(False, ALONE) == crypto.verify(broken, algorithm, signed, DATA)


@pytest.mark.parametrize(
    ("public", "algorithm", "reason"),
    [
        (NO_KEY.replace(algorithm="1.2.3"), Algorithm("", "sha256_rsa"), "1.2.3 keys are not known here"),
        (NO_KEY, Algorithm("1.2.3", "1.2.3"), "signatures of 1.2.3 cannot be verified here"),
        (NO_KEY, Algorithm("1.2.3", "rsassa_pkcs1v15"), "signatures of rsassa_pkcs1v15 cannot be verified here"),
        (NO_KEY.replace(kind="rsa"), pss(32), "the signature cannot be verified (ValueError)"),
        (
            NO_KEY.replace(kind="ec", curve="secp256k1"),
            Algorithm("", "sha256_ecdsa", hash="sha256"),
            "the curve secp256k1 is not known here",
        ),
        (
            NO_KEY.replace(kind="rsa", numbers=(1 << 20000, 65537), der=b"0"),
            Algorithm("", "sha256_rsa", hash="sha256"),
            "the public key is too long to calculate with",
        ),
        (
            NO_KEY.replace(kind="rsa", numbers=(1 << 1023, 1 << 80), der=b"0"),
            Algorithm("", "sha256_rsa", hash="sha256"),
            "the public key is too long to calculate with",
        ),
        (
            NO_KEY.replace(kind="rsa", numbers=(1 << 1023, 3)),
            Algorithm("", "md2_rsa", hash="md2"),
            "the hash of md2_rsa is not known here",
        ),
    ],
)
def test_what_cannot_be_verified_says_why(public: PublicKey, algorithm: Algorithm, reason: str) -> None:
    """In one phrase."""
    assert Answer(None, reason=reason) == crypto.verify(public, algorithm, b"", DATA)


# -------------------------------------------------------------------------------------------------- the two together


@needs_oscrypto
def test_oscrypto_answers_where_arithmetic_lacks_the_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python may be built without MD5, OpenSSL not."""
    public, algorithm, signed = signature("rsa", "sha256")
    monkeypatch.setattr(arithmetic, "rsa_verify_pkcs1", lambda *_: None)
    assert Answer(True, ("oscrypto",)) == crypto.verify(public, algorithm, signed, DATA)


@needs_oscrypto
def test_a_disagreement_is_shown_and_decides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both answers are there, and the value is None."""
    public, algorithm, signed = signature("rsa", "sha256")
    monkeypatch.setattr(arithmetic, "rsa_verify_pkcs1", lambda *_: False)
    found = crypto.verify(public, algorithm, signed, DATA)
    answers = (("arithmetic", False), ("oscrypto", True))
    assert Answer(None, (), answers, "arithmetic and oscrypto disagree") == found


@needs_oscrypto
@pytest.mark.parametrize("kind", ["prime256v1", "secp384r1", "secp521r1"])
def test_of_many_signatures_oscrypto_is_asked_first(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """It is twenty times as fast; its yes is enough, and the issuer's key is loaded once."""
    public, algorithm, signed = signature(kind, "sha256")
    monkeypatch.setattr(arithmetic.Curve, "verify", lambda *_: pytest.fail("arithmetic was asked"))
    loaded = confirm._public_key.cache_info().misses
    answers = [crypto.verify(public, algorithm, signed, DATA, many=True) for _ in range(2)]
    assert [Answer(True, ("oscrypto",))] * 2 == answers
    assert confirm._public_key.cache_info().misses <= loaded + 1


@pytest.mark.parametrize(("kind", "digest"), SIGNED)
def test_of_many_signatures_the_verdicts_are_the_same(kind: str, digest: str) -> None:
    """A yes, and a no to something else, to what is malformed, and to a point that is on no curve."""
    public, algorithm, signed = signature(kind, digest)
    off = public.replace(on_curve=False) if public.kind == "ec" else public
    asked = [(public, signed, DATA), (public, signed, b""), (public, signed + b"0", DATA), (off, signed, DATA)]
    one, many = (
        [crypto.verify(each, algorithm, octets, data, many=flag).value for each, octets, data in asked]
        for flag in (False, True)
    )
    assert one == many


class Broken:
    """An oscrypto.asymmetric whose every function raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        raise self.error


@pytest.mark.parametrize("error", [OSError("d=0x1234"), KeyError(1234), IndexError(), RecursionError()])
def test_only_a_signature_error_is_a_no(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """A policy that forbids everything, and whatever hostile keys provoke, leave arithmetic alone."""
    monkeypatch.setattr(oscrypto_loader, "asymmetric", lambda: Broken(error))
    public, algorithm, signed = signature("rsa", "sha256")
    answers = (crypto.match(*pair("rsa")), crypto.verify(public, algorithm, signed, b""))
    assert (Answer(True, ALONE), Answer(False, ALONE)) == answers


def test_the_text_of_an_exception_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """It could quote a key."""
    monkeypatch.setattr(oscrypto_loader, "asymmetric", lambda: Broken(ValueError("d=0x1234")))
    monkeypatch.setattr(arithmetic, "rsa_verify_pkcs1", Broken(KeyError("d=0x1234")).__getattr__)
    found = crypto.verify(*signature("rsa", "sha256"), DATA)
    assert Answer(None, reason="the signature cannot be verified (TypeError) (oscrypto: ValueError)") == found


def unavailable() -> Any:
    """Stand for a machine without libcrypto."""
    raise oscrypto_loader.BackendUnavailable("libcrypto-not-found", "no such file")


def test_without_a_backend_arithmetic_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the report says that there is none."""
    monkeypatch.setattr(oscrypto_loader, "asymmetric", unavailable)
    found = crypto.backend()
    assert (None, "libcrypto-not-found: no such file") == (found["libcrypto"], found["unavailable"])
    assert Answer(True, ALONE) == crypto.match(*pair("prime256v1"))


def test_where_nobody_can_tell_both_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one phrase."""
    monkeypatch.setattr(oscrypto_loader, "asymmetric", unavailable)
    monkeypatch.setattr(arithmetic, "rsa_verify_pkcs1", lambda *_: None)
    found = crypto.verify(*signature("rsa", "sha256"), DATA)
    reason = "the hash of sha256_rsa is not known here (oscrypto: libcrypto-not-found)"
    assert Answer(None, reason=reason) == found


@needs_oscrypto
def test_the_backend_is_named() -> None:
    """Versions of both libraries, and of what oscrypto calls."""
    found = crypto.backend()
    assert [True, True, True, None] == [
        bool(found["asn1crypto"]), bool(found["oscrypto"]), bool(found["libcrypto"]), found["unavailable"],
    ]  # fmt: skip


NOTHING_ALLOWED = """
openssl_conf = init
[init]
providers = providers
[providers]
base = base
[base]
activate = 1
"""

ASK = """
import json, sys
from pemcheck import asn1, crypto, pem
public, key = (asn1.read(block)[0] for block in pem.read("keys", sys.stdin.buffer.read()).blocks)
answer = crypto.match(public.key, crypto.examine(key))
print(json.dumps([crypto.backend()["libcrypto"], answer.value, answer.proof]))
"""


@needs_oscrypto
@pytest.mark.parametrize("kind", ["rsa", "prime256v1", "dsa"])
def test_a_policy_that_forbids_everything_leaves_arithmetic_alone(tmp_path: Path, kind: str) -> None:
    """OpenSSL 3 without a provider refuses every call; that is no "does not match"."""
    (tmp_path / "openssl.cnf").write_text(NOTHING_ALLOWED)
    key = generated(kind)
    text = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    text += key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        input=text,
        env={
            **os.environ,
            "OPENSSL_CONF": str(tmp_path / "openssl.cnf"),
            "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH", "")))),
        },
        capture_output=True,
        check=True,
    )
    library, *found = json.loads(run.stdout)
    old = not library.startswith("OpenSSL ") or library.startswith("OpenSSL 1.")  # which has no providers
    assert [True, list(BOTH if old else ALONE)] == found


# ------------------------------------------------------------------------------------------------------- secrecy


@pytest.mark.parametrize("kind", ["rsa", "prime256v1", "secp256k1", "dsa", "ed25519", "ed448", "x25519"])
def test_no_key_material_is_in_anything_shown(kind: str) -> None:
    """Neither in an answer nor in an examined key, sound or broken, in decimal, hexadecimal or raw."""
    public, key = pair(kind)
    raw = key.seed or (key.info[-32:] if kind == "x25519" else b"")
    secrets = [number for number in (*key.secret, int.from_bytes(raw, "big")) if number > 1000]
    broken = key.replace(secret=tuple(number + 2 for number in key.secret), seed=key.seed[1:])
    answers = [crypto.match(certified, each) for certified in (public, NO_KEY) for each in (key, broken)]
    assert secrets
    shown = repr([key, broken, crypto.examine(broken), crypto.examine(broken).faults, answers])
    assert [] == [number for number in secrets if str(number) in shown or f"{number:x}" in shown]


def test_nothing_raises_whatever_is_in_a_key() -> None:
    """Every kind of public key against every kind of private key, with everything missing that can be missing."""
    kinds = ("rsa", "rsassa_pss", "ec", "ed25519", "ed448", "dsa", "dh", "x25519", "other")
    publics = [
        PublicKey("?", kind, "", numbers=numbers, der=b"0") for kind in kinds for numbers in ((), (0, 0), (0,) * 4)
    ]
    secrets: list[tuple[int, ...]] = [(), (0,), (0,) * 7, (-1,) * 7]
    for public in publics:
        key = PrivateKey(Location("key.pem"), "pkcs8", public=public, info=b"0", seed=b"0")
        for secret in secrets:
            examined = crypto.examine(key.replace(secret=secret))
            assert {crypto.match(other, examined).value for other in publics} <= {True, False, None}
        for scheme in ("rsa", "pss", "ecdsa", "dsa", "ed25519", "ed448"):
            assert not crypto.verify(public, Algorithm("", f"sha256_{scheme}", hash="sha256"), b"0", DATA).value


def test_a_computed_key_without_an_algorithm_identifier_has_no_info() -> None:
    """Where no AlgorithmIdentifier is known, there is nothing to make a SubjectPublicKeyInfo of."""
    public = PublicKey("EC_prime256v1", "ec", "1.2.840.10045.2.1", 256, "prime256v1")
    found = crypto.examine(PrivateKey(Location("key"), "sec1", public=public, stated=False, secret=(1,)))

    assert found.public is not None
    assert (b"", arithmetic.CURVES["prime256v1"].g) == (found.public.der, found.public.numbers)
