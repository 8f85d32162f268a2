"""``pemcheck scan``: what is printed, when, and with which status."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import pemcheck
from fixtures.build import INTERMEDIATE, LEAF_KEY, ROOT, leaf
from fixtures.generate import HERE
from fixtures.judged import TYPICAL
from fixtures.ran import Ran
from fixtures.sign import load_key
from pemcheck.cli import main, overwriting
from pemcheck.cli import scan as command
from pemcheck.render import prometheus, scanned_html
from pemcheck.render.rows import Row, row
from pemcheck.render.scanned import title, to_dict
from pemcheck.scanning import Summary

AT = ("--at", "2026-06-01", "--jobs", "1")
RunCommand = Callable[..., tuple[int, str, str]]
GOOD, OLD = HERE / "clean-rsa-2048", HERE / "cert-expired"
SUBJECT = "CN=<script>alert(1)</script>\"\\&amp;\u202ex"


@pytest.fixture
def scan(run: RunCommand) -> Callable[..., Ran]:
    """Return a function that runs ``scan`` for the usual moment, in one process."""
    return lambda *arguments: Ran(*run("scan", *AT, *map(str, arguments)))


def lines(text: str) -> list[dict[str, Any]]:
    """Return the objects in JSON lines."""
    return [json.loads(line) for line in text.splitlines()]


# ------------------------------------------------------------------------------------------------------ statuses


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ((GOOD,), 0),
        ((GOOD, OLD), 1),
        ((OLD, "--fail-on", "never"), 0),
        ((GOOD, "--expires-within", "300d", "--fail-on", "warning"), 1),
        ((OLD, "--ignore", "cert-expired"), 0),
        ((GOOD, "nowhere"), 2),
        ((HERE / "chain-by-unknown-algorithm",), 2),
        ((HERE / "pem-bad-base64",), 2),
        ((GOOD / "expected.txt",), 0),
    ],
    ids=str,
)
@pytest.mark.once
def test_the_status_is_that_of_the_worst(scan: Callable[..., Ran], arguments: tuple[Any, ...], status: int) -> None:
    """1 if any is refused, else 2 if anything could not be told or read, else 0."""
    assert status == scan(*arguments).status


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give PATH ..., or --from-file LIST"),
        (("-", "--passphrase-file", "-"), "can be read once only"),
        ((GOOD, "--trusted", "--private-ca"), "--trusted says"),
        ((GOOD, "--write-baseline", GOOD / "certificate.pem"), "holds certificates or keys"),
        ((GOOD, "--write-baseline", GOOD / "expected.txt"), "this is not JSON, so no baseline"),
        ((GOOD, "--target", "nowhere"), "nowhere"),
        ((GOOD, "--trust-store", "no/such/file"), "no such file"),
        ((GOOD, "--trust-store", GOOD / "expected.txt"), "there is no certificate in this trust store"),
        ((GOOD, "--from-file", "no/such/file"), "no such file"),
        ((GOOD, "--expires-within", "soon"), "is not a number of days"),
        ((GOOD, "--html", GOOD / "certificate.pem"), "holds certificates or keys"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_one_sentence(scan: Callable[..., Ran], arguments: tuple[Any, ...], words: str) -> None:
    """And nothing is scanned."""
    found = scan(*arguments)

    assert (2, "", True) == (found.status, found.out, words in found.err)


@pytest.mark.parametrize("jobs", ["0", "many", "-1", "²"])
def test_a_number_of_processes_is_one(run: RunCommand, jobs: str) -> None:
    """And at least one."""
    expected = "pemcheck: --jobs: this is not a number of processes such as 4\n"

    assert (2, "", expected) == run("scan", str(GOOD), f"--jobs={jobs}")


# ------------------------------------------------------------------------------------------------------- formats


def test_json_lines_are_as_promised(scan: Callable[..., Ran]) -> None:
    """One object for each submission, and for each certificate that belongs to none; the summary goes to stderr."""
    found = scan(GOOD, GOOD / "certificate.pem", HERE / "clean-p256" / "certificate.pem", "--format", "jsonl")
    objects = lines(found.out)

    assert [("certificate", "accepted"), ("submission", "accepted")] == [(it["kind"], it["verdict"]) for it in objects]
    assert {"kind", "file", "line", "sha256", "verdict", "findings"} <= objects[0].keys()
    assert "1 submission and 1 certificate without a key" in found.err


@pytest.mark.once
def test_findings_are_those_of_check(scan: Callable[..., Ran], run: RunCommand) -> None:
    """Byte by byte, for the same files."""
    files = [str(OLD / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    mine = lines(scan(OLD, "--format", "jsonl").out)[0]["findings"]
    theirs = json.loads(run(*files, *AT[:2], "--format", "json")[1])["reports"][0]["findings"]

    assert json.dumps(theirs) == json.dumps(mine)


@pytest.mark.once
def test_several_targets_say_whose_each_finding_is(scan: Callable[..., Ran]) -> None:
    """One line all the same, with the worst of the verdicts."""
    arguments = (OLD, HERE / "chain-by-unknown-algorithm", "--target", "acm", "--target", "webpki", "--format")
    objects = lines(scan(*arguments, "jsonl").out)
    concise = scan(*arguments, "concise")
    text = scan(*arguments, "text", "--verbose")

    assert {"acm", "webpki"} == {finding["target"] for finding in objects[1]["findings"]}
    assert {"acm", "webpki"} == set(objects[0]["targets"])
    assert "acm, webpki: the certificate expired" in concise.out
    assert "webpki: chain-signature" in text.words or "could not be asked" in text.words


def test_text_names_what_is_wrong_and_verbose_all(scan: Callable[..., Ran]) -> None:
    """What is fine is counted only, unless somebody asks."""
    few, all_of_them = scan(GOOD, OLD), scan(GOOD, OLD, "--verbose")

    assert [False, True] == [f"{GOOD}/certificate.pem:1: accepted" in found.out for found in (few, all_of_them)]
    assert few.out.endswith(scan(GOOD, OLD, "--format", "jsonl").err.replace("pemcheck: ", ""))


@pytest.mark.once
def test_a_policy_is_told(scan: Callable[..., Ran], run: RunCommand, tmp_path: Path) -> None:
    """No verdict stands without what was ignored; a baseline of check's is one of scan's."""
    files = [str(OLD / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    baseline = str(tmp_path / "known.json")
    run(*files, *AT[:2], "--write-baseline", baseline)
    found = scan(OLD, "--baseline", baseline, "--verbose")

    assert (0, True) == (found.status, "ignored by" in found.out)
    lines = scan(OLD, "--severity", "cert-expired=note", "--ignore", "key-*").out.splitlines()
    assert ["  acm: 1 accepted", "  1 error made milder"] == lines[1:3]
    assert ["  acm: 1 accepted", "  1 error ignored"] == scan(OLD, "--ignore", "cert-expired").out.splitlines()[1:3]
    assert "expires-within" in scan(GOOD, "--show-config", "--expires-within", "9d").out


EARLY, OPEN = HERE / "cert-not-yet-valid", HERE / "chain-by-unknown-algorithm"
POLICY = """\
ignore = ["cert-not-yet-valid", "chain-signature-does-not-verify", "pem-*"]
severity = {cert-expired = "warning"}
trusted = true
"""


@pytest.fixture
def mild(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with settings that make much milder, and be there."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pemcheck.toml").write_text(POLICY)
    return tmp_path


@pytest.mark.once
@pytest.mark.parametrize("form", ["text", "concise", "jsonl"])
def test_what_settings_hide_is_told_last(scan: Callable[..., Ran], mild: Path, form: str) -> None:
    """Who reads that all are accepted reads what was ignored, left out, weighed and granted as well."""
    found = scan(GOOD, EARLY, OLD, OPEN, "--format", form)
    told = re.sub(r"\d+ rules", "N rules", found.err.replace("pemcheck: ", "") if form == "jsonl" else found.out)
    expected = (
        "ignored by pemcheck.toml: cert-not-yet-valid (1 error), "
        "chain-signature-does-not-verify (could not be asked), N rules that find nothing here "
        "weighed by pemcheck.toml: cert-expired (warning instead of error) "
        "granted by pemcheck.toml: trusted"
    )

    assert (0, True) == (found.status, " ".join(told.split()).endswith(expected)), told


@pytest.mark.once
@pytest.mark.parametrize("form", ["text", "concise", "github", "markdown"])
def test_what_settings_do_to_all_is_said_once(scan: Callable[..., Ran], mild: Path, form: str) -> None:
    """In the summary; of each submission stands what was set aside or weighed there."""
    found = scan(GOOD, EARLY, OLD, HERE / "chain-out-of-order", "--format", form)
    told = f"{found.out}{found.err}"

    assert [1, 1] == [told.count(each) for each in ("trusted", "nothing here")]
    shown = 1 if form == "text" else 2  # which shows nothing of what is accepted without a word
    assert [shown, 2] == [told.count(each) for each in ("cert-not-yet-valid (1 error)", "(warning instead of error)")]


@pytest.mark.once
@pytest.mark.parametrize("form", ["text", "concise", "jsonl"])
def test_that_nothing_was_judged_is_said(scan: Callable[..., Ran], tmp_path: Path, form: str) -> None:
    """Status 0 alone would look as if all were well."""
    (tmp_path / "note.txt").write_text("hi\n")
    found = scan(tmp_path, "--format", form)

    assert (0, "nothing was judged: no certificate that can be read in 1 file (3 bytes)") == (
        found.status,
        (found.err if form == "jsonl" else found.out).replace("pemcheck: ", "").splitlines()[0],
    )


@pytest.mark.once
@pytest.mark.parametrize("targets", [("acm",), ("acm", "iam")])
def test_json_lines_have_the_policy_as_check_has_it(
    scan: Callable[..., Ran], run: RunCommand, mild: Path, targets: tuple[str, ...]
) -> None:
    """Under the same keys; with several targets each entry has its target."""
    files = [str(OLD / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    options = [f"--target={each}" for each in targets]
    mine = lines(scan(OLD, "--format", "jsonl", *options).out)[0]
    theirs = json.loads(run(*files, *AT[:2], *options, "--format", "json")[1])["reports"]
    several = len(targets) > 1
    keys = ("ignored", "left_out", "weighed", "granted")
    expected = {
        key: [{**it, **({"target": report["target"]} if several else {})} for report in theirs for it in report[key]]
        for key in keys
    }

    assert expected == {key: mine[key] for key in keys}


@pytest.mark.once
def test_pages_and_metrics_tell_the_policy(scan: Callable[..., Ran], mild: Path) -> None:
    """In the row of what it is about, and as numbers; without a policy there is no such column."""
    scan(EARLY, OLD, OPEN, "--html", "page.html", "--prometheus", "out.prom")
    page, metrics = Page((mild / "page.html").read_text()), (mild / "out.prom").read_text()
    scan(OLD, "--html", "page.html", "--config", "none")
    plain = Page((mild / "page.html").read_text())

    assert [True, False] == ["set aside" in each.text for each in (page, plain)]
    assert "cert-not-yet-valid (error) ignored by pemcheck.toml, trusted granted by pemcheck.toml" in page.text
    assert "chain-signature-does-not-verify (could not be asked) ignored by pemcheck.toml" in page.text
    assert "cert-expired weighed by pemcheck.toml" in page.text
    assert {
        'pemcheck_ignored_findings{rule="cert-not-yet-valid",severity="error",by="pemcheck.toml"} 1',
        'pemcheck_weighed_reports{rule="cert-expired",was="error",now="warning",by="pemcheck.toml"} 1',
        'pemcheck_granted_reports{option="trusted",by="pemcheck.toml"} 3',
    } <= {*metrics.splitlines()}
    assert re.search(r'^pemcheck_left_out_rules\{by="pemcheck.toml"\} \d\d$', metrics, re.MULTILINE)
    assert [] == [each for each in metrics.splitlines() if not (each.startswith("# ") or METRIC.fullmatch(each))]


@pytest.mark.once
def test_of_many_ignored_rules_the_first_are_named(run: RunCommand) -> None:
    """The rest is counted."""
    folders = (str(HERE / name) for name in TYPICAL[:60])
    found = run("scan", *folders, "--at", "2026-06-01", "-q", "--ignore", "c*,k*", "--jobs", "1")

    assert re.search(r"ignored by --ignore: .*, … and \d+ more$", " ".join(found[1].split()))


@pytest.mark.once
def test_one_rule_that_finds_nothing_is_one(scan: Callable[..., Ran]) -> None:
    """And is said so."""
    assert scan(GOOD, "--ignore", "cert-expired").out.endswith("ignored by --ignore: 1 rule that finds nothing here\n")


@pytest.mark.once
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_baseline_of_a_fleet_is_one_of_check(
    scan: Callable[..., Ran], run: RunCommand, tmp_path: Path, jobs: str
) -> None:
    """All that is found is known from then on, for scan and for check; what was agreed stays."""
    files = [str(OLD / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    baseline = tmp_path / "known.json"
    written = Ran(*run("scan", str(GOOD), str(OLD), *AT[:2], "--jobs", jobs, "--write-baseline", str(baseline)))
    document = json.loads(baseline.read_bytes())
    document["findings"] += [{**document["findings"][0], "key": "another's", "expires": "2027-01-31"}]
    baseline.write_text(json.dumps(document))
    again = scan(GOOD, OLD, "--write-baseline", baseline)
    kept = json.loads(baseline.read_bytes())["findings"]

    count = len(document["findings"]) - 1
    assert (0, f"pemcheck: {baseline}: {count} findings known from now on\n") == (written.status, written.err)
    assert "acm: 2 accepted\n" in written.out
    assert (0, 0) == (again.status, run(*files, *AT[:2], "--baseline", str(baseline))[0])
    assert sorted(map(str, document["findings"])) == sorted(map(str, kept))


@pytest.mark.once
def test_what_counts_again_in_a_fleet_is_told(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """As check tells it."""
    baseline = tmp_path / "known.json"
    scan(OLD, "--write-baseline", baseline)
    document = json.loads(baseline.read_bytes())
    document["findings"] = [{**each, "expires": "2026-05-01"} for each in document["findings"]]
    baseline.write_text(json.dumps(document))
    found = scan(OLD, "--baseline", baseline)

    assert (1, True) == (found.status, "cert-expired" in found.err)
    assert found.err.startswith("pemcheck: --baseline: ")
    assert "counts again for acm: known until 2026-05-01 only" in found.err


@pytest.mark.once
def test_what_is_closed_is_not_called_damaged(scan: Callable[..., Ran]) -> None:
    """A passphrase is all that is missing; the status is 2 all the same."""
    found = scan(HERE / "input-not-decrypted" / "certificate.pem")

    assert (2, True, False) == (found.status, "\n  not opened: 1\n" in found.out, "damaged" in found.out)


def test_what_is_closed_or_damaged_can_be_set_aside(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """As every other fault, in plain sight: else one key store in a repository would be status 2 for ever."""
    (tmp_path / "store.p12").write_bytes((HERE / "input-not-decrypted" / "certificate.pem").read_bytes())
    (tmp_path / "bad.pem").write_bytes((HERE / "pem-bad-base64" / "certificate.pem").read_bytes())
    before = scan(tmp_path)
    found = scan(tmp_path, "--ignore", "input-not-decrypted,pem-bad-base64")

    assert (2, True) == (before.status, "not opened: 1" in before.out)
    assert (0, False) == (found.status, "not opened" in found.out)
    assert "ignored by --ignore: " in found.out
    assert "input-not-decrypted (1 error)" in found.out



@pytest.mark.once
def test_a_java_key_store_is_not_passed_over(scan: Callable[..., Ran]) -> None:
    """It may hold any number of certificates, and nobody knows that they are well; who knows may say so."""
    store = HERE / "input-is-jks" / "certificate.pem"
    found, set_aside = scan(GOOD, store), scan(GOOD, store, "--ignore", "input-is-jks")

    assert 2 == found.status
    assert f"  not opened: 1\n    {store}: input-is-jks: a Java key store, which is not opened\n" in found.out
    assert (0, False, True) == (
        set_aside.status,
        "not opened" in set_aside.out,
        "ignored by --ignore: input-is-jks (1 error)" in set_aside.out,
    )


@pytest.mark.once
def test_quiet_leaves_notes_out_of_the_summary(scan: Callable[..., Ran]) -> None:
    """As it does everywhere."""
    found = [scan(HERE / "cert-weak-key", *options).out for options in ((), ("-q",))]

    assert [True, False] == ["  cert-weak-key: 1 note\n" in each for each in found]


@pytest.mark.once
@pytest.mark.parametrize("option", ["--output-file", "--html", "--prometheus", "--write-baseline"])
def test_a_folder_that_is_not_there_is_told_before_anything_is_judged(
    scan: Callable[..., Ran], tmp_path: Path, option: str
) -> None:
    """A fleet takes minutes, whose results would be lost."""
    found = scan(GOOD, option, tmp_path / "none" / "file", "-v")

    assert (2, "") == (found.status, found.out)
    assert f"{option}: {tmp_path / 'none' / 'file'}: there is no such directory" in found.err


@pytest.mark.once
def test_a_summary_is_short(run: RunCommand) -> None:
    """Of many rules the first are named, worst first; how many processes there are is not asked."""
    found = run("scan", *(str(HERE / name) for name in TYPICAL[:60]), "--at", "2026-06-01", "-q")[1]

    last = "  `python -m pemcheck explain RULE` says why, and how to mend it"
    assert re.search(rf"\n  … and \d+ more rules\n{last}\n", found)


def test_what_is_not_known_is_not_named() -> None:
    """A result whose certificate could not be read again has no name."""
    result = pemcheck.Result("certificate", pemcheck.Location("a.pem", 1), None, (), 1, ())

    assert ("?", None, "?") == (title(None), to_dict(result)["sha256"], row(result).title)


def test_what_is_passed_over_is_named_on_demand(scan: Callable[..., Ran]) -> None:
    """On stderr, one in a line."""
    found = scan(GOOD, "--show-skipped")

    assert f"pemcheck: {GOOD}/expected.txt: unrelated: YAML, or headers\n" == found.err
    assert "passed over: 1 without certificate or key" in found.out


@pytest.mark.parametrize("separator", ["\n", "\0"])
def test_paths_come_from_a_list(scan: Callable[..., Ran], tmp_path: Path, separator: str) -> None:
    """One in a line, or as find -print0 writes them."""
    paths = [str(GOOD / name) for name in ("certificate.pem", "private-key.pem", "certificate-chain.pem")]
    (tmp_path / "list").write_text(separator.join([*paths, ""]))

    assert "1 submission in 3 files" in scan("--from-file", tmp_path / "list").out


def test_a_list_has_an_end(scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is no list is not taken for one."""
    monkeypatch.setattr("pemcheck.scanning.walking.MAX_LIST_BYTES", 3)
    (tmp_path / "list").write_text("a\nb\nc\n")

    assert "a list of files may have 3 bytes" in scan("--from-file", tmp_path / "list").err


def test_results_go_to_a_file(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """Whole, with the summary."""
    found = scan(OLD, "--output-file", tmp_path / "out.txt")

    assert ("", scan(OLD).out) == (found.out, (tmp_path / "out.txt").read_text())


DAMAGED = load_key(LEAF_KEY).pem[:600]
READ = {
    "pw.txt": ("--passphrase-file", "secret\n"),
    "list.txt": ("--from-file", "certificate.pem\n"),
    "cfg.toml": ("--config", "trusted = true\n"),
    "./my.toml": ("--target", 'extends = "acm"\n'),
    "base.json": ("--baseline", '{"schema": 1, "pemcheck": "0", "findings": []}'),
    "roots.pem": ("--trust-store", ROOT.pem),
    "damaged.pem": ("", DAMAGED),
    "keys.tar": ("", "x" * 257 + "ustar\0"),
    "a.jks": ("", "\xfe\xed\xfe\xed\0\0\0\2"),
    "README.md": ("", "1 submission in 3 files (4,000 bytes)\n\nis what it says\n"),
    ".gitignore": ("", "*.bak\n"),
}
OUTPUTS = ("--output-file", "--html", "--prometheus")
MADE = {"--html": "page", "--prometheus": "metrics"}


@pytest.mark.once
@pytest.mark.parametrize(("name", "output"), [*zip(READ, 4 * OUTPUTS)])
def test_what_is_read_is_not_written_over(
    scan: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, output: str
) -> None:
    """Whether an option names it or it was found, under whatever name; before anything is written."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "certificate.pem").write_text(leaf().pem)
    option, text = READ[name]
    (tmp_path / name).write_text(text, "latin-1")
    (tmp_path / "link").symlink_to(name)
    other = next(each for each in OUTPUTS if each != output)
    given = (option, name) if option else ("link",)
    found = scan(".", *given, other, "first.out", output, name)

    reason = "this is one of the inputs, which are never overwritten"
    if not option and output != "--output-file":  # which is known before it is found
        reason = f"it is there, and no former {MADE[output]} of scan, so it is not overwritten: name another file"
    assert (2, f"pemcheck: {output}: {name}: {reason}\n") == (found.status, found.err)
    assert (text, False) == ((tmp_path / name).read_text("latin-1"), (tmp_path / "first.out").exists())


IGNORES = (".gitignore", ".git/info/exclude", "sub/.gitignore", "sub/deep/.gitignore")


@pytest.mark.once
@pytest.mark.parametrize("name", IGNORES)
@pytest.mark.parametrize("text", ["*.bak\n", ""])
def test_what_says_what_git_ignores_is_an_input(
    scan: Callable[..., Ran], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    """It is read as any other, above what is scanned and below; but not where it is not wanted."""
    monkeypatch.chdir(tmp_path)
    for folder in (".git/info", "sub/deep"):
        Path(folder).mkdir(parents=True)
    Path("sub/deep/certificate.pem").write_text(leaf().pem)
    Path(name).write_text(text)
    Path("link").symlink_to(name)
    found = [scan("sub", option, path) for option in OUTPUTS for path in (name, "link")]

    reason = "this is one of the inputs, which are never overwritten"
    assert [2] * 6 == [each.status for each in found]
    assert [True] * 6 == ["is not overwritten" in each.err or "one of the inputs" in each.err for each in found]
    assert f"pemcheck: --output-file: {name}: {reason}" in found[0].err
    assert text == Path(name).read_text()
    assert 0 == scan("sub/deep", "--no-ignore", "--output-file", "x.out").status


@pytest.mark.once
@pytest.mark.parametrize(("option", "made"), MADE.items())
def test_a_file_that_is_no_former_page_is_not_written_over(
    scan: Callable[..., Ran], tmp_path: Path, option: str, made: str
) -> None:
    """It may be anything: a note, or the metrics of another program."""
    other = tmp_path / "other"
    other.write_text("# HELP node_load1 1m load average.\n")
    found = scan(GOOD, option, other)

    reason = f"it is there, and no former {made} of scan, so it is not overwritten: name another file"
    assert (2, "", f"pemcheck: {option}: {other}: {reason}\n") == (found.status, found.out, found.err)
    assert "# HELP node_load1 1m load average.\n" == other.read_text()


@pytest.mark.once
def test_a_link_to_an_input_is_the_input(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """What it leads to would be lost, or read as what it is not."""
    (tmp_path / "damaged.pem").write_text(DAMAGED)
    (tmp_path / "page.html").symlink_to("damaged.pem")

    assert "one of the inputs" in scan(tmp_path, "--output-file", tmp_path / "page.html").err
    assert "is not overwritten" in scan(tmp_path, "--html", tmp_path / "page.html").err


@pytest.mark.once
def test_standard_input_is_an_input(tmp_path: Path) -> None:
    """Redirected from a file, it is that file."""
    (tmp_path / "list").write_text("certificate.pem\n")
    arguments = [sys.executable, "-m", "pemcheck", "scan", "--from-file", "-", "--html", str(tmp_path / "list")]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with (tmp_path / "list").open("rb") as stream:
        found = subprocess.run(arguments, stdin=stream, capture_output=True, text=True, env=env, check=False)

    assert (2, True) == (found.returncode, "one of the inputs" in found.stderr)


@pytest.mark.once
def test_two_outputs_are_two_files(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """Whatever they are called; a pipe or a device takes any number."""
    out = tmp_path / "out"
    found = scan(GOOD, "--html", out, "--prometheus", f"{tmp_path}/./out")

    assert (2, f"pemcheck: --html and --prometheus are one file: {tmp_path}/./out\n") == (found.status, found.err)
    assert not out.exists()
    out.write_text("")
    (tmp_path / "link").symlink_to("out")
    assert "are one file" in scan(GOOD, "--html", out, "--output-file", tmp_path / "link").err
    assert 0 == scan(GOOD, "--html", os.devnull, "--prometheus", os.devnull).status


@pytest.mark.once
@pytest.mark.parametrize(
    ("option", "form"),
    [*((OUTPUTS[0], form) for form in command._FORMATS), *((each, "text") for each in OUTPUTS[1:])],
)
def test_a_former_output_is_written_anew(scan: Callable[..., Ran], tmp_path: Path, option: str, form: str) -> None:
    """Also where it lies among what is scanned; so is an empty file."""
    (tmp_path / "a.pem").write_text(leaf().pem)
    (tmp_path / "a.out").write_text("")
    arguments = (tmp_path, option, tmp_path / "a.out", "--format", form)
    scan(*arguments)
    first = (tmp_path / "a.out").read_text()
    (tmp_path / "b.pem").write_text(leaf(serial=7).pem)
    found = scan(*arguments)

    assert (0, True) == (found.status, len((tmp_path / "a.out").read_text()) > len(first) > 0)


@pytest.mark.once
def test_a_baseline_is_written_anew_and_nothing_else_over_it(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """The one that is read may be the one that is written, among what is scanned as well."""
    (tmp_path / "a.pem").write_text(leaf(not_after="2026-02-01").pem)
    known = tmp_path / "known.json"
    scan(tmp_path, "--write-baseline", known)
    first = known.read_text()
    again = scan(tmp_path, "--baseline", known, "--write-baseline", f"{tmp_path}/./known.json")
    refused = [scan(tmp_path, "--baseline", known, option, known) for option in OUTPUTS]

    assert (0, first) == (again.status, known.read_text())
    assert [True] * 3 == ["one of the inputs" in each.err for each in refused]
    assert "are one file" in scan(tmp_path, "--html", known, "--write-baseline", known).err


def test_what_cannot_be_recognised_stays(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """A file that cannot be read is nobody's former output; a path that is none is told when it is written."""
    assert not overwriting._is_ours("html", str(tmp_path / "gone.html"))
    assert "this is not a path" in scan(GOOD, "--html", "a\0b").err


def test_results_for_a_file_are_put_aside(
    scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """On the disk and not in memory, and copied in pieces, to a pipe or a device as well."""
    most: list[int] = []
    real = os.write

    def watched(descriptor: int, data: Any) -> int:
        most.append(len(data))
        return real(descriptor, data)

    expected = scan(OLD, "--verbose").out
    monkeypatch.setattr("pemcheck.writing._CHUNK", 100)
    monkeypatch.setattr("os.write", watched)
    scan(OLD, "--verbose", "--output-file", tmp_path / "out.txt")

    assert (expected, 100) == ((tmp_path / "out.txt").read_text(), max(most))
    assert 1 == scan(OLD, "--output-file", os.devnull).status


def test_where_results_find_no_place_is_one_sentence(
    scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And nothing is written."""

    class Full(io.BytesIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.TemporaryFile", Full)
    found = scan(GOOD, "--output-file", tmp_path / "out.txt")
    words = "--output-file: the results find no place in the temporary folder: no space left on device\n"

    assert (2, f"pemcheck: {words}", False) == (found.status, found.err, (tmp_path / "out.txt").exists())


def test_a_failing_index_is_one_sentence(scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """With what was seen so far."""

    def full(self: Any) -> None:
        raise pemcheck.ScanError("there is no place")

    monkeypatch.setattr("pemcheck.scanning.Index.finish", full)
    found = scan(GOOD)

    assert (2, "pemcheck: there is no place\n") == (found.status, found.err)


# -------------------------------------------------------------------------------------------------- many, and names


def many(folder: Path, count: int, **changes: Any) -> Path:
    """Write certificates, each with findings of its own, and many damaged files."""
    for number in range(count):
        not_after = f"2026-{number % 6 + 1:02}-15"
        (folder / f"{number:03}.pem").write_text(leaf(serial=number + 1, not_after=not_after, **changes).pem)
        (folder / f"{number:03}.bad.pem").write_text("-----BEGIN CERTIFICATE-----\nM!\n-----END CERTIFICATE-----\n")
    (folder / "key.pem").write_text(load_key(LEAF_KEY).pem)
    (folder / "chain.pem").write_text(INTERMEDIATE.pem)
    return folder


class Page(html.parser.HTMLParser):
    """The tags, texts and attributes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data


@pytest.mark.once
def test_the_page_is_whole_and_loads_nothing(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """Picture, rules and table; one script of its own; foreign text is text; no line of a key."""
    (tmp_path / "fleet").mkdir()
    fleet = many(tmp_path / "fleet", 60, subject=SUBJECT)
    (tmp_path / "page.html").write_text("")
    scan(fleet, "--html", tmp_path / "page.html", "--target", "acm", "--target", "iam")
    text = (tmp_path / "page.html").read_text()
    page = Page(text)

    assert (1, 1, 1) == tuple(page.tags.count(each) for each in ("script", "svg", "table"))
    assert 61 == page.tags.count("tr")
    assert [] == [each for each in page.attributes if each[0] in ("src", "href", "style") or each[0].startswith("on")]
    assert "<script>alert(1)" in page.text.replace("\\u{202e}", "")
    assert "\u202e" not in text
    assert [] == [each for each in load_key(LEAF_KEY).pem.splitlines()[1:-1] if each in text]
    assert "… and" in page.text


def test_a_browser_runs_the_page_s_own_script_and_no_other() -> None:
    """Its policy names script and style by their hashes; the texts of a row can be anything."""
    hostile = '</td><script>alert(1)</script>"\'><img src=x onerror=alert(1)>&lt;'
    moment = datetime(2026, 6, 1, tzinfo=timezone.utc)
    texts: dict[str, Any] = dict.fromkeys(("kind", "place", "title", "algorithm", "sha256", "verdict"), hostile)
    verdicts, findings = ((hostile, hostile),) * 2, (("error", "cert-expired", hostile),)
    one = Row(**texts, expires=moment, verdicts=verdicts, findings=findings, aside=(hostile,))
    text = scanned_html.render([one], Summary(moment, timedelta(30)))
    page = Page(text)
    policy = next(value or "" for name, value in page.attributes if name == "content" and "src" in (value or ""))
    scripts, styles = (re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL) for tag in ("script", "style"))
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in (*styles, *scripts)]

    assert "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; ".format(*hashes) in policy
    assert ([], False) == ([each for each in page.attributes if each[0][:2] in ("on", "sr")], "unsafe" in policy)
    assert ([1, 1], 0) == ([page.tags.count(each) for each in ("script", "style")], page.tags.count("img"))


def test_a_page_without_dates_or_findings_is_one() -> None:
    """Nothing is drawn of nothing; a date at the end of time is one."""
    start, end = (moment.replace(tzinfo=timezone.utc) for moment in (datetime.min, datetime.max))
    one = Row("certificate", "a.pem:1", "x", "?", "", None, "accepted", (("acm", "accepted"),), ())
    empty = scanned_html.render([one], Summary(end, timedelta(30)))
    days = [one.replace(expires=each) for each in (start, end)]
    full = [scanned_html.render(days, Summary(at, timedelta(30))) for at in (start, end)]

    assert ("No date could be read." in empty, "<p>Nothing." in empty) == (True, True)
    assert [1, 1] == [each.count("<svg") for each in full]
    assert "pemcheck_certificate_expiry_days{" not in prometheus.render([one], Summary(start, timedelta(1)))


METRIC = re.compile(r'[a-z_]+(\{([a-z0-9]+="([^"\\\n]|\\["\\n])*",?)+\})? -?[0-9.]+')


@pytest.mark.once
def test_metrics_are_what_prometheus_reads(scan: Callable[..., Ran], tmp_path: Path) -> None:
    """Each line is a comment or a sample; days, verdicts and counts are there."""
    (tmp_path / "fleet").mkdir()
    scan(many(tmp_path / "fleet", 3, subject=SUBJECT), "--prometheus", tmp_path / "pemcheck.prom")
    text = (tmp_path / "pemcheck.prom").read_text()

    assert [] == [each for each in text.splitlines() if not (each.startswith("# ") or METRIC.fullmatch(each))]
    assert re.search(r"pemcheck_certificate_expiry_days\{.*\} -137\.000", text)
    assert 'pemcheck_verdicts{target="acm",verdict="refused"} 3' in text
    assert 'pemcheck_not_judged{reason="damaged"} 3' in text


# -------------------------------------------------------------------------------------------------- while it goes on


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Whether somebody looks."""
        return True


def test_progress_is_shown_after_a_second_and_goes_away(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """On a terminal: files, certificates per second, and how many remain."""
    clock = iter(range(100_000))
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("time.monotonic", lambda: next(clock) * 0.6)
    main(["scan", *AT, str(many(tmp_path, 30)), "--output-file", str(tmp_path / "out")])

    assert "reading: " in screen.getvalue()
    assert re.search(r"judged [\d,]+, [\d,]+ certificates per second, [\d,]+ remaining", screen.getvalue())
    assert screen.getvalue().endswith("\r\x1b[K")


def test_an_interrupt_ends_with_the_summary_so_far(
    scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And with status 130; a baseline of half a fleet would forget the other half."""

    def interrupted(*_: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("pemcheck.scanning.judge_units", interrupted)
    found = scan(GOOD, "--write-baseline", tmp_path / "known.json")

    expected = "interrupted: 4 of 4 files read, 0 certificates judged\n"
    unwritten = "pemcheck: --write-baseline: nothing is written, since the scan did not come to its end\n"

    assert (130, True) == (found.status, found.out.startswith(expected))
    assert (unwritten, []) == (found.err, [*tmp_path.iterdir()])


@pytest.mark.skipif(os.name != "posix", reason="a signal of POSIX")
@pytest.mark.thorough
def test_ctrl_c_in_a_terminal_ends_all_processes(tmp_path: Path) -> None:
    """The whole group gets the signal; only the summary is printed, and no traceback of a worker."""
    many(tmp_path, 400)
    arguments = [sys.executable, "-m", "pemcheck", "scan", str(tmp_path), "--format", "concise", "--jobs", "2"]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    process = subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, env=env
    )
    assert process.stdout is not None
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)

    assert (130, "", True) == (process.returncode, err, "interrupted: " in out)


def test_who_has_read_enough_ends_the_scan(scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """The status is that of what was seen."""

    def closed(text: str) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(command, "write", closed)

    assert (1, "") == (scan(OLD).status, scan(OLD).out)


def test_the_collector_runs(scan: Callable[..., Ran]) -> None:
    """A process that may live long does not do without it."""
    import gc

    gc.disable()
    scan(GOOD)
    assert gc.isenabled()


@pytest.mark.parametrize("form", ["text", "concise", "jsonl", "sarif", "junit", "gitlab", "github", "markdown"])
def test_a_key_given_for_a_path_is_not_repeated(scan: Callable[..., Ran], form: str, tmp_path: Path) -> None:
    """Neither as PATH, nor line by line in a LIST, nor as the LIST itself."""
    text = load_key(LEAF_KEY).pem
    lines = text.splitlines()[1:-1]
    (tmp_path / "key.pem").write_text(text)
    (tmp_path / "list").write_text("\n".join(lines[:-1]))
    ran = [
        scan(text, "--format", form, "--show-skipped"),
        scan("--from-file", tmp_path / "list", "--format", form, "--show-skipped"),
        scan("--from-file", tmp_path / "key.pem", "--format", form, "--show-skipped"),
    ]

    assert [2, 2, 2] == [each.status for each in ran]
    assert [] == [line for each in ran for line in lines if line in each.out + each.err]
    assert "this is no list of files: it holds PEM" in ran[2].err
