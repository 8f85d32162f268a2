"""What people reported in public threads: the report names the cause that they found."""

from __future__ import annotations

import re

import pytest

from fixtures.cases.threads import THREADS
from fixtures.generate import HERE
from fixtures.judged import report_of
from pemcheck.findings import Severity, Verdict

TAKEN = {
    "thread-05-no-chain": "the import worked, and clients complained",
    "thread-10-bundle-on-iam": "IAM moves the others into the chain",
    "thread-10-cr-lf-on-iam": "IAM rewrites line ends",
    "thread-20-client-certificate": "AWS's own tutorials import such a certificate",
    "thread-23-sha-1-and-an-address-are-imported": "ACM took it, and Terraform crashed",
    "thread-26-rsa-4096-not-listed": "it is there, but not in the list",
}
"""What AWS took in spite of it, as the threads tell."""


def number(name: str) -> int:
    """Return the number of the case that a folder stands for."""
    match = re.fullmatch(r"thread-(\d\d)-[a-z0-9-]+", name)
    assert match, name
    return int(match.group(1))


@pytest.mark.parametrize("name", THREADS)
def test_the_report_names_the_cause_that_the_thread_found(name: str) -> None:
    """Whoever comes with the same files is told what the thread took days to find."""
    found = {finding.rule: finding.severity for finding in report_of(name).findings}
    assert Severity(THREADS[name].severity) == found.get(THREADS[name].rule)


@pytest.mark.parametrize("name", THREADS)
def test_the_cause_stands_first(name: str) -> None:
    """Nothing more severe hides the cause: what is reported first is at least as much to the point."""
    assert report_of(name).findings[0].severity is Severity(THREADS[name].severity)


@pytest.mark.parametrize("name", TAKEN)
def test_what_aws_took_is_accepted(name: str) -> None:
    """A fault that the import survived is no reason to refuse."""
    assert Verdict.ACCEPTED is report_of(name).verdict


@pytest.mark.parametrize("name", THREADS)
def test_every_thread_has_its_folder(name: str) -> None:
    """What the table tells can be looked at."""
    assert (HERE / name / "expected.txt").is_file()


def test_the_threads_are_named() -> None:
    """A case that nobody can look up is a story."""
    known = re.compile(r"[\w.-]+/[\w.-]+(#| PR )\d+|README of a public infrastructure repository")
    assert [] == [name for name, thread in THREADS.items() if not known.fullmatch(thread.thread)]


def test_at_least_25_cases_are_rebuilt() -> None:
    """Cases are counted, not their variants; there are 42."""
    numbers = {number(name) for name in THREADS}
    assert len(numbers) >= 25
    assert numbers <= set(range(1, 43))
