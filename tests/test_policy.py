"""What a user makes of a report: rules chosen, left out and weighed, always in plain sight."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fixtures.generate import CASES
from fixtures.ran import Ran, Run, given
from pemcheck.render import FORMATS

ROLES = ("certificate", "private-key", "certificate-chain")
SCHEMA = Path(__file__).resolve().parent.parent / "docs" / "report.schema.json"
HIDES = ("--ignore", "cert-expired")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder of one's own, and return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def last(ran: Ran) -> str:
    """Return the paragraph that ends a report, in one line."""
    lines = ran.out.splitlines()
    start = max(number for number, line in enumerate(lines) if not line.startswith("  "))
    return " ".join(" ".join(lines[start:]).split())


def report(ran: Ran) -> Any:
    """Return the one report of the JSON, which is what its schema says."""
    document = json.loads(ran.out)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_bytes())).validate(document)
    (found,) = document["reports"]
    return found


# ------------------------------------------------------------------------------------------- what is left out


@pytest.mark.parametrize(
    ("options", "by"),
    [
        (["--ignore", "cert-expired"], "--ignore"),
        (["--ignore", "key-missing, cert-exp*"], "--ignore"),
        (["--ignore", "key-missing", "--ignore", "cert-expired"], "--ignore"),
        (["--severity", "cert-expired=off"], "--severity"),
        (["--select", "key-*,chain-*"], "--select"),
    ],
    ids=" ".join,
)
def test_an_error_that_is_left_out_refuses_no_more(options: list[str], by: str, run: Run) -> None:
    """And verdict and last line say that it is there, and who left it out."""
    ran = run(*given(CASES["cert-expired"]), *options)

    assert (0, "acm: accepted, 1 error ignored") == (ran.status, ran.out.splitlines()[0])
    assert last(ran).startswith(f"ignored by {by}: cert-expired (1 error)")


def test_other_errors_still_refuse(run: Run) -> None:
    """Only what is named is left out."""
    ran = run(*given(CASES["key-does-not-match"]), *HIDES)

    assert (1, "ignored by --ignore: 1 rule that finds nothing here") == (ran.status, last(ran))


def test_without_a_policy_there_is_no_line_about_one(run: Run) -> None:
    """Neither in text nor in JSON."""
    arguments = given(CASES["cert-expired"])

    assert "ignored" not in run(*arguments).out
    assert {"target", "verdict", "findings", "checks"} == set(report(run(*arguments, "--format", "json")))


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_says_accepted_alone(form: str, run: Run) -> None:
    """What was ignored, and by whom, is in each of them."""
    out = run(*given(CASES["cert-expired"]), *HIDES, "--format", form).out

    assert ("cert-expired" in out, "--ignore" in out) == (True, True)


@pytest.mark.parametrize("form", FORMATS)
def test_every_target_says_what_it_left_out(form: str, run: Run) -> None:
    """With several of them, too."""
    out = run(*given(CASES["cert-expired"]), *HIDES, "--target", "acm", "--target", "iam", "--format", form).out

    assert out.count("--ignore") >= 2


def test_markdown_says_of_each_target_what_was_left_out(run: Run) -> None:
    """In a list: two lines would be one paragraph."""
    arguments = [*given(CASES["cert-expired"]), *HIDES, "--format", "markdown", "--target", "acm"]
    lines = run(*arguments, "--target", "iam").out.splitlines()

    assert ["* acm: ignored by", "* iam: ignored by"] == [line[:17] for line in lines[-2:]]
    assert run(*arguments).out.splitlines()[-1].startswith("ignored by")


def test_json_has_all_that_was_set_aside(run: Run) -> None:
    """The finding, the rules, and by whom."""
    arguments = [*given(CASES["cert-expired"]), *HIDES, "--severity", "key-missing=off", "--format", "json"]
    found = report(run(*arguments))
    ignored = {"rule": "cert-expired", "severity": "error", "file": "certificate.pem", "line": 1, "by": "--ignore"}

    assert ("accepted", [], [ignored]) == (found["verdict"], found["findings"], found["ignored"])
    assert [
        {"rule": "cert-expired", "by": "--ignore", "outcome": "fail"},
        {"rule": "key-missing", "by": "--severity", "outcome": "pass"},
    ] == found["left_out"]
    assert {"cert-expired", "key-missing"}.isdisjoint(each["rule"] for each in found["checks"])


def test_a_rule_that_could_not_be_asked_is_named_where_it_is_left_out(run: Run) -> None:
    """Undecided becomes accepted only together with the name of what decides it."""
    arguments = [*given(CASES["clean-rsa-2048"]), "--target", "cloudfront"]
    ran = run(*arguments, "--ignore", "cert-not-pub*")

    assert (2, 0, "cloudfront: accepted") == (run(*arguments).status, ran.status, ran.out.splitlines()[0])
    assert "ignored by --ignore: cert-not-publicly-trusted (could not be asked)" == last(ran)


# ------------------------------------------------------------------------------------------------- severities


@pytest.mark.parametrize(("level", "status"), [("error", 1), ("warning", 0), ("note", 0)])
def test_a_finding_has_the_severity_that_it_is_given(level: str, status: int, run: Run) -> None:
    """An error refuses, whatever the target thinks of it."""
    ran = run(*given(CASES["cert-not-version-3"]), "--ignore", "chain-*", "--severity", f"cert-not-version-3 = {level}")

    assert (status, f"certificate.pem:1: {level}: cert-not-version-3") == (
        ran.status,
        next(line for line in ran.out.splitlines() if line.endswith("cert-not-version-3")),
    )


def test_a_passing_submission_is_refused_by_a_severity(run: Run) -> None:
    """A note that counts as an error; the last line says whose word that is."""
    arguments = given(CASES["cert-allows-client-auth"])
    ran = run(*arguments, "--severity", "cert-allows-client-auth=error")

    assert (0, 1) == (run(*arguments).status, ran.status)
    assert "weighed by --severity: cert-allows-client-auth (error instead of note)" == last(ran)


def test_an_error_that_is_made_milder_stands_in_the_verdict(run: Run) -> None:
    """As one that is ignored does; the target's own severity is told beside the user's."""
    arguments = [*given(CASES["cert-expired"]), "--severity", "cert-expired=warning"]
    ran, found = run(*arguments), report(run(*arguments, "--format", "json"))

    assert "acm: accepted (1 warning), 1 error made milder" in ran.out.splitlines()
    assert "weighed by --severity: cert-expired (warning instead of error)" == last(ran)
    assert [{"rule": "cert-expired", "by": "--severity", "was": "error", "now": "warning"}] == found["weighed"]


def test_a_severity_that_changes_nothing_is_not_told(run: Run) -> None:
    """It is the target's."""
    arguments = given(CASES["cert-expired"])

    assert run(*arguments) == run(*arguments, "--severity", "cert-expired=error")


def test_a_severity_that_turns_undecided_into_accepted_is_told(run: Run) -> None:
    """Though no finding has it."""
    arguments = [*given(CASES["clean-rsa-2048"]), "--target", "cloudfront"]
    ran = run(*arguments, "--severity", "cert-not-publicly-trusted=note")

    assert (0, "weighed by --severity: cert-not-publicly-trusted (note instead of error)") == (ran.status, last(ran))


# -------------------------------------------------------------------------------------------- the exit status


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("clean-rsa-2048", (0, 0, 0)),
        ("cert-allows-client-auth", (0, 0, 0)),
        ("cert-expires-soon", (0, 1, 0)),
        ("cert-expired", (1, 1, 0)),
        ("chain-by-unknown-algorithm", (2, 2, 2)),
    ],
)
def test_the_status_is_what_fail_on_says(name: str, statuses: tuple[int, ...], run: Run) -> None:
    """1 for a finding as bad, else 2 where something could not be told; the verdict stays as it is."""
    arguments = given(CASES[name])
    found = [run(*arguments, "--fail-on", level) for level in ("error", "warning", "never")]

    assert statuses == tuple(each.status for each in found)
    assert {run(*arguments).out} == {each.out for each in found}


# ---------------------------------------------------------------------------------------- what cannot be meant


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--ignore", "cert-expird"], "--ignore: there is no rule 'cert-expird'; did you mean cert-expired?"),
        (["--select", "cret-*"], "--select: there is no rule 'cret-*'; "),
        (["--ignore", "zzzzzz"], "--ignore: there is no rule 'zzzzzz'; `pemcheck rules` lists them"),
        (["--severity", "cert-expird=note"], "--severity: there is no rule 'cert-expird'; did you mean cert-expired?"),
        (["--severity", "cert-expired"], "--severity: 'cert-expired' is not RULE=LEVEL; a level is error, warning"),
        (["--severity", "cert-expired=bad"], "--severity: 'cert-expired=bad' is not RULE=LEVEL"),
        (["--severity", "cert-expired=note,cert-*=off"], "cert-expired is given two levels, note and off"),
        (["--ignore", " , "], "--ignore: no rule is named"),
        (["--select", ""], "--select: no rule is named"),
        (["--ignore", "*"], "no rule is left: all of them are ignored, or not selected"),
        (["--select", "cert-expired", "--ignore", "cert-*"], "no rule is left"),
        (["--select", "cert-expired,key-*", "--ignore", "cert-expired"], "--ignore leaves cert-expired out, and"),
        (["--severity", "cert-expired=note", "--ignore", "cert-expired"], "and --severity names it"),
        (["--fail-on", "note"], "invalid choice: 'note'"),
        (["--ignore", "\x1b[2J"], "there is no rule '\\u{001b}[2J'"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_meant_is_one_sentence(
    options: list[str], expected: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On stderr, status 2, and nothing is judged."""
    monkeypatch.setattr(sys, "argv", ["pemcheck"])
    ran = run(*given(CASES["clean-rsa-2048"]), *options)

    assert (2, "", 1) == (ran.status, ran.out, ran.err.count("\n"))
    assert expected in ran.err.replace("python -m pemcheck rules", "pemcheck rules")


def test_a_check_without_a_policy_loads_none() -> None:
    """Start-up costs nothing more: no policy, no baseline, no reader of TOML."""
    arguments = given(CASES["clean-rsa-2048"])
    code = (
        "import sys; from pemcheck.cli import main; status = main(sys.argv[1:]); "
        "print(status, sorted({'pemcheck.policy', 'pemcheck.baseline', "
        "'pemcheck.targets.toml', 'pemcheck.writing'} & sys.modules.keys()))"
    )
    Path("pyproject.toml").write_text('[project]\ndependencies = ["pemcheck"]\n')
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)

    assert "0 []" == ran.stdout.splitlines()[-1]
