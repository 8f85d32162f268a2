"""Two judges that know nothing of this package, pyca/cryptography and the openssl program, agree with its facts."""

from __future__ import annotations

import ast
import json
import random
import re
import shutil
import subprocess
import warnings
from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import certifi
import pytest
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
)
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509.oid import AuthorityInformationAccessOID as Access

from fixtures import build, der
from fixtures.build import PASSPHRASE, ec_leaf, leaf, load_key
from fixtures.sign import KEYS
from pemcheck import asn1, facts, pem, source
from pemcheck.facts import Certificate, PrivateKey
from pemcheck.pem import Block
from pemcheck.source import Location, printable

pytestmark = pytest.mark.thorough

FIXTURES = KEYS.parent
OPENSSL = shutil.which("openssl")

KEY_USAGES = {
    "digital_signature": "digital_signature",
    "non_repudiation": "content_commitment",
    "key_encipherment": "key_encipherment",
    "data_encipherment": "data_encipherment",
    "key_agreement": "key_agreement",
    "key_cert_sign": "key_cert_sign",
    "crl_sign": "crl_sign",
}
"""Our names of key usages, and pyca's; the two that pyca asks for only beside key agreement are not here."""


# -------------------------------------------------------------------------------------------------- what is judged


@cache
def pyca(data: bytes) -> x509.Certificate | None:
    """Return pyca's certificate, None where it refuses to load it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            return x509.load_der_x509_certificate(data)
        except ValueError:
            return None


def blocks() -> Iterator[tuple[str, Block]]:
    """Yield every certificate of the fixtures and of Mozilla's roots once, with a name."""
    files = [path for pattern in ("certificate.pem", "certificate-chain.pem") for path in FIXTURES.glob(f"*/{pattern}")]
    files += FIXTURES.glob("real/*.pem")
    seen = set()
    for path in [*sorted(files), Path(certifi.where())]:
        for number, block in enumerate(pem.read(path.name, path.read_bytes()).blocks):
            if block.der not in seen and pyca(block.der) is not None:
                seen.add(block.der)
                yield f"{path.parent.name}/{path.stem}-{number}", block


CERTIFICATES = dict(blocks())
every_certificate = pytest.mark.parametrize("name", CERTIFICATES)


@cache
def ours(name: str) -> Certificate:
    """Return our facts."""
    fact, _ = asn1.read(CERTIFICATES[name])
    assert isinstance(fact, Certificate)
    return fact


def theirs(name: str) -> x509.Certificate:
    """Return pyca's certificate."""
    found = pyca(CERTIFICATES[name].der)
    assert found is not None
    return found


def said(get: Callable[[], Any]) -> Any:
    """Return what pyca says, or the class of its refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", CryptographyDeprecationWarning)
        try:
            return get()
        except (ValueError, UnsupportedAlgorithm, x509.DuplicateExtension) as error:
            return type(error)


def refused(answer: Any) -> bool:
    """Whether pyca cannot tell."""
    return isinstance(answer, type)


def extension_of(name: str, kind: type[x509.ExtensionType]) -> Any:
    """Return pyca's value of an extension, None if it is absent; skip the test where pyca refuses all of them."""
    found = said(lambda: theirs(name).extensions)
    if refused(found):
        pytest.skip("pyca refuses the extensions of this certificate")
    return next((each.value for each in found if isinstance(each.value, kind)), None)


def test_there_is_something_to_judge() -> None:
    """Every clean fixture and all of Mozilla's roots."""
    assert len(CERTIFICATES) > 130


# -------------------------------------------------------------------------------------------------- pyca


@every_certificate
def test_pyca_reads_the_same_serial_number(name: str) -> None:
    """And version."""
    number = said(lambda: theirs(name).serial_number)

    assert (number, theirs(name).version.value + 1) == (ours(name).serial_number, ours(name).version)


@every_certificate
def test_pyca_reads_the_same_times(name: str) -> None:
    """Both, in UTC."""
    judge = theirs(name)
    fact = ours(name)
    expected = [said(lambda: judge.not_valid_before_utc), said(lambda: judge.not_valid_after_utc)]
    found: list[Any] = [
        ValueError if field in fact.unread else getattr(fact, field) for field in ("not_before", "not_after")
    ]

    assert expected == found


@every_certificate
@pytest.mark.parametrize("which", ["subject", "issuer"])
def test_pyca_reads_the_same_names(name: str, which: str) -> None:
    """RDN by RDN, attribute by attribute."""
    judged = said(lambda: getattr(theirs(name), which))
    if refused(judged):
        pytest.skip("pyca refuses this name")

    expected = [sorted((each.oid.dotted_string, str(each.value)) for each in rdn) for rdn in judged.rdns]
    found: facts.Name = getattr(ours(name), which)

    assert (expected, judged.public_bytes()) == ([sorted(rdn) for rdn in found.rdns], found.der)


def numbers_of(key: Any) -> tuple[Any, ...]:
    """Return what pyca says of a public key: size, curve, numbers, octets."""
    if isinstance(key, rsa.RSAPublicKey):
        public = key.public_numbers()
        return key.key_size, None, (public.n, public.e), b""
    if isinstance(key, dsa.DSAPublicKey):
        number, group = key.public_numbers().y, key.parameters().parameter_numbers()
        return key.key_size, None, (group.p, group.q, group.g, number), b""
    if isinstance(key, ec.EllipticCurvePublicKey):
        point = key.public_numbers()
        return key.curve.key_size, CURVES.get(key.curve.name, key.curve.name), (point.x, point.y), b""
    # bits are told of the curves that RFC 8410 names, and not of ML-DSA
    return {32: 255, 57: 448}.get(len(key.public_bytes_raw())), None, (), key.public_bytes_raw()


CURVES = {"secp256r1": "prime256v1", "brainpoolP256r1": "brainpoolp256r1"}


@every_certificate
def test_pyca_sees_the_same_key(name: str) -> None:
    """Its size, its curve, its numbers."""
    judged = said(lambda: theirs(name).public_key())
    if refused(judged):
        pytest.skip("pyca refuses this key")
    size, curve, numbers, octets = numbers_of(judged)
    key = ours(name).key
    # the point of a foreign curve is not decoded
    found = key.numbers if key.kind != "ec" or key.numbers else numbers

    assert (size, curve, numbers, octets) == (key.bits, key.usual_curve, found, b"" if key.kind == "ec" else key.octets)


@every_certificate
def test_pyca_sees_the_same_bytes(name: str) -> None:
    """What is signed, and the signature; the key's are among the former."""
    judge = theirs(name)
    fact = ours(name)

    assert (judge.tbs_certificate_bytes, judge.signature, True) == (
        fact.tbs,
        fact.signature,
        fact.key.der in judge.tbs_certificate_bytes,
    )


@every_certificate
def test_pyca_reads_the_same_signature_algorithm(name: str) -> None:
    """By its OID, and the hash that it names."""
    judge = theirs(name)
    algorithm = ours(name).signature_algorithm
    digest = said(lambda: judge.signature_hash_algorithm)
    known = "" if digest is None else algorithm.hash if refused(digest) else digest.name.replace("-", "_")

    assert (judge.signature_algorithm_oid.dotted_string, known) == (algorithm.oid, algorithm.hash)


@every_certificate
def test_pyca_lists_the_same_extensions(name: str) -> None:
    """In the same order, equally critical."""
    found = said(lambda: theirs(name).extensions)
    if refused(found):
        pytest.skip("pyca refuses the extensions of this certificate")
    expected = [(each.oid.dotted_string, each.critical) for each in found]

    assert expected == [(each.oid, each.critical) for each in ours(name).extensions]


@every_certificate
def test_pyca_reads_the_same_alternative_names(name: str) -> None:
    """Each kind in order."""
    judged = extension_of(name, x509.SubjectAlternativeName)
    if judged is None:
        assert ours(name).subject_alt_names is None
        return

    def of(kind: type[x509.GeneralName]) -> list[str]:
        return [printable(str(each.value)) for each in judged if isinstance(each, kind)]

    names = ours(name).subject_alt_names
    assert names is not None
    expected = [of(x509.DNSName), of(x509.IPAddress), of(x509.RFC822Name), of(x509.UniformResourceIdentifier)]
    found = [list(each) for each in (names.dns, names.ip, names.email, names.uri)]

    assert (expected, len(judged)) == (found, names.count)


@every_certificate
def test_pyca_reads_the_same_usages(name: str) -> None:
    """Key usage and extended key usage."""
    usage, extended = extension_of(name, x509.KeyUsage), extension_of(name, x509.ExtendedKeyUsage)
    expected = (
        None if usage is None else [our for our, their in KEY_USAGES.items() if getattr(usage, their)],
        None if extended is None else [each.dotted_string for each in extended],
    )
    found = (ours(name).key_usage, ours(name).extended_key_usage)
    usages = None if found[0] is None else [each for each in found[0] if each in KEY_USAGES]

    assert expected == (usages, None if found[1] is None else list(found[1]))


@every_certificate
def test_pyca_reads_the_same_constraints(name: str) -> None:
    """CA or not, and the length of the path."""
    judged = extension_of(name, x509.BasicConstraints)
    found = ours(name).basic_constraints

    assert (judged and (judged.ca, judged.path_length)) == (found and (found.ca, found.path_length))


@every_certificate
def test_pyca_reads_the_same_identifiers(name: str) -> None:
    """The subject's and the issuer's."""
    subject, issuer = (
        extension_of(name, x509.SubjectKeyIdentifier),
        extension_of(name, x509.AuthorityKeyIdentifier),
    )

    assert (subject and subject.digest, issuer and issuer.key_identifier) == (
        ours(name).subject_key_identifier,
        ours(name).authority_key_identifier,
    )


@every_certificate
def test_pyca_reads_the_same_urls(name: str) -> None:
    """Of OCSP and of the issuer's certificate."""
    judged = extension_of(name, x509.AuthorityInformationAccess)

    def urls(method: x509.ObjectIdentifier) -> tuple[str, ...] | None:
        if judged is None:
            return None
        uris = [each for each in judged if isinstance(each.access_location, x509.UniformResourceIdentifier)]
        return tuple(each.access_location.value for each in uris if each.access_method == method)

    assert (urls(Access.OCSP), urls(Access.CA_ISSUERS)) == (ours(name).ocsp_urls, ours(name).ca_issuers_urls)


KEY_NAMES = sorted(path.stem for path in KEYS.glob("*.pem"))


def pyca_key(name: str) -> Any:
    """Return pyca's private key, or the class of its refusal."""
    data = load_key(name).pem.encode()
    password = PASSPHRASE.encode() if "encrypted" in name else None
    if name.startswith("openssh"):
        return said(lambda: load_ssh_private_key(data, password))
    return said(lambda: load_pem_private_key(data, password, unsafe_skip_rsa_key_validation=True))


@pytest.mark.parametrize("name", KEY_NAMES)
def test_pyca_reads_the_same_public_half(name: str) -> None:
    """Of every private key that it can read and that is not encrypted."""
    judged = pyca_key(name)
    (block,) = pem.read(name, load_key(name).pem.encode()).blocks
    fact, _ = asn1.read(block)
    assert isinstance(fact, PrivateKey)
    if refused(judged) or fact.public is None or not fact.public.der:
        pytest.skip("pyca refuses this key, or it states no public half")
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    expected = asn1.algorithms.public_key(judged.public_key().public_bytes(*form))

    # pyca writes a curve by its name, and the public half of an RSASSA-PSS key as one of RSA
    assert (expected.numbers, expected.octets, expected.bits) == (
        fact.public.numbers,
        fact.public.octets,
        fact.public.bits,
    )


# -------------------------------------------------------------------------------------------------- openssl

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="the openssl program is not installed")
ASKED = [name for name in CERTIFICATES if not name.startswith("certifi")] + [
    name for name in CERTIFICATES if name.startswith("certifi")
][::6]
"""All of ours, and some of Mozilla's: a process each takes its time."""


@cache
def openssl(name: str) -> dict[str, str]:
    """Return what the openssl program says of a certificate; nothing if it refuses it."""
    command = [
        str(OPENSSL), "x509", "-inform", "DER", "-noout", "-serial", "-startdate", "-enddate", "-fingerprint",
        "-sha256", "-subject", "-issuer", "-nameopt", "RFC2253,-esc_msb,utf8",
    ]  # fmt: skip
    run = subprocess.run(command, input=CERTIFICATES[name].der, capture_output=True, check=False)
    lines = run.stdout.decode("utf-8", "replace").splitlines() if run.returncode == 0 else []
    return {key.lower().replace(" ", ""): value for key, _, value in (line.partition("=") for line in lines)}


def asked(name: str) -> dict[str, str]:
    """Return the same, or skip the test."""
    answer = openssl(name)
    if len(answer) != 6:
        pytest.skip("openssl refuses this certificate")
    return answer


@needs_openssl
@pytest.mark.parametrize("name", ASKED)
def test_openssl_reads_the_same_serial_number(name: str) -> None:
    """Hexadecimal, of whole octets."""
    assert int(asked(name)["serial"], 16) == ours(name).serial_number


@needs_openssl
@pytest.mark.parametrize("name", ASKED)
def test_openssl_calculates_the_same_fingerprint(name: str) -> None:
    """SHA-256 of the DER."""
    assert asked(name)["sha256fingerprint"].replace(":", "").lower() == ours(name).sha256


@needs_openssl
@pytest.mark.parametrize("name", ASKED)
def test_openssl_reads_the_same_times(name: str) -> None:
    """To the second."""
    if {"not_before", "not_after"} & ours(name).unread:
        pytest.skip("a time that names no moment")
    dates = [
        datetime.strptime(asked(name)[which], "%b %d %H:%M:%S %Y %Z").replace(tzinfo=timezone.utc)
        for which in ("notbefore", "notafter")
    ]

    assert dates == [ours(name).not_before, ours(name).not_after]


@needs_openssl
@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("which", ["subject", "issuer"])
def test_openssl_writes_the_same_names(name: str, which: str) -> None:
    """RFC 2253 and RFC 4514 are one where all types have descriptors that both know by the same name."""
    if which in ours(name).unread:
        pytest.skip("a name that cannot be read")
    # openssl can be told to escape all that is not ASCII or nothing of it
    escaped = re.compile(r"(?:\\[89A-F][0-9A-F])+")
    expected, found = asked(name)[which], getattr(ours(name), which).text
    found = escaped.sub(lambda match: bytes.fromhex(match.group().replace("\\", "")).decode(), found)
    if re.search(r"\+|(?:^|,)(?!(?:CN|L|ST|O|OU|C|STREET|DC|UID|emailAddress|serialNumber)=)", found):
        pytest.skip("not comparable: a type that one of them writes in another way, or a set")

    assert expected == found


# -------------------------------------------------------------------------------------------------- robustness


def declared(value: object, annotation: ast.expr) -> bool:
    """Whether *value* is of the type that an annotation of ``facts`` names."""
    if isinstance(annotation, ast.BinOp):
        return declared(value, annotation.left) or declared(value, annotation.right)
    if isinstance(annotation, ast.Constant):
        return value is annotation.value
    if isinstance(annotation, ast.Subscript):
        fits = isinstance(value, (tuple, frozenset))
        return fits and _elements_fit(value, ast.unparse(annotation.value), annotation.slice)
    name = ast.unparse(annotation)
    return name == "Any" or (type(value) is _TYPES[name] and well_typed(value))


def _elements_fit(value: object, kind: str, inner: ast.expr) -> bool:
    if kind == "frozenset":
        return isinstance(value, frozenset) and all(declared(each, inner) for each in value)
    assert isinstance(inner, ast.Tuple)
    assert isinstance(value, tuple)
    parts = inner.elts
    if ast.unparse(parts[-1]) == "...":
        parts = [parts[0]] * len(value)
    return len(parts) == len(value) and all(map(declared, value, parts))


_TYPES: dict[str, type] = {
    "int": int,
    "str": str,
    "bytes": bytes,
    "bool": bool,
    "datetime": datetime,
    **{name: each for name, each in vars(facts).items() if isinstance(each, type) and hasattr(each, "_fields")},
    "Location": source.Location,
}


def well_typed(value: object) -> bool:
    """Whether every field of a fact has its declared type, and so on down; raise AssertionError if not."""
    for name, annotation in getattr(type(value), "__annotations__", {}).items():
        if name[0] != "_":
            found = vars(value)[name]
            assert declared(found, ast.parse(annotation, mode="eval").body), (type(value), name, found)
    return True


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return *data* with something broken in it: bits, octets, pieces doubled, lost or moved."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        at = chance.randrange(len(found))
        size = chance.choice((1, 2, 8))
        way = chance.randrange(5)
        if way == 0:
            found[at] ^= 1 << chance.randrange(8)
        elif way == 1:
            found[at] = chance.choice((0, 1, 2, 3, 4, 5, 6, 0x0C, 0x30, 0x31, 0x7F, 0x80, 0xA0, 0xA3, 0xFF))
        elif way == 2:
            found[at : at + size] = b""
        elif way == 3:
            found[at:at] = found[at : at + size]
        else:
            found[at : at + size] = bytes(chance.randrange(256) for _ in range(size))
        found = found or bytearray(1)
    return bytes(found)


WHOLE = {
    "rsa-leaf": leaf(name_constraints=(("DNS:a", "IP:192.0.2.0/24"), ("dirName:CN=a",)), extra_extensions=[]).der,
    "ec-leaf": ec_leaf(san=("DNS:a", "IP:2001:db8::1", "email:a@b", "URI:http://a/", "dirName:CN=a", "RID:1.2")).der,
    "pss": leaf(signature="pss-sha256", spki=load_key("rsa-pss").spki).der,
    "explicit": leaf(spki=load_key("p256-explicit").spki).der,
    "dsa": leaf(spki=load_key("dsa-2048").spki).der,
    "request": build.certificate_request(),
    "pkcs7": build.pkcs7(leaf()),
    "pkcs1": load_key("rsa-2048-f").secret,
    "pkcs8": load_key("rsa-2048-f").der,
    "sec1": der.unarmor(load_key("p256-explicit").pem),
    "ec-pkcs8": load_key("p384-a").der,
    "ed25519": load_key("ed25519-a").der,
    "dsa-pkcs8": load_key("dsa-2048").der,
    "encrypted": load_key("rsa-encrypted-pkcs8").der,
    "openssh": der.unarmor(load_key("openssh-ec").pem),
}


@pytest.mark.parametrize("name", WHOLE)
def test_whatever_is_broken_is_read_without_an_exception(name: str) -> None:
    """Every fact keeps its declared type, and can be written as JSON."""
    chance = random.Random(name)
    for _ in range(200):
        label = chance.choice(("CERTIFICATE", "PRIVATE KEY", ""))
        fact, problems = asn1.read(Block(label, mutated(WHOLE[name], chance), Location("a.pem", 1, 2, block=0)))

        assert well_typed(fact)
        assert json.loads(json.dumps(fact.to_dict())) == fact.to_dict()
        assert all(problem.detail.isprintable() for problem in problems)


def test_the_types_of_facts_are_looked_at() -> None:
    """The check above sees what is wrong."""
    with pytest.raises(AssertionError):
        well_typed(facts.AltNames().replace(dns=(1,)))


def test_an_unmutated_key_is_read_by_pyca() -> None:
    """What is broken above was whole before."""
    assert isinstance(load_der_private_key(WHOLE["ec-pkcs8"], None), ec.EllipticCurvePrivateKey)
