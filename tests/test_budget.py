"""One call has one account: whatever it is given, and however it is cut into files, it costs no more."""

from __future__ import annotations

import binascii
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures import der
from fixtures.build import AT, INTERMEDIATE, INTERMEDIATE_2, ROOT, authority, leaf, load_key, pem
from fixtures.build import pkcs7 as signed_data
from pemcheck import crypto, facts, gathering, markers, members, opening
from pemcheck import der as reader
from pemcheck.asn1 import extensions
from pemcheck.budget import (
    CALCULATIONS,
    ELEMENTS,
    LINES,
    MAX_WORK,
    PRICE_EFFORT,
    PRICE_ELEMENT,
    PRICE_LINE,
    PRICE_OBJECT,
    PRICE_YAML,
    RESERVED,
    Budget,
    Exhausted,
)
from pemcheck.chain import Signatures
from pemcheck.cli import main
from pemcheck.crypto import derivation, keys
from pemcheck.der import TEXT_PRICE
from pemcheck.encryption import Derivation, Passphrase
from pemcheck.findings import Report, Verdict
from pemcheck.pem import _Reader as Reader
from pemcheck.pem import read as read_pem
from pemcheck.render import render
from pemcheck.source import EXHAUSTED, MAX_ALL_BYTES, Problem

LEAF = leaf(issuer=INTERMEDIATE_2)
KEY = load_key(LEAF.key).pem
CHAIN = INTERMEDIATE_2.pem + INTERMEDIATE.pem
ROUNDS = MAX_WORK // 6 - 9_000  # twice as much for PKCS#12 as for PBKDF2; the rest is for reading


def pfx(rounds: int = ROUNDS) -> bytes:
    """Return a PKCS#12 file that holds nothing and has a MAC of so many rounds."""
    info = der.sequence(der.sequence(der.oid("2.16.840.1.101.3.4.2.1"), der.NULL), der.octets(bytes(32)))
    mac = der.sequence(info, der.octets(b"saltsalt"), der.integer(rounds))
    content = der.sequence()
    inner = der.sequence(der.oid("1.2.840.113549.1.7.1"), der.context(0, der.octets(content)))
    return der.sequence(der.integer(3), inner, mac)


def archive(contents: dict[str, bytes]) -> bytes:
    """Return a ZIP archive of these files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as stream:
        for name, data in contents.items():
            stream.writestr(name, data)
    return made.getvalue()


def cut(problems: Iterable[Problem]) -> list[str]:
    """Return what was not looked at, and why."""
    return [problem.detail for problem in problems if problem.sort == EXHAUSTED]


def price_without(kind: str, data: bytes, name: str) -> int:
    """Return what it costs to read *data*, all but what is of this *kind*, and calculations."""
    budget = Budget()
    gathering.look(data, name, budget=budget)
    return sum(price for each, price in budget.spent.items() if each not in (kind, CALCULATIONS))


def expensive(problems: Iterable[Problem]) -> int:
    """Return how many things were not opened because of what it costs."""
    return sum(problem.sort == "expensive" for problem in problems)


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the rounds of PKCS#12's derivation instead of hashing them."""
    counted: list[int] = []

    def repeated(how: Any, data: bytes) -> bytes:
        counted.append(how.iterations)
        return bytes(32)

    monkeypatch.setattr(derivation, "_repeated", repeated)
    return counted


# ------------------------------------------------------------------------------------------------ passphrases

PHRASE = Passphrase(b"secret")
FILES = [(f"{number}.p12", pfx()) for number in range(20)]


def _inspected(tmp_path: Path) -> None:
    for name, data in FILES:
        (tmp_path / name).write_bytes(data)
    main(["inspect", *(str(tmp_path / name) for name, _ in FILES)])


def _offered(tmp_path: Path) -> None:
    (tmp_path / "cas").mkdir()
    for number in range(20):
        (tmp_path / "cas" / f"{number}.p12").write_bytes(pfx(ROUNDS + number))  # the same file is read once
    (tmp_path / "leaf.pem").write_text(LEAF.pem)
    certificate, offered = str(tmp_path / "leaf.pem"), str(tmp_path / "cas")
    main(["fix", "--diff", "--without-key", "--certificate", certificate, "--intermediates", offered])


CALLS: dict[str, Callable[[Path], object]] = {
    "one input, an archive": lambda path: pemcheck.inspect(archive(dict(FILES)), passphrase=b"secret"),
    "files": lambda path: gathering.gather((None,) * 3, ("",) * 3, files=FILES, passphrase=PHRASE),
    "three roles": lambda path: pemcheck.check(FILES[0][1], FILES[0][1], pfx(2 * ROUNDS), passphrase=b"secret"),
    "inspect": _inspected,
    "fix --intermediates": _offered,
}


@pytest.mark.parametrize("call", CALLS)
def test_all_passphrases_of_a_call_have_one_account(
    call: str, rounds: list[int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """However many containers there are: twenty, in files, in an archive, in roles, offered to complete a chain."""
    CALLS[call](tmp_path)

    assert (True, True) == (0 < len(rounds), 2 * sum(rounds) <= MAX_WORK)


def test_what_is_not_opened_for_its_cost_says_so(rounds: list[int]) -> None:
    """Each with the sentence that there is for it; what alone is no more than allowed is told why it is too much."""
    found = gathering.look(archive(dict(FILES)), "all.zip", PHRASE)
    detail = next(each.detail for each in found.problems if each.sort == "expensive")

    assert (17, True) == (expensive(found.problems), detail.endswith(", after what else was read"))


def test_whoever_allows_it_opens_them_all(rounds: list[int]) -> None:
    """``allow_expensive`` is for a whole call too."""
    found = gathering.look(archive(dict(FILES)), "all.zip", Passphrase(b"secret", True))

    assert (0, [ROUNDS] * 20) == (expensive(found.problems), rounds)


def test_passphrases_leave_something_for_signatures() -> None:
    """A file that costs all there is is judged all the same."""
    spent = Budget()
    spent.work = 0

    assert [True, False] == [spent.take_effort(effort) for effort in (RESERVED, 1)]


def test_signatures_may_take_what_passphrases_left() -> None:
    """In the same units."""
    budget = Budget()
    assert budget.take_effort(RESERVED + 10)
    assert (0, MAX_WORK - 10 * PRICE_EFFORT) == (budget.reserve, budget.work)


# ------------------------------------------------------------------------------------------------------- keys


@pytest.mark.parametrize("name", ["p521-a", "rsa-4096", "ed448"])
def test_the_work_of_many_keys_is_bounded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand of them are not all examined, and nobody says that the others are sound."""
    monkeypatch.setattr(keys, "_EXAMINE", {kind: lambda key, _: key for kind in keys._EXAMINE})
    monkeypatch.setattr(keys, "cost", lambda key: 60)
    found = gathering.look(load_key(name).pem.encode() * 1000, "keys.pem")
    examined = [key for key in found.keys if not crypto.UNEXAMINED & key.unread]

    assert (True, 1000) == (50 < len(examined) <= (RESERVED + MAX_WORK // PRICE_EFFORT) // 60, len(found.keys))
    assert 1 == len([each for each in cut(found.problems) if "was not examined" in each])


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        *(("rsa-2048-a", 3, 10), ("rsa-4096", 10, 30), ("p256-a", 5, 15), ("p384-a", 10, 30), ("p521-a", 40, 90)),
        *(("ed25519-a", 4, 12), ("ed448", 15, 40), ("dsa-2048", 4, 60), ("ml-dsa-44", 0, 1)),
    ],
)
def test_the_work_of_a_key_is_known_before(name: str, low: int, high: int) -> None:
    """By its kind and its size, roughly, in the units of signatures."""
    (key,) = gathering.look(load_key(name).pem.encode(), "key.pem").keys
    assert low <= keys.cost(key) <= high


def test_a_key_that_says_nothing_costs_nothing() -> None:
    """There is nothing to calculate with."""
    (key,) = gathering.look(load_key("p256-a").pem.encode(), "key.pem").keys
    assert [0, 0] == [keys.cost(each) for each in (key.replace(public=None), key.replace(secret=()))]


def test_a_key_that_was_not_examined_is_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the reason, and never passed."""
    monkeypatch.setattr(keys, "cost", lambda key: ACCOUNT)
    budget = Budget()
    submission = gathering.gather([LEAF.pem.encode(), KEY.encode(), CHAIN.encode()], ("c", "k", "ch"), budget=budget)
    report = pemcheck.checking.judge_all(submission, [pemcheck.checking.wanted("acm", AT)])[0]

    assert Verdict.UNDECIDED is report.verdict
    assert "not examined" in " ".join(check.reason for check in report.undecided)


# --------------------------------------------------------------------------------------------------- elements


def many(count: int) -> bytes:
    """Return one element with so many in it."""
    return der.sequence(*[der.NULL] * (count - 1))


def pkcs7(count: int) -> bytes:
    """Return a PKCS#7 object that holds so many elements where a certificate should be."""
    held = der.context(0, der.sequence(*[der.NULL] * (count - 20)))
    signed = der.sequence(der.integer(1), der.set_of(), der.sequence(), held)
    return der.sequence(der.oid("1.2.840.113549.1.7.2"), der.context(0, signed))


def extended(count: int) -> bytes:
    """Return a certificate with so many names."""
    return leaf(san=[f"DNS:{number}" for number in range(count)]).der


@pytest.mark.parametrize("data", [many(60_000), pkcs7(60_000), extended(12_000)], ids=["blocks", "pkcs7", "extensions"])
def test_the_elements_of_all_blocks_are_counted_together(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is within the limit for one block, all together are not; what is not looked at is said."""
    walked: list[int] = []
    walk = reader._walk

    def counting(data: bytes, most: int, counted: list[int]) -> Any:
        try:
            return walk(data, most, counted)
        finally:
            walked.append(counted[0])

    monkeypatch.setattr(reader, "_walk", counting)
    found = gathering.look(pem("CERTIFICATE", data).encode() * 10, "many.pem")

    assert sum(walked) <= MAX_WORK // PRICE_ELEMENT + 100
    assert "there is too much in all inputs together, most of all ASN.1 elements" in " ".join(cut(found.problems))


def test_what_was_not_looked_at_of_a_certificate_is_undecided() -> None:
    """A certificate whose names are too many for what is left is no certificate that cannot be read."""
    budget = Budget()
    budget.work = 2_000
    found = gathering.look(LEAF.pem.encode(), "leaf.pem", budget=budget)

    assert (1, {"input-too-large"}) == (len(found.certificates), {each.rule for each in found.problems})
    assert found.certificates[0].unread


@pytest.mark.parametrize("key", [KEY, LEAF.pem])
def test_a_block_behind_the_limit_is_named(key: str) -> None:
    """Key or certificate: nobody knows."""
    budget = Budget()
    budget.work = price_without(ELEMENTS, key.encode(), "x")
    (fact,) = gathering.look(key.encode(), "x", budget=budget).objects

    assert fact.unread & {"secret", "certificate"}


def test_an_element_may_have_a_price() -> None:
    """What is decoded value by value costs more than what is walked over."""
    budget = Budget()
    budget.work = 100 * PRICE_ELEMENT
    reader.walk(many(20), budget, extensions._PRICE)
    assert 100 - 20 * extensions._PRICE == budget.left(ELEMENTS)
    with pytest.raises(Exhausted):
        reader.walk(many(20), budget, extensions._PRICE)
    assert 0 == budget.work


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (der.utf8("a" * 800), 1),
        (der.utf8("\u00e4" * 400), 1 + 800 // TEXT_PRICE),
        (der.bmp("a" * 400), 1 + 400 // TEXT_PRICE),
        (der.tlv(0x82, b"\x80" * 800), 1 + 800 // TEXT_PRICE),
        (der.tlv(0x82, b"\\" * 80), 1 + 80 // TEXT_PRICE),
        (der.octets(b"\x80" * 800), 1),
    ],
    ids=["ascii", "utf8", "bmp", "dns", "backslashes", "no text"],
)
def test_text_that_is_not_ascii_costs_more(text: bytes, expected: int) -> None:
    """Each octet is shown as eight characters, or normalised into eighteen."""
    budget = Budget()
    reader.walk(text, budget)

    assert expected == Budget().left(ELEMENTS) - budget.left(ELEMENTS)


@pytest.mark.parametrize("length", [110, 4_000])
def test_what_is_printed_of_odd_names_is_bounded(length: int) -> None:
    """Each octet would be eight characters: 25 MB of JSON from 4 MB of PEM; what was not looked at is said."""
    odd = leaf(san=[der.tlv(0x82, b"\x80" * length)] * (1_000_000 // length))
    report = pemcheck.check(odd.pem, KEY, "".join(each.pem for each in odd.chain), at=AT)

    assert "input-too-large" in {finding.rule for finding in report.findings}
    assert len(render((report,), "json")) < 100_000


def test_what_is_normalised_of_names_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """One character may become eighteen, which takes longer than to read it."""
    normalised: list[int] = []
    prepare = facts.prepare

    def counting(value: str) -> Any:
        normalised.append(len(value))
        return prepare(value)

    def name(end: str) -> bytes:
        values = [der.utf8("\ufdfa" * 30 + end)] * 10_000
        return der.sequence(*[der.set_of(der.sequence(der.oid("2.5.4.11"), value)) for value in values])

    monkeypatch.setattr(facts, "prepare", counting)
    gathering.look(leaf(subject=name(""), issuer_name=name(" ")).pem.encode(), "x")

    assert sum(normalised) <= MAX_WORK // PRICE_ELEMENT * TEXT_PRICE // 3


# -------------------------------------------------------------------------------------- objects, lines, bytes


def report_of(certificate: bytes, chain: bytes) -> Report:
    """Return the report on a certificate and its chain."""
    return pemcheck.check(certificate, KEY, chain, "acm", AT)


def test_the_objects_of_all_inputs_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of three files of 1,000 blocks each not all are read, and it is undecided at most."""
    monkeypatch.setattr(pemcheck.budget, "MAX_WORK", 2_000 * PRICE_OBJECT)
    found = gathering.gather([pem("X", b"0\0").encode() * 1000] * 3, ("a", "b", "c"))

    assert 1_000 < sum(len(each.objects) for each in found.inputs) < 1_500
    assert [0, 1, 1] == [len(cut(each.problems)) for each in found.inputs]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_the_lines_of_all_inputs_are_counted_together(end: bytes) -> None:
    """A line costs as much as a certificate's, be there anything on it or not."""
    budget = Budget()
    lines = budget.left(LINES) // 2 + 100
    block = LEAF.pem.encode().replace(b"\n", end)
    texts = [read_pem("x", block + end * lines, budget) for _ in range(3)]

    assert (True, [1, 1, 0]) == (budget.left(LINES) < 30, [len(each.blocks) for each in texts])
    assert [0, 1, 1] == [len(cut(each.problems)) for each in texts]


@pytest.mark.parametrize("more", [0, 1])
def test_as_many_lines_as_are_left_are_read(more: int) -> None:
    """CR and LF are one end; the dashes of two markers count as five lines."""
    budget = Budget()
    block = LEAF.pem.encode().replace(b"\n", b"\r\n")
    budget.work = (block.count(b"\n") + 5 - 1 + more) * PRICE_LINE
    text = read_pem("x", block, budget)

    assert ([0, 1][more], [1, 0][more]) == (len(text.blocks), len(cut(text.problems)))


def test_where_reading_stops_is_said() -> None:
    """By the line, and with what there is too much of."""
    budget = Budget()
    budget.work = 100 * PRICE_LINE
    text = read_pem("x", LEAF.pem.encode() + b"\n" * 200, budget)
    (problem,) = (each for each in text.problems if each.sort == EXHAUSTED)

    assert (97, True) == (problem.at.line, problem.detail.endswith("most of all lines of text"))


def test_the_bytes_of_all_inputs_are_counted_together() -> None:
    """What comes out of archives too: 200 of a few kilobytes would become gigabytes."""
    data = archive({"a.pem": LEAF.pem.encode() + b"#" * 3_900_000, "b.pem": ROOT.pem.encode() + b"#" * 3_900_000})
    budget = Budget()
    found = [gathering.look(data, f"{number}.zip", budget=budget) for number in range(20)]

    assert (True, 2, True) == (budget.octets >= 0, len(found[0].certificates), bool(cut(found[-1].problems)))
    assert sum(each.size for each in found) < MAX_ALL_BYTES


def test_an_input_behind_the_limit_is_not_read() -> None:
    """It says why."""
    budget = Budget()
    budget.octets = 10
    found = gathering.look(LEAF.pem.encode(), "leaf.pem", budget=budget)

    assert ((), [True]) == (found.objects, ["16,777,216 bytes" in each for each in cut(found.problems)])


@pytest.mark.parametrize("language", ["json", "yaml"])
def test_documents_have_one_account(language: str) -> None:
    """A document is parsed whole before anything is known of it."""
    if language == "yaml":
        pytest.importorskip("yaml")
    secret = {"kind": "Secret", "data": {"tls.crt": LEAF.pem.encode().hex()}, "stringData": {"a": LEAF.pem}}
    text = json.dumps(secret) if language == "json" else f"kind: Secret\nstringData:\n  a: {json.dumps(LEAF.pem)}\n"
    budget = Budget()
    budget.work = len(text) * (PRICE_YAML if language == "yaml" else 1) + 137 * PRICE_ELEMENT
    first, second = (members.members(text.encode(), budget) for _ in range(2))
    assert first is not None
    assert second is not None

    reason = "there is too much in all inputs together, most of all JSON and YAML documents"
    assert "" == first.cut
    assert ((), f"it was not looked at: {reason}") == (second.members, second.cut)


def test_what_was_verified_is_not_paid_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """``fix`` judges what it has written, out of the same certificates."""
    budget = Budget()
    certificates = gathering.look((LEAF.pem + CHAIN).encode(), "x").certificates
    child, issuer = certificates[:2]
    first = Signatures(budget).link(child, issuer)
    monkeypatch.setattr(crypto, "verify", lambda *_: pytest.fail("verified twice"))
    again = budget.again()

    assert (True, first.signed) == (first.signed, Signatures(again).link(child, issuer).signed)
    assert (Budget().reserve, Budget().work) == (again.reserve, again.work)


@pytest.mark.parametrize(("left", "expected"), [(MAX_WORK, MAX_WORK), (1_000_000, 1_000_000), (0, MAX_WORK // 8)])
def test_what_was_made_is_read_with_what_is_left(left: int, expected: int) -> None:
    """And with an eighth of all at least, so that ``fix`` takes hardly longer than ``check``."""
    budget = Budget()
    budget.work = left
    rest = budget.rest()

    assert (expected, True) == (rest.work, rest.answers is budget.answers)


def test_what_is_offered_is_read_up_to_the_limit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And it says so."""
    from pemcheck.cli.offered import read_offered

    for number, each in enumerate((ROOT, INTERMEDIATE, INTERMEDIATE_2)):
        (tmp_path / f"{number}.pem").write_text(each.pem)
    budget = Budget()
    budget.work = price_without("", ROOT.pem.encode(), "0.pem") + 1_000
    found, _ = read_offered([str(tmp_path)], budget)

    assert [ROOT.der] == [each.der for each in found]
    assert "1.pem is looked at in part, and nothing behind it: it is too much\n" in capsys.readouterr().err


def test_a_member_that_cannot_be_looked_into_is_not_passed_over() -> None:
    """It may be a certificate: what was not looked at is said, not left out."""
    budget = Budget()
    data = archive({"a.der": LEAF.der})
    budget.work = price_without(ELEMENTS, data, "x.zip") - PRICE_OBJECT
    found = gathering.look(data, "x.zip", budget=budget)

    assert 1 == len([each for each in cut(found.problems) if "too much in all inputs" in each])


def test_what_is_decrypted_is_paid_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that opens to more than is left stays closed, and that is no wrong passphrase."""
    budget = Budget()
    budget.work = 3_000
    monkeypatch.setattr(opening, "decrypt", lambda *_: many(1000))
    key = pem("ENCRYPTED PRIVATE KEY", der.unarmor(load_key("rsa-encrypted-pkcs8").pem))
    found = gathering.look(key.encode(), "key.pem", PHRASE, budget=budget)

    assert (["input-too-large"], 1) == ([each.rule for each in found.problems], len(found.keys))


# ------------------------------------------------------------------------------------------------- one account

ACCOUNT = MAX_WORK + RESERVED * PRICE_EFFORT
"""All that one call may take, in rounds."""


@pytest.mark.once
@pytest.mark.parametrize("first", pemcheck.budget._PRICES)
@pytest.mark.parametrize("second", pemcheck.budget._PRICES)
def test_all_kinds_of_things_have_one_account(first: str, second: str) -> None:
    """Half of what there may be of the one leaves half of what there may be of the other."""
    budget = Budget()
    most = {kind: budget.left(kind) for kind in (first, second)}
    assert budget.take(first, most[first] // 2)
    assert not budget.take(second, most[second] * 51 // 100)
    assert budget.take(second, most[second] // 2)
    assert sum(budget.spent.values()) == MAX_WORK - budget.work


def ordinary(count: int) -> str:
    """Return different certificates of servers."""
    return "".join(leaf(issuer=INTERMEDIATE_2, serial=number + 1).pem for number in range(count))


@pytest.fixture(scope="module")
def hostile() -> dict[str, bytes]:
    """Return some of everything that takes long, each within what there may be of it alone, through each way in."""
    keys = "".join(load_key(name).pem * 100 for name in ("ed25519-a", "p521-a", "rsa-2048-a"))
    odd = leaf(extra_extensions=[(f"1.2.3.{number}", False, der.NULL) for number in range(8_000)]).pem
    signed = "".join(authority("CN=A", "p521-a", serial=number + 1).pem for number in range(60))
    text = "-----END X-----\n" * 20_000
    wrapped = {"kind": "Secret", "stringData": {"tls.crt": ordinary(50), "tls.key": keys}, "x": [{"b": 1}] * 50_000}
    return {
        "a.pem": (ordinary(100) + signed + odd + text).encode(),
        "b.zip": archive({"k.pem": keys.encode(), "o.pem": odd.encode(), "t.pem": text.encode(), "p.p12": pfx()}),
        "c.p12": pfx(MAX_WORK // 4),
        "d.json": json.dumps(wrapped).encode(),
        "e.yaml": b"kind: Secret\nx:\n" + b"- &a b\n" * 17_000,
        "f.jks": b"\xfe\xed\xfe\xed" + bytes(1_000_000),
        "g.p7b": signed_data(*[leaf(serial=number + 1) for number in range(150)]),
        "h.txt": b"- " * 500_000 + b"-----BEGIN X-----",
    }


@pytest.mark.once
@pytest.mark.parametrize("start", [0, 4, 6])
def test_whatever_is_given_costs_no_more_than_the_account(
    start: int, hostile: dict[str, bytes], rounds: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is really done is counted, at its price, in whatever order it comes; what is left out is said."""
    done = {"elements": 0, "effort": 0, "keys": 0}
    walk, examine = reader._walk, keys._EXAMINE

    def walked(data: bytes, most: int, counted: list[int]) -> Any:
        try:
            return walk(data, most, counted)
        finally:
            done["elements"] += min(counted[0], most)

    def verified(public: Any, algorithm: Any, signature: bytes, data: bytes, many: bool) -> Any:
        done["effort"] += crypto.effort(public, data)
        return crypto.Answer(True, ())

    def examined(key: Any, public: Any) -> Any:
        done["keys"] += keys.cost(key)
        return key

    monkeypatch.setattr(reader, "_walk", walked)
    monkeypatch.setattr(crypto, "verify", verified)
    monkeypatch.setattr(keys, "_EXAMINE", dict.fromkeys(examine, examined))
    names = sorted(hostile)
    budget = Budget()
    inputs = [
        gathering.look(hostile[name], name, PHRASE, budget=budget) for name in names[start:] + names[:start]
    ]
    objects = sum(len(each.objects) for each in inputs)
    work = objects * PRICE_OBJECT + 2 * sum(rounds) + done["elements"] * PRICE_ELEMENT
    work += (done["effort"] + done["keys"]) * PRICE_EFFORT

    assert 0 < work <= ACCOUNT
    assert sum(budget.spent.values()) == MAX_WORK - budget.work + (RESERVED - budget.reserve) * PRICE_EFFORT
    assert any(each.is_loss for found in inputs for each in found.problems)


@pytest.mark.once
@pytest.mark.parametrize("text", ["- ", "-----BEGIN X----- ", "\\nAAAA"])
def test_what_stands_on_one_line_costs_as_much_as_lines(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four megabytes of markers, dashes or written line ends on one line took seconds, and 300 MB."""
    pieces: list[int] = []
    judge, content = markers._judge, Reader.content

    def judged(*given: Any) -> Any:
        pieces.append(1)
        return judge(*given)

    def read_on(*given: Any) -> None:
        pieces.append(1)
        content(*given)

    monkeypatch.setattr(markers, "_judge", judged)
    monkeypatch.setattr(Reader, "content", read_on)
    data = ("-----BEGIN CERTIFICATE-----" + text * (4_000_000 // len(text.encode()))).encode()
    found = read_pem("x", data)

    assert (1, True) == (len(cut(found.problems)), len(pieces) <= 3 * MAX_WORK // PRICE_LINE)


def test_what_is_read_leaves_something_for_signatures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A certificate, its key and its chain are judged, whatever stands behind them."""
    monkeypatch.setattr(pemcheck.budget, "MAX_WORK", 300 * PRICE_OBJECT)
    report = report_of(LEAF.pem.encode(), CHAIN.encode() + pem("X", b"0\0").encode() * 500)
    outcomes = {each.rule: each.outcome.value for each in report.checks}

    assert "skip" == outcomes["input-too-large"]
    assert ["pass"] * 2 == [outcomes[rule] for rule in ("key-does-not-match", "chain-signature-does-not-verify")]


def secret(certificates: str) -> dict[str, Any]:
    """Return a Kubernetes secret of some kilobytes."""
    packed = binascii.b2a_base64(certificates.encode()).decode()
    return {"kind": "Secret", "data": {"tls.crt": packed, "other": "y" * 2_000}}


TEXT = b"# text\n" * 100_000

ORDINARY: dict[str, Callable[[], bytes]] = {
    "a bundle of 150 certificates": lambda: b"# mine\n" + ordinary(150).encode(),
    "1,000 certificates": (LEAF.pem * 1_000).encode,
    "a list of secrets": lambda: json.dumps({"kind": "List", "items": [secret(ordinary(2))] * 99}).encode(),
    "a long file": lambda: ordinary(100).encode() + TEXT,
}


@pytest.mark.once
@pytest.mark.parametrize("name", ORDINARY)
def test_what_people_have_is_read_in_full(name: str) -> None:
    """The account is exceeded by what nobody has."""
    found = gathering.look(ORDINARY[name](), "x", PHRASE)

    assert ([], 0) == (cut(found.problems), expensive(found.problems))


def test_the_advice_of_today_for_passphrases_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """OWASP's 1,300,000 rounds with SHA-1 for a key of 256 bits, beside a bundle of certificates."""
    budget = Budget()
    monkeypatch.setattr(hashlib, "pbkdf2_hmac", lambda *_: b"derived")
    gathering.look(ordinary(50).encode(), "bundle.pem", budget=budget)
    how = Derivation("pbkdf2", "sha1", b"saltsalt", 1_300_000)

    assert b"derived" == derivation.derive(how, b"secret", 32, derivation.Spending(False, budget))


MANY_LINES = "\n" * (MAX_WORK // PRICE_LINE)


@pytest.mark.once
@pytest.mark.parametrize(
    ("target", "certificate", "key", "chain"),
    [
        ("webpki", LEAF.pem + MANY_LINES, KEY, CHAIN),
        ("acm-2017-cli", LEAF.pem, KEY + MANY_LINES, CHAIN),
        ("iam", LEAF.pem, KEY, CHAIN + MANY_LINES),
    ],
    ids=["certificate", "key", "chain"],
)
def test_what_was_not_looked_at_is_not_said_to_be_missing(target: str, certificate: str, key: str, chain: str) -> None:
    """It may well be there: the verdict is undecided, not refused."""
    report = pemcheck.check(certificate, key, chain, target, AT)
    missing = [each.rule for each in report.findings if each.rule in ("cert-missing", "key-missing", "chain-missing")]
    assert (Verdict.UNDECIDED, []) == (report.verdict, missing)
