"""
What one call may cost, whatever it was given: one account, shared by every input and by everything in it.

A limit per file or per block is none: an attacker gives many.  What is left out because of it is never passed: who
runs out says so, and the verdict is undecided.
"""

from __future__ import annotations

from typing import Any

from .source import MAX_ALL_BYTES

MAX_LINES = 120_000
"""Lines of PEM read; 7 MB of it have as many."""
MAX_OBJECTS = 1_200
"""Certificates, keys and other objects read, those in containers included."""
MAX_ELEMENTS = 200_000
"""ASN.1 elements read; a certificate has about a hundred."""
MAX_DOCUMENTS = 2 * 1024 * 1024
"""Bytes of JSON parsed; one of YAML takes as long as eight of them."""
MAX_SIGNATURES = 300
"""Signatures verified: a chain of 1,700 certificates with one name would be quadratic."""
MAX_WORK = 3_000_000
"""
Rounds of hashing, and calculations that take as long: less than a second in all.

They are counted as those of PBKDF2 with SHA-256.  OWASP's advice of today, 1,300,000 rounds with SHA-1 for a 256-bit
key, which takes two blocks, is within it.
"""
ROUNDS_PER_EFFORT = 500
"""Rounds that take as long as one unit of ``crypto.effort``."""
RESERVED = 1_000
"""Units of ``crypto.effort`` that passphrases leave for keys and signatures; a usual chain takes about 15."""


class Exhausted(ValueError):
    """There is nothing left to spend; its text says of what."""


class Budget:
    """
    What may still be spent in one call.

    ``octets`` counts bytes, of archives those that come out of them too; ``work`` counts as MAX_WORK does,
    ``reserve`` units of ``crypto.effort``.  ``answers`` remembers what was verified: nothing is paid for twice.
    ``many`` says that it is one call of many, for which a library is loaded that takes long to load.
    """

    def __init__(self) -> None:
        self.octets = MAX_ALL_BYTES
        self.lines = MAX_LINES
        self.objects = MAX_OBJECTS
        self.elements = MAX_ELEMENTS
        self.documents = MAX_DOCUMENTS
        self.signatures = MAX_SIGNATURES
        self.work = MAX_WORK
        self.reserve = RESERVED
        self.answers: dict[tuple[bytes, bytes], Any] = {}
        self.many = False

    def again(self) -> Budget:
        """Return the budget to read once more what was made out of the inputs; what was verified stays known."""
        found = Budget()
        found.answers, found.many = self.answers, self.many
        return found

    def take_octets(self, count: int) -> None:
        """Take *count* bytes; raise Exhausted where so many are not left."""
        if count > self.octets:
            raise Exhausted(f"all inputs together have more than {MAX_ALL_BYTES:,} bytes")
        self.octets -= count

    def take_object(self) -> None:
        """Take one object; raise Exhausted where none is left."""
        if self.objects < 1:
            raise Exhausted(f"there are more than {MAX_OBJECTS:,} certificates, keys and other blocks in all inputs")
        self.objects -= 1

    def take_elements(self, count: int) -> None:
        """Take *count* elements, or what is left of them; raise Exhausted where so many are not left."""
        if count > self.elements:
            self.elements = 0
            raise Exhausted(f"all inputs together have more than {MAX_ELEMENTS:,} ASN.1 elements")
        self.elements -= count

    def take_document(self, count: int) -> bool:
        """Take *count* bytes of a document; return whether so many were left."""
        if count > self.documents:
            return False
        self.documents -= count
        return True

    def take_effort(self, effort: int) -> bool:
        """Take the work of *effort*, a number of units of ``crypto.effort``; return whether so much was left."""
        reserved = min(effort, self.reserve)
        work = (effort - reserved) * ROUNDS_PER_EFFORT
        if work > self.work:
            return False
        self.reserve -= reserved
        self.work -= work
        return True
