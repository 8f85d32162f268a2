"""
What git ignores: the rules of ``.gitignore`` files, without git.

Asking git itself would run what the configuration of a foreign repository names.  Only the patterns in the repository
count (``.gitignore`` in every folder, ``.git/info/exclude``), not those of the user's own configuration, nor whether
a file that is ignored has been added all the same.

Source: gitignore(5), https://git-scm.com/docs/gitignore
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Callable, NamedTuple

MAX_IGNORE_BYTES = 65_536
"""Bytes read of one ``.gitignore``."""
MAX_PATTERNS = 500
"""Patterns of one ``.gitignore``."""
MAX_PARTS = 2_000
"""Parts of the patterns that hold in one folder, those of all folders above it included."""
_MAX_PARENTS = 64
_ESCAPED = re.compile(r"\\(.)")
_NOTHING = re.compile("(?!)")
_NOT_PLAIN = re.compile(r"[*?\[\\]")
_NO_GLOB = re.compile(r"[?\[\\]")

Heeded = Callable[[str], None]


class Pattern(NamedTuple):
    """
    One line of a ``.gitignore``: ``parts`` are matched with the parts of a path below its folder.

    ``negated`` takes back what a line before said; ``folders_only`` matches no file.
    """

    parts: tuple[str, ...]
    negated: bool
    folders_only: bool

    @property
    def name(self) -> str:
        """The pattern of names that this is about, wherever they stand; empty if it is about more than a name."""
        return self.parts[1] if len(self.parts) == 2 and self.parts[0] == "**" != self.parts[1] else ""


class Held(NamedTuple):
    """A pattern, and how many of its parts the path to a folder may have used up."""

    pattern: Pattern
    used: frozenset[int] = frozenset((0,))

    def is_about(self, name: str, is_folder: bool) -> bool:
        """Whether it is about *name* in the folder."""
        pattern, used = self
        if pattern.folders_only and not is_folder:
            return False
        if pattern.name:
            return _fits(pattern.name, name)
        return len(pattern.parts) in _step(pattern.parts, used, name, True)


class Patterns:
    """
    The patterns that hold in one folder, the last that is about a name counting.

    Each knows how far the path to the folder has used it up, so that what stands in a folder costs one step of each,
    however deep that is; and a name is looked up among those without wildcards.
    """

    def __init__(self, held: Sequence[Held] = ()) -> None:
        self.held = held
        self.parts = sum(len(each.pattern.parts) for each in held)
        self.names: dict[bool, dict[str, int]] = {False: {}, True: {}}
        self.others: list[int] = []
        for number, (pattern, _) in enumerate(held):
            if pattern.name and _is_plain(pattern.name):
                self.names[pattern.folders_only][pattern.name] = number
            else:
                self.others.append(number)

    def are_about(self, name: str, is_folder: bool) -> bool:
        """Whether the last that is about *name* in this folder ignores it."""
        found = max(self.names[only].get(name, -1) for only in ((False, True) if is_folder else (False,)))
        for number in reversed(self.others):
            if number < found:
                break
            if self.held[number].is_about(name, is_folder):
                found = number
                break
        return found >= 0 and not self.held[found].pattern.negated

    def below(self, name: str) -> Patterns:
        """Return those that hold in the folder *name* in this one, but for its own."""
        found = []
        for each in self.held:
            used = each.used if each.pattern.name else frozenset(_step(each.pattern.parts, each.used, name, False))
            if used:
                found.append(each if used == each.used else Held(each.pattern, used))
        return Patterns(found)

    def and_own(self, own: Sequence[Pattern]) -> Patterns:
        """Return these and the folder's *own*, as many as may be held at once."""
        left = MAX_PARTS - self.parts
        found = [*self.held]
        for each in own:
            left -= len(each.parts)
            if left < 0:
                break
            found.append(Held(each))
        return Patterns(found) if own else self


def patterns_above(folder: str, heeded: Heeded) -> Patterns | None:
    """
    Return the patterns that hold in *folder* (absolute) but for its own; None if it is in no repository.

    *heeded* is told the path of each file that they are in.
    """
    above = [folder]
    while not is_repository(above[-1]):
        parent = os.path.dirname(above[-1])
        if parent == above[-1] or len(above) > _MAX_PARENTS:
            return None
        above.append(parent)
    found = Patterns().and_own(patterns_of(os.path.join(above[-1], ".git", "info"), heeded, "exclude"))
    for parent, child in zip(above[:0:-1], above[-2::-1]):
        found = found.and_own(patterns_of(parent, heeded)).below(os.path.basename(child))
    return found


def is_repository(folder: str) -> bool:
    """Whether *folder* is the root of a working tree; in a linked one, ``.git`` is a file."""
    return os.path.lexists(os.path.join(folder, ".git"))


def patterns_of(folder: str, heeded: Heeded, name: str = ".gitignore") -> tuple[Pattern, ...]:
    """Return the patterns in the file *name* in *folder*, which *heeded* is told; none without one."""
    path = os.path.join(folder, name)
    try:
        if not os.path.isfile(path):
            return ()
        heeded(path)
        with open(path, "rb") as file:
            text = os.fsdecode(file.read(MAX_IGNORE_BYTES))
    except OSError:  # git, too, goes on without a file that it cannot read
        return ()
    lines = map(_pattern, text.splitlines()[:MAX_PATTERNS])
    return tuple(each for each in lines if each is not None)


def _pattern(line: str) -> Pattern | None:
    text = line.rstrip(" ") + (" " if line.rstrip(" ").endswith("\\") else "")
    if not text.strip() or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[1:] if negated else text
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    anchored = "/" in text
    parts = [part for part in text.split("/") if part]
    if not parts:
        return None
    return Pattern(tuple(parts if anchored else ["**", *parts]), negated, folders_only)


def _step(parts: Sequence[str], used: Collection[int], name: str, last: bool) -> set[int]:
    """Return how many *parts* of a pattern may be used up behind *name*, the *last* part of a path or not."""
    following = set()
    for number in _without_stars(used, parts):
        if number < len(parts) and parts[number] == "**":  # it stands for any number of parts
            following.add(len(parts) if last and number == len(parts) - 1 else number)
        elif number < len(parts) and _fits(parts[number], name):
            following.add(number + 1)
    return following


def _without_stars(used: Collection[int], parts: Sequence[str]) -> set[int]:
    """Return *used* and what is, too, because a ``**`` stands for nothing; the last stands for something."""
    found = set(used)
    pending = [*used]
    while pending:
        number = pending.pop()
        if number < len(parts) - 1 and parts[number] == "**" and number + 1 not in found:
            found.add(number + 1)
            pending.append(number + 1)
    return found


@lru_cache(2 * MAX_PARTS)
def _is_plain(part: str) -> bool:
    return _NOT_PLAIN.search(part) is None


def _fits(part: str, name: str) -> bool:
    """Whether one part of a pattern is about *name*; most are told without a regular expression."""
    if _is_plain(part):
        return part == name
    if _NO_GLOB.search(part) is not None:
        return _expression(part).match(name) is not None
    start, *between, end = part.split("*")
    if len(name) < len(start) + len(end) or not name.startswith(start) or not name.endswith(end):
        return False
    at = len(start)
    for each in between:
        at = name.find(each, at, len(name) - len(end))
        if at < 0:
            return False
        at += len(each)
    return True


@lru_cache(2 * MAX_PARTS)
def _expression(part: str) -> re.Pattern[str]:
    r"""Return one part of a pattern as a regular expression; fnmatch has no ``\`` and says ``!`` for ``^``."""
    import fnmatch

    part = re.sub(r"\[\^", "[!", part)
    part = _ESCAPED.sub(lambda match: f"[{match[1]}]" if match[1] in "*?[" else match[1], part)
    try:
        return re.compile(fnmatch.translate(part))
    except re.error:  # pragma: no cover (older Pythons: a range that runs backwards is an error)
        return _NOTHING
