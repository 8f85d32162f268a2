"""What ``explain`` prints: one rule in full, or what may be behind a message; and what of it is true of some files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import explain
from ..findings import Finding, Outcome, Report, Severity
from ..recognise import CODE, PART, WHOLE, Match
from ..rules import BY_NAME
from ..source import printable
from ..targets import known
from .as_json import dump
from .text import finding_lines, told_once, wrap

_KINDS = {
    WHOLE: "AWS says:",
    PART: "This is part of what AWS says:",
    CODE: "By its code alone, this may be what AWS says:",
}
_LEFT = "Which of them it is, the files tell: give --certificate, --private-key and --certificate-chain as well."
_NOTHING = "None of pemcheck's rules is about this message."


def render(form: str, matches: Sequence[Match], names: Sequence[str], reports: Sequence[Report]) -> str:
    """Return what is to be said of the rules called *names*, which *matches* led to, and which *reports* judged."""
    if form == "json":
        return dump(_json(matches, names, reports))
    lines = [*(_messages(matches, names, reports) if matches else _rule(names[0]))]
    if reports:
        lines += ["", *_here(names, reports)]
    return "\n".join(lines) + "\n"


# -------------------------------------------------------------------------------------------------------- text


def _rule(name: str) -> Iterator[str]:
    rule = BY_NAME[name]
    yield f"{name} (asked about: {rule.on.name})"
    yield from wrap(rule.why, "    ", "    ")
    texts = explain.aws_says(rule)
    if texts:
        yield from ("", "AWS says:")
        for text in texts:
            yield from wrap(f"“{text}”", "    ", "    ")
    example = explain.example(name)
    fix = explain.fix(rule)
    if example is not None:
        yield from ("", "for example:", "", example.text)
    elif fix:
        yield from ("", "how to mend it:", *wrap(fix, "    ", "    "))
    groups = explain.asked(name)
    yield from ("", "who asks it:" if groups else "No built-in target asks it.")
    for asked in groups:
        yield from wrap(f"{asked.severity} ({asked.evidence}): {', '.join(asked.targets)}", "    ", " " * 8)
        if asked.quote:
            yield from wrap(f"“{asked.quote}”", " " * 8, " " * 8)
        yield f"        {asked.source}"


def _messages(matches: Sequence[Match], names: Sequence[str], reports: Sequence[Report]) -> Iterator[str]:
    previous = ""
    for match in matches:
        heading = _KINDS[match.kind]
        if heading != previous:
            yield heading
            previous = heading
        yield from wrap(f"“{match.message.shown}”", "    ", "    ")
        if match.message.source:
            yield f"    {match.message.source}"
        if match.message.also:
            yield from wrap(match.message.also, "    ", "    ")
    failing = [name for name in names if explain.here(name, reports).outcome is Outcome.FAIL]
    if not names:
        yield from ("", _NOTHING)
    elif failing:
        yield from ("", *wrap(f"What may be behind it, the likeliest first: {', '.join(names)}.", "", "    "))
    else:
        yield from ("", "What may be behind it, the likeliest first:")
        for name in names:
            yield from ("", *_candidate(name))
        yield ""
        if not reports:
            yield from wrap(_LEFT, "", "")
        yield from wrap("`python -m pemcheck explain RULE` says more of each.", "", "")


def _candidate(name: str) -> Iterator[str]:
    rule = BY_NAME[name]
    example = explain.example(name)
    yield name
    if example is not None:
        yield from wrap(example.message, "    e.g.: ", "          ")
    yield from wrap(rule.why, "    why:  ", "          ")
    if fix := explain.fix(rule):
        yield from wrap(fix, "    fix:  ", "          ")


def _here(names: Sequence[str], reports: Sequence[Report]) -> Iterator[str]:
    """Say which rules fail, which do not, and which were not asked; then what else is wrong."""
    found = {name: explain.here(name, reports) for name in names}
    targets = ", ".join(report.target for report in reports)
    failing = [name for name in names if found[name].outcome is Outcome.FAIL]
    findings = [pair for name in failing for pair in found[name].findings]
    if failing:
        severities = [f"{name} ({_worst(found[name].findings)})" for name in failing]
        yield from wrap(f"Fails in these files, for {targets}: {', '.join(severities)}.", "", "    ")
        if all(finding.severity is not Severity.ERROR for _, finding in findings):
            yield from wrap("That is no error: pemcheck expects no refusal because of it.", "", "")
        for told in told_once((report.target, finding) for report, finding in findings):
            yield from ("", *finding_lines(told, len(reports) > 1))
        yield ""
    elif names:
        which = "None of these rules fails" if len(names) > 1 else f"{names[0]} does not fail"
        yield from wrap(f"{which} in these files, for {targets}.", "", "")
    yield from _not_failing(found, targets)
    yield from _besides(names, reports)


def _not_failing(found: Mapping[str, explain.Here], targets: str) -> Iterator[str]:
    titles = {
        Outcome.PASS: "passed",
        Outcome.NOT_APPLICABLE: "what it is about is not here",
        None: f"not asked by {targets}",
    }
    for name, here in found.items():
        if here.outcome is Outcome.SKIP:
            yield from wrap(f"could not be asked: {name}: {printable(here.reason)}", "  ", "      ")
    for outcome, title in titles.items():
        names = [name for name, here in found.items() if here.outcome is outcome]
        if names:
            yield from wrap(f"{title}: {', '.join(names)}", "  ", "      ")


def _besides(names: Sequence[str], reports: Sequence[Report]) -> Iterator[str]:
    """Name the errors beside those asked about; a file that was left out is none."""
    others = {
        finding.rule: None
        for report in reports
        for finding in report.findings
        if finding.severity is Severity.ERROR and finding.rule not in names
        if finding.rule != "cert-missing" or any(each.role == "certificate" for each in report.submission.inputs)
    }
    if others:
        shown = f"besides, an error: {', '.join(others)} (`python -m pemcheck check` shows all)"
        yield from wrap(shown, "  ", "      ")


def _worst(findings: Sequence[tuple[Report, Finding]]) -> str:
    return min((finding.severity for _, finding in findings), key=lambda severity: severity.rank).value


# -------------------------------------------------------------------------------------------------------- JSON


def _json(matches: Sequence[Match], names: Sequence[str], reports: Sequence[Report]) -> dict[str, Any]:
    return {
        "schema": 1,
        "message": matches[0].message.shown if matches else None,
        "messages": [
            {
                "message": match.message.shown,
                "match": match.kind,
                "also": match.message.also or None,
                "source": match.message.source or None,
                "target": match.message.target,
                "rules": list(explain.in_table(match.message.rules)),
            }
            for match in matches
        ],
        "rules": [_rule_json(name, reports) for name in names],
        "reports": [{"target": report.target, "verdict": report.verdict.value} for report in reports],
    }


def _rule_json(name: str, reports: Sequence[Report]) -> dict[str, Any]:
    rule = BY_NAME[name]
    example = explain.example(name)
    found = explain.here(name, reports)
    return {
        "rule": name,
        "about": rule.on.name,
        "why": rule.why,
        "aws_says": list(explain.aws_says(rule)),
        "example": None if example is None else example.text,
        "fix": explain.fix(rule) or None,
        "targets": [
            {
                "target": target.name,
                "severity": demand.severity.value,
                "evidence": demand.evidence.value,
                "source": demand.source,
                "quote": demand.quote or None,
                "condition": demand.condition or None,
            }
            for target in known().values()
            for demand in target.demands
            if demand.rule == name
        ],
        "here": None if found.outcome is None else found.outcome.value,
        "reason": found.reason or None,
        "findings": [{"target": report.target, **finding.to_dict()} for report, finding in found.findings],
    }
