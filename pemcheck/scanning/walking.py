"""
Which files are meant: those that are named, and the regular files in folders and in the folders in them.

A folder is looked at once, whatever links lead to it.  Whatever is passed over is said, with the reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterator, Sequence
from typing import Callable, NamedTuple

from ..source import Location, SourceError, named, path_of, read
from .ignoring import Heeded, Patterns, is_repository, patterns_above, patterns_of

IGNORED, SPECIAL, UNREADABLE, AGAIN = "ignored", "special", "unreadable", "again"
"""Why a file or a folder is passed over."""
_KERNEL = ("/proc", "/sys")
"""Where files are made up by the kernel, without an end: looked at only by whoever names them."""
MAX_LIST_BYTES = 64 * 1024 * 1024
"""Bytes of a list of files."""
_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


class Skipped(NamedTuple):
    """
    What is not looked at, or of no use: its path, one word for the sort of reason, and the reason for people.

    ``at`` is the place in the file, where only that is damaged.
    """

    path: str
    sort: str
    reason: str
    at: Location | None = None


class Found(NamedTuple):
    """
    A file to be read; ``size`` counts bytes, None for what is no regular file and was named itself.

    ``identity`` is its device and inode, which Windows does not tell of what stands in a folder.
    """

    path: str
    size: int | None
    identity: tuple[int, int] | None = None


Skip = Callable[[Skipped], None]


def find(sources: Sequence[str], ignore: bool, skip: Skip, heeded: Heeded = lambda path: None) -> Iterator[Found]:
    """
    Yield every file that *sources* mean, folders in no order; *ignore* what git ignores, and tell *skip*.

    *heeded* is told the path of each file that says what git ignores.
    """
    seen: set[tuple[int, int]] = set()
    for source in sources:
        path = path_of(source)
        try:
            mode = None if source == "-" or source.startswith("env:") else os.stat(path)
        except (OSError, ValueError) as error:  # ValueError: a NUL in the path
            skip(Skipped(path, UNREADABLE, _reason(error)))
            continue
        if mode is not None and stat.S_ISDIR(mode.st_mode):
            yield from _in_folder(path, heeded if ignore else None, seen, skip, _kernels() - {mode.st_dev})
        elif mode is not None and stat.S_ISREG(mode.st_mode):
            yield Found(path, mode.st_size, (mode.st_dev, mode.st_ino))
        else:
            yield Found(source, None)


def listed(source: str) -> list[str]:
    """Return the paths in the file *source*, one in a line, or each ended by a NUL; raise SourceError."""
    name, data = read(source, MAX_LIST_BYTES)
    if len(data) > MAX_LIST_BYTES:
        raise SourceError(f"{named(name)}: a list of files may have {MAX_LIST_BYTES:,} bytes")
    if b"-----BEGIN " in data:
        raise SourceError(f"{named(name)}: this is no list of files: it holds PEM")
    lines = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(line) for line in lines if line.strip()]


class _Folder(NamedTuple):
    path: str
    patterns: Patterns | None
    """Those of the folder that it was found in, as ``name``."""
    name: str = ""


def _in_folder(
    top: str, heeded: Heeded | None, seen: set[tuple[int, int]], skip: Skip, foreign: Container[int]
) -> Iterator[Found]:
    real = os.path.realpath(top)
    pending = [_Folder(top, None if heeded is None else patterns_above(real, heeded))]
    while pending:
        folder = pending.pop()
        here = os.path.normpath(os.path.join(real, os.path.relpath(folder.path, top)))
        patterns = folder.patterns
        if patterns is not None and folder.name:
            patterns = patterns.below(folder.name)
        if heeded is not None and is_repository(folder.path):
            patterns = patterns_above(here, heeded) or Patterns()
        if heeded is not None and patterns is not None:
            patterns = patterns.and_own(patterns_of(folder.path, heeded))
        below = []
        try:
            status = os.stat(folder.path)
            if (status.st_dev, status.st_ino) in seen:
                skip(Skipped(folder.path, AGAIN, "this folder was looked at already: a link leads back to it"))
                continue
            seen.add((status.st_dev, status.st_ino))
            if status.st_dev in foreign:
                skip(Skipped(folder.path, SPECIAL, "what is here is the kernel's: name it to look at it"))
                continue
            with os.scandir(folder.path) as entries:
                for entry in entries:
                    found = _entry(entry, patterns, heeded is not None, skip)
                    if isinstance(found, Found):
                        yield found
                    elif found:
                        below.append(found)
        except OSError as error:
            skip(Skipped(folder.path, UNREADABLE, _reason(error)))
        pending += [_Folder(path, patterns, os.path.basename(path)) for path in sorted(below, reverse=True)]


def _kernels() -> set[int]:
    """Return the devices of the file systems that the kernel makes up."""
    root = os.stat("/").st_dev
    return {os.stat(path).st_dev for path in _KERNEL if os.path.isdir(path)} - {root}


def _entry(entry: os.DirEntry[str], patterns: Patterns | None, ignore: bool, skip: Skip) -> Found | str | None:
    """Return the file that *entry* is, or the path of the folder; None where it is passed over, which is said."""
    try:
        is_folder = entry.is_dir()
        if ignore and entry.name == ".git":
            return None
        if patterns is not None and patterns.are_about(entry.name, is_folder):
            skip(Skipped(entry.path, IGNORED, "git ignores it"))
            return None
        if is_folder:
            return entry.path
        status = entry.stat()
    except OSError as error:
        skip(Skipped(entry.path, UNREADABLE, _reason(error)))
        return None
    if stat.S_ISREG(status.st_mode):
        return Found(entry.path, status.st_size, (status.st_dev, status.st_ino))
    kind = next((name for is_kind, name in _KINDS if is_kind(status.st_mode)), "no regular file")
    skip(Skipped(entry.path, SPECIAL, f"this is {kind}"))
    return None


def _reason(error: Exception) -> str:
    reason = getattr(error, "strerror", None) or "this is not a path"
    return f"{reason[0].lower()}{reason[1:]}"
