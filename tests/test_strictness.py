"""What some readers of certificates refuse and others read is told, and is read all the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import pemcheck
from fixtures import der
from fixtures.build import INTERMEDIATE, Certificate, extension, leaf, load_key, name
from pemcheck import asn1
from pemcheck.pem import Block
from pemcheck.source import Location

pytestmark = pytest.mark.once

AT = "2026-06-01T00:00:00Z"
SAN, KEY_USAGE, BASIC_CONSTRAINTS = "2.5.29.17", "2.5.29.15", "2.5.29.19"
DNS = der.context(2, b"www.example.com", constructed=False)
PLACE = Location("certificate.pem", 1, block=0)
SPELLED_OUT = "FALSE is spelled out where it is the DEFAULT (X.690 section 11.5)"
BIT_STRING = "BIT STRING with wrong unused bits"


def read(built: Certificate) -> tuple[asn1.Fact, list[tuple[str, str, str]]]:
    """Return the facts of a certificate, and rule, ASN.1 path and text of each problem."""
    fact, problems = asn1.read(Block("CERTIFICATE", built.der, PLACE))
    return fact, [(each.rule, each.at.path, each.detail) for each in problems]


def faults(built: Certificate) -> list[tuple[str, str]]:
    """Return path and text of what departs from DER and could be read."""
    return [(path, detail) for rule, path, detail in read(built)[1] if rule == "der-malformed"]


def with_extension(oid: str, value: bytes) -> Certificate:
    """Return a certificate with this extension only."""
    return leaf(signed_by="rsa-1024", extensions=der.sequence(extension(oid, False, value)))


def with_fields(change: Callable[[list[bytes]], list[bytes]]) -> Certificate:
    """Return a certificate the fields of whose TBSCertificate were changed."""
    return leaf(signed_by="rsa-1024", tamper_tbs=lambda tbs: der.sequence(*change(der.children(tbs))))


def unique(*identifiers: bytes) -> Certificate:
    """Return a certificate with these elements in front of its extensions."""
    return with_fields(lambda fields: [*fields[:-1], *identifiers, fields[-1]])


def test_unique_identifiers_in_their_order_draw_nothing() -> None:
    """RFC 5280 section 4.1: [1], [2], then the extensions."""
    fact, problems = read(unique(der.tlv(0x81, b"\0a"), der.tlv(0x82, b"\0b")))

    assert ((), []) == (fact.extra, problems) if isinstance(fact, pemcheck.Certificate) else fact


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (leaf(signed_by="rsa-1024", extra_fields=der.tlv(0x81, b"\0a")), ["tag 81"]),
        (unique(der.tlv(0x82, b"\0b"), der.tlv(0x81, b"\0a")), ["tag 81"]),
        (unique(der.tlv(0x81, b"\0a") * 2), ["tag 81"]),
        (unique(der.tlv(0x81, b"\0a"), der.tlv(0xA1, der.bits(b"a"))), ["tag a1"]),
    ],
)
def test_fields_out_of_their_order_are_named(built: Certificate, expected: list[str]) -> None:
    """OpenSSL, pyca and GnuTLS refuse them; Java reads them."""
    fact, _ = read(built)

    assert isinstance(fact, pemcheck.Certificate)
    assert expected == [each.partition(" in ")[0] for each in fact.extra]


@pytest.mark.parametrize(
    ("identifier", "where", "expected"),
    [
        (der.tlv(0x81), "issuerUniqueID", BIT_STRING),
        (der.tlv(0x81, b"\x09a"), "issuerUniqueID", BIT_STRING),
        (der.tlv(0x82, b"\x01\xff"), "subjectUniqueID", BIT_STRING),
        (der.tlv(0xA2, der.bits(b"a")), "subjectUniqueID", "constructed encoding of a primitive type"),
    ],
)
def test_a_unique_identifier_that_is_no_bit_string_is_told(identifier: bytes, where: str, expected: str) -> None:
    """RFC 5280 section 4.1.2.8: OpenSSL and pyca do not load such a certificate."""
    assert [(f"tbsCertificate.{where}", expected)] == faults(unique(identifier))


@pytest.mark.parametrize("tag", [1, 2, 4, 5, 6, 10, 23, 24])
def test_a_value_of_a_name_that_is_no_text_is_told(tag: int) -> None:
    """OpenSSL does not load a certificate with such a name; it is shown as hexadecimal digits."""
    value = der.tlv(tag, b"" if tag == 5 else b"\xff" if tag == 1 else b"\x2a")
    attribute = der.set_of(der.sequence(der.oid("2.5.4.10"), value))
    built = leaf(signed_by="rsa-1024", subject=der.sequence(attribute))

    assert [("tbsCertificate.subject", f"the value of O is no text (tag {tag:02x})")] == faults(built)


@pytest.mark.parametrize("value", [der.bits(b"a"), der.sequence(der.utf8("a")), der.utf8("a"), der.bmp("a")])
def test_a_value_of_a_name_that_openssl_takes_draws_nothing(value: bytes) -> None:
    """Text, BIT STRING as in x500UniqueIdentifier, SEQUENCE."""
    attribute = der.set_of(der.sequence(der.oid("2.5.4.45"), value))

    assert [] == faults(leaf(signed_by="rsa-1024", subject=der.sequence(attribute)))


@pytest.mark.parametrize(
    "time",
    [
        der.utc_time("2601010000Z"),
        der.utc_time("260101000000+0100"),
        der.generalized_time("20260101000000.5Z"),
        der.generalized_time("2026010100Z"),
    ],
)
@pytest.mark.parametrize("field", ["not_before", "not_after"])
def test_a_time_that_rfc_5280_rules_out_is_told(field: str, time: bytes) -> None:
    """Section 4.1.2.5: OpenSSL loads it and verifies nothing with it, pyca refuses it, Java reads it."""
    fact, problems = read(leaf(signed_by="rsa-1024", **{field: time}))
    which = "notBefore" if field == "not_before" else "notAfter"
    shown = f"{der.content(time).decode()!r} is not written as RFC 5280 section 4.1.2.5 demands"

    assert [("der-malformed", f"tbsCertificate.validity.{which}", shown)] == problems
    assert isinstance(fact, pemcheck.Certificate)
    assert (True, frozenset()) == (fact.lenient_time, fact.unread)


def test_a_time_that_cannot_be_read_is_told_once() -> None:
    """It is unread; that it is not written as demanded either goes without saying."""
    fact, problems = read(leaf(signed_by="rsa-1024", not_before=der.utc_time("26"), not_after=der.utc_time("27")))

    assert isinstance(fact, pemcheck.Certificate)
    assert (False, {"asn1-unreadable"}) == (fact.lenient_time, {rule for rule, _, _ in problems})


@pytest.mark.parametrize(
    ("oid", "value", "expected"),
    [
        (BASIC_CONSTRAINTS, b"\x30\x81\x00", "byte 0: length not in its shortest form"),
        (BASIC_CONSTRAINTS, der.sequence(der.boolean(False)), SPELLED_OUT),
        (SAN, b"\x30\x80" + DNS + b"\0\0", "byte 0: indefinite length (BER, not DER)"),
        (KEY_USAGE, der.tlv(3, b"\7\xff"), f"byte 0: {BIT_STRING}"),
        ("2.5.29.18", b"\x30\x80" + DNS + b"\0\0", "byte 0: indefinite length (BER, not DER)"),
    ],
)
def test_an_extension_that_departs_from_der_is_told(oid: str, value: bytes, expected: str) -> None:
    """The second time too, when it is remembered; what is in it is read."""
    shown = {SAN: "subject_alt_name", KEY_USAGE: "key_usage", BASIC_CONSTRAINTS: "basic_constraints"}
    path = f"tbsCertificate.extensions.{shown.get(oid, 'issuer_alt_name')}"
    problems = [("der-malformed", path, expected)]

    assert [problems, problems] == [read(with_extension(oid, value))[1] for _ in range(2)]


def test_a_critical_flag_that_is_spelled_out_is_told() -> None:
    """X.690 section 11.5, for extensions that are remembered and for those that are not."""
    plain = der.sequence(der.oid(KEY_USAGE), der.boolean(False), der.octets(der.named_bits(0)))
    own = der.sequence(der.oid(SAN), der.boolean(False), der.octets(der.sequence(DNS)))
    built = leaf(signed_by="rsa-1024", extensions=der.sequence(plain, own))
    expected = [(f"tbsCertificate.extensions[{number}]", SPELLED_OUT) for number in range(2)]

    assert [expected, expected] == [faults(built) for _ in range(2)]


@pytest.mark.parametrize(
    "other",
    [
        der.tlv(0x88, b"\x80"),
        der.tlv(0x88),
        der.tlv(0xA0, der.NULL),
        der.tlv(0xA0, der.oid("1.2.3")),
        der.tlv(0xA0, der.oid("1.2.3"), der.NULL),
    ],
)
def test_a_general_name_that_is_none_costs_the_names(other: bytes) -> None:
    """OpenSSL, pyca and GnuTLS refuse the whole extension."""
    fact, _ = read(with_extension(SAN, der.sequence(DNS, other)))

    assert isinstance(fact, pemcheck.Certificate)
    assert frozenset(("subject_alt_names",)) == fact.unread


def test_other_general_names_are_counted() -> None:
    """A registered ID and an OtherName in their form."""
    other = der.tlv(0xA0, der.oid("1.2.3"), der.context(0, der.NULL))
    fact, problems = read(with_extension(SAN, der.sequence(DNS, der.tlv(0x88, b"\x2a\x03"), other)))

    assert [] == problems
    assert isinstance(fact, pemcheck.Certificate)
    assert fact.subject_alt_names is not None
    assert 2 == fact.subject_alt_names.other


THIRD = der.sequence(*der.children(der.children(load_key("rsa-2048-f").spki)[0]), der.NULL)


@pytest.mark.parametrize(
    ("built", "field"),
    [
        (with_fields(lambda fields: [*fields[:2], THIRD, *fields[3:]]), "tbs_signature_algorithm"),
        (leaf(signed_by="rsa-1024", spki=der.sequence(THIRD, der.children(load_key("rsa-2048-f").spki)[1])), "key"),
    ],
)
def test_an_algorithm_identifier_with_a_third_element_is_unreadable(built: Certificate, field: str) -> None:
    """Nobody loads it: OpenSSL, pyca, GnuTLS, Java."""
    fact, _ = read(built)

    assert isinstance(fact, pemcheck.Certificate)
    assert frozenset((field,)) == fact.unread


@pytest.mark.parametrize(
    ("built", "verdict", "expected"),
    [
        (leaf(not_after=der.utc_time("270101000000+0100")), "accepted", ["der-malformed"]),
        (leaf(spki=der.sequence(THIRD, der.children(load_key("rsa-2048-f").spki)[1])), "refused", ["asn1-unreadable"]),
    ],
)
def test_what_nobody_loads_is_refused_and_what_some_load_is_warned_of(
    built: Certificate, verdict: str, expected: list[str]
) -> None:
    """For acm: an error where no reader takes it, a warning where readers differ."""
    report = pemcheck.check(built.pem, load_key("rsa-2048-f").pem, INTERMEDIATE.pem, at=AT)
    found = [each.rule for each in report.findings if each.severity.value != "note"]

    assert (verdict, expected) == (report.verdict.value, found)


def test_a_name_that_is_no_name_is_read_as_nothing() -> None:
    """The name of a certificate that cannot be read has no value that could be told of."""
    built = leaf(signed_by="rsa-1024", subject=der.NULL + name("CN=a"))

    assert [] == faults(built)
