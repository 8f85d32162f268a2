"""Every case of ``fixtures/``: the exact report, and that it breaks the rule it is named after and no other."""

from __future__ import annotations

import pytest

from fixtures.generate import CASES, EXPECTED, HERE, find_strangers
from fixtures.judged import FILES, OPTIONS, REPLACES, TRUST_STORE, read_expected, read_header, report_of
from pemcheck import crypto
from pemcheck.findings import Report, Severity, Verdict
from pemcheck.render import render
from pemcheck.rules import BY_NAME
from pemcheck.targets import known

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
    "cert-newer-without-key": ({"chain-contains-unrelated"}, "among three files, it can only stand in the chain"),
    "input-not-decrypted": ({"input-is-pkcs12"}, "the certificate is in what stays closed"),
    "key-algorithm-not-accepted": ({"key-does-not-match"}, "asked only of a key that is not the certificate's"),
    "key-curve-not-accepted": ({"key-does-not-match"}, "asked only of a key that is not the certificate's"),
    "key-size-not-accepted": ({"key-does-not-match"}, "asked only of a key that is not the certificate's"),
    "reimport-domains-removed": ({"cert-no-domain"}, "a certificate without a name is refused or useless by itself"),
}
"""Which other errors and warnings the case of a rule cannot avoid, and why."""


NEED_LIBCRYPTO = ("key-encrypted", "key-encrypted-legacy")
"""Cases whose report recommends to decrypt with AES or triple DES."""


def said(report: Report, *severities: Severity) -> set[str]:
    """Return the rules that are broken with one of *severities*."""
    return {finding.rule for finding in report.findings if finding.severity in severities}


@pytest.mark.parametrize("name", CASES)
def test_the_report_is_the_expected_one(name: str, pytestconfig: pytest.Config) -> None:
    """Not a word of any report changes without a diff that somebody has read."""
    if name in NEED_LIBCRYPTO and crypto.backend()["unavailable"] is not None:
        pytest.skip("decrypting takes a libcrypto")
    header, expected = read_expected(name)
    actual = render([report_of(name)], "text")
    if pytestconfig.getoption("--rebase"):
        (HERE / name / EXPECTED).write_bytes(f"{header}\n\n{actual}".encode())
        expected = actual
    assert expected == actual


@pytest.mark.parametrize("name", CASES)
def test_every_option_of_a_case_is_used(name: str) -> None:
    """A header says nothing, and a folder holds nothing, that is not passed on."""
    files = {*FILES, REPLACES, TRUST_STORE}
    assert (set(), set()) == (
        read_header(read_expected(name)[0]).keys() - OPTIONS,
        CASES[name].contents().keys() - files,
    )


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


@pytest.mark.parametrize(("rule", "target"), [(r, t) for r in BY_NAME for t in known() if f"{r}-{t}" in CASES])
def test_a_case_named_after_a_rule_and_a_target_is_about_both(rule: str, target: str) -> None:
    """What differs between targets can be seen side by side, everything else being equal."""
    report = report_of(f"{rule}-{target}")
    others = said(report, Severity.ERROR, Severity.WARNING) - {rule}
    assert (target, set(), True) == (report.target, others, rule in said(report, *Severity))


@pytest.mark.parametrize("name", [name for name in CASES if name.startswith("clean-")])
def test_a_clean_case_is_accepted_without_a_warning(name: str) -> None:
    """What is right is not complained about."""
    report = report_of(name)
    assert (Verdict.ACCEPTED, set()) == (report.verdict, said(report, Severity.ERROR, Severity.WARNING))


def test_every_rule_has_a_case_that_breaks_it() -> None:
    """A rule that nothing breaks is not known to work."""
    assert set(WITHOUT_CASE) == set(BY_NAME) - set(CASES)
