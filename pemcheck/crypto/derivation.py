"""
Keys from passphrases, at a cost that is known before it is spent.

Sources: RFC 8018 section 5 (PBKDF1, PBKDF2), RFC 7292 appendix B (PKCS#12), RFC 7914 (scrypt), and for OpenSSL's
traditional keys https://docs.openssl.org/3.0/man3/EVP_BytesToKey/
"""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

from ..budget import MAX_WORK, PASSPHRASES, Budget
from ..encryption import DAMAGED, EXPENSIVE, UNSUPPORTED, Derivation, NotOpened
from ..source import shorten

MAX_SALT, MAX_LENGTH = 4096, 512
"""Bytes of salt and of what is derived; programs use at most a hundred of each."""
MAX_MEMORY = 64 * 1024 * 1024
"""Bytes of memory that scrypt may take; OpenSSL's own default takes 16 MiB."""

_HASHES = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha512_224", "sha512_256")
_BLOCK_OF_128 = ("sha384", "sha512", "sha512_224", "sha512_256")
_WEIGHTS = {"pbkdf1": 2, "pkcs12": 2}  # a loop of Python's, not of C's
ENCRYPTION_KEY, INITIAL_VECTOR, MAC_KEY = 1, 2, 3
"""What PKCS#12 derives for (RFC 7292 appendix B.3)."""


class Spending:
    """What may still be spent of the work in a *budget*; *unlimited* means that the caller allows any cost."""

    def __init__(self, unlimited: bool = False, budget: Budget | None = None) -> None:
        self.budget = Budget() if budget is None else budget
        self.unlimited = unlimited

    def is_beyond(self, how: Derivation) -> bool:
        """Whether deriving the shortest of keys takes more than may be spent at all; nothing is spent."""
        memory = 128 * how.r * (how.n + how.p)
        rounds = max(how.iterations, 2 * how.n * how.r * how.p)
        return not self.unlimited and (memory > MAX_MEMORY or rounds > MAX_WORK)

    def take(self, rounds: int, what: str) -> None:
        """Take *rounds*; raise NotOpened where so much is not left for *what*."""
        if self.unlimited:
            return
        if not self.budget.take(PASSPHRASES, rounds):
            raise NotOpened(EXPENSIVE, what + (", after what else was read" if rounds <= MAX_WORK else ""))


def new_hash(name: str) -> Callable[[bytes], Any]:
    """Return hashlib's constructor of a hash; raise NotOpened for one that this machine or pemcheck does not have."""
    import hashlib

    if name not in _HASHES:
        raise NotOpened(UNSUPPORTED, f"the hash {shorten(name)} is not known")

    def make(data: bytes) -> Any:
        return hashlib.new(name, data, usedforsecurity=False)

    try:
        make(b"")
    except ValueError:
        raise NotOpened(UNSUPPORTED, f"Python's hashlib does not have {name} here") from None
    return make


def derive(how: Derivation, passphrase: bytes, length: int, spending: Spending, purpose: int = ENCRYPTION_KEY) -> bytes:
    """
    Return *length* bytes derived from *passphrase*, for a *purpose* where the derivation asks for one.

    A passphrase for PKCS#12 is given as it wants it: ``bmp_string`` makes that.  Raises NotOpened: unsupported,
    expensive or damaged.
    """
    make = _DERIVE.get(how.kind)
    if make is None:
        raise NotOpened(UNSUPPORTED, f"the key derivation {shorten(how.kind)} is not known")
    if not spending.unlimited and (len(how.salt) > MAX_SALT or length > MAX_LENGTH):
        raise NotOpened(EXPENSIVE, f"a salt of {len(how.salt):,} bytes for {length:,} bytes derived")
    return make(how, passphrase, length, spending, purpose)


def bmp_string(passphrase: bytes) -> bytes:
    """Return a passphrase as PKCS#12 takes it: UTF-16, big-endian, with a NUL; what is no UTF-8 is Latin-1."""
    try:
        text = passphrase.decode("utf-8")
    except UnicodeDecodeError:
        text = passphrase.decode("latin-1")
    return text.encode("utf-16-be") + b"\0\0"


def _pay(how: Derivation, blocks: int, spending: Spending) -> None:
    weight = _WEIGHTS.get(how.kind, 1) * (2 if how.hash not in ("sha1", "sha224", "sha256") else 1)
    spending.take(how.iterations * blocks * weight, f"{how.iterations:,} rounds of {how.kind.upper()} with {how.hash}")


def _pbkdf1(how: Derivation, passphrase: bytes, length: int, spending: Spending, purpose: int) -> bytes:
    new_hash(how.hash)
    _pay(how, 1, spending)
    return _repeated(how, passphrase + how.salt)[:length]


def _pbkdf2(how: Derivation, passphrase: bytes, length: int, spending: Spending, purpose: int) -> bytes:
    import hashlib

    size = new_hash(how.hash)(b"").digest_size
    _pay(how, -(-length // size), spending)
    try:
        return hashlib.pbkdf2_hmac(how.hash, passphrase, how.salt, how.iterations, length)
    except OverflowError:
        raise NotOpened(EXPENSIVE, f"{how.iterations:,} rounds of PBKDF2") from None


def _scrypt(how: Derivation, passphrase: bytes, length: int, spending: Spending, purpose: int) -> bytes:
    import hashlib

    if not hasattr(hashlib, "scrypt"):
        raise NotOpened(UNSUPPORTED, "Python's hashlib does not have scrypt here")
    memory = 128 * how.r * (how.n + how.p)
    what = f"scrypt with {-(-memory // 1024 // 1024):,} MiB of memory, {how.p:,} times"
    if memory > MAX_MEMORY and not spending.unlimited:
        raise NotOpened(EXPENSIVE, what)
    spending.take(2 * how.n * how.r * how.p, what)
    try:
        return hashlib.scrypt(
            passphrase, salt=how.salt, n=how.n, r=how.r, p=how.p, maxmem=2 * memory + 128 * how.r * how.p + 1024 * 1024,
            dklen=length,
        )  # fmt: skip
    except (OverflowError, MemoryError):
        raise NotOpened(EXPENSIVE, what) from None
    except ValueError:  # n is no power of two, or the numbers are beyond what OpenSSL allows
        raise NotOpened(DAMAGED, f"OpenSSL does not take {what}") from None


def _pkcs12(how: Derivation, passphrase: bytes, length: int, spending: Spending, purpose: int) -> bytes:
    """RFC 7292 appendix B.2."""
    make = new_hash(how.hash)
    size, block = make(b"").digest_size, 128 if how.hash in _BLOCK_OF_128 else 64
    _pay(how, -(-length // size), spending)
    filled = _filled(how.salt, block) + _filled(passphrase, block)
    made = b""
    while True:
        digest = _repeated(how, bytes((purpose,)) * block + filled)
        made += digest
        if len(made) >= length:
            return made[:length]
        step = int.from_bytes(_filled(digest, block)[:block], "big") + 1
        pieces = (filled[start : start + block] for start in range(0, len(filled), block))
        numbers = ((int.from_bytes(piece, "big") + step) % (1 << 8 * block) for piece in pieces)
        filled = b"".join(number.to_bytes(block, "big") for number in numbers)


def _repeated(how: Derivation, data: bytes) -> bytes:
    """Return the hash of the hash of … *data*; of this loop, the cost is the call of a constructor."""
    import hashlib

    make = getattr(hashlib, how.hash, None) or partial(hashlib.new, how.hash)
    for _ in range(how.iterations):
        data = make(data, usedforsecurity=False).digest()
    return data


def _filled(data: bytes, block: int) -> bytes:
    """Return *data*, repeated to fill whole blocks."""
    size = -(-len(data) // block) * block
    return (data * (size // len(data) + 1))[:size] if data else b""


def _openssl(how: Derivation, passphrase: bytes, length: int, spending: Spending, purpose: int) -> bytes:
    """EVP_BytesToKey with one round, which is all that OpenSSL's traditional keys have."""
    make = new_hash(how.hash)
    made = digest = b""
    while len(made) < length:
        digest = make(digest + passphrase + how.salt).digest()
        made += digest
    return made[:length]


_DERIVE: dict[str, Callable[[Derivation, bytes, int, Spending, int], bytes]] = {
    "pbkdf1": _pbkdf1,
    "pbkdf2": _pbkdf2,
    "scrypt": _scrypt,
    "pkcs12": _pkcs12,
    "openssl": _openssl,
}
