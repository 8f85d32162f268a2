"""The command line, as its users were promised it: what it prints where, and with which exit status."""

from __future__ import annotations

import gc
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from fixtures.build import AT, Case, leaf, load_key
from fixtures.generate import CASES
from fixtures.ran import Run
from pemcheck import checking, cli, crypto, gathering, pem
from pemcheck.cli import main
from pemcheck.version import VERSION

ROLES = ("certificate", "private-key", "certificate-chain")
ROOT = Path(cli.__file__).parent.parent.parent

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX streams and signals")
not_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a clean submission, and return it."""
    monkeypatch.chdir(tmp_path)
    write(CASES["clean-rsa-2048"])
    return tmp_path


def write(case: Case) -> list[str]:
    """Write the files of a case into the working folder; return the arguments that name them."""
    for role in ROLES:
        Path(f"{role}.pem").unlink(missing_ok=True)
    arguments = ["--at", case.at]
    for file, data in case.contents().items():
        Path(file).write_bytes(data)
        arguments += [f"--{file.removesuffix('.pem')}", file]
    return arguments


CLEAN = ["--at", AT, *(word for role in ROLES for word in (f"--{role}", f"{role}.pem"))]


def environment(**changes: str) -> dict[str, str]:
    """Return an environment in which a program finds the package under test."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, **changes}


def python(*arguments: str, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """Run ``python -m pemcheck`` in a process of its own."""
    options = {"capture_output": True, **options, "env": environment(**options.get("env", {}))}
    return subprocess.run([sys.executable, "-m", "pemcheck", *arguments], check=False, timeout=60, **options)


def shell(line: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell in which ``$P`` is pemcheck."""
    env = environment(P=f"{sys.executable} -m pemcheck")
    return subprocess.run(["bash", "-c", line], check=False, timeout=60, capture_output=True, env=env)


def is_one_sentence(text: str) -> bool:
    """Whether this is what the user should see on stderr: one line, no traceback, no usage."""
    return text.startswith("pemcheck: ") and text.count("\n") == 1 and text.endswith("\n") and "Traceback" not in text


# ------------------------------------------------------------------------------------------------- exit status

VERDICTS = {"accepted": "clean-rsa-2048", "refused": "cert-expired", "undecided": "chain-by-unknown-algorithm"}


@pytest.mark.parametrize(("verdict", "status"), [("accepted", 0), ("refused", 1), ("undecided", 2)])
@pytest.mark.parametrize("form", ["text", "concise", "json"])
@pytest.mark.usefixtures("folder")
def test_the_status_is_the_verdict(verdict: str, status: int, form: str, run: Run) -> None:
    """Whatever the format."""
    assert status == run(*write(CASES[VERDICTS[verdict]]), "--format", form).status


@pytest.mark.parametrize("name", ["cert-allows-client-auth", "cert-expires-soon"])
@pytest.mark.usefixtures("folder")
def test_notes_and_warnings_are_no_refusal(name: str, run: Run) -> None:
    """The status stays 0."""
    assert 0 == run(*write(CASES[name])).status


@pytest.mark.parametrize(
    ("key", "targets", "status"),
    [
        ("rsa-2048-f", ["acm", "acm-2017-cli"], 0),
        ("rsa-3072", ["acm", "acm-2017-cli"], 1),
        ("rsa-3072", ["acm-2017-cli", "acm"], 1),
        ("rsa-3072", ["acm"], 0),
        ("rsa-2048-f", ["acm", "acm"], 0),
    ],
)
@pytest.mark.usefixtures("folder")
def test_one_refusal_is_enough(key: str, targets: list[str], status: int, run: Run) -> None:
    """With several targets: 1 if any refuses."""
    arguments = write(Case(leaf(key=key), load_key(key).pkcs1))

    assert status == run(*arguments, *(word for name in targets for word in ("--target", name))).status


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["accepted"], 0),
        (["accepted", "accepted"], 0),
        (["accepted", "undecided"], 2),
        (["undecided", "accepted"], 2),
        (["undecided", "undecided"], 2),
        (["accepted", "refused"], 1),
        (["undecided", "refused"], 1),
        (["refused", "undecided", "accepted"], 1),
    ],
)
@pytest.mark.usefixtures("folder")
def test_verdicts_of_several_targets_add_up(
    verdicts: list[str], status: int, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """1 if any is refused, else 2 if any could not be told, else 0."""
    reports = {}
    for verdict, name in VERDICTS.items():
        files = CASES[name].contents()
        wants = [checking.wanted("acm", AT)]
        submission = gathering.gather([files.get(f"{role}.pem") for role in ROLES], ROLES)
        reports[verdict] = checking.judge_all(submission, wants)[0]
    monkeypatch.setattr(checking, "judge_all", lambda *_: tuple(reports[verdict] for verdict in verdicts))

    assert status == run(*CLEAN).status


@pytest.mark.parametrize("arguments", [["--nope"], ["--target", "nope"], ["--at", "nope"], []], ids=" ".join)
@pytest.mark.usefixtures("folder")
def test_wrong_usage_is_two(arguments: list[str], run: Run) -> None:
    """Nothing could be told."""
    assert 2 == run(*arguments).status


# ----------------------------------------------------------------------------------------------------- streams


@pytest.mark.parametrize("name", ["clean-rsa-2048", "cert-expired", "chain-by-unknown-algorithm"])
@pytest.mark.usefixtures("folder")
def test_results_go_to_stdout(name: str, run: Run) -> None:
    """And nothing to stderr, whatever the verdict."""
    ran = run(*write(CASES[name]))

    assert (True, "") == (ran.out.endswith("\n"), ran.err)


@pytest.mark.usefixtures("folder")
def test_mistakes_go_to_stderr(run: Run) -> None:
    """And nothing to stdout."""
    ran = run("--certificate", "none.pem")

    assert ("", "pemcheck: none.pem: no such file or directory\n") == (ran.out, ran.err)


@pytest.mark.usefixtures("folder")
def test_json_is_json(run: Run) -> None:
    """One object, which a program can read as it is."""
    assert 1 == json.loads(run(*CLEAN, "--format", "json").out)["schema"]


# ----------------------------------------------------------------------------------------------------- options


@pytest.mark.usefixtures("folder")
def test_check_is_the_default(run: Run) -> None:
    """The word may be left out."""
    assert run("check", *CLEAN) == run(*CLEAN)


@pytest.mark.usefixtures("folder")
def test_an_option_can_be_joined_with_its_value(run: Run) -> None:
    """``--at=…`` as well as ``--at …``."""
    assert run(*CLEAN) == run(*CLEAN[2:], f"--at={AT}")


@pytest.mark.usefixtures("folder")
def test_the_certificate_can_be_called_body(run: Run) -> None:
    """As ``aws iam`` calls it, which makes IAM the target."""
    called = ["--certificate-body" if word == "--certificate" else word for word in CLEAN]
    assert run(*CLEAN, "--target", "iam") == run(*called)
    assert run(*CLEAN) == run(*called, "--target", "acm")


@pytest.mark.usefixtures("folder")
def test_the_target_is_acm_by_default(run: Run) -> None:
    """Where most people import."""
    assert run(*CLEAN, "--target", "acm") == run(*CLEAN)


@pytest.mark.parametrize(("at", "status"), [("2025-12-31T23:59:59Z", 1), ("2026-01-01", 0), ("2027-01-01T00:00:01", 1)])
@pytest.mark.usefixtures("folder")
def test_the_moment_can_be_chosen(at: str, status: int, run: Run) -> None:
    """``--at`` is when the certificate must be valid."""
    assert status == run(*CLEAN[2:], "--at", at).status


@pytest.mark.parametrize(("period", "found"), [("213d", False), ("215d", True), ("215", True), (" 215d ", True)])
@pytest.mark.usefixtures("folder")
def test_the_warning_before_expiry_can_be_chosen(period: str, found: bool, run: Run) -> None:
    """``--expires-within`` counts days."""
    assert found is ("cert-expires-soon" in run(*CLEAN, "--expires-within", period).out)


@pytest.mark.parametrize("period", ["", "d", "-1d", "1w", "soon", "999999", "1.5d"])
@pytest.mark.usefixtures("folder")
def test_a_period_that_is_none_is_told(period: str, run: Run) -> None:
    """In one sentence."""
    ran = run(*CLEAN, f"--expires-within={period}")

    assert (2, "", True) == (ran.status, ran.out, is_one_sentence(ran.err))


@pytest.mark.usefixtures("folder")
def test_every_hostname_is_asked_for(run: Run) -> None:
    """``--hostname`` can be repeated."""
    ran = run(*CLEAN, "--hostname", "example.com", "--hostname", "a.test", "--hostname", "b.test")

    assert (True, True) == ("a.test" in ran.out, "b.test" in ran.out)


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    "hostname",
    [
        "", " ", "a b", "https://example.com/", "a..example.com", ".example.com", "x\nacm: accepted", "\x1b[2Jx.test",
        "x\r.test", "a\u202e.test", "ü" * 70, "a" * 300, "x.test\x7f", "x.test;id", "$(id).test", "\u2028.test",
    ],
    ids=ascii,
)  # fmt: skip
def test_what_is_no_hostname_is_refused(hostname: str, run: Run) -> None:
    """In one sentence that a terminal can be shown."""
    ran = run(*CLEAN, "--hostname", hostname)

    assert (2, "", True) == (ran.status, ran.out, is_one_sentence(ran.err))
    assert ran.err[:-1].isprintable()
    assert "is neither a hostname nor an IP address" in ran.err


@pytest.mark.usefixtures("folder")
def test_a_hostname_that_is_covered_is_no_finding(run: Run) -> None:
    """Nothing is said about it."""
    assert run(*CLEAN) == run(*CLEAN, "--hostname", "example.com")


@pytest.mark.usefixtures("folder")
def test_the_key_may_be_elsewhere(run: Run) -> None:
    """``--without-key`` accepts, and says that the key was not seen."""
    arguments = [word for word in CLEAN if "private-key" not in word]
    ran = run(*arguments, "--without-key")

    assert (0, "acm: accepted, key not seen") == (ran.status, ran.out.splitlines()[0])


@pytest.mark.parametrize("flag", ["-q", "--quiet", "-qv"])
@pytest.mark.usefixtures("folder")
def test_quiet_leaves_notes_out(flag: str, run: Run) -> None:
    """Errors stay."""
    arguments = write(CASES["cert-not-version-3"])

    assert (True, False) == tuple(f": {word}: " in run(*arguments, flag).out for word in ("error", "note"))


@pytest.mark.parametrize("flag", ["-v", "--verbose"])
@pytest.mark.usefixtures("folder")
def test_verbose_changes_no_result(flag: str, run: Run) -> None:
    """It is about internal errors."""
    assert run(*CLEAN) == run(*CLEAN, flag)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--nope"], "there is no option --nope (see --help)"),
        (["--bogus", "x"], "there is no option --bogus (see --help)"),
        (["chekc", "x"], "there is no command chekc, and no file; did you mean `python -m pemcheck check`?"),
        (["inspekt", "x"], "there is no command inspekt, and no file; did you mean `python -m pemcheck inspect`?"),
        (["help", "scan"], "there is no command help; `python -m pemcheck --help` prints it"),
        (["nowhere"], "nowhere: no such file or directory"),
        (["check", "sacn"], "sacn: no such file or directory"),
        (["--certificat", "x"], "there is no option --certificat; did you mean --certificate?"),
        (["--at"], "argument --at: expected one argument"),
        (["-x"], "there is no option -x"),
        (["--format", "yaml"], "invalid choice: 'yaml'"),
        (["inspect"], "required: FILE"),
        (["rules", "x"], "unexpected argument: x"),
        (["targets", "acm", "x"], "unexpected argument: x"),
        (["targets", "acn"], "there is no target 'acn'; did you mean acm?"),
        (["--target", "acn", "--certificate", "x"], "there is no target 'acn'; did you mean acm?"),
        (["--at", "noon", "--certificate", "x"], "'noon' is not a time such as 2026-11-23"),
        (["--at", "2026-02-30", "--certificate", "x"], "'2026-02-30' is not a time that exists"),
        ([], "give FILE ..., or --certificate, --private-key and --certificate-chain"),
        (["--certificate", ""], "the path is empty"),
        (["--certificate", "env:PEMCHECK_NOT_SET"], "there is no environment variable of this name"),
        (["--certificate", "-", "--private-key", "-"], "standard input (-) can be read once only"),
        (["inspect", "-", "-"], "standard input (-) can be read once only"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
@pytest.mark.usefixtures("folder")
def test_wrong_usage_gets_one_sentence(arguments: list[str], expected: str, run: Run) -> None:
    """On stderr, with what to do about it."""
    ran = run(*arguments)

    assert (2, "", True) == (ran.status, ran.out, is_one_sentence(ran.err))
    assert expected in ran.err


# --------------------------------------------------------------------------------------------------------- SRC


@pytest.mark.parametrize("form", ["{}", "./{}", "file://{}", "fileb://{}", "{folder}/{}", "file://{folder}/{}"])
def test_a_source_is_a_path(form: str, folder: Path, run: Run) -> None:
    """With or without the prefix that aws wants."""
    arguments = [form.format(word, folder=folder) if word.endswith(".pem") else word for word in CLEAN]

    assert 0 == run(*arguments).status


def test_a_source_is_a_variable(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """``env:NAME``, as pipelines have it."""
    monkeypatch.setenv("PEMCHECK_KEY", (folder / "private-key.pem").read_text())

    assert 0 == run(*("env:PEMCHECK_KEY" if word == "private-key.pem" else word for word in CLEAN)).status


@pytest.mark.parametrize("role", ROLES)
def test_a_source_is_standard_input(role: str, folder: Path) -> None:
    """``-``, whichever of the three it is for."""
    arguments = ["-" if word == f"{role}.pem" else word for word in CLEAN]

    assert 0 == python(*arguments, input=(folder / f"{role}.pem").read_bytes()).returncode


@posix
def test_a_finding_about_standard_input_says_so(folder: Path) -> None:
    """By a name that is no path."""
    ran = python("--certificate", "-", "--format", "concise", input=b"")

    assert b"<stdin>: error: input-empty: " in ran.stdout


@posix
@pytest.mark.usefixtures("folder")
def test_a_pipe_is_a_file() -> None:
    """Process substitution, as in ``<(sops -d key.pem)``."""
    line = f"$P --at {AT} --certificate certificate.pem --private-key <(cat private-key.pem)"

    assert 0 == shell(f"{line} --certificate-chain certificate-chain.pem").returncode


# --------------------------------------------------------------------------------------------------- bad input

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
BAD = {
    "empty": (b"", "input-empty"),
    "blank": (b" \r\n\t\n", "input-empty"),
    "10 MB of zeros": (bytes(10_000_000), "pem-nothing-found"),
    "an image": (PNG, "pem-nothing-found"),
    "HTML": (b"<!DOCTYPE html><html><body>Log in</body></html>", "pem-nothing-found"),
    "JSON": (b'{"error": "denied"}', "pem-nothing-found"),
    "UTF-16": (leaf().pem.encode("utf-16"), "input-is-utf16"),
    "a truncated block": (leaf().pem[:500].encode(), "pem-marker-malformed"),
    "a key": (load_key("rsa-2048-f").pem.encode(), "cert-missing"),
    "a path": (b"fileb://cert.pem\n", "input-is-path"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_a_clear_finding(name: str, folder: Path, run: Run) -> None:
    """Refused, with the rule that says what it is; nothing on stderr."""
    data, rule = BAD[name]
    (folder / "certificate.pem").write_bytes(data)
    ran = run(*CLEAN)

    assert (1, "") == (ran.status, ran.err)
    assert f"error: {rule}" in ran.out


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("role", ROLES)
def test_bad_input_is_never_accepted(name: str, role: str, folder: Path, run: Run) -> None:
    """Whichever of the three it is passed as; a key as private key excepted."""
    (folder / f"{role}.pem").write_bytes(BAD[name][0])

    assert (name == "a key" and role == "private-key") is (run(*CLEAN).status == 0)


@pytest.mark.usefixtures("folder")
def test_swapped_files_are_told(run: Run) -> None:
    """By name."""
    ran = run(*write(CASES["roles-swapped"]))

    assert (1, True) == (ran.status, "error: roles-swapped" in ran.out)


def test_a_folder_is_one_sentence(folder: Path, run: Run) -> None:
    """What cannot be read is status 2."""
    assert (2, "", f"pemcheck: {folder}: is a directory\n") == run("--certificate", str(folder))


@posix
@not_root
def test_a_forbidden_file_is_one_sentence(folder: Path, run: Run) -> None:
    """With the system's reason."""
    (folder / "private-key.pem").chmod(0)

    assert (2, "", "pemcheck: private-key.pem: permission denied\n") == run(*CLEAN)


@posix
def test_what_the_system_forbids_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """The same, for root, to whom nothing is forbidden."""

    def forbid(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", forbid)

    assert (2, "", "pemcheck: certificate.pem: permission denied\n") == run(*CLEAN)


@posix
def test_a_name_that_is_no_utf8_is_shown_escaped(folder: Path) -> None:
    """In text as in JSON, and there is no traceback."""
    name = os.fsencode(str(folder)) + b"/caf\xe9.pem"
    try:
        Path(os.fsdecode(name)).write_bytes(b"")
    except OSError:
        pytest.skip("this file system wants UTF-8")
    for form in ("text", "concise", "json"):
        ran = subprocess.run(
            [sys.executable.encode(), b"-m", b"pemcheck", b"--certificate", name, b"--format", form.encode()],
            capture_output=True, check=False, timeout=60, env=environment(),
        )  # fmt: skip

        assert (1, b"", True) == (ran.returncode, ran.stderr, b"dce9" in ran.stdout)


# ------------------------------------------------------------------------------------------- streams that fail


@posix
@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("arguments", ["rules", "--help", "inspect certificate.pem", "targets acm --format json"])
def test_a_reader_that_has_had_enough_is_no_error(arguments: str) -> None:
    """``| head -1`` is quiet."""
    ran = shell(f"$P {arguments} | head -1")

    assert (0, b"") == (ran.returncode, ran.stderr)


@posix
def test_a_pipe_that_is_closed_at_once_is_no_error() -> None:
    """Not even where more is written than a pipe holds."""
    ran = shell("for i in 1 2 3 4 5; do $P targets acm --format json; done | true")

    assert (0, b"") == (ran.returncode, ran.stderr)


@posix
def test_closed_output_is_one_sentence() -> None:
    """Whoever asks for nothing gets status 2."""
    ran = shell("$P rules >&-")

    assert (2, b"pemcheck: standard output is closed\n") == (ran.returncode, ran.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("arguments", ["rules", "--help", "--version"])
def test_a_full_disk_is_one_sentence(arguments: str) -> None:
    """It is no internal error."""
    ran = shell(f"$P {arguments} > /dev/full")

    expected = b"pemcheck: standard output cannot be written: No space left on device\n"
    assert (2, expected) == (ran.returncode, ran.stderr)


@posix
@pytest.mark.usefixtures("folder")
def test_closed_input_is_one_sentence() -> None:
    """Where ``-`` is asked for."""
    ran = shell("$P --certificate - <&-")

    assert (2, b"pemcheck: -: standard input is closed\n") == (ran.returncode, ran.stderr)


@posix
@pytest.mark.usefixtures("folder")
def test_closed_input_does_not_matter_otherwise() -> None:
    """Nobody reads it."""
    assert 0 == shell("$P " + " ".join(CLEAN) + " <&-").returncode


@posix
@pytest.mark.parametrize("line", ["$P --nope 2>&-", "$P rules 2>&- >/dev/full"])
def test_closed_error_output_changes_no_status(line: str) -> None:
    """The sentence is lost, the status is not."""
    assert 2 == shell(line).returncode


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
@pytest.mark.parametrize("line", ["$P --nope 2>/dev/full", "$P rules >/dev/full 2>&1", "$P inspect none 2>/dev/full"])
def test_error_output_that_cannot_be_written_changes_no_status(line: str) -> None:
    """A verdict of 1 would be a lie."""
    assert 2 == shell(line).returncode


@posix
def test_error_output_that_nobody_reads_changes_no_status() -> None:
    """As in a pipe whose reader is gone."""
    assert b"2\n" == shell("exec 3>&1; { sleep 0.3; $P --nope 2>&1 >/dev/null; echo $? >&3; } | :").stdout


def test_without_any_error_output_an_internal_error_is_still_two(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under pythonw."""
    monkeypatch.setattr(crypto, "backend", no_backend)
    monkeypatch.setattr(sys, "stderr", None)

    assert 2 == main(["--version", "-v"])


@posix
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_without_a_character_gets_an_escape(encoding: str, folder: Path) -> None:
    """Not an exception."""
    ran = python("targets", "acm", env={"PYTHONIOENCODING": encoding})

    assert (0, b"") == (ran.returncode, ran.stderr)


@posix
def test_the_c_locale_is_enough(folder: Path) -> None:
    """As in a container or under cron."""
    (folder / "certificate.pem").write_bytes(CASES["cert-hostile-name"].contents()["certificate.pem"])
    locale = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}  # tox sets the last
    ran = python(*CLEAN, env=locale)

    assert (0, b"", True) == (ran.returncode, ran.stderr, ran.stdout.isascii())


def test_a_stream_that_cannot_be_reconfigured_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as one that a test or a notebook puts there."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)

    assert 0 == main(["--version"])
    assert stream.getvalue().startswith(f"pemcheck {VERSION} (Python ")


# --------------------------------------------------------------------------------------- errors and interrupts


SURPRISE = "nobody expected this"


def no_backend() -> None:
    """Fail as a bug would."""
    raise RuntimeError(SURPRISE)


def test_an_internal_error_is_one_sentence(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """No traceback, but what to do."""
    monkeypatch.setattr(crypto, "backend", no_backend)
    ran = run("--certificate", os.devnull)

    expected = "pemcheck: internal error (RuntimeError); please report it, with what --version -v prints\n"
    assert (2, "", expected) == ran


@pytest.mark.parametrize("flag", ["-v", "--verbose", "-qv", "-vq"])
def test_verbose_shows_where_an_internal_error_comes_from(flag: str, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The traceback, without the exception's text: it could quote a key."""
    monkeypatch.setattr(crypto, "backend", no_backend)
    ran = run("--certificate", os.devnull, flag)

    assert ran.err.startswith("Traceback (most recent call last):\n")
    assert (True, False) == ("in no_backend" in ran.err, SURPRISE in ran.err)


def test_an_interrupt_is_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quietly."""

    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(crypto, "backend", interrupt)

    assert (130, "", "") == run("--certificate", os.devnull)


@pytest.mark.parametrize(
    ("command", "option", "value"),
    [
        *(("check", option, "x") for option in ("--certificate", "--private-key", "--certificate-chain", "--replaces")),
        *(("check", option, "x") for option in ("--trust-store", "--weak-keys", "--via", "--region", "--path")),
        *(("check", option, "x") for option in ("--certificate-arn", "--tags", "--at", "--expires-within")),
        *((command, "--format", "text") for command in ("check", "inspect", "rules", "targets", "explain")),
        *(("explain", option, "x") for option in ("--certificate", "--at")),
    ],
)
def test_an_option_is_given_once(command: str, option: str, value: str, run: Run) -> None:
    """Which of two values is meant nobody can tell; taking the last would leave a file unjudged."""
    ran = run(command, option, value, f"{option}={value}")

    assert (2, "", f"{option} ") == (ran.status, ran.out, ran.err[len("pemcheck: ") :][: len(option) + 1])
    assert (True, True) == (" is given twice (see --help)" in ran.err, is_one_sentence(ran.err))


def test_two_names_of_one_option_are_one(run: Run) -> None:
    """IAM's --certificate-body is the certificate."""
    ran = run("--certificate", "a", "--certificate-body", "b")

    assert (2, "pemcheck: --certificate or --certificate-body is given twice (see --help)\n") == (ran.status, ran.err)


def test_what_may_be_repeated_may_be_repeated(run: Run) -> None:
    """Targets and hostnames; switches say the same twice."""
    twice = ["--target", "acm", "--target", "alb", "--hostname", "a.test", "--hostname", "b.test", "-q", "-q"]
    ran = run("--certificate", os.devnull, *twice, "--debug", "--debug")

    assert (1, True, True) == (ran.status, "acm: refused" in ran.out, "alb: refused" in ran.out)


@posix
def test_ctrl_c_is_130(tmp_path: Path) -> None:
    """While it waits for its input."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    # who runs the tests in the background may have the signal ignored
    heard = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", heard, sys.executable, "-m", "pemcheck", "--certificate", str(fifo)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        with fifo.open("wb"):  # opens when the program does
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            process.wait(30)
        out, err = process.communicate()

    assert (130, b"", b"") == (process.returncode, out, err)


# ------------------------------------------------------------------------------------------ what needs no file

COMMANDS: tuple[list[str], ...] = ([], ["check"], ["inspect"], ["fix"], ["scan"], ["rules"], ["targets"], ["explain"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help(command: list[str], flag: str, run: Run) -> None:
    """On stdout, with status 0."""
    ran = run(*command, flag)

    assert (0, "usage: python -m pemcheck ", "") == (ran.status, ran.out[:26], ran.err)


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_explains_every_option(command: list[str], run: Run) -> None:
    """No option is listed without a word."""
    text = run(*command, "--help").out
    text = run(*command, "--help-all").out if "--help-all" in text else text
    lines = text.partition("options:\n")[2].splitlines()
    entries = [number for number, line in enumerate(lines) if line.startswith("  -")]

    bare = [at for at in entries if "  " not in lines[at].strip()]
    assert [] == [lines[at] for at in bare if not lines[at + 1].startswith("     ")]


def test_help_fits_on_a_screen(run: Run) -> None:
    """With two examples; ``--help-all`` has every option."""
    short, everything = run("--help").out, run("--help-all").out

    assert (True, 2) == (len(short.splitlines()) <= 30, short.partition("examples:\n")[2].count("python -m pemcheck"))
    assert max(map(len, short.splitlines())) <= 82
    named = set(re.findall(r"--[a-z-]+", short)) - {"--out-dir", "--help"}
    assert set() == named - set(re.findall(r"--[a-z-]+", everything))


def test_help_tells_the_exit_status(run: Run) -> None:
    """It is what scripts need most."""
    assert "exit status: 0 accepted by every target, 1 refused, 2 could not tell" in run("--help").out


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_tells_the_version(command: list[str], run: Run) -> None:
    """pemcheck's and Python's."""
    version = ".".join(map(str, sys.version_info[:3]))

    assert (0, f"pemcheck {VERSION} (Python {version})\n", "") == run(*command, "--version")


BACKEND = {"asn1crypto": "1.5.1", "oscrypto": "1.3.0", "libcrypto": "OpenSSL 3.0.19", "unavailable": None}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["asn1crypto 1.5.1", "oscrypto 1.3.0", "OpenSSL 3.0.19"]),
        (
            {"libcrypto": None, "unavailable": "missing: no library"},
            ["asn1crypto 1.5.1", "oscrypto 1.3.0", "no libcrypto in use: missing: no library; arithmetic alone proves"],
        ),
        (
            {"oscrypto": None, "libcrypto": None, "unavailable": "gone: x"},
            ["asn1crypto 1.5.1", "oscrypto is not installed", "no libcrypto in use: gone: x; arithmetic alone proves"],
        ),
    ],
    ids=["all there", "no libcrypto", "no oscrypto"],
)
@pytest.mark.parametrize("flag", ["-v", "--verbose"])
def test_the_verbose_version_tells_the_backend(
    changes: dict[str, Any], expected: list[str], flag: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """asn1crypto, oscrypto and the libcrypto in use, or why there is none."""
    monkeypatch.setattr(crypto, "backend", lambda: {**BACKEND, **changes})

    assert expected == run("--version", flag).out.splitlines()[1:]


@pytest.mark.parametrize("arguments", [["rules"], ["targets"], ["targets", "acm"]], ids=" ".join)
def test_tables_are_printed(arguments: list[str], run: Run) -> None:
    """As text, and as JSON with a schema."""
    assert (0, True, "") == (run(*arguments).status, bool(run(*arguments).out), run(*arguments).err)
    assert 1 == json.loads(run(*arguments, "--format", "json").out)["schema"]


# ----------------------------------------------------------------------------------------------------- inspect


@pytest.mark.usefixtures("folder")
def test_inspect_shows_every_file(run: Run) -> None:
    """In the order of the command line."""
    ran = run("inspect", "private-key.pem", "certificate.pem")

    assert (0, ["private-key.pem:1: private key", "certificate.pem:1: certificate"], "") == (
        ran.status,
        [line for line in ran.out.splitlines() if line and line[0] != " "],
        ran.err,
    )


@pytest.mark.usefixtures("folder")
def test_inspect_prints_json(run: Run) -> None:
    """One object for all the files."""
    found = json.loads(run("inspect", "private-key.pem", "certificate.pem", "--format", "json").out)

    assert ["schema", "objects"] == list(found)
    assert ["private_key", "certificate"] == [each["kind"] for each in found["objects"]]


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.usefixtures("folder")
def test_inspect_shows_what_it_can(form: str, run: Run) -> None:
    """One bad file does not hide the others; the status is 2."""
    ran = run("inspect", "none.pem", "certificate.pem", "--format", form)

    assert (2, "pemcheck: none.pem: no such file or directory\n") == (ran.status, ran.err)
    assert "www.example.com" in ran.out


@pytest.mark.parametrize("data", [b"", b"<html>", PNG], ids=["empty", "HTML", "an image"])
@pytest.mark.parametrize(("form", "out"), [("text", ""), ("json", '{\n "schema": 1,\n "objects": []\n}\n')])
def test_inspect_says_where_nothing_is(data: bytes, form: str, out: str, folder: Path, run: Run) -> None:
    """One sentence for each such file."""
    (folder / "x").write_bytes(data)

    expected = "pemcheck: x: there is nothing in it that pemcheck knows\n"
    assert (2, out, expected) == run("inspect", "x", "--format", form)


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (("-----END", "-----"), "x:1:1: pem-marker-malformed: -----BEGIN CERTIFICATE----- is never closed"),
        (("\n-----END", "!\n-----END"), "pem-bad-base64: the character ! is not base64"),
    ],
)
def test_inspect_says_why_something_is_missing(damage: tuple[str, str], complaint: str, folder: Path, run: Run) -> None:
    """On stderr; what is printed stays what could be read."""
    (folder / "x").write_text(leaf().pem.replace(*damage))

    ran = run("inspect", "x")

    assert (0, True) == (ran.status, complaint in ran.err)


def test_inspect_says_that_there_was_more(folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is dropped silently."""
    monkeypatch.setattr(pem, "MAX_BLOCKS", 1)
    (folder / "x").write_text(leaf().pem * 2)

    ran = run("inspect", "x")

    expected = "input-too-large: only the first 1 of its blocks were looked at\n"
    assert (2, 1, True) == (ran.status, ran.out.count(": certificate"), ran.err.endswith(expected))


def test_inspect_reads_standard_input() -> None:
    """``-``, as ``check`` does."""
    ran = python("inspect", "-", input=leaf().pem.encode())

    assert (0, b"", b"<stdin>:1: certificate") == (ran.returncode, ran.stderr, ran.stdout.splitlines()[0])


# ------------------------------------------------------------------------------------------------- the program


@pytest.mark.parametrize(("verdict", "status"), [("accepted", 0), ("refused", 1), ("undecided", 2)])
@pytest.mark.usefixtures("folder")
def test_the_program_exits_with_the_status(verdict: str, status: int) -> None:
    """``python -m pemcheck`` is ``pemcheck.cli.main``."""
    assert status == python(*write(CASES[VERDICTS[verdict]])).returncode


def test_the_arguments_are_the_programs_by_default(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As for a console script."""
    monkeypatch.setattr(sys, "argv", ["pemcheck", "--version"])

    assert 0 == main()


def test_the_arguments_are_left_alone() -> None:
    """A list that is passed stays as it is."""
    arguments = ["rules", "--version"]
    main(arguments)

    assert ["rules", "--version"] == arguments


def test_the_console_script_is_the_command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What the package installs runs the same, as a process that needs no garbage collector."""
    from pemcheck.__main__ import run as script

    monkeypatch.setattr(sys, "argv", ["pemcheck", "--version"])
    try:
        assert 0 == script()
        assert not gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.enable()
    assert capsys.readouterr().out.startswith(f"pemcheck {VERSION}")


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        ("/usr/local/bin/pemcheck", "pemcheck"),
        ("pemcheck", "pemcheck"),
        (r"C:\Python\Scripts\pemcheck.exe", "pemcheck"),
        ("/usr/lib/python3/pemcheck/__main__.py", "python -m pemcheck"),
        ("/usr/bin/pytest", "python -m pemcheck"),
    ],
)
def test_help_and_hints_have_the_name_that_was_typed(
    argv: str, name: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever typed ``pemcheck`` can paste them."""
    monkeypatch.setattr(sys, "argv", [argv])
    texts = [run("--help").out, run("targets", "--help").out, run("explain", "xyzzy-qqq-1").err]
    assert [1, 1, 1] == [int(f"{name} " in text) for text in texts]
    assert ["python" in name] * 3 == ["python -m" in text for text in texts]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("acm,iam", "one name at a time: --target acm --target iam"),
        ("acm,xyz", "there is no target 'acm,xyz'"),
    ],
)
def test_several_targets_are_several_options(name: str, expected: str, run: Run) -> None:
    """A list in one word is what other tools take."""
    ran = run("--certificate", "-", "--target", name)
    assert (2, "", True) == (ran.status, ran.out, ran.err.startswith(f"pemcheck: {expected}"))


def test_without_a_name_it_is_the_module(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where Python is embedded."""
    monkeypatch.setattr(sys, "argv", [])
    assert "usage: python -m pemcheck" in run("--help").out


def test_targets_are_listed_with_the_matrix_of_rules(run: Run) -> None:
    """Which -q leaves out."""
    assert [True, False] == ["  cert-cn-not-in-san\n" in run("targets", *quiet).out for quiet in ([], ["-q"])]


def test_rules_say_on_request_what_they_are_about(run: Run) -> None:
    """By an example, or why they are asked where there is none."""
    out = run("rules", "-v").out
    assert "  input-is-jks\n    this is a Java key store (JKS), not PEM, and stays closed\n" in out
    assert "  answers-disagree\n    One of them is wrong, so nothing is concluded from either.\n" in out
    assert "documents no such rule" not in out
    assert "`python -m pemcheck rules -v` says what each is about" in run("rules").out


def test_a_target_is_shown_with_what_its_rules_compare_with(run: Run) -> None:
    """Keys, sizes and region; what it does not have is left out."""
    lines = run("targets", "cloudfront").out.splitlines()
    assert [
        "    takes:    RSA_1024, RSA_2048, RSA_3072, RSA_4096, EC_prime256v1",
        "    in doubt: RSA_3072, RSA_4096",
        "    at most:  32,768 bytes of certificate, 2,097,152 of chain",
        "    region:   us-east-1 only",
        "",
    ] == lines[1:6]
    assert [] == [each for each in ("region:", "in doubt:") if each in run("targets", "alb").out]
    assert "EC_secp521r1, RSA from 2,048 bits on" in " ".join(run("targets", "webpki").out.split())


def test_a_source_without_a_quote_stands_alone(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only of what is inferred is said that no sentence says it."""
    monkeypatch.chdir(tmp_path)
    settings = "max_certificate_bytes = 1\nmax_chain_bytes = 1\nas_of = 2026-01-01"
    demand = '[[demand]]\nrule = "{}"\nseverity = "note"\nevidence = "{}"\n'
    demands = demand.format("cert-expired", "documented") + demand.format("cert-is-ca", "inferred")
    Path("ours.toml").write_text(f"key_algorithms = []\nmin_rsa_bits = 3072\n{settings}\n{demands}")
    assert (
        "ours: ours, as of 2026-01-01\n"
        "    takes:    RSA from 3,072 bits on\n"
        "    at most:  1 bytes of certificate, 1 of chain\n"
        "\n"
        "file:ours.toml\n"
        "    note    cert-expired (documented)\n"
        "(no sentence says so)\n"
        "file:ours.toml\n"
        "    note    cert-is-ca (inferred)\n"
    ) == run("targets", "ours.toml").out


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("acm", "(AWS documents no such rule)"),
        ("webpki", "(no document says so)"),
        ("ours.toml", "(no document says so)"),
    ],
)
def test_who_is_silent_is_named(
    target: str, words: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS, where the target is AWS's."""
    monkeypatch.chdir(tmp_path)
    Path("ours.toml").write_text('extends = "acm"\n')
    Path("c.pem").write_text(leaf().pem + "a note\n")
    arguments = ("--certificate", "c.pem", "--without-key", "--at", "2026-06-01", "--format", "concise")
    ran = run(*arguments, "--target", target)
    (line,) = [each for each in ran.out.splitlines() if "pem-text-outside-blocks" in each]
    assert line.endswith(words)


def test_inspect_spells_usages_as_the_standard_does(run: Run) -> None:
    """JSON keeps its own names."""
    path = str(Path(__file__).parent.parent / "fixtures" / "clean-rsa-2048" / "certificate.pem")
    text = run("inspect", path).out

    assert "    key usage:            digitalSignature, keyEncipherment\n" in text
    assert "    extended key usage:   serverAuth\n" in text
    assert '"digital_signature"' in run("inspect", "--format", "json", path).out
