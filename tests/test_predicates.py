"""Every question about one certificate or key, on both sides of its limit, with nothing else changed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fixtures import der, judged
from fixtures.generate import CASES
from pemcheck import checking, engine
from pemcheck.asn1.algorithms import signature_algorithm
from pemcheck.der import parse
from pemcheck.facts import (
    NO_NAME,
    Algorithm,
    AltNames,
    BasicConstraints,
    Certificate,
    Extension,
    Name,
    PrivateKey,
    PublicKey,
)
from pemcheck.findings import Outcome
from pemcheck.rules import BY_NAME
from pemcheck.rules.certificate import PURPOSES, usages
from pemcheck.rules.reimport import changes
from pemcheck.rules.signatures import signature_says
from pemcheck.source import Location
from pemcheck.submission import Input, Replacement
from pemcheck.targets import DOCUMENTED, ERROR, Demand, Target, Want

pytestmark = pytest.mark.once

AT = checking.moment("2026-06-01")
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
ACCEPTED = ("RSA_2048", "RSA_3072", "EC_prime256v1", "EC_secp384r1")
TARGET = Target("made-up", "a made-up target", "2026-11-23", "https://example.com", ACCEPTED, 32_768, 2_097_152, ())
LETTERS = {Outcome.PASS: "+", Outcome.FAIL: "-", Outcome.SKIP: "?", Outcome.NOT_APPLICABLE: "."}
"""One letter for each answer, so that a row of answers stands in a row."""


def facts(case: str) -> Any:
    """Return the submission of a case."""
    return judged.gather(CASES[case].contents())


CERTIFICATE: Certificate = facts("clean-rsa-2048").leaf
KEY: PrivateKey = facts("clean-rsa-2048").key


def answer(rule: str, it: Any, demand: dict[str, Any] | None = None, **changes: Any) -> str:
    """Return the letter of what becomes of *rule*, asked about *it*, else about a whole submission."""
    asked = Demand(rule, ERROR, DOCUMENTED, "https://example.com", **(demand or {}))
    want = Want(**{"target": TARGET, "at": AT, "hostnames": ("www.example.com",), **changes})
    it = facts("clean-rsa-2048") if it is None else it
    return LETTERS[engine._ask_about(BY_NAME[rule], it, [want.replace(demand=asked)], want, CERTIFICATE)[0].outcome]


def row(rule: str, field: str, *values: Any, **besides: Any) -> str:
    """Return the letters of what becomes of *rule* with each of *values* in *field* of the certificate."""
    return "".join(answer(rule, CERTIFICATE.replace(**{**besides, field: value})) for value in values)


# ------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize(
    ("rule", "expected", "besides"),
    [
        ("cert-not-version-3", "--+", {}),
        ("cert-without-eku", "..-", {"extended_key_usage": None}),
        ("cert-without-san", "..-", {"subject_alt_names": None}),
        ("chain-cert-not-a-ca", "..-", {"basic_constraints": None}),
        ("chain-cert-not-version-3", "--+", {"self_signed": False}),
        ("chain-cert-not-version-3", "--+", {"self_signed": None}),
        ("chain-cert-not-version-3", "+++", {"self_signed": True}),
    ],
)
def test_versions(rule: str, expected: str, besides: dict[str, Any]) -> None:
    """Versions 1, 2 and 3: what only version 3 can have is asked of version 3 only."""
    assert expected == row(rule, "version", 1, 2, 3, **besides)


@pytest.mark.parametrize(
    ("rule", "field", "expected"),
    [
        ("cert-expired", "not_after", "-++"),
        ("chain-cert-expired", "not_after", "-++"),
        ("cert-not-yet-valid", "not_before", "++-"),
        ("chain-cert-not-yet-valid", "not_before", "++-"),
        ("cert-expires-soon", "not_before", "--."),
    ],
)
def test_moments(rule: str, field: str, expected: str) -> None:
    """A second before the moment judged for, that moment, a second after it: both ends of a validity belong to it."""
    besides = {"not_before": AT - 9 * DAY, "not_after": AT + 9 * DAY}
    assert expected == row(rule, field, AT - SECOND, AT, AT + SECOND, **besides)


def test_the_end_that_comes_soon() -> None:
    """Not what has ended; what ends now, and what ends a second too early, but not what lives long enough."""
    ends = (AT - SECOND, AT, AT + 30 * DAY - SECOND, AT + 30 * DAY, AT + 30 * DAY + SECOND)
    assert ".--++" == row("cert-expires-soon", "not_after", *ends, not_before=AT - DAY)


@pytest.mark.parametrize("rule", ["cert-validity-inverted", "cert-validity-too-long", "cert-without-scts"])
def test_a_validity_of_no_time(rule: str) -> None:
    """One that ends when it begins is a second long; of one that ends before, the length is not asked for."""
    start = CERTIFICATE.not_before
    expected = {"cert-validity-inverted": "-++", "cert-validity-too-long": ".++", "cert-without-scts": ".--"}[rule]
    assert expected == row(rule, "not_after", start - SECOND, start, start + SECOND, scts=None)


@pytest.mark.parametrize("rule", ["cert-expired", "cert-not-yet-valid"])
def test_an_inverted_validity_is_told_once(rule: str) -> None:
    """Whatever the moment, it is no expired one and no future one."""
    starts = (AT - DAY, AT + 9 * DAY)
    answers = [row(rule, "not_before", start, not_after=start - SECOND) for start in starts]
    assert [".", "."] == answers


@pytest.mark.parametrize(
    ("days", "expected"), [(1, "--++"), (180, "--++"), (181, "---+"), (398, "---+")], ids=str
)
def test_logs(days: int, expected: str) -> None:
    """No extension, one log, two, three; a lifetime above 180 days asks for three."""
    end = CERTIFICATE.not_before + days * DAY - SECOND
    assert expected == row("cert-without-scts", "scts", None, 1, 2, 3, not_after=end)


@pytest.mark.parametrize("serial", [-(1 << 200), -1, 0, 1 << 159, 1 << 160])
def test_serial_numbers_that_are_none(serial: int) -> None:
    """Negative, zero, more than twenty octets (RFC 5280 section 4.1.2.2)."""
    assert "-" == row("cert-serial-out-of-range", "serial_number", serial)


def test_serial_numbers() -> None:
    """From one up to twenty octets."""
    assert "++++" == row("cert-serial-out-of-range", "serial_number", 1, 2, 1 << 158, (1 << 159) - 1)


def test_lengths_of_ocsp_urls() -> None:
    """1,000 characters are allowed, in each of them."""
    urls = [("x" * length,) for length in (999, 1000, 1001)]
    assert "++++--" == row("cert-ocsp-url-too-long", "ocsp_urls", None, (), *urls, ("x", "x" * 1001))


def test_many_names() -> None:
    """Ten are not many, of whatever kind they are."""
    named = [AltNames(dns=("a.example",) * count) for count in (1, 10, 11)]
    mixed = [AltNames(("a.example",) * 5, ("192.0.2.1",) * 3, ("a@b.example",), ("a:b",), other) for other in (0, 1)]
    assert "+++-+-" == row("cert-many-names", "subject_alt_names", None, *named, *mixed)


def test_repeated_extensions() -> None:
    """Two of one name; so many that they are not compared count as repeated."""
    extensions = [Extension(f"1.2.{number}", f"name {number}", False, b"") for number in range(1001)]
    made = [(), extensions[:2], extensions[:2] + extensions[:1], extensions[:999], extensions[:1000], extensions]
    assert "++-+--" == row("cert-duplicate-extension", "extensions", *map(tuple, made))


def test_trailing_data() -> None:
    """One byte behind the certificate, or one unknown element in it."""
    assert "+--" == row("cert-trailing-data", "trailing", 0, 1, 2)
    assert "+-" == row("cert-trailing-data", "extra", (), ("an element",))


# ---------------------------------------------------------------------------------------------------------- usages


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("cert-not-for-tls-servers", "++-+------"),
        ("chain-cert-not-for-tls-servers", "++-+------"),
        ("cert-without-eku", "-+++++++++"),
        ("cert-for-other-uses", "++.-......"),
        ("cert-allows-client-auth", "++.+......"),
    ],
)
def test_single_purposes(rule: str, expected: str) -> None:
    """No extension, each purpose that has a name, and one that has none: only serverAuth and any are for servers."""
    usages = [None, *((oid,) for oid in PURPOSES), ("1.2.3.4",)]
    assert expected == row(rule, "extended_key_usage", *usages)


@pytest.mark.parametrize(
    ("rule", "only", "expected"),
    [
        ("cert-for-other-uses", "", "++------+"),
        ("cert-for-other-uses", "code-or-email", "+++--++++"),
        ("cert-allows-client-auth", "", "+-+++++++"),
    ],
)
def test_purposes_beside_servers(rule: str, only: str, expected: str) -> None:
    """Each purpose beside serverAuth, and one without a name."""
    server, *others = PURPOSES
    usages = [(server,), *((server, other) for other in others), (server, "1.2.3.4")]
    made = (answer(rule, CERTIFICATE.replace(extended_key_usage=usage), {"only": only}) for usage in usages)
    assert expected == "".join(made)


def constrained(ca: bool, length: int | None, critical: bool, self_signed: bool = False) -> Certificate:
    """Return a certificate with these basic constraints."""
    extension = Extension("2.5.29.19", "basic_constraints", critical, b"")
    constraints = BasicConstraints(ca, length)
    return CERTIFICATE.replace(extensions=(extension,), basic_constraints=constraints, self_signed=self_signed)


@pytest.mark.parametrize(("only", "expected"), [("", "++--+-++"), ("path-length", "++--++++")])
def test_basic_constraints(only: str, expected: str) -> None:
    """A path length without cA; a CA's that are not critical, unless it is a root; nothing of what is not there."""
    made = (
        *(constrained(False, None, critical) for critical in (True, False)),
        *(constrained(False, length, True) for length in (0, 3)),
        *(constrained(True, 0, critical) for critical in (True, False)),
        constrained(True, None, False, self_signed=True),
        CERTIFICATE.replace(basic_constraints=None, extensions=()),
    )
    asked = (answer("cert-basic-constraints-unsuitable", each, {"only": only}) for each in made)
    assert expected == "".join(asked)


@pytest.mark.parametrize(("empty", "expected"), [(True, "+-+"), (False, "+++")])
def test_names_that_may_be_passed_over(empty: bool, expected: str) -> None:
    """The names have to be critical where there is no subject; whether there are any, other rules ask."""
    subject = NO_NAME if empty else CERTIFICATE.subject
    made = [(Extension("2.5.29.17", "subject_alt_name", critical, b""),) for critical in (True, False)]
    assert expected == row("cert-san-not-critical", "extensions", *made, (), subject=subject)


NUMBER = der.integer(5)
PSS = "1.2.840.113549.1.1.10"


def pss(digest: int, salt: int, mask: int) -> bytes:
    """Return RSASSA-PSS with SHA-256, -384 or -512 (1 to 3) for the data and for MGF1."""
    hashes = [der.sequence(der.oid(f"2.16.840.1.101.3.4.2.{number}"), der.NULL) for number in (digest, mask)]
    mgf1 = der.sequence(der.oid("1.2.840.113549.1.1.8"), hashes[1])
    fields = der.context(0, hashes[0]), der.context(1, mgf1), der.context(2, der.integer(salt))
    return der.sequence(der.oid(PSS), der.sequence(*fields))


@pytest.mark.parametrize(
    ("encoded", "parameters", "all_of_it"),
    [
        *((der.sequence(der.oid(f"1.2.840.113549.1.1.{number}"), der.NULL), "+", "+") for number in (11, 12, 13)),
        *((der.sequence(der.oid(f"1.2.840.10045.4.3.{number}")), "+", "+") for number in (2, 3, 4)),
        *((pss(number, salt, number), "+", "+") for number, salt in ((1, 32), (2, 48), (3, 64))),
        (der.sequence(der.oid("1.2.840.113549.1.1.5"), der.NULL), "+", "+"),  # SHA-1, which has rules of its own
        (der.sequence(der.oid("1.2.840.113549.1.1.11")), "+", "-"),
        (der.sequence(der.oid("1.2.840.113549.1.1.11"), NUMBER), "-", "-"),
        (der.sequence(der.oid("1.2.840.113549.1.1.14"), der.NULL), "+", "-"),
        (der.sequence(der.oid("1.2.840.113549.1.1.16"), der.NULL), "+", "-"),
        (der.sequence(der.oid("1.2.840.10045.4.3.1")), "+", "-"),
        (der.sequence(der.oid("1.2.840.10045.4.3.2"), der.NULL), "-", "-"),
        (pss(1, 0, 1), "+", "-"),
        (pss(1, 32, 2), "+", "-"),
        (der.sequence(der.oid("2.16.840.1.101.3.4.3.2")), "+", "-"),
        (der.sequence(der.oid("1.3.101.112")), "+", "-"),
        (der.sequence(der.oid("1.3.101.112"), der.NULL), "-", "-"),
        (der.sequence(der.oid("1.2.3")), "+", "-"),
        (der.sequence(der.oid("1.2.3"), NUMBER), "+", "-"),
    ],
)
def test_signature_algorithms(encoded: bytes, parameters: str, all_of_it: str) -> None:
    """Those of the Baseline Requirements byte for byte (7.1.3.2); elsewhere what their RFCs rule out."""
    algorithm = signature_algorithm(parse(encoded))
    made = CERTIFICATE.replace(signature_algorithm=algorithm, self_signed=False)
    for rule in ("cert-signature-algorithm-not-listed", "chain-signature-algorithm-not-listed"):
        assert parameters + all_of_it == answer(rule, made, {"only": "parameters"}) + answer(rule, made)


@pytest.mark.parametrize(("octets", "shown"), [(72, 160), (73, 160), (10_000, 160), (71, 158)])
def test_an_algorithm_is_shown_up_to_eighty_octets(octets: int, shown: int) -> None:
    """The longest that is in use has 67; a megabyte of parameters is in no message."""
    encoded = der.sequence(der.oid("1.2.3"), der.octets(b"\xab" * octets))
    said = signature_says(CERTIFICATE.replace(signature_algorithm=signature_algorithm(parse(encoded))))
    assert f"1.2.3 (encoded as {encoded.hex()[:shown]})" == said


ALL_USAGES = (
    *("digital_signature", "non_repudiation", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


@pytest.mark.parametrize(
    ("kind", "alone", "beside"),
    [
        ("rsa", "+-++-----", "+-++-----"),
        ("ec", "+--------", "+---+----"),
        ("ed25519", "+++++++++", "+++++++++"),
        ("rsassa_pss", "+++++++++", "+++++++++"),
        ("dsa", "+++++++++", "+++++++++"),
    ],
)
def test_key_usages(kind: str, alone: str, beside: str) -> None:
    """Each usage alone, and beside digitalSignature; what is not known of a kind of key is no fault."""
    key = CERTIFICATE.key.replace(kind=kind)
    rule = "cert-key-usage-unsuitable"
    assert alone == row(rule, "key_usage", *((usage,) for usage in ALL_USAGES), key=key)
    assert beside == row(rule, "key_usage", *(("digital_signature", usage) for usage in ALL_USAGES), key=key)


@pytest.mark.parametrize(("kind", "expected"), [("rsa", "+-"), ("ec", "+-"), ("ed25519", "++")])
def test_no_key_usage(kind: str, expected: str) -> None:
    """Without the extension everything is allowed, with an empty one nothing is; what a CA may is asked elsewhere."""
    key = CERTIFICATE.key.replace(kind=kind)
    assert expected == row("cert-key-usage-unsuitable", "key_usage", None, (), key=key)
    assert "++" == row("cert-key-usage-unsuitable", "key_usage", None, (), key=key, basic_constraints=CA)


CA, NO_CA = BasicConstraints(True), BasicConstraints(False)


def test_cas() -> None:
    """No extension, no CA, a CA."""
    assert "++-" == row("cert-is-ca", "basic_constraints", None, NO_CA, CA)
    assert "--+" == row("chain-cert-not-a-ca", "basic_constraints", None, NO_CA, CA, key_usage=None)


def test_usages_of_cas() -> None:
    """A CA signs certificates unless its key usage says otherwise (RFC 5280 section 6.1.4 (n))."""
    usages = (None, (), *((usage,) for usage in ALL_USAGES), ALL_USAGES)
    assert "+------+---+" == row("chain-cert-not-a-ca", "key_usage", *usages, basic_constraints=CA)


def test_netscapes_types() -> None:
    """An old extension, which has to allow TLS servers where it is there."""
    types = (None, (), ("ssl_client",), ("ssl_server",), ("ssl_client", "ssl_server"))
    assert "+--++" == row("cert-netscape-type-unsuitable", "netscape_type", *types)


POISON = "1.3.6.1.4.1.11129.2.4.3"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("cert-unknown-critical-extension", "++-++-"),
        ("chain-cert-unknown-critical-extension", "++-+--"),
        ("cert-is-precertificate", "++++-+"),
    ],
)
def test_critical_extensions(rule: str, expected: str) -> None:
    """Known, unknown, critical and unknown, and the poison of a precertificate, which has a rule of its own."""
    known, unknown = Extension("1.2.3", "a name", True, b"", known=True), Extension("1.2.4", "1.2.4", False, b"", False)
    critical = unknown.replace(critical=True)
    poison = critical.replace(oid=POISON)
    made = ((known,), (unknown,), (critical,), (poison.replace(critical=False),), (poison,))
    later = (Extension("1.4", "1.4", True, b"", known=False),)
    assert expected == row(rule, "extensions", *made, later)


# ------------------------------------------------------------------------------------------------------ signatures

HASHES = ("", "md2", "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "shake_256")


@pytest.mark.parametrize("rule", ["cert-weak-signature", "chain-weak-signature"])
def test_hashes(rule: str) -> None:
    """MD2, MD5 and SHA-1 are weak; what names no hash is not."""
    made = [Algorithm("1.2.3", "a name", b"", hashed) for hashed in HASHES]
    assert "+---++++++" == row(rule, "signature_algorithm", *made, self_signed=False)


@pytest.mark.parametrize("rule", ["chain-weak-signature", "chain-cert-not-for-tls-servers"])
def test_roots_are_spared(rule: str) -> None:
    """Nobody verifies a root's own signature, or asks for its purpose."""
    weak = {"signature_algorithm": Algorithm("1.2.3", "sha1_rsa", b"", "sha1"), "extended_key_usage": ("1.2.3",)}
    assert "--." == row(rule, "self_signed", False, None, True, **weak)


def test_two_signature_algorithms() -> None:
    """The parameters count too, whatever the name."""
    inside = CERTIFICATE.tbs_signature_algorithm
    others = (inside, inside.replace(der=inside.der + b"x"), inside.replace(der=b""), inside.replace(name="another"))
    assert "+--+" == row("cert-signature-algorithms-differ", "signature_algorithm", *others)


# ------------------------------------------------------------------------------------------------------------ keys


def rsa(bits: int, exponent: int = 65537, kind: str = "rsa") -> PublicKey:
    """Return an RSA key of so many bits."""
    number = (1 << (bits - 1)) | 1
    return PublicKey(f"RSA_{bits}", kind, "", bits, numbers=(number, exponent))


def ec(name: str, curve: str | None = None, **changes: Any) -> PublicKey:
    """Return an EC key on a curve."""
    return PublicKey(f"EC_{name}", "ec", "", 256, curve or name, numbers=(1, 2)).replace(**changes)


KEYS = {
    "dh": PublicKey("DH_2048", "dh", "", 2048),
    "dsa": PublicKey("DSA_2048", "dsa", "", 2048, numbers=(7, 3, 2, 4)),
    "p-256": ec("prime256v1"),
    "p-384": ec("secp384r1"),
    "p-521": ec("secp521r1"),
    "explicit": ec("explicit", same_curve_as="prime256v1"),
    "ed25519": PublicKey("Ed25519", "ed25519", "", 255),
    "ed448": PublicKey("Ed448", "ed448", "", 456),
    "other": PublicKey("1.2.3", "other", "1.2.3"),
    "rsa-1024": rsa(1024),
    "rsa-2048": rsa(2048),
    "rsa-3072": rsa(3072),
    "pss-2048": rsa(2048, kind="rsassa_pss").replace(algorithm="RSASSA_PSS_2048"),
    "x25519": PublicKey("X25519", "x25519", "", 255),
}
"""Kinds of keys in the order of their names: what is before and behind the ones that a rule means."""


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("cert-key-not-rsa", "++--++++++++++"),
        ("cert-explicit-curve", "+++++-++++++++"),
        ("chain-cert-explicit-curve", "+++++-++++++++"),
        ("cert-pss-key", "++++++++++++-+"),
        ("cert-key-identifier-malformed", "..---....---.."),
        ("chain-cert-weak-key", "+++++++++-++++"),
        ("cert-issuer-key-type-differs", "---------++++-"),
    ],
)
def test_kinds_of_a_certificates_key(rule: str, expected: str) -> None:
    """Each kind of key, in the order of KEYS."""
    assert expected == row(rule, "key", *KEYS.values())


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("key-algorithm-not-accepted", "--++++---+++--"),
        ("key-size-not-accepted", "+++++++++-++++"),
        ("key-curve-not-accepted", "++++-+++++++++"),
        ("key-explicit-curve", "+++++-++++++++"),
        ("key-weak-exponent", "++++++++++++++"),
    ],
)
def test_kinds_of_a_private_key(rule: str, expected: str) -> None:
    """Each kind of key, in the order of KEYS."""
    assert expected == "".join(answer(rule, KEY.replace(public=key)) for key in KEYS.values())


def test_sizes_of_a_cas_key() -> None:
    """At least 2,048 bits (BR section 6.1.5)."""
    sizes = [rsa(bits) for bits in (2047, 2048, 2049)] + [rsa(bits, kind="rsassa_pss") for bits in (2047, 2048)]
    assert "-++-+" == row("chain-cert-weak-key", "key", *sizes)


EXPONENTS = (-1, 0, 1, 2, 3, 4, 65535, 65536, 65537, 65538, 65539)


@pytest.mark.parametrize("kind", ["rsa", "rsassa_pss"])
def test_exponents(kind: str) -> None:
    """Odd and at least 3 is RSA, and at least 65537 is usual; a CA's has to be RSA at least (BR section 6.1.6)."""
    made = [rsa(2048, exponent, kind) for exponent in EXPONENTS]
    assert "----+-+-+-+" == row("chain-cert-weak-key", "key", *made)
    asked = [CERTIFICATE.replace(key=key) for key in made]
    assert "--------+-+" == "".join(answer("key-weak-exponent", it) for it in asked)
    assert "----+-+-+-+" == "".join(answer("key-weak-exponent", it, {"only": "invalid"}) for it in asked)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("md5_rsa", "-+-+"),
        ("sha256_rsa", "-+-+"),
        ("rsassa_pss", "-+-+"),
        ("sha256_ecdsa", "+-+-"),
        ("sha256_dsa", "...."),
        ("ed25519", "...."),
    ],
)
def test_types_of_the_issuers_key(name: str, expected: str) -> None:
    """The signature tells whether the issuer's key is RSA or EC; of others nothing is asked."""
    keys = [KEYS[each] for each in ("p-256", "rsa-2048", "explicit", "pss-2048")]
    assert expected == row("cert-issuer-key-type-differs", "key", *keys, signature_algorithm=Algorithm("1.2.3", name))


@pytest.mark.parametrize(
    ("key", "identifier"),
    [
        ("rsa-2048", "300d06092a864886f70d0101010500"),
        ("rsa-3072", "300d06092a864886f70d0101010500"),
        ("p-256", "301306072a8648ce3d020106082a8648ce3d030107"),
        ("p-384", "301006072a8648ce3d020106052b81040022"),
        ("p-521", "301006072a8648ce3d020106052b81040023"),
    ],
)
def test_encodings_of_a_key(key: str, identifier: str) -> None:
    """Byte for byte as BR section 7.1.3.1 has it."""
    octets = bytes.fromhex(identifier)
    made = [KEYS[key].replace(identifier=each) for each in (octets, octets[:-1], octets + b"\0", b"\0" + octets[1:])]
    assert "+---" == row("cert-key-identifier-malformed", "key", *made)


# ----------------------------------------------------------------------------------------------------- private keys


def key_row(rule: str, *changes: dict[str, Any], **demand: Any) -> str:
    """Return the letters of what becomes of *rule* with each of *changes* of the private key."""
    return "".join(answer(rule, KEY.replace(**each), demand) for each in changes)


LABELS = (
    *("", "PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "DSA PRIVATE KEY"),
    *("OPENSSH PRIVATE KEY", "ANY PRIVATE KEY", "ZZ PRIVATE KEY"),
)


@pytest.mark.parametrize(
    ("body", "form", "label"),
    [
        ("pkcs8", "+++++----", "++-----++"),
        ("pkcs1", "+++++----", "+-+----++"),
        ("sec1", "+++++----", "+--+---++"),
        ("encrypted-pkcs8", "+++++----", "+---+--++"),
        ("dsa", "---------", "+----+-++"),
        ("openssh", "---------", "+-----+++"),
        ("legacy", "+++++----", "+++++++++"),
        ("", "+++++----", "+++++++++"),
    ],
)
def test_labels_of_a_key(body: str, form: str, label: str) -> None:
    """Each label above each body: which formats are taken, and which label belongs to another body."""
    made = [{"body": body, "label": each} for each in LABELS]
    assert (form, label) == (key_row("key-format-not-accepted", *made), key_row("key-label-wrong", *made))


def test_pkcs8() -> None:
    """Its label alone tells what the documents of 2017 do not show; its version 2 is told by what is in it."""
    assert "+-+++++++" == key_row("key-is-pkcs8", *({"label": each} for each in LABELS))
    assert "+-" == key_row("key-pkcs8-version-2", {"version_2": False}, {"version_2": True})


def test_primes() -> None:
    """Two are usual; of a key with more its relations are not asked for."""
    primes = [{"primes": count, "faults": ("a fault",)} for count in (1, 2, 3)]
    assert ("-+-", ".-.") == (key_row("key-multi-prime", *primes), key_row("key-inconsistent", *primes))


def test_contradictions() -> None:
    """A broken relation or an odd form; a number out of its curve's range is told by another rule."""
    faults = [{"faults": each} for each in ((), ("a fault",), ("d is not below the order of the curve",))]
    assert "+-.-" == key_row("key-inconsistent", *faults, {"oddities": ("odd",)})


def test_encryption() -> None:
    """What is encrypted, unless what opens the container opens it too."""
    inside = Location("a.p12", path="pkcs12.key")
    closed = {"encrypted": True}
    assert "+-." == key_row("key-encrypted", {"encrypted": False}, closed, {**closed, "at": inside})


MODES = (None, 0, 0o400, 0o600, 0o700, 0o711, 0o733, 0o640, 0o604, 0o644, 0o777, 0o1600, 0o4600)


def test_permissions() -> None:
    """Only that others may read counts: not that they may write, or run it, and not the owner's own."""
    made = [Input("private key", Location("key.pem"), 1, (KEY,), mode=mode) for mode in MODES]
    assert ".++++++----++" == "".join(answer("key-file-readable-by-others", it) for it in made)


@pytest.mark.parametrize(("above", "expected"), [(5_120, "++-"), (5_119, "+--"), (5_121, "+++")])
def test_sizes_of_a_keys_file(above: int, expected: str) -> None:
    """What is as long as the limit is not too long."""
    made = [Input("private key", Location("key.pem"), size) for size in (5_119, 5_120, 5_121)]
    assert expected == "".join(answer("key-too-large", it, {"above": above}) for it in made)


def test_what_is_no_keys_file_has_no_size() -> None:
    """Another role, and what a wrapper holds, is not what is uploaded."""
    made = [Input(role, Location("a"), 9_000) for role in ("certificate", "certificate chain", "zzz", "")]
    wrapped = Input("private key", Location("a"), 9_000, wrapper="a ZIP archive")
    assert "....." == "".join(answer("key-too-large", it, {"above": 5_120}) for it in [*made, wrapped])


# ----------------------------------------------------------------------------------------------------------- names


def name(*common: str) -> Name:
    """Return a distinguished name with these common names."""
    rdns = tuple((("2.5.4.3", each),) for each in common)
    return Name(repr(common).encode(), ",".join(f"CN={each}" for each in common), rdns)


NAMES = {
    "nothing": (name(), None),
    "an empty extension": (name(), AltNames()),
    "a CN": (name("a.example.com"), None),
    "a CN without a dot": (name("localhost"), None),
    "an address as CN": (name("192.0.2.1"), None),
    "a DNS name": (name(), AltNames(dns=("a.example.com",))),
    "a DNS name without a dot": (name(), AltNames(dns=("localhost",))),
    "both": (name(), AltNames(dns=("localhost", "a.example.com"))),
    "an address": (name(), AltNames(ip=("192.0.2.1",))),
    "an address and a DNS name": (name(), AltNames(("a.example.com",), ("192.0.2.1",))),
    "a mail address": (name(), AltNames(email=("a@example.com",))),
    "a CN that is an alternative name too": (name("A.example.com"), AltNames(dns=("b.example", "a.EXAMPLE.com"))),
    "a CN that is an address too": (name("192.0.2.1"), AltNames(ip=("192.0.2.1",))),
    "a CN that is none": (name("c.example.com"), AltNames(dns=("a.example.com",))),
    "one of two CNs": (name("a.example.com", "c.example.com"), AltNames(dns=("a.example.com",))),
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("cert-no-domain", "--+-++++++-++++"),
        ("cert-single-label", "++++++-++++++++"),
        ("cert-only-ip-addresses", "++++-+++-+++-++"),
        ("cert-without-san", "..-.-+++++.++++"),
        ("cert-cn-not-in-san", "+++++++++++++--"),
    ],
)
def test_names(rule: str, expected: str) -> None:
    """Common and alternative names, in the order of NAMES."""
    made = [CERTIFICATE.replace(subject=subject, subject_alt_names=names) for subject, names in NAMES.values()]
    assert expected == "".join(answer(rule, it) for it in made)


def test_names_are_cut_where_dns_would_cut_them() -> None:
    """253 characters are shown in full."""
    said = [
        BY_NAME["cert-does-not-cover-hostname"].words("says", CERTIFICATE, Want(TARGET, AT, ("x" * length,)))
        for length in (252, 253, 254)
    ]
    assert [True, True, False] == [f" {'x' * length};" in each for length, each in zip((252, 253, 254), said)]


@pytest.mark.parametrize(
    ("common", "words"), [((), "it has no CN"), (("a b",), "its CN a b is not a fully qualified domain name")]
)
def test_a_certificate_for_no_domain_says_what_stands_in_its_place(common: tuple[str, ...], words: str) -> None:
    """The common name, if there is one."""
    it = CERTIFICATE.replace(subject=name(*common), subject_alt_names=None)
    assert BY_NAME["cert-no-domain"].words("says", it, Want(TARGET, AT)).endswith(f", and {words}")


# ------------------------------------------------------------------------------------------------------- re-imports


def again(rule: str, old: dict[str, Any], new: dict[str, Any]) -> str:
    """Return the letter of what becomes of a rule about the certificate to replace and the one that replaces it."""
    it = Replacement(Location("old.pem"), CERTIFICATE.replace(**old), CERTIFICATE.replace(**new))
    return answer(rule, it)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [("rsa", "rsa", "---"), ("ec", "ec", "+--"), ("ed25519", "ed25519", "---"), ("dsa", "dsa", "---")]
    + [(old, new, "...") for old, new in (("rsa", "ec"), ("ec", "rsa"), ("dsa", "ec"), ("ec", "ed25519"))],
)
def test_usages_that_a_re_import_loses(old: str, new: str, expected: str) -> None:
    """None may go but keyEncipherment of EC certificates, whatever the order of the alphabet; and that goes alone."""
    keys = [{"key": CERTIFICATE.key.replace(kind=kind)} for kind in (old, new)]
    lost = ("key_encipherment", "digital_signature", "key_agreement")
    rule, new_facts = "reimport-key-usage-removed", {**keys[1], "key_usage": ("crl_sign",)}
    rows = (again(rule, {**keys[0], "key_usage": ("crl_sign", each)}, new_facts) for each in lost)
    assert expected == "".join(rows)


def test_usages_that_a_re_import_keeps() -> None:
    """What is added, and what was never said, is not lost; the whole extension is."""
    pairs = (((), ("crl_sign",)), (None, ("crl_sign",)), (("crl_sign",), None), (("crl_sign",), ()), (None, None))
    answers = (again("reimport-key-usage-removed", {"key_usage": old}, {"key_usage": new}) for old, new in pairs)
    assert "++--+" == "".join(answers)


def test_purposes_that_a_re_import_loses() -> None:
    """Each but clientAuth, the first and the last by their numbers too."""
    server, *others = PURPOSES
    rows = [
        again("reimport-eku-removed", {"extended_key_usage": (server, oid)}, {"extended_key_usage": (server,)})
        for oid in (*others, "0.1", "9.9")
    ]
    pairs = (((server,), None), ((server,), ()), (None, (server,)), ((server,), (server, "1.2")), (None, None))
    for old, new in pairs:
        rows.append(again("reimport-eku-removed", {"extended_key_usage": old}, {"extended_key_usage": new}))
    assert "+------" + "--" + "--+++" == "".join(rows)


@pytest.mark.parametrize("field", ["key_usage", "extended_key_usage"])
def test_usage_extensions_that_a_re_import_adds(field: str) -> None:
    """Only where there was none, even if it is empty."""
    pairs = ((None, ("1.2",)), (None, ()), ((), ("1.2",)), (("1.2",), None), (None, None))
    rows = [again("reimport-usage-extension-added", {field: old}, {field: new}) for old, new in pairs]
    assert "--+++" == "".join(rows)


def test_names_that_a_re_import_loses() -> None:
    """All of them, or one; a wildcard keeps what it covers, and capitals do not matter."""
    names = [((), ()), ((), ("a.example",)), (("a.example",), ()), (("a.example",), ("b.example",))]
    wildcard = ("*.b.example",)
    names += [(("A.example",), ("a.example",)), (("a.b.example",), wildcard), (("b.example",), wildcard)]
    made = [[{"subject": name(), "subject_alt_names": AltNames(each)} for each in pair] for pair in names]
    assert "++-++++" == "".join(again("reimport-domains-removed", *each) for each in made)
    assert "+++-++-" == "".join(again("reimport-names-removed", *each) for each in made)


def test_a_re_import_that_ends_earlier() -> None:
    """By a second; what ends at the same moment is as long."""
    ends = (AT - SECOND, AT, AT + SECOND)
    rows = (again("reimport-expires-earlier", {"not_after": AT}, {"not_after": end}) for end in ends)
    assert "-++" == "".join(rows)


def test_types_of_key_in_a_re_import() -> None:
    """Kind and size stay."""
    pairs = [(old, new) for old in ("rsa-2048", "rsa-3072", "p-256") for new in ("rsa-2048", "rsa-3072", "p-256")]
    rows = (again("reimport-key-type-differs", {"key": KEYS[old]}, {"key": KEYS[new]}) for old, new in pairs)
    assert "+---+---+" == "".join(rows)


@pytest.mark.parametrize(
    ("scts", "end", "words"),
    [
        (None, 1, "timestamps of no transparency logs are embedded; a lifetime of 1 day asks for 2"),
        (0, 1, "timestamps of no transparency logs are embedded; a lifetime of 1 day asks for 2"),
        (1, 180, "timestamps of 1 transparency log are embedded; a lifetime of 180 days asks for 2"),
        (2, 181, "timestamps of 2 transparency logs are embedded; a lifetime of 181 days asks for 3"),
    ],
)
def test_logs_are_counted(scts: int | None, end: int, words: str) -> None:
    """One is singular."""
    it = CERTIFICATE.replace(scts=scts, not_after=CERTIFICATE.not_before + end * DAY - SECOND)
    assert words == BY_NAME["cert-without-scts"].words("says", it, Want(TARGET, AT))


def test_regions_of_an_import_and_of_an_arn_are_one() -> None:
    """Before and behind in the alphabet is another."""
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/1"
    regions = ("eu-west-1", "eu-central-1", "us-east-1", "")
    rows = (answer("arn-in-another-region", None, region=region, certificate_arn=arn) for region in regions)
    assert "+--." == "".join(rows)


def test_only_an_acm_command_is_asked_for_its_prefixes() -> None:
    """IAM's takes text."""
    sources = ("a.pem", "b.pem", "c.pem")
    operations = ("import-certificate", "upload-server-certificate", "a", "zzz")
    rows = (answer("file-prefix-not-fileb", None, command=(each, *sources)) for each in operations)
    assert "-..." == "".join(rows)


def test_hostnames_in_capitals() -> None:
    """One letter is enough."""
    names = ("www.example.com", "WWW.EXAMPLE.COM", "www.example.coM", "1.example")
    rows = (answer("hostname-not-lowercase", CERTIFICATE, hostnames=(each,)) for each in names)
    assert "+--+" == "".join(rows)


def test_a_curve_before_and_behind_the_accepted_ones_is_not_accepted() -> None:
    """Whatever it is called; one that is spelled out has a rule of its own."""
    curves = ("brainpoolP256r1", "explicit", "prime256v1", "secp256k1", "secp384r1", "zzz")
    rows = (answer("key-curve-not-accepted", KEY.replace(public=ec(curve))) for curve in curves)
    assert "-++-+-" == "".join(rows)


@pytest.mark.parametrize(("length", "expected"), [(19, "-"), (20, "+"), (2047, "+"), (2048, "+"), (2049, "-")])
def test_lengths_of_arns(length: int, expected: str) -> None:
    """20 to 2,048 characters (botocore: Arn)."""
    start = "arn:a:acm::1:"
    assert expected == answer("arn-malformed", None, certificate_arn=start + "c" * (length - len(start)))


def test_only_cloudformation_cannot_import() -> None:
    """Every other way can, before and behind it in the alphabet."""
    ways = ("api", "a", "cli", "cloudformation", "console", "sdk", "terraform")
    rows = (answer("cloudformation-cannot-import", None, via=each) for each in ways)
    assert "+++-+++" == "".join(rows)


@pytest.mark.parametrize("path", [False, True])
@pytest.mark.parametrize(("self_signed", "expected"), [(True, "++"), (None, "++"), (False, "-+")])
def test_a_certificate_that_names_itself(path: bool, self_signed: bool | None, expected: str) -> None:
    """It is signed with its own key, or a chain explains who signed it."""
    it = facts("clean-rsa-2048")
    leaf = CERTIFICATE.replace(issuer=CERTIFICATE.subject, self_signed=self_signed)
    asked = it.replace(leaf=leaf, path=it.path if path else None)
    assert expected[path] == answer("cert-self-issued-not-self-signed", asked)


@pytest.mark.parametrize("usage", [ALL_USAGES, ALL_USAGES[:1], ()])
def test_changes_of_a_re_import_name_every_usage(usage: tuple[str, ...]) -> None:
    """There are nine of them."""
    it = Replacement(Location("old.pem"), CERTIFICATE.replace(key_usage=usage), CERTIFICATE.replace(key_usage=None))
    words = ", ".join(usages(usage)) or "none"
    assert ("key usage", f"{words} -> no extension") in changes(it)


def test_a_new_certificate_of_a_public_ca_is_asked_of_the_ca() -> None:
    """No command makes one, though the old one is self-signed."""
    want = Want(TARGET, AT)
    it = facts("clean-rsa-2048").replace(leaf=CERTIFICATE.replace(self_signed=True))
    said = [BY_NAME[rule].words("fix", it, want) for rule in ("cert-self-signed", "cert-not-publicly-trusted")]
    assert [True, True] == ["a request to send there: `openssl req -new -key" in each for each in said]
