"""Deriving keys and undoing ciphers, with the vectors of the RFCs and pyca/cryptography as judges."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from fixtures import der
from pemcheck import crypto
from pemcheck.asn1 import schemes
from pemcheck.budget import MAX_WORK
from pemcheck.crypto import decrypting, derivation, oscrypto_loader
from pemcheck.crypto.decrypting import Spending, decrypt, verify_mac
from pemcheck.crypto.old_ciphers import rc2_cbc, rc4
from pemcheck.der import parse
from pemcheck.encryption import Derivation, Mac, NotOpened, Scheme

AVAILABLE = crypto.backend()["unavailable"] is None
needs_oscrypto = pytest.mark.skipif(not AVAILABLE, reason="oscrypto cannot be loaded on this machine")
PBKDF2 = Derivation("pbkdf2", "sha256", b"saltsalt", 2)
CONTAINERS = Path(__file__).resolve().parent.parent / "fixtures" / "containers"


def reason(error: pytest.ExceptionInfo[NotOpened]) -> tuple[str, str]:
    """Return why something was not opened."""
    return error.value.reason, error.value.detail


def derive(how: Derivation, passphrase: bytes, length: int, purpose: int = 1) -> bytes:
    """Return a derived key, whatever it costs."""
    return derivation.derive(how, passphrase, length, Spending(True), purpose)


def encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """Return AES-CBC ciphertext of whole blocks."""
    worker = Cipher(AES(key), CBC(iv)).encryptor()
    return worker.update(data) + worker.finalize()


# --------------------------------------------------------------------------------------------------- old ciphers


@pytest.mark.parametrize(
    ("key", "bits", "plain", "ciphertext"),
    [
        ("00" * 8, 63, "00" * 8, "ebb773f993278eff"),
        ("ff" * 8, 64, "ff" * 8, "278b27e42e2f0d49"),
        ("3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"),
        ("88", 64, "00" * 8, "61a8a244adacccf0"),
        ("88bca90e90875a", 64, "00" * 8, "6ccf4308974c267f"),
        ("88bca90e90875a7f0f79c384627bafb2", 64, "00" * 8, "1a807d272bbe5db1"),
        ("88bca90e90875a7f0f79c384627bafb2", 128, "00" * 8, "2269552ab0f85ca6"),
        ("88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129, "00" * 8, "5b78d3a43dfff1f1"),
    ],
)
def test_rc2_is_that_of_rfc_2268(key: str, bits: int, plain: str, ciphertext: str) -> None:
    """Every vector of its section 5."""
    assert plain == rc2_cbc(bytes.fromhex(key), bits, bytes(8), bytes.fromhex(ciphertext)).hex()


def test_rc2_chains_its_blocks() -> None:
    """Each block is combined with the ciphertext before it."""
    block = bytes.fromhex("2269552ab0f85ca6")
    key = bytes.fromhex("88bca90e90875a7f0f79c384627bafb2")

    assert (b"\1" * 8 + block) == rc2_cbc(key, 128, b"\1" * 8, block * 2)


@pytest.mark.parametrize(
    ("key", "stream"),
    [
        ("0102030405", "b2396305f03dc027ccc3524a0a1118a8"),
        ("0102030405060708090a0b0c0d0e0f10", "9ac7cc9a609d1ef7b2932899cde41b97"),
    ],
)
def test_rc4_is_that_of_rfc_6229(key: str, stream: str) -> None:
    """The first bytes of the stream, for 40 and 128 bits."""
    assert stream == rc4(bytes.fromhex(key), bytes(16)).hex()


# ----------------------------------------------------------------------------------------------------- derivation


@pytest.mark.parametrize(
    ("password", "salt", "n", "r", "p", "begins"),
    [(b"", b"", 16, 1, 1, "77d6576238657b20"), (b"password", b"NaCl", 1024, 8, 16, "fdbabe1c9d347200")],
)
def test_scrypt_is_that_of_rfc_7914(password: bytes, salt: bytes, n: int, r: int, p: int, begins: str) -> None:
    """Its section 12."""
    assert begins == derive(Derivation("scrypt", "", salt, 1, n, r, p), password, 64)[:8].hex()


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256", "sha512"])
@pytest.mark.parametrize("purpose", [1, 2, 3])
@pytest.mark.parametrize("length", [8, 24, 100])
@needs_oscrypto
def test_the_derivation_of_pkcs12_is_oscryptos(digest: str, purpose: int, length: int) -> None:
    """For keys, vectors and MACs, of one block and of several."""
    oscrypto_loader.asymmetric()
    from importlib import import_module

    kdf = import_module("oscrypto.kdf")
    expected = kdf.pkcs12_kdf(digest, b"correct horse", b"saltsalt", 3, length, purpose)
    how = Derivation("pkcs12", digest, b"saltsalt", 3)

    assert expected == derive(how, derivation.bmp_string(b"correct horse"), length, purpose)


def test_a_passphrase_for_pkcs12_is_utf_16() -> None:
    """With a NUL behind it; what is no UTF-8 is taken as Latin-1, as OpenSSL does."""
    made = [derivation.bmp_string(each) for each in ("ä€".encode(), b"\xe4", b"")]

    assert [b"\0\xe4\x20\xac\0\0", b"\0\xe4\0\0", b"\0\0"] == made


def test_without_salt_and_passphrase_there_is_still_a_key() -> None:
    """PKCS#12's derivation of nothing at all is defined."""
    assert hashlib.sha1(b"\1" * 64).digest() == derive(Derivation("pkcs12", "sha1"), b"", 20)


def test_a_hash_without_a_constructor_of_its_own_is_found() -> None:
    """SHA-512/256 has none in hashlib."""
    pytest.importorskip("_hashlib")
    how = Derivation("pbkdf1", "sha512_256", b"salt", 2)
    first = hashlib.new("sha512_256", b"xsalt").digest()

    assert hashlib.new("sha512_256", first).digest() == derive(how, b"x", 32)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (PBKDF2.replace(hash="md2"), ("unsupported", "the hash md2 is not known")),
        (PBKDF2.replace(hash="1.2.643.7.1.1.2.2"), ("unsupported", "the hash 1.2.643.7.1.1.2.2 is not known")),
        (Derivation("1.2.3"), ("unsupported", "the key derivation 1.2.3 is not known")),
        (PBKDF2.replace(iterations=2**63), ("expensive", "9,223,372,036,854,775,808 rounds of PBKDF2")),
        (
            Derivation("scrypt", n=3, r=1, p=1),
            ("damaged", "OpenSSL does not take scrypt with 1 MiB of memory, 1 times"),
        ),
        (Derivation("scrypt", n=2**70, r=2**70, p=1), ("expensive", "")),
    ],
    ids=str,
)
def test_what_cannot_be_derived_says_why(how: Derivation, expected: tuple[str, str]) -> None:
    """Also where every cost is allowed."""
    with pytest.raises(NotOpened) as error:
        derive(how, b"x", 16)

    assert expected in (reason(error), (error.value.reason, ""))


def test_a_hash_that_this_machine_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where a policy has taken it away."""

    def refuse(*_: Any, **__: Any) -> None:
        raise ValueError("unsupported hash type")

    monkeypatch.setattr(hashlib, "new", refuse)
    with pytest.raises(NotOpened) as error:
        derive(PBKDF2, b"x", 16)

    assert ("unsupported", "Python's hashlib does not have sha256 here") == reason(error)


def test_without_scrypt_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some builds of Python lack it."""
    monkeypatch.delattr(hashlib, "scrypt")
    with pytest.raises(NotOpened) as error:
        derive(Derivation("scrypt", n=2, r=1, p=1), b"x", 16)

    assert ("unsupported", "Python's hashlib does not have scrypt here") == reason(error)


# ------------------------------------------------------------------------------------------------------ decrypting


def test_what_can_be_said_costs_nothing() -> None:
    """No key is derived for an unknown cipher, or for what no cipher can have made."""
    spending = Spending()
    aes = Scheme("x", PBKDF2, "aes", 16, bytes(16))
    bad = (
        (Scheme("cast5", PBKDF2, "cast5"), b"x", ("unsupported", "cast5")),
        (aes, b"x", ("damaged", "1 bytes of ciphertext are not whole blocks of aes")),
        (aes, b"", ("damaged", "0 bytes of ciphertext are not whole blocks of aes")),
        (aes.replace(iv=bytes(3)), bytes(16), ("damaged", "an initial vector of 3 bytes")),
        (aes.replace(iv=b""), bytes(16), ("damaged", "an initial vector of 0 bytes")),
    )
    for scheme, ciphertext, expected in bad:
        with pytest.raises(NotOpened) as error:
            decrypt(scheme, ciphertext, b"x", spending)
        assert expected == reason(error)
    assert MAX_WORK == spending.budget.work


@needs_oscrypto
@pytest.mark.parametrize("size", [16, 24, 32])
def test_aes_is_undone(size: int) -> None:
    """Whatever its size."""
    key = derive(PBKDF2, b"x", size)
    ciphertext = encrypt(key, bytes(16), b"0123456789abcde\1")

    assert b"0123456789abcde" == decrypt(
        Scheme("aes", PBKDF2, "aes", size, bytes(16)), ciphertext, b"x", Spending()
    )


@pytest.mark.parametrize("cipher", ["aes", "tripledes"])
def test_a_policy_that_forbids_a_cipher_is_no_wrong_passphrase(cipher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under FIPS every call fails, encryption too."""

    class Forbidding:
        def __getattr__(self, name: str) -> Any:
            def refuse(*_: Any) -> None:
                raise OSError("unsupported")

            return refuse

    monkeypatch.setattr(oscrypto_loader, "symmetric", Forbidding)
    size = {"aes": 16, "tripledes": 24}[cipher]
    with pytest.raises(NotOpened) as error:
        decrypt(
            Scheme("its name", PBKDF2, cipher, size, bytes(16 if cipher == "aes" else 8)),
            bytes(16),
            b"x",
            Spending(),
        )

    assert ("no-backend", "its libcrypto refuses its name") == reason(error)


def test_without_a_backend_its_reason_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one word."""

    def fail() -> None:
        raise oscrypto_loader.BackendUnavailable("libcrypto-not-found", "nowhere")

    monkeypatch.setattr(oscrypto_loader, "symmetric", fail)
    with pytest.raises(NotOpened) as error:
        decrypt(Scheme("aes", PBKDF2, "aes", 16, bytes(16)), bytes(16), b"x", Spending())

    assert ("no-backend", "aes needs a libcrypto (libcrypto-not-found)") == reason(error)


@pytest.mark.parametrize(
    ("last", "fits"),
    [(b"\1", True), (b"\2\2", True), (b"\x08" * 8, True), (b"\0", False), (b"\2", False), (b"\t", False)],
)
def test_padding_is_looked_at(last: bytes, fits: bool) -> None:
    """One to eight bytes, each of them their number."""
    plain = bytes(16)[: -len(last)] + last
    if fits:
        assert plain[: -len(last)] == decrypting._unpadded(plain)
        return
    with pytest.raises(NotOpened):
        decrypting._unpadded(plain)


# ------------------------------------------------------------------------------------------------------------ MAC


def _mac(derivation_of: Derivation, key: bytes, digest: str = "sha256") -> Mac:
    return Mac(derivation_of, digest, hmac.new(key, b"content", digest).digest(), len(key))


def test_an_empty_passphrase_may_be_a_nul_or_nothing() -> None:
    """Both are found, and what was right is returned."""
    how = Derivation("pkcs12", "sha256", b"saltsalt", 2)
    for encoded in (b"\0\0", b""):
        mac = _mac(how, derive(how, encoded, 32, 3))
        assert [encoded] * 2 == [verify_mac(mac, b"content", given, Spending()) for given in (b"", None)]


def test_a_mac_of_pbmac1_is_verified() -> None:
    """RFC 9579: PBKDF2 of the passphrase as it is; what is encrypted beside it may still be PKCS#12's way."""
    mac = _mac(PBKDF2, derive(PBKDF2, b"x", 32), "sha512")

    assert (b"\0x\0\0", "pbmac1, hmac with sha512, 2 rounds") == (
        verify_mac(mac, b"content", b"x", Spending()),
        mac.name,
    )


@pytest.mark.parametrize(("given", "expected"), [(b"y", "wrong"), (b"", "wrong"), (None, "missing")])
def test_another_mac_is_a_wrong_passphrase(given: bytes | None, expected: str) -> None:
    """Or a missing one."""
    with pytest.raises(NotOpened) as error:
        verify_mac(_mac(PBKDF2, derive(PBKDF2, b"x", 32)), b"content", given, Spending())

    assert expected == error.value.reason


# -------------------------------------------------------------------------------------------------- what is said


def _node(data: bytes) -> Any:
    return parse(data)


RC2 = "1.2.840.113549.3.2"


def _pbes2(derivation_of: bytes, cipher: bytes) -> Any:
    return _node(der.sequence(der.oid("1.2.840.113549.1.5.13"), der.sequence(derivation_of, cipher)))


def _kdf(*more: bytes, dotted: str = "1.2.840.113549.1.5.12") -> bytes:
    return der.sequence(der.oid(dotted), der.sequence(der.octets(b"salt"), *more))


def _aes(iv: bytes = bytes(16)) -> bytes:
    return der.sequence(der.oid("2.16.840.1.101.3.4.1.42"), der.octets(iv))


def _rc2(*version: bytes) -> bytes:
    return der.sequence(der.oid(RC2), der.sequence(*version, der.octets(bytes(8))))


def test_what_pbkdf2_leaves_out_has_defaults() -> None:
    """HMAC with SHA-1, and the key length of the cipher."""
    found = schemes.scheme(_pbes2(_kdf(der.integer(7)), _aes()))

    assert Derivation("pbkdf2", "sha1", b"salt", 7) == found.derivation
    assert ("aes", 32, bytes(16)) == (found.cipher, found.key_length, found.iv)


def test_what_pbkdf2_states_is_read() -> None:
    """The length of the key, and another pseudo-random function."""
    prf = der.sequence(der.oid("1.2.840.113549.2.11"), der.NULL)
    found = schemes.scheme(_pbes2(_kdf(der.integer(7), der.integer(32), prf), _aes()))

    assert ("sha512", 32) == (found.derivation.hash, found.key_length)


@pytest.mark.parametrize(
    ("version", "bits"), [((), 32), ((58,), 128), ((160,), 40), ((120,), 64), ((300,), 300)], ids=str
)
def test_the_version_of_rc2_is_its_strength(version: tuple[int, ...], bits: int) -> None:
    """RFC 8018 appendix B.2.3."""
    found = schemes.scheme(_pbes2(_kdf(der.integer(7), der.integer(5)), _rc2(*map(der.integer, version))))

    assert (bits, 5) == (found.effective_bits, found.key_length)


@pytest.mark.parametrize(
    "scheme",
    [
        _pbes2(_kdf(der.integer(7), der.integer(16)), _aes()),
        _pbes2(_kdf(der.integer(0)), _aes()),
        _pbes2(_kdf(der.integer(7), der.integer(2000)), _rc2()),
        _pbes2(_kdf(der.integer(7), der.integer(200)), _rc2()),
        _pbes2(_kdf(der.integer(7)), _rc2(der.integer(4000))),
        _pbes2(_kdf(der.integer(7)), der.sequence(der.oid("2.16.840.1.101.3.4.1.42"), der.NULL)),
    ],
    ids=range(6),
)
def test_parameters_that_contradict_are_refused(scheme: Any) -> None:
    """A key of another length than the cipher's, no rounds at all, more than RC2 takes, no vector."""
    with pytest.raises(ValueError, match=r"length|positive|no cipher|RC2 takes|tag"):
        schemes.scheme(scheme)


def test_what_is_unknown_is_named() -> None:
    """By its OID where it has no name."""
    unknown = der.sequence(der.oid("1.2.3"))
    found = schemes.scheme(_pbes2(unknown, unknown))

    assert ("pbes2, 1.2.3, 1.2.3", "1.2.3", "1.2.3") == (found.name, found.derivation.kind, found.cipher)
    assert ("1.2.3", "1.2.3") == (schemes.scheme(_node(unknown)).name, schemes.scheme(_node(unknown)).cipher)


def test_a_mac_without_rounds_has_one() -> None:
    """RFC 7292 section 4; PBMAC1 brings its own."""
    info = der.sequence(der.sequence(der.oid("1.3.14.3.2.26"), der.NULL), der.octets(bytes(20)))
    plain = schemes.mac(_node(der.sequence(info, der.octets(b"salt"))))
    hashed = der.sequence(der.oid("1.2.840.113549.2.9"), der.NULL)
    parameters = der.sequence(_kdf(der.integer(9), der.integer(32), hashed), hashed)
    info = der.sequence(der.sequence(der.oid("1.2.840.113549.1.5.14"), parameters), der.octets(bytes(32)))
    modern = schemes.mac(_node(der.sequence(info, der.octets(b"unused"), der.integer(1))))

    assert (Derivation("pkcs12", "sha1", b"salt"), 20) == (plain.derivation, plain.key_length)
    assert (Derivation("pbkdf2", "sha256", b"salt", 9), "sha256", 32) == (
        modern.derivation,
        modern.hash,
        modern.key_length,
    )


@pytest.mark.parametrize(
    ("headers", "name"),
    [
        ((), None),
        (("DEK-Info: BF-CBC,00",), "BF-CBC"),
        (("Proc-Type: 4,ENCRYPTED", "DEK-Info: DES-CBC, 0a"), "DES-CBC"),
    ],
)
def test_the_header_names_the_cipher(headers: tuple[str, ...], name: str | None) -> None:
    """If it is there."""
    assert name == schemes.legacy_name(headers)


def test_the_header_says_how_it_is_encrypted() -> None:
    """OpenSSL's salt is the beginning of the vector."""
    found = schemes.legacy_scheme(("Proc-Type: 4,ENCRYPTED", "DEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F"))

    assert (Derivation("openssl", "md5", bytes(range(8))), bytes(range(16)), 16) == (
        found.derivation,
        found.iv,
        found.key_length,
    )
    with pytest.raises(ValueError, match="no DEK-Info"):
        schemes.legacy_scheme(("Proc-Type: 4,ENCRYPTED",))


@pytest.mark.parametrize(
    ("data", "whole"), [(b"\x30\0", True), (b"\x30\0\0", False), (b"\x04\0", False), (b"\x30\5", False), (b"", False)]
)
def test_what_was_decrypted_is_one_sequence(data: bytes, whole: bool) -> None:
    """Nothing before it, nothing behind it."""
    assert whole is schemes.is_whole_sequence(data)


def test_a_salt_of_megabytes_is_not_derived_from() -> None:
    """One round over megabytes costs as much as a million over a few bytes; so does what is derived in megabytes."""
    long = (Derivation("pkcs12", "sha1", bytes(5000), 1), Derivation("pbkdf2", "sha1", bytes(8), 1))
    for how, length in zip(long, (20, 100_000)):
        with pytest.raises(NotOpened) as caught:
            derivation.derive(how, b"x", length, Spending())
        assert "expensive" == caught.value.reason
