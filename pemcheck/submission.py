"""What one submission holds, and how its parts relate, as frozen values; see ``facts`` for what the parts are."""

from __future__ import annotations

import sys
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import Any

from .facts import Certificate, Other, PrivateKey
from .source import Location, Problem, printable
from .value import Value


class Choice(Value):
    """One of several certificates that could be meant, in words, and the files to name if it is; none if none do."""

    title: str
    files: tuple[str, ...] = ()


class Undetermined(ValueError):
    """It is not clear what is meant; where several certificates could be, its text shows them, line by line."""

    def __init__(self, reason: str, choices: Sequence[Choice] = (), more: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.choices, self.more = reason, tuple(choices), more

    def __str__(self) -> str:
        return self.told("")

    def told(self, command: str, options: str = "") -> str:
        """Return the text with a line for each choice that can be repeated as it is: *command*, files, *options*."""
        if not self.choices:
            return self.reason
        lines = [f"{self.reason}; say which is meant with the files of one alone:"]
        for each in self.choices:
            words = _shell_words(each.files)
            named = " ".join(filter(None, (command, words, options)))
            apart = "(its files hold another of them too, or cannot be named: put it into files of its own)"
            lines += [f"  {each.title}", f"      {named if words else apart}"]
        if self.more:
            lines.append(f"  … and {self.more:,} more")
        return "\n".join(lines)


def _shell_words(files: Sequence[str]) -> str:
    """Return the names of *files* for a shell, nothing where one of them cannot be written."""
    import shlex  # which few need

    if any(printable(name) != name or name.startswith("<stdin>") for name in files):
        return ""
    return " ".join(shlex.quote(f"./{name}" if name.startswith("-") else name) for name in files)


class Input(Value):
    """
    One of the three fields of a submission, as it was given.

    ``role`` is ``certificate``, ``private key`` or ``certificate chain``; ``size`` counts bytes;
    ``objects`` stand in file order, behind each container what is in it.  ``wrapper`` says what the files were in
    that it holds, such as a ZIP archive; empty where it is itself the file.  ``given`` is the name of that wrapper.
    ``content`` is the SHA-256 of the bytes, in hexadecimal, where neither a certificate nor a private key was found.
    ``mode`` is the permission bits of the file; None where it was read from no file, or nobody said from which.
    """

    role: str
    at: Location
    size: int
    objects: tuple[Certificate | PrivateKey | Other, ...] = ()
    problems: tuple[Problem, ...] = ()
    unread: frozenset[str] = frozenset()
    wrapper: str = ""
    given: str = ""
    mode: int | None = None
    content: str = ""

    @property
    def certificates(self) -> tuple[Certificate, ...]:
        """The certificates in it, in file order."""
        return tuple(each for each in self.objects if isinstance(each, Certificate))

    @property
    def keys(self) -> tuple[PrivateKey, ...]:
        """The private keys in it, in file order."""
        return tuple(each for each in self.objects if isinstance(each, PrivateKey))

    @property
    def others(self) -> tuple[Other, ...]:
        """Everything else in it, in file order."""
        return tuple(each for each in self.objects if isinstance(each, Other))

    @property
    def bare_certificates(self) -> tuple[Certificate, ...]:
        """The certificates that are in no container, in file order."""
        return tuple(each for each in self.certificates if not each.at.contained and not self.wrapper)

    @property
    def bare_keys(self) -> tuple[PrivateKey, ...]:
        """The private keys that are in no container, in file order."""
        return tuple(each for each in self.keys if not each.at.contained and not self.wrapper)

    @cached_property
    def problems_by_owner(self) -> dict[int | None, list[int]]:
        """
        The numbers of the problems by the ``id`` of the object that each is in, None for those that are in none.

        Of objects in one another it is the innermost.  Many submissions may take their parts of one file.
        """
        places = _Places(self.objects)
        found: dict[int | None, list[int]] = {}
        for number, problem in enumerate(self.problems):
            owner = places.innermost(problem.at)
            found.setdefault(None if owner is None else id(self.objects[owner]), []).append(number)
        return found

    @property
    def is_container(self) -> bool:
        """Whether something was read out of a container in it."""
        return bool(self.wrapper) or any(each.at.contained for each in self.objects)

    @property
    def needs_passphrase(self) -> bool:
        """Whether something in it can be opened with a passphrase, and has not been given one."""
        missing = any(each.rule == "input-not-decrypted" and each.sort == "missing" for each in self.problems)
        return missing or any(key.is_closed for key in self.bare_keys)


class _Places:
    """Objects by the lines that they take, and by their paths there, so that none is compared with all others."""

    def __init__(self, objects: Sequence[Certificate | PrivateKey | Other]) -> None:
        self.paths: dict[tuple[bool, int, int], dict[str, int]] = {}
        for number, each in enumerate(objects):
            at = each.at
            lines = (at.line is None, at.line or 0, at.end_line or at.line or 0)
            self.paths.setdefault(lines, {}).setdefault(at.path, number)
        self.spans = sorted(self.paths)
        self.reach = list(accumulate((end for _, _, end in self.spans), max))
        """How far the spans up to each reach."""

    def innermost(self, at: Location) -> int | None:
        """Return the number of the innermost object that *at* is in, the first of several."""
        line, nowhere = at.line or 0, at.line is None
        found: list[tuple[int, int]] = []
        place = bisect_right(self.spans, (nowhere, line, sys.maxsize))
        while place and self.reach[place - 1] >= line:
            place -= 1
            unplaced, _, end = span = self.spans[place]
            if unplaced == nowhere and end >= line:
                paths = self.paths[span]
                lengths = range(len(at.path), -1, -1)
                found += ((-length, paths[at.path[:length]]) for length in lengths if at.path[:length] in paths)
        return min(found)[1] if found else None


class Pair(Value):
    """The end-entity certificate beside the private key; ``matches`` is None where nobody can tell."""

    at: Location
    certificate: Certificate
    key: PrivateKey
    matches: bool | None = None
    proof: tuple[str, ...] = ()
    answers: tuple[tuple[str, bool], ...] = ()
    """What each proof said, where they disagree."""
    reason: str = ""
    """Why nobody can tell."""
    unread: frozenset[str] = frozenset()
    stated: bool = False
    """Whether the key's file states the certificate's public key, which is all that could be compared."""
    rivals: tuple[PrivateKey, ...] = ()
    """Other private keys in the key's input that are not known to be the certificate's too."""


class Link(Value):
    """
    Whether *issuer* issued *child*: by name, by key identifier, by signature.

    ``signed`` is None where the signature cannot be verified, and was not tried where the names differ.
    """

    at: Location
    child: Certificate
    issuer: Certificate
    names_match: bool
    ids_match: bool
    signed: bool | None = None
    answers: tuple[tuple[str, bool], ...] = ()
    reason: str = ""
    unread: frozenset[str] = frozenset()

    @property
    def holds(self) -> bool:
        """Whether nothing speaks against this link."""
        return self.names_match and self.ids_match and self.signed is not False


def ids_match(child: Certificate, issuer: Certificate) -> bool:
    """Whether what *child* says of its issuer's key and certificate is true of *issuer*, as far as either says it."""
    wanted, own = child.authority_key_identifier, issuer.subject_key_identifier
    serial, names = child.authority_serial_number, child.authority_issuer
    if wanted is not None and own is not None and wanted != own:
        return False
    if serial is not None and "serial_number" not in issuer.unread and serial != issuer.serial_number:
        return False
    return not names or "issuer" in issuer.unread or any(name.same_as(issuer.issuer) for name in names)


class Chain(Value):
    """
    What the chain looks like from the end-entity certificate.

    ``certificates`` stand as given; ``path`` is the right order, from the leaf's issuer upwards, as far as it
    goes.  ``in_order`` says whether the given order is that path once ``leaf_copies``, ``duplicates`` and
    ``unrelated`` are taken out.  ``gap`` is the pair where it ends although more was given;
    ``side_paths`` are certificates on another path from the same leaf (cross-signed).
    """

    at: Location
    leaf: Certificate
    certificates: tuple[Certificate, ...] = ()
    path: tuple[Certificate, ...] = ()
    in_order: bool = True
    leaf_copies: tuple[Certificate, ...] = ()
    duplicates: tuple[Certificate, ...] = ()
    unrelated: tuple[Certificate, ...] = ()
    side_paths: tuple[Certificate, ...] = ()
    anchored: frozenset[bytes] = frozenset()
    """The DER of what is on a path to a root of the trust store, if one was given."""
    gap: Link | None = None
    links: tuple[Link, ...] = ()
    """The links of ``path``, the leaf's first."""
    reason: str = ""
    """Why one of their signatures cannot be verified."""
    unread: frozenset[str] = frozenset()


class Trust(Value):
    """
    Whether a path leads from the end-entity certificate to a root of the trust store called ``store``.

    ``anchored`` says whether one does by names and verified signatures; ``paths`` are those, the end-entity
    certificate first and the root last.  Whether one of them is valid depends on the moment.
    """

    store: str
    anchored: bool | None
    reason: str = ""
    """Why that cannot be told, or why there may be further paths."""
    paths: tuple[tuple[Certificate, ...], ...] = ()


class Replacement(Value):
    """The certificate that is to be replaced by a re-import, and the one that replaces it."""

    at: Location
    old: Certificate
    new: Certificate
    unread: frozenset[str] = frozenset()


class Unused(Value):
    """What stands in a file that was given and plays no part in the submission, and what it is."""

    at: Location
    reason: str


class Submission(Value):
    """Everything one call of ``check`` was given, and how its parts relate."""

    inputs: tuple[Input, ...]
    leaf: Certificate | None = None
    key: PrivateKey | None = None
    chain: tuple[Certificate, ...] = ()
    pair: Pair | None = None
    path: Chain | None = None
    weakness: str = ""
    """A publicly known weakness of the certificate's (else the private key's) RSA modulus."""
    given: Certificate | None = None
    """What stands first where the certificate should; ``leaf`` differs where the key belongs to another one."""
    key_owner: Certificate | None = None
    """The certificate that the private key belongs to, where that is not ``given``."""
    other_requests: tuple[Other, ...] = ()
    """Certificate requests that were made with another key than the private key, and that nobody takes for more."""
    trust: Trust | None = None
    """None where no trust store was given."""
    replacement: Replacement | None = None
    """None where nothing is to be replaced."""
    sorted: bool = False
    """Whether roles were told by content."""
    unused: tuple[Unused, ...] = ()
    newer: Certificate | None = None
    """A certificate for the same names that was issued later than ``leaf``, and whose private key is not here."""
    unread: frozenset[str] = frozenset()

    @property
    def at(self) -> Location:
        """The place of the submission as a whole: its first input."""
        return self.inputs[0].at if self.inputs else Location("certificate")

    @property
    def self_signed(self) -> bool | None:
        """Whether the certificate is signed with its own key; None where that cannot be verified."""
        return self.leaf.self_signed if self.leaf else False

    def input(self, role: str) -> Input | None:
        """Return the input of this role, or None if it was not given."""
        return next((each for each in self.inputs if each.role == role), None)

    def to_dict(self) -> dict[str, Any]:
        """Return certificate, private key and chain as JSON (schema 1) has them."""
        return {
            "certificate": self.leaf.to_dict() if self.leaf else None,
            "private_key": self.key.to_dict() if self.key else None,
            "chain": [certificate.to_dict() for certificate in self.chain],
            **({"replaces": self.replacement.old.to_dict()} if self.replacement else {}),
            **({"unused": [_unused(each) for each in self.unused]} if self.sorted else {}),
        }


def _unused(it: Unused) -> dict[str, Any]:
    return {"file": it.at.file, "line": it.at.line, "reason": it.reason}
