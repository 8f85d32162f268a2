"""Every case of ``fixtures/``: the exact report, and that it breaks the rule it is named after and no other."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from fixtures.generate import CASES, EXPECTED, HERE, find_strangers
from pemcheck import checking
from pemcheck.findings import Report, Severity, Verdict
from pemcheck.render import render
from pemcheck.rules import BY_NAME

FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
OPTIONS = {"target", "at", "hostname", "without-key"}

WITHOUT_CASE = {
    "answers-disagree": "two implementations that disagree are a bug of one of them; see test_rules.py",
    "chain-known-bad-cert": "known by the SHA-256 of real certificates, which nobody can build; see test_rules.py",
}
"""Rules that no made-up submission can break, and why."""

ALSO = {
    "cert-explicit-curve": ({"key-explicit-curve"}, "the certificate was made from a key that spells its curve out"),
    "cert-issuer-empty": ({"chain-missing"}, "nobody can find the chain of an issuer without a name"),
    "chain-contains-non-cert": ({"chain-missing"}, "the key stands where the chain should"),
    "input-has-non-ascii": ({"pem-text-outside-blocks"}, "such characters matter only in text outside of the blocks"),
    "key-algorithm-not-accepted": ({"key-does-not-match"}, "asked only of a key that is not the certificate's"),
    "key-curve-not-accepted": ({"key-does-not-match"}, "asked only of a key that is not the certificate's"),
    "key-size-not-accepted": ({"key-does-not-match"}, "asked only of a key that is not the certificate's"),
}
"""Which other errors and warnings the case of a rule cannot avoid, and why."""


def read_header(text: str) -> dict[str, list[str]]:
    """Return the options in the header of an ``expected.txt``; each may be there several times."""
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        option, _, value = line.partition(": ")
        found.setdefault(option, []).append(value)
    return found


def judge(folder: Path, header: dict[str, list[str]]) -> Report:
    """Return the report on the files in *folder*; a file that is not there is not given."""
    certificate, key, chain = ((folder / name).read_bytes() if (folder / name).exists() else None for name in FILES)
    return checking.check(
        certificate,
        key,
        chain,
        target=header["target"][0],
        at=header["at"][0],
        hostnames=header.get("hostname", ()),
        without_key="without-key" in header,
        names=FILES,
    )


def read_expected(name: str) -> tuple[str, str]:
    """Return header and report of a case's ``expected.txt``."""
    header, _, report = (HERE / name / EXPECTED).read_bytes().decode().partition("\n\n")
    return header, report


@cache
def report_of(name: str) -> Report:
    """Return the report on a case, as it is on the disk."""
    return judge(HERE / name, read_header(read_expected(name)[0]))


def said(report: Report, *severities: Severity) -> set[str]:
    """Return the rules that are broken with one of *severities*."""
    return {finding.rule for finding in report.findings if finding.severity in severities}


@pytest.mark.parametrize("name", CASES)
def test_the_report_is_the_expected_one(name: str, pytestconfig: pytest.Config) -> None:
    """Not a word of any report changes without a diff that somebody has read."""
    header, expected = read_expected(name)
    actual = render([report_of(name)], "text")
    if pytestconfig.getoption("--rebase"):
        (HERE / name / EXPECTED).write_bytes(f"{header}\n\n{actual}".encode())
        expected = actual
    assert expected == actual


@pytest.mark.parametrize("name", CASES)
def test_every_option_of_a_case_is_used(name: str) -> None:
    """A header says nothing that this test does not pass on."""
    assert set() == read_header(read_expected(name)[0]).keys() - OPTIONS


def test_every_folder_is_a_case() -> None:
    """What no table makes is not there."""
    assert [] == find_strangers(CASES)


@pytest.mark.parametrize("name", CASES)
def test_every_case_has_its_folder(name: str) -> None:
    """What a table makes is there, file by file."""
    assert {*CASES[name].contents(), EXPECTED} == {path.name for path in (HERE / name).iterdir()}


@pytest.mark.parametrize("name", [name for name in CASES if name in BY_NAME])
def test_a_case_named_after_a_rule_breaks_it_and_no_other(name: str) -> None:
    """Errors and warnings besides the rule's own stand in the table, with the reason; notes are free."""
    also, _ = ALSO.get(name, (set(), ""))
    others = said(report_of(name), Severity.ERROR, Severity.WARNING) - {name}
    assert (also, True) == (others, name in said(report_of(name), *Severity))


def test_the_table_of_other_findings_names_cases_of_rules() -> None:
    """An exception does not outlive its case."""
    assert set() == ALSO.keys() - (CASES.keys() & BY_NAME.keys())


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("clean-")])
def test_a_clean_case_is_accepted_without_a_warning(name: str) -> None:
    """What is right is not complained about."""
    report = report_of(name)
    assert (Verdict.ACCEPTED, set()) == (report.verdict, said(report, Severity.ERROR, Severity.WARNING))


def test_every_rule_has_a_case_that_breaks_it() -> None:
    """A rule that nothing breaks is not known to work."""
    assert set(WITHOUT_CASE) == set(BY_NAME) - set(CASES)
