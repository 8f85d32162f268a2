"""
Files into a directory, all of them or none.

Each file is written to the end and synced under a name of its own, ``.NAME.….pemcheck-tmp``, readable by its owner
only, before the first is put in place.  Without *force* it is put in place by ``link``, which never overwrites, so
that what appears there in the meantime stays; with *force* by ``replace``, which leaves the old file or the new one,
never a part.  Neither follows a symbolic link.  Whatever fails, what was put in place is taken back.

Where a file system has no hard links, an empty file takes the name first (``O_EXCL``) and is then replaced; a kill
between these two calls leaves it empty.  A kill at any other moment leaves whole files, and temporary ones at most.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import IO, Union

from .source import named

SECRET, PUBLIC = 0o600, 0o644
"""Modes of files: for a private key, and (before the umask) for everything else."""
Content = Union[bytes, IO[bytes]]
_CHUNK = 1_048_576
"""Bytes that are copied at once."""
ENDING = ".pemcheck-tmp"
"""How the names of temporary files end; they begin with a dot."""
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
_CREATE |= getattr(os, "O_BINARY", 0)  # Windows would write CR LF


class WritingError(Exception):
    """Nothing was written; its text is one sentence for the user."""


def write(
    directory: str, files: Mapping[str, tuple[Content, int]], force: bool = False, inputs: Sequence[str] = ()
) -> None:
    """
    Write *files*, by name (content as bytes or as a file that has them, mode), into *directory*.

    That is made if it is not there.  A file that is there already is overwritten only with *force*, and one of *inputs*
    (paths) never.  Raises WritingError; the directory is then as it was.
    """
    here = directory
    made: list[str] = []
    temporary: dict[str, str] = {}
    try:
        made = _make(directory)
        for name in files:
            here = os.path.join(directory, name)
            _refuse(here, force, inputs)
        for name, (content, mode) in files.items():
            here = os.path.join(directory, name)
            temporary[here] = _temporary(here)
            _write(temporary[here], content, mode)
        _place(temporary, force)
        _sync(directory)
    except BaseException as error:
        _clear(temporary, made)
        if not isinstance(error, (OSError, ValueError)):
            raise
        raise _sentence(error, here) from None
    _clear(temporary)


def _clear(temporary: Mapping[str, str], made: Sequence[str] = ()) -> None:
    for leftover in temporary.values():
        _unlink(leftover)
    for folder in made:
        _remove(folder)


def _sentence(error: OSError | ValueError, place: str) -> WritingError:
    """Return *error* in words; a ValueError is a NUL in the path."""
    reason = getattr(error, "strerror", None) or "this is not a path"
    place = getattr(error, "filename2", None) or place
    return WritingError(f"{named(place)}: {reason[0].lower()}{reason[1:]}; nothing was written")


def _make(directory: str) -> list[str]:
    """Make *directory* and what is missing above it; return what was made, the deepest first."""
    made: list[str] = []
    missing = []
    path = os.path.abspath(directory)
    while not os.path.lexists(path):
        missing.append(path)
        path = os.path.dirname(path)
    try:
        for each in reversed(missing):
            os.mkdir(each)
            made.insert(0, each)
        if not os.path.isdir(directory):
            raise NotADirectoryError(errno.ENOTDIR, "not a directory", directory)
    except BaseException:
        for each in made:
            _remove(each)
        raise
    return made


def _refuse(path: str, force: bool, inputs: Sequence[str]) -> None:
    """Raise OSError where *path* may not be written."""
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if not force:
        raise FileExistsError(errno.EEXIST, "there is such a file already, and --force was not given", path)
    if _identities(path) & {identity for each in inputs for identity in _identities(each)}:
        raise FileExistsError(errno.EEXIST, "this is one of the inputs, which are never overwritten", path)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, "is a directory", path)


def _identities(path: str) -> set[tuple[int, int]]:
    """Return device and inode of a file, and of what it links to; none where there is no such file."""
    found = set()
    for look in (os.lstat, os.stat):
        try:
            status = look(path)
        except (OSError, ValueError):
            continue
        found.add((status.st_dev, status.st_ino))
    return found


def _temporary(path: str) -> str:
    """Return a name beside *path* that nobody else has."""
    directory, name = os.path.split(path)
    return os.path.join(directory, f".{name}.{os.urandom(8).hex()}{ENDING}")


def chunks(content: Content) -> Iterator[bytes]:
    """Yield all bytes of *content*, a bounded number at once where it is a file."""
    if isinstance(content, bytes):
        yield content
        return
    content.seek(0)
    yield from iter(lambda: content.read(_CHUNK), b"")


def _write(path: str, content: Content, mode: int) -> None:
    """Write a new file to the end and sync it; only its owner can read it before it is whole."""
    descriptor = os.open(path, _CREATE, SECRET)
    try:
        for each in chunks(content):
            left = memoryview(each)
            while left:
                left = left[os.write(descriptor, left) :]
        if mode != SECRET and hasattr(os, "fchmod"):
            os.fchmod(descriptor, mode & ~_umask())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _umask() -> int:
    """Return the process's umask; the only way to ask is to set it, for that moment to the strictest."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _place(temporary: Mapping[str, str], force: bool) -> None:
    """Give every temporary file its own name; take all of it back if one fails."""
    placed: list[tuple[str, str]] = []
    try:
        for path, whole in temporary.items():
            if force:
                _replace(whole, path, placed)
            else:
                _link(whole, path, placed)
    except BaseException:
        for path, old in reversed(placed):
            _take_back(path, old)
        raise
    for _, old in placed:
        _unlink(old)


def _link(whole: str, path: str, placed: list[tuple[str, str]]) -> None:
    """Put a file in place where there is none; raise FileExistsError where there is one by now."""
    try:
        os.link(whole, path)
        placed.append((path, ""))
    except FileExistsError:
        raise
    except (OSError, AttributeError):  # no hard links here
        os.close(os.open(path, _CREATE, SECRET))
        placed.append((path, ""))
        os.replace(whole, path)


def _replace(whole: str, path: str, placed: list[tuple[str, str]]) -> None:
    """Put a file in place, and keep under another name what was there."""
    old = ""
    if os.path.lexists(path):
        old = _temporary(path)
        try:
            os.link(path, old, follow_symlinks=False)
        except (OSError, AttributeError, NotImplementedError):  # no hard links here, or not to symbolic ones
            os.replace(path, old)
        placed.append((path, old))
    os.replace(whole, path)
    if not old:
        placed.append((path, ""))


def _take_back(path: str, old: str) -> None:
    """Undo what was put in place."""
    if not old:
        _unlink(path)
        return
    try:
        os.replace(old, path)
    except OSError:
        raise WritingError(f"{named(path)}: its old content cannot be put back, and is in {named(old)}") from None
    _unlink(old)  # renaming one of two hard links to the same file does nothing


def _unlink(path: str) -> None:
    """Remove a file if there is one; that it cannot be removed must not hide what went wrong before."""
    with suppress(OSError):
        os.unlink(path)


def _remove(folder: str) -> None:
    """Remove a folder that was made here, unless somebody uses it by now."""
    with suppress(OSError):
        os.rmdir(folder)


def _sync(directory: str) -> None:
    """Let the new names survive a crash; the files have been synced, and not every file system can do this."""
    with suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
