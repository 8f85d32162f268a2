"""What is to be written, as frozen values."""

from __future__ import annotations

from typing import NamedTuple

from .. import armor
from ..facts import Name
from ..inputs import CERTIFICATE, CHAIN, PRIVATE_KEY
from ..source import Location
from ..value import Value

NAMES = {CERTIFICATE: "certificate.pem", PRIVATE_KEY: "private-key.pem", CHAIN: "certificate-chain.pem"}
"""The file of each role."""


class Piece(Value):
    """
    One PEM block to write: *title* is what people call it, *at* where it was found.

    ``der`` may be a private key, so it is in no repr.
    """

    _hidden = ("der",)

    label: str
    der: bytes
    at: Location
    title: str


class Dropped(Value):
    """What was given and is not written: where it stood, what it is, and why it is left out."""

    role: str
    at: Location
    title: str
    why: str


class Remains(NamedTuple):
    """What cannot be repaired, and what to get from where; a finding of one of *rules* says the same."""

    text: str
    rules: tuple[str, ...] = ()


class Plan(Value):
    """
    What to write, and how it differs from what was given.

    ``changes`` says in sentences what was done; those that are ``moves`` can also be seen block by block.
    ``remains`` is what cannot be repaired.  Without a certificate nothing is to be written at all.
    """

    certificate: Piece | None = None
    key: Piece | None = None
    chain: tuple[Piece, ...] = ()
    dropped: tuple[Dropped, ...] = ()
    changes: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    remains: tuple[Remains, ...] = ()
    wanted: Name | None = None
    """The issuer that the chain ends without, None where it is complete."""

    @property
    def remaining(self) -> tuple[str, ...]:
        """What cannot be repaired, in sentences."""
        return tuple(dict.fromkeys(each.text for each in self.remains))

    def pieces(self, role: str) -> tuple[Piece, ...]:
        """Return the blocks of one file, in order."""
        one = {CERTIFICATE: self.certificate, PRIVATE_KEY: self.key}.get(role)
        return self.chain if role == CHAIN else (one,) if one else ()

    def contents(self) -> dict[str, bytes]:
        """Return each file's PEM by its role; a file without a block is not written."""
        found = {role: self.pieces(role) for role in NAMES}
        return {
            role: b"".join(armor.encode(each.label, each.der) for each in pieces)
            for role, pieces in found.items()
            if pieces
        }
