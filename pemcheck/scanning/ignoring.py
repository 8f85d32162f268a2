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
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

MAX_IGNORE_BYTES = 65_536
"""Bytes read of one ``.gitignore``."""
MAX_PATTERNS = 500
"""Patterns of one ``.gitignore``."""
_MAX_PARENTS = 64
_ESCAPED = re.compile(r"\\(.)")
_NOTHING = re.compile("(?!)")


class Pattern(NamedTuple):
    """
    One line of a ``.gitignore`` in ``folder``: ``parts`` are matched with the parts of a path below it.

    ``negated`` takes back what a line before said; ``folders_only`` matches no file.
    """

    folder: str
    parts: tuple[str, ...]
    negated: bool
    folders_only: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        """Whether this line is about *path*, which is below ``folder``."""
        if self.folders_only and not is_folder:
            return False
        return _matches(path[len(self.folder) :].strip(os.sep).split(os.sep), self.parts)


Patterns = tuple[Pattern, ...]


def is_ignored(patterns: Patterns, path: str, is_folder: bool) -> bool:
    """Whether the last of *patterns* that is about *path* ignores it."""
    for each in reversed(patterns):
        if each.matches(path, is_folder):
            return not each.negated
    return False


def patterns_above(folder: str) -> Patterns | None:
    """Return the patterns that hold in *folder* (absolute) but for its own; None if it is in no repository."""
    above = [folder]
    while not is_repository(above[-1]):
        parent = os.path.dirname(above[-1])
        if parent == above[-1] or len(above) > _MAX_PARENTS:
            return None
        above.append(parent)
    found = patterns_of(os.path.join(above[-1], ".git", "info"), "exclude", above[-1])
    for each in reversed(above[1:]):
        found += patterns_of(each)
    return found


def is_repository(folder: str) -> bool:
    """Whether *folder* is the root of a working tree; in a linked one, ``.git`` is a file."""
    return os.path.lexists(os.path.join(folder, ".git"))


def patterns_of(folder: str, name: str = ".gitignore", below: str | None = None) -> Patterns:
    """Return the patterns in the file *name* in *folder*, about paths *below* (*folder* if None); none without one."""
    path = os.path.join(folder, name)
    try:
        if not os.path.isfile(path):
            return ()
        with open(path, "rb") as file:
            text = os.fsdecode(file.read(MAX_IGNORE_BYTES))
    except OSError:  # git, too, goes on without a file that it cannot read
        return ()
    lines = (_pattern(folder if below is None else below, line) for line in text.splitlines()[:MAX_PATTERNS])
    return tuple(each for each in lines if each is not None)


def _pattern(folder: str, line: str) -> Pattern | None:
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
    return Pattern(folder, tuple(parts if anchored else ["**", *parts]), negated, folders_only)


def _matches(path: Sequence[str], parts: Sequence[str]) -> bool:
    """Whether the parts of a path match those of a pattern, of which ``**`` stands for any number."""
    possible = {0}  # how many parts of the pattern may be used up so far
    for number, name in enumerate(path):
        last = number == len(path) - 1
        following = set()
        for used in _without_stars(possible, parts):
            if used < len(parts) and parts[used] == "**":
                following.add(used)
                if used == len(parts) - 1 and last:
                    return True
            elif used < len(parts) and _expression(parts[used]).match(name):
                following.add(used + 1)
        possible = following
    return len(parts) in possible


def _without_stars(possible: set[int], parts: Sequence[str]) -> set[int]:
    """Return *possible* and what is, too, because a ``**`` stands for nothing; the last stands for something."""
    found = set(possible)
    for number, part in enumerate(parts[:-1]):
        if part == "**" and number in found:
            found.add(number + 1)
    return found


@lru_cache(4096)
def _expression(part: str) -> re.Pattern[str]:
    r"""Return one part of a pattern as a regular expression; fnmatch has no ``\`` and says ``!`` for ``^``."""
    import fnmatch

    part = re.sub(r"\[\^", "[!", part)
    part = _ESCAPED.sub(lambda match: f"[{match[1]}]" if match[1] in "*?[" else match[1], part)
    try:
        return re.compile(fnmatch.translate(part))
    except re.error:  # pragma: no cover (older Pythons: a range that runs backwards is an error)
        return _NOTHING
