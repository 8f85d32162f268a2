"""What a rule is: a row that asks one question of one kind of fact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Callable, Generic, TypeVar, Union

from ..facts import Certificate, PrivateKey
from ..source import Location, Problem, printable
from ..submission import Chain, Input, Pair, Replacement, Submission
from ..targets import Want, is_known
from ..value import Value
from ..version import program

T = TypeVar("T")

MAX_NAME = 250
"""Characters of a distinguished name in a message."""

Words = Union[str, Callable[[T, Want], str]]


class NotAsked(ValueError):
    """A question that cannot be answered without an option that the user has not given; its text names the option."""


class Scope(Value, Generic[T]):
    """What a rule is asked about, and how to find it in a submission."""

    name: str
    of: Callable[[Submission], Sequence[T]]


class Rule(Value, Generic[T]):
    """
    One row of the table; type checkers know the type of ``it`` from the scope.

    ``ok`` is asked about everything in scope; a row without it is reported by a reader (``Problem.rule``).
    ``reads`` names the facts that ``ok`` touches: where one of them is unread, the rule is skipped, never
    passed.  ``says`` tells what is wrong, ``why`` why the target cares, ``fix`` how to mend it.  ``at`` and
    ``also`` name places, where they are not the thing itself; ``option`` is the one at fault, where it depends on
    what the user gave; ``path`` is the ASN.1 field.
    ``applies`` says whether there is anything to ask; ``aws_says`` is AWS's own message.
    """

    name: str
    on: Scope[T]
    says: Words[T]
    why: str
    fix: Words[T]
    ok: Callable[[T, Want], bool] | None = None
    reads: tuple[str, ...] = ()
    path: str = ""
    at: Callable[[T], Location] | None = None
    also: Callable[[T], tuple[Location, ...]] | None = None
    option: Callable[[Want], str] | None = None
    applies: Callable[[T, Want], bool] | None = None
    repaired: Callable[[T], bool] | None = None
    """Whether the command ``fix`` repairs this very thing; None where it never does."""
    aws_says: str = ""
    about_key: bool = False
    """Whether it cannot be asked where the user says that the key is elsewhere."""
    since: str = "0.1.0"

    @cached_property
    def looks_within(self) -> bool:
        """Whether it reads what belongs to other things in the one that it is asked about."""
        return any("." in path for path in self.reads)

    def words(self, which: str, it: Any, want: Want) -> str:
        """Return ``says`` or ``fix`` for this very thing."""
        words = getattr(self, which)
        coded = it.coded if which == "fix" and isinstance(it, Problem) else ""
        if coded:  # the command reads what that of the other rule writes
            it = it.replace(at=it.at.replace(member=new(it)))
        text = words if isinstance(words, str) else str(words(it, want))
        text = f"first as {coded} says, then {text}" if coded and "`" in text else text
        if which != "fix" or self.repaired is None or not want.files:
            return text
        return f"{repair(want)}; or {text}" if self.repaired(it) else text


READER: Scope[Problem] = Scope("input", lambda s: [problem for each in s.inputs for problem in each.problems])
INPUT: Scope[Input] = Scope("input", lambda s: s.inputs)
SUBMISSION: Scope[Submission] = Scope("submission", lambda s: (s,))
LEAF: Scope[Certificate] = Scope("certificate", lambda s: (s.leaf,) if s.leaf else ())
KEY: Scope[PrivateKey] = Scope("private key", lambda s: (s.key,) if s.key else ())
PAIR: Scope[Pair] = Scope("certificate and private key", lambda s: (s.pair,) if s.pair else ())
CHAIN: Scope[Chain] = Scope("certificate chain", lambda s: (s.path,) if s.path else ())
REPLACEMENT: Scope[Replacement] = Scope("re-import", lambda s: (s.replacement,) if s.replacement else ())
GIVEN: Scope[Certificate] = Scope("certificate", lambda s: (*((s.leaf,) if s.leaf else ()), *s.chain))
ISSUER: Scope[Certificate] = Scope("chain certificate", lambda s: s.path.path if s.path else s.chain)


_OPTIONS = {"certificate": "--certificate", "private key": "--private-key", "certificate chain": "--certificate-chain"}


def always(it: Any) -> bool:
    """Say that ``fix`` repairs everything that a rule is about."""
    return True


def repair(want: Want) -> str:
    """Return the command that repairs what was given."""
    words = [f"{program()} fix"]
    for role, file in want.files:
        variable = file.startswith("env:")  # which fix reads too
        words += [*([_OPTIONS[role]] if role else []), f"env:{file_word(file[4:])}" if variable else file_word(file)]
    if want.target.name != "acm":
        words.append(f"--target {want.target.name if is_known(want.target.name) else 'TARGET.toml'}")
    if want.encrypted:  # whatever was given does not open it
        words.append("--passphrase-file FILE")
    elif want.passphrase or want.expensive:
        words.append(want.passphrase or "--passphrase-file FILE")
    words += ["--allow-expensive"] if want.expensive and "--allow-expensive" not in want.passphrase else []
    said = {"--without-key": want.without_key, "--private-ca": want.private_ca}
    words += [option for option, is_so in said.items() if is_so]
    return f"`{' '.join(words)} --out-dir new`"


def file_of(it: Any) -> str:
    """Return the file of a fact as a shell word; what stands in a wrapper has been taken out by then."""
    return file_word(it.at.member or it.at.file)


def file_word(file: str, other: str = "FILE") -> str:
    """Return the name of a file as a shell word, *other* for what is no file."""
    name = printable(file)
    if name == "<stdin>" or name.startswith("env:"):
        return other
    name = f"./{name}" if name.startswith("-") else name
    return name if re.fullmatch(r"[A-Za-z0-9_@%+=:,./-]+", name) else "'" + name.replace("'", "'\\''") + "'"


def new(it: Any, what: str = "", ending: str = "pem") -> str:
    """Return a name for what a command writes; never that of the file it reads."""
    name = f"new-{what}.{ending}" if what else f"new.{ending}"
    while name in (it.at.file, it.at.member):
        name = "new-" + name
    return name


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return *count* with the right form of *noun*."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def listed(values: Sequence[str], most: int = 6) -> str:
    """Return *values* as a list for a sentence, cut after *most*."""
    shown = ", ".join(values[:most])
    return f"{shown} … and {len(values) - most:,} more" if len(values) > most else shown
