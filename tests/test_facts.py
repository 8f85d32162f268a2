"""The facts as values: how they compare, what they are called, and how JSON shows them."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

import pytest

from pemcheck import facts
from pemcheck.facts import (
    MAX_MARKS,
    MAX_PREPARED,
    MAX_SHOWN,
    MAX_TITLE,
    AltNames,
    BasicConstraints,
    Certificate,
    Name,
    Other,
    PrivateKey,
    PublicKey,
    prepare,
    time_text,
)
from pemcheck.source import Location
from pemcheck.submission import Chain, Input, Link, Submission

PLACE = Location("a.pem", 1, 2, block=0)
CN, O = "2.5.4.3", "2.5.4.10"  # noqa: E741
CERTIFICATE = Certificate(PLACE, b"der")
KEY = PrivateKey(PLACE, "pkcs8")


def named(*rdns: tuple[tuple[str, str], ...], der: bytes = b"") -> Name:
    """Return a name."""
    return Name(der or repr(rdns).encode(), ",".join(value for rdn in reversed(rdns) for _, value in rdn), rdns)


def one(value: str) -> Name:
    """Return a name of one CN."""
    return named(((CN, value),))


# -------------------------------------------------------------------------------------------------- times


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 999999, tzinfo=timezone.utc), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=4))), "2026-01-01T23:00:00Z"),
        (datetime(1, 1, 1, tzinfo=timezone.utc), "0001-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc), "9999-12-31T23:59:59Z"),
    ],
)
def test_times_are_utc_to_the_second(moment: datetime, expected: str) -> None:
    """ISO 8601 with Z, at both ends of the calendar too."""
    assert expected == time_text(moment)


# -------------------------------------------------------------------------------------------------- names


def test_a_name_has_values() -> None:
    """Of each attribute type, in encoded order."""
    name = named(((O, "Example"),), ((CN, "a"), (O, "More")), ((CN, "b"),))

    assert (("a", "b"), ("Example", "More"), False) == (name.common_names, name.organizations, name.is_empty)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (one("a"), one("a"), True),
        (one("Example  CA "), one("example ca"), True),
        (one("Straße"), one("STRASSE"), True),
        (one("ﬁ"), one("fi"), True),
        (one("a"), one("b"), False),
        (one("a"), named(((O, "a"),)), False),
        (named(((CN, "a"), (O, "b"))), named(((O, "b"), (CN, "a"))), True),
        (named(((CN, "a"),), ((O, "b"),)), named(((O, "b"),), ((CN, "a"),)), False),
        (named(((CN, "a"),)), named(((CN, "a"),), ((O, "b"),)), False),
        (named(der=b"1"), named(der=b"2"), True),
    ],
)
def test_names_compare_as_rfc_5280_has_it(left: Name, right: Name, expected: bool) -> None:
    """Case, white space and the order inside an RDN do not count; the order of RDNs does."""
    assert (expected, expected) == (left.same_as(right), right.same_as(left))


def test_what_is_no_text_equals_no_text() -> None:
    """The DER of another type is not the text that is shown of it; what is escaped is not its own escape."""
    octets = Name(b"1", "", (((CN, b"\4\1\xab"),),))

    assert (("#0401ab",), False) == (octets.common_names, octets.same_as(one("#0401ab")))
    assert not one("In\\u{200b}ter").same_as(one("In\u200bter"))


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("a" * MAX_PREPARED, "text"),
        ("a" * (MAX_PREPARED + 1), "exact"),
        ("\u0300" * 5_000 + "\u0327" * 5_000, "exact"),
        ("a" + "\u0300" * MAX_MARKS, "text"),
        ("a" + "\u0300" * (MAX_MARKS + 1), "exact"),
        ("\uff9e\u0334" * 100, "exact"),
        ("\ufdfa" * MAX_PREPARED, "text"),
        ("\ufdfa" * (MAX_PREPARED + 1), "exact"),
        ("\u00e9\ufdfa" * 1_000, "text"),
    ],
)
def test_no_value_is_normalised_that_takes_long(value: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """To sort combining characters is quadratic; beyond the bounds a value equals itself and nothing else."""
    lengths: list[int] = []
    normalize = unicodedata.normalize

    def counted(kind: Literal["NFC", "NFD", "NFKC", "NFKD"], text: str) -> str:
        lengths.append(len(text))
        return normalize(kind, text)

    monkeypatch.setattr(unicodedata, "normalize", counted)
    found = prepare(value)

    assert (form, True) == (found[0], len(found[1]) <= 64)
    assert ([] if form == "exact" or value.isascii() else [len(value)]) == lengths
    assert (True, False) == (found == prepare(value), found == prepare(value + "b"))


def test_every_combining_character_counts_as_a_mark() -> None:
    """Whatever decomposes into something that begins with one, in the Unicode of this Python."""
    unseen = [
        hex(code)
        for code in range(0x110000)
        if unicodedata.combining(unicodedata.normalize("NFKD", chr(code))[0]) and prepare(chr(code) * 31)[0] != "exact"
    ]
    assert [] == unseen


def test_a_name_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is compared; a changed copy is prepared anew."""
    asked: list[str] = []

    def counted(value: str) -> tuple[str, str | bytes]:
        asked.append(value)
        return prepare(value)

    monkeypatch.setattr(facts, "prepare", counted)
    name = one("Stra\u00dfe")
    found = [name.same_as(one(other)) for other in ("a", "b", "c")]

    assert ([False] * 3, 1) == (found, asked.count("Stra\u00dfe"))
    assert name.prepared != name.replace(rdns=()).prepared


def test_what_is_shown_of_a_name_is_short() -> None:
    """Its values, and what its certificate is called."""
    name = one("\1" * 1_000_000)

    assert (MAX_SHOWN, "\u2026") == (len(name.common_names[0]), name.common_names[0][-1])
    assert MAX_TITLE == len(CERTIFICATE.replace(subject=name).title)


# -------------------------------------------------------------------------------------------------- keys

RSA_1 = PublicKey("RSA_8", "rsa", "1.2", 8, numbers=(143, 7), der=b"1")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (RSA_1.replace(der=b"2"), True),
        (RSA_1.replace(numbers=(143, 11)), False),
        (RSA_1.replace(kind="rsassa_pss"), False),
        (RSA_1.replace(numbers=()), False),
    ],
)
def test_rsa_keys_compare_by_their_numbers(other: PublicKey, expected: bool) -> None:
    """Of one kind, whatever the encoding."""
    assert expected is RSA_1.same_as(other)


EC_1 = PublicKey("EC_prime256v1", "ec", "1.2", 256, "prime256v1", "1.3", numbers=(1, 2), octets=b"\4..")


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (EC_1.replace(octets=b"\3."), True),
        (EC_1.replace(curve="secp384r1"), False),
        (EC_1.replace(curve="explicit", same_curve_as="prime256v1"), True),
        (EC_1.replace(numbers=()), True),
        (EC_1.replace(numbers=(), octets=b""), False),
        (EC_1.replace(numbers=(), octets=b"x"), False),
        (EC_1.replace(numbers=(), oid="1.9"), False),
    ],
)
def test_points_compare_as_points(other: PublicKey, expected: bool) -> None:
    """On one curve, however it is named; as octets only where they were not decoded."""
    assert expected is EC_1.same_as(other)


def test_keys_without_octets_are_not_the_same() -> None:
    """What is not stated compares with nothing."""
    unstated = PublicKey("Ed25519", "ed25519", "1.3.101.112")

    assert not unstated.same_as(unstated)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (RSA_1, "RSA"),
        (RSA_1.replace(kind="rsassa_pss"), "RSA"),
        (EC_1, "EC"),
        (PublicKey("Ed25519", "ed25519", "1.3"), "Ed25519"),
    ],
)
def test_the_family_of_a_key(key: PublicKey, expected: str) -> None:
    """What people call the algorithm, whatever its size."""
    assert expected == key.family


@pytest.mark.parametrize(("der", "expected"), [(b"1", hashlib.sha256(b"1").hexdigest()), (b"", None)])
def test_a_key_without_encoding_has_no_hash(der: bytes, expected: str | None) -> None:
    """Null, not the hash of nothing."""
    assert expected == RSA_1.replace(der=der).to_dict()["sha256"]


# -------------------------------------------------------------------------------------------------- certificates


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"subject": named(((CN, "a"),), ((CN, "b"),))}, "b"),
        ({"subject": named(((O, "Example"),))}, "Example"),
        ({"subject": Name(b"", ""), "subject_alt_names": AltNames(("c", "d"))}, "c"),
        ({"subject": Name(b"", ""), "subject_alt_names": AltNames()}, "?"),
        ({"subject": Name(b"", "")}, "?"),
        ({"unread": frozenset(("subject",))}, "?"),
    ],
)
def test_the_title_of_a_certificate(fields: dict[str, Any], expected: str) -> None:
    """The last CN, else the whole subject, else the first DNS name."""
    assert expected == CERTIFICATE.replace(**fields).title


@pytest.mark.parametrize(("issuer", "expected"), [(one("A"), True), (one("b"), False)])
def test_self_issued_compares_names(issuer: Name, expected: bool) -> None:
    """As RFC 5280 does; whether it is signed so is another question."""
    assert expected is CERTIFICATE.replace(subject=one("a"), issuer=issuer).self_issued


@pytest.mark.parametrize(
    ("constraints", "expected"), [(None, False), (BasicConstraints(False), False), (BasicConstraints(True), True)]
)
def test_a_ca_says_so(constraints: BasicConstraints | None, expected: bool) -> None:
    """In its basic constraints."""
    assert expected is CERTIFICATE.replace(basic_constraints=constraints).is_ca


JSON_FIELDS = {
    "version": "version",
    "serial_number": "serial_number",
    "signature_algorithm": "signature_algorithm",
    "issuer": "issuer",
    "subject": "subject",
    "not_before": "not_before",
    "not_after": "not_after",
    "key": "public_key",
    "extensions": "extensions",
    "self_signed": "self_signed",
}


@pytest.mark.parametrize(("field", "shown"), JSON_FIELDS.items())
def test_an_unread_field_is_null_and_named(field: str, shown: str) -> None:
    """By its name in the JSON."""
    facts = CERTIFICATE.replace(unread=frozenset((field,))).to_dict()

    assert (None, [shown]) == (facts[shown], facts["unread"])


@pytest.mark.parametrize("value", [True, False, None])
def test_self_signed_is_three_valued(value: bool | None) -> None:
    """Null where the signature cannot be verified."""
    assert value is CERTIFICATE.replace(self_signed=value).to_dict()["self_signed"]


def test_unread_fields_are_sorted() -> None:
    """The same text every time."""
    facts = CERTIFICATE.replace(unread=frozenset(("version", "key", "issuer"))).to_dict()

    assert ["issuer", "public_key", "version"] == facts["unread"]


def test_an_empty_extension_is_not_an_absent_one() -> None:
    """An empty list, and null."""
    facts = CERTIFICATE.replace(key_usage=(), subject_key_identifier=b"").to_dict()

    assert ([], "", None) == (facts["key_usage"], facts["subject_key_identifier"], facts["extended_key_usage"])


# -------------------------------------------------------------------------------------------------- private keys


def test_a_private_key_hides_its_secrets() -> None:
    """In its text, and in what it is compared by."""
    key = KEY.replace(secret=(123456789,), seed=b"seed!", der=b"whole", info=b"wrapped")
    text = repr(key) + str(key.to_dict())

    assert ([], True) == ([each for each in ("123456789", "seed!", "whole", "wrapped") if each in text], key == KEY)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, (None, [])),
        ({"public": RSA_1}, (RSA_1.to_dict(), [])),
        ({"public": RSA_1, "unread": frozenset(("public",))}, (None, ["public_key"])),
    ],
)
def test_the_public_half_of_a_private_key(fields: dict[str, Any], expected: tuple[Any, list[str]]) -> None:
    """Null where there is none, null and named where it cannot be read."""
    facts = KEY.replace(**fields).to_dict()

    assert expected == (facts["public_key"], facts["unread"])


# -------------------------------------------------------------------------------------------------- other objects


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"unread": []}),
        ({"key": RSA_1}, {"public_key": RSA_1.to_dict(), "unread": []}),
        ({"unread": frozenset(("key",))}, {"public_key": None, "unread": ["public_key"]}),
        ({"details": (("revoked", 3),)}, {"revoked": 3, "unread": []}),
    ],
)
def test_other_objects_show_what_is_known(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """A public key only where there is one."""
    usual = {"kind": "crl", "file": "a.pem", "line": 1, "end_line": 2, "block": 0, "label": None}

    assert {**usual, **expected} == Other(PLACE, "crl").replace(**fields).to_dict()


# -------------------------------------------------------------------------------------------------- submissions


def test_an_input_sorts_its_objects() -> None:
    """Certificates, keys and others, each in file order."""
    other = Other(PLACE, "crl")
    it = Input("certificate", PLACE, 10, (KEY, CERTIFICATE, other, CERTIFICATE))

    assert ((CERTIFICATE, CERTIFICATE), (KEY,), (other,)) == (it.certificates, it.keys, it.others)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"signed": True}, True),
        ({"signed": False}, False),
        ({"names_match": False}, False),
        ({"ids_match": False}, False),
    ],
)
def test_a_link_holds_unless_something_speaks_against_it(fields: dict[str, Any], expected: bool) -> None:
    """A signature that cannot be verified does not."""
    link = Link(PLACE, CERTIFICATE, CERTIFICATE, True, True)

    assert expected is link.replace(**fields).holds


def test_a_chain_is_in_order_until_it_is_looked_at() -> None:
    """Its defaults say nothing bad."""
    chain = Chain(PLACE, CERTIFICATE)

    assert (True, None, ()) == (chain.in_order, chain.gap, chain.links)


def test_the_place_of_a_submission_is_its_first_input() -> None:
    """Or the certificate that is missing."""
    it = Input("private key", PLACE, 10)

    assert (PLACE, Location("certificate")) == (Submission((it,)).at, Submission(()).at)


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [(None, False), (CERTIFICATE.replace(self_signed=True), True), (CERTIFICATE.replace(self_signed=None), None)],
)
def test_a_submission_is_self_signed_as_its_certificate_is(leaf: Certificate | None, expected: bool | None) -> None:
    """Without a certificate it is not."""
    assert expected is Submission((), leaf).self_signed


def test_an_input_is_found_by_its_role() -> None:
    """None where it was not given."""
    it = Input("private key", PLACE, 10)

    assert (it, None) == (Submission((it,)).input("private key"), Submission((it,)).input("certificate"))


def test_a_submission_as_json() -> None:
    """Its certificate, its key and its chain."""
    full = Submission((), CERTIFICATE, KEY, (CERTIFICATE,))

    assert {"certificate": CERTIFICATE.to_dict(), "private_key": KEY.to_dict(), "chain": [CERTIFICATE.to_dict()]} == (
        full.to_dict()
    )


def test_an_empty_submission_as_json() -> None:
    """Null, null, and an empty list."""
    assert {"certificate": None, "private_key": None, "chain": []} == Submission(()).to_dict()
