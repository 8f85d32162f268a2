"""
What belongs together: each certificate with its private key and what leads upwards from it, wherever they stand.

By key and by name of issuer, as the index has them; whether the signatures hold is the judge's business.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from .index import KEY, Index, Row
from .pieces import ALL, ITEM, LINES, PEM, Piece

SUBMISSION, CERTIFICATE = "submission", "certificate"
_MAX_ABOVE = 24
"""Certificates above one that are looked at."""
_MAX_LOOSE = 1_000
"""Private keys without a certificate that are counted."""
_MAX_PLACES = 20
"""Places of one certificate that are looked at."""


class Need(NamedTuple):
    """
    What a submission has in one piece: the objects of these ``numbers``, None for the whole piece.

    ``digests`` are those of the certificates among them: whoever reads the piece again compares.  What is taken out of
    a piece is part of the submission only if it leads upwards, or stands in the certificate's ``own`` part of it; what
    is ``beyond`` it only shows what that leads to.
    """

    number: int
    piece: Piece
    numbers: tuple[int, ...] | None
    digests: tuple[tuple[int, bytes], ...]
    own: tuple[int, ...]
    beyond: tuple[int, ...]
    kept: bool = False


class Unit(NamedTuple):
    """
    What is judged at once: a certificate, by its digest, and all that belongs to it; the number of its copies.

    It is ``alone`` where no other in its folder is to be judged.
    """

    kind: str
    der: bytes
    file: str
    line: int | None
    needs: tuple[Need, ...]
    copies: int
    alone: bool


def units(index: Index, rows: Iterator[Row]) -> Iterator[Unit]:
    """Yield what is to be judged of *rows*, in their order, with all that belongs to it."""
    for row in rows:
        yield _unit(index, row)


def loose_keys(index: Index) -> list[Row]:
    """Return, when all was judged, the private keys that were judged with none, a bounded number, in order."""
    owner = "SELECT 1 FROM thing c WHERE c.key = thing.key AND c.kind = 'c'"
    left = "(key IS NOT NULL OR closed IS NOT NULL) AND coalesce(key, id) NOT IN (SELECT key FROM judged)"
    where = f"kind = 'k' AND NOT EXISTS ({owner}) AND {left}"
    return index.things(where, most=_MAX_LOOSE)


def _unit(index: Index, first: Row) -> Unit:
    leaf, copies = _home(index, first)
    key = index.things("key = ? AND kind = 'k' AND folder = ?", leaf.key, leaf.folder, most=1)
    key = key or index.things("key = ? AND kind = 'k'", leaf.key, most=1)
    key = key or _key_meant(index, leaf)
    index.judge_keys(key)
    alone = _is_alone(index, leaf, "units")
    above = _above(index, leaf)
    taken = _Taken(index, leaf, key[0] if key else None, alone)
    for depth, row in [(0, leaf), *((0, each) for each in key), *((depth, each) for each, depth in above)]:
        taken.take(row, depth)
    for row in _rivals(index, leaf, [each for each, _ in above]) if alone else ():
        taken.doubt(row)
    kind = SUBMISSION if key else CERTIFICATE
    return Unit(kind, leaf.der or b"", os.fsdecode(leaf.file), leaf.line, taken.needs(), copies, alone)


def _is_alone(index: Index, leaf: Row, among: str) -> bool:
    """Whether *leaf* is the only one *among* its folder's ``units``, or ``ends``, which are no CA's with its key."""
    only = f"SELECT 1 FROM crowd WHERE folder = ? AND {among} = 1 AND EXISTS (SELECT 1 FROM unit WHERE der = ?)"  # noqa: S608
    return bool(index.ask(only, leaf.folder, leaf.der))


def _key_meant(index: Index, leaf: Row) -> list[Row]:
    """Return the private key that is probably meant for *leaf*, which has none: closed, or the wrong one."""
    return _key_beside(index, leaf) or _key_in_folder(index, leaf)


def _key_beside(index: Index, leaf: Row) -> list[Row]:
    """
    Return the private key that stands in one file, or one secret, with *leaf* and is not its own: the wrong one.

    None where there are several, or another certificate that it is the key of, or may be meant for.
    """
    keys = index.things("piece = ? AND kind = 'k' AND +folder = ?", leaf.piece, leaf.folder)
    if len({row.key or row.id for row in keys}) != 1:
        return []
    others = "SELECT 1 FROM thing JOIN unit USING (der) WHERE piece = ? AND der != ? AND +folder = ? LIMIT 1"
    if index.ask(others, leaf.piece, leaf.der, leaf.folder):
        return []
    # what is left over is not what a key is meant for that has a certificate of its own
    owned = "SELECT 1 FROM thing WHERE key = ? AND kind = 'c' AND NOT EXISTS (SELECT 1 FROM unit WHERE der = ?) LIMIT 1"
    return [] if index.ask(owned, keys[0].key, leaf.der) else keys[:1]


def _key_in_folder(index: Index, leaf: Row) -> list[Row]:
    """
    Return the only private key in the folder of *leaf*, the only certificate to be judged there.

    A CA's certificate with its key beside it is a matter of its own, and hides neither.
    """
    if not _is_alone(index, leaf, "ends"):
        return []
    authority = "SELECT 1 FROM thing c WHERE c.key = thing.key AND c.kind = 'c' AND c.ca AND c.folder = thing.folder"
    keys = index.things(f"folder = ? AND kind = 'k' AND NOT EXISTS ({authority})", leaf.folder)
    one = len({row.key or row.id for row in keys}) == 1
    owner = "SELECT 1 FROM thing WHERE key = ? AND kind = 'c' LIMIT 1"
    return keys[:1] if one and not index.ask(owner, keys[0].key) else []


def _home(index: Index, first: Row) -> tuple[Row, int]:
    """
    Return the place of a certificate that counts, and the number of places.

    It is the one where its key is, or one that is meant for it, and least else, and whose form is the best, as
    ``sorting`` has it.
    """
    places = index.things("der = ? AND kind = 'c'", first.der, most=_MAX_PLACES)
    count = len(places) if len(places) < _MAX_PLACES else _count(index, first.der)
    if count == 1:
        return first, 1

    has_key = bool(index.things("key = ? AND kind = 'k'", first.key, most=1))

    def rank(row: Row) -> tuple[bool, int, int, int, int]:
        where = "key = ? AND kind = 'k' AND folder = ?"
        own = index.things(where, row.key, row.folder, most=1) if has_key else _key_meant(index, row)
        crowd = index.ask("SELECT units FROM crowd WHERE folder = ?", row.folder)
        return not own, crowd[0][0] if crowd else 0, _things(index, row.piece), row.flaws, row.id

    return min(places, key=rank), count


def _count(index: Index, der: bytes | None) -> int:
    return int(index.ask("SELECT count(*) FROM thing WHERE der = ?", der)[0][0])


def _things(index: Index, piece: int) -> int:
    return int(index.ask("SELECT things FROM piece WHERE id = ?", piece)[0][0])


def _above(index: Index, leaf: Row) -> list[tuple[Row, int]]:
    """
    Return the certificates that may lead upwards from *leaf*, each once, and how many steps above it they are.

    What stands elsewhere is not asked where its own folder has an issuer: a second path is nobody's fault.
    """
    found: list[tuple[Row, int]] = []
    known = {leaf.der}
    pending = [(leaf, 0)]
    while pending and len(found) < _MAX_ABOVE:
        child, depth = pending.pop(0)
        if child.issuer is None:
            continue
        if child.wanted is None:
            issuers = index.nearest(leaf.folder, "subject = ?", child.issuer, most=2 * _MAX_ABOVE)
        else:
            named = (child.issuer, child.wanted)
            issuers = index.nearest(leaf.folder, "subject = ? AND own = ?", *named, most=2 * _MAX_ABOVE)
            issuers += index.nearest(leaf.folder, "subject = ? AND own IS NULL", child.issuer, most=2 * _MAX_ABOVE)
        at_home = [each for each in issuers if each.folder == leaf.folder]
        for each in at_home or issuers:
            if each.der not in known and len(found) < _MAX_ABOVE:
                known.add(each.der)
                found.append((each, depth + 1))
                pending.append((each, depth + 1))
    return found


def _rivals(index: Index, leaf: Row, above: Sequence[Row]) -> list[Row]:
    """Return what stands beside *leaf* and passes for an issuer, by name or key identifier alone; not those *above*."""
    known = {leaf.der, *(each.der for each in above)}
    found: dict[bytes | None, Row] = {}
    for child in (leaf, *above):
        if child.issuer is not None and len(found) < _MAX_ABOVE:
            # by folder: a name can stand in a hundred thousand of them
            passes = "folder = ? AND kind = 'c' AND (+subject = ? OR +own = ?)"
            for each in index.things(passes, leaf.folder, child.issuer, child.wanted, most=2 * _MAX_ABOVE):
                if each.der not in known:
                    found.setdefault(each.der, each)
    return [*found.values()][:_MAX_ABOVE]


class _Taken:
    """The pieces that a submission takes something from, in the order in which it needs them."""

    def __init__(self, index: Index, leaf: Row, key: Row | None, alone: bool) -> None:
        self.index, self.leaf, self.key, self.alone = index, leaf, key, alone
        self.rows: dict[int, list[Row]] = {}
        self.doubtful: set[int] = set()
        self.beyond: set[int] = set()

    def doubt(self, wanted: Row) -> None:
        """Take *wanted* by itself: the signatures decide whether it is meant."""
        if wanted.piece not in self.rows:
            self.doubtful.add(wanted.piece)
        self.rows.setdefault(wanted.piece, []).append(wanted)

    def take(self, wanted: Row, depth: int) -> None:
        """Take *wanted*, from the folder of the leaf if it is there; *depth* is how far above the leaf it stands."""
        same, value = ("key IS ? AND kind = 'k'", wanted.key) if wanted.kind == KEY else ("der = ?", wanted.der)
        at_home = self.index.things(f"{same} AND folder = ?", value, self.leaf.folder)
        chosen = at_home
        if wanted is self.key and wanted.key is None:
            chosen = [wanted]
        elif wanted is self.leaf and not self.alone:
            chosen = [wanted, *(row for row in at_home if row.id != wanted.id and self._own(row))]
        elif not (self.alone and at_home):
            places = at_home or self.index.things(same, value)
            chosen = [min(places, key=lambda row: (row.piece not in self.rows, _things(self.index, row.piece), row.id))]
            if wanted.kind != KEY and wanted.issuer is None and depth > 1 and not self._at_hand(wanted):
                self.beyond.add(chosen[0].id)  # a root is no part of a chain, unless somebody put it there
        for row in chosen:
            self.rows.setdefault(row.piece, []).append(row)

    def _at_hand(self, wanted: Row) -> bool:
        return any(self._whole(piece) and self._holds(piece, wanted) for piece in self.rows)

    def _holds(self, piece: int, wanted: Row) -> bool:
        return bool(self.index.ask("SELECT 1 FROM thing WHERE piece = ? AND der = ? LIMIT 1", piece, wanted.der))

    def _whole(self, piece: int) -> bool:
        """Whether everything in a piece is this submission's: it is a file, and nothing of another's is in it."""
        if piece in self.doubtful:
            return False
        own = any(row.kind == KEY or row.der == self.leaf.der for row in self.rows[piece])
        if not own and not (self.alone and self.rows[piece][0].folder == self.leaf.folder):
            return False
        form = self.index.ask("SELECT form FROM piece WHERE id = ?", piece)[0][0]
        return form == ALL and not self._strangers("piece = ?", piece)

    def _strangers(self, where: str, *values: Any) -> bool:
        """Whether *where* something is so another private key stands, or another certificate that is judged."""
        strangers = (
            f"SELECT 1 FROM thing WHERE {where} AND ((kind = 'k' AND key IS NOT ?) "  # noqa: S608
            "OR (kind = 'c' AND der != ? AND der IN (SELECT der FROM unit))) LIMIT 1"
        )
        key = self.key.key if self.key is not None else None
        return bool(self.index.ask(strangers, *values, key, self.leaf.der))

    def _own(self, row: Row) -> tuple[int, ...]:
        """Return the numbers of what stands with *row* in a secret, line, folder or file that is the submission's."""
        form = self.index.ask("SELECT form FROM piece WHERE id = ?", row.piece)[0][0]
        parts: list[tuple[str, tuple[Any, ...]]] = []
        if form == LINES:
            parts.append(("piece = ? AND line IS ?", (row.piece, row.line)))
        elif form != PEM:
            parts.append(("piece = ? AND +folder = ?", (row.piece, row.folder)))
            parts.append(("piece = ? AND +folder = ? AND +file = ?", (row.piece, row.folder, row.file)))
        for where, values in parts:
            if not self._strangers(where, *values):
                found = self.index.ask(f"SELECT number FROM thing WHERE {where} ORDER BY number", *values)  # noqa: S608
                return tuple(number for (number,) in found)
        return ()

    def _as_it_stands(self, rows: Sequence[Row]) -> tuple[int, ...]:
        """
        Return the numbers in files beside the certificate that hold several, all of which may lead upwards from it.

        Such a file is a chain, whoever else it is the chain of, and so is their order, and a root in it.
        """
        piece, ders = rows[0].piece, {row.der for row in rows}
        form = self.index.ask("SELECT form FROM piece WHERE id = ?", piece)[0][0]
        files = {row.file: None for row in rows if row.folder == self.leaf.folder and row.kind != KEY}
        found: list[int] = []
        for file in files if form in (ALL, ITEM) else ():
            where = "piece = ? AND +folder = ? AND +file = ? ORDER BY number"
            here = self.index.ask(f"SELECT number, der FROM thing WHERE {where}", piece, self.leaf.folder, file)  # noqa: S608
            if len(here) > 1 and all(der in ders for _, der in here):
                found += (number for number, _ in here)
        return tuple(found)

    def needs(self) -> tuple[Need, ...]:
        """Return what is taken, piece by piece."""
        found = []
        for number, rows in self.rows.items():
            piece, held = self.index.piece(number)
            digests = tuple((row.number, row.der) for row in rows if row.der is not None)
            if self._whole(number):
                found.append(Need(number, piece, None, digests, (), (), held is not None))
                continue
            ours = [row for row in rows if row.kind == KEY or row.der == self.leaf.der]
            own = tuple(dict.fromkeys(each for row in ours for each in self._own(row)))
            stand = self._as_it_stands(rows)
            numbers = tuple(dict.fromkeys((*own, *stand, *(row.number for row in rows))))
            beyond = tuple(row.number for row in rows if row.id in self.beyond and row.number not in stand)
            found.append(Need(number, piece, numbers, digests, own, beyond, held is not None))
        return tuple(found)
