"""
SARIF 2.1.0: what code scanning reads.  A run for each target, exactly one result per finding, no line of any file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from ..facts import time_text
from ..findings import Finding, Report, Severity, set_aside
from ..policy import fingerprints
from ..rules import BY_NAME
from ..source import Location, printable
from ..version import VERSION
from .as_json import dump
from .places import Place, main_file, place_of, questions
from .text import policy_lines

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


_ROOT = "%SRCROOT%"
"""What scanners take for the root of the repository (SARIF 3.14.14); which folder that is, they know."""


def render(reports: Sequence[Report], quiet: bool = False, roots: Sequence[str] = ()) -> str:
    """Return the log; quiet changes nothing, since programs filter for themselves."""
    return dump({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report, roots) for report in reports]})


def _run(report: Report, roots: Sequence[str]) -> dict[str, Any]:
    rules: dict[str, dict[str, Any]] = {}
    found = list(results(report, roots, rules))
    return {
        **run_of(rules, report.target, roots),
        "invocations": [invocation([*notes(report)], report.checked_at)],
        "results": found,
        "properties": {
            "target": printable(report.target),
            "verdict": report.verdict.value,
            **({"policy": set_aside(report)} if report.has_policy else {}),
        },
    }


def run_of(rules: Mapping[str, dict[str, Any]], name: str, roots: Sequence[str]) -> dict[str, Any]:
    """Return what a run says of itself: the program with its *rules*, what the run is called."""
    driver = {"name": "pemcheck", "version": VERSION, "semanticVersion": VERSION, "rules": [*rules.values()]}
    root = {_ROOT: {"description": {"text": "the root of the repository"}}} if roots else {}
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"pemcheck/{quote(printable(name))}/"},
        **({"originalUriBaseIds": root} if root else {}),
        "columnKind": "unicodeCodePoints",
    }


def results(report: Report, roots: Sequence[str], rules: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a result for each finding, and add to *rules* those that are not in it yet."""
    for finding, fingerprint in zip(report.findings, fingerprints(report)):
        rules.setdefault(finding.rule, _rule(finding))
        yield _result(report, roots, finding, [*rules].index(finding.rule), fingerprint)


def _rule(first: Finding) -> dict[str, Any]:
    name = first.rule
    why = BY_NAME[name].why
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": why},
        "fullDescription": {"text": why},
        "help": {"text": f"{why}\n\npemcheck explain {name}", "markdown": f"{why}\n\n`pemcheck explain {name}`"},
        **({"helpUri": first.source} if first.source.startswith("https://") else {}),
        "defaultConfiguration": {"level": _LEVELS[first.severity]},
        "properties": {"tags": ["security", "certificate"]},
    }


def _result(report: Report, roots: Sequence[str], finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": unlinked(f"{finding.message}. {finding.why} Fix: {finding.fix}")},
        "locations": [_location(report, roots, finding.at)],
        **({"relatedLocations": [_location(report, roots, each) for each in finding.also]} if finding.also else {}),
        "partialFingerprints": {"ruleAndKey/v1": fingerprint},
        "properties": {"evidence": finding.evidence.value, "source": finding.source, "fix": finding.fix},
    }


def unlinked(text: str) -> str:
    """Return *text* for a message, in which ``[text](target)`` would be a link (section 3.11.6)."""
    return re.sub(r"([\[\]\\])", r"\\\1", text) if "](" in text else text


def _location(report: Report, roots: Sequence[str], at: Location) -> dict[str, Any]:
    """Return a place; one that is no file is named, and stands at the certificate's file, as scanners want one."""
    place = place_of(at, roots)
    found: dict[str, Any] = {}
    path = place.path or main_file(report, roots)
    if path:
        file = {"uri": _uri(os.path.abspath(path) if place.outside else path)}
        if roots and not place.outside:
            file["uriBaseId"] = _ROOT
        found["physicalLocation"] = {"artifactLocation": file, **_region(place)}
    logical = at.path or ("" if place.path and not at.member else str(at))
    if logical:
        found["logicalLocations"] = [{"fullyQualifiedName": printable(logical)}]
    return found


def _region(place: Place) -> dict[str, Any]:
    if place.line is None:
        return {}
    region = {"startLine": place.line, "startColumn": place.column, "endLine": place.end_line}
    return {"region": {name: value for name, value in region.items() if value is not None}}


def _uri(path: str) -> str:
    """Return a path as a URI: relative where it is, so that a scanner finds it in the repository."""
    slashed = path.replace(os.sep, "/")
    quoted = quote(slashed)
    return f"file://{quoted}" if os.path.isabs(path) else quoted


def notes(report: Report, about: str = "") -> Iterator[dict[str, Any]]:
    """
    Yield all that could not be asked, and what was set aside: without results it must not look like accepted.

    *about* stands before each, where it could be about something else.
    """
    for each in questions(report):
        yield {**note(f"{about}{each.check.rule} {each.message}"), "associatedRule": {"id": each.check.rule}}
    for line in policy_lines([report]):
        yield note(f"{about}{line}", "note")


def note(text: str, level: str = "warning") -> dict[str, Any]:
    """Return something to be told that is no result."""
    return {"level": level, "message": {"text": unlinked(printable(text))}}


def invocation(notes: Sequence[dict[str, Any]], ended: datetime) -> dict[str, Any]:
    """Return how the run went, with its *notes*."""
    return {
        "executionSuccessful": True,
        "endTimeUtc": time_text(ended),
        **({"toolExecutionNotifications": notes} if notes else {}),
    }
