"""A certificate's DER to facts: every field as the interface promises it, each malformed one costing only itself."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

import pytest

from fixtures import build, der
from fixtures.build import AT, INTERMEDIATE, ROOT, certificate, ec_leaf, extension, general_name, load_key, name
from fixtures.build import Certificate as Built
from pemcheck import asn1
from pemcheck.arithmetic import CURVES
from pemcheck.facts import MAX_NAME_SHOWN, Certificate, Extension, Subtree
from pemcheck.pem import Block
from pemcheck.source import EXHAUSTED, Location, Problem

PLACE = Location("cert.pem", 1, 20, block=0)
RSA, RSA_PSS, EC, DSA = "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.10045.2.1", "1.2.840.10040.4.1"
NIST = "2.16.840.1.101.3.4"
P256 = "1.2.840.10045.3.1.7"
KEY_USAGE, SAN, SKI, AIA = "2.5.29.15", "2.5.29.17", "2.5.29.14", "1.3.6.1.5.5.7.1.1"
FROM_EXTENSIONS = {
    "subject_alt_names", "key_usage", "extended_key_usage", "basic_constraints", "subject_key_identifier",
    "authority_key_identifier", "ocsp_urls", "ca_issuers_urls", "scts",
    *(NOT_SHOWN := (
        "name_constraints", "policies", "policy_mappings", "policy_constraints", "inhibit_any_policy",
        "authority_issuer", "authority_serial_number", "netscape_type",
    )),
}  # fmt: skip


def leaf(**changes: Any) -> Built:
    """Return the good certificate, changed; nobody verifies its signature, and a short one is quickly made."""
    return build.leaf(**{"signed_by": "rsa-1024", **changes})


def read_with_problems(built: Built | bytes, label: str = "CERTIFICATE") -> tuple[Certificate, list[Problem]]:
    """Return the facts of a certificate and what could not be read of it."""
    data = built if isinstance(built, bytes) else built.der
    fact, problems = asn1.read(Block(label, data, PLACE))
    assert isinstance(fact, Certificate)
    return fact, problems


def read(built: Built | bytes, label: str = "CERTIFICATE") -> Certificate:
    """Return the facts of a certificate."""
    return read_with_problems(built, label)[0]


@cache
def good() -> Certificate:
    """Return the facts of the good certificate."""
    return read(leaf())


def with_key(spki: bytes) -> Certificate:
    """Return the facts of a certificate with this SubjectPublicKeyInfo."""
    return read(leaf(spki=spki))


def with_extension(oid: str, value: bytes, critical: bool = False) -> Certificate:
    """Return the facts of a certificate with this extension only."""
    return read(leaf(extensions=der.sequence(extension(oid, critical, value))))


def with_times(not_before: bytes, not_after: str = "2027-01-01") -> Certificate:
    """Return the facts of a certificate that is valid from then."""
    return read(leaf(not_before=not_before, not_after=not_after))


def spki(algorithm: bytes, octets: bytes) -> bytes:
    """Return a SubjectPublicKeyInfo."""
    return der.sequence(algorithm, der.bits(octets))


def rsa_spki(n: int, e: int = 65537, oid: str = RSA, parameters: bytes = der.NULL) -> bytes:
    """Return the SubjectPublicKeyInfo of an RSA key."""
    return spki(der.sequence(der.oid(oid), parameters), der.sequence(der.integer(n), der.integer(e)))


def ec_spki(parameters: bytes, point: bytes) -> bytes:
    """Return the SubjectPublicKeyInfo of an EC key."""
    return spki(der.sequence(der.oid(EC), parameters), point)


def explicit(curve: str = "prime256v1", field: bytes = b"", order: int = 0) -> bytes:
    """Return the explicit parameters of a curve, or of another one whose field or order differs."""
    it = CURVES[curve]
    size = (it.bits + 7) // 8
    number = [each.to_bytes(size, "big") for each in (it.a, it.b, *it.g)]
    return der.sequence(
        der.integer(1),
        field or der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(it.p)),
        der.sequence(der.octets(number[0]), der.octets(number[1]), der.bits(b"seed")),
        der.octets(b"\4" + number[2] + number[3]),
        der.integer(order or it.n),
        der.integer(1),
    )


def point(key: str = "p256-a") -> bytes:
    """Return the encoded point of a test key."""
    return load_key(key).octets


# ------------------------------------------------------------------------------------------------- the dictionary


def test_a_good_certificate_in_full() -> None:
    """Every field of the JSON facts has the value that the certificate states."""
    key_id = hashlib.sha1(load_key("rsa-2048-f").octets).hexdigest()
    issuer_id = hashlib.sha1(load_key("rsa-2048-b").octets).hexdigest()
    expected = {
        "kind": "certificate",
        "file": "cert.pem",
        "line": 1,
        "end_line": 20,
        "block": 0,
        "sha256": hashlib.sha256(leaf(serial=0x3A5).der).hexdigest(),
        "version": 3,
        "serial_number": "3a5",
        "signature_algorithm": {"oid": "1.2.840.113549.1.1.11", "name": "sha256_rsa"},
        "issuer": "CN=Test Intermediate I1,O=Example Trust",
        "subject": "CN=www.example.com,O=Example,C=DE",
        "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2027-01-01T00:00:00Z",
        "public_key": {
            "algorithm": "RSA_2048",
            "kind": "rsa",
            "oid": RSA,
            "bits": 2048,
            "curve": None,
            "curve_oid": None,
            "sha256": hashlib.sha256(load_key("rsa-2048-f").spki).hexdigest(),
        },
        "subject_alt_names": {
            "dns": ["www.example.com", "example.com"],
            "ip": [],
            "email": [],
            "uri": [],
            "other": 0,
        },
        "key_usage": ["digital_signature", "key_encipherment"],
        "extended_key_usage": ["1.3.6.1.5.5.7.3.1"],
        "basic_constraints": {"ca": False, "path_length": None},
        "subject_key_identifier": key_id,
        "authority_key_identifier": issuer_id,
        "ocsp_urls": ["http://ocsp.example.com/"],
        "ca_issuers_urls": ["http://ca.example.com/i1.cer"],
        "scts": None,
        "extensions": [
            {"oid": "2.5.29.19", "name": "basic_constraints", "critical": True},
            {"oid": "2.5.29.15", "name": "key_usage", "critical": True},
            {"oid": "2.5.29.37", "name": "extended_key_usage", "critical": False},
            {"oid": "2.5.29.14", "name": "key_identifier", "critical": False},
            {"oid": "2.5.29.35", "name": "authority_key_identifier", "critical": False},
            {"oid": "2.5.29.17", "name": "subject_alt_name", "critical": False},
            {"oid": "1.3.6.1.5.5.7.1.1", "name": "authority_information_access", "critical": False},
        ],
        "self_signed": False,
        "unread": [],
    }

    assert expected == read(leaf(serial=0x3A5)).to_dict()


def test_a_good_certificate_has_no_problem() -> None:
    """Nothing is reported where nothing is wrong."""
    assert [] == read_with_problems(leaf())[1]


def test_the_signed_bytes_are_kept() -> None:
    """The TBSCertificate is exactly what was signed."""
    tbs, _, signature = der.children(leaf().der)

    assert (tbs, der.content(signature)[1:]) == (good().tbs, good().signature)


def test_absent_extensions_are_null() -> None:
    """A certificate without extensions leaves their facts null, and nothing unread."""
    facts = read(leaf(extensions=False)).to_dict()

    assert ([], [], [None] * 9) == (
        facts["unread"],
        facts["extensions"],
        [facts[field] for field in sorted(FROM_EXTENSIONS.difference(NOT_SHOWN))],
    )


# ------------------------------------------------------------------------------------------------- version, serial


@pytest.mark.parametrize("version", [1, 2, 3])
def test_versions_count_as_people_do(version: int) -> None:
    """The INTEGER 2 is version 3; without the field it is version 1."""
    assert version == read(leaf(version=version)).version


def test_extensions_in_a_version_1_certificate_are_read() -> None:
    """They are a fault, and facts all the same."""
    facts = read(leaf(version=1, extensions=True))

    assert (1, ("1.3.6.1.5.5.7.3.1",)) == (facts.version, facts.extended_key_usage)


@pytest.mark.parametrize(("field", "expected"), [(der.integer(0), 1), (der.integer(6), 7), (der.integer(-1), 0)])
def test_any_version_is_told(field: bytes, expected: int) -> None:
    """A version that does not exist is a number like others."""
    assert expected == read(leaf(version=der.context(0, field))).version


@pytest.mark.parametrize(
    "field",
    [der.context(0), der.context(0, der.NULL), der.context(0, der.integer(1 << 4300)), der.context(0, der.tlv(2))],
    ids=["empty", "NULL", "enormous", "no octets"],
)
def test_a_malformed_version_costs_only_itself(field: bytes) -> None:
    """The version is null and unread, everything else is there."""
    facts = read(leaf(version=field))

    assert ({"version"}, None, good().subject) == (set(facts.unread), facts.to_dict()["version"], facts.subject)


@pytest.mark.parametrize(
    ("serial", "expected"),
    [
        (0, "0"),
        (10, "a"),
        (0x80, "80"),
        (-1, "-1"),
        (-0x3A5, "-3a5"),
        (1 << 159, "8" + "0" * 39),
        (10**4300 - 1, f"{10**4300 - 1:x}"),
        (-(1 << 20000), "-1" + "0" * 5000),
    ],
    ids=["zero", "ten", "128", "minus-one", "negative", "160-bits", "4300-digits", "long-negative"],
)
def test_a_serial_number_is_hexadecimal(serial: int, expected: str) -> None:
    """Lower case, a leading minus if negative, no padding, of any length."""
    assert expected == read(leaf(serial=serial)).to_dict()["serial_number"]


def test_a_padded_serial_number_is_its_value() -> None:
    """Leading zero octets do not count; that they are no DER is said."""
    facts, problems = read_with_problems(leaf(serial=der.tlv(2, b"\0\0\x0a")))

    assert ("a", ["der-malformed"]) == (facts.to_dict()["serial_number"], [problem.rule for problem in problems])


def test_a_serial_number_without_octets_is_unread() -> None:
    """There is no value to tell."""
    facts = read(leaf(serial=der.tlv(2)))

    assert ({"serial_number"}, None) == (set(facts.unread), facts.to_dict()["serial_number"])


# ------------------------------------------------------------------------------------------------- signatures

SIGNATURE_NAMES = {
    "1.2.840.113549.1.1.4": ("md5_rsa", "md5"),
    "1.2.840.113549.1.1.5": ("sha1_rsa", "sha1"),
    "1.2.840.113549.1.1.11": ("sha256_rsa", "sha256"),
    "1.2.840.113549.1.1.15": ("sha512_224_rsa", "sha512_224"),
    "1.2.840.113549.1.1.16": ("sha512_256_rsa", "sha512_256"),
    "1.2.840.10045.4.3.2": ("sha256_ecdsa", "sha256"),
    "1.2.840.10045.4.3.4": ("sha512_ecdsa", "sha512"),
    f"{NIST}.3.2": ("sha256_dsa", "sha256"),
    f"{NIST}.3.3": ("sha384_dsa", "sha384"),
    f"{NIST}.3.4": ("sha512_dsa", "sha512"),
    f"{NIST}.3.5": ("sha3_224_dsa", "sha3_224"),
    f"{NIST}.3.6": ("sha3_256_dsa", "sha3_256"),
    f"{NIST}.3.7": ("sha3_384_dsa", "sha3_384"),
    f"{NIST}.3.8": ("sha3_512_dsa", "sha3_512"),
    f"{NIST}.3.9": ("sha3_224_ecdsa", "sha3_224"),
    f"{NIST}.3.10": ("sha3_256_ecdsa", "sha3_256"),
    f"{NIST}.3.11": ("sha3_384_ecdsa", "sha3_384"),
    f"{NIST}.3.12": ("sha3_512_ecdsa", "sha3_512"),
    f"{NIST}.3.13": ("sha3_224_rsa", "sha3_224"),
    f"{NIST}.3.14": ("sha3_256_rsa", "sha3_256"),
    f"{NIST}.3.15": ("sha3_384_rsa", "sha3_384"),
    f"{NIST}.3.16": ("sha3_512_rsa", "sha3_512"),
    "1.3.101.112": ("ed25519", ""),
    "1.3.101.113": ("ed448", ""),
    "1.2.840.113549.1.1.1": ("rsassa_pkcs1v15", ""),
    f"{NIST}.3.17": (f"{NIST}.3.17", ""),
    "1.2.3": ("1.2.3", ""),
}


@pytest.mark.parametrize("oid", SIGNATURE_NAMES)
def test_signature_algorithms_have_names(oid: str) -> None:
    """SHA-3 is named like the others; what nobody knows is called by its OID."""
    facts = read(leaf(signature=der.sequence(der.oid(oid))))

    assert (oid, *SIGNATURE_NAMES[oid]) == (
        facts.signature_algorithm.oid,
        facts.signature_algorithm.name,
        facts.signature_algorithm.hash,
    )


def test_the_two_signature_algorithms_are_two_facts() -> None:
    """The one that is signed may differ from the one that is not."""
    facts = read(leaf(signature="sha512", inner_signature="sha256"))

    assert ("sha512_rsa", "sha256_rsa") == (facts.signature_algorithm.name, facts.tbs_signature_algorithm.name)


def pss(*fields: bytes) -> bytes:
    """Return the AlgorithmIdentifier of RSASSA-PSS with these parameters."""
    return der.sequence(der.oid(RSA_PSS), der.sequence(*fields))


def hashed(oid: str) -> bytes:
    """Return the AlgorithmIdentifier of a hash."""
    return der.sequence(der.oid(oid), der.NULL)


def masked(oid: str, mask: str = "1.2.840.113549.1.1.8") -> bytes:
    """Return the AlgorithmIdentifier of a mask generation function."""
    return der.sequence(der.oid(mask), hashed(oid))


SHA256, SHA512 = f"{NIST}.2.1", f"{NIST}.2.3"


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (pss(), ("sha1", "sha1", 20)),
        (pss(der.context(0, hashed(SHA256))), ("sha256", "sha1", 20)),
        (pss(der.context(1, masked(SHA512))), ("sha1", "sha512", 20)),
        (pss(der.context(2, der.integer(0))), ("sha1", "sha1", 0)),
        (pss(der.context(3, der.integer(1))), ("sha1", "sha1", 20)),
        (
            pss(der.context(0, hashed(SHA256)), der.context(1, masked(SHA512)), der.context(2, der.integer(62))),
            ("sha256", "sha512", 62),
        ),
        (pss(der.context(0, hashed("1.2.3"))), ("1.2.3", "sha1", 20)),
        (pss(der.context(1, masked(SHA256, "1.2.3"))), ("sha1", "1.2.3", 20)),
        (der.sequence(der.oid(RSA_PSS)), ("", "", None)),
    ],
    ids=["defaults", "hash", "mask", "salt", "trailer", "all", "unknown-hash", "unknown-mask", "none"],
)
def test_the_parameters_of_pss(identifier: bytes, expected: tuple[str, str, int | None]) -> None:
    """Hash, mask and salt are as stated, else SHA-1, MGF1 with SHA-1 and 20; none at all say nothing."""
    found = read(leaf(signature=identifier)).signature_algorithm

    assert ("rsassa_pss", *expected) == (found.name, found.hash, found.mgf_hash, found.salt_length)


@pytest.mark.parametrize(
    "identifier",
    [
        pss(der.context(3, der.integer(2))),
        pss(der.context(4, der.integer(1))),
        pss(der.context(2, der.integer(-1))),
        pss(der.context(2, der.integer(1 << 4300))),
        pss(der.context(0)),
        der.sequence(der.oid(RSA_PSS), der.NULL),
        der.sequence(),
        der.sequence(der.NULL),
        der.sequence(der.tlv(6)),
        der.sequence(der.tlv(6, b"\x2a\x80")),
        der.sequence(der.tlv(6, b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x80\x0b")),
    ],
    ids=[
        "trailer", "fourth-parameter", "negative-salt", "enormous-salt", "empty-parameter", "NULL-parameters", "empty",
        "NULL", "empty-oid", "oid-without-end", "padded-oid",
    ],
)  # fmt: skip
def test_a_malformed_signature_algorithm_costs_only_itself(identifier: bytes) -> None:
    """It is null and unread; the other one is its own field."""
    facts = read(leaf(signature=identifier, inner_signature="sha256"))

    assert ({"signature_algorithm"}, None) == (set(facts.unread), facts.to_dict()["signature_algorithm"])


def test_a_signature_of_half_octets_is_unread() -> None:
    """A BIT STRING with unused bits is no signature of any algorithm."""
    tbs, algorithm, _ = der.children(leaf().der)

    assert {"signature"} == read(der.sequence(tbs, algorithm, der.bits(b"\0" * 256, 1))).unread


# ------------------------------------------------------------------------------------------------- public keys


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("rsa-1024", ("RSA_1024", "rsa", RSA, 1024, None, None)),
        ("rsa-2047", ("RSA_2047", "rsa", RSA, 2047, None, None)),
        ("rsa-2056", ("RSA_2056", "rsa", RSA, 2056, None, None)),
        ("rsa-3072", ("RSA_3072", "rsa", RSA, 3072, None, None)),
        ("rsa-4096", ("RSA_4096", "rsa", RSA, 4096, None, None)),
        ("rsa-8192", ("RSA_8192", "rsa", RSA, 8192, None, None)),
        ("rsa-multi-prime", ("RSA_2048", "rsa", RSA, 2048, None, None)),
        ("rsa-pss", ("RSASSA_PSS_2048", "rsassa_pss", RSA_PSS, 2048, None, None)),
        ("p256-a", ("EC_prime256v1", "ec", EC, 256, "prime256v1", P256)),
        ("p384-a", ("EC_secp384r1", "ec", EC, 384, "secp384r1", "1.3.132.0.34")),
        ("p521-a", ("EC_secp521r1", "ec", EC, 521, "secp521r1", "1.3.132.0.35")),
        ("p224", ("EC_1.3.132.0.33", "ec", EC, 224, "secp224r1", "1.3.132.0.33")),
        ("secp256k1", ("EC_1.3.132.0.10", "ec", EC, 256, "secp256k1", "1.3.132.0.10")),
        (
            "brainpoolp256r1",
            ("EC_1.3.36.3.3.2.8.1.1.7", "ec", EC, 256, "brainpoolp256r1", "1.3.36.3.3.2.8.1.1.7"),
        ),
        ("p256-explicit", ("EC_explicit", "ec", EC, 256, "explicit", None)),
        ("ed25519-a", ("Ed25519", "ed25519", "1.3.101.112", 255, None, None)),
        ("ed448", ("Ed448", "ed448", "1.3.101.113", 448, None, None)),
        ("x25519", ("X25519", "x25519", "1.3.101.110", 255, None, None)),
        ("x448", ("X448", "x448", "1.3.101.111", 448, None, None)),
        ("dsa-2048", ("DSA_2048", "dsa", DSA, 2048, None, None)),
        ("dh-2048", ("1.2.840.113549.1.3.1", "dh", "1.2.840.113549.1.3.1", 2048, None, None)),
        ("ml-dsa-44", (f"{NIST}.3.17", "other", f"{NIST}.3.17", None, None, None)),
    ],
)
def test_the_public_key_in_full(key: str, expected: tuple[Any, ...]) -> None:
    """Algorithm in AWS's spelling, kind, OID, bits, curve, and the hash of the SubjectPublicKeyInfo as it stands."""
    fields = ("algorithm", "kind", "oid", "bits", "curve", "curve_oid", "sha256")
    stated = load_key(key).spki

    assert dict(zip(fields, (*expected, hashlib.sha256(stated).hexdigest()))) == with_key(stated).key.to_dict()


@pytest.mark.parametrize("bits", [1, 8, 511, 1025, 16384, 16385])
def test_bits_are_those_of_the_modulus(bits: int) -> None:
    """Neither whole bytes nor the length of the encoding."""
    key = with_key(rsa_spki((1 << bits) - 1, 3)).key

    assert (f"RSA_{bits}", bits, ((1 << bits) - 1, 3)) == (key.algorithm, key.bits, key.numbers)


def test_rsa_without_parameters_is_rsa() -> None:
    """NULL is often forgotten, and changes nothing but the hash."""
    key = with_key(rsa_spki(1 << 2047, parameters=b"")).key

    assert ("RSA_2048", good().key.kind) == (key.algorithm, key.kind)


def test_an_unrestricted_pss_key_has_no_restriction() -> None:
    """Without parameters the key signs with any."""
    assert with_key(load_key("rsa-pss").spki).key.restriction is None


def test_a_restricted_pss_key_says_its_parameters() -> None:
    """With parameters the key signs with those only."""
    parameters = der.sequence(der.context(0, hashed(SHA256)), der.context(2, der.integer(32)))
    found = with_key(rsa_spki(1 << 2047, oid=RSA_PSS, parameters=parameters)).key.restriction

    assert found is not None
    assert ("sha256", "sha1", 32) == (found.hash, found.mgf_hash, found.salt_length)


@pytest.mark.parametrize(
    ("oid", "curve", "bits"),
    [
        ("1.2.840.10045.3.1.1", "secp192r1", 192),
        ("1.2.840.10045.3.1.4", "prime239v1", 239),
        ("1.2.840.10045.3.0.1", "c2pnb163v1", 163),
        ("1.2.840.10045.3.0.20", "c2tnb431r1", 431),
        ("1.3.132.0.6", "secp112r1", 112),
        ("1.3.132.0.38", "sect571k1", 571),
        ("1.3.36.3.3.2.8.1.1.14", "brainpoolp512t1", 512),
        ("1.2.156.10197.1.301", "1.2.156.10197.1.301", None),
    ],
)
def test_foreign_curves(oid: str, curve: str, bits: int | None) -> None:
    """A curve that AWS does not list is EC_ and its OID; the field size is told where the name is known."""
    key = with_key(ec_spki(der.oid(oid), b"\4" + bytes(64))).key

    assert (f"EC_{oid}", curve, oid, bits, None) == (key.algorithm, key.curve, key.curve_oid, key.bits, key.on_curve)


def test_a_point_is_read_as_numbers() -> None:
    """The coordinates are those of the encoding."""
    octets = point()
    expected = (int.from_bytes(octets[1:33], "big"), int.from_bytes(octets[33:], "big"))

    assert (expected, True) == (good_ec().numbers, good_ec().on_curve)


def good_ec() -> Any:
    """Return the public key of the good EC certificate."""
    return read(ec_leaf()).key


def test_a_compressed_point_is_the_same_key() -> None:
    """It has the same numbers and size, though not the same encoding."""
    octets = point()
    compressed = bytes([2 + octets[-1] % 2]) + octets[1:33]
    key = with_key(ec_spki(der.oid(P256), compressed)).key

    assert (True, 256, "EC_prime256v1") == (key.same_as(good_ec()), key.bits, key.algorithm)


@pytest.mark.parametrize(
    "octets", [b"\4" + bytes(64), b"\4" + bytes(63), b"\2" + b"\xff" * 32, b"\0"], ids=["off", "short", "x", "infinity"]
)
def test_a_point_off_the_curve_is_said_to_be(octets: bytes) -> None:
    """The key is read, without numbers."""
    key = with_key(ec_spki(der.oid(P256), octets)).key

    assert ((), False) == (key.numbers, key.on_curve)


@pytest.mark.parametrize("curve", CURVES)
def test_explicit_parameters_of_a_known_curve_are_recognised(curve: str) -> None:
    """They are EC_explicit, with the field size and whose curve they are."""
    key = with_key(ec_spki(explicit(curve), b"\4" + bytes(64))).key

    assert ("EC_explicit", CURVES[curve].bits, "explicit", None, curve) == (
        key.algorithm,
        key.bits,
        key.curve,
        key.curve_oid,
        key.same_curve_as,
    )


def test_a_point_with_explicit_parameters_is_the_same_key() -> None:
    """Spelled out or named, it is one key."""
    assert with_key(ec_spki(explicit(), point())).key.same_as(good_ec())


CHARACTERISTIC_TWO = "1.2.840.10045.1.2"


@pytest.mark.parametrize(
    ("field", "order", "expected"),
    [
        (b"", 7, 256),
        (der.sequence(der.oid(CHARACTERISTIC_TWO), der.sequence(der.integer(233), der.oid("1.2.3"))), 0, 233),
        (der.sequence(der.oid("1.2.3"), der.integer(5)), 0, None),
    ],
    ids=["prime", "characteristic-two", "unknown-field"],
)
def test_explicit_parameters_of_an_unknown_curve(field: bytes, order: int, expected: int | None) -> None:
    """The field size is told where the field is known, and no curve is named."""
    key = with_key(ec_spki(explicit(field=field, order=order), point())).key

    assert ("EC_explicit", expected, None) == (key.algorithm, key.bits, key.same_curve_as)


def test_dsa_without_parameters_is_called_by_its_oid() -> None:
    """Its size cannot be known: the parameters are the issuer's."""
    key = with_key(spki(der.sequence(der.oid(DSA)), der.integer(5))).key

    assert (DSA, "other", None) == (key.algorithm, key.kind, key.bits)


def test_dh_without_parameters_has_no_size() -> None:
    """Its modulus is not stated."""
    key = with_key(spki(der.sequence(der.oid("1.2.840.10046.2.1")), der.integer(5))).key

    assert ("dh", None) == (key.kind, key.bits)


ED25519 = der.sequence(der.oid("1.3.101.112"))
MALFORMED_KEYS = {
    "no-algorithm": spki(der.sequence(), b"\0"),
    "no-key": der.sequence(der.sequence(der.oid(RSA))),
    "algorithm-is-NULL": spki(der.NULL, b"\0"),
    "three-fields": der.sequence(der.sequence(der.oid(RSA), der.NULL), der.bits(b"0"), der.NULL),
    "rsa-empty": spki(der.sequence(der.oid(RSA), der.NULL), b""),
    "rsa-no-der": spki(der.sequence(der.oid(RSA), der.NULL), b"\xff\xff"),
    "rsa-trailing": spki(
        der.sequence(der.oid(RSA), der.NULL), der.sequence(der.integer(15), der.integer(3)) + der.NULL
    ),
    "rsa-one-number": spki(der.sequence(der.oid(RSA), der.NULL), der.sequence(der.integer(15))),
    "rsa-negative": rsa_spki(-(1 << 2047)),
    "rsa-zero": rsa_spki(0),
    "rsa-exponent-zero": rsa_spki(1 << 2047, 0),
    "half-octets": der.sequence(der.sequence(der.oid(RSA), der.NULL), der.bits(b"\0\0", 4)),
    "ec-no-curve": spki(der.sequence(der.oid(EC)), point()),
    "ec-implicit-curve": ec_spki(der.NULL, point()),
    "ec-no-parameters": ec_spki(der.sequence(), point()),
    "ec-parameters-integer": ec_spki(der.integer(1), point()),
    "ec-huge-field": ec_spki(
        explicit(field=der.sequence(der.oid(CHARACTERISTIC_TWO), der.sequence(der.integer(1 << 20000)))), point()
    ),
    "dsa-two-parameters": spki(
        der.sequence(der.oid(DSA), der.sequence(der.integer(1), der.integer(1))), der.integer(5)
    ),
    "dsa-no-number": spki(
        der.sequence(der.oid(DSA), der.sequence(der.integer(7), der.integer(3), der.integer(2))), der.NULL
    ),
    "dsa-negative": spki(
        der.sequence(der.oid(DSA), der.sequence(der.integer(-7), der.integer(3), der.integer(2))), der.integer(1)
    ),
    "ed25519-short": spki(ED25519, bytes(31)),
    "ed25519-empty": spki(ED25519, b""),
    "ed448-long": spki(der.sequence(der.oid("1.3.101.113")), bytes(58)),
    "oid-empty": spki(der.sequence(der.tlv(6)), b"\0"),
}


@pytest.mark.parametrize("malformed", MALFORMED_KEYS.values(), ids=list(MALFORMED_KEYS))
def test_a_malformed_key_costs_only_itself(malformed: bytes) -> None:
    """It is null, unread by its name in the JSON, and nothing else is missing."""
    facts = with_key(malformed)
    shown = facts.to_dict()

    assert ({"key"}, ["public_key"], None, good().subject) == (
        set(facts.unread),
        shown["unread"],
        shown["public_key"],
        facts.subject,
    )


# ------------------------------------------------------------------------------------------------- names


def subject(data: bytes) -> str:
    """Return the text of a subject."""
    facts = read(leaf(subject=data))
    assert "subject" not in facts.unread
    return facts.subject.text


def rdn(value: bytes, oid: str = "2.5.4.3") -> bytes:
    """Return a Name of one attribute."""
    return der.sequence(der.set_of(der.sequence(der.oid(oid), value)))


def test_an_empty_name_is_an_empty_string() -> None:
    """No RDN, no text, and not unread."""
    facts = read(leaf(subject=der.sequence(), issuer_name=der.sequence()))

    assert ("", "", True, set()) == (
        facts.subject.text,
        facts.issuer.text,
        facts.subject.is_empty,
        set(facts.unread),
    )


def test_the_most_specific_rdn_stands_first() -> None:
    """The encoded order is reversed in the text, and kept in the pairs."""
    facts = read(leaf(subject=name("CN=a,OU=b,OU=c,O=d,C=DE")))

    assert ("CN=a,OU=b,OU=c,O=d,C=DE", ("c", "b")) == (facts.subject.text, facts.subject.values("2.5.4.11"))


@pytest.mark.parametrize(
    "value",
    [der.utf8("\1" * 100_000), der.utf8("a" * 100_000), der.octets(bytes(100_000)), der.utf8("\u00e9" * 996 + "ab")],
    ids=["control", "letter", "octets", "just too long"],
)
def test_a_long_name_is_shown_in_short(value: bytes) -> None:
    """It ends in an ellipsis; compared is all of it."""
    subject = der.sequence(*[der.set_of(der.sequence(der.oid("2.5.4.3"), each)) for each in (der.utf8("first"), value)])
    found = read(leaf(subject=subject)).subject

    assert (MAX_NAME_SHOWN, "CN=", "\u2026") == (len(found.text), found.text[:3], found.text[-1])
    assert (subject, 2) == (found.der, len(found.rdns))


@pytest.mark.parametrize("kind", [0x81, 0x82, 0x86])
def test_a_general_name_that_is_too_long_is_not_looked_at(kind: int) -> None:
    """It would be compared again and again: that is nobody's fault, and decides nothing."""
    long = der.sequence(der.tlv(kind, b"\xff" * 4_097))
    facts, problems = read_with_problems(leaf(extensions=der.sequence(extension(SAN, False, long))))

    assert (None, frozenset(["subject_alt_names"])) == (facts.subject_alt_names, facts.unread)
    assert [("input-too-large", EXHAUSTED)] == [(each.rule, each.sort) for each in problems]


def test_octets_never_read_as_the_text_that_stands_for_them() -> None:
    """The octet FF is not the eight characters that are shown for it."""
    names = der.sequence(der.tlv(0x82, b"\xff.com"), der.tlv(0x82, rb"\u{00ff}.com"))
    found = with_extension(SAN, names).subject_alt_names

    assert (r"\u{00ff}.com", r"\u{005c}u{00ff}.com") == (found and found.dns)


def test_attributes_of_one_rdn_are_joined_by_plus() -> None:
    """A multi-valued RDN is one RDN."""
    facts = read(leaf(subject=name("CN=a+OU=b,O=c")))

    assert ("CN=a+OU=b,O=c", 2) == (facts.subject.text, len(facts.subject.rdns))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (der.utf8("Käse 🧀"), "Käse 🧀"),
        (der.printable("Plain (1)"), "Plain (1)"),
        (der.teletex("Käse ß"), "Käse ß"),
        (der.tlv(0x14, bytes(range(0xA1, 0xAD))), "¡¢£¤¥¦§¨©ª«¬"),
        (der.ia5("a@b"), "a@b"),
        (der.bmp("Käse"), "Käse"),
        (der.bmp("🧀"), "🧀"),
        (der.tlv(0x1C, "Käse 🧀".encode("utf-32-be")), "Käse 🧀"),
        (der.tlv(0x12, b"12 34"), "12 34"),
        (der.tlv(0x1A, b"visible"), "visible"),
        (der.utf8(""), ""),
        (der.integer(5), "#020105"),
        (der.octets(b"ab"), "#04026162"),
        (der.sequence(der.utf8("x")), "#30030c0178"),
    ],
    ids=[
        "utf8", "printable", "teletex", "latin-1", "ia5", "bmp", "utf-16", "universal", "numeric", "visible", "empty",
        "integer", "octets", "sequence",
    ],
)  # fmt: skip
def test_every_string_type_is_text(value: bytes, expected: str) -> None:
    """What is a string is shown as one; anything else as # and its DER, as RFC 4514 section 2.4 has it."""
    assert f"CN={expected}" == subject(rdn(value))


@pytest.mark.parametrize(
    "value",
    [
        der.tlv(0x0C, b"\xff"),
        der.tlv(0x0C, b"\xed\xa0\x80"),
        der.tlv(0x16, b"\xe4"),
        der.tlv(0x1E, b"a"),
        der.tlv(0x1E, b"\xd8\0"),
        der.tlv(0x1C, b"\0\0\0"),
    ],
    ids=["utf8", "utf8-surrogate", "ia5", "bmp-odd", "bmp-surrogate", "universal"],
)
def test_a_string_that_is_none_costs_only_its_name(value: bytes) -> None:
    """The subject is null and unread; the issuer is there."""
    facts = read(leaf(subject=rdn(value)))

    assert ({"subject"}, None, "?") == (set(facts.unread), facts.to_dict()["subject"], facts.title)


@pytest.mark.parametrize(
    "data",
    [
        der.sequence(der.tlv(0x31)),
        der.sequence(der.sequence(der.sequence(der.oid("2.5.4.3"), der.utf8("a")))),
        der.sequence(der.set_of(der.tlv(0x31, der.oid("2.5.4.3"), der.utf8("a")))),
        der.sequence(der.set_of(der.sequence(der.oid("2.5.4.3")))),
        der.sequence(der.set_of(der.sequence(der.utf8("CN"), der.utf8("a")))),
        der.sequence(der.utf8("CN=a")),
    ],
    ids=["empty-rdn", "rdn-is-sequence", "attribute-is-set", "no-value", "type-is-text", "text"],
)
def test_a_name_of_another_shape_costs_only_itself(data: bytes) -> None:
    """The issuer is null and unread, the subject is there."""
    facts = read(leaf(issuer_name=data))

    assert ({"issuer"}, None) == (set(facts.unread), facts.to_dict()["issuer"])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a,b+c;d", "a\\,b\\+c\\;d"),
        ('"a" <b>', '\\"a\\" \\<b\\>'),
        ("a\\b", "a\\\\b"),
        ("#a", "\\#a"),
        ("a#", "a#"),
        (" a", "\\ a"),
        ("a ", "a\\ "),
        (" ", "\\ "),
        ("  ", "\\ \\ "),
        ("a=b", "a=b"),
        ("a\0b", "a\\00b"),
        ("\n", "\\0A"),
        ("\x1b[2J", "\\1B[2J"),
        ("a\x7f\x85", "a\\7F\\C2\\85"),
        ("user\u202egnp", "user\\E2\\80\\AEgnp"),
        ("\u2066a\u2069", "\\E2\\81\\A6a\\E2\\81\\A9"),
        ("a\u200bb", "a\\E2\\80\\8Bb"),
        ("\\u{0000}", "\\\\u{0000}"),
        ("\0,", "\\00\\,"),
    ],
)
def test_names_are_escaped_as_rfc_4514_has_it(value: str, expected: str) -> None:
    """Special characters by a backslash, control and bidi characters by the octets of their UTF-8."""
    assert f"CN={expected}" == subject(rdn(der.utf8(value)))


@pytest.mark.parametrize("kind", ["2.5.4.3", "2.5.4.10", "2.5.4.6", "0.9.2342.19200300.100.1.25"])
def test_the_values_of_a_name_are_printable(kind: str) -> None:
    """Whoever shows one attribute alone need not think of control characters."""
    facts = read(leaf(subject=rdn(der.utf8("a\x1b\u202e"), kind)))

    assert ("a\\u{001b}\\u{202e}",) == facts.subject.values(kind)


@pytest.mark.parametrize(
    ("oid", "keyword"),
    [
        ("2.5.4.3", "CN"),
        ("2.5.4.7", "L"),
        ("2.5.4.8", "ST"),
        ("2.5.4.10", "O"),
        ("2.5.4.11", "OU"),
        ("2.5.4.6", "C"),
        ("2.5.4.9", "STREET"),
        ("0.9.2342.19200300.100.1.25", "DC"),
        ("0.9.2342.19200300.100.1.1", "UID"),
        ("2.5.4.5", "serialNumber"),
        ("1.2.840.113549.1.9.1", "emailAddress"),
        ("2.5.4.97", "organizationIdentifier"),
    ],
)
def test_attribute_types_have_their_descriptors(oid: str, keyword: str) -> None:
    """Those of RFC 4514 section 3, and the usual ones beyond."""
    assert f"{keyword}=a" == subject(rdn(der.utf8("a"), oid))


def test_an_unknown_attribute_type_is_its_oid_and_der() -> None:
    """RFC 4514 section 2.4: a dotted type has a hexadecimal value."""
    assert "1.2.3=#0c0161" == subject(rdn(der.utf8("a"), "1.2.3"))


# ------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        (der.utc_time("491231235959Z"), "2049-12-31T23:59:59Z"),
        (der.utc_time("500101000000Z"), "1950-01-01T00:00:00Z"),
        (der.utc_time("2601010203Z"), "2026-01-01T02:03:00Z"),
        (der.utc_time("260101000000+0100"), "2025-12-31T23:00:00Z"),
        (der.utc_time("260101000000-0130"), "2026-01-01T01:30:00Z"),
        (der.generalized_time("19491231235959Z"), "1949-12-31T23:59:59Z"),
        (der.generalized_time("00010101000000Z"), "0001-01-01T00:00:00Z"),
        (der.generalized_time("20500101000000Z"), "2050-01-01T00:00:00Z"),
        (der.generalized_time("99991231235959Z"), "9999-12-31T23:59:59Z"),
        (der.generalized_time("20260101000000.9Z"), "2026-01-01T00:00:00Z"),
        (der.generalized_time("20260101000000,25Z"), "2026-01-01T00:00:00Z"),
        (der.generalized_time("20260101000000+0100"), "2025-12-31T23:00:00Z"),
        (der.generalized_time("202601010203Z"), "2026-01-01T02:03:00Z"),
        (der.generalized_time("2026010102Z"), "2026-01-01T02:00:00Z"),
    ],
)
def test_times_are_utc(time: bytes, expected: str) -> None:
    """RFC 5280's two forms, and what BER allows besides, as long as it names one moment."""
    assert expected == with_times(time).to_dict()["not_before"]


@pytest.mark.parametrize(
    "time",
    [
        der.utc_time("260101000000"),
        der.utc_time("2601010000"),
        der.utc_time("261301000000Z"),
        der.utc_time("260230000000Z"),
        der.utc_time("260101240000Z"),
        der.utc_time("260101000060Z"),
        der.utc_time("20260101000000Z"),
        der.utc_time(""),
        der.utc_time("not a time"),
        der.utc_time("２６0101000000Z"),
        der.generalized_time("20260101000000"),
        der.generalized_time("00000101000000Z"),
        der.generalized_time("100000101000000Z"),
        der.generalized_time("99991231235959-0100"),
        der.generalized_time("20260101000000+2500"),
        der.generalized_time("260101000000Z"),
        der.generalized_time("\x1b[2J"),
        der.utf8("260101000000Z"),
        der.NULL,
    ],
)
def test_a_time_that_names_no_moment_costs_only_itself(time: bytes) -> None:
    """It is null and unread; the other time is there."""
    facts = with_times(time)
    shown = facts.to_dict()

    assert (["not_before"], None, "2027-01-01T00:00:00Z") == (shown["unread"], shown["not_before"], shown["not_after"])


def test_a_time_that_cannot_be_read_is_quoted_printable() -> None:
    """The reason shows what stands there, and no control character."""
    _, problems = read_with_problems(leaf(not_after=der.utc_time("\x1b[2J")))

    assert ["'\\\\u{001b}[2J' is not a moment in UTC"] == [problem.detail for problem in problems]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_validity_of_other_than_two_times_is_unread(count: int) -> None:
    """Both times are, with a reason each."""
    data = leaf().der
    validity = der.sequence(der.time("2026-01-01"), der.time("2027-01-01"))
    assert data.count(validity) == 1
    tbs, *rest = der.children(data)
    fields = der.children(tbs)
    fields[4] = der.sequence(*[der.time("2026-01-01")] * count)
    facts, problems = read_with_problems(der.sequence(der.sequence(*fields), *rest))

    assert ({"not_before", "not_after"}, 2) == (set(facts.unread), len(problems))


# ------------------------------------------------------------------------------------------------- extensions


def test_a_critical_extension_is_said_to_be() -> None:
    """Any true BOOLEAN counts, FALSE spelled out does not."""
    listed = der.sequence(
        extension("1.2.3", True, der.NULL),
        extension("1.2.4", False, der.NULL),
        der.sequence(der.oid("1.2.5"), der.boolean(False), der.octets(der.NULL)),
        der.sequence(der.oid("1.2.6"), der.tlv(1, b"\1"), der.octets(der.NULL)),
    )

    assert [True, False, False, True] == [each.critical for each in read(leaf(extensions=listed)).extensions]


def test_an_unknown_extension_is_called_by_its_oid() -> None:
    """It is listed with its value, and known not to be known."""
    expected = Extension("1.2.3", "1.2.3", True, der.NULL, known=False)

    assert (expected,) == with_extension("1.2.3", der.NULL, critical=True).extensions


def test_the_first_of_two_extensions_counts() -> None:
    """Both are listed; a later one overrides nothing."""
    facts = read(leaf(extra_extensions=[(KEY_USAGE, True, der.named_bits(5))]))

    assert (("digital_signature", "key_encipherment"), 2) == (
        facts.key_usage,
        sum(each.oid == KEY_USAGE for each in facts.extensions),
    )


def test_the_first_of_two_extensions_counts_even_if_malformed() -> None:
    """A later one cannot repair it."""
    usage = (KEY_USAGE, True, der.named_bits(5))
    facts = read(leaf(key_usage=None, extra_extensions=[(KEY_USAGE, True, der.NULL), usage]))

    assert ({"key_usage"}, None) == (set(facts.unread), facts.key_usage)


def test_an_extension_is_found_by_its_oid() -> None:
    """The first of that OID, or none."""
    found = good().extension(SAN)

    assert found is not None
    assert ("subject_alt_name", None) == (found.name, good().extension("1.2.3"))


MALFORMED_VALUES: dict[str, list[bytes]] = {
    "subject_alt_names": [
        der.octets(b""),
        b"",
        der.sequence(der.utf8("a")),
        der.sequence(der.context(7, bytes(5), constructed=False)),
        der.sequence(der.context(4, der.NULL)),
        der.sequence(der.context(4, name("CN=a") + der.NULL)),
        der.sequence(der.context(2, der.ia5("a"))),
        der.sequence() + der.NULL,
        b"\x30\x05\x82\x07a",
    ],
    "key_usage": [der.NULL, der.tlv(3), der.bits(b"", 1), der.tlv(3, b"\x08\x80"), der.bits(b"\x80") + b"\0\0"],
    "extended_key_usage": [der.NULL, der.oid("1.2.3"), der.sequence(der.NULL), der.sequence(der.tlv(6))],
    "basic_constraints": [
        der.NULL,
        der.boolean(True),
        der.sequence(der.integer(0), der.boolean(True)),
        der.sequence(der.integer(-1)),
        der.sequence(der.integer(1 << 20000)),
        der.sequence(der.boolean(True), der.integer(0), der.NULL),
        der.sequence(der.tlv(1, b"\xff\xff")),
        der.sequence(der.utf8("CA")),
    ],
    "subject_key_identifier": [der.NULL, b"\1\2\3", der.integer(5)],
    "netscape_type": [der.NULL, b"zz", der.tlv(3, b"\x08\x80")],
    "name_constraints": [
        der.NULL,
        der.sequence(der.context(2)),
        der.sequence(der.context(0, der.sequence())),
        der.sequence(der.context(0, der.sequence(der.context(7, bytes(4), constructed=False)))),
        der.sequence(der.context(0, der.sequence(der.utf8("a")))),
    ],
}
OIDS = {
    "subject_alt_names": SAN,
    "key_usage": KEY_USAGE,
    "extended_key_usage": "2.5.29.37",
    "basic_constraints": "2.5.29.19",
    "subject_key_identifier": SKI,
    "netscape_type": "2.16.840.1.113730.1.1",
    "name_constraints": "2.5.29.30",
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in MALFORMED_VALUES.items() for value in values]
)
def test_a_malformed_extension_costs_only_itself(field: str, value: bytes) -> None:
    """Its field is null and unread; the list of extensions still has it."""
    facts = with_extension(OIDS[field], value)

    assert ({field}, None, [OIDS[field]]) == (
        set(facts.unread),
        getattr(facts, field),
        [each.oid for each in facts.extensions],
    )


_URI = general_name("URI:http://ca.example.com/x.crl")
_RDN = der.sequence(der.oid("2.5.4.3"), der.utf8("x"))
_POINTS = {
    "full": der.sequence(der.context(0, der.context(0, _URI))),
    "relative": der.sequence(der.context(0, der.context(1, _RDN))),
    "reasons-and-issuer": der.sequence(
        der.context(0, der.context(0, _URI)),
        der.context(1, b"\1\6", constructed=False),
        der.context(2, general_name("dirName:CN=x")),
    ),
}
_BAD_POINTS = {
    "of-another-type": der.context(0, der.context(5, b"x", constructed=False)),
    "two-names": der.context(0, der.context(0, _URI), der.context(1, _RDN)),
    "no-general-name": der.context(0, der.context(0, der.utf8("x"))),
    "no-attribute": der.context(0, der.context(1, der.NULL)),
    "no-choice": der.context(0, der.context(2, _URI)),
    "out-of-order": der.context(2, _URI) + der.context(0, der.context(0, _URI)),
    "twice": der.context(2, _URI) + der.context(2, _URI),
    "issuer-is-none": der.context(2, der.NULL),
    "reasons-are-none": der.context(1, b"\x09\6", constructed=False),
}
_CRL_OIDS = {"crl_distribution_points": "2.5.29.31", "freshest_crl": "2.5.29.46"}


@pytest.mark.parametrize("field", _CRL_OIDS)
@pytest.mark.parametrize("points", [*([each] for each in _POINTS.values()), [*_POINTS.values()], []])
def test_distribution_points_that_can_be_read_draw_nothing(field: str, points: list[bytes]) -> None:
    """OpenSSL reads each of them, and none at all."""
    assert frozenset() == with_extension(_CRL_OIDS[field], der.sequence(*points)).unread


@pytest.mark.parametrize("field", _CRL_OIDS)
@pytest.mark.parametrize("fields", _BAD_POINTS.values(), ids=_BAD_POINTS.keys())
def test_distribution_points_that_are_malformed_are_named(field: str, fields: bytes) -> None:
    """OpenSSL takes the whole certificate for invalid then."""
    assert {field} == with_extension(_CRL_OIDS[field], der.sequence(der.sequence(fields))).unread


_ADDRESSES = der.sequence(der.octets(b"\0\1"), der.NULL)
_RESOURCES = [
    ("issuer_alt_name", der.sequence(_URI), True),
    ("issuer_alt_name", b"zz", False),
    ("ip_address_blocks", der.sequence(_ADDRESSES), True),
    ("ip_address_blocks", der.sequence(der.sequence(der.octets(b"\0\2"), der.sequence())), True),
    ("ip_address_blocks", der.sequence(der.sequence(der.octets(b"\0\2"), der.boolean(True))), False),
    ("ip_address_blocks", b"zz", False),
    ("autonomous_systems", der.sequence(der.context(0, der.NULL), der.context(1, der.sequence())), True),
    ("autonomous_systems", der.sequence(der.context(2, der.NULL)), False),
    ("autonomous_systems", der.sequence(der.context(0, der.boolean(True))), False),
    ("autonomous_systems", b"zz", False),
]
_RESOURCE_OIDS = {
    "issuer_alt_name": "2.5.29.18",
    "ip_address_blocks": "1.3.6.1.5.5.7.1.7",
    "autonomous_systems": "1.3.6.1.5.5.7.1.8",
}


@pytest.mark.parametrize(("field", "value", "sound"), _RESOURCES)
def test_extensions_of_which_nothing_is_asked_are_read(field: str, value: bytes, sound: bool) -> None:
    """What cannot be read is named: whoever reads it refuses the certificate."""
    assert ({field} if not sound else set()) == with_extension(_RESOURCE_OIDS[field], value).unread


@pytest.mark.parametrize(
    "value",
    [
        der.NULL,
        der.octets(b"a"),
        der.sequence(der.context(1, der.utf8("x"))),
        der.sequence(der.context(2, constructed=False)),
    ],
)
def test_a_malformed_authority_key_identifier_costs_all_of_its_facts(value: bytes) -> None:
    """Key, issuer and serial number stand in one extension."""
    facts = with_extension("2.5.29.35", value)

    assert {"authority_key_identifier", "authority_issuer", "authority_serial_number"} == facts.unread


def test_an_authority_key_identifier_may_name_the_certificate() -> None:
    """By its issuer and serial number (RFC 5280 section 4.2.1.1)."""
    named = der.context(1, general_name("dirName:CN=a")), der.context(2, b"\5", constructed=False)
    facts = with_extension("2.5.29.35", der.sequence(*named))

    assert ["CN=a"] == [each.text for each in facts.authority_issuer or ()]
    assert 5 == facts.authority_serial_number


@pytest.mark.parametrize("value", [der.NULL, der.sequence(der.sequence(der.oid("1.2.3"))), der.sequence(der.NULL)])
def test_malformed_authority_information_costs_both_of_its_facts(value: bytes) -> None:
    """OCSP and issuers stand in one extension."""
    assert {"ocsp_urls", "ca_issuers_urls"} == with_extension(AIA, value).unread


def test_the_other_extensions_survive_a_malformed_one() -> None:
    """What asn1crypto gives up on as a whole is read one by one."""
    facts = read(leaf(key_usage=None, extra_extensions=[(KEY_USAGE, True, b"\xff")]))

    assert ({"key_usage"}, good().subject_alt_names, good().basic_constraints) == (
        set(facts.unread),
        facts.subject_alt_names,
        facts.basic_constraints,
    )


@pytest.mark.parametrize(
    "malformed",
    [
        der.sequence(der.oid(KEY_USAGE)),
        der.sequence(der.oid(KEY_USAGE), der.boolean(True)),
        der.sequence(der.oid(KEY_USAGE), der.boolean(True), der.boolean(True), der.octets(der.bits(b"\x80"))),
        der.sequence(der.oid(KEY_USAGE), der.tlv(1), der.octets(der.bits(b"\x80"))),
        der.sequence(der.oid(KEY_USAGE), der.octets(der.bits(b"\x80")), der.NULL),
    ],
    ids=["no-value", "flag-only", "two-flags", "empty-flag", "trailing"],
)
def test_an_extension_of_another_shape_costs_the_list_and_its_field(malformed: bytes) -> None:
    """What is absent besides stays absent, for the OID says what it was not."""
    facts = read(leaf(extensions=der.sequence(malformed, extension(SKI, False, der.octets(b"a")))))

    assert ({"extensions", "key_usage"}, None, b"a") == (
        set(facts.unread),
        facts.to_dict()["extensions"],
        facts.subject_key_identifier,
    )


def test_an_extension_of_another_shape_costs_no_field_that_was_read() -> None:
    """A second key usage that is malformed does not hide the first."""
    facts = read(leaf(extra_extensions=[der.sequence(der.oid(KEY_USAGE))]))

    assert ({"extensions"}, good().key_usage) == (set(facts.unread), facts.key_usage)


@pytest.mark.parametrize("malformed", [der.NULL, der.sequence(), der.sequence(der.NULL, der.octets(b""))])
def test_an_extension_without_oid_may_have_been_any(malformed: bytes) -> None:
    """Every field that was not found besides is unread: it could stand there."""
    facts = read(leaf(extensions=der.sequence(malformed, extension(KEY_USAGE, True, der.bits(b"\x80")))))

    assert FROM_EXTENSIONS - {"key_usage"} | {"extensions"} == set(facts.unread)


@pytest.mark.parametrize("listed", [der.NULL, der.sequence() + der.sequence(), der.octets(b"")])
def test_extensions_that_are_no_list_cost_all_extensions(listed: bytes) -> None:
    """Nothing is known of any of them."""
    assert FROM_EXTENSIONS | {"extensions"} == read(leaf(extensions=listed)).unread


def test_an_empty_list_of_extensions_is_none() -> None:
    """There is nothing that could not be read."""
    facts = read(leaf(extensions=der.sequence()))

    assert (set(), ()) == (set(facts.unread), facts.extensions)


# --------------------------------------------------------------------------------------- what extensions say


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (der.bits(b""), ()),
        (der.named_bits(0), ("digital_signature",)),
        (der.named_bits(8, 1), ("non_repudiation", "decipher_only")),
        (der.bits(b"\xa0\0"), ("digital_signature", "key_encipherment")),
        (der.bits(b"\xff\xff\xff"), asn1.extensions._KEY_USAGES),
        (der.bits(b"\xff", 4), ("digital_signature", "non_repudiation", "key_encipherment", "data_encipherment")),
    ],
    ids=["none", "first", "last", "trailing-zeros", "too-many", "unused-bits-set"],
)
def test_key_usage_is_in_bit_order(value: bytes, expected: tuple[str, ...]) -> None:
    """As named in RFC 5280, bits beyond them being nothing."""
    assert expected == with_extension(KEY_USAGE, value).key_usage


def test_extended_key_usage_holds_oids_in_order() -> None:
    """Purposes are OIDs, known or not."""
    value = der.sequence(der.oid("1.2.3"), der.oid("2.999.1"), der.oid("1.3.6.1.5.5.7.3.1"))

    assert ("1.2.3", "2.999.1", "1.3.6.1.5.5.7.3.1") == with_extension("2.5.29.37", value).extended_key_usage


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (der.sequence(), {"ca": False, "path_length": None}),
        (der.sequence(der.boolean(False)), {"ca": False, "path_length": None}),
        (der.sequence(der.boolean(True)), {"ca": True, "path_length": None}),
        (der.sequence(der.boolean(True), der.integer(0)), {"ca": True, "path_length": 0}),
        (der.sequence(der.integer(3)), {"ca": False, "path_length": 3}),
    ],
)
def test_basic_constraints(value: bytes, expected: dict[str, Any]) -> None:
    """CA or not, and the path length if any."""
    assert expected == with_extension("2.5.29.19", value).to_dict()["basic_constraints"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (der.sequence(der.context(0, b"\1\2", constructed=False)), "0102"),
        (der.sequence(der.context(1, der.context(4, name("CN=a"))), der.context(2, b"\5", constructed=False)), None),
        (der.sequence(), None),
    ],
    ids=["identifier", "issuer-and-serial", "empty"],
)
def test_authority_key_identifiers(value: bytes, expected: str | None) -> None:
    """Hexadecimal, or null where the extension names the issuer in another way."""
    facts = with_extension("2.5.29.35", value)

    assert (set(), expected) == (set(facts.unread), facts.to_dict()["authority_key_identifier"])


def test_authority_information_without_urls_is_empty() -> None:
    """Other methods and other kinds of names are passed over."""
    described = [
        der.sequence(der.oid("1.3.6.1.5.5.7.48.3"), der.context(6, b"http://a/", constructed=False)),
        der.sequence(der.oid("1.3.6.1.5.5.7.48.1"), der.context(4, name("CN=a"))),
    ]
    facts = with_extension(AIA, der.sequence(*described))

    assert ((), ()) == (facts.ocsp_urls, facts.ca_issuers_urls)


def test_names_of_every_kind() -> None:
    """DNS, email, URI and IP as text, the rest counted; each kind in encoded order."""
    san = (
        "DNS:b.example", "DNS:a.example", "email:a@b.example", "URI:https://a.example/%7e?q#f", "IP:192.0.2.1",
        "IP:2001:db8::1", "dirName:CN=x", "RID:1.2.3", der.context(0, der.oid("1.2.3"), der.context(0, der.utf8("u"))),
        der.context(3), der.context(5, der.context(1, der.utf8("p"))),
    )  # fmt: skip
    facts = read(leaf(san=san))
    expected = {
        "dns": ["b.example", "a.example"],
        "ip": ["192.0.2.1", "2001:db8::1"],
        "email": ["a@b.example"],
        "uri": ["https://a.example/%7e?q#f"],
        "other": 5,
    }

    assert facts.subject_alt_names is not None
    assert (expected, 11, ["CN=x"]) == (
        facts.to_dict()["subject_alt_names"],
        facts.subject_alt_names.count,
        [each.text for each in facts.subject_alt_names.directory],
    )


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("münchen.example".encode(), "m\\u{00c3}\\u{00bc}nchen.example"),
        (b"xn--mnchen-3ya.example", "xn--mnchen-3ya.example"),
        (b"xn--\x01\x7f.example", "xn--\\u{0001}\\u{007f}.example"),
        (b"xn--zzzzzzzzzzzzzzzzzzz.example", "xn--zzzzzzzzzzzzzzzzzzz.example"),
        (b"good.example\0.evil.example", "good.example\\u{0000}.evil.example"),
        (b"WWW.Example.COM.", "WWW.Example.COM."),
        (b"*.example.com", "*.example.com"),
        (b" a.example", " a.example"),
        (b"", ""),
        (b"\xff", "\\u{00ff}"),
        (b"\x1b[2J", "\\u{001b}[2J"),
    ],
)
@pytest.mark.parametrize(("tag", "kind"), [(1, "email"), (2, "dns"), (6, "uri")])
def test_names_are_raw_and_printable(tag: int, kind: str, raw: bytes, expected: str) -> None:
    """Neither decoded nor rewritten, whatever stands there."""
    value = der.sequence(der.context(tag, raw, constructed=False))

    assert [expected] == with_extension(SAN, value).to_dict()["subject_alt_names"][kind]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (bytes(4), "0.0.0.0"),
        (bytes(16), "::"),
        (bytes(10) + b"\xff\xff\1\2\3\4", "::ffff:1.2.3.4"),
        (bytes.fromhex("20010db8000000000000000000000001"), "2001:db8::1"),
    ],
)
def test_addresses_are_the_same_text_in_every_python(raw: bytes, expected: str) -> None:
    """RFC 5952, mapped addresses with their dotted form."""
    assert [expected] == with_extension(SAN, der.sequence(der.context(7, raw, constructed=False))).to_dict()[
        "subject_alt_names"
    ]["ip"]


def test_an_empty_list_of_names_is_there() -> None:
    """The extension is present, and says nothing."""
    expected: dict[str, Any] = {"dns": [], "ip": [], "email": [], "uri": [], "other": 0}

    assert expected == with_extension(SAN, der.sequence()).to_dict()["subject_alt_names"]


def test_name_constraints_of_every_kind() -> None:
    """Permitted and excluded subtrees, addresses with their mask."""
    permitted = ("DNS:example.com", "IP:192.0.2.0/24", "IP:2001:db8::/32", "dirName:CN=a")
    facts = read(leaf(name_constraints=(permitted, ("email:b.example", "URI:.c", "RID:1.2.3"))))
    mask = "ffff:ffff::"

    assert facts.name_constraints is not None
    assert (
        [
            ("dns", "example.com"),
            ("ip", "192.0.2.0/255.255.255.0"),
            ("ip", f"2001:db8::/{mask}"),
            ("directory", "CN=a"),
        ],
        [("email", "b.example"), ("uri", ".c"), ("other", "*\\u{0003}")],
    ) == (
        [(each.kind, each.text) for each in facts.name_constraints.permitted],
        [(each.kind, each.text) for each in facts.name_constraints.excluded],
    )


def test_a_directory_subtree_holds_its_name() -> None:
    """It can be compared as a name."""
    facts = read(leaf(name_constraints=((), ("dirName:CN=a",))))
    assert facts.name_constraints is not None
    (tree,) = facts.name_constraints.excluded
    assert tree.name is not None

    assert Subtree("directory", "CN=a", name("CN=a"), tree.name) == tree


def test_name_constraints_without_subtrees_are_there() -> None:
    """They permit everything."""
    facts = with_extension("2.5.29.30", der.sequence())

    assert facts.name_constraints is not None
    assert ((), ()) == (facts.name_constraints.permitted, facts.name_constraints.excluded)


# ------------------------------------------------------------------------------------------- shape and surplus


def test_trailing_data_is_counted() -> None:
    """Bytes behind the certificate are no part of it."""
    facts = read(leaf().der + b"\0\0\0")

    assert (3, good().sha256) == (facts.trailing, facts.sha256)


def test_what_openssl_appends_to_a_trusted_certificate_is_no_trailing_data() -> None:
    """TRUSTED CERTIFICATE is a certificate and OpenSSL's settings."""
    assert 0 == read(leaf().der + der.sequence(), "TRUSTED CERTIFICATE").trailing


def test_unknown_fields_of_a_certificate_are_named() -> None:
    """They are surplus, and nothing else suffers."""
    facts = read(der.sequence(*der.children(leaf().der), der.NULL, der.NULL))

    assert (("2 behind signatureValue",), set()) == (facts.extra, set(facts.unread))


@pytest.mark.parametrize(
    ("surplus", "expected"),
    [
        (der.NULL, ("tag 05 in tbsCertificate",)),
        (der.context(4, der.NULL), ("tag a4 in tbsCertificate",)),
        (der.context(3, der.sequence()), ("tag a3 in tbsCertificate",)),
    ],
    ids=["NULL", "fourth", "extensions-twice"],
)
def test_unknown_fields_of_a_tbs_certificate_are_named(surplus: bytes, expected: tuple[str, ...]) -> None:
    """What RFC 5280 section 4.1 does not have, or has once."""
    facts = read(leaf(extra_fields=surplus))

    assert (expected, good().key_usage) == (facts.extra, facts.key_usage)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda fields: fields[:3], "issuer"),
        (lambda fields: fields[:6], "subjectPublicKeyInfo"),
        (lambda fields: [fields[0], *fields[2:]], "serialNumber"),
        (lambda fields: [*fields[:2], der.NULL, *fields[3:]], "signature"),
        (lambda fields: [*fields[:4], der.NULL, *fields[5:]], "validity"),
        (lambda fields: [], "serialNumber"),
    ],
)
def test_a_certificate_that_lacks_a_field_is_none(change: Any, missing: str) -> None:
    """It is unknown, and the reason names the first field that is not there."""
    tbs, *rest = der.children(leaf().der)
    data = der.sequence(der.sequence(*change(der.children(tbs))), *rest)
    fact, problems = asn1.read(Block("CERTIFICATE", data, PLACE))
    detail = f"this is no complete certificate: {missing} is missing or of another type"

    assert ("unknown", [detail]) == (fact.to_dict()["kind"], [problem.detail for problem in problems])


def test_problems_say_where_in_the_certificate() -> None:
    """The path of the field, the field, and the rule."""
    _, problems = read_with_problems(leaf(key_usage=None, extra_extensions=[(KEY_USAGE, True, der.NULL)]))
    path = "tbsCertificate.extensions.key_usage"

    assert [("asn1-unreadable", path, "key_usage")] == [(each.rule, each.at.path, each.field) for each in problems]


@pytest.mark.parametrize("built", [ROOT, INTERMEDIATE, certificate(key="ed448", signature="")])
def test_facts_are_the_same_every_time(built: Built) -> None:
    """Sets inside asn1crypto do not shuffle them."""
    assert json.dumps(read(built).to_dict()) == json.dumps(read(built.der).to_dict())


def test_fixtures_are_valid_when_they_are_judged() -> None:
    """The facts' times compare with the moment of judging."""
    shown = good().to_dict()

    assert shown["not_before"] < AT < shown["not_after"]
