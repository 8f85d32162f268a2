"""
YAML to the tree of a document, by PyYAML's events: nothing is constructed, and no alias is followed.

PyYAML comes with the extra ``pemcheck[yaml]``; without it such documents are named, and not opened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ..patterns import rare
from .documents import MAX_DEPTH, Pairs

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_YAML = 128 * 1024
"""Bytes of a YAML document that is read at all."""
_MAX_EVENTS = 10_000

# its first line that says anything is a key, an item or a directive, and no marker stands at a line's start
_START = rare(r"(?:[ \t\r]*(?:#[^\n]*)?\n)*(?:---(?=\s)|%YAML|- |[\"']?[A-Za-z_][\w./-]*[\"']?[ \t]*:(?:[ \t\r]|\n))")
_MARKER_AT_START = rare(r"^-----(?:BEGIN|END) ", re.M)
_HINT = rare(r"BEGIN |LS0tLS1CRUdJTi|\bMI[IG][A-Za-z0-9+/]{20}|^kind:\s*Secret\b", re.M)


def looks_like_yaml(text: str) -> bool:
    """Whether *text* is probably a YAML document with something in it, and no PEM file with a few words above it."""
    return bool(_START.match(text)) and not _MARKER_AT_START.search(text) and bool(_HINT.search(text))


def is_available() -> bool:
    """Whether PyYAML can be imported."""
    try:
        import yaml  # noqa: F401
    except ImportError:
        return False
    return True


def parse_yaml(text: str) -> list[Any]:
    """Return the tree of each document in *text*; empty if it is no YAML, or more than a person would write."""
    import yaml

    try:
        return _build(iter(yaml.parse(text, Loader=yaml.SafeLoader)))
    except Exception:  # PyYAML raises more than its own errors: an escape that names no character, a date that is none
        return []


def _build(events: Iterator[Any]) -> list[Any]:
    """Return the trees that *events* describe; empty at the first limit that they reach."""
    roots: list[Any] = []
    stack: list[_Open] = []
    for number, event in enumerate(events):
        kind = type(event).__name__
        if number > _MAX_EVENTS or len(stack) > MAX_DEPTH:
            return []
        if kind in ("MappingStartEvent", "SequenceStartEvent"):
            stack.append(_Open(Pairs() if kind[0] == "M" else []))
            continue
        if kind in ("MappingEndEvent", "SequenceEndEvent"):
            value: Any = stack.pop().value
        elif kind in ("ScalarEvent", "AliasEvent"):
            value = getattr(event, "value", None)
        else:
            continue
        if stack:
            stack[-1].add(value)
        else:
            roots.append(value)
    return [each for each in roots if isinstance(each, list)]


class _Open:
    """A mapping or sequence whose end has not been read."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.keys: list[Any] = []

    def add(self, item: Any) -> None:
        """Take the next item: of a mapping, keys and values come by turns."""
        if not isinstance(self.value, Pairs):
            self.value.append(item)
        elif self.keys:
            self.value.append((self.keys.pop(), item))
        else:
            self.keys.append(item if isinstance(item, str) else "?")
