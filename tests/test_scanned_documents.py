"""JSON lines and lists of any number of items: what has nothing in it costs next to nothing, and nothing is lost."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures.build import INTERMEDIATE, LEAF_KEY, leaf
from fixtures.sign import load_key
from pemcheck.budget import Budget
from pemcheck.encryption import NOTHING
from pemcheck.facts import Other
from pemcheck.inputs import read_input
from pemcheck.scanning import Scan, documents, judging, pieces
from pemcheck.sorting import part
from pemcheck.source import Location, Problem
from pemcheck.submission import Input, _Places

WEB = leaf()
KEY = load_key(LEAF_KEY)
JKS = b"\xfe\xed\xfe\xed\0\0\0\2" + bytes(range(40))
SHAPES = {
    "empty lines": b'""\n',
    "objects": b"{}\n",
    "numbers": b'"a"\n{"a": 1}\n',
    "digests": b'{"md5": "d41d8cd98f00b204e9800998ecf8427e"}\n',
    "no JSON": b"x\n",
    "umlauts": '"Größe"\n'.encode(),
    "damaged": b'"-----BEGIN CERTIFICATE-----"\n',
}
ITEMS = (b"{}", b'""', b"[]", b'{"a":"b"}', b'{"data":{"a":"aGFsbG8="}}', b'{"a":"-----BEGIN A KEY-----"}', b'"\\""')


def scan(*sources: Path) -> Scan:
    """Return a scan in this process."""
    return pemcheck.scan(sources, at="2026-06-01", jobs=1)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the list of the lengths of all documents that are read from now on."""
    lengths: list[int] = []

    def counted(role: str, name: str, data: bytes, *rest: Any, **options: Any) -> Input:
        lengths.append(len(data))
        return read_input(role, name, data, *rest, **options)

    monkeypatch.setattr(pieces, "read_input", counted)
    return lengths


def packed(data: bytes, times: int = 1) -> str:
    """Return base64 of *data*, so many times."""
    for _ in range(times):
        data = base64.b64encode(data)
    return data.decode()


# ------------------------------------------------------------------------------------------------ what is not read


@pytest.mark.once
@pytest.mark.parametrize("shape", SHAPES)
def test_lines_with_nothing_in_them_are_not_read(tmp_path: Path, read: list[int], shape: str) -> None:
    """However many there are: of what is damaged in small ones the first are named in each piece, the rest counted."""
    line = SHAPES[shape]
    (tmp_path / "a.jsonl").write_bytes(b'"first"\n"second"\n' + line * (600_000 // len(line)))
    scanned = scan(tmp_path)

    assert ([], True) == ([*scanned], len(read) <= (3 * (pieces._MOST_DAMAGED + 1) if shape == "damaged" else 3))
    assert (shape == "damaged") == scanned.summary.is_open
    assert shape == "damaged" or scanned.summary.named["unrelated"] == [
        f"{tmp_path}/a.jsonl: text without a PEM block"
    ]


@pytest.mark.once
@pytest.mark.parametrize("item", ITEMS)
def test_items_with_nothing_in_them_are_no_pieces(tmp_path: Path, read: list[int], item: bytes) -> None:
    """And those that are small share one."""
    text = b'{"items": [' + b", ".join([item] * (600_000 // len(item))) + b"]}"
    (tmp_path / "a.json").write_bytes(text)
    found = [piece for piece, _ in pieces.split(str(tmp_path / "a.json"), len(text))]
    scanned = scan(tmp_path)
    damaged = b"BEGIN" in item

    assert ([], damaged) == ([*scanned], scanned.summary.is_open)
    assert 3 * damaged >= len(found)
    assert 3 * pieces._MOST_DAMAGED * damaged >= len(read)


@pytest.mark.once
def test_what_was_not_read_of_small_ones_is_told(tmp_path: Path) -> None:
    """Not as many times as there are; and what is large enough for a certificate is read all the same."""
    lines = [json.dumps(WEB.pem), *['"-----BEGIN CERTIFICATE-----"'] * 1_000, json.dumps(KEY.pem)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines))
    scanned = scan(tmp_path)
    damaged = judging.outline(pieces.Piece(str(tmp_path / "a.jsonl")))[1].damaged
    read = len({each.at.line for each in damaged}) - 1

    assert [("submission", 1)] == [(each.kind, each.at.line) for each in scanned]
    assert (pieces._MOST_DAMAGED // 2, read) == (read, len(damaged) - 1)  # of each it is told twice what is wrong
    more = f"from here on {1_000 - read:,} of those that are too small for a certificate were not looked at"
    assert (read + 2, more) == (damaged[-1].at.line, damaged[-1].detail)


@pytest.mark.once
@pytest.mark.parametrize("end", [b"", b"\\n\\n"])
def test_what_a_piece_takes_is_bounded(tmp_path: Path, end: bytes) -> None:
    """Each line has its price; what is beyond is told once, and not line by line, wherever in a line that is."""
    (tmp_path / "a.jsonl").write_bytes(b'"END \\u0030%s"\n' % end * 15_000)
    scanned = scan(tmp_path)
    results = [*scanned]
    told = [each.partition(": ")[::2] for each in scanned.summary.named["damaged"]]

    assert ([], 1) == (results, len(told))
    assert told[0][1].startswith("input-too-large: from here on it was not looked at: there is too much")


def nothing(it: Input) -> bool:
    """Whether neither a certificate nor a key is in *it*, nor anything damaged or closed."""
    return all(isinstance(each, Other) for each in it.objects) and not any(map(pieces.is_open, it.problems))


PARTS = (
    *(b"BEGIN", b"END ", b"-----", b"CERTIFICATE", b"begin ", b"KEY", b" ", b"\\n", b"\\u0042", b"\\t", b"{", b"}"),
    *(b"[", b"]", b'"', b'"', b",", b":", b'"kind":"Secret"', b"data", b"tls.crt", b"MII", b"MAA=", b"0", b"0\\n"),
    *(b"a" * 23, b"\xff\xfe", b"\0", b"\xfe\xed\xfe\xed", b"PK\3\4", b"\xc3\xa9", b"kind: Secret\\n", b"=", b"\\\\"),
    *(b"data:\\n  tls.crt: ", b"\r", b"\t", b"x", packed(b"MII" * 12).encode(), packed(JKS).encode()),
    *(packed("-----BEGIN A KEY-----".encode("utf-16")).encode(), packed(b"-----BEGIN A KEY-----", 2).encode()),
)


@pytest.mark.once
def test_what_is_passed_over_holds_nothing() -> None:
    """Whoever reads it: neither a certificate nor a key, nor anything that is damaged or closed."""
    chosen = random.Random(7)
    forms: tuple[Callable[[bytes], bytes], ...] = (
        lambda body: body,
        lambda body: b'"' + body + b'"',
        lambda body: b'{"a":"' + body + b'"}',
        lambda body: b'"' + body.replace(b'"', b'\\"') + b'"',
    )
    passed_over = 0
    for _ in range(3_000):
        text = chosen.choice(forms)(b"".join(chosen.choices(PARTS, k=chosen.randint(1, 8))))
        if text.strip() and len([*documents.lines(b'"x"\n' + text)]) == 1:
            passed_over += 1
            value = pieces._json(text)
            inner = value.encode("utf-8", "replace") if isinstance(value, str) else text
            assert nothing(read_input("", "a", inner)), text
        item = text.lstrip(b", \t\r\n")
        if item and not [*documents.items(item)]:
            assert nothing(pieces._read_item("a", item, NOTHING, Budget())), text

    assert 500 < passed_over


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    [
        *(WEB.pem, KEY.pem, packed(WEB.der), packed(WEB.pem.encode()), packed(WEB.der, 2), packed(JKS)),
        *(packed(("é" + KEY.pem).encode()), packed(WEB.pem.encode("utf-16")), packed("-----END".encode("utf-16-le"))),
        *("-----BEGIN CERTIFICATE-----", "\u2014\u2014END\u00a0PRIVATE KEY", "begin rsa private key"),
        *(f"kind: Secret\ndata: {packed(WEB.der)}", packed(b"\0" * 30), packed(b"-----BEGIN EC")),
        packed(b"a" * 27, 4)[:100],
        *(packed(b"0\x82\1\1" + b"x" * 20), "0" + chr(40) + "x" * 40),
    ],
)
def test_what_may_be_something_is_worth_reading(text: str) -> None:
    """In every form in which it is known, as a line and as an item, whatever is escaped in it."""
    escaped = "".join(f"\\u{ord(each):04x}" for each in text)
    for line in (json.dumps(text), json.dumps(text, ensure_ascii=False), json.dumps({"a": [text]}), f'"{escaped}"'):
        assert [line.encode()] == [found for _, found in documents.lines(b'"x"\n' + line.encode())][1:]
        if not text.startswith("0"):
            assert [line.encode()] == [*documents.items(b", " + line.encode())]


# --------------------------------------------------------------------------------------------------- what is read


@pytest.mark.once
def test_what_stands_between_a_hundred_thousand_empty_ones_is_found(tmp_path: Path) -> None:
    """At its line, and by its name; large and small ones may come in any order."""
    items = ["{}"] * 50_000
    items += [json.dumps({"kind": "Secret", "metadata": {"name": "one"}, "stringData": {"tls.crt": WEB.pem}})]
    items += ['""'] * 50_000 + [json.dumps({"a": INTERMEDIATE.pem}), json.dumps({"a": KEY.pem}), '{"b": "x"}'] * 2
    (tmp_path / "a.json").write_text(f'{{"items": [{", ".join(items)}]}}')
    (tmp_path / "b.jsonl").write_text("\n".join(['""'] * 100_000 + [json.dumps(WEB.pem)]))

    found = [*scan(tmp_path / "a.json"), *scan(tmp_path / "b.jsonl")]
    names = [f"{tmp_path}/a.json!one/tls.crt", f"{tmp_path}/a.json!a"]
    assert [("submission", names[0], 1), ("certificate", f"{tmp_path}/b.jsonl", 100_001)] == [
        (each.kind, each.at.file, each.at.line) for each in found
    ]
    assert {*names} == {*found[0].files}


@pytest.mark.once
def test_a_short_key_among_short_items_is_found(tmp_path: Path) -> None:
    """Those that share a piece are told apart all the same."""
    small = {"k": packed(bytes.fromhex("302e020100300506032b657004220420") + bytes(32))}
    text = json.dumps({"items": [{"x": "y" * 300_000}, small, {"d": "-----BEGIN A"}, {"kind": "Secret"}]})
    (tmp_path / "a.json").write_text(text)
    scanned = scan(tmp_path)

    assert ([], 1) == ([*scanned], scanned.summary.keys)


# ------------------------------------------------------------------------------------------------- what is kept


@pytest.mark.once
def test_what_is_kept_at_hand_is_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few certificates with very many names count for as much as hundreds of ordinary ones."""
    names = tuple(f"DNS:{number:x}.example.com" for number in range(3_000))
    large = leaf(san=names).pem
    monkeypatch.setattr(judging, "_HAND", judging._AtHand())
    for number in range(60):
        (tmp_path / f"{number}.pem").write_text(large)
    damaged = "".join(f'"-----BEGIN CERTIFICATE-----{number}"\n' for number in range(400))
    for number in range(10):
        (tmp_path / f"{number}.jsonl").write_text(damaged)
    judging.outlines([pieces.Piece(str(path)) for path in sorted(tmp_path.iterdir())], NOTHING, "one")
    kept = [found for _, found in judging._HAND.read.values()]
    ders = sum(len(each.der) for found in kept for each in found.objects if not isinstance(each, Other))

    assert 0 < judging._HAND.weight == sum(map(judging._weight, kept)) <= judging._MAX_AT_HAND
    assert 0 < ders < judging._MAX_AT_HAND
    assert len(kept) < 60


# --------------------------------------------------------------------------------------- whose what is wrong is


def owner(it: Input, at: Location) -> int | None:
    """Return the number of the innermost object of *it* that *at* is in, as the definition has it."""

    def holds(outer: Location) -> bool:
        lines = (outer.line or 0) <= (at.line or 0) <= (outer.end_line or outer.line or 0)
        return (outer.line is None) == (at.line is None) and lines and at.path.startswith(outer.path)

    around = [number for number, each in enumerate(it.objects) if holds(each.at)]
    return max(around, key=lambda number: len(it.objects[number].at.path), default=None)


@pytest.mark.once
def test_problems_are_those_of_the_innermost_object() -> None:
    """Wherever objects stand: in one another, on one line, or nowhere."""
    chosen = random.Random(5)

    def place() -> Location:
        line = chosen.choice([None, *range(1, 7)])
        end = None if line is None or chosen.random() < 0.3 else line + chosen.randint(0, 4)
        return Location("a", line, end, path="".join(chosen.choices(["", "a.", "b.", "c[1]", "c[10]"], k=2)))

    for _ in range(500):
        objects = tuple(Other(place(), "unknown") for _ in range(chosen.randint(0, 6)))
        it = Input("", Location("a"), 1, objects, tuple(Problem("r", place()) for _ in range(5)))
        expected: dict[int | None, list[int]] = {}
        for number, each in enumerate(it.problems):
            found = owner(it, each.at)
            expected.setdefault(None if found is None else id(objects[found]), []).append(number)
        assert expected == it.problems_by_owner


@pytest.mark.once
def test_many_submissions_of_one_file_are_not_quadratic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose each problem is, is found out once for all of them."""
    asked: list[Location] = []
    real = _Places.innermost

    def counted(self: _Places, at: Location) -> int | None:
        asked.append(at)
        return real(self, at)

    monkeypatch.setattr(_Places, "innermost", counted)
    objects = tuple(Other(Location("a", line), "unknown") for line in range(1, 101))
    problems = tuple(Problem("r", each.at.into("x")) for each in objects)
    it = Input("", Location("a"), 1, objects, problems)
    parts = [part(it, "", [each], False, False) for each in objects]

    assert [(each,) for each in problems] == [each.problems for each in parts]
    assert 100 == len(asked)


@pytest.mark.once
def test_what_is_remembered_of_a_signature_is_short(tmp_path: Path) -> None:
    """However long the certificates are."""
    names = tuple(f"DNS:{number:x}.example.com" for number in range(1_000))
    (tmp_path / "a.pem").write_text(leaf(san=names).pem + INTERMEDIATE.pem)
    judging._ANSWERS.clear()

    assert 1 == len([*scan(tmp_path)])
    assert 0 < sum(len(each) for pair in judging._ANSWERS for each in pair) < 200 * len(judging._ANSWERS)
