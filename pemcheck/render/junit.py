"""
JUnit's XML, as CI servers read it: a suite for each target's report on the submission, a case for each rule.

There is no standard; this keeps to what https://github.com/testmoapp/junitxml describes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from ..findings import FAILING, Check, Finding, Outcome, Report, Severity, Verdict
from ..source import printable
from .places import main_file, place_of
from .text import policy_lines, summary

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(reports: Sequence[Report], quiet: bool = False, fail_on: str = "error") -> str:
    """
    Return the document.

    An error is a failure, and a warning where *fail_on* makes it count; else it is a remark, as a note is.  What leaves
    the verdict open is an error.
    """
    return "\n".join([HEAD, *_document(reports, quiet, fail_on)]) + "\n"


HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def failures(fail_on: str) -> Collection[Severity]:
    """Return the severities that are failures where *fail_on* makes the exit status 1."""
    return FAILING[fail_on] or FAILING["error"]  # whoever fails on nothing wants to see in the report what is wrong


def _document(reports: Sequence[Report], quiet: bool, fail_on: str) -> Iterator[str]:
    failing = failures(fail_on)
    suites = [Suite(report, main_file(report) or str(report.submission.at), quiet, failing) for report in reports]
    yield f'<testsuites name="pemcheck"{_counts(suites)}>'
    for suite in suites:
        yield from suite.lines()
    yield "</testsuites>"


class Suite:
    """The cases of one report, and how many of them there are of each sort; *place* is what it is about."""

    def __init__(self, report: Report, place: str, quiet: bool, failing: Collection[Severity]) -> None:
        self.report, self.failing = report, failing
        self.name = f"{report.target}: {place}"
        self.tests = self.failures = self.errors = self.skipped = 0
        findings: dict[str, list[Finding]] = {}
        for finding in report.findings:
            if not (quiet and finding.severity is Severity.NOTE):
                findings.setdefault(finding.rule, []).append(finding)
        checks: dict[str, list[Check]] = {}
        for check in report.checks:
            checks.setdefault(check.rule, []).append(check)
        rules = dict.fromkeys([*checks, *findings])  # a scan keeps no check that passed or failed
        self.cases = [list(self._case(rule, checks.get(rule, []), findings.get(rule, []))) for rule in rules]
        if report.submission.leaf is None and report.verdict is Verdict.UNDECIDED:
            self.tests += 1
            self.errors += 1
            self.cases.append(list(self._lines("certificate", [element("error", "no certificate was judged", "")])))
        elif not self.cases:
            self.tests += 1
            self.cases.append(list(self._lines("certificate", [])))

    def lines(self) -> Iterator[str]:
        """Yield the lines of the suite."""
        report = self.report
        stamp = report.checked_at.strftime("%Y-%m-%dT%H:%M:%S")
        yield f'  <testsuite name={attribute(self.name)}{_counts([self])} timestamp="{stamp}">'
        yield from (line for case in self.cases for line in case)
        said = [summary(report), *policy_lines([report])]
        yield f"    <system-out>{_text(chr(10).join(said))}</system-out>"
        yield "  </testsuite>"

    def _case(self, rule: str, checks: list[Check], findings: list[Finding]) -> Iterator[str]:
        self.tests += 1
        errors = [each for each in findings if each.severity in self.failing]
        remarks = [each for each in findings if each.severity not in self.failing]
        open_ones = [each for each in checks if each.outcome is Outcome.SKIP]
        inside = []
        if errors:
            self.failures += 1
            body = "\n\n".join(map(_in_full, errors))
            inside.append(element("failure", errors[0].message, body, errors[0].severity.value))
        elif any(each in self.report.undecided for each in open_ones):
            self.errors += 1
            inside.append(element("error", f"could not be asked: {open_ones[0].reason}", "", "undecided"))
        elif not remarks and all(each.outcome in (Outcome.SKIP, Outcome.NOT_APPLICABLE) for each in checks):
            self.skipped += 1
            reason = next((each.reason for each in checks if each.reason), "there is nothing to ask it about")
            inside.append(f"<skipped message={attribute(reason)}/>")
        if remarks:
            inside.append(f"<system-out>{_text(chr(10).join(map(_in_full, remarks)))}</system-out>")
        yield from self._lines(rule, inside, _place([*errors, *remarks, *open_ones, *checks]))

    def _lines(self, rule: str, inside: list[str], place: str = "") -> Iterator[str]:
        start = f"    <testcase classname={attribute(f'pemcheck.{self.report.target}')} name={attribute(rule)}{place}"
        if not inside:
            yield f"{start}/>"
            return
        yield f"{start}>"
        yield from (f"      {each}" for each in inside)
        yield "    </testcase>"


def _place(about: Sequence[Finding | Check]) -> str:
    """Return the attributes that say where the first of what a case is *about* stands, if that is in a file."""
    place = next((place_of(each.at) for each in about if each.at is not None), None)
    if place is None or not place.path:
        return ""
    return f" file={attribute(place.path)}" + (f' line="{place.line}"' if place.line else "")


def _in_full(it: Finding) -> str:
    return (
        f"{it.at}: {it.severity.value}: {it.rule}: {it.message}\n"
        f"why: {it.why}\nfix: {it.fix}\nsee: {it.source} ({it.evidence.value})"
    )


def _counts(suites: Sequence[Suite]) -> str:
    names = ("tests", "failures", "errors", "skipped")
    return "".join(f' {name}="{sum(getattr(suite, name) for suite in suites)}"' for name in names)


def element(name: str, message: str, body: str, sort: str = "") -> str:
    """Return an element of a case: what it says, in short and in full."""
    kind = f" type={attribute(sort)}" if sort else ""
    return f"<{name} message={attribute(message)}{kind}>{_text(body)}</{name}>"


def attribute(text: str) -> str:
    """Return *text* as the value of an attribute, in quotes."""
    return quoteattr(_NO_XML.sub("?", printable(text)))


def _text(text: str) -> str:
    return escape(_NO_XML.sub("?", "\n".join(map(printable, text.split("\n")))))
