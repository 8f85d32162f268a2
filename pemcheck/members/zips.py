"""
The ZIP archive that a CA delivers, opened within bounds.

Nothing is written, whatever its names say; an archive in it stays closed; no entry costs more than its share,
whatever its header says.

Source: APPNOTE.TXT, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..budget import BYTES, Budget
from ..patterns import rare
from ..source import MAX_BYTES
from .found import HIDDEN, MAX_MEMBERS, MAX_TOTAL, Member, Members, carries, distinct, shown

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
_ENTRY = b"PK\x01\x02"
_MAX_ENTRIES = 5_000
"""Entries of a table of contents that is read at all; each costs memory before anything is opened."""
_METHODS = (0, 8)
"""Stored and deflated; Python's readers of other methods cannot be told when to stop."""
_ENCRYPTED = 0x1
_LITTER = rare(r"(?:.*/)?(?:__MACOSX/.*|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)\Z", re.I)
_PAPERS = rare(
    r"(?:.*/)?(?:(?:read_?me|install|instructions?|licen[cs]e|howto)(?:\.txt)?|[^/]*\.(?:pdf|html?|md|url))\Z", re.I
)
_ARCHIVE = (*_SIGNATURES, b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf\x27\x1c", b"Rar!")


def is_zip(data: bytes) -> bool:
    """Whether *data* starts like a ZIP archive."""
    return data.startswith(_SIGNATURES)


def open_zip(data: bytes, budget: Budget) -> Members:
    """Return the entries of the ZIP archive *data* that matter; never raises."""
    import io
    import zipfile

    if data.count(_ENTRY) > _MAX_ENTRIES:
        return Members("zip", "a ZIP archive", cut=f"it has more than {_MAX_ENTRIES:,} entries", unseen=True)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read(archive, budget)
    except Exception as error:  # zipfile raises anything on hostile input
        return Members("zip", "a ZIP archive", cut=f"it is damaged or cut off ({_kind(error)})", unseen=True)


def _kind(error: Exception) -> str:
    """Return what kind of error this is; its text may quote the archive."""
    return type(error).__name__


def _read(archive: ZipFile, budget: Budget) -> Members:
    members: list[Member] = []
    left_out: list[str] = []
    left, cut, unseen = min(MAX_TOTAL, budget.octets), "", False
    for number, entry in enumerate(_entries(archive)):
        limit = min(MAX_BYTES, left, 1024 * budget.left(BYTES))
        if number >= MAX_MEMBERS or limit <= 0:
            cut = f"only its first {number:,} entries were looked at"
            break
        data, reason = _content(archive, entry, limit)
        left -= len(data)
        budget.take_octets(len(data))
        if reason:
            unseen = True
            left_out.append(f"{shown(entry.filename)} ({reason})")
        elif carries(data, budget):
            members.append(Member(shown(entry.filename), data, f"DIR/{_unpacked_name(entry.filename)}"))
        else:
            left_out.append(f"{shown(entry.filename)} (neither certificate nor key)")
    return Members("zip", "a ZIP archive", distinct(members), tuple(left_out), cut, unseen or bool(cut))


def _entries(archive: ZipFile) -> Iterator[ZipInfo]:
    """Yield the files; what operating systems add, and papers for people, are no loss."""
    for entry in archive.infolist():
        name = entry.filename
        if not entry.is_dir() and not _LITTER.match(name) and not _PAPERS.match(name):
            yield entry


def _content(archive: ZipFile, entry: ZipInfo, limit: int) -> tuple[bytes, str]:
    """Return the bytes of one entry, at most *limit*, and why there are none."""
    if entry.flag_bits & _ENCRYPTED:
        return b"", "encrypted: take it out with its password first"
    if entry.compress_type not in _METHODS:
        return b"", f"compressed by method {entry.compress_type}, which is not opened"
    try:
        with archive.open(entry) as stream:
            data = stream.read(limit + 1)
    except Exception as error:  # as above
        return b"", f"damaged: {_kind(error)}"
    if len(data) > limit:
        return bytes(limit), f"more than {limit:,} bytes"
    return (b"", "an archive in the archive") if data.startswith(_ARCHIVE) else (data, "")


def _unpacked_name(name: str) -> str:
    """Return where both ``zipfile`` and ``unzip`` put it: below the folder, always."""
    if shown(name) == HIDDEN:
        return "FILE"
    return "/".join(part for part in name.split("/") if part not in ("", ".", ".."))
