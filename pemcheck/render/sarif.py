"""
SARIF 2.1.0: what code scanning reads.  A run for each target, exactly one result per finding, no line of any file.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import os
from collections.abc import Sequence
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

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return the log; quiet changes nothing, since programs filter for themselves."""
    return dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(report) for report in reports]})


def _run(report: Report) -> dict[str, Any]:
    names = list(dict.fromkeys(finding.rule for finding in report.findings))
    driver = {
        "name": "pemcheck",
        "version": VERSION,
        "semanticVersion": VERSION,
        "rules": [_rule(report, name) for name in names],
    }
    results = [
        _result(report, finding, names.index(finding.rule), fingerprint)
        for finding, fingerprint in zip(report.findings, fingerprints(report))
    ]
    return {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"pemcheck/{quote(printable(report.target))}/"},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(report)],
        "results": results,
        "properties": {
            "target": printable(report.target),
            "verdict": report.verdict.value,
            **({"policy": set_aside(report)} if report.has_policy else {}),
        },
    }


def _rule(report: Report, name: str) -> dict[str, Any]:
    first = next(finding for finding in report.findings if finding.rule == name)
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


def _result(report: Report, finding: Finding, index: int, fingerprint: str) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}. {finding.why} Fix: {finding.fix}"},
        "locations": [_location(report, finding.at)],
        **({"relatedLocations": [_location(report, each) for each in finding.also]} if finding.also else {}),
        "partialFingerprints": {"ruleAndKey/v1": fingerprint},
        "properties": {"evidence": finding.evidence.value, "source": finding.source, "fix": finding.fix},
    }


def _location(report: Report, at: Location) -> dict[str, Any]:
    """Return a place; one that is no file is named, and stands at the certificate's file, as scanners want one."""
    place = place_of(at)
    found: dict[str, Any] = {}
    path = place.path or main_file(report)
    if path:
        found["physicalLocation"] = {"artifactLocation": {"uri": _uri(path)}, **_region(place)}
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


def _invocation(report: Report) -> dict[str, Any]:
    """Return how the run went, with all that could not be asked: without results it must not look like accepted."""
    notes: list[dict[str, Any]] = [
        {
            "level": "warning",
            "message": {"text": f"{each.check.rule} {each.message}"},
            "associatedRule": {"id": each.check.rule},
        }
        for each in questions(report)
    ]
    notes += [{"level": "note", "message": {"text": printable(line)}} for line in policy_lines([report])]
    return {
        "executionSuccessful": True,
        "endTimeUtc": time_text(report.checked_at),
        **({"toolExecutionNotifications": notes} if notes else {}),
    }
