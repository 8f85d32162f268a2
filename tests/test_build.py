from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timezone
from math import isqrt
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from fixtures import build, der, generate
from fixtures.build import OTHER_KEY, PASSPHRASE, ROOT, Case, Certificate, certificate, ec_leaf, leaf, load_key
from fixtures.sign import HASHES, KEYS, SIGNATURES, identifier, sign

pytestmark = pytest.mark.once

REPOSITORY = Path(generate.__file__).parent.parent
EC_KEYS = ("p256-a", "p384-a", "p521-a")
SIGNERS = [
    *[("rsa-2048-a", name) for name in HASHES if name not in ("md5", "sha1")],
    *[("rsa-2048-a", f"pss-{name}") for name in ("sha1", "sha256", "sha384", "sha512")],
    *[("rsa-2047", kind) for kind in ("sha256", "pss-sha256")],
    ("rsa-multi-prime", "sha256"),
    *[(key, name) for key in EC_KEYS for name in ("sha224", "sha256", "sha384", "sha512", "sha3_256")],
    ("ed25519-a", "sha256"),
    ("ed448", "sha256"),
    ("dsa-2048", "sha256"),
]


def _parsed(made: Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(made.der)


def _extension(made: Certificate, kind: str) -> Any:
    return _parsed(made).extensions.get_extension_for_oid(x509.ObjectIdentifier(build.EXTENSIONS[kind])).value


def _private(name: str) -> Any:
    return serialization.load_pem_private_key(load_key(name).pem.encode(), None, unsafe_skip_rsa_key_validation=True)


def _pyca_hash(name: str) -> Any:
    return getattr(hashes, name.upper())()


# ---------------------------------------------------------------------------------------------- signatures


@pytest.mark.parametrize(("key", "signature"), SIGNERS)
def test_a_signature_verifies(key: str, signature: str) -> None:
    """Another implementation accepts what a certificate says about itself, algorithm included."""
    made = _parsed(certificate(key=key, signature=signature))
    assert made.verify_directly_issued_by(made) is None  # type: ignore[func-returns-value]  # it raises


@pytest.mark.parametrize("hash_name", ["md5", "sha1"])
def test_an_old_signature_is_called_by_its_name(hash_name: str) -> None:
    """Signatures that others refuse to verify say at least which they are."""
    assert hash_name == getattr(_parsed(leaf(signature=hash_name)).signature_hash_algorithm, "name", None)


@pytest.mark.parametrize("hash_name", HASHES)
def test_an_rsa_signature_is_the_only_one_there_is(hash_name: str) -> None:
    """RSASSA-PKCS1-v1_5 leaves no choice, so every implementation makes these bytes."""
    expected = _private("rsa-2048-a").sign(b"data", padding.PKCS1v15(), _pyca_hash(hash_name))
    assert expected == sign(b"data", hash_name, "rsa-2048-a")


@pytest.mark.parametrize("key", EC_KEYS)
@pytest.mark.parametrize("hash_name", ["sha1", "sha256", "sha384", "sha512"])
def test_an_ecdsa_signature_is_that_of_rfc_6979(key: str, hash_name: str) -> None:
    """Nonces are those of RFC 6979, so every implementation of it makes these bytes."""
    try:
        expected = _private(key).sign(b"data", ec.ECDSA(_pyca_hash(hash_name), deterministic_signing=True))
    except UnsupportedAlgorithm:
        pytest.skip("OpenSSL is older than 3.2")
    assert expected == sign(b"data", hash_name, key)


@pytest.mark.parametrize("key", ["ed25519-a", "ed25519-b", "ed448"])
def test_an_edwards_signature_is_that_of_rfc_8032(key: str) -> None:
    """RFC 8032 leaves no choice, so every implementation makes these bytes."""
    assert _private(key).sign(b"data") == sign(b"data", "", key)


@pytest.mark.parametrize("key", ["ed25519-a", "ed448", "p256-a", "rsa-pss"])
def test_a_key_has_its_own_kind_of_signature(key: str) -> None:
    """The AlgorithmIdentifier follows from the key where the key allows only one kind."""
    expected = {"ed25519-a": "1.3.101.112", "ed448": "1.3.101.113", "p256-a": SIGNATURES["1.2.840.10045.2.1", "sha256"]}
    assert der.oid(expected.get(key, "1.2.840.113549.1.1.10")) == der.children(identifier("sha256", key))[0]


def test_the_pss_salt_follows_from_the_data() -> None:
    """RSASSA-PSS has no random part here."""
    assert sign.__wrapped__(b"data", "pss-sha256", "rsa-pss") == sign.__wrapped__(b"data", "pss-sha256", "rsa-pss")


# -------------------------------------------------------------------------------------------- certificates


def test_every_field_is_as_asked() -> None:
    """What the arguments say is what another implementation reads."""
    made = _parsed(
        certificate(
            "CN=a.example,OU=Unit+O=Org\\, Inc.,C=DE",
            "p256-a",
            ROOT,
            serial=0x1234,
            signature="sha384",
            not_before="2026-02-03",
            not_after="2051-04-05T06:07:08Z",
        )
    )
    assert (
        "CN=a.example,OU=Unit+O=Org\\, Inc.,C=DE",
        "CN=Test Root R1,O=Example Trust",
        0x1234,
        "sha384",
        datetime(2026, 2, 3, tzinfo=timezone.utc),
        datetime(2051, 4, 5, 6, 7, 8, tzinfo=timezone.utc),
        x509.Version.v3,
    ) == (
        made.subject.rfc4514_string(),
        made.issuer.rfc4514_string(),
        made.serial_number,
        getattr(made.signature_hash_algorithm, "name", None),
        made.not_valid_before_utc,
        made.not_valid_after_utc,
        made.version,
    )


def test_a_certificate_holds_its_key() -> None:
    """The SubjectPublicKeyInfo is the named key's."""
    public = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    assert load_key("p521-b").spki == _parsed(ec_leaf(key="p521-b")).public_key().public_bytes(*public)


def test_names_have_the_string_types_of_rfc_5280() -> None:
    """Text is UTF8String, a country PrintableString, a mail address IA5String, unless another type is asked for."""
    expected = der.sequence(
        der.set_of(der.sequence(der.oid("2.5.4.6"), der.printable("DE"))),
        der.set_of(der.sequence(der.oid("2.5.4.3"), der.utf8("a.example"))),
        der.set_of(der.sequence(der.oid("1.2.840.113549.1.9.1"), der.ia5("post@example.com"))),
    )
    assert expected == build.name("emailAddress=post@example.com,CN=a.example,C=DE")
    assert der.bmp("x") in build.name("CN=x", der.bmp)


def test_every_kind_of_alternative_name_can_be_asked_for() -> None:
    """GeneralNames are read back as they were written."""
    san = ("DNS:a.example", "IP:192.0.2.1", "IP:2001:db8::1", "email:a@example.com", "URI:http://a/", "dirName:CN=x")
    values = [each.value for each in _extension(leaf(san=(*san, "RID:1.2.3")), "subject_alt_name")]
    names = [each.rfc4514_string() if isinstance(each, x509.Name) else str(each) for each in values]
    assert [each.partition(":")[2] for each in san] == names[:-1]
    assert x509.ObjectIdentifier("1.2.3") == values[-1]


def test_usual_extensions_are_those_of_a_server() -> None:
    """A leaf has what RFC 5280 and the Baseline Requirements ask of a server's certificate."""
    expected = [
        ("basicConstraints", True),
        ("keyUsage", True),
        ("extendedKeyUsage", False),
        ("subjectKeyIdentifier", False),
        ("authorityKeyIdentifier", False),
        ("subjectAltName", False),
        ("authorityInfoAccess", False),
    ]
    assert expected == [(each.oid._name, each.critical) for each in _parsed(leaf()).extensions]


@pytest.mark.parametrize(("made", "expected"), [(leaf(), [0, 2]), (ec_leaf(), [0]), (ROOT, [5, 6])])
def test_key_usage_suits_the_key(made: Certificate, expected: list[int]) -> None:
    """RSA may encipher keys, ECDSA signs only, a CA signs certificates and CRLs."""
    usage = _extension(made, "key_usage")
    assert expected == [n for n, name in enumerate(build.KEY_USAGES[:7]) if _has(usage, name)]


def _has(usage: Any, name: str) -> bool:
    return bool(getattr(usage, {"non_repudiation": "content_commitment"}.get(name, name)))


def test_key_identifiers_link_a_certificate_to_its_issuer() -> None:
    """The authority key identifier is the issuer's subject key identifier."""
    expected = _extension(build.INTERMEDIATE, "subject_key_identifier").digest
    assert expected == _extension(leaf(), "authority_key_identifier").key_identifier


def test_basic_constraints_and_name_constraints_are_as_asked() -> None:
    """A constrained CA is read back as it was written."""
    made = build.authority(
        "CN=CA", "p256-a", path_length=0, name_constraints=(("DNS:example.com",), ("IP:192.0.2.0/24",))
    )
    constraints = _extension(made, "name_constraints")
    assert (
        _extension(made, "basic_constraints").path_length,
        constraints.permitted_subtrees[0].value,
        str(constraints.excluded_subtrees[0].value),
    ) == (0, "example.com", "192.0.2.0/24")


def test_an_issuer_can_have_lost_its_key() -> None:
    """A re-keyed issuer has the same name and identifier, and its signature does not verify with the old key."""
    made = leaf(issuer=build.INTERMEDIATE.rekeyed(OTHER_KEY))
    assert build.INTERMEDIATE.subject == _parsed(made).issuer.public_bytes()
    with pytest.raises(InvalidSignature):
        _parsed(made).verify_directly_issued_by(_parsed(build.INTERMEDIATE))


def test_the_chain_is_the_way_to_the_root_without_it() -> None:
    """The nearest issuer stands first."""
    expected = (build.INTERMEDIATE_3, build.INTERMEDIATE_2, build.INTERMEDIATE)
    assert expected == leaf(issuer=build.INTERMEDIATE_3).chain


def test_serial_numbers_differ_wherever_anything_differs() -> None:
    """One issuer never uses a serial number twice, and each is positive and 16 octets long."""
    serials = [_parsed(each).serial_number for each in (leaf(), leaf(not_after="2027-01-02"), leaf(key=OTHER_KEY))]
    assert [each.bit_length() // 8 + 1 for each in dict.fromkeys(serials)] == [16, 16, 16]


# ------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"not_before": der.utc_time("not a time")}, der.utc_time("not a time")),
        ({"serial": -1}, b"\x02\x01\xff"),
        ({"serial": der.NULL}, b"\xa0\x03\x02\x01\x02" + der.NULL),
        ({"version": 4}, b"\xa0\x03\x02\x01\x03"),
        ({"issuer_name": b"\x30\x00"}, identifier("sha256", "rsa-2048-b") + b"\x30\x00"),
        ({"issuer_name": ""}, identifier("sha256", "rsa-2048-b") + b"\x30\x00"),
        ({"spki": der.sequence()}, der.sequence() + b"\xa3"),
        ({"extra_extensions": [("1.2.3", True, der.NULL)]}, build.extension("1.2.3", True, der.NULL)),
        ({"extra_extensions": [der.NULL]}, der.NULL),
        ({"extra_fields": der.context(5, der.NULL)}, der.context(5, der.NULL)),
        ({"extensions": der.octets(b"none")}, der.context(3, der.octets(b"none"))),
        ({"tamper_tbs": lambda tbs: tbs.replace(b"example", b"EXAMPLE")}, b"EXAMPLE"),
        ({"tamper_signature": lambda signature: b"forged"}, der.bits(b"forged")),
        ({"signature": der.sequence(der.oid("1.2.3"))}, der.sequence(der.oid("1.2.3"))),
    ],
)
def test_a_fault_goes_in_as_it_is(changes: dict[str, Any], found: bytes) -> None:
    """Every field takes the DER that a case needs."""
    assert found in leaf(**changes).der


def test_version_1_has_no_extensions_unless_asked() -> None:
    """Version 1 is well formed, or wrong on purpose."""
    plain, wrong = _parsed(leaf(version=1)), _parsed(leaf(version=1, serial=1, extensions=True))
    assert (x509.Version.v1, 0) == (plain.version, len(plain.extensions))
    assert x509.Version.v1 == wrong.version
    assert b"\xa3" + leaf().der.partition(b"\xa3")[2][:3] in leaf(version=1, extensions=True).der


def test_inner_and_outer_algorithm_can_differ() -> None:
    """The TBSCertificate says one algorithm, the certificate another."""
    tbs, outer, _ = der.children(leaf(inner_signature="sha512").der)
    assert (identifier("sha512", "rsa-2048-b"), identifier("sha256", "rsa-2048-b")) == (der.children(tbs)[2], outer)


# ------------------------------------------------------------------------------------------- other objects


def test_a_request_verifies() -> None:
    """A PKCS#10 request is signed by its own key."""
    made = x509.load_der_x509_csr(build.certificate_request("CN=a.example", "p256-a"))
    assert (made.subject.rfc4514_string(), made.is_signature_valid) == ("CN=a.example", True)


def test_pkcs7_holds_the_certificates() -> None:
    """A PKCS#7 bundle is read back as it was written."""
    from cryptography.hazmat.primitives.serialization import pkcs7

    made = pkcs7.load_der_pkcs7_certificates(build.pkcs7(build.INTERMEDIATE, ROOT))
    assert {_parsed(build.INTERMEDIATE), _parsed(ROOT)} == set(made)


def test_pem_has_64_columns_and_lf() -> None:
    """PEM is as RFC 7468 generates it, or as narrow, wide or foreign as asked."""
    assert f"-----BEGIN X-----\n{'A' * 64}\nAAA=\n-----END X-----\n" == der.pem("X", bytes(50))
    assert der.pem("X", bytes(3), 2, "\r\n") == "-----BEGIN X-----\r\nAA\r\nAA\r\n-----END X-----\r\n"


@pytest.mark.parametrize(
    ("value", "expected"),
    [(0, "020100"), (127, "02017f"), (128, "02020080"), (-1, "0201ff"), (-128, "020180"), (-129, "0202ff7f")],
)
def test_integers_are_as_short_as_can_be(value: int, expected: str) -> None:
    """X.690 section 8.3."""
    assert expected == der.integer(value).hex()
    assert value == der.number(der.integer(value))


@pytest.mark.parametrize(
    ("dotted", "expected"),
    [("2.5.4.3", "0603550403"), ("1.2.840.113549", "06062a864886f70d"), ("2.999.0", "0603883700")],
)
def test_object_identifiers_are_base_128(dotted: str, expected: str) -> None:
    """X.690 section 8.19."""
    assert expected == der.oid(dotted).hex()


@pytest.mark.parametrize(
    ("size", "expected"), [(0, "0400"), (127, "047f"), (128, "048180"), (256, "04820100"), (65536, "0483010000")]
)
def test_lengths_are_as_short_as_can_be(size: int, expected: str) -> None:
    """X.690 section 10.1."""
    element = der.octets(bytes(size))
    assert expected == element[: len(element) - size].hex()
    assert [element, der.NULL] == der.children(der.sequence(element, der.NULL))


@pytest.mark.parametrize(
    ("positions", "expected"), [((), "030100"), ((0,), "03020780"), ((0, 2), "030205a0"), ((8,), "0303070080")]
)
def test_named_bits_have_no_trailing_zeros(positions: tuple[int, ...], expected: str) -> None:
    """X.690 section 11.2.2."""
    assert expected == der.named_bits(*positions).hex()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-01", der.utc_time("260101000000Z")),
        ("1950-01-01", der.utc_time("500101000000Z")),
        ("2049-12-31T23:59:59Z", der.utc_time("491231235959Z")),
        ("2050-01-01", der.generalized_time("20500101000000Z")),
        ("1949-12-31T23:00:00-01:00", der.utc_time("500101000000Z")),
        ("9999-12-31T23:59:59Z", der.generalized_time("99991231235959Z")),
    ],
)
def test_times_are_those_of_rfc_5280(moment: str, expected: bytes) -> None:
    """UTCTime through 2049, GeneralizedTime from 2050 on."""
    assert expected == der.time(moment)


# --------------------------------------------------------------------------------------------------- keys


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@pytest.mark.parametrize("name", sorted(path.stem for path in KEYS.glob("*.pem")))
def test_the_committed_public_half_belongs_to_the_key(name: str) -> None:
    """Another implementation derives the same public key from the private one."""
    text = load_key(name).pem.encode()
    password = PASSPHRASE.encode() if "encrypted" in name else None
    form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    try:
        if "openssh" in name:
            key: Any = serialization.load_ssh_private_key(text, password)
        else:
            key = serialization.load_pem_private_key(text, password, unsafe_skip_rsa_key_validation=True)
    except (UnsupportedAlgorithm, ValueError) as reason:
        pytest.skip(str(reason))
    actual = key.public_key().public_bytes(*form)
    assert _comparable(load_key(name).spki) == _comparable(actual)


def _comparable(spki: bytes) -> bytes:
    """Without the AlgorithmIdentifier: pyca forgets that a key was RSASSA-PSS or had explicit parameters."""
    return der.children(spki)[1]


@pytest.mark.parametrize(
    ("name", "bits"),
    [(f"rsa-{bits}", bits) for bits in (1024, 1536, 2047, 2056, 3072, 4096, 8192)]
    + [(name, 2048) for name in ("rsa-e3", "rsa-close-primes", "rsa-roca", "rsa-multi-prime", "rsa-pss")],
)
def test_a_modulus_has_exactly_as_many_bits_as_its_name_says(name: str, bits: int) -> None:
    """2047 bits are not 2048."""
    assert bits == load_key(name).numbers[1].bit_length()


def test_the_exponent_is_three() -> None:
    """rsa-e3 has the exponent 3."""
    assert load_key("rsa-e3").numbers[2] == 3


def test_three_primes_make_version_1() -> None:
    """rsa-multi-prime has more than two primes (RFC 8017 appendix A.1.2)."""
    assert load_key("rsa-multi-prime").numbers[0] == 1


def test_close_primes_fall_to_fermat_in_under_100_steps() -> None:
    """rsa-close-primes is found quickly, but not at the first step."""
    n = load_key("rsa-close-primes").numbers[1]
    start = isqrt(n) + 1
    steps = [step for step in range(100) if isqrt((start + step) ** 2 - n) ** 2 == (start + step) ** 2 - n]
    assert steps
    assert steps[0] > 1


def test_the_roca_key_has_the_fingerprint() -> None:
    """Modulo each of the small primes, the modulus is a power of 65537 (CVE-2017-15361)."""
    n = load_key("rsa-roca").numbers[1]
    primes = [p for p in range(3, 168) if all(p % q for q in range(2, p))]
    assert all(n % p in {pow(65537, power, p) for power in range(p)} for p in primes)


def test_traditional_forms_are_the_same_key() -> None:
    """PKCS#1 and SEC1 are read back as the key that PKCS#8 holds."""
    assert _private("rsa-1024").private_numbers() == _loaded(load_key("rsa-1024").pkcs1).private_numbers()
    assert _private("p384-a").private_numbers() == _loaded(load_key("p384-a").sec1).private_numbers()


def _loaded(text: str) -> Any:
    return serialization.load_pem_private_key(text.encode(), None)


# ---------------------------------------------------------------------------------------- the same bytes


def test_a_build_is_the_same_whatever_the_hash_seed() -> None:
    """Another process, with another order of sets and dictionaries, builds the same bytes."""
    code = (
        "import hashlib, sys; sys.path.append(sys.argv[1]); from fixtures.build import *;"
        "made = leaf().der + ec_leaf().der + certificate(key='rsa-pss').der + certificate(key='ed25519-a').der;"
        "print(hashlib.sha256(made).hexdigest())"
    )

    def run(seed: str) -> str:
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        return subprocess.run(
            [sys.executable, "-c", code, str(REPOSITORY)], env=environment, check=True, capture_output=True, text=True
        ).stdout

    assert run("1") == run("2")


# ------------------------------------------------------------------------------------------------- cases


def test_a_case_brings_the_key_and_the_chain_of_its_certificate() -> None:
    """Only what differs is said."""
    expected = {
        "certificate.pem": ec_leaf().pem.encode(),
        "private-key.pem": load_key(build.EC_LEAF_KEY).pem.encode(),
        "certificate-chain.pem": build.EC_INTERMEDIATE.pem.encode(),
    }
    assert expected == Case(ec_leaf()).contents()


def test_an_input_can_be_left_out() -> None:
    """None is an input that is not given."""
    assert list(Case("x", None, None).contents()) == ["certificate.pem"]


def test_a_file_is_everything_that_it_is_given() -> None:
    """Text, bytes and objects, one behind the other."""
    assert b"a" + ROOT.pem.encode() + b"\xff" == build.file_bytes(["a", (ROOT, b"\xff")])


def test_the_header_says_how_a_case_is_judged() -> None:
    """One line each, then an empty one."""
    case = Case(target="iam", options={"hostname": ("a", "b"), "region": "us-east-1"})
    expected = "target: iam\nat: 2026-06-01T00:00:00Z\nhostname: a\nhostname: b\nregion: us-east-1\n\n"
    assert expected == case.header()


CASES = {"a-case": Case("certificate", "key", None)}


def test_a_case_is_written_once(tmp_path: Path) -> None:
    """What was written is not written again."""
    assert {"certificate.pem": b"certificate", "private-key.pem": b"key", "expected.txt": _header()} == _write(tmp_path)
    assert list(generate.find_changes(CASES, tmp_path)) == []


def test_the_report_is_kept(tmp_path: Path) -> None:
    """The header is the table's, the report pytest's."""
    _write(tmp_path)
    (tmp_path / "a-case" / "expected.txt").write_bytes(b"target: old\n\nthe\n\nreport\n")
    assert _header() + b"the\n\nreport\n" == _write(tmp_path)["expected.txt"]


def test_a_stale_file_is_removed_and_a_strange_folder_named(tmp_path: Path) -> None:
    """Nothing stays behind unseen."""
    _write(tmp_path)
    (tmp_path / "a-case" / "old.pem").touch()
    for folder in ("strange", "keys", "__pycache__"):
        (tmp_path / folder).mkdir()
    assert [(tmp_path / "a-case" / "old.pem", None)] == list(generate.find_changes(CASES, tmp_path))
    assert [tmp_path / "strange"] == generate.find_strangers(CASES, tmp_path)


def test_check_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """--check names what would change, exits 1, and leaves it as it is."""
    monkeypatch.setattr(generate, "CASES", CASES)
    assert generate.main(True, tmp_path) == 1
    assert list(tmp_path.iterdir()) == []
    assert f"would write {tmp_path.name}/a-case/certificate.pem" in capsys.readouterr().out
    assert (generate.main(False, tmp_path), generate.main(True, tmp_path)) == (0, 0)


def _header() -> bytes:
    return b"target: acm\nat: 2026-06-01T00:00:00Z\n\n"


def _write(root: Path) -> dict[str, bytes]:
    for path, data in generate.find_changes(CASES, root):
        path.parent.mkdir(exist_ok=True)
        assert data is not None
        path.write_bytes(data)
    return {path.name: path.read_bytes() for path in (root / "a-case").iterdir()}
