"""A private key's bytes to facts: what its format is, what its public half is, and nothing secret anywhere."""

from __future__ import annotations

import hashlib
import json
import random
import re
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

import pemcheck
from fixtures import der
from fixtures.build import PASSPHRASE, leaf, load_key
from fixtures.sign import KEYS
from pemcheck import asn1, crypto, pem
from pemcheck.facts import Other, PrivateKey
from pemcheck.pem import Block
from pemcheck.source import Location, Problem

pytestmark = pytest.mark.once

PLACE = Location("key.pem", 1, 28, block=0)
NAMES = sorted(path.stem for path in KEYS.glob("*.pem"))
ENCRYPTED = {"rsa-encrypted-legacy", "rsa-encrypted-pkcs8"}
UNSTATED = {"dh-2048", "dsa-2048", "ed25519-a", "ed25519-b", "ed448", "ml-dsa-44", "x25519", "x448"}
COMPUTED = {"dsa-2048", "ed25519-a", "ed25519-b", "ed448"}
STATED = [name for name in NAMES if name not in ENCRYPTED | UNSTATED]
EC, ED25519, DSA = "1.2.840.10045.2.1", "1.3.101.112", "1.2.840.10040.4.1"
P256 = "1.2.840.10045.3.1.7"


def read_with_problems(data: bytes, label: str = "PRIVATE KEY", *headers: str) -> tuple[PrivateKey, list[Problem]]:
    """Return the facts of a private key and what could not be read of it."""
    fact, problems = asn1.read(Block(label, data, PLACE, headers))
    assert isinstance(fact, PrivateKey)
    return fact, problems


def read(data: bytes, label: str = "PRIVATE KEY", *headers: str) -> PrivateKey:
    """Return the facts of a private key."""
    return read_with_problems(data, label, *headers)[0]


@cache
def block(name: str) -> Block:
    """Return the block of a test key."""
    (found,) = pem.read(f"{name}.pem", load_key(name).pem.encode()).blocks
    return found


@cache
def fact_of(name: str) -> PrivateKey:
    """Return the facts of a test key."""
    fact, problems = asn1.read(block(name))
    assert [] == problems
    assert isinstance(fact, PrivateKey)
    return fact


def public_sha256(fact: PrivateKey) -> Any:
    """Return what the JSON facts say of the public half."""
    public = fact.to_dict()["public_key"]
    return public and public["sha256"]


def spki_sha256(name: str) -> str:
    """Return the hash of a test key's SubjectPublicKeyInfo."""
    return hashlib.sha256(load_key(name).spki).hexdigest()


def pkcs8(algorithm: bytes, secret: bytes, *more: bytes, version: int = 0) -> bytes:
    """Return a PrivateKeyInfo."""
    return der.sequence(der.integer(version), algorithm, der.octets(secret), *more)


def sec1(*more: bytes, scalar: bytes = b"\5" * 32) -> bytes:
    """Return an ECPrivateKey."""
    return der.sequence(der.integer(1), der.octets(scalar), *more)


CURVE = der.context(0, der.oid(P256))
EC_P256 = der.sequence(der.oid(EC), der.oid(P256))


def point() -> bytes:
    """Return the encoded point of a test key."""
    return load_key("p256-a").octets


# -------------------------------------------------------------------------------------------------- every key file


def test_a_good_key_in_full() -> None:
    """Every field of the JSON facts has its value; nothing else is there."""
    expected = {
        "kind": "private_key",
        "file": "key.pem",
        "line": 1,
        "end_line": 28,
        "block": 0,
        "format": "pkcs8",
        "encrypted": False,
        "encryption": None,
        "public_key": {
            "algorithm": "EC_prime256v1",
            "kind": "ec",
            "oid": EC,
            "bits": 256,
            "curve": "prime256v1",
            "curve_oid": P256,
            "sha256": spki_sha256("p256-a"),
        },
        "matches": None,
        "proof": [],
        "unread": [],
    }

    assert expected == read(load_key("p256-a").der).to_dict()


@pytest.mark.parametrize("name", STATED)
def test_the_public_half_is_the_public_key(name: str) -> None:
    """What the file states, as a SubjectPublicKeyInfo, is that of the key."""
    assert (spki_sha256(name), True) == (public_sha256(fact_of(name)), fact_of(name).stated)


@pytest.mark.parametrize("name", sorted(UNSTATED))
def test_a_public_half_that_is_not_stated_has_no_hash(name: str) -> None:
    """The algorithm is known, and no SubjectPublicKeyInfo is made up."""
    fact = fact_of(name)
    certified = asn1.algorithms.public_key(load_key(name).spki)
    assert fact.public is not None

    assert (certified.algorithm, certified.bits, None, False) == (
        fact.public.algorithm,
        fact.public.bits,
        public_sha256(fact),
        fact.stated,
    )


@pytest.mark.parametrize("name", sorted(COMPUTED))
def test_a_public_half_that_can_be_computed_is_told(name: str) -> None:
    """With arithmetic, inspect knows the SubjectPublicKeyInfo of a key that states none."""
    (fact,) = pemcheck.inspect(load_key(name).pem)
    assert isinstance(fact, PrivateKey)

    assert spki_sha256(name) == public_sha256(fact)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rsa-2048-f", ("pkcs8", False, None)),
        ("ed25519-a", ("pkcs8", False, None)),
        ("ml-dsa-44", ("pkcs8", False, None)),
        ("p256-explicit", ("sec1", False, None)),
        ("openssh-rsa", ("openssh", False, None)),
        ("openssh-ec", ("openssh", False, None)),
        ("openssh-ed25519", ("openssh", False, None)),
        ("openssh-encrypted", ("openssh", True, "aes256-ctr")),
        ("rsa-encrypted-pkcs8", ("pkcs8", True, "pbes2, pbkdf2, aes256_cbc")),
        ("rsa-encrypted-legacy", ("pkcs1", True, "AES-128-CBC")),
    ],
)
def test_format_and_encryption(name: str, expected: tuple[str, bool, str | None]) -> None:
    """They are told without a passphrase."""
    fact = fact_of(name)

    assert expected == (fact.format, fact.encrypted, fact.encryption)


@pytest.mark.parametrize("name", sorted(ENCRYPTED))
def test_an_encrypted_key_hides_both_halves(name: str) -> None:
    """They are there and cannot be read."""
    shown = fact_of(name).to_dict()

    assert (None, ["public_key"]) == (shown["public_key"], shown["unread"])


def test_an_encrypted_openssh_key_states_its_public_half() -> None:
    """OpenSSH's format has it in the clear."""
    assert (spki_sha256("rsa-2048-f"), []) == (
        public_sha256(fact_of("openssh-encrypted")),
        fact_of("openssh-encrypted").to_dict()["unread"],
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_key_in_bare_der_is_read_as_in_pem(name: str) -> None:
    """The content decides, not the label; only what RFC 1421 encrypts looks like nothing."""
    if name == "rsa-encrypted-legacy":
        fact, _ = asn1.read(Block("", block(name).der, PLACE))
        assert isinstance(fact, Other)
    else:
        fact = read(block(name).der, "")
        known = fact_of(name)

        assert (known.format, known.encrypted, known.public) == (fact.format, fact.encrypted, fact.public)


# -------------------------------------------------------------------------------------------------- RSA


def test_pkcs1_is_the_same_key() -> None:
    """The inner structure of PKCS#8, alone."""
    fact = read(load_key("rsa-2048-f").secret, "RSA PRIVATE KEY")

    assert ("pkcs1", spki_sha256("rsa-2048-f"), fact_of("rsa-2048-f").secret) == (
        fact.format,
        public_sha256(fact),
        fact.secret,
    )


def test_the_secret_of_rsa_is_complete() -> None:
    """Version, d, p, q, dP, dQ and qInv, for arithmetic."""
    version, _, _, *secret = load_key("rsa-2048-f").numbers

    assert (version, *secret) == fact_of("rsa-2048-f").secret


@pytest.mark.parametrize(("name", "expected"), [("rsa-2048-f", 2), ("rsa-multi-prime", 3)])
def test_primes_are_counted(name: str, expected: int) -> None:
    """RFC 8017 version 1 lists the primes beyond two."""
    assert expected == fact_of(name).primes


def test_pkcs1_is_wrapped_for_the_backend() -> None:
    """A library that wants PKCS#8 gets the same key."""
    fact = read(load_key("rsa-2048-f").secret, "RSA PRIVATE KEY")

    assert load_key("rsa-2048-f").der == fact.info


def test_a_pss_key_stays_a_pss_key() -> None:
    """The algorithm is PKCS#8's, not that of the numbers inside."""
    public = fact_of("rsa-pss").public
    assert public is not None

    assert ("RSASSA_PSS_2048", "rsassa_pss") == (public.algorithm, public.kind)


# -------------------------------------------------------------------------------------------------- EC


def test_sec1_with_curve_and_point() -> None:
    """What openssl ecparam -genkey writes."""
    fact = read(der.unarmor(load_key("p256-a").sec1), "EC PRIVATE KEY")

    assert ("sec1", spki_sha256("p256-a"), True, True) == (
        fact.format,
        public_sha256(fact),
        fact.stated,
        fact.has_curve,
    )


def test_sec1_without_point_has_no_public_half_yet() -> None:
    """The curve is known; the point is computed later, by inspect too."""
    data = sec1(CURVE)
    fact = read(data, "EC PRIVATE KEY")
    (examined,) = pemcheck.inspect(data)
    assert isinstance(examined, PrivateKey)
    key = ec.derive_private_key(int.from_bytes(b"\5" * 32, "big"), ec.SECP256R1())
    expected = asn1.algorithms.public_key(
        der.sequence(EC_P256, der.bits(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))
    )

    assert (None, False, expected.sha256) == (public_sha256(fact), fact.stated, public_sha256(examined))


def test_sec1_without_curve_says_so() -> None:
    """Nobody knows what the number means: the public half cannot be read."""
    fact, problems = read_with_problems(sec1(der.context(1, der.bits(point()))), "EC PRIVATE KEY")

    assert (False, None, {"public"}, []) == (fact.has_curve, fact.public, set(fact.unread), problems)


def test_sec1_in_pkcs8_takes_its_curve_from_outside() -> None:
    """PKCS#8 names the curve; what the inner structure says besides does not count."""
    fact = read(pkcs8(EC_P256, sec1(der.context(0, der.oid("1.3.132.0.34")), der.context(1, der.bits(point())))))

    assert spki_sha256("p256-a") == public_sha256(fact)


def test_a_curve_named_inside_of_pkcs8_only_is_not_named() -> None:
    """OpenSSL and pyca look for it in PKCS#8's own algorithm (RFC 5480 section 2.1.1), and load no such key."""
    fact = read(pkcs8(der.sequence(der.oid(EC)), sec1(CURVE, der.context(1, der.bits(point())))))

    assert (False, None) == (fact.has_curve, fact.public)


def test_a_compressed_point_is_the_same_key() -> None:
    """Compared as points, not as octets."""
    octets = point()
    compressed = bytes([2 + octets[-1] % 2]) + octets[1:33]
    fact = read(pkcs8(EC_P256, sec1(der.context(1, der.bits(compressed)))))
    assert fact.public is not None

    assert fact.public.same_as(asn1.algorithms.public_key(load_key("p256-a").spki))


def test_explicit_parameters_are_recognised() -> None:
    """EC_explicit, and whose curve it is."""
    public = fact_of("p256-explicit").public
    assert public is not None

    assert ("EC_explicit", "prime256v1", True) == (public.algorithm, public.same_curve_as, public.on_curve)


# -------------------------------------------------------------------------------------------------- PKCS#8 version 2

ED25519_SECRET = der.octets(bytes(range(32)))
ATTRIBUTES = der.context(0, der.sequence(der.oid("1.2.840.113549.1.9.9.20"), der.set_of(der.bmp("name"))))


@pytest.mark.parametrize(
    "more",
    [
        (der.context(1, b"\0" + b"\7" * 32, constructed=False),),
        (ATTRIBUTES, der.context(1, b"\0" + b"\7" * 32, constructed=False)),
        (der.context(1, der.bits(b"\7" * 32)),),
    ],
    ids=["implicit", "with-attributes", "explicit"],
)
def test_version_2_states_the_public_key(more: tuple[bytes, ...]) -> None:
    """RFC 5958's [1], as some libraries write it too."""
    fact = read(pkcs8(der.sequence(der.oid(ED25519)), ED25519_SECRET, *more, version=1))
    expected = hashlib.sha256(der.sequence(der.sequence(der.oid(ED25519)), der.bits(b"\7" * 32))).hexdigest()

    assert (expected, True, bytes(range(32))) == (public_sha256(fact), fact.stated, fact.seed)


def test_version_2_states_the_point_of_an_ec_key() -> None:
    """Where ECPrivateKey leaves it out."""
    fact = read(pkcs8(EC_P256, sec1(), der.context(1, b"\0" + point(), constructed=False), version=1))

    assert (spki_sha256("p256-a"), True) == (public_sha256(fact), fact.stated)


def test_attributes_change_nothing() -> None:
    """RFC 5958's [0] is passed over."""
    data = der.sequence(*der.children(load_key("rsa-2048-f").der), ATTRIBUTES)

    assert spki_sha256("rsa-2048-f") == public_sha256(read(data))


def test_an_unknown_algorithm_may_state_its_public_key() -> None:
    """It is what SubjectPublicKeyInfo would hold."""
    algorithm = der.sequence(der.oid("1.2.3"))
    fact = read(pkcs8(algorithm, b"secret", der.context(1, b"\0public", constructed=False)))

    assert hashlib.sha256(der.sequence(algorithm, der.bits(b"public"))).hexdigest() == public_sha256(fact)


# -------------------------------------------------------------------------------------------------- DSA


def test_dsa_in_its_traditional_form() -> None:
    """Version, p, q, g, y and x: what openssl dsa -traditional writes."""
    key = load_key("dsa-2048")
    p, q, g = der.children(der.children(key.algorithm)[1])
    fact = read(der.sequence(der.integer(0), p, q, g, key.octets, key.secret), "DSA PRIVATE KEY")

    assert ("dsa", spki_sha256("dsa-2048"), (der.number(key.secret),), key.der) == (
        fact.format,
        public_sha256(fact),
        fact.secret,
        fact.info,
    )


# -------------------------------------------------------------------------------------------------- OpenSSH


def wire(*strings: bytes) -> bytes:
    """Return strings as SSH writes them (RFC 4251 section 5)."""
    return b"".join(len(each).to_bytes(4, "big") + each for each in strings)


def openssh(public: bytes, cipher: bytes = b"none") -> bytes:
    """Return an OpenSSH key with this public half."""
    return b"openssh-key-v1\0" + wire(cipher, b"none", b"") + b"\0\0\0\1" + wire(public, b"secret")


@pytest.mark.parametrize("name", ["rsa-2048-f", "p256-a", "p384-a", "p521-a", "ed25519-a"])
def test_openssh_states_the_public_half(name: str) -> None:
    """As pyca writes it, of every kind of key that AWS takes."""
    key: Any = load_pem_private_key(load_key(name).pem.encode(), None)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    fact = read(der.unarmor(text.decode()), "OPENSSH PRIVATE KEY")

    assert ("openssh", False, spki_sha256(name)) == (fact.format, fact.encrypted, public_sha256(fact))


@pytest.mark.parametrize(
    "data",
    [
        openssh(wire(b"ssh-dss", b"\1")),
        openssh(wire(b"ecdsa-sha2-nistp192", b"nistp192", b"\4")),
        openssh(wire(b"ssh-ed25519", bytes(31))),
        openssh(wire(b"ssh-rsa", b"\1")),
        openssh(wire(b"ssh-rsa", b"", b"")),
        openssh(b""),
        openssh(wire(b"\xff")),
        b"openssh-key-v1\0",
        b"openssh-key-v1\0\0\0",
        b"openssh-key-v1\0" + wire(b"\xff"),
    ],
)
def test_an_openssh_key_that_cannot_be_read_is_still_one(data: bytes) -> None:
    """Its public half is null and unread, with a problem that quotes nothing."""
    fact, problems = read_with_problems(data, "OPENSSH PRIVATE KEY")

    assert ("openssh", None, ["public_key"], ["public"]) == (
        fact.format,
        fact.to_dict()["public_key"],
        fact.to_dict()["unread"],
        [problem.field for problem in problems],
    )


def test_the_cipher_of_an_openssh_key_is_short_and_printable() -> None:
    """It is whatever stands there."""
    fact = read(openssh(wire(b"ssh-ed25519", bytes(32)), b"\x1b" + b"a" * 100), "OPENSSH PRIVATE KEY")

    assert (True, "\\u{001b}" + "a" * 32) == (fact.encrypted, fact.encryption)


# -------------------------------------------------------------------------------------------------- encrypted

PBES2, PBKDF2, SCRYPT = "1.2.840.113549.1.5.13", "1.2.840.113549.1.5.12", "1.3.6.1.4.1.11591.4.11"
AES128, DES3 = "2.16.840.1.101.3.4.1.2", "1.2.840.113549.3.7"


def encrypted(oid: str, parameters: bytes) -> bytes:
    """Return an EncryptedPrivateKeyInfo."""
    return der.sequence(der.sequence(der.oid(oid), parameters), der.octets(b"not a key"))


def pbes2(cipher: str, derivation: bytes = b"") -> bytes:
    """Return the parameters of PBES2."""
    pbkdf2 = der.sequence(der.oid(PBKDF2), der.sequence(der.octets(b"saltsalt"), der.integer(2048)))
    return der.sequence(derivation or pbkdf2, der.sequence(der.oid(cipher), der.octets(bytes(16))))


SCRYPT_1 = der.sequence(
    der.oid(SCRYPT), der.sequence(der.octets(b"salt"), der.integer(16384), der.integer(8), der.integer(1))
)
PBE = der.sequence(der.octets(b"saltsalt"), der.integer(2048))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (encrypted(PBES2, pbes2(AES128)), "pbes2, pbkdf2, aes128_cbc"),
        (encrypted(PBES2, pbes2(DES3)), "pbes2, pbkdf2, tripledes_3key"),
        (encrypted(PBES2, pbes2(AES128, SCRYPT_1)), "pbes2, scrypt, aes128_cbc"),
        (encrypted("1.2.840.113549.1.5.3", PBE), "pbes1_md5_des"),
        (encrypted("1.2.840.113549.1.12.1.3", PBE), "pkcs12_sha1_tripledes_3key"),
        (encrypted("1.2.3", PBE), "1.2.3"),
    ],
    ids=["pbes2", "3des", "scrypt", "pbes1", "pkcs12", "unknown"],
)
@pytest.mark.parametrize("label", ["ENCRYPTED PRIVATE KEY", "PRIVATE KEY", ""])
def test_the_scheme_of_an_encrypted_key(label: str, data: bytes, expected: str) -> None:
    """It stands in the clear, whatever the label says."""
    fact = read(data, label)

    assert (True, expected, "pkcs8", ["public_key"]) == (
        fact.encrypted,
        fact.encryption,
        fact.format,
        fact.to_dict()["unread"],
    )


@pytest.mark.parametrize(
    "data",
    [
        encrypted(PBES2, der.NULL),
        encrypted(PBES2, der.sequence(der.NULL, der.NULL)),
        der.sequence(der.sequence(), der.octets(b"")),
        der.sequence(der.sequence(der.NULL), der.octets(b"")),
    ],
)
def test_a_scheme_that_cannot_be_read_is_null(data: bytes) -> None:
    """It is there and unreadable; that the key is encrypted is known."""
    shown = read(data, "ENCRYPTED PRIVATE KEY").to_dict()

    assert (True, None, ["encryption", "public_key"]) == (
        shown["encrypted"],
        shown["encryption"],
        shown["unread"],
    )


@pytest.mark.parametrize(
    ("label", "expected"),
    [("RSA PRIVATE KEY", "pkcs1"), ("EC PRIVATE KEY", "sec1"), ("DSA PRIVATE KEY", "dsa"), ("PRIVATE KEY", "pkcs8")],
)
def test_what_proc_type_encrypts_has_the_format_of_its_label(label: str, expected: str) -> None:
    """Nothing else tells (RFC 1421 section 4.6.1.1)."""
    fact = read(b"\x8b\xad", label, "Proc-Type: 4,ENCRYPTED", "DEK-Info: DES-EDE3-CBC,00112233")

    assert (expected, True, "DES-EDE3-CBC") == (fact.format, fact.encrypted, fact.encryption)


@pytest.mark.parametrize("headers", [(), ("DEK-Info:",), ("X-DEK-Info: AES-128-CBC",)])
def test_a_cipher_that_is_not_named_is_null(headers: tuple[str, ...]) -> None:
    """That the key is encrypted is known all the same."""
    fact = read(b"\x8b\xad", "RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED", *headers)

    assert (True, None, {"encryption", "public", "secret"}) == (fact.encrypted, fact.encryption, set(fact.unread))


@pytest.mark.parametrize("name", ["rsa-2048-f", "p256-a", "ed25519-a"])
def test_what_pyca_encrypts_is_recognised(name: str) -> None:
    """PBES2, as everybody writes it today."""
    key: Any = load_pem_private_key(load_key(name).pem.encode(), None)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode()))

    assert "pbes2, pbkdf2, aes256_cbc" == read(der.unarmor(text.decode()), "ENCRYPTED PRIVATE KEY").encryption


# -------------------------------------------------------------------------------------------------- labels, faults


@pytest.mark.parametrize("label", ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ANY PRIVATE KEY", ""])
@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (load_key("rsa-2048-f").der, "pkcs8"),
        (load_key("rsa-2048-f").secret, "pkcs1"),
        (der.unarmor(load_key("p256-a").sec1), "sec1"),
    ],
    ids=["pkcs8", "pkcs1", "sec1"],
)
def test_the_format_is_what_the_bytes_are(label: str, data: bytes, expected: str) -> None:
    """A wrong label changes nothing but the label."""
    fact, problems = read_with_problems(data, label)

    assert (expected, label, []) == (fact.format, fact.label, problems)


def test_a_key_labelled_as_certificate_is_a_key() -> None:
    """Whoever has to warn about it must know."""
    assert "pkcs8" == read(load_key("rsa-2048-f").der, "CERTIFICATE").format


def test_bytes_behind_a_key_do_not_count() -> None:
    """They are no part of it; but they are said."""
    fact, problems = read_with_problems(load_key("rsa-2048-f").der + b"\0\0")
    expected = [Problem("der-malformed", PLACE, "2 bytes behind the private key", "readable")]
    assert (load_key("rsa-2048-f").der, expected) == (fact.der, problems)


RSA_ALGORITHM = der.sequence(der.oid("1.2.840.113549.1.1.1"), der.NULL)
NUMBERS = [der.integer(each) for each in (0, 15, 3, 3, 3, 5, 1, 3, 2)]
MALFORMED = {
    "nothing": b"",
    "text": b"hello",
    "cut-off": load_key("rsa-2048-f").der[:-1],
    "empty-sequence": der.sequence(),
    "integer": der.integer(5),
    "pkcs1-without-positive-modulus": der.sequence(der.integer(0), der.integer(-15), *NUMBERS[2:]),
    "pkcs1-number-without-octets": der.sequence(*NUMBERS[:8], der.tlv(2)),
    "pkcs1-others-are-no-list": der.sequence(*NUMBERS, der.NULL),
    "pkcs8-rsa-empty": pkcs8(RSA_ALGORITHM, b""),
    "pkcs8-rsa-of-eight-numbers": pkcs8(RSA_ALGORITHM, der.sequence(*NUMBERS[:8])),
    "pkcs8-without-algorithm": pkcs8(der.sequence(), b""),
    "pkcs8-ec-without-scalar": pkcs8(EC_P256, der.sequence(der.integer(1), der.NULL)),
    "pkcs8-ec-of-an-unnamed-curve": pkcs8(der.sequence(der.oid(EC), der.NULL), sec1()),
    "pkcs8-dsa-without-parameters": pkcs8(der.sequence(der.oid(DSA), der.sequence()), der.integer(5)),
    "pkcs8-dsa-trailing": pkcs8(load_key("dsa-2048").algorithm, der.integer(5) + der.NULL),
    "pkcs8-ed25519-without-octets": pkcs8(der.sequence(der.oid(ED25519)), bytes(32)),
    "pkcs8-ed25519-trailing": pkcs8(der.sequence(der.oid(ED25519)), ED25519_SECRET + der.NULL),
    "pkcs8-public-key-of-half-octets": pkcs8(
        der.sequence(der.oid(ED25519)), ED25519_SECRET, der.context(1, b"\4\0", constructed=False)
    ),
    "sec1-empty-curve": sec1(der.context(0)),
    "sec1-empty-point": sec1(CURVE, der.context(1)),
    "sec1-two-curves": sec1(der.context(0, der.oid(P256), der.oid(P256))),
    "dsa-negative": der.sequence(*[der.integer(-5)] * 6),
}


@pytest.mark.parametrize("data", MALFORMED.values(), ids=list(MALFORMED))
def test_a_malformed_key_is_an_unreadable_key(data: bytes) -> None:
    """It is a private key, because its label says so, with nothing else known."""
    fact = read(data)

    assert (None, {"public", "secret"}, (), b"", b"") == (
        fact.public,
        set(fact.unread),
        fact.secret,
        fact.seed,
        fact.info,
    )


@pytest.mark.parametrize("data", [each for each in MALFORMED.values() if each], ids=[*MALFORMED][1:])
def test_a_malformed_key_is_reported_as_one(data: bytes) -> None:
    """One problem of the rule key-unreadable."""
    rules = [problem.rule for problem in read_with_problems(data)[1]]

    assert ["key-unreadable"] == [rule for rule in rules if rule != "der-malformed"]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("RSA PRIVATE KEY", ("pkcs1", False)),
        ("ENCRYPTED PRIVATE KEY", ("pkcs8", True)),
        ("PGP PRIVATE KEY BLOCK", ("pgp private key block", False)),
    ],
)
def test_an_unreadable_key_is_what_its_label_says(label: str, expected: tuple[str, bool]) -> None:
    """There is nothing else to go by."""
    fact = read(b"\xff\xff\xff", label)

    assert expected == (fact.format, fact.encrypted)


@pytest.mark.parametrize("data", [leaf().der, der.sequence(load_key("p256-a").algorithm, der.bits(b"\4"))])
def test_something_else_labelled_as_a_key_is_no_key(data: bytes) -> None:
    """A certificate is a certificate; anything else is an unreadable key."""
    fact, _ = asn1.read(Block("PRIVATE KEY", data, PLACE))

    assert fact.to_dict()["kind"] == ("certificate" if data == leaf().der else "private_key")


def test_asn1crypto_objects_are_made_for_the_backend() -> None:
    """What oscrypto is given holds the very bytes."""
    key = load_key("p256-a")

    assert (key.der, key.spki) == (asn1.private_key_info(key.der).dump(), asn1.public_key_info(key.spki).dump())


# -------------------------------------------------------------------------------------------------- secrecy

_LONG_RUN = re.compile(r"[0-9]{12}|[0-9A-Fa-f]{16}|[A-Za-z0-9+/]{40}|\\x")


@cache
def secrets_of(name: str) -> tuple[bytes, ...]:
    """Return pieces of eight octets of everything in a test key that its public half does not hold."""
    fact = fact_of(name)
    numbers = [number.to_bytes((number.bit_length() + 7) // 8, "big") for number in fact.secret]
    hidden = [each for each in (*numbers, fact.seed) if len(each) >= 16]
    if not hidden:  # what was not read: all of it but what the public key has
        hidden = [block(name).der[len(load_key(name).spki) + 64 :]]
    pieces = (each[i : i + 8] for each in hidden for i in range(0, len(each) - 8, 8))
    return tuple(piece for piece in pieces if piece not in load_key(name).spki)  # OpenSSH says the public half twice


def traces_of(fact: asn1.Fact, problems: list[Problem]) -> str:
    """Return everything that could be printed of a key, without its public half."""
    texts = [repr(fact), str(fact), f"{fact}", json.dumps(fact.to_dict()), repr(problems)]
    public = fact.public if isinstance(fact, PrivateKey) else None
    if public is not None:
        texts = [text.replace(repr(public), "").replace(json.dumps(public.to_dict()), "") for text in texts]
    return "\n".join(texts)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return *data* with one bit flipped."""
    position = chance.randrange(len(data))
    return data[:position] + bytes([data[position] ^ 1 << chance.randrange(8)]) + data[position + 1 :]


@pytest.mark.parametrize("name", NAMES)
def test_a_good_key_leaves_no_trace(name: str) -> None:
    """No number, no octets, no base64 of a secret in anything that is printed."""
    assert not _LONG_RUN.search(traces_of(*asn1.read(block(name))))


@pytest.mark.parametrize("name", NAMES)
def test_a_block_leaves_no_trace(name: str) -> None:
    """Nor does the block that the key was read from."""
    assert not _LONG_RUN.search(repr(block(name)))


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_key_leaves_no_trace(name: str) -> None:
    """Whatever bit is flipped, nothing secret is in the facts, their text, or a reason."""
    chance = random.Random(name)
    for _ in range(300):
        broken = block(name).replace(der=damaged(block(name).der, chance))
        found = _LONG_RUN.search(traces_of(*asn1.read(broken)))
        assert found is None, found


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_key_has_no_secret_in_its_public_half(name: str) -> None:
    """A length that grew does not make the modulus swallow what follows it."""
    chance = random.Random(f"{name} again")
    for _ in range(300):
        fact, _problems = asn1.read(block(name).replace(der=damaged(block(name).der, chance)))
        public = fact.public if isinstance(fact, PrivateKey) else None
        shown = b"" if public is None else public.der + public.octets
        assert not any(piece in shown for piece in secrets_of(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_leaves_no_trace(name: str) -> None:
    """Nor does a file whose text is damaged."""
    chance = random.Random(f"{name}.pem")
    data = load_key(name).pem.encode()
    for _ in range(60):
        text = pem.read("key.pem", damaged(data, chance))
        for each in text.blocks:
            assert not _LONG_RUN.search(traces_of(*asn1.read(each)))
        assert not _LONG_RUN.search(repr(text))


# ------------------------------------------------------------------------------------------- damage beside the numbers


def changed(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return *data* with a piece of it replaced that is there once."""
    assert 1 == data.count(old)
    return data.replace(old, new)


EC_KEY = load_key("p256-a").der


@pytest.mark.parametrize("tag", [0x21, 0x80, 0x81, 0xA2, 0xB1, 0xA0])
def test_a_key_with_a_field_that_does_not_belong_there_is_unreadable(tag: int) -> None:
    """OpenSSL refuses it too; passing over it would leave the point in it unread."""
    fact, problems = read_with_problems(changed(EC_KEY, b"\xa1\x44\x03\x42", bytes((tag, 0x44, 0x03, 0x42))))

    assert (["key-unreadable"], ["public", "secret"]) == ([each.rule for each in problems], sorted(fact.unread))


@pytest.mark.parametrize("tag", [0x03, 0x04, 0x42, 0x82])
def test_a_key_whose_version_is_no_number_is_unreadable(tag: int) -> None:
    """In SEC 1 as in PKCS#8."""
    inner = changed(EC_KEY, b"\x02\x01\x01\x04\x20", bytes((tag, 0x01, 0x01, 0x04, 0x20)))
    outer = changed(EC_KEY, b"\x02\x01\x00\x30\x13", bytes((tag, 0x01, 0x00, 0x30, 0x13)))

    assert [["key-unreadable"]] * 2 == [[each.rule for each in read_with_problems(data)[1]] for data in (inner, outer)]


_NONE_BESIDE = "its version says that its public key stands beside it, and none does"
_BEHIND = "bytes stand behind the key that its PKCS#8 structure wraps"
_NOT_DER = "the key that its PKCS#8 structure wraps is not in DER"
_TOO_LONG = "its private number has more octets than its curve's numbers have"


@pytest.mark.parametrize("name", ["p256-a", "rsa-2048-f", "ed25519-a"])
def test_an_algorithm_with_a_third_element_makes_a_key_unreadable(name: str) -> None:
    """Neither OpenSSL nor pyca loads it."""
    _, algorithm, secret = der.children(load_key(name).der)
    parts = [*der.children(algorithm), der.NULL, der.NULL][:3]
    _, problems = read_with_problems(pkcs8(der.sequence(*parts), der.content(secret)))

    assert ["key-unreadable"] == [each.rule for each in problems]


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("p256-a", lambda octets: octets + b"\0", _BEHIND),
        ("rsa-2048-f", lambda octets: octets + b"\0", _BEHIND),
        ("p256-a", lambda octets: b"\x30\x82\x00" + octets[1:], _NOT_DER),
        ("rsa-2048-f", lambda octets: b"\x30\x83\x00" + octets[2:], _NOT_DER),
        ("ed25519-a", lambda octets: b"\x04\x81" + octets[1:], _NOT_DER),
        ("dsa-2048", lambda octets: b"\x02\x82\x00" + octets[1:], _NOT_DER),
    ],
)
def test_what_departs_from_der_inside_of_pkcs8_is_odd(name: str, change: Any, expected: str) -> None:
    """OpenSSL reads it, pyca refuses it; the key is the same."""
    _, algorithm, secret = der.children(load_key(name).der)
    fact, problems = read_with_problems(pkcs8(algorithm, change(der.content(secret))))

    assert ((expected,), []) == (fact.oddities, problems)
    assert fact.secret == fact_of(name).secret


@pytest.mark.parametrize(("octets", "expected"), [(31, ()), (32, ()), (33, (_TOO_LONG,)), (40, (_TOO_LONG,))])
def test_a_private_number_longer_than_its_curve_is_odd(octets: int, expected: tuple[str, ...]) -> None:
    """RFC 5915 section 3: pyca refuses it, in SEC 1 as in PKCS#8; shorter ones are read everywhere."""
    data = sec1(der.context(0, der.oid(P256)), scalar=b"\5".rjust(octets, b"\0"))
    found = [read(data, "EC PRIVATE KEY"), read(pkcs8(EC_P256, data))]

    assert [expected, expected] == [each.oddities for each in found]


def test_a_private_number_of_an_unknown_curve_may_have_any_length() -> None:
    """Nothing says how long it should be."""
    data = sec1(der.context(0, der.oid("1.3.36.3.3.2.8.1.1.7")), scalar=b"\5" * 70)

    assert () == read(data, "EC PRIVATE KEY").oddities


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("p256-a", "02010030", "02010030", ""),
        ("p256-a", "0201010420", "0201050420", "the version of its SEC 1 structure is not 1"),
        ("p256-a", "0201003013", "0201043013", "the version of its PKCS#8 structure is not 0 or 1"),
        ("rsa-2048-f", "020100300d", "020101300d", _NONE_BESIDE),
        ("ed25519-a", "0201003005", "0201013005", _NONE_BESIDE),
        ("rsa-2048-f", "020100300d", "020102300d", "the version of its PKCS#8 structure is not 0 or 1"),
        ("rsa-2048-f", "0101010500", "0101010400", "its algorithm has parameters where there are none"),
        ("ed25519-a", "0201003005", "02017f3005", "the version of its PKCS#8 structure is not 0 or 1"),
    ],
)
def test_a_key_whose_form_is_odd_says_so(name: str, old: str, new: str, expected: str) -> None:
    """Readers differ about it: OpenSSL takes it, Java and Go refuse it."""
    data = load_key(name).der
    fact = read(changed(data, bytes.fromhex(old), bytes.fromhex(new)))

    assert tuple(filter(None, [expected])) == fact.oddities


def test_a_key_that_names_two_curves_is_odd() -> None:
    """Which of the two counts, readers decide."""
    inner = sec1(der.context(0, der.oid("1.3.132.0.34")))
    outer = der.sequence(der.oid(EC), der.oid(P256))

    assert ("it names two different curves",) == read(pkcs8(outer, inner)).oddities


def test_parameters_that_do_not_belong_there_are_odd() -> None:
    """An Ed25519 key has none, not even NULL (RFC 8410)."""
    algorithm = der.sequence(der.oid("1.3.101.112"), der.NULL)

    assert 1 == len(read(pkcs8(algorithm, der.octets(b"\5" * 32))).oddities)


_FURTHER = der.children(load_key("rsa-multi-prime").secret)[9]


@pytest.mark.parametrize(
    "further",
    [
        (der.sequence(),),
        (der.NULL,),
        (der.integer(5),),
        (der.sequence(der.integer(5)),),
        (der.sequence(der.sequence(der.integer(5), der.integer(3))),),
        (der.sequence(der.sequence(der.integer(5), der.integer(3), der.octets(b"x"))),),
        (der.sequence(der.sequence(der.integer(5), der.integer(3), der.integer(0))),),
        (_FURTHER, der.integer(5)),
    ],
)
def test_further_primes_that_are_none_make_a_key_unreadable(further: tuple[bytes, ...]) -> None:
    """OpenSSL does not load it; the first two primes fitting together is no reason to."""
    data = der.sequence(der.integer(1), *der.children(load_key("rsa-2048-f").secret)[1:9], *further)
    fact, problems = read_with_problems(data, "RSA PRIVATE KEY")

    assert (["key-unreadable"], None) == ([each.rule for each in problems], fact.public)


def beside(name: str, public: bytes, version: int = 1) -> bytes:
    """Return a key of version 2, with these octets as its public key."""
    _, algorithm, secret, *_ = der.children(load_key(name).der)
    field = der.context(1, b"\0", public, constructed=False)
    return pkcs8(algorithm, der.content(secret), field, version=version)


_ANOTHER = "the public key beside it (RFC 5958) is another one"


@pytest.mark.parametrize(
    ("name", "other", "expected"),
    [
        ("rsa-2048-f", "rsa-2048-f", ()),
        ("rsa-2048-f", "rsa-2048-g", (_ANOTHER,)),
        ("rsa-pss", "rsa-pss", ()),
        ("rsa-pss", "rsa-2048-g", (_ANOTHER,)),
        ("p256-a", "p256-a", ()),
        ("p256-a", "p256-b", (_ANOTHER,)),
        ("dsa-2048", "dsa-2048", ()),
        ("ed25519-a", "ed25519-a", ()),
    ],
)
def test_the_public_key_beside_a_private_one_is_compared(name: str, other: str, expected: tuple[str, ...]) -> None:
    """Which of two a reader takes is its own matter."""
    fact = read(beside(name, load_key(other).octets))

    assert (expected, True) == (fact.oddities, fact.version_2)


@pytest.mark.parametrize(
    ("name", "other", "fault"),
    [("ed25519-a", "ed25519-b", "the public key is not that of privateKey"), ("dsa-2048", "", "y is not g^x mod p")],
)
def test_a_public_key_that_only_version_2_states_is_compared(name: str, other: str, fault: str) -> None:
    """With the one that is calculated from the secret."""
    octets = load_key(other).octets if other else der.integer(4711)

    assert (fault,) == crypto.examine(read(beside(name, octets))).faults


@pytest.mark.parametrize("name", ["rsa-2048-f", "p256-a", "ed25519-a", "dsa-2048"])
@pytest.mark.parametrize("octets", [b"", b"\4garbage"])
def test_a_public_key_beside_that_is_none_makes_the_key_unreadable(name: str, octets: bytes) -> None:
    """OpenSSL does not read it either."""
    fact, problems = read_with_problems(beside(name, octets))

    assert (["key-unreadable"], None) == ([each.rule for each in problems], fact.public)


def test_a_public_key_in_version_1_is_odd() -> None:
    """It has no place there (RFC 5958 section 2)."""
    found = read(beside("rsa-2048-f", load_key("rsa-2048-f").octets, version=0)).oddities

    assert ("its version says that its public key does not stand beside it, and one does",) == found


KEY_USAGE_ATTRIBUTE = der.sequence(der.oid("2.5.29.15"), der.set_of(bytes.fromhex("03020010")))
"""Windows writes this one."""


@pytest.mark.parametrize("attributes", [(), (KEY_USAGE_ATTRIBUTE,), (KEY_USAGE_ATTRIBUTE, KEY_USAGE_ATTRIBUTE)])
@pytest.mark.parametrize("name", ["rsa-2048-f", "p256-a"])
def test_attributes_of_a_key_draw_nothing(name: str, attributes: tuple[bytes, ...]) -> None:
    """They are nobody's business, and every reader passes over them; they do not get into ``info``."""
    _, algorithm, secret, *_ = der.children(load_key(name).der)
    fact, problems = read_with_problems(pkcs8(algorithm, der.content(secret), der.context(0, *attributes)))

    assert ([], (), False) == (problems, fact.oddities, fact.version_2)
    assert load_key(name).der == fact.info


@pytest.mark.parametrize(
    "damaged",
    [
        b"\x04" + KEY_USAGE_ATTRIBUTE[1:],
        KEY_USAGE_ATTRIBUTE.replace(b"\x31", b"\x30"),
        KEY_USAGE_ATTRIBUTE.replace(b"\x06\x03", b"\x16\x03"),
        der.sequence(),
        der.NULL,
        der.sequence(der.oid("2.5.29.15"), der.set_of(), der.NULL),
        KEY_USAGE_ATTRIBUTE.replace(b"\x03\x02\x00", b"\x03\x02\x09"),
    ],
)
@pytest.mark.parametrize("name", ["rsa-2048-f", "p256-a"])
def test_attributes_that_are_damaged_make_a_key_unreadable(name: str, damaged: bytes) -> None:
    """OpenSSL does not read such a key."""
    _, algorithm, secret, *_ = der.children(load_key(name).der)
    fact, problems = read_with_problems(pkcs8(algorithm, der.content(secret), der.context(0, damaged)))

    assert "key-unreadable" in [each.rule for each in problems]
    assert fact.public is None


def test_what_is_odd_about_a_key_is_warned_of() -> None:
    """The submission is not accepted as though nothing were wrong."""
    certificate = leaf(key="p256-a")
    key = der.pem("PRIVATE KEY", changed(EC_KEY, b"\x02\x01\x01\x04\x20", b"\x02\x01\x07\x04\x20"))
    report = pemcheck.check(certificate.pem, key, "".join(each.pem for each in certificate.chain), at="2026-06-01")

    assert [("key-inconsistent", "warning")] == [
        (each.rule, each.severity.value) for each in report.findings if each.at.file == "private_key"
    ]
