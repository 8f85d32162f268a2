"""
What one call may cost, whatever it was given: one account, shared by every input and by everything in it.

A limit per file or per block is none: an attacker gives many.  Nor are limits per kind of thing: an attacker gives
some of each.  So everything is paid with the same coin, the time that it takes, which is known before it is spent.
What is left out because of it is never passed: who runs out says so, and the verdict is undecided.

The coin is the time of one round of PBKDF2 with SHA-256, 0.2 microseconds where the prices were measured
(docs/limits.md).  A price is what the worst thing of its kind takes.
"""

from __future__ import annotations

from typing import Any

from .source import MAX_ALL_BYTES

MAX_WORK = 3_100_000
"""
Rounds for reading: about 0.6 seconds.

OWASP's advice of today, 1,300,000 rounds with SHA-1 for a 256-bit key, which takes two blocks, is within it.
"""
RESERVED = 600
"""Units of ``crypto.effort`` that reading leaves for keys and signatures; a usual chain takes about 20."""

PRICE_ROUND = 1
PRICE_KILOBYTE = 160
"""Of what is read, and of what comes out of archives."""
PRICE_LINE = 10
PRICE_OBJECT = 250
"""Of a certificate, key or other block, without what is in it."""
PRICE_ELEMENT = 10
PRICE_JSON = 1
"""Of a byte."""
PRICE_YAML = 8
"""Of a byte."""
PRICE_EFFORT = 500

BYTES, LINES, OBJECTS = "bytes", "lines of text", "certificates, keys and other blocks"
ELEMENTS, DOCUMENTS = "ASN.1 elements", "JSON and YAML documents"
PASSPHRASES, CALCULATIONS = "passphrases", "signatures and keys to calculate with"
_PRICES = {
    BYTES: PRICE_KILOBYTE, LINES: PRICE_LINE, OBJECTS: PRICE_OBJECT, ELEMENTS: PRICE_ELEMENT, DOCUMENTS: PRICE_JSON,
    PASSPHRASES: PRICE_ROUND, CALCULATIONS: PRICE_EFFORT,
}  # fmt: skip


class Exhausted(ValueError):
    """There is nothing left to spend; its text says on what most was spent."""


class Budget:
    """
    What may still be spent in one call.

    ``octets`` counts bytes, of archives those that come out of them too: they bound the memory.  ``work`` counts as
    MAX_WORK does, ``reserve`` units of ``crypto.effort``; ``spent`` is what each kind of thing took of both, in rounds.
    ``answers`` remembers what was verified: nothing is paid for twice.  ``many`` says that it is one call of many, for
    which a library is loaded that takes long to load.
    """

    def __init__(self) -> None:
        self.octets = MAX_ALL_BYTES
        self.work = MAX_WORK
        self.reserve = RESERVED
        self.spent: dict[str, int] = {}
        self.answers: dict[tuple[str, str], Any] = {}
        self.many = False

    def again(self) -> Budget:
        """Return the budget to read the inputs once more, as somebody has asked; what was verified stays known."""
        found = Budget()
        found.answers, found.many = self.answers, self.many
        return found

    def rest(self) -> Budget:
        """Return the budget to read what was made out of the inputs: what is left, and at least an eighth of all."""
        found = self.again()
        found.work = max(self.work, MAX_WORK // 8)
        return found

    def left(self, kind: str) -> int:
        """Return how many things of this *kind* can still be paid."""
        return self.work // _PRICES[kind]

    def take(self, kind: str, count: int = 1) -> bool:
        """Take *count* things of this *kind*; return whether so many were left, and take none where not."""
        work = count * _PRICES[kind]
        if work > self.work:
            return False
        self.work -= work
        self._note(kind, work)
        return True

    def require(self, kind: str, count: int = 1) -> None:
        """Take *count* things of this *kind*, or all that is left; raise Exhausted where so many are not left."""
        if not self.take(kind, count):
            self._note(kind, self.work)
            self.work = 0
            raise Exhausted(self.reason)

    def take_octets(self, count: int) -> None:
        """Take *count* bytes of an input or out of an archive; raise Exhausted where so many are not left."""
        if count > self.octets:
            raise Exhausted(f"all inputs together have more than {MAX_ALL_BYTES:,} bytes")
        self.octets -= count
        self.require(BYTES, -(-count // 1024))

    def take_effort(self, effort: int) -> bool:
        """Take the work of *effort*, a number of units of ``crypto.effort``; return whether so much was left."""
        reserved = min(effort, self.reserve)
        if not self.take(CALCULATIONS, effort - reserved):
            return False
        self.reserve -= reserved
        self._note(CALCULATIONS, reserved * PRICE_EFFORT)
        return True

    @property
    def reason(self) -> str:
        """Why there is nothing left, as words: what took most."""
        most = max(self.spent, key=lambda kind: self.spent[kind], default=BYTES)
        return f"there is too much in all inputs together, most of all {most}"

    def _note(self, kind: str, work: int) -> None:
        self.spent[kind] = self.spent.get(kind, 0) + work
