"""
What was found where, on the disk: digests of certificates and keys, their places, and what was read of certificates.

Whose a certificate is can be known only when everything was seen, and everything is more than fits into memory.  The
index takes about a kilobyte a certificate in a file without a name, which is gone when it is closed.  Of a private key
it holds the digest of the public half; what stands in one piece with it is read again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..facts import Certificate, Name, PrivateKey
from ..sorting import flaws
from ..source import Location, Problem
from ..submission import Input
from .pieces import Piece, is_open

_CACHE = 1_000
"""KiB of the index that are in memory: with some thousand certificates as much as with a million."""
CERTIFICATE, KEY = "c", "k"

_TABLES = """
CREATE TABLE file(path BLOB, size INT);
CREATE TABLE folder(id INTEGER PRIMARY KEY, name BLOB UNIQUE);
CREATE TABLE piece(
    id INTEGER PRIMARY KEY, path BLOB, form TEXT, start INT, length INT, line INT, block INT, things INT, held BLOB);
CREATE TABLE thing(
    id INTEGER PRIMARY KEY, piece INT, number INT, kind TEXT, der BLOB, key BLOB, subject BLOB, issuer BLOB,
    own BLOB, wanted BLOB, ca INT, flaws INT, closed INT, folder INT, file BLOB, line INT);
CREATE TABLE packed(piece INTEGER PRIMARY KEY, octets BLOB);
CREATE TABLE reached(der BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE judged(key BLOB PRIMARY KEY) WITHOUT ROWID;
"""
# two have no folder: there copies stand in the order of their numbers, and need not be sorted to take the first
_INDEXES = """
CREATE INDEX thing_copy ON thing(der);
CREATE INDEX thing_der ON thing(der, folder);
CREATE INDEX thing_key ON thing(key, kind, folder);
CREATE INDEX thing_named ON thing(subject, own);
CREATE INDEX thing_subject ON thing(subject, own, folder);
CREATE INDEX thing_subject_folder ON thing(subject, folder);
CREATE INDEX thing_issuer ON thing(issuer, folder, wanted);
CREATE INDEX thing_piece ON thing(piece, kind);
CREATE INDEX thing_folder ON thing(folder, kind);
CREATE TABLE unit(der BLOB PRIMARY KEY, first INT);
INSERT INTO unit SELECT der, min(id) FROM thing c WHERE kind = 'c' GROUP BY der HAVING
    (key IS NOT NULL AND EXISTS (SELECT 1 FROM thing k WHERE k.key = c.key AND k.kind = 'k'))
    OR NOT (ca OR EXISTS (SELECT 1 FROM thing d WHERE d.der = c.der AND (
        EXISTS (SELECT 1 FROM thing e WHERE e.issuer = c.subject AND e.folder = d.folder AND e.wanted IS NULL)
        OR EXISTS (SELECT 1 FROM thing e WHERE e.issuer = c.subject AND e.folder = d.folder
            AND (e.wanted = c.own OR c.own IS NULL)))));
CREATE INDEX unit_first ON unit(first);
CREATE TABLE crowd(folder INTEGER PRIMARY KEY, units INT, ends INT);
INSERT INTO crowd SELECT folder, count(DISTINCT der), count(DISTINCT CASE WHEN ca AND EXISTS (
        SELECT 1 FROM thing k WHERE k.key = c.key AND k.kind = 'k' AND k.folder = c.folder) THEN NULL ELSE der END)
    FROM thing c JOIN unit USING (der) GROUP BY folder;
"""
_REST = """
CREATE TABLE rest(first INTEGER PRIMARY KEY, der BLOB, subject BLOB, issuer BLOB, own BLOB, wanted BLOB);
INSERT INTO rest SELECT min(id), der, subject, issuer, own, wanted FROM thing
    WHERE kind = 'c' AND der NOT IN (SELECT der FROM reached) AND der NOT IN (SELECT der FROM unit) GROUP BY der;
CREATE INDEX rest_issuer ON rest(issuer, wanted);
CREATE TABLE lowest(first INTEGER PRIMARY KEY);
INSERT INTO lowest SELECT first FROM rest c WHERE NOT (
    EXISTS (SELECT 1 FROM rest e WHERE e.issuer = c.subject AND e.wanted IS NULL)
    OR EXISTS (SELECT 1 FROM rest e WHERE e.issuer = c.subject AND (e.wanted = c.own OR c.own IS NULL)));
"""
_LEFT = """
DELETE FROM rest WHERE first IN (SELECT first FROM lowest) OR der IN (SELECT der FROM reached);
"""


class Thing(NamedTuple):
    """
    A certificate or private key in a piece: its ``number`` there, digests of what tells it, and its place.

    ``flaws`` ranks the form of the file it stands in, 0 for plain PEM.  ``closed`` is a private key that stays
    encrypted; None where a problem tells that it is closed or damaged.
    """

    number: int
    kind: str
    der: bytes | None
    key: bytes | None
    subject: bytes | None
    issuer: bytes | None
    own: bytes | None
    wanted: bytes | None
    ca: bool
    flaws: int
    closed: bool | None
    folder: str
    file: str
    line: int | None


class Row(NamedTuple):
    """One of the things in the index."""

    id: int
    piece: int
    number: int
    kind: str
    der: bytes | None
    key: bytes | None
    subject: bytes | None
    issuer: bytes | None
    own: bytes | None
    wanted: bytes | None
    ca: bool
    flaws: int
    closed: bool | None
    folder: int
    file: bytes
    line: int | None

    @property
    def at(self) -> Location:
        """Where it stands."""
        return Location(os.fsdecode(self.file), self.line)

    @property
    def place(self) -> str:
        """Where it stands, for ``printable``."""
        name = os.fsdecode(self.file)
        return name if self.line is None else f"{name}:{self.line}"


def things_in(found: Input) -> list[Thing]:
    """Return what the index keeps of the certificates and private keys in *found*."""
    things = []
    problems: dict[str, list[Problem]] = {}
    for each in found.problems:
        problems.setdefault(each.at.file, []).append(each)
    flawed = {file: flaws(each) for file, each in problems.items()}
    told = {(each.at.file, each.at.line) for each in found.problems if is_open(each)}
    for number, it in enumerate(found.objects):
        if isinstance(it, Certificate):
            things.append(_certificate(number, it, flawed.get(it.at.file, 0)))
        elif isinstance(it, PrivateKey):
            things.append(_private_key(number, it, not told.isdisjoint([(it.at.file, it.at.line), (it.at.file, None)])))
    return things


def _private_key(number: int, it: PrivateKey, told: bool) -> Thing:
    closed = None if told else it.encrypted and "secret" in it.unread
    where = (folder_of(it.at.file), it.at.file, it.at.line)
    return Thing(number, KEY, None, _of_key(it.identity), None, None, None, None, False, 0, closed, *where)


def _certificate(number: int, it: Certificate, flaws: int) -> Thing:
    alone = "issuer" in it.unread or "subject" in it.unread or it.self_issued
    return Thing(
        number,
        CERTIFICATE,
        digest(it.der),
        _of_key(it.identity),
        None if "subject" in it.unread else _of_name(it.subject),
        None if alone else _of_name(it.issuer),
        it.subject_key_identifier and digest(it.subject_key_identifier),
        it.authority_key_identifier and digest(it.authority_key_identifier),
        _may_be_ca(it),
        flaws,
        False,
        folder_of(it.at.file),
        it.at.file,
        it.at.line,
    )


def _may_be_ca(it: Certificate) -> bool:
    """Whether a certificate is a CA's, or old enough not to say so, as openssl's X509_check_ca(3) has it."""
    if it.basic_constraints is not None or "basic_constraints" in it.unread:
        return it.is_ca
    return "key_cert_sign" in (it.key_usage or ()) or (it.version == 1 and it.self_issued)


def digest(data: bytes) -> bytes:
    """Return what tells *data* from all others: half of its SHA-256."""
    return hashlib.sha256(data).digest()[:16]


def _of_key(identity: tuple[object, ...] | None) -> bytes | None:
    if identity is None:
        return None
    # a long number in decimal costs quadratic time
    return digest(repr([_hexadecimal(each) for each in identity]).encode())


def _hexadecimal(it: object) -> object:
    return [hex(number) for number in it] if isinstance(it, tuple) else it


def _of_name(name: Name) -> bytes:
    return digest(repr([sorted(map(repr, rdn)) for rdn in name.prepared]).encode("utf-8", "surrogatepass"))


def folder_of(file: str) -> str:
    """Return what a file stands in: a folder, an archive or a folder in it, a secret."""
    container, mark, member = file.partition("!")
    return f"{container}!{os.path.dirname(member)}" if mark else os.path.dirname(container)


class Index:
    """The index of one scan."""

    def __init__(self) -> None:
        import sqlite3

        self.base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.base.executescript(f"PRAGMA cache_size = -{_CACHE}; PRAGMA journal_mode = OFF; {_TABLES} BEGIN;")
        self.kept: dict[int, Input] = {}

    def close(self) -> None:
        """Forget everything."""
        self.base.close()

    def ask(self, question: str, *values: Any) -> list[Any]:
        """Return the rows that answer *question*."""
        return self.base.execute(question, values).fetchall()

    def add_file(self, path: str, size: int | None) -> None:
        """Add a file that was found."""
        self.base.execute("INSERT INTO file VALUES (?, ?)", (os.fsencode(path), size))

    def files(self) -> Iterator[tuple[str, int | None]]:
        """Yield path and size of every file that was found, in the order of their paths, each once."""
        rows = self.base.execute("SELECT path, min(size) FROM file GROUP BY path ORDER BY path")
        yield from ((os.fsdecode(path), size) for path, size in rows)

    def total(self) -> tuple[int, int]:
        """Return how many files were found, and how many bytes they have."""
        count, size = self.ask("SELECT count(DISTINCT path), total(size) FROM file")[0]
        return count, int(size)

    def add(self, piece: Piece, things: Iterable[Thing], held: Input | None = None, packed: bytes = b"") -> None:
        """
        Add what is in *piece*, and what was read of it, *packed*, which saves reading it again.

        What cannot be read again is *held*: private keys in memory, the rest on the disk.
        """
        things = list(things)
        public = held is not None and all(isinstance(each, Certificate) for each in held.objects)
        blob = pickle.dumps(held) if public else None
        number = self.base.execute(
            "INSERT INTO piece VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?)",
            (os.fsencode(piece.path), *piece[1:], len(things), blob),
        ).lastrowid
        if held is not None and not public and number is not None:
            self.kept[number] = held
        if packed:
            self.base.execute("INSERT INTO packed VALUES (?, ?)", (number, packed))
        rows = (
            (number, *each[:11], self._folder(each.folder), _encoded(each.file), each.line) for each in things
        )
        self.base.executemany("INSERT INTO thing VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _folder(self, name: str) -> int:
        found = self.ask("SELECT id FROM folder WHERE name = ?", _encoded(name))
        if found:
            return int(found[0][0])
        return self.base.execute("INSERT INTO folder VALUES (NULL, ?)", (_encoded(name),)).lastrowid or 0

    def finish(self) -> None:
        """Find out what is to be judged, once everything was added."""
        self.base.executescript(_INDEXES)

    def piece(self, number: int) -> tuple[Piece, Input | None]:
        """Return a piece, and what is in it if it cannot be read again."""
        path, form, start, length, line, block, _, held = self.ask("SELECT * FROM piece WHERE id = ?", number)[0][1:]
        piece = Piece(os.fsdecode(path), form, start, length, line, block)
        # nobody else can write to it: it is this process's own, and has no name
        return piece, self.kept.get(number) or (pickle.loads(held) if held is not None else None)  # noqa: S301

    def packed(self, number: int) -> bytes:
        """Return what was read of a piece, as it was packed; empty where it has to be read again."""
        return bytes(next((octets for (octets,) in self.ask("SELECT octets FROM packed WHERE piece = ?", number)), b""))

    def things(self, where: str, *values: Any, most: int = 20) -> list[Row]:
        """Return the first things *where* something is so."""
        return [Row(*row) for row in self.ask(f"SELECT * FROM thing WHERE {where} ORDER BY id LIMIT {most}", *values)]  # noqa: S608

    def nearest(self, folder: int, where: str, *values: Any, most: int) -> list[Row]:
        """Return the first things *where* something is so, in *folder* if there are any: elsewhere may be thousands."""
        here = self.things(f"{where} AND folder = ?", *values, folder, most=most)
        return here or self.things(where, *values, most=most)

    def count(self, kind: str) -> int:
        """Return how many different certificates there are, or how many private keys."""
        what = "DISTINCT der" if kind == CERTIFICATE else "*"
        return int(self.ask(f"SELECT count({what}) FROM thing WHERE kind = ?", kind)[0][0])  # noqa: S608

    def units(self) -> int:
        """Return how many certificates are to be judged, CAs' without their keys not counted."""
        return int(self.ask("SELECT count(*) FROM unit")[0][0])

    def ends(self) -> Iterator[Row]:
        """Yield every certificate that is no CA's and no issuer's beside it, or whose key is here; in order."""
        yield from self._each("SELECT first FROM unit WHERE first > ? ORDER BY first LIMIT 200")

    def lowest(self) -> Iterator[Row]:
        """Yield, when all those were judged, what was not judged along with them, and is no issuer of the like."""
        self.base.executescript(_REST)
        yield from self._each("SELECT first FROM lowest WHERE first > ? ORDER BY first LIMIT 200")

    def rest(self) -> Iterator[Row]:
        """Yield, when these were judged as well, what was not judged along with them, either."""
        self.base.executescript(_LEFT)
        yield from self._each("SELECT first FROM rest WHERE first > ? ORDER BY first LIMIT 200")

    def _each(self, question: str) -> Iterator[Row]:
        last = 0
        while True:
            rows = self.ask(question, last)
            if not rows:
                return
            for (last,) in rows:
                yield from self.things("id = ?", last)

    def judge_keys(self, keys: Sequence[Row]) -> None:
        """Note that these private keys are judged with a certificate: by their digests, or the things they are."""
        names = ((row.id if row.key is None else row.key,) for row in keys)
        self.base.executemany("INSERT OR IGNORE INTO judged VALUES (?)", names)

    def reach(self, ders: Sequence[bytes]) -> None:
        """Note that these certificates, by their digests, were judged along with another."""
        self.base.executemany("INSERT OR IGNORE INTO reached VALUES (?)", ((der,) for der in ders))


def _encoded(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")
