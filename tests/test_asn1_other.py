"""Everything that is neither a certificate nor a private key: recognised by its content, described, never fatal."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from fixtures import der
from fixtures.build import certificate_request, leaf, load_key, name, pkcs7
from fixtures.sign import identifier
from pemcheck import asn1
from pemcheck.facts import Certificate, Other, PrivateKey
from pemcheck.pem import Block
from pemcheck.source import Location, Problem

PLACE = Location("input.pem", 1, 9, block=0)
P256 = "1.2.840.10045.3.1.7"


def read(data: bytes, label: str = "") -> tuple[asn1.Fact, list[Problem]]:
    """Return the facts of an object and what could not be read of it."""
    return asn1.read(Block(label, data, PLACE))


def shown(data: bytes, label: str = "") -> dict[str, Any]:
    """Return the JSON facts of an object, without its place."""
    fact, _ = read(data, label)
    assert isinstance(fact, Other)
    return {key: value for key, value in fact.to_dict().items() if key not in ("file", "line", "end_line", "block")}


def public_key(key: str) -> dict[str, Any]:
    """Return the JSON facts of a test key's public half."""
    return asn1.algorithms.public_key(load_key(key).spki).to_dict()


def revoked(*serials: int) -> bytes:
    """Return the list of revoked certificates of a CRL."""
    return der.sequence(*(der.sequence(der.integer(each), der.time("2026-01-01")) for each in serials))


def crl(*fields: bytes, issuer: bytes | None = None, times: bytes | None = None, version: bytes | None = None) -> bytes:
    """Return a CRL (RFC 5280 section 5.1); *fields* follow its times."""
    tbs = der.sequence(
        der.integer(1) if version is None else version,
        identifier("sha256", "rsa-2048-b"),
        issuer or name("CN=a"),
        times or der.time("2026-01-01") + der.time("2026-02-01"),
        *fields,
    )
    return der.sequence(tbs, identifier("sha256", "rsa-2048-b"), der.bits(bytes(256)))


PKCS12 = der.sequence(
    der.integer(3), der.sequence(der.oid("1.2.840.113549.1.7.1"), der.context(0, der.octets(b""))), der.sequence()
)
EXPLICIT = der.sequence(
    der.integer(1), der.sequence(der.oid("1.2.840.10045.1.1"), der.integer(23)), der.sequence(), der.octets(b"")
)


# -------------------------------------------------------------------------------------------------- requests, keys


def test_a_certificate_request() -> None:
    """Its subject and its key."""
    expected: dict[str, Any] = {
        "kind": "certificate_request",
        "label": "CERTIFICATE REQUEST",
        "public_key": public_key("rsa-2048-f"),
        "subject": "CN=www.example.com",
        "subject_alt_names": None,
        "unread": [],
    }

    assert expected == shown(certificate_request(), "CERTIFICATE REQUEST")


@pytest.mark.parametrize(("at", "missing"), [(1, ["subject"]), (2, ["public_key"])], ids=["subject", "key"])
def test_a_malformed_field_of_a_request_costs_only_itself(at: int, missing: list[str]) -> None:
    """It is null and unread; the other one is there."""
    info, *rest = der.children(certificate_request())
    fields = der.children(info)
    fields[at] = der.sequence(der.NULL)
    facts = shown(der.sequence(der.sequence(*fields), *rest))

    assert (missing, missing) == (facts["unread"], [each for each in ("subject", "public_key") if facts[each] is None])


@pytest.mark.parametrize("key", ["rsa-2048-f", "p384-a", "ed25519-a", "ml-dsa-44", "dsa-2048"])
def test_a_public_key(key: str) -> None:
    """A SubjectPublicKeyInfo has the facts of a certificate's key."""
    expected = {"kind": "public_key", "label": "PUBLIC KEY", "public_key": public_key(key), "unread": []}

    assert expected == shown(load_key(key).spki, "PUBLIC KEY")


@pytest.mark.parametrize("label", ["RSA PUBLIC KEY", "PUBLIC KEY", ""])
def test_an_rsa_public_key_of_pkcs1(label: str) -> None:
    """It is the same key without its algorithm, and has the same hash."""
    facts = shown(load_key("rsa-2048-f").octets, label)

    assert ("public_key", hashlib.sha256(load_key("rsa-2048-f").spki).hexdigest()) == (
        facts["kind"],
        facts["public_key"]["sha256"],
    )


def test_a_malformed_public_key_is_null() -> None:
    """It is there, and cannot be read."""
    facts = shown(der.sequence(der.sequence(), der.bits(b"")), "PUBLIC KEY")

    assert ("public_key", None, ["public_key"]) == (facts["kind"], facts["public_key"], facts["unread"])


# -------------------------------------------------------------------------------------------------- CRL


def test_a_crl() -> None:
    """Issuer, algorithm, times, and how many certificates it revokes."""
    expected = {
        "kind": "crl",
        "label": "X509 CRL",
        "issuer": "CN=a",
        "signature_algorithm": {"oid": "1.2.840.113549.1.1.11", "name": "sha256_rsa"},
        "this_update": "2026-01-01T00:00:00Z",
        "next_update": "2026-02-01T00:00:00Z",
        "revoked": 3,
        "unread": [],
    }

    assert expected == shown(crl(revoked(1, 2, 3)), "X509 CRL")


@pytest.mark.parametrize("fields", [(), (der.context(0, der.sequence()),), (revoked(),)])
def test_a_crl_that_revokes_nothing(fields: tuple[bytes, ...]) -> None:
    """The list may be left out."""
    assert 0 == shown(crl(*fields))["revoked"]


def test_a_crl_of_version_1_without_a_next_update() -> None:
    """Both fields are optional; absent is null, and not unread."""
    facts = shown(crl(revoked(1), version=b"", times=der.time("2026-01-01")))

    assert ("CN=a", None, 1, []) == (facts["issuer"], facts["next_update"], facts["revoked"], facts["unread"])


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"issuer": der.sequence(der.NULL)}, "issuer"),
        ({"times": der.utc_time("never") + der.time("2026-02-01")}, "this_update"),
        ({"times": der.time("2026-01-01") + der.generalized_time("never")}, "next_update"),
    ],
)
def test_a_malformed_field_of_a_crl_costs_only_itself(changes: dict[str, bytes], missing: str) -> None:
    """It is null and unread; the others are there."""
    facts = shown(crl(revoked(1), **changes))

    assert ([missing], ["label", missing]) == (facts["unread"], [key for key, value in facts.items() if value is None])


# -------------------------------------------------------------------------------------------------- parameters


def test_a_named_curve() -> None:
    """EC PARAMETERS, as openssl ecparam writes before a key."""
    expected = {"kind": "parameters", "label": "EC PARAMETERS", "curve_oid": P256, "unread": []}

    assert expected == shown(der.oid(P256), "EC PARAMETERS")


def test_a_malformed_curve_is_null() -> None:
    """It is there, and cannot be read."""
    assert (None, ["curve_oid"]) == (
        shown(der.tlv(6, b"\x80\1"), "EC PARAMETERS")["curve_oid"],
        shown(der.tlv(6, b"\x80\1"), "EC PARAMETERS")["unread"],
    )


@pytest.mark.parametrize(
    ("label", "data"),
    [
        ("EC PARAMETERS", EXPLICIT),
        ("DH PARAMETERS", der.sequence(der.integer(1 << 2047), der.integer(2))),
        ("DH PARAMETERS", der.sequence(der.integer(1 << 2047), der.integer(2), der.integer(225))),
        ("X9.42 DH PARAMETERS", der.sequence(*[der.integer(5)] * 4)),
        ("DSA PARAMETERS", der.sequence(*[der.integer(5)] * 3)),
    ],
)
def test_parameters_are_no_keys(label: str, data: bytes) -> None:
    """Diffie-Hellman's p and g look like RSA's n and e; the label tells them apart."""
    assert {"kind": "parameters", "label": label, "unread": []} == shown(data, label)


# -------------------------------------------------------------------------------------------------- containers


@pytest.mark.parametrize(
    ("oid", "expected"),
    [
        ("1.2.840.113549.1.7.1", "data"),
        ("1.2.840.113549.1.7.2", "signed data"),
        ("1.2.840.113549.1.7.3", "enveloped data"),
        ("1.2.840.113549.1.7.6", "encrypted data"),
    ],
)
def test_pkcs7_says_what_it_holds(oid: str, expected: str) -> None:
    """The content's type, not the content."""
    facts = shown(der.sequence(der.oid(oid), der.context(0, der.NULL)), "PKCS7")

    assert ("pkcs7", expected, []) == (facts["kind"], facts["content"], facts["unread"])


def test_certificates_in_pkcs7_are_signed_data() -> None:
    """A .p7b of a certificate authority."""
    assert "signed data" == shown(pkcs7(leaf()), "PKCS7")["content"]


def test_pkcs12_is_recognised() -> None:
    """Nothing is said of it without a passphrase."""
    assert {"kind": "pkcs12", "label": None, "unread": []} == shown(PKCS12)


@pytest.mark.parametrize(("data", "expected"), [(b"\xfe\xed\xfe\xed\0\0\0\2", "jks"), (b"\xce\xce\xce\xce", "jceks")])
def test_a_java_key_store_is_named(data: bytes, expected: str) -> None:
    """By its magic number."""
    assert ("jks", expected) == (
        asn1.store(PLACE, data).to_dict()["kind"],
        asn1.store(PLACE, data).to_dict()["format"],
    )


# -------------------------------------------------------------------------------------------------- kinds

KINDS = [
    ("certificate", leaf().der),
    ("certificate", leaf(version=1).der),
    ("certificate_request", certificate_request()),
    ("crl", crl()),
    ("crl", crl(version=b"", times=der.generalized_time("20260101000000Z"))),
    ("public_key", load_key("p256-a").spki),
    ("public_key", load_key("rsa-2048-f").octets),
    ("pkcs1", load_key("rsa-2048-f").secret),
    ("pkcs1", load_key("rsa-multi-prime").secret),
    ("pkcs8", load_key("p256-a").der),
    ("sec1", load_key("p256-a").secret),
    ("dsa", der.sequence(*[der.integer(5)] * 6)),
    ("encrypted-pkcs8", load_key("rsa-encrypted-pkcs8").der),
    ("pkcs7", pkcs7(leaf())),
    ("pkcs12", PKCS12),
    ("parameters", der.oid(P256)),
    ("parameters", EXPLICIT),
    ("parameters", der.sequence(*[der.integer(5)] * 3)),
    ("unknown", der.sequence()),
    ("unknown", der.sequence(der.oid("1.2.3"))),
    ("unknown", der.sequence(der.utf8("a"))),
    ("unknown", der.sequence(*[der.integer(5)] * 4)),
    ("unknown", der.set_of(der.integer(1), der.integer(2))),
    ("unknown", der.integer(5)),
    ("unknown", der.sequence(der.tlv(6))),
    ("unknown", b""),
    ("unknown", b"\x30\x80"),
    ("unknown", b"\x30\x05\1\1\1"),
]


@pytest.mark.parametrize(("expected", "data"), KINDS)
def test_the_kind_is_told_by_the_shape(expected: str, data: bytes) -> None:
    """No label is needed."""
    assert expected == asn1.kind_of(data)


@pytest.mark.parametrize("label", ["", "CERTIFICATE", "PUBLIC KEY", "NO SUCH LABEL"])
@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ("certificate", leaf().der),
        ("certificate_request", certificate_request()),
        ("crl", crl()),
        ("public_key", load_key("p256-a").spki),
        ("private_key", load_key("p256-a").der),
        ("pkcs7", pkcs7(leaf())),
        ("pkcs12", PKCS12),
        ("parameters", der.oid(P256)),
        ("unknown", der.sequence(der.utf8("a"))),
    ],
)
def test_a_wrong_label_does_not_hide_what_is_there(label: str, expected: str, data: bytes) -> None:
    """Content first, label second."""
    assert expected == read(data, label)[0].to_dict()["kind"]


@pytest.mark.parametrize("label", ["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (certificate_request(), "a certificate request"),
        (crl(), "a certificate revocation list"),
        (load_key("p256-a").spki, "a public key"),
        (pkcs7(leaf()), "PKCS#7"),
        (PKCS12, "PKCS#12"),
        (der.oid(P256), "parameters"),
        (der.sequence(der.utf8("a")), "something unknown"),
    ],
)
def test_a_label_that_promises_a_certificate_is_held_to_it(label: str, data: bytes, words: str) -> None:
    """The problem says what is there instead."""
    problems = [(each.rule, each.detail) for each in read(data, label)[1]]

    assert [("asn1-unreadable", f"the block is labelled {label} and holds {words}")] == problems


def test_a_label_that_promises_a_key_is_held_to_it() -> None:
    """It is an unreadable key, and the problem says what is there instead."""
    fact, problems = read(load_key("p256-a").spki, "PRIVATE KEY")

    assert ("private_key", [("key-unreadable", "the block is labelled PRIVATE KEY and holds a public key")]) == (
        fact.to_dict()["kind"],
        [(each.rule, each.detail) for each in problems],
    )


@pytest.mark.parametrize(("label", "kind"), [("CERTIFICATE", Other), ("", Other), ("PRIVATE KEY", PrivateKey)])
@pytest.mark.parametrize("data", [b"", b"\x30\x05\1"], ids=["nothing", "cut-off"])
def test_what_is_no_der_is_unknown(data: bytes, label: str, kind: type) -> None:
    """Or an unreadable key, where the label promises one."""
    assert kind is type(read(data, label)[0])


def test_what_is_no_der_is_told_with_its_place() -> None:
    """The byte where reading had to stop."""
    (problem,) = read(b"\x30\x05\1", "CERTIFICATE")[1]

    assert ("der-malformed", "unreadable", True) == (problem.rule, problem.sort, problem.detail.startswith("byte 0: "))


def test_ber_is_read_and_told() -> None:
    """A length that is not in its shortest form is no DER, and legible."""
    data = leaf().der
    assert data[:2] == b"\x30\x82"
    fact, problems = read(b"\x30\x83\0" + data[2:], "CERTIFICATE")
    assert isinstance(fact, Certificate)

    assert ("CN=www.example.com,O=Example,C=DE", [("der-malformed", "readable")]) == (
        fact.subject.text,
        [(each.rule, each.sort) for each in problems],
    )


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("CERTIFICATE", ("unknown", ["certificate"], "der-malformed", "unreadable")),
        ("PRIVATE KEY", ("private_key", ["public_key"], "key-unreadable", "")),
    ],
)
def test_a_shape_that_nobody_thought_of_is_unreadable(
    monkeypatch: pytest.MonkeyPatch, label: str, expected: tuple[str, list[str], str, str]
) -> None:
    """Whatever a reader raises becomes a problem, without its text: it could quote a key."""

    def fail(*_: object) -> None:
        raise RecursionError("secret")

    monkeypatch.setattr(asn1, "kind_of", fail)
    fact, (problem,) = read(leaf().der, label)

    assert (*expected, "this cannot be read (RecursionError)") == (
        fact.to_dict()["kind"],
        fact.to_dict()["unread"],
        problem.rule,
        problem.sort,
        problem.detail,
    )


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("PRIVATE KEY", True),
        ("RSA PRIVATE KEY", True),
        ("PGP PRIVATE KEY BLOCK", True),
        ("SSH2 ENCRYPTED PRIVATEKEY", True),
        ("PUBLIC KEY", False),
        ("CERTIFICATE", False),
        ("", False),
    ],
)
def test_labels_that_promise_a_private_key(label: str, expected: bool) -> None:
    """By how they end."""
    assert expected is asn1.is_key_label(label)
