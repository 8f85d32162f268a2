"""Paths for GitHub and GitLab are the repository's, wherever pemcheck runs and however the files are named."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from fixtures.generate import HERE
from fixtures.ran import Run

pytestmark = pytest.mark.once

CASE = HERE / "key-does-not-match"
AT = ("--at", "2026-06-01")
FORMS = ("sarif", "github", "gitlab")
links = pytest.mark.skipif(os.name != "posix", reason="only administrators make links there")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a certificate in ``certs``, the current directory; the key is outside, too."""
    folder = tmp_path / "work"
    (folder / ".git").mkdir(parents=True)
    (folder / "certs").mkdir()
    shutil.copy(CASE / "certificate.pem", folder / "certs")
    shutil.copy(CASE / "private-key.pem", folder / "certs")
    shutil.copy(CASE / "private-key.pem", tmp_path / "TLS_KEY")
    monkeypatch.chdir(folder / "certs")
    return folder


def places(form: str, text: str) -> list[tuple[str, str]]:
    """Return the path, and what is said, of everything about the rule that the case breaks."""
    rule = "key-does-not-match"
    if form == "gitlab":
        found = [each for each in json.loads(text) if each["check_name"] == rule]
        return [(each["location"]["path"], each["description"]) for each in found]
    if form == "github":
        lines = [line for line in text.splitlines() if line.partition(" ")[2].partition("::")[0].endswith(rule)]
        said = [line.removeprefix("::error ").partition("::") for line in lines]
        return [(dict(each.split("=") for each in it.split(",")).get("file", ""), words) for it, _, words in said]
    results: list[dict[str, Any]] = [each for each in json.loads(text)["runs"][0]["results"] if each["ruleId"] == rule]
    files = [each["locations"][0]["physicalLocation"]["artifactLocation"] for each in results]
    return [(f"{file.get('uriBaseId', '')}{file['uri']}", it["message"]["text"]) for it, file in zip(results, files)]


def expected(form: str, path: str) -> str:
    """Return a path as the format has it."""
    return f"%SRCROOT%{path}" if form == "sarif" else path


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("variable", ["GITHUB_WORKSPACE", "CI_PROJECT_DIR", ""])
@pytest.mark.parametrize("absolute", [True, False])
def test_a_path_is_relative_to_the_repository(
    form: str, variable: str, absolute: bool, work: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To what the pipeline says, or to the nearest ``.git``, from any directory in it."""
    if variable:
        (work / ".git").rmdir()
        monkeypatch.setenv(variable, str(work))
    folder = f"{work / 'certs'}{os.sep}" if absolute else ""
    ran = run(*AT, "--format", form, f"{folder}certificate.pem", f"{folder}private-key.pem")

    assert (1, "") == (ran.status, ran.err)
    assert [expected(form, "certs/private-key.pem")] == [path for path, _ in places(form, ran.out)]


@pytest.mark.parametrize("form", FORMS)
def test_outside_of_any_repository_a_path_is_as_it_was_given(form: str, work: Path, run: Run) -> None:
    """Nobody can say what it would be relative to."""
    (work / ".git").rmdir()
    ran = run(*AT, "--format", form, "certificate.pem", "private-key.pem")

    assert ["private-key.pem"] == [path for path, _ in places(form, ran.out)]


@pytest.mark.parametrize("form", FORMS)
def test_a_file_outside_of_the_checkout_is_looked_for_in_the_repository(
    form: str, work: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkout that the variable names, and that is another one, as in a container, hides nothing."""
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "elsewhere"))
    ran = run(*AT, "--format", form, "certificate.pem", "private-key.pem")

    assert [expected(form, "certs/private-key.pem")] == [path for path, _ in places(form, ran.out)]


@links
@pytest.mark.parametrize("form", FORMS)
def test_a_repository_behind_a_link_is_the_same(
    form: str, work: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The current directory has no links in its name; what a variable says may have some."""
    (tmp_path / "link").symlink_to(work)
    monkeypatch.setenv("CI_PROJECT_DIR", str(tmp_path / "link"))
    (work / ".git").rmdir()
    ran = run(*AT, "--format", form, "certificate.pem", str(tmp_path / "link" / "certs" / "private-key.pem"))

    assert [expected(form, "certs/private-key.pem")] == [path for path, _ in places(form, ran.out)]


@pytest.mark.parametrize("given", ["../../TLS_KEY", "{}/TLS_KEY"])
def test_what_lies_outside_is_told_truthfully(given: str, work: Path, run: Run, tmp_path: Path) -> None:
    """GitLab's needs a file of the repository, the certificate's; GitHub's needs none; SARIF's is absolute."""
    key = given.format(tmp_path)
    found = {
        form: places(form, run(*AT, "--format", form, "certificate.pem", key).out)[0] for form in FORMS
    }

    assert {"gitlab": "certs/certificate.pem", "github": "", "sarif": (tmp_path / "TLS_KEY").as_uri()} == {
        form: path for form, (path, _) in found.items()
    }
    assert (True, True) == (f" {key}:1: " in found["gitlab"][1], found["github"][1].startswith(f"{key}:1: "))


def test_what_is_in_no_file_is_named_in_gitlabs(work: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable stands at the certificate's file; where both are variables, they are called as they were given."""
    monkeypatch.setenv("KEY", (CASE / "private-key.pem").read_text())
    monkeypatch.setenv("CERT", (CASE / "certificate.pem").read_text())
    beside = places("gitlab", run(*AT, "--format", "gitlab", "certificate.pem", "env:KEY").out)
    alone = places("gitlab", run(*AT, "--format", "gitlab", "env:CERT", "env:KEY").out)

    assert ["certs/certificate.pem", "env:KEY"] == [path for path, _ in (*beside, *alone)]
    assert [True, True] == [words.startswith("acm: env:KEY:1: ") for _, words in (*beside, *alone)]


@pytest.mark.parametrize("options", [(), ("--target", "cloudfront", "--ignore", "key-does-not-match")])
def test_a_fingerprint_is_the_same_from_every_directory(
    options: tuple[str, ...], work: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Or everything were new in each merge request; what could not be asked and what was ignored have one, too."""
    found = []
    for folder, prefix in ((work / "certs", ""), (work, "certs/"), (work, f"{work / 'certs'}/")):
        monkeypatch.chdir(folder)
        ran = run(*AT, *options, "--format", "gitlab", f"{prefix}certificate.pem", f"{prefix}private-key.pem")
        found.append([(each["check_name"], each["fingerprint"]) for each in json.loads(ran.out)])

    assert found[0] == found[1] == found[2] != []


def test_sarif_leaves_it_to_the_scanner_where_the_repository_is(work: Path, run: Run) -> None:
    """The base is named, and no folder of this machine (SARIF 3.14.14)."""
    ran = run(*AT, "--format", "sarif", "certificate.pem", "private-key.pem")
    (found,) = json.loads(ran.out)["runs"]

    assert (["%SRCROOT%"], False) == ([*found["originalUriBaseIds"]], str(work) in ran.out)


@links
def test_in_a_directory_that_is_gone_there_is_no_repository(
    work: Path, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Files are still found by whole names."""
    (work / "gone").mkdir()
    monkeypatch.chdir(work / "gone")
    (work / "gone").rmdir()
    ran = run(*AT, "--format", "gitlab", str(work / "certs" / "certificate.pem"), str(tmp_path / "TLS_KEY"))

    assert (1, "") == (ran.status, ran.err)
    assert [str(tmp_path / "TLS_KEY")] == [path for path, _ in places("gitlab", ran.out)]
