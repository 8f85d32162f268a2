"""A project's settings: which file counts, what it may say, that the command line comes first; nothing in secret."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fixtures.build import EC_ROOT
from fixtures.generate import CASES
from fixtures.ran import Run, given
from pemcheck.cli import Failure, settings

SHARED = "[tool.pemcheck]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder in a repository of one's own, and return it."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    return tmp_path


# --------------------------------------------------------------------------------------------- which file counts


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, ""),
        ({"pemcheck.toml": ""}, "pemcheck.toml"),
        ({"../pemcheck.toml": ""}, "../pemcheck.toml"),
        ({"../../pemcheck.toml": "", "../pemcheck.toml": ""}, "../pemcheck.toml"),
        ({"../../../pemcheck.toml": ""}, ""),
        ({"pyproject.toml": SHARED, "pemcheck.toml": ""}, "pemcheck.toml"),
        ({"pyproject.toml": SHARED, "../pemcheck.toml": ""}, "pyproject.toml"),
        ({"pyproject.toml": "[tool.ruff]\n", "../pemcheck.toml": ""}, "../pemcheck.toml"),
        ({"pyproject.toml": "[tool.poetry]\npemcheck = '1'\n", "../pemcheck.toml": ""}, "../pemcheck.toml"),
        ({"pyproject.toml": "pemcheck = '1'\n[tool]\nx = 1", "../pemcheck.toml": ""}, "../pemcheck.toml"),
        ({"../pyproject.toml": "[ tool . 'pemcheck' ]\n"}, "../pyproject.toml"),
        ({"../pyproject.toml": "[tool]\npemcheck.ignore = []\n"}, "../pyproject.toml"),
    ],
)
def test_the_nearest_file_counts(files: dict[str, str], expected: str) -> None:
    """Up to the root of the repository; ``pyproject.toml`` where it speaks of pemcheck."""
    for name, text in files.items():
        Path(name).write_text(text)

    assert expected.replace("/", os.sep) == settings.nearest().path


def test_outside_of_a_repository_nothing_above_counts(folder: Path) -> None:
    """It may be anybody's."""
    (folder / ".git").rmdir()
    Path("../pemcheck.toml").write_text("trusted = true\n")

    assert settings.Settings() == settings.nearest()


def test_a_pyproject_of_others_is_not_even_parsed(run: Run) -> None:
    """However broken it is."""
    Path("pyproject.toml").write_text("[tool.ruff\n'pemcheck>=1' = [\n")

    assert 0 == run(*given(CASES["clean-rsa-2048"])).status


def test_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """At the root of the file system at last, or after 64 folders."""
    monkeypatch.setattr(settings, "_MAX_PARENTS", 2)

    assert 2 == len(settings._upwards(os.getcwd()))
    monkeypatch.undo()
    assert os.path.dirname(settings._upwards(os.getcwd())[-1]) == settings._upwards(os.getcwd())[-1]


def test_without_a_current_directory_there_are_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been removed by now."""

    def gone(_: str) -> str:
        raise FileNotFoundError

    monkeypatch.setattr("os.path.abspath", gone)
    assert settings.Settings() == settings.nearest()


def test_a_pyproject_that_cannot_be_read_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in it could matter."""
    Path("pyproject.toml").write_text(SHARED)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(Failure, match=r"^pyproject\.toml: permission denied$"):
        settings.nearest()


# ----------------------------------------------------------------------------------------------- what it may say


def test_settings_are_options(run: Run) -> None:
    """Each is named like the option that it stands for."""
    arguments = given(CASES["cert-expired"])
    Path("../pemcheck.toml").write_text(
        'target = "iam"\nignore = ["cert-exp*"]\nfail-on = "warning"\nexpires-within = "1d"\n'
        'severity = {chain-missing = "note"}\n'
    )
    ran = run(*arguments)

    (verdict,) = (line for line in ran.out.splitlines() if line.startswith("iam: "))
    assert (0, "iam: accepted, 1 error ignored") == (ran.status, verdict)
    assert "ignored by ../pemcheck.toml: cert-expired (1 error)" in ran.words


@pytest.mark.parametrize(
    ("text", "target", "line"),
    [
        ("trusted = true", "cloudfront", "granted by pemcheck.toml: trusted"),
        ('fail-on = "never"', "acm", "granted by pemcheck.toml: fail-on never"),
        ('expires-within = "0d"', "acm", "granted by pemcheck.toml: expires-within 0d"),
        ("private-ca = true", "webpki", "granted by pemcheck.toml: private-ca"),
        ('ignore = ["cert-missing"]', "acm", "ignored by pemcheck.toml: 1 rule that finds nothing here"),
    ],
)
def test_a_file_weakens_nothing_in_secret(text: str, target: str, line: str, run: Run) -> None:
    """The report's last line says what nobody typed."""
    Path("pemcheck.toml").write_text(text)
    ran = run(*given(CASES["clean-rsa-2048"]), "--target", target)

    assert line == ran.out.splitlines()[-1]


NOTHING = ("trusted = false", "target = []", "ignore = []", "severity = {}", 'fail-on = "error"')


@pytest.mark.parametrize("text", NOTHING)
def test_settings_that_change_nothing_are_not_told(text: str, run: Run) -> None:
    """The report is as without them."""
    arguments = given(CASES["clean-rsa-2048"])
    before = run(*arguments)
    Path("pemcheck.toml").write_text(text)

    assert before == run(*arguments)


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ('target = "iam"', ["--target", "acm"], "acm: accepted"),
        ('target = "iam"', [], "iam: accepted"),
        ('ignore = ["cert-*"]', ["--ignore", "cert-missing"], "ignored by --ignore: 1 rule"),
        ('fail-on = "never"', ["--fail-on", "error"], "acm: accepted"),
        ("private-ca = true", ["--trusted"], "acm: accepted"),
        ('select = ["cert-*"]', ["--config", "none"], "acm: accepted"),
    ],
)
def test_the_command_line_comes_first(text: str, options: list[str], expected: str, run: Run) -> None:
    """And what it says is not mixed with the file's."""
    Path("pemcheck.toml").write_text(text)
    out = run(*given(CASES["clean-rsa-2048"]), *options).out

    assert (True, False) == (expected in out, "pemcheck.toml" in out)


@pytest.mark.parametrize("command", ["check", "scan"])
def test_a_trust_store_that_is_typed_answers_who_is_trusted(command: str, run: Run) -> None:
    """The word in the file is set aside, and that is said."""
    given(CASES["clean-rsa-2048"])
    Path("pemcheck.toml").write_text("trusted = true")
    Path("other.crt").write_text(EC_ROOT.pem)
    words = [command, "certificate.pem", "private-key.pem", "certificate-chain.pem", "--at", "2026-06-01"]
    words += ["--target", "cloudfront", "--format", "concise"]
    ran = run(*words, "--trust-store", "other.crt")

    assert (1, "pemcheck: --trust-store was typed: trusted in pemcheck.toml does not count\n") == (ran.status, ran.err)
    assert (0, True) == ((word := run(*words)).status, "granted by pemcheck.toml: trusted" in word.out)


def test_a_scan_says_what_a_file_makes_milder(run: Run) -> None:
    """In the summary, even where everything is accepted and nothing else is printed."""
    given(CASES["clean-rsa-2048"])
    Path("pemcheck.toml").write_text('trusted = true\ntarget = "cloudfront"')
    ran = run("scan", ".", "--at", "2026-06-01", "--jobs", "1")

    assert ["  cloudfront: 1 accepted", "  granted by pemcheck.toml: trusted"] == ran.out.splitlines()[1:3]


def test_a_word_that_is_typed_answers_who_is_trusted(run: Run) -> None:
    """The store in the file is set aside, and that is said."""
    Path("pemcheck.toml").write_text('trust-store = "other.crt"')
    Path("other.crt").write_text(EC_ROOT.pem)
    words = [*given(CASES["clean-rsa-2048"]), "--target", "cloudfront"]
    ran = run(*words, "--trusted")

    assert (0, "pemcheck: --trusted was typed: trust-store in pemcheck.toml does not count\n") == (ran.status, ran.err)
    assert 1 == run(*words).status


def test_a_pasted_command_says_where_to(run: Run) -> None:
    """Whatever the project's usual target is."""
    Path("pemcheck.toml").write_text('target = "cloudfront"')
    words = [f"fileb://{word}" if word.endswith(".pem") else word for word in given(CASES["clean-rsa-2048"])]
    ran = run("aws", "acm", "import-certificate", *words)

    assert (0, True) == (ran.status, "acm: accepted" in ran.out)


def test_paths_are_those_of_the_file(run: Run) -> None:
    """A baseline, a trust store and a target of one's own stand beside the settings."""
    arguments = given(CASES["clean-rsa-2048"])
    Path("../mine.toml").write_text('extends = "acm"\n')
    Path("../known.json").write_text('{"schema": 1, "findings": []}')
    Path("../roots.pem").write_bytes(Path("certificate-chain.pem").read_bytes())
    Path("../pemcheck.toml").write_text(
        'target = ["mine.toml", "acm"]\nbaseline = "known.json"\ntrust-store = "file://roots.pem"\n'
    )
    ran = run(*arguments)

    assert (0, True) == (ran.status, "mine: accepted" in ran.out)


@pytest.mark.parametrize("text", ["system", "mozilla", "env:ROOTS", "file://~/roots.pem", "/etc/roots.pem"])
def test_what_is_no_relative_path_stays(text: str) -> None:
    """Names of stores, variables, the home directory."""
    Path("../pemcheck.toml").write_text(f'trust-store = "{text}"')

    assert {"trust-store": text} == settings.load("../pemcheck.toml").values


def test_fix_takes_the_target_from_the_settings(run: Run) -> None:
    """And says what they grant."""
    Path("pemcheck.toml").write_text('target = "cloudfront"\ntrusted = true\nignore = ["cert-*"]\n')
    ran = run("fix", *given(CASES["clean-rsa-2048"]), "--out-dir", "new")

    assert (0, True, True) == (
        ran.status,
        "cloudfront: accepted" in ran.out,
        "granted by pemcheck.toml: trusted" in ran.out,
    )


# ------------------------------------------------------------------------------------------- what cannot be meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ignroe = []", "pemcheck.toml: there is no key 'ignroe'; did you mean ignore?"),
        ("trusted = 1", "pemcheck.toml: trusted: this must be true or false, but is a whole number"),
        ('ignore = "cert-*"', "pemcheck.toml: ignore: this must be an array, but is text"),
        ("ignore = [1]", "pemcheck.toml: ignore: this must be an array of at most 500 texts"),
        (f"ignore = {['x'] * 501}", "pemcheck.toml: ignore: this must be an array of at most 500 texts"),
        ("target = 1", "pemcheck.toml: target: this must be an array, but is a whole number"),
        ("baseline = 1", "pemcheck.toml: baseline: this must be text"),
        ('fail-on = "eror"', "pemcheck.toml: fail-on: 'eror' is no value; did you mean error?"),
        ("severity = 1", "pemcheck.toml: severity: this must be a table"),
        ("[severity]\ncert-expired = 1", "pemcheck.toml: severity.cert-expired: this must be text"),
        ('[severity]\ncert-expired = "x"', "pemcheck.toml: 'cert-expired=x' is not RULE=LEVEL"),
        ('ignore = ["cert-expird"]', "pemcheck.toml: there is no rule 'cert-expird'; did you mean cert-expired?"),
        ("select = []", "pemcheck.toml: no rule is named"),
        ("= 1", "pemcheck.toml:1:1: this is not TOML"),
        ("\xff", "pemcheck.toml:1: this is not UTF-8 text, which TOML has to be"),
        ('expires-within = "soon"', "pemcheck.toml: expires-within: 'soon' is not a number of days such as 30d"),
        ('target = "acn"', "pemcheck.toml: target: there is no target 'acn'; did you mean acm?"),
        ('target = "no.toml"', "pemcheck.toml: target: no.toml: no such file"),
        ('trust-store = "no.pem"', "pemcheck.toml: trust-store: no.pem: no such file"),
        ('baseline = "no.json"', "pemcheck.toml: baseline: no.json: no such file"),
        ('trusted = true\ntrust-store = "system"', "pemcheck.toml: trusted and trust-store answer the same question"),
        ("trusted = true\nprivate-ca = true", "pemcheck.toml: trusted and private-ca answer the same question"),
        ("#" * 300_000, "pemcheck.toml: this has more than 262,144 bytes, too many"),
    ],
    ids=lambda text: text[:20],
)
def test_settings_that_cannot_be_meant_are_one_sentence(text: str, expected: str, run: Run) -> None:
    """With the file, the key, and what is right."""
    Path("pemcheck.toml").write_bytes(text.encode("latin-1"))
    ran = run(*given(CASES["clean-rsa-2048"]))

    assert (2, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert expected in ran.err


def test_a_wrong_key_in_a_pyproject_is_told_with_its_table() -> None:
    """As the file has it."""
    Path("pyproject.toml").write_text(f"{SHARED}ignroe = []\n")

    with pytest.raises(Failure, match="there is no key 'ignroe'; did you mean ignore") as told:
        settings.nearest()
    assert str(told.value).startswith("pyproject.toml: tool.pemcheck: ")


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("none.toml", None, "none.toml: no such file or directory"),
        ("pyproject.toml", "[project]\n", "pyproject.toml: there is no [tool.pemcheck] in it"),
        ("pyproject.toml", "[tool]\npemcheck = 1\n", "pyproject.toml: tool.pemcheck: this must be a table"),
    ],
)
def test_a_file_that_is_named_must_be_one(name: str, text: str | None, expected: str, run: Run) -> None:
    """Nobody names it for nothing."""
    if text is not None:
        Path(name).write_text(text)
    ran = run(*given(CASES["clean-rsa-2048"]), "--config", name)

    assert (2, "", True) == (ran.status, ran.out, ran.err.startswith(f"pemcheck: {expected}"))


# ------------------------------------------------------------------------------------------------------- printed


def test_settings_are_printed(run: Run) -> None:
    """From which file, and what of the command line; nothing needs to be given."""
    Path("../pemcheck.toml").write_text('baseline = "known.json"\ntarget = "iam"\ntrusted = true\n')
    ran = run("--show-config", "--ignore", "cert-missing,key-*", "--severity", "cert-expired=note")

    assert (0, "") == (ran.status, ran.err)
    assert [
        "# ../pemcheck.toml",
        'target = ["iam"]',
        "# from --ignore",
        'ignore = ["cert-missing,key-*"]',
        'baseline = "../known.json"',
        "trusted = true",
        "# from --severity",
        "[severity]",
        '"cert-expired" = "note"',
    ] == ran.out.splitlines()


def test_settings_read_back(run: Run) -> None:
    """What is printed is a file that means the same."""
    Path("../pemcheck.toml").write_text(
        'baseline = "k.json"\ntarget = ["a.toml"]\nselect = ["cert-*"]\n[severity]\n"cert-*" = "note"\n'
    )
    first = run("--show-config").out
    Path("pemcheck.toml").write_text(first)

    assert first.splitlines()[1:] == run("--show-config").out.splitlines()[1:]


def test_without_settings_that_is_printed(run: Run) -> None:
    """It is TOML, too."""
    assert (0, "# there is no pemcheck.toml, and no [tool.pemcheck]\n", "") == run("--show-config")


def test_settings_with_unknown_rules_are_not_printed(run: Run) -> None:
    """``--show-config`` is the way to try them."""
    Path("pemcheck.toml").write_text('ignore = ["cert-expird"]')

    assert (2, "") == run("--show-config")[:2]
