"""What is in PKCS#7, PKCS#12 and encrypted keys, all made by others; ``fixtures/containers/README.md`` says by whom."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import CBC

import pemcheck
from fixtures import der
from fixtures.build import authority, leaf
from fixtures.sign import load_key
from pemcheck import budget, crypto, gathering, opening, pem
from pemcheck.asn1.algorithms import public_key
from pemcheck.budget import MAX_WORK, PRICE_OBJECT
from pemcheck.encryption import NOTHING, REASONS, Passphrase
from pemcheck.facts import Certificate, Other, PrivateKey
from pemcheck.source import EXHAUSTED
from pemcheck.submission import Input

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
CONTAINERS = FIXTURES / "containers"
PHRASE = b"correct horse"
SPECIAL = {"openssl-unicode.p12": "pässword €".encode(), "openssl-empty-passphrase.p12": b""}
AVAILABLE = crypto.backend()["unavailable"] is None
needs_oscrypto = pytest.mark.skipif(not AVAILABLE, reason="oscrypto cannot be loaded on this machine")

RSA, EC = "clean-rsa-2048", "clean-p256"


class Holds(NamedTuple):
    """What is in a file: whose certificates, with or without the chain, and whose key."""

    certificates: tuple[str, ...] = ()
    key: str = ""
    encryption: tuple[str, ...] = ()


def _submission(folder: str, key: str, *encryption: str) -> Holds:
    return Holds((f"{folder}/certificate.pem", f"{folder}/certificate-chain.pem"), key, encryption)


_AES = "pbes2, pbkdf2, aes256_cbc"
_3DES, _RC2 = "pkcs12_sha1_tripledes_3key", "pkcs12_sha1_rc2_40"
BUNDLES = {
    "openssl.p12": _submission(RSA, "rsa-2048-f", _AES),
    "openssl-legacy.p12": _submission(RSA, "rsa-2048-f", _RC2, _3DES),
    "openssl-descert.p12": _submission(RSA, "rsa-2048-f", _3DES),
    "openssl-rc4.p12": _submission(RSA, "rsa-2048-f", "pkcs12_sha1_rc2_128", "pkcs12_sha1_rc4_128"),
    "openssl-ec.p12": _submission(EC, "p256-a", "pbes2, pbkdf2, aes192_cbc", "pkcs12_sha1_tripledes_2key"),
    "openssl-not-encrypted.p12": _submission(RSA, "rsa-2048-f"),
    "openssl-open.p12": _submission(RSA, "rsa-2048-f"),
    "openssl-without-mac.p12": _submission(RSA, "rsa-2048-f", _AES),
    "openssl-without-mac-closed.p12": _submission(RSA, "rsa-2048-f", _AES),
    "openssl-without-key.p12": Holds((f"{RSA}/certificate-chain.pem",), "", (_AES,)),
    "openssl-empty-passphrase.p12": _submission(RSA, "rsa-2048-f", _AES),
    "openssl-unicode.p12": Holds((f"{RSA}/certificate.pem",), "rsa-2048-f", (_RC2, _3DES)),
    "keytool.p12": _submission(RSA, "rsa-2048-f", _AES),
    "keytool-legacy.p12": _submission(RSA, "rsa-2048-f", _RC2, _3DES),
    "keytool-without-key.p12": Holds((f"{RSA}/certificate-chain.pem",), "", (_AES,)),
    "certtool.p12": _submission(RSA, "rsa-2048-f", "pbes2, pbkdf2, aes128_cbc"),
    "pyca.p12": _submission(EC, "p256-a", _AES),
    "pyca-600000-rounds.p12": _submission(EC, "p256-a", _AES),
}
SIGNED = {
    "openssl.p7b": _submission(RSA, ""),
    "openssl-der.p7b": _submission(RSA, ""),
    "openssl-signed-ber.p7m": _submission(RSA, ""),
    "certtool.p7b": _submission(RSA, ""),
    "pyca.p7b": _submission(EC, ""),
}
KEYS = {
    "pkcs8-aes256.pem": _AES,
    "pkcs8-aes256.der": _AES,
    "pkcs8-aes128-sha1.pem": "pbes2, pbkdf2, aes128_cbc",
    "pkcs8-aes192-sha512.pem": "pbes2, pbkdf2, aes192_cbc",
    "pkcs8-des.pem": "pbes2, pbkdf2, des",
    "pkcs8-des3.pem": "pbes2, pbkdf2, tripledes_3key",
    "pkcs8-rc2.pem": "pbes2, pbkdf2, rc2",
    "pkcs8-rc2-40.pem": "pbes2, pbkdf2, rc2",
    "pkcs8-scrypt.pem": "pbes2, scrypt, aes256_cbc",
    "pkcs8-pkcs12-3des.pem": _3DES,
    "pkcs8-pbe-md5-des.pem": "pbes1_md5_des",
    "pkcs8-pbe-sha1-des.pem": "pbes1_sha1_des",
    "pkcs8-pbe-md5-rc2-64.pem": "pbes1_md5_rc2",
    "pkcs8-pbe-sha1-rc2-64.pem": "pbes1_sha1_rc2",
    "pkcs8-pbe-sha1-2des.pem": "pkcs12_sha1_tripledes_2key",
    "pkcs8-pbe-sha1-rc2-40.pem": _RC2,
    "pkcs8-pbe-sha1-rc2-128.pem": "pkcs12_sha1_rc2_128",
    "pkcs8-pbe-sha1-rc4-40.pem": "pkcs12_sha1_rc4_40",
    "pkcs8-pbe-sha1-rc4-128.pem": "pkcs12_sha1_rc4_128",
    "pkcs8-ec.pem": _AES,
    "pkcs8-ed25519.pem": _AES,
    "pyca-pkcs8-rsa.pem": _AES,
    "pyca-pkcs8-ec.pem": _AES,
    "pyca-pkcs8-ed25519.pem": _AES,
    "pyca-traditional-ec.pem": "AES-256-CBC",
    "certtool-pkcs8.pem": _AES,
    "traditional-rsa-aes128.pem": "AES-128-CBC",
    "traditional-rsa-aes192.pem": "AES-192-CBC",
    "traditional-rsa-aes256.pem": "AES-256-CBC",
    "traditional-rsa-des3.pem": "DES-EDE3-CBC",
    "traditional-rsa-des.pem": "DES-CBC",
    "traditional-ec-aes128.pem": "AES-128-CBC",
    "traditional-ec-des3.pem": "DES-EDE3-CBC",
}
OPENSSH = {
    "ssh-keygen-rsa-2048-f.pem": "rsa-2048-f",
    "ssh-keygen-p256-a.pem": "p256-a",
    "ssh-keygen-p384-a.pem": "p384-a",
    "ssh-keygen-p521-a.pem": "p521-a",
    "ssh-keygen-ed25519-a.pem": "ed25519-a",
    "pyca-openssh-ed25519.pem": "ed25519-a",
}
CLOSED = ("pkcs8-camellia.pem", "traditional-rsa-camellia.pem", "ssh-keygen-encrypted.pem")
P12 = (CONTAINERS / "openssl.p12").read_bytes()


def phrase_of(name: str) -> bytes:
    """Return what opens a file."""
    return SPECIAL.get(name, PHRASE)


def read(data: str | bytes, passphrase: bytes | None = PHRASE, expensive: bool = False) -> Input:
    """Return what is read of a file of ``fixtures/containers``, or of bytes."""
    content = (CONTAINERS / data).read_bytes() if isinstance(data, str) else data
    return gathering.look(content, "input", Passphrase(passphrase, expensive))


def opens_here(name: str) -> bool:
    """Whether a file can be opened on this machine."""
    if "3des" in name or "pkcs12-3des" in name:
        return AVAILABLE
    alone = name.startswith("pkcs8-rc2") or "-rc2-" in name or "-rc4-" in name or name == "openssl-rc4.p12"
    return AVAILABLE or alone or name in ("openssl-open.p12", "openssl-not-encrypted.p12")


def spki_of(key: str) -> bytes:
    """Return the SubjectPublicKeyInfo of a committed key."""
    return load_key(key).spki


def key_name(name: str) -> str:
    """Return which key is in a file of KEYS."""
    return "ed25519-a" if "ed25519" in name else "p256-a" if "-ec" in name else "rsa-2048-f"


def certificates_of(holds: Holds) -> set[bytes]:
    """Return the certificates that a file was made of."""
    return {der.unarmor((FIXTURES / path).read_text()) for path in holds.certificates}


def details(found: Input) -> dict[str, Any]:
    """Return what is said of the container, which stands first."""
    assert isinstance(found.objects[0], Other)
    return dict(found.objects[0].details)


def problems(found: Input) -> list[tuple[str, str]]:
    """Return what stood in the way: each rule and its sort."""
    return [(each.rule, each.sort) for each in found.problems if not each.rule.startswith("input-is-")]


def reasons(found: Input) -> list[str]:
    """Return why something stayed closed."""
    return [each.sort for each in found.problems if each.rule == opening.RULE]


# ----------------------------------------------------------------------------------------------- what is inside


@pytest.mark.parametrize("name", BUNDLES)
def test_everything_in_a_pkcs12_file_is_found(name: str) -> None:
    """The same certificates byte for byte, the same public key, and how they were encrypted."""
    if not opens_here(name):
        pytest.skip("oscrypto cannot be loaded on this machine")
    holds, found = BUNDLES[name], read(name, phrase_of(name))
    said = details(found)

    assert certificates_of(holds) == {each.der for each in found.certificates}
    assert [spki_of(holds.key) for _ in found.keys] == [each.public.der for each in found.keys if each.public]
    assert (len(holds.certificates), int(bool(holds.key)), list(holds.encryption)) == (
        said["certificates"],
        said["keys"],
        said["encryption"],
    )
    assert ([], set()) == (problems(found), {field for each in found.objects for field in each.unread})


@pytest.mark.parametrize("name", SIGNED)
def test_everything_in_a_pkcs7_file_is_found(name: str) -> None:
    """The same certificates, in PEM, DER and BER, with a signed content or without."""
    found = read(name, None)

    assert certificates_of(SIGNED[name]) == {each.der for each in found.certificates}
    assert {"content": "signed data", "certificates": 2, "crls": 0} == details(found)
    assert [] == problems(found)


@pytest.mark.parametrize("name", KEYS)
def test_an_encrypted_key_is_opened(name: str) -> None:
    """It is known like any other, and still says that it was encrypted."""
    if not opens_here(name):
        pytest.skip("oscrypto cannot be loaded on this machine")
    (key,) = read(name).keys

    assert (True, KEYS[name], frozenset(), ()) == (key.encrypted, key.encryption, key.unread, key.faults)
    assert key.public is not None
    assert spki_of(key_name(name)) == key.public.der
    assert (True, True) == (bool(key.info), bool(key.secret or key.seed))


@pytest.mark.parametrize("name", OPENSSH)
def test_the_secret_half_of_an_openssh_key_is_read(name: str) -> None:
    """As PKCS#8 it is the key that it was made from."""
    (key,) = read(name, None).keys
    proof = crypto.match(public_key(spki_of(OPENSSH[name])), key)
    (same,) = pemcheck.inspect(key.info)

    assert (frozenset(), False, ()) == (key.unread, key.encrypted, key.faults)
    assert (True, "arithmetic") == (proof.value, proof.proof[0])
    assert isinstance(same, PrivateKey)
    assert spki_of(OPENSSH[name]) == (same.public and same.public.der)


def test_an_openssh_key_as_pkcs8_is_what_openssl_would_write() -> None:
    """RSA's exponents, which OpenSSH does not store, are calculated; the result is the same byte for byte."""
    (key,) = read("ssh-keygen-rsa-2048-f.pem", None).keys

    assert load_key("rsa-2048-f").der == key.info


@pytest.mark.parametrize("name", [*BUNDLES, *SIGNED])
def test_what_is_inside_knows_where(name: str) -> None:
    """The path leads from the container on; everything else is the container's place."""
    container, *content = read(name, phrase_of(name)).objects
    kind = container.to_dict()["kind"]

    assert [True] * len(content) == [each.at.contained and each.at.path.startswith(f"{kind}.") for each in content]
    assert {container.at} >= {each.at.replace(path="") for each in content}
    assert [each.at.path for each in content] == [each.to_dict()["path"] for each in content]


def test_a_place_in_a_container_goes_on_inside() -> None:
    """What cannot be read of a certificate in a container is named from the container on."""
    broken = leaf(not_after=der.utc_time("270101000000"))
    found = read(_pkcs7(broken.der), None)

    assert ["pkcs7.certificates[0].tbsCertificate.validity.notAfter"] == [
        each.at.path for each in found.problems if each.rule == "asn1-unreadable"
    ]


# ------------------------------------------------------------------------------------------------------- OpenSSH


def _string(*parts: bytes) -> bytes:
    content = b"".join(parts)
    return len(content).to_bytes(4, "big") + content


def _number(value: int) -> bytes:
    return _string(value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _openssh(public: bytes, secret: bytes, checks: bytes = b"same" * 2, padding: bytes | None = None) -> bytes:
    body = checks + secret + _string(b"comment")
    body += bytes(range(1, 1 + -len(body) % 8)) if padding is None else padding
    key = b"openssh-key-v1\0" + _string(b"none") + _string(b"none") + _string() + b"\0\0\0\1"
    return der.pem("OPENSSH PRIVATE KEY", key + _string(public) + _string(body)).encode()


_KIND = _string(b"ssh-ed25519")
_POINT, _SEED = _string(load_key("ed25519-a").octets), load_key("ed25519-a").secret[2:]
_BOTH = _string(_SEED + load_key("ed25519-a").octets)
_ED = _KIND + _POINT


def _rsa(n: int = 0, e: int = 0, p: int = 0) -> bytes:
    _, modulus, exponent, d, one, other, _, _, coefficient = load_key("rsa-2048-f").numbers
    public = _string(b"ssh-rsa") + _number(exponent) + _number(modulus)
    numbers = (n or modulus, e or exponent, d, coefficient, p or one, other)
    return _openssh(public, _string(b"ssh-rsa") + b"".join(map(_number, numbers)))


CONTRADICTIONS: dict[str, bytes] = {
    "the check numbers": _openssh(_ED, _ED + _BOTH, b"same" + b"else"),
    "the padding": _openssh(_ED, _ED + _BOTH, padding=b"\2\1"),
    "the length of the padding": _openssh(_ED, _ED + _BOTH, padding=bytes(range(1, 9))),
    "the algorithm": _openssh(_ED, _string(b"ssh-rsa") + _POINT + _BOTH),
    "the copies": _openssh(_ED, _KIND + _string(bytes(32)) + _BOTH),
    "the copy behind the seed": _openssh(_ED, _ED + _string(bytes(64))),
    "the length of the seed": _openssh(_ED, _ED + _string(bytes(63))),
    "the modulus": _rsa(n=77),
    "the exponent": _rsa(e=3),
    "a prime of 1": _rsa(p=1),
    "a prime of megabits": _rsa(p=1 << 1_000_000),
    "its end": _openssh(_ED, _ED),
}


def test_a_key_made_like_openssh_is_read() -> None:
    """The tests below change one thing in what is right."""
    assert [frozenset()] * 2 == [read(each, None).keys[0].unread for each in (_openssh(_ED, _ED + _BOTH), _rsa())]


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_an_openssh_key_that_contradicts_itself_is_not_believed(name: str) -> None:
    """Its public half is what the file says in the clear, its secret is unread, and no number is quoted."""
    found = read(CONTRADICTIONS[name], None)
    (key,) = found.keys

    assert (frozenset({"secret"}), True, b"") == (key.unread, key.public is not None, key.info)
    assert ["asn1-unreadable"] == [each.rule for each in found.problems]


def test_a_file_of_two_openssh_keys_is_not_read() -> None:
    """OpenSSH itself writes one, and reads no other."""
    data = der.unarmor(_openssh(_ED, _ED + _BOTH).decode())
    two = data.replace(b"\0\0\0\1" + _string(_ED), b"\0\0\0\2" + _string(_ED))
    (key,) = read(der.pem("OPENSSH PRIVATE KEY", two).encode(), None).keys

    assert {"public", "secret"} == key.unread


# --------------------------------------------------------------------------------------------- what stays closed


@pytest.mark.parametrize("name", [*KEYS, *CLOSED])
def test_without_a_passphrase_a_key_is_only_encrypted(name: str) -> None:
    """Which ``key-encrypted`` says; nothing else is wrong."""
    (key,) = read(name, None).keys

    assert ([], True, True) == (problems(read(name, None)), key.encrypted, "secret" in key.unread)


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize(("passphrase", "reason"), [(b"wrong", "wrong"), (b"", "empty")])
def test_a_wrong_passphrase_opens_no_key(name: str, passphrase: bytes, reason: str) -> None:
    """And an empty one has a sentence of its own."""
    if not opens_here(name):
        pytest.skip("oscrypto cannot be loaded on this machine")
    found = read(name, passphrase)

    assert ([reason], {"public", "secret"}) == (reasons(found), set(found.keys[0].unread))


@pytest.mark.parametrize("name", [name for name in BUNDLES if name not in SPECIAL and name != "openssl-open.p12"])
@pytest.mark.parametrize(("passphrase", "reason"), [(b"wrong", "wrong"), (b"", "empty"), (None, "missing")])
def test_a_wrong_passphrase_opens_no_pkcs12_file(name: str, passphrase: bytes | None, reason: str) -> None:
    """Missing, empty and wrong are told apart; what was never encrypted needs none."""
    found = read(name, passphrase)
    expected = [] if name == "openssl-not-encrypted.p12" and passphrase is None else [reason]
    if "without-mac" in name and not AVAILABLE:
        expected = ["no-backend"]

    assert expected == reasons(found)
    assert (name in ("openssl-not-encrypted.p12", "openssl-without-mac.p12")) is bool(found.certificates)


@pytest.mark.parametrize("name", ["openssl-open.p12", "openssl-empty-passphrase.p12"])
def test_what_needs_no_secret_is_opened_without_one(name: str) -> None:
    """The empty passphrase of PKCS#12 is tried."""
    if not opens_here(name):
        pytest.skip("oscrypto cannot be loaded on this machine")
    found = read(name, None)

    assert ([], 2, 1) == (reasons(found), details(found)["certificates"], details(found)["keys"])


@pytest.mark.parametrize("name", CLOSED)
def test_what_cannot_be_undone_is_named(name: str) -> None:
    """With its cipher, or with the program that can."""
    found = read(name)
    details = " ".join(each.detail for each in found.problems if each.rule == opening.RULE)

    assert ["unsupported"] == [key.obstacle for key in found.keys]
    assert any(word in details for word in ("CAMELLIA-128-CBC", "camellia256_cbc")) or "ssh-keygen" in name


@pytest.mark.skipif(AVAILABLE, reason="here oscrypto loads")
@pytest.mark.parametrize("name", ["pkcs8-aes256.pem", "openssl.p12"])
def test_without_a_backend_it_says_so(name: str) -> None:
    """What needs AES is detected and described."""
    assert ["no-backend"] == reasons(read(name))


def test_what_is_no_encrypted_key_is_not_opened() -> None:
    """That its label promises one, and nobody can read it, has been said."""
    found = read(der.pem("ENCRYPTED PRIVATE KEY", der.sequence(der.NULL)).encode())

    assert (["key-unreadable"], []) == ([each.rule for each in found.problems], reasons(found))


def test_what_opens_to_no_key_says_so() -> None:
    """The passphrase is right; what it opens is a SEQUENCE of something else."""
    if not AVAILABLE:
        pytest.skip("oscrypto cannot be loaded on this machine")
    from pemcheck.asn1 import schemes
    from pemcheck.crypto.derivation import Spending, derive

    data = der.unarmor((CONTAINERS / "pkcs8-des3.pem").read_text())
    identifier, _ = schemes.encrypted_parts(data)
    scheme = schemes.scheme(identifier)
    key = derive(scheme.derivation, PHRASE, 24, Spending())
    worker = Cipher(TripleDES(key), CBC(scheme.iv)).encryptor()
    ciphertext = worker.update(der.sequence(der.NULL) + b"\4" * 4) + worker.finalize()
    found = read(der.sequence(identifier.der, der.octets(ciphertext)))

    assert ["input-is-der", "key-unreadable"] == sorted(each.rule for each in found.problems)
    assert {"public", "secret"} == found.keys[0].unread


def test_what_is_not_known_of_a_closed_file_is_unread() -> None:
    """How many certificates and keys there are, nobody can tell."""
    container = read("openssl.p12", None).objects[0]

    assert {"certificates", "keys"} == container.unread
    assert (None, None) == tuple(dict(container.details)[each] for each in ("certificates", "keys"))  # type: ignore[union-attr]


def test_the_reasons_have_a_sentence_each() -> None:
    """Nobody reads a code."""
    from pemcheck.encryption import NotOpened

    assert len(REASONS) == len({str(NotOpened(reason)) for reason in REASONS})
    assert "it needs a passphrase, and none was given" == str(NotOpened("missing"))
    assert "opening it costs more than is spent unasked: x" == str(NotOpened("expensive", "x"))


# ------------------------------------------------------------------------------------------------ other shapes


def _pkcs7(*certificates: bytes, kind: str = "2", more: bytes = b"") -> bytes:
    signed = der.sequence(
        der.integer(1), der.set_of(), der.sequence(der.oid("1.2.840.113549.1.7.1")), der.context(0, *certificates), more
    )
    return der.sequence(der.oid(f"1.2.840.113549.1.7.{kind}"), der.context(0, signed))


def _info(content: bytes, kind: str = "1") -> bytes:
    return der.sequence(der.oid(f"1.2.840.113549.1.7.{kind}"), der.context(0, content))


def _bag(kind: int, value: bytes) -> bytes:
    return der.sequence(der.oid(f"1.2.840.113549.1.12.10.1.{kind}"), der.context(0, value))


def _certificate_bag(data: bytes, kind: str = "1") -> bytes:
    return _bag(3, der.sequence(der.oid(f"1.2.840.113549.1.9.22.{kind}"), der.context(0, der.octets(data))))


def _pfx(*contents: bytes, mac: bytes = b"") -> bytes:
    safes = (_info(der.octets(content)) for content in contents)
    return der.sequence(der.integer(3), _info(der.octets(der.sequence(*safes))), mac)


def test_every_kind_of_bag_is_known() -> None:
    """Keys, certificates and nested safe contents are read; CRLs, secrets and others are passed over."""
    nested = der.sequence(_certificate_bag(leaf().der))
    contents = der.sequence(
        _bag(1, load_key("p256-a").der),
        _bag(4, der.sequence()),
        _bag(5, der.sequence()),
        _bag(9, der.NULL),
        _certificate_bag(b"sdsi", "2"),
        _bag(6, nested),
    )
    found = read(_pfx(contents), None)

    assert [
        "pkcs12.authSafe[0].safeContents[0]",
        "pkcs12.authSafe[0].safeContents[5].safeContents[0]",
    ] == [each.at.path for each in found.objects[1:]]
    assert (1, 1) == (details(found)["certificates"], details(found)["keys"])


def test_strings_in_pieces_are_put_together() -> None:
    """As Java and NSS write them, in BER."""
    contents = der.sequence(_certificate_bag(leaf().der))
    safes = der.sequence(_info(der.octets(contents)))
    pieces = b"\x24\x80" + der.octets(safes[:50]) + der.octets(safes[50:]) + b"\0\0"
    indefinite = b"\x30\x80" + der.integer(3) + _info(pieces) + b"\0\0"

    assert [leaf().der] == [each.der for each in read(indefinite, None).certificates]


def test_encrypted_content_may_be_in_pieces() -> None:
    """[0] is then constructed."""
    algorithm = der.sequence(der.oid("1.2.3.4"))
    info = der.sequence(
        der.oid("1.2.840.113549.1.7.1"), algorithm, der.context(0, der.octets(b"one"), der.octets(b"two"))
    )
    safes = der.sequence(_info(der.sequence(der.integer(0), info), "6"))
    found = read(der.sequence(der.integer(3), _info(der.octets(safes))))

    assert (["unsupported"], ["1.2.3.4"]) == (reasons(found), details(found)["encryption"])


def _nested(depth: int) -> bytes:
    return der.sequence(_bag(6, _nested(depth - 1))) if depth else der.sequence()


DAMAGED: dict[str, tuple[bytes, str]] = {
    "signed with a key": (der.sequence(der.integer(3), _info(der.octets(b""), "2")), "by a signature"),
    "enveloped": (
        der.sequence(der.integer(3), _info(der.octets(der.sequence(_info(der.NULL, "3"))))), "for the owner of a key"
    ),
    "nested too deep": (_pfx(_nested(5)), "nested deeper than 4"),
    "too many bags": (_pfx(der.sequence(*[_bag(5, der.sequence())] * 1001)), "more than 1000 bags"),
    "nothing in it": (_pfx()[:-2] + b"\x04\x00", "cannot be read"),
    "no octets": (der.sequence(der.integer(3), _info(der.NULL)), "cannot be read (ValueError)"),
    "no signed data": (
        der.sequence(der.oid("1.2.840.113549.1.7.2"), der.context(0, der.NULL)), "cannot be read (ValueError)"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_container_that_cannot_be_read_says_why(name: str) -> None:
    """In one finding, with what was read before."""
    data, reason = DAMAGED[name]
    found = read(data)
    (problem,) = (each for each in found.problems if each.rule == "asn1-unreadable" and each.field == "certificates")

    assert reason in problem.detail
    assert "certificates" in found.objects[0].unread


TOO_MUCH = {
    "certificates": (_pkcs7(*[der.sequence(der.integer(1))] * 900), "most of all certificates, keys and other blocks"),
    "elements": (
        _pfx(*[der.sequence(_bag(5, der.sequence(*[der.NULL] * 30_000)))] * 12), "most of all ASN.1 elements"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOO_MUCH)
def test_what_there_is_too_much_of_in_a_container_is_not_looked_at(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is no damage: nobody knows what the rest is."""
    if name == "certificates":
        monkeypatch.setattr(budget, "MAX_WORK", 800 * PRICE_OBJECT)
    data, reason = TOO_MUCH[name]
    found = read(data)
    (problem,) = (each for each in found.problems if each.rule == "input-too-large")

    assert (EXHAUSTED, "certificates", True) == (problem.sort, problem.field, reason in problem.detail)
    assert "certificates" in found.objects[0].unread


def test_pkcs7_of_another_type_holds_nothing() -> None:
    """Enveloped data is named, and no certificate is looked for in it."""
    found = read(_pkcs7(leaf().der, kind="3"), None)

    assert ({"content": "enveloped data"}, ()) == (details(found), found.certificates)


def test_crls_and_foreign_certificates_are_counted() -> None:
    """Attribute certificates are no certificates."""
    crls = der.context(1, der.sequence(), der.sequence())
    found = read(_pkcs7(leaf().der, der.context(1, der.NULL), more=crls), None)

    assert (1, 2) == (details(found)["certificates"], details(found)["crls"])


# ------------------------------------------------------------------------------------------------- hostile bytes


def variants(data: bytes, count: int, seed: int) -> Iterator[bytes]:
    """Yield *data* cut off and changed, always in the same places."""
    chance = random.Random(seed)
    for _ in range(count):
        yield data[: chance.randrange(len(data))]
        position = chance.randrange(len(data))
        yield data[:position] + bytes((data[position] ^ 1 << chance.randrange(8),)) + data[position + 1 :]
        head = chance.randrange(min(120, len(data)))
        yield data[:head] + bytes((chance.randrange(256),)) + data[head + 1 :]


HOSTILE = (
    *("openssl.p12", "openssl-legacy.p12", "openssl-open.p12", "openssl-without-mac.p12", "openssl-der.p7b"),
    *("openssl-signed-ber.p7m", "pkcs8-aes256.der", "pkcs8-scrypt.pem", "traditional-rsa-des3.pem"),
    *("pkcs8-pbe-sha1-rc2-40.pem", "pkcs8-pbe-sha1-rc4-40.pem", "ssh-keygen-p256-a.pem", "ssh-keygen-rsa-2048-f.pem"),
)


@pytest.mark.parametrize("name", HOSTILE)
def test_damage_is_answered(name: str) -> None:
    """Wherever a file is cut or changed, there is an answer, soon."""
    data = (CONTAINERS / name).read_bytes()
    if name.endswith(".pem") and name.startswith(("pkcs8", "ssh")):
        data = der.unarmor(data.decode())
    for changed in variants(data, 25, 7):
        started = time.monotonic()
        found = read(changed)
        assert time.monotonic() - started < 3
        assert isinstance(found, Input)


def test_a_changed_mac_is_a_wrong_passphrase() -> None:
    """Nobody can tell the two apart; nothing is decrypted."""
    position = len(P12) - 40
    found = read(P12[:position] + bytes((P12[position] ^ 1,)) + P12[position + 1 :])

    assert (["wrong"], ()) == (reasons(found), found.certificates)


COSTLY: dict[str, Callable[[], bytes]] = {
    "PBKDF2": lambda: _encrypted(_pbkdf2(10_000_000)),
    "PBKDF2, a number of 20 bytes": lambda: _encrypted(_pbkdf2(256**12)),
    "scrypt's memory": lambda: _encrypted(_scrypt(2**25, 8, 1)),
    "scrypt's time": lambda: _encrypted(_scrypt(2**14, 8, 1000)),
    "PBKDF1": lambda: _pbe("5.3", 10_000_000),
    "PKCS#12": lambda: _pbe("12.1.6", 10_000_000),
    "RC4 of megabytes": lambda: _pbe("12.1.1", 1, 3_500_000),
    "a MAC": lambda: _pfx(mac=_mac(10_000_000)),
}


def _pbkdf2(rounds: int) -> bytes:
    return der.sequence(der.oid("1.2.840.113549.1.5.12"), der.sequence(der.octets(b"saltsalt"), der.integer(rounds)))


def _scrypt(*costs: int) -> bytes:
    numbers = map(der.integer, costs)
    return der.sequence(der.oid("1.3.6.1.4.1.11591.4.11"), der.sequence(der.octets(b"saltsalt"), *numbers))


def _encrypted(derivation: bytes, cipher: bytes = b"", size: int = 64) -> bytes:
    cipher = cipher or der.sequence(der.oid("1.2.840.113549.3.2"), der.sequence(der.integer(58), der.octets(bytes(8))))
    algorithm = der.sequence(der.oid("1.2.840.113549.1.5.13"), der.sequence(derivation, cipher))
    return der.sequence(algorithm, der.octets(bytes(size)))


def _pbe(last: str, rounds: int, size: int = 64) -> bytes:
    parameters = der.sequence(der.octets(b"saltsalt"), der.integer(rounds))
    return der.sequence(der.sequence(der.oid(f"1.2.840.113549.1.{last}"), parameters), der.octets(bytes(size)))


def _mac(rounds: int, algorithm: str = "2.16.840.1.101.3.4.2.1", digest: bytes = bytes(32)) -> bytes:
    info = der.sequence(der.sequence(der.oid(algorithm), der.NULL), der.octets(digest))
    return der.sequence(info, der.octets(b"saltsalt"), der.integer(rounds))


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_not_begun(name: str) -> None:
    """One sentence, at once; it says how much."""
    started = time.monotonic()
    found = read(COSTLY[name]())
    if name == "PBKDF1":
        assert reasons(found) in (["expensive"], ["no-backend"])
    else:
        assert ["expensive"] == reasons(found)
    assert time.monotonic() - started < 1


def test_without_a_passphrase_nothing_is_too_expensive() -> None:
    """That the empty one could not be tried is no news; what is encrypted needs one."""
    data = _pfx(der.sequence(_bag(2, _pbe("12.1.6", 1))), mac=_mac(10_000_000))

    assert [["missing"], ["expensive"]] == [reasons(read(data, given)) for given in (None, PHRASE)]


def test_one_input_has_one_account() -> None:
    """Fifty bags that cost a little each cost too much together."""
    bag = _bag(2, _pbe("12.1.6", 100_000))
    started = time.monotonic()
    found = read(_pfx(der.sequence(*[bag] * 50)))

    assert ("wrong", 50) == (reasons(found)[0], len(found.keys))
    assert time.monotonic() - started < 3


def test_whoever_allows_it_pays() -> None:
    """``allow_expensive`` lifts the limit, not the wrong passphrase."""
    rounds = MAX_WORK + 1

    data = _encrypted(_pbkdf2(rounds))

    assert [["expensive"], ["wrong"]] == [reasons(read(data, b"x", allow)) for allow in (False, True)]


# ------------------------------------------------------------------------------------------------- the submission


def check(certificate: str, key: bytes | None = None, **options: Any) -> pemcheck.Report:
    """Return what ACM would say to a container as certificate."""
    return pemcheck.check((CONTAINERS / certificate).read_bytes(), key, at="2026-06-01", **options)


def leaf_of(report: pemcheck.Report) -> str:
    """Return what the certificate is called that is judged."""
    return report.submission.leaf.title if report.submission.leaf else ""


def errors(report: pemcheck.Report) -> list[str]:
    """Return the rules of all errors."""
    return [each.rule for each in report.findings if each.severity is pemcheck.Severity.ERROR]


@pytest.mark.parametrize("name", [name for name in BUNDLES if BUNDLES[name].key])
def test_a_pkcs12_file_alone_is_a_whole_submission(name: str) -> None:
    """Its key, its leaf and its chain are judged, and nothing is wrong but that it is one."""
    if not opens_here(name):
        pytest.skip("oscrypto cannot be loaded on this machine")
    report = check(name, passphrase=phrase_of(name))
    said = report.to_dict()

    assert ["input-is-pkcs12"] == errors(report)
    assert (True, "www.example.com") == (said["private_key"]["matches"], leaf_of(report))
    assert name == "openssl-unicode.p12" or 1 == len(said["chain"])


@pytest.mark.parametrize("name", [name for name in SIGNED if name != "pyca.p7b"])
def test_a_pkcs7_file_is_certificate_and_chain(name: str) -> None:
    """In whatever order they stand: a set has none."""
    report = check(name, load_key("rsa-2048-f").pem.encode())

    assert ["input-is-pkcs7"] == errors(report)
    assert ["Test Intermediate I1"] == [each.title for each in report.submission.chain]


def test_without_a_key_the_leaf_is_who_issued_nobody() -> None:
    """Certtool has put the issuer first."""
    report = check("certtool.p7b", without_key=True)

    assert "www.example.com" == leaf_of(report)


def test_a_container_of_issuers_only_still_has_a_first() -> None:
    """Where each issued another, or the only one is self-signed."""
    one, other = (authority(f"CN={name}", key) for name, key in (("A", "p256-a"), ("B", "p256-b")))
    crossed = [authority("CN=A", "p256-a", other).der, authority("CN=B", "p256-b", one).der]

    assert "A" == leaf_of(pemcheck.check(_pkcs7(*crossed), without_key=True))


def test_a_key_in_a_container_does_not_replace_one_that_is_given() -> None:
    """Who passes a key means it."""
    report = check("openssl-open.p12", load_key("rsa-2048-g").pem.encode())

    assert ["input-is-pkcs12", "key-does-not-match"] == errors(report)


def test_a_closed_container_is_one_error() -> None:
    """That certificate and key are not found in it needs no further finding."""
    report = check("openssl.p12")

    assert (["input-is-pkcs12"], ["input-not-decrypted"]) == (
        errors(report),
        [each.rule for each in report.findings if each.severity is pemcheck.Severity.WARNING],
    )


def test_a_container_without_a_key_lacks_one() -> None:
    """A trust store that was opened holds no key, and that is said."""
    if not AVAILABLE:
        pytest.skip("oscrypto cannot be loaded on this machine")
    assert "key-missing" in errors(check("openssl-without-key.p12", passphrase=PHRASE))


@needs_oscrypto
def test_an_opened_key_is_judged_and_still_refused() -> None:
    """It matches, and must not be encrypted."""
    certificate = (FIXTURES / RSA / "certificate.pem").read_bytes()
    chain = (FIXTURES / RSA / "certificate-chain.pem").read_bytes()
    key = (CONTAINERS / "pkcs8-aes256.pem").read_bytes()
    report = pemcheck.check(certificate, key, chain, at="2026-06-01", passphrase=PHRASE.decode())

    assert ["key-encrypted"] == [each.rule for each in report.findings if each.rule != "key-too-large"]
    said = report.to_dict()["private_key"]
    assert (True, ["arithmetic", "oscrypto"]) == (said["matches"], said["proof"])


@needs_oscrypto
def test_an_opened_key_of_another_certificate_is_told() -> None:
    """Which a closed one hides."""
    key = (CONTAINERS / "pkcs8-ec.pem").read_bytes()
    certificate = (FIXTURES / RSA / "certificate.pem").read_bytes()
    outcomes = [
        "key-does-not-match" in errors(pemcheck.check(certificate, key, passphrase=given)) for given in (None, PHRASE)
    ]
    assert [False, True] == outcomes


def test_a_pkcs12_file_as_key_and_as_certificate_is_no_swap() -> None:
    """The same file for both is said to be PKCS#12, twice."""
    data = (CONTAINERS / "openssl-open.p12").read_bytes()
    report = pemcheck.check(data, data, at="2026-06-01")

    assert ["input-is-pkcs12", "input-is-pkcs12"] == errors(report)


def test_a_container_as_chain_is_the_chain() -> None:
    """Sorted upwards from the certificate, since it has no order of its own."""
    folder = FIXTURES / "clean-2-intermediates"
    certificate, chain = ((folder / f"{name}.pem").read_bytes() for name in ("certificate", "certificate-chain"))
    upwards = [each.der for each in pem.read("chain", chain).blocks]
    stranger = authority("CN=Stranger", "p256-a").der
    reports = [
        pemcheck.check(certificate, load_key("rsa-2048-f").pem, _pkcs7(*chain), at="2026-06-01")
        for chain in (upwards, upwards[::-1], [*upwards[::-1], stranger])
    ]

    assert [["input-is-pkcs7"]] * 2 == [errors(each) for each in reports[:2]]
    assert [upwards, upwards, [*upwards, stranger]] == [[each.der for each in it.submission.chain] for it in reports]


@pytest.mark.parametrize("options", [{"passphrase": 5}, {"allow_expensive": "yes"}])
def test_a_passphrase_of_another_type_is_a_type_error(options: Any) -> None:
    """A caller's own mistake."""
    with pytest.raises(TypeError):
        pemcheck.check(b"x", **options)
    with pytest.raises(TypeError):
        pemcheck.inspect(b"x", **options)


def test_the_passphrase_shows_in_no_repr() -> None:
    """Nor does it count when two are compared."""
    assert "Passphrase(allow_expensive=False)" == repr(Passphrase(b"secret"))
    assert NOTHING == Passphrase(b"secret")


def test_every_file_is_in_a_table() -> None:
    """Nothing lies in the folder that no test reads."""
    tables = {*BUNDLES, *SIGNED, *KEYS, *OPENSSH, *CLOSED, "README.md"}

    assert tables == {path.name for path in CONTAINERS.iterdir()}


def _kinds(found: Input) -> list[type]:
    return [type(each) for each in found.objects]


def test_the_container_stands_before_what_is_in_it() -> None:
    """Flat, in one tuple."""
    assert [Other, Certificate, Certificate, PrivateKey] == _kinds(read("openssl-open.p12"))
