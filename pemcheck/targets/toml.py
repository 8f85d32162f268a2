"""The TOML that users write: read within bounds, and every mistake told with its file, its key and what is right."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from importlib import import_module
from typing import Any, NoReturn, TypeVar

from ..patterns import rare
from ..source import named, printable, quoted, shorten
from ..version import program
from . import TargetError
from .algorithms import is_algorithm, spelled

T = TypeVar("T")

MAX_BYTES = 256 * 1024
"""The largest file that is read; every demand of the largest built-in target takes less than a fifth of it."""

_MAX_DOTS = 120  # in one line; the readers of TOML take quadratic time for a key of many parts
_MAX_TEXT, _MAX_ALGORITHMS = 500, 100

_PLACE = rare(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_DATE = rare(r"(\d{4})-(\d\d)-(\d\d)", re.ASCII)
_SOURCE = rare(r"https://[^\s/?#]+(?:[/?#]\S*)?|file:.+")

KINDS = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number with a fraction",
    list: "an array",
    dict: "a table",
    date: "a date",
    datetime: "a date with a time",
    time: "a time",
}
"""What the values of TOML are called."""


def decode(data: bytes, name: str) -> str:
    """Return the text of the file called *name*; raise TargetError where it is too large or not UTF-8."""
    if len(data) > MAX_BYTES:
        _too_large(name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TargetError(f"{named(name)}:{line}: this is not UTF-8 text, which TOML has to be") from None


def _too_large(name: str) -> NoReturn:
    raise TargetError(f"{named(name)}: this has more than {MAX_BYTES:,} bytes, too many") from None


def parse(text: str, name: str) -> dict[str, Any]:
    """Return the tables of *text*; raise TargetError, with line and column, where it is not TOML."""
    if len(text) > MAX_BYTES:
        _too_large(name)
    lines = text.split("\n")
    long = next((number for number, line in enumerate(lines, 1) if line.count(".") > _MAX_DOTS), 0)
    if long:
        raise TargetError(f"{named(name)}:{long}: this line has more than {_MAX_DOTS} dots, too many")
    reader: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        found: dict[str, Any] = reader.loads(text)
    except RecursionError:
        raise TargetError(f"{named(name)}: this is nested too deeply") from None
    except ValueError as error:
        told = _PLACE.fullmatch(str(error))
        if told is None:  # Python refuses to read numbers of thousands of digits
            raise TargetError(f"{named(name)}: this is not TOML that can be read: a number is too long") from None
        what, line, column = told.groups()
        place = f"{line}:{column}" if line else f"{len(lines)}:{len(lines[-1]) + 1}"
        what = shorten(named(what[:1].lower() + what[1:]), 120)
        raise TargetError(f"{named(name)}:{place}: this is not TOML: {what}") from None
    return found


class Table:
    """A table of the file: what is asked of it is there and is what it should be, or TargetError says what is wrong."""

    def __init__(self, file: str, where: str, values: dict[str, Any], keys: Sequence[str] = ()) -> None:
        self.file, self.where, self.values = file, where, values
        for key in values if keys else ():
            if key not in keys:
                raise TargetError(f"{file}: {where}there is no key {quoted(key)}; {near(key, keys)}")

    def fail(self, key: str, sentence: str) -> NoReturn:
        """Say what is wrong with *key*."""
        raise TargetError(f"{self.file}: {self.where}{key}: {sentence}")

    def get(self, key: str, kind: type[T], default: T | None = None) -> T:
        """Return the value of *key*, of exactly this type: true is no number."""
        value = self.values.get(key, default)
        if value is None:
            self.fail(key, "this is missing" if self.where else "this is missing; without `extends` it must be there")
        if type(value) is not kind:
            self.fail(key, f"this must be {KINDS[kind]}, but is {KINDS[type(value)]}")
        return value

    def text(self, key: str, default: str | None = None, longest: int = _MAX_TEXT, empty: bool = False) -> str:
        """Return one line of text, which is printed as it is."""
        value = self.get(key, str, default)
        wrong = "" if empty and not value else fault(value, longest)
        if wrong:
            self.fail(key, wrong)
        return value

    def one_of(self, key: str, words: Sequence[str], what: str, default: str | None = None) -> str:
        """Return one of *words*."""
        value = self.get(key, str, default)
        if value not in words:
            self.fail(key, f"{quoted(value)} is no {what}; {near(value, words)}")
        return value

    def number(self, key: str, default: int | None, lowest: int, highest: int) -> int:
        """Return a whole number between *lowest* and *highest*."""
        value = self.get(key, int, default)
        if not lowest <= value <= highest:
            shown = f"{value:,}" if value.bit_length() < 64 else f"a number of {value.bit_length():,} bits"
            self.fail(key, f"this must be from {lowest} to {highest:,}, but is {shown}")
        return value

    def day(self, key: str, default: str | None) -> str:
        """Return a date as YYYY-MM-DD, written as a date of TOML or as text."""
        value = self.values.get(key)
        if value is None:
            return self.get(key, str, default)
        if type(value) is date:
            return value.isoformat()
        match = _DATE.fullmatch(value) if type(value) is str else None
        if match is None:
            shown = quoted(value) if type(value) is str else KINDS[type(value)]
            self.fail(key, f"this must be a date such as 2026-11-23, but is {shown}")
        try:
            return date(*map(int, match.groups())).isoformat()
        except ValueError:
            self.fail(key, f"there is no date {value}")

    def source(self, default: str) -> str:
        """Return where something is written."""
        value = self.text("source", default)
        if value != default and not _SOURCE.fullmatch(value):
            self.fail("source", f"{quoted(value)} is neither an https:// address nor file: and a path")
        return value

    def algorithms(self, key: str, default: Sequence[str] | None) -> tuple[str, ...]:
        """Return names of key algorithms, AWS's."""
        values = self.get(key, list, None if default is None else list(default))
        if len(values) > _MAX_ALGORITHMS:
            self.fail(key, f"this has more than {_MAX_ALGORITHMS} names")
        for value in values:
            if type(value) is not str:
                self.fail(key, f"this must be an array of texts, but {KINDS[type(value)]} is in it")
            if not is_algorithm(value):
                right = spelled(value)
                forms = "names look like RSA_2048, EC_prime256v1, Ed25519, DSA_2048, RSASSA_PSS_2048 or an OID"
                self.fail(key, f"{quoted(value)} names no key algorithm; {f'write {right}' if right else forms}")
            if values.count(value) > 1:
                self.fail(key, f"{value} stands there twice")
        return tuple(values)


def fault(value: str, longest: int) -> str:
    """Return why *value* cannot be printed as it is, or nothing."""
    if not value:
        return "this is empty"
    if len(value) > longest:
        return f"this has more than {longest} characters"
    if printable(value) != value:
        return f"{quoted(value)} has a line break or another character that cannot be printed"
    return "this begins or ends with white space" if value != value.strip() else ""


def near(word: str, words: Iterable[str]) -> str:
    """Return the hint that follows a word that should have been one of *words*."""
    import difflib

    words = list(words)
    close = difflib.get_close_matches(word[:60], words, 1, 0.5)
    if close:
        return f"did you mean {close[0]}?"
    return f"there are {', '.join(words)}" if len(words) < 30 else f"`{program()} rules` lists them"
