"""``--color``: for people at a terminal, never in a file, and never from a certificate."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from fixtures.build import Case, leaf
from fixtures.generate import CASES
from fixtures.ran import Run

ESCAPE = "\x1b"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, without any wish about colour, and return it."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def given(case: Case, prefix: str = "") -> list[str]:
    """Write the files of a case; return the arguments that name them."""
    arguments = ["--at", case.at]
    for file, data in case.contents().items():
        Path(file).write_bytes(data)
        arguments += [f"--{file.removesuffix('.pem')}", f"{prefix}{file}"]
    return arguments


@pytest.mark.parametrize("name", ["clean-rsa-2048", "cert-expired", "cert-expires-soon", "cert-allows-client-auth"])
@pytest.mark.parametrize("choice", ["always", "on"])
def test_colour_changes_no_word(name: str, choice: str, run: Run) -> None:
    """Severity, rule and verdict are coloured, and all else is as without."""
    arguments = given(CASES[name])
    ran, plain = run(*arguments, "--color", choice), run(*arguments)

    assert (plain.status, plain.out) == (ran.status, re.sub(r"\x1b\[[\d;]*m", "", ran.out))
    assert re.findall(r"(?m)^\S.*: (?:error|warning|note): ([a-z0-9-]+)$", plain.out) == re.findall(
        r"\x1b\[1m([a-z0-9-]+)\x1b\[0m", ran.out
    )
    assert re.search(r"(?m)^acm: \x1b\[1;3\dm(accepted|refused)\x1b\[0m", ran.out)


@pytest.mark.parametrize(
    ("environment", "terminal", "expected"),
    [
        ({"TERM": "xterm"}, True, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "dumb"}, True, False),
        ({}, True, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ({"FORCE_COLOR": "1"}, False, True),
        ({"FORCE_COLOR": "0"}, False, False),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, True, False),
    ],
)
def test_by_itself_it_is_for_terminals(
    environment: dict[str, str], terminal: bool, expected: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``auto`` does what other programs do."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal)

    assert expected is (ESCAPE in run(*given(CASES["cert-expired"])).out)


@pytest.mark.parametrize("choice", ["never", "off"])
def test_it_can_be_refused(choice: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says."""
    monkeypatch.setenv("FORCE_COLOR", "1")

    assert ESCAPE not in run(*given(CASES["cert-expired"]), "--color", choice).out


@pytest.mark.parametrize("form", ["concise", "json", "sarif", "github", "markdown"])
def test_only_text_has_colour(form: str, run: Run) -> None:
    """Programs read the rest."""
    assert ESCAPE not in run(*given(CASES["cert-expired"]), "--color", "always", "--format", form).out


def test_a_file_has_no_colour(run: Run) -> None:
    """It is for whoever opens it."""
    run(*given(CASES["cert-expired"]), "--color", "always", "--output-file", "report")

    assert ESCAPE not in Path("report").read_text("utf-8")


def test_a_pasted_command_has_its_colour(run: Run) -> None:
    """``aws --color on`` means what it means there, and is not called ignored."""
    ran = run("aws", "--color", "on", "acm", "import-certificate", *given(CASES["clean-rsa-2048"], "fileb://"))

    assert (0, True, "") == (ran.status, ESCAPE in ran.out, ran.err)


def test_fix_has_colour(run: Run) -> None:
    """In the report that it ends with; its JSON has none."""
    arguments = ["fix", *given(CASES["clean-rsa-2048"]), "--diff", "--color", "always"]

    assert ["\x1b[1;32maccepted\x1b[0m" in run(*arguments).out, ESCAPE in run(*arguments, "--format", "json").out] == [
        True,
        False,
    ]


def test_a_certificate_brings_no_colour_and_gets_none(run: Run) -> None:
    """Its words are escaped and indented."""
    case = Case(leaf(subject="CN=\x1b[31macm: accepted\nx: error: cert-expired"))
    ran = run(*given(case), "--color", "always", "--hostname", "other.test")
    bare = re.sub(r"(?m)^(\S.*: )\x1b\[1;3\dm\w+\x1b\[0m(: \x1b\[1m[a-z0-9-]+\x1b\[0m$)?", "", ran.out)

    assert ESCAPE not in bare
    assert "\\u{001b}[31m" in ran.out
