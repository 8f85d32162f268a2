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
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *_document(reports, quiet, fail_on)]) + "\n"


def _document(reports: Sequence[Report], quiet: bool, fail_on: str) -> Iterator[str]:
    failing = FAILING[fail_on] or FAILING["error"]  # whoever fails on nothing wants to see in the report what is wrong
    suites = [_Suite(report, quiet, failing) for report in reports]
    yield f'<testsuites name="pemcheck"{_counts(suites)}>'
    for suite in suites:
        report = suite.report
        name = f"{report.target}: {main_file(report) or report.submission.at}"
        stamp = report.checked_at.strftime("%Y-%m-%dT%H:%M:%S")
        yield f'  <testsuite name={_attribute(name)}{_counts([suite])} timestamp="{stamp}">'
        yield from (line for case in suite.cases for line in case)
        said = [summary(report), *policy_lines([report])]
        yield f"    <system-out>{_text(chr(10).join(said))}</system-out>"
        yield "  </testsuite>"
    yield "</testsuites>"


class _Suite:
    """The cases of one report, and how many of them there are of each sort."""

    def __init__(self, report: Report, quiet: bool, failing: Collection[Severity]) -> None:
        self.report, self.failing = report, failing
        self.tests = self.failures = self.errors = self.skipped = 0
        findings: dict[str, list[Finding]] = {}
        for finding in report.findings:
            if not (quiet and finding.severity is Severity.NOTE):
                findings.setdefault(finding.rule, []).append(finding)
        checks: dict[str, list[Check]] = {}
        for check in report.checks:
            checks.setdefault(check.rule, []).append(check)
        self.cases = [list(self._case(rule, checks[rule], findings.get(rule, []))) for rule in checks]
        if report.submission.leaf is None and report.verdict is Verdict.UNDECIDED:
            self.tests += 1
            self.errors += 1
            self.cases.append(list(self._lines("certificate", [_element("error", "no certificate was judged", "")])))

    def _case(self, rule: str, checks: list[Check], findings: list[Finding]) -> Iterator[str]:
        self.tests += 1
        errors = [each for each in findings if each.severity in self.failing]
        remarks = [each for each in findings if each.severity not in self.failing]
        open_ones = [each for each in checks if each.outcome is Outcome.SKIP]
        inside = []
        if errors:
            self.failures += 1
            body = "\n\n".join(map(_in_full, errors))
            inside.append(_element("failure", errors[0].message, body, errors[0].severity.value))
        elif any(each in self.report.undecided for each in open_ones):
            self.errors += 1
            inside.append(_element("error", f"could not be asked: {open_ones[0].reason}", "", "undecided"))
        elif not remarks and all(each.outcome in (Outcome.SKIP, Outcome.NOT_APPLICABLE) for each in checks):
            self.skipped += 1
            reason = next((each.reason for each in checks if each.reason), "there is nothing to ask it about")
            inside.append(f"<skipped message={_attribute(reason)}/>")
        if remarks:
            inside.append(f"<system-out>{_text(chr(10).join(map(_in_full, remarks)))}</system-out>")
        yield from self._lines(rule, inside, _place([*errors, *remarks, *open_ones, *checks]))

    def _lines(self, rule: str, inside: list[str], place: str = "") -> Iterator[str]:
        start = f"    <testcase classname={_attribute(f'pemcheck.{self.report.target}')} name={_attribute(rule)}{place}"
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
    return f" file={_attribute(place.path)}" + (f' line="{place.line}"' if place.line else "")


def _in_full(it: Finding) -> str:
    return (
        f"{it.at}: {it.severity.value}: {it.rule}: {it.message}\n"
        f"why: {it.why}\nfix: {it.fix}\nsee: {it.source} ({it.evidence.value})"
    )


def _counts(suites: Sequence[_Suite]) -> str:
    names = ("tests", "failures", "errors", "skipped")
    return "".join(f' {name}="{sum(getattr(suite, name) for suite in suites)}"' for name in names)


def _element(name: str, message: str, body: str, sort: str = "") -> str:
    kind = f" type={_attribute(sort)}" if sort else ""
    return f"<{name} message={_attribute(message)}{kind}>{_text(body)}</{name}>"


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("?", printable(text)))


def _text(text: str) -> str:
    return escape(_NO_XML.sub("?", "\n".join(map(printable, text.split("\n")))))
