"""
Passphrase and ciphertext to plaintext.

oscrypto has AES and triple DES, which single DES is a case of; RC2 and RC4 are in ``old_ciphers``.  Everything that can
be said without the passphrase is said before a key is derived, since that costs.  No exception holds the passphrase,
a derived key or any plaintext.
"""

from __future__ import annotations

from typing import Any

from ..encryption import DAMAGED, MISSING, NO_BACKEND, UNSUPPORTED, WRONG, Derivation, Mac, NotOpened, Scheme
from ..source import shorten
from . import oscrypto_loader
from .derivation import INITIAL_VECTOR, MAC_KEY, Spending, bmp_string, derive, new_hash
from .old_ciphers import rc2_cbc, rc4

__all__ = ["Spending", "bmp_string", "decrypt", "verify_mac"]

_BLOCKS = {"aes": 16, "des": 8, "tripledes": 8, "rc2": 8, "rc4": 1}
"""Bytes of a block, by cipher."""
_DERIVE_VECTORS = ("pbkdf1", "pkcs12")
"""The derivations that make the initial vector too."""
_IN_PYTHON = {"rc2": 10, "rc4": 1}
"""Rounds of hashing that one byte costs as much as, by the ciphers that are slow here."""


def decrypt(scheme: Scheme, ciphertext: bytes, passphrase: bytes | None, spending: Spending) -> bytes:
    """
    Return what *ciphertext* decrypts to; that the padding fits is all that is known of it.

    Raises NotOpened, for any reason but empty: an empty passphrase is wrong here like any other.
    """
    _check(scheme, ciphertext)
    library = None if scheme.cipher in _IN_PYTHON else _symmetric(scheme)
    if passphrase is None:
        raise NotOpened(MISSING)
    spending.take(_IN_PYTHON.get(scheme.cipher, 0) * len(ciphertext), f"{len(ciphertext):,} bytes of {scheme.cipher}")
    key, iv = _key_and_vector(scheme, passphrase, spending)
    if library is not None:
        return _by_oscrypto(library, scheme, key, iv, ciphertext)
    if scheme.cipher == "rc4":
        return rc4(key, ciphertext)
    return _unpadded(rc2_cbc(key, scheme.effective_bits, iv, ciphertext))


def verify_mac(mac: Mac, content: bytes, passphrase: bytes | None, spending: Spending) -> bytes:
    """
    Return the passphrase with which the MAC of a PKCS#12 file is right, as PKCS#12 derives keys from it.

    An empty one may have been encoded as a NUL, or as nothing at all.  None is tried as the empty one.
    Raises NotOpened, for any reason but empty and no-backend.
    """
    import hmac

    new_hash(mac.hash)
    for encoded in _encodings(mac.derivation, passphrase or b""):
        key = derive(mac.derivation, encoded, mac.key_length, spending, MAC_KEY)
        if hmac.compare_digest(hmac.new(key, content, _hash(mac.hash)).digest(), mac.digest):
            return encoded if mac.derivation.kind == "pkcs12" else bmp_string(passphrase or b"")
    if passphrase is None:
        raise NotOpened(MISSING)
    raise NotOpened(WRONG, "its MAC is another")


def _hash(name: str) -> Any:
    make = new_hash(name)
    return lambda data=b"": make(data)


def _encodings(how: Derivation, passphrase: bytes) -> tuple[bytes, ...]:
    if how.kind != "pkcs12":
        return (passphrase,)
    return (bmp_string(passphrase),) if passphrase else (b"\0\0", b"")


def _check(scheme: Scheme, ciphertext: bytes) -> None:
    """Raise NotOpened for a cipher that is not known, and for what it cannot have made."""
    block = _BLOCKS.get(scheme.cipher)
    if block is None:
        raise NotOpened(UNSUPPORTED, shorten(scheme.name))
    if not ciphertext or len(ciphertext) % block:
        raise NotOpened(DAMAGED, f"{len(ciphertext):,} bytes of ciphertext are not whole blocks of {scheme.cipher}")
    if scheme.derivation.kind not in _DERIVE_VECTORS and len(scheme.iv) != block:
        raise NotOpened(DAMAGED, f"an initial vector of {len(scheme.iv):,} bytes")


def _symmetric(scheme: Scheme) -> Any:
    try:
        return oscrypto_loader.symmetric()
    except oscrypto_loader.BackendUnavailable as error:
        raise NotOpened(NO_BACKEND, f"{shorten(scheme.name)} needs a libcrypto ({error.reason})") from None


def _key_and_vector(scheme: Scheme, passphrase: bytes, spending: Spending) -> tuple[bytes, bytes]:
    how, size, block = scheme.derivation, scheme.key_length, _BLOCKS[scheme.cipher]
    if how.kind == "pbkdf1":
        both = derive(how, passphrase, size + block, spending)
        return both[:size], both[size:]
    if how.kind != "pkcs12":
        return derive(how, passphrase, size, spending), scheme.iv
    key = derive(how, passphrase, size, spending)
    return key, b"" if scheme.cipher == "rc4" else derive(how, passphrase, block, spending, INITIAL_VECTOR)


def _by_oscrypto(library: Any, scheme: Scheme, key: bytes, iv: bytes, ciphertext: bytes) -> bytes:
    """Return what oscrypto makes of it; its OSError may mean wrong padding, or that it may not use the cipher."""
    name = "aes_cbc_pkcs7" if scheme.cipher == "aes" else "tripledes_cbc_pkcs5"
    if name.startswith("triple"):
        key = (key * 3)[:24]  # of one key, or of two: the first is the third
    try:
        return bytes(getattr(library, f"{name}_decrypt")(key, ciphertext, iv))
    except Exception:
        works = _works(getattr(library, f"{name}_encrypt"), key, iv)
    if works:
        raise NotOpened(WRONG, "what comes out is not padded as it should be")
    raise NotOpened(NO_BACKEND, f"its libcrypto refuses {shorten(scheme.name)}")


def _works(encrypt: Any, key: bytes, iv: bytes) -> bool:
    """Whether oscrypto encrypts with this key at all, as it does not under a policy that forbids the cipher."""
    try:
        return bool(encrypt(key, b"\0", iv))  # of nothing at all, oscrypto would make more than its buffer holds
    except Exception:
        return False


def _unpadded(plain: bytes) -> bytes:
    """RFC 8018 section 6.1.1, step 4."""
    size = plain[-1]
    if not 0 < size <= 8 or plain[-size:] != bytes((size,)) * size:
        raise NotOpened(WRONG, "what comes out is not padded as it should be")
    return plain[:-size]
