"""Faults that are known: they hold through moves, not through new keys, and for as long as was agreed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import INTERMEDIATE, ROOT, Case, authority, leaf, load_key
from fixtures.generate import CASES
from fixtures.judged import report_of
from fixtures.ran import Run, given
from pemcheck.cli import policy
from pemcheck.policy import Known, Policy, fingerprints, key_hash
from pemcheck.source import MAX_BYTES

EXPIRED = "2027-06-01"
FILE = "known.json"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, and return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def known(run: Run) -> list[str]:
    """Write a baseline of an expired certificate; return the arguments of the check."""
    arguments = given(CASES["clean-rsa-2048"], EXPIRED)
    assert 0 == run(*arguments, "--write-baseline", FILE).status
    return arguments


def change(edit: Callable[[Any], object]) -> None:
    """Edit the baseline as a person would."""
    document = json.loads(Path(FILE).read_bytes())
    edit(document)
    Path(FILE).write_text(json.dumps(document))


def test_what_is_known_does_not_count(known: list[str], run: Run) -> None:
    """And the last line names the baseline."""
    ran = run(*known, "--baseline", FILE)

    assert (1, 0, "") == (run(*known).status, ran.status, ran.err)
    assert "ignored by known.json: cert-expired (1 error)" in ran.words


def test_writing_says_how_many_are_known(run: Run) -> None:
    """One sentence, and the report as it is from now on."""
    ran = run(*given(CASES["clean-rsa-2048"], EXPIRED), "--write-baseline", FILE)
    document = json.loads(Path(FILE).read_bytes())

    assert f"pemcheck: known.json: {len(document['findings'])} findings known from now on\n" == ran.err.replace(
        "1 finding known", "1 findings known"
    )
    assert (0, 1) == (ran.status, document["schema"])
    assert {"fingerprint", "rule", "target", "key", "file", "expires"} == set(document["findings"][0])


def test_no_key_is_in_a_baseline(known: list[str]) -> None:
    """Hashes of public keys, names of rules and files."""
    text = Path(FILE).read_text()

    assert [] == [line for line in Path("private-key.pem").read_text().split()[3:-3] if line in text]
    assert "cert-expired" in text


def test_files_may_move_and_grow(known: list[str], run: Run) -> None:
    """Other names and a line more change nothing."""
    Path("certificate.pem").write_bytes(b"a line\n\n" + Path("certificate.pem").read_bytes())
    Path("new").mkdir()
    for file in Path().glob("*.pem"):
        shutil.move(file, Path("new") / f"x-{file.name}")
    moved = [f"new/x-{word}" if word.endswith(".pem") else word for word in known]
    ran = run(*moved, "--baseline", FILE)

    assert (0, True) == (ran.status, "cert-expired (1 error)" in ran.words)


def test_another_key_is_another_submission(known: list[str], run: Run) -> None:
    """What was known of the old certificate is not known of the new one, nor gone."""
    arguments = given(Case(leaf(key="rsa-3072"), load_key("rsa-3072").pkcs1), EXPIRED)
    ran = run(*arguments, "--baseline", FILE)

    assert (1, "", False) == (ran.status, ran.err, "ignored" in ran.out)


RENEWED = leaf(not_after="2027-03-01")


def test_what_a_renewed_certificate_has_is_new(known: list[str], run: Run) -> None:
    """That the old one had expired says nothing of the new one, also where it has the old one's key."""
    ran = run(*given(Case(RENEWED), EXPIRED), "--baseline", FILE)

    assert (1, True, False) == (ran.status, "error: cert-expired" in ran.out, "cert-expired (1 error)" in ran.words)
    assert "cert-expired (certificate.pem) is no longer found for acm; it can go" in ran.err


def test_of_two_certificates_with_one_key_one_is_known(known: list[str], run: Run) -> None:
    """A scan finds both."""
    Path("renewed.pem").write_text(RENEWED.pem)
    ran = run("scan", ".", "--at", EXPIRED, "--baseline", FILE, "--jobs", "1")

    assert (1, True) == (ran.status, "acm: 1 accepted, 1 refused" in ran.words)


def test_what_a_reissued_intermediate_has_is_new(run: Run) -> None:
    """The CA's new certificate has the old key, and the old one's faults are not its own."""
    name = "CN=Test Intermediate I1,O=Example Trust"
    old, new = (
        Case(leaf(), chain=[authority(name, INTERMEDIATE.key, ROOT, not_after=end)])
        for end in ("2026-03-01", "2026-04-01")
    )
    run(*given(old, "2026-06-01"), "--write-baseline", FILE)
    again = run(*given(new, "2026-06-01"), "--baseline", FILE)

    assert "warning: chain-cert-expired" in again.out


def test_what_was_asked_of_a_hostname_is_not_said_of_another(run: Run) -> None:
    """Nobody agreed to that."""
    arguments = [*given(CASES["clean-rsa-2048"], "2026-06-01"), "--fail-on", "warning", "--hostname"]
    run(*arguments, "a.example.org", "--write-baseline", FILE)

    assert [0, 1] == [run(*arguments, name, "--baseline", FILE).status for name in ("a.example.org", "b.example.org")]


def test_a_second_fault_of_a_sort_is_new() -> None:
    """A baseline holds one finding per entry."""
    report = report_of("cert-expired")
    finding = next(each for each in report.findings if each.rule == "cert-expired")
    report = report.replace(findings=(finding, finding))
    first = fingerprints(report)[0]
    key = key_hash(report)
    known = Known(fingerprint=first, rule="cert-expired", target="acm", key=key, file="certificate.pem")
    applied = Policy(known=(known,)).apply(report)

    assert ((finding,), (finding,)) == (applied.findings, tuple(each.finding for each in applied.ignored))


BROKEN = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"


@pytest.mark.once
@pytest.mark.parametrize(
    "files",
    [
        (BROKEN.format("M!"), BROKEN.format("N!")),
        ("hello", "hallo"),
        tuple(leaf(spki=b"\x30\x03\x02\x01" + bytes([n])).pem for n in (1, 2)),
    ],
    ids=["no base64", "no PEM", "no key in it"],
)
def test_what_cannot_be_read_is_known_by_its_bytes(files: tuple[str, str], run: Run) -> None:
    """Another file with the same fault is another fault."""
    for name, text in zip("ab", files):
        Path(name).write_text(text)
    arguments = ("--certificate", "a", "--without-key", "--at", "2026-06-01")
    first = run(*arguments, "--write-baseline", FILE)
    entries = json.loads(Path(FILE).read_bytes())["findings"]

    assert "0 finding" not in first.err
    assert [] == [each for each in entries if len(each["key"]) != 64]
    assert "ignored by known.json" in run(*arguments, "--baseline", FILE).words
    assert "ignored" not in run("--certificate", "b", *arguments[2:], "--baseline", FILE).words


def test_where_nothing_was_given_there_is_no_key(run: Run) -> None:
    """Of a private key's file no digest is written, whatever is in it."""
    Path("key.pem").write_text("secret")
    run("--private-key", "key.pem", "--at", "2026-06-01", "--write-baseline", FILE)

    assert {""} == {each["key"] for each in json.loads(Path(FILE).read_bytes())["findings"]}


@pytest.mark.parametrize(("expires", "status"), [("2027-06-02", 0), ("2027-06-01", 1), ("2026-01-01", 1), (None, 0)])
def test_an_entry_counts_until_its_date(expires: str | None, status: int, known: list[str], run: Run) -> None:
    """From that day on (UTC) the finding counts again."""
    change(lambda document: [each.update(expires=expires) for each in document["findings"]])

    assert status == run(*known, "--baseline", FILE).status


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_entries_the_one_that_holds_counts(backwards: bool, known: list[str], run: Run) -> None:
    """Two certificates of one key, in one baseline, may have been agreed upon at different times."""

    def add(document: Any) -> None:
        document["findings"] += [{**each, "expires": "2026-01-01"} for each in document["findings"]]
        document["findings"].sort(key=lambda each: each["expires"] is None, reverse=backwards)

    change(add)

    assert (0, "") == (run(*known, "--baseline", FILE).status, run(*known, "--baseline", FILE).err)


def test_what_counts_again_is_told(known: list[str], run: Run) -> None:
    """With the date that is over; otherwise the status comes out of the blue."""
    change(lambda document: [each.update(expires="2027-05-31") for each in document["findings"]])
    ran = run(*known, "--baseline", FILE)

    sentence = "--baseline: cert-expired (certificate.pem) counts again for acm: known until 2027-05-31 only"
    assert (1, True) == (ran.status, f"pemcheck: {sentence}\n" in ran.err)


def test_many_that_count_again_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """The first few are named."""
    report = report_of("cert-expired").replace(lapsed=(("cert-expired", "a.pem", "2026-01-01"),) * 25)
    policy.note_more_lapsed(policy.note_lapsed((report,), "--baseline"), "--baseline")
    lines = capsys.readouterr().err.splitlines()

    assert (21, "pemcheck: --baseline: and 5 more that count again") == (len(lines), lines[-1])


def test_dates_and_other_submissions_stay_when_it_is_written_again(known: list[str], run: Run) -> None:
    """What was agreed is not forgotten, and an agreement that is over is not renewed."""
    change(lambda document: [each.update(expires="2027-01-01") for each in document["findings"]])
    before = json.loads(Path(FILE).read_bytes())["findings"]
    other = run(*given(Case(leaf(key="rsa-3072"), load_key("rsa-3072").pkcs1), EXPIRED), "--write-baseline", FILE)
    given(CASES["clean-rsa-2048"])
    again = run(*known, "--write-baseline", FILE)
    after = json.loads(Path(FILE).read_bytes())["findings"]

    assert (0, 1) == (other.status, again.status)
    assert [] == [each for each in before if each not in after]
    assert len(after) > len(before)
    assert f", {len(before)} of them until a date that is over\n" in again.err


def test_what_is_no_longer_found_can_go(known: list[str], run: Run) -> None:
    """It is named on stderr; the verdict does not change by it."""
    ran = run(*given(CASES["clean-rsa-2048"]), "--baseline", FILE)

    assert 0 == ran.status
    assert "pemcheck: --baseline: cert-expired (certificate.pem) is no longer found for acm; it can go\n" in ran.err


def test_many_that_can_go_are_counted(known: list[str], run: Run) -> None:
    """And what the file says is escaped before it is printed."""

    def add(document: Any) -> None:
        entry = {**document["findings"][0], "rule": "\x1b[2J", "file": "\u202e"}
        document["findings"] = [{**entry, "fingerprint": str(number)} for number in range(30)]

    change(add)
    err = run(*given(CASES["clean-rsa-2048"]), "--baseline", FILE).err

    assert (21, "pemcheck: --baseline: and 10 more that can go") == (err.count("\n"), err.splitlines()[-1])
    assert err.replace("\n", "").isprintable()


def test_a_baseline_is_written_of_what_is_not_in_the_old_one(known: list[str], run: Run) -> None:
    """``--baseline`` and ``--write-baseline`` together copy what is known, with its dates."""
    change(lambda document: [each.update(expires="2028-01-01") for each in document["findings"]])
    ran = run(*known, "--baseline", FILE, "--write-baseline", "new.json")

    assert 0 == ran.status
    assert json.loads(Path(FILE).read_bytes())["findings"] == json.loads(Path("new.json").read_bytes())["findings"]


ENTRY = {"fingerprint": "a", "rule": "b", "target": "c", "key": "d", "file": "e"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "this is not JSON, so no baseline; --write-baseline makes one"),
        (bytes(range(256)), "this is not JSON"),
        (b"[" * 100_000, "this is not JSON"),
        (b"[]", "this is no baseline; --write-baseline makes one"),
        (b'{"schema": 1}', "this is no baseline"),
        (b'{"schema": 2, "findings": []}', "this baseline has schema '2', and this version reads 1 only"),
        (b'{"findings": []}', "this baseline has schema 'None'"),
        (b'{"schema": 1, "findings": [7]}', "finding 1 lacks one of fingerprint, rule, target, key, file"),
        ({**ENTRY, "key": 1}, "finding 1 lacks one of"),
        ({**ENTRY, "expires": "soon"}, "finding 1: expires is 'soon', not a date such as 2027-01-31"),
        ({**ENTRY, "expires": "2027-02-30"}, "expires is '2027-02-30'"),
        ({**ENTRY, "expires": "20270131"}, "expires is '20270131'"),
        ({**ENTRY, "expires": 7}, "expires is '7'"),
        (b" " * (MAX_BYTES + 2), "this has more than 4,194,304 bytes, too many for a baseline"),
    ],
    ids=range(14),
)
@pytest.mark.parametrize("option", ["--baseline", "--write-baseline"])
def test_what_is_no_baseline_is_one_sentence(content: Any, expected: str, option: str, run: Run) -> None:
    """Status 2, and the file is left as it is."""
    data = content if isinstance(content, bytes) else json.dumps({"schema": 1, "findings": [content]}).encode()
    Path(FILE).write_bytes(data)
    ran = run(*given(CASES["clean-rsa-2048"]), option, FILE)

    assert (2, "", 1, data) == (ran.status, ran.out, ran.err.count("\n"), Path(FILE).read_bytes())
    assert ran.err.startswith(f"pemcheck: {option}: {FILE}: ")
    assert expected in ran.err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--baseline", "none.json"], "--baseline: none.json: no such file or directory"),
        (["--write-baseline", "none/b.json"], "--write-baseline: none/b.json: there is no such directory"),
        (["--write-baseline", "certificate.pem"], "--write-baseline: certificate.pem: this is not JSON"),
    ],
    ids=" ".join,
)
def test_a_baseline_that_cannot_be_read_or_written_is_one_sentence(options: list[str], expected: str, run: Run) -> None:
    """Status 2."""
    ran = run(*given(CASES["clean-rsa-2048"]), *options)

    assert (2, "", True) == (ran.status, ran.out, ran.err.startswith(f"pemcheck: {expected}"))


def test_without_a_certificate_a_baseline_accepts_nothing(run: Run) -> None:
    """All that is found can be known, and it stays undecided."""
    Path("certificate.pem").write_bytes(b"nothing")
    ran = run("--certificate", "certificate.pem", "--write-baseline", FILE)

    assert (2, True) == (ran.status, "acm: undecided" in ran.out)
