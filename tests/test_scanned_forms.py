"""``scan`` for programs: one document about the whole run, valid, complete, and never as if all were well."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import junitparser
import pytest
from markdown_it import MarkdownIt

from fixtures.generate import HERE
from fixtures.ran import Ran
from pemcheck.cli import scan as command
from pemcheck.render import scanned_forms
from pemcheck.scanning import Scan, Summary

pytestmark = pytest.mark.once

AT = ("--at", "2026-06-01", "--jobs", "1")
CASES = ("cert-expired", "clean-rsa-2048", "chain-out-of-order")
SCHEMA = json.loads((Path(__file__).parent / "data" / "sarif" / "sarif-2.1.0-rtm.5.json").read_bytes())


@pytest.fixture
def fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with three submissions, of which two are refused, and let the current directory be it."""
    (tmp_path / "fleet" / ".git").mkdir(parents=True)
    for name in CASES:
        folder = tmp_path / "fleet" / "certs" / name
        folder.mkdir(parents=True)
        for file in ("certificate.pem", "private-key.pem", "certificate-chain.pem"):
            shutil.copyfile(HERE / name / file, folder / file)
            (folder / file).chmod(0o600)
    monkeypatch.chdir(tmp_path / "fleet")
    return tmp_path / "fleet"


@pytest.fixture
def scan(run: Callable[..., Ran]) -> Callable[..., Ran]:
    """Return a function that scans ``certs`` for the usual moment."""
    return lambda *arguments: run("scan", "certs", *AT, *arguments)


def sarif(text: str) -> Any:
    """Return the only run of a log, which is valid."""
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    return run


def gitlab(text: str) -> list[dict[str, Any]]:
    """Return the issues, each of which has a fingerprint of its own."""
    found: list[dict[str, Any]] = json.loads(text)
    assert len(found) == len({each["fingerprint"] for each in found})
    return found


def junit(text: str) -> dict[str, Any]:
    """Return the suites by name."""
    document = junitparser.JUnitXml.fromstring(text.encode())
    return {suite.name: suite for suite in document}


def told(form: str, text: str) -> list[tuple[str, str]]:
    """Return the rules, and the files, of what a document complains about."""
    if form == "sarif":
        places = [(each["ruleId"], each["locations"][0]["physicalLocation"]) for each in sarif(text)["results"]]
        return [(rule, place["artifactLocation"]["uri"]) for rule, place in places]
    if form == "gitlab":
        return [(each["check_name"], each["location"]["path"]) for each in gitlab(text)]
    if form == "junit":
        cases = [case for suite in junit(text).values() for case in suite if case.result]
        return [(case.name, (case.result[0].text or "").partition(":")[0]) for case in cases]
    if form == "github":
        return re.findall(r"^::\w+ file=([^,]*),.*title=pemcheck%3A ([^:]*)::", text, re.MULTILINE)
    return re.findall(r"^#### `([^:`]*):\d+`: \w+: `([^`]*)`$", text, re.MULTILINE)


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_a_document_has_what_is_wrong_with_every_submission(
    form: str, fleet: Path, scan: Callable[..., Ran]
) -> None:
    """One document about all of them, with the status of the worst."""
    ran = scan("--format", form)
    expected = {
        frozenset(("cert-expired", "certs/cert-expired/certificate.pem")),
        frozenset(("chain-out-of-order", "certs/chain-out-of-order/certificate-chain.pem")),
    }

    assert (1, expected) == (ran.status, {*map(frozenset, told(form, ran.out))})


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_a_document_in_a_file_is_the_one_that_is_printed(form: str, fleet: Path, scan: Callable[..., Ran]) -> None:
    """Byte for byte."""
    printed = scan("--format", form)
    written = scan("--format", form, "--output-file", "report")

    assert (printed.status, printed.out, "") == (written.status, (fleet / "report").read_text("utf-8"), written.out)


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_nothing_found_is_a_document_too(form: str, fleet: Path, run: Callable[..., Ran]) -> None:
    """An empty one, which is valid; the summary is told beside it."""
    (fleet / "empty").mkdir()
    ran = run("scan", "empty", *AT, "--format", form)

    assert (0, []) == (ran.status, told(form, ran.out))
    assert "nothing was judged: no certificate that can be read in" in (ran.out if form == "markdown" else ran.err)


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_what_is_damaged_is_in_the_document(form: str, fleet: Path, run: Callable[..., Ran]) -> None:
    """With file and line, and what cannot be read with its name: an empty document looks as if all were well."""
    shutil.copyfile(HERE / "pem-bad-base64" / "certificate.pem", fleet / "bad.pem")
    ran = run("scan", "bad.pem", "nowhere.pem", *AT, "--format", form)
    words = " ".join(ran.out.split())

    assert 2 == ran.status
    assert (True, True) == ("pem-bad-base64" in words, "nowhere.pem" in words)
    if form == "gitlab":
        found = {(each["check_name"], each["location"]["path"]) for each in gitlab(ran.out)}
        assert {("damaged", "bad.pem"), ("unreadable", "nowhere.pem")} == found
    if form == "junit":
        assert [1, 1] == [suite.errors for suite in junit(ran.out).values()]
    if form == "sarif":
        notes = sarif(ran.out)["invocations"][0]["toolExecutionNotifications"]
        assert ["warning", "warning"] == [each["level"] for each in notes]
    if form == "github":
        assert 2 == len(re.findall("^::warning ", ran.out, re.MULTILINE))


@pytest.mark.parametrize("form", ["gitlab", "github"])
def test_what_is_damaged_outside_of_the_repository_is_named(
    form: str, fleet: Path, run: Callable[..., Ran], tmp_path: Path
) -> None:
    """Where no path would lead to it."""
    outside = tmp_path / "bad.pem"
    shutil.copyfile(HERE / "pem-bad-base64" / "certificate.pem", outside)
    ran = run("scan", str(outside), *AT, "--format", form)

    assert (2, True) == (ran.status, f"{outside}:5:11: damaged" in ran.out)
    assert "file=" not in ran.out
    if form == "gitlab":
        assert ["bad.pem"] == [each["location"]["path"] for each in gitlab(ran.out)]


def test_what_could_not_be_asked_is_in_sarif_with_its_place(fleet: Path, scan: Callable[..., Ran]) -> None:
    """There may be thousands; beyond some, they are counted."""
    found = sarif(scan("--format", "sarif", "--target", "cloudfront").out)
    texts = [each["message"]["text"] for each in found["invocations"][0]["toolExecutionNotifications"]]

    assert ["certs/clean-rsa-2048/certificate.pem:1: cert-not-publicly-trusted"] == [
        text.partition(" could")[0] for text in texts if "clean" in text
    ]


def test_beyond_some_notes_are_counted(
    fleet: Path, scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those of damaged files as well, whose number the summary has."""
    monkeypatch.setattr(scanned_forms, "_MOST_TOLD", 0)
    (fleet / "certs" / "bad.pem").write_bytes((HERE / "pem-bad-base64" / "certificate.pem").read_bytes())
    ran = scan("--format", "sarif", "--ignore", "cert-expired")
    texts = [each["message"]["text"] for each in sarif(ran.out)["invocations"][0]["toolExecutionNotifications"]]

    assert ["… and 3 more that could not be asked, or are set aside"] == texts
    assert "damaged: 1" in ran.err


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_several_targets_are_told_apart(form: str, fleet: Path, scan: Callable[..., Ran]) -> None:
    """Each result says whose it is."""
    text = scan("--format", form, "--target", "acm", "--target", "cloudfront", "--trusted").out

    assert (True, True) == ("acm" in text, "cloudfront" in text)
    if form == "sarif":
        assert {"acm", "cloudfront"} == {each["message"]["text"].split(":")[0] for each in sarif(text)["results"]}
    if form == "junit":
        assert 6 == len(junit(text))


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_no_document_is_silent_about_what_is_ignored(form: str, fleet: Path, scan: Callable[..., Ran]) -> None:
    """As in ``check``, the last word is who left what out."""
    ran = scan("--format", form, "--ignore", "cert-expired,chain-out-of-order")

    assert (0, True) == (ran.status, "ignored by" in ran.out and "cert-expired" in ran.out)


@pytest.mark.parametrize("form", ["github", "gitlab", "markdown"])
def test_what_is_fine_is_not_told_of_each(form: str, fleet: Path, scan: Callable[..., Ran]) -> None:
    """Among hundreds nobody would see the others, nor the summary at the end of a page that is cut off."""
    (fleet / "certs" / "clean-rsa-2048" / "private-key.pem").chmod(0o644)
    (fleet / "pemcheck.toml").write_text('ignore = ["key-file-*"]\n', "utf-8")
    ran = scan("--format", form)
    clean = [line for line in ran.out.splitlines() if "clean-rsa-2048" in line and not line.startswith("submission ")]

    assert [] == clean
    told = ran.err if form == "github" else ran.out
    assert 1 == told.count("key-file-readable-by-others (1 note)")


def test_what_is_granted_is_one_issue(fleet: Path, scan: Callable[..., Ran]) -> None:
    """GitLab shows no summary, so that its list says by itself what made the whole run milder."""
    (fleet / "pemcheck.toml").write_text("trusted = true\n", "utf-8")
    found = gitlab(scan("--format", "gitlab").out)

    assert ["granted by pemcheck.toml: trusted"] == [
        each["description"] for each in found if each["check_name"] == "policy"
    ]


def test_a_suite_is_named_after_its_certificate(fleet: Path, scan: Callable[..., Ran]) -> None:
    """By file and line; one without findings has a case, which passed."""
    found = junit(scan("--format", "junit").out)
    clean = found["acm: certs/clean-rsa-2048/certificate.pem:1"]

    assert (3, 1, 0, 0) == (len(found), clean.tests, clean.failures, clean.errors)


def test_certificates_with_one_key_have_fingerprints_of_their_own(
    fleet: Path, scan: Callable[..., Ran], run: Callable[..., Ran]
) -> None:
    """GitLab counts what has one fingerprint once; that of the first depends on nothing else."""
    found = [
        each["fingerprint"]
        for each in gitlab(scan("--format", "gitlab", "--expires-within", "300d", "--ignore", "chain-*").out)
        if each["check_name"] == "cert-expires-soon"
    ]
    folder = "certs/chain-out-of-order"
    alone = run("scan", folder, *AT, "--format", "gitlab", "--expires-within", "300d", "--ignore", "chain-*")

    assert 2 == len(found)
    assert found[0] in {each["fingerprint"] for each in gitlab(alone.out)}


def test_an_annotation_comes_with_its_verdict_in_plain_words(fleet: Path, scan: Callable[..., Ran]) -> None:
    """Lines that no file's name turns into a command of the runner."""
    shutil.copytree(fleet / "certs" / "clean-rsa-2048", fleet / "certs" / "##[error]")
    shutil.rmtree(fleet / "certs" / "clean-rsa-2048")
    lines = [line for line in scan("--format", "github").out.splitlines() if not line.startswith("::")]

    assert 3 == sum(line.startswith("submission ") for line in lines)
    assert [] == [line for line in lines if "##[" in line]


@pytest.mark.parametrize("form", scanned_forms.FORMATS)
def test_an_interrupted_document_is_whole_and_says_so(
    form: str, fleet: Path, scan: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Ctrl-C leaves can be read."""
    first = Scan.__next__

    def stopped(self: Scan) -> Any:
        if self.summary.judged:
            raise KeyboardInterrupt
        return first(self)

    monkeypatch.setattr(Scan, "__next__", stopped)
    ran = scan("--format", form)

    assert (130, True) == (ran.status, "interrupted" in ran.out)
    assert 1 == len({path for each in told(form, ran.out) for path in each if path.startswith("certs/")})


def test_the_summary_of_a_page_is_a_block_that_nothing_ends() -> None:
    """A file may be called like a fence."""
    summary = Summary(datetime(2026, 6, 1, tzinfo=timezone.utc), timedelta(days=30))
    summary.skipped["damaged"] = 1
    summary.named["damaged"] = ["````: <b>"]
    form = scanned_forms.form_of("markdown", False, ())
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(form.end(summary))

    assert ["heading_open", "inline", "heading_close", "fence"] == [token.type for token in tokens]


def test_the_command_offers_every_format() -> None:
    """Those of a result for itself, and those of documents."""
    (action,) = [each for each in command.command()._actions if each.dest == "format"]

    assert {"text", "concise", "jsonl", *scanned_forms.FORMATS} == set(action.choices or ())


def test_a_warning_that_counts_is_a_failure_in_junit(fleet: Path, scan: Callable[..., Ran]) -> None:
    """As in ``check``: what makes the status 1 is red in the report."""
    options = ("--format", "junit", "--expires-within", "300d")
    name = "acm: certs/clean-rsa-2048/certificate.pem:1"
    found = [junit(scan(*options, *more).out)[name].failures for more in ((), ("--fail-on", "warning"))]

    assert [0, 1] == found
