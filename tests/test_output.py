"""``--output-file``: a whole report or none, and over no input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fixtures.generate import CASES
from fixtures.ran import Run

posix = pytest.mark.skipif(os.name != "posix", reason="needs /dev/stdout")


@pytest.fixture
def clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Work in a folder with a clean submission; return the arguments that name it."""
    monkeypatch.chdir(tmp_path)
    arguments = ["--at", CASES["clean-rsa-2048"].at]
    for file, data in CASES["clean-rsa-2048"].contents().items():
        Path(file).write_bytes(data)
        arguments += [f"--{file.removesuffix('.pem')}", file]
    return arguments


@pytest.mark.parametrize("form", ["text", "json", "sarif", "markdown"])
def test_the_report_is_written_instead_of_printed(form: str, clean: list[str], run: Run) -> None:
    """It is the same text, in UTF-8; what was there is replaced."""
    Path("report").write_text("old and longer than nothing" * 1000)
    expected = run(*clean, "--format", form)
    ran = run(*clean, "--format", form, "--output-file", "report")

    assert ((0, "", ""), expected.out.encode()) == (ran, Path("report").read_bytes())


def test_the_status_is_the_verdict_all_the_same(clean: list[str], run: Run) -> None:
    """1 for what is refused."""
    ran = run("--at", "2030-01-01", *clean[2:], "--output-file", "report")

    assert ((1, "", ""), True) == (ran, "cert-expired" in Path("report").read_text())


def test_a_dash_is_standard_output(clean: list[str], run: Run) -> None:
    """As everywhere."""
    assert run(*clean) == run(*clean, "--output-file", "-")


@posix
@pytest.mark.parametrize("redirected", [False, True])
def test_standard_output_by_its_name_is_written_to(redirected: bool, clean: list[str], tmp_path: Path) -> None:
    """A pipe, or a file that the shell has opened: it is not replaced."""
    command = [sys.executable, "-m", "pemcheck", *clean, "--output-file", "/dev/stdout"]
    with (tmp_path / "log").open("wb") as log:
        out = log if redirected else subprocess.PIPE
        ran = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=True)

    assert b"acm: accepted" in ((tmp_path / "log").read_bytes() if redirected else ran.stdout)
    assert Path("/dev/stdout").is_symlink()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "the path is empty: there is no such directory"),
        ("none/report", "none/report: there is no such directory"),
        ("folder/", "folder/: is a directory"),
        ("folder", "folder: is a directory"),
        ("private-key.pem", "this is one of the inputs, which are never overwritten"),
        ("./certificate.pem", "this is one of the inputs, which are never overwritten"),
    ],
)
def test_where_nothing_can_be_written_is_one_sentence(path: str, expected: str, clean: list[str], run: Run) -> None:
    """Status 2, and no file is changed."""
    Path("folder").mkdir()
    before = {file: file.read_bytes() for file in Path().glob("*.pem")}
    ran = run(*clean, "--output-file", path)

    assert (2, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert ran.err.startswith("pemcheck: --output-file: ")
    assert expected in ran.err
    assert before == {file: file.read_bytes() for file in Path().iterdir() if file.is_file()}


def test_settings_and_baseline_are_inputs(clean: list[str], run: Run) -> None:
    """A report does not take their place."""
    Path("pemcheck.toml").write_text('baseline = "known.json"')
    Path("known.json").write_text('{"schema": 1, "findings": []}')

    assert [2, 2] == [run(*clean, "--output-file", name).status for name in ("pemcheck.toml", "known.json")]
