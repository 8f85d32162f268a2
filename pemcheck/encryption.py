"""
What an encrypted object says of its encryption, what it takes to open one, and why that can fail.

Nothing here is secret but a passphrase, which shows in no repr.
"""

from __future__ import annotations

from .value import Value


class Passphrase(Value):
    """
    What the user gave to open things with: ``octets`` is None where that is nothing.

    ``allow_expensive`` says that keys may be derived at any cost.
    """

    _hidden = ("octets",)

    octets: bytes | None = None
    allow_expensive: bool = False


NOTHING = Passphrase()
"""No passphrase was given."""


class Derivation(Value):
    """
    How a key comes from a passphrase.

    ``kind`` is pbkdf1 or pbkdf2 (RFC 8018), scrypt (RFC 7914), pkcs12 (RFC 7292 appendix B), openssl
    (EVP_BytesToKey with one round), or the name of another one; ``hash`` is hashlib's name, or that of an unknown
    pseudo-random function.  ``n``, ``r`` and ``p`` are scrypt's costs.
    """

    kind: str
    hash: str = ""
    salt: bytes = b""
    iterations: int = 1
    n: int = 0
    r: int = 0
    p: int = 0


class Scheme(Value):
    """
    How something is encrypted: ``name`` is what people are told, ``cipher`` one of aes, des, tripledes, rc2, rc4.

    Another cipher stands there with its own name.  ``key_length`` counts bytes, ``effective_bits`` RC2's;
    ``iv`` is empty where it is derived too.
    """

    name: str
    derivation: Derivation
    cipher: str
    key_length: int = 0
    iv: bytes = b""
    effective_bits: int = 0


class Mac(Value):
    """
    A PKCS#12 file's MAC (RFC 7292 section 4): of PKCS#12's own kind, or PBMAC1 (RFC 9579).

    ``hash`` is that of the HMAC, ``key_length`` counts bytes.
    """

    derivation: Derivation
    hash: str
    digest: bytes
    key_length: int

    @property
    def name(self) -> str:
        """The MAC as people are told."""
        kind = "" if self.derivation.kind == "pkcs12" else "pbmac1, "
        return f"{kind}hmac with {self.hash}, {self.derivation.iterations:,} rounds"


MISSING, EMPTY, WRONG, UNSUPPORTED, EXPENSIVE, NO_BACKEND, DAMAGED = REASONS = (
    *("missing", "empty", "wrong", "unsupported", "expensive", "no-backend", "damaged"),
)


class NotOpened(Exception):
    """
    Something encrypted that stays closed.

    ``reason`` is one of REASONS, ``detail`` one printable phrase that completes the sentence; no passphrase and
    nothing that was decrypted is in it.
    """

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason = reason
        self.detail = detail

    def __str__(self) -> str:
        because = f": {self.detail}" if self.detail else ""
        return {
            MISSING: "it needs a passphrase, and none was given",
            EMPTY: f"the passphrase that was given is empty, and does not open it{because}",
            WRONG: f"the passphrase that was given does not open it{because}",
            UNSUPPORTED: f"it is encrypted in a way that pemcheck cannot undo{because}",
            EXPENSIVE: f"opening it costs more than is spent unasked{because}",
            NO_BACKEND: f"it cannot be decrypted on this machine{because}",
            DAMAGED: f"it cannot be decrypted, since it is damaged{because}",
        }[self.reason]
