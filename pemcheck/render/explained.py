"""What ``explain`` prints: one rule in full, or what may be behind a message; and what of it is true of some files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .. import explain
from ..findings import Finding, Outcome, Report, Severity
from ..recognise import CODE, PART, SENSE, WHOLE, Match
from ..rules import BY_NAME
from ..source import printable, shorten
from ..targets import Target, known
from ..version import program
from .as_json import dump
from .page import PAGE
from .text import finding_lines, told_once, wrap

_KINDS = {
    WHOLE: "AWS says:",
    PART: "This is part of what AWS says:",
    SENSE: "No words of AWS's that are known; they seem to say:",
    CODE: "By its code alone, this may be what AWS says:",
}
_LEFT = "Which of them it is, the files tell: give --certificate, --private-key and --certificate-chain as well."
_ELSE = (
    "AWS may have got something else than these files: put `{}` before the `aws acm import-certificate` or `aws iam "
    "upload-server-certificate` that was run, and its files and options are judged."
)
_NOTHING = "None of pemcheck's rules is about this message."
_MILD = "That is no error: pemcheck expects no refusal because of it."
_MILD_BUT_SEEN = (
    "It is no error because, from what is documented or was seen, it need not lead to a refusal; but the message that "
    "came may be about it: mend it all the same."
)
_MANY, _IN_FULL, _MOST_BESIDES = 5, 3, 3
"""Above so many causes only the first few are explained; so many errors besides them are shown as check does."""


def render(
    form: str,
    matches: Sequence[Match],
    names: Sequence[str] | None,
    reports: Sequence[Report],
    targets: Sequence[Target] = (),
) -> str:
    """
    Return what is to be said of the rules called *names*, which *matches* led to, and which *reports* judged.

    Where nothing is known to be asked about (None), it is what is wrong with the files, or was left open.
    Of *targets* alone is said what they ask, where there are any; else of all that are built in.
    """
    known_ones = _wrong(reports) if names is None else names
    if form == "json":
        return dump(_json(matches, known_ones, reports, targets))
    if names is None:
        lines = [*_all_that_is_wrong(known_ones, reports)]
    elif matches:
        lines = [*_messages(matches, names, reports)]
    else:
        lines = [*_rule(names[0], targets), *(["", *_here(names, reports, seen=False)] if reports else [])]
    return "\n".join(lines) + "\n"


# -------------------------------------------------------------------------------------------------------- text


def _rule(name: str, targets: Sequence[Target]) -> Iterator[str]:
    rule = BY_NAME[name]
    yield f"{name} (asked about: {rule.on.name})"
    yield from wrap(rule.why, "    ", "    ")
    texts = explain.aws_says(rule)
    if texts:
        yield from ("", "AWS says:")
        for text in _joined(texts):
            yield from wrap(text, "    ", "    ")
    example = explain.example(name)
    fix = explain.fix(rule)
    if example is not None:
        yield from ("", "for example:", "", example.text)
    elif fix:
        yield from ("", "how to mend it:", *wrap(fix, "    ", "    "))
    yield from ("", *_asked(name, targets))


def _wrong(reports: Sequence[Report]) -> tuple[str, ...]:
    """Return the names of all rules that fail, notes aside, and of those whose answer an acceptance would need."""
    failing = [each.rule for report in reports for each in report.findings if each.severity is not Severity.NOTE]
    open_ones = [check.rule for report in reports for check in report.undecided]
    return tuple(dict.fromkeys((*failing, *open_ones)))


def _all_that_is_wrong(names: Sequence[str], reports: Sequence[Report]) -> Iterator[str]:
    if any(explain.here(name, reports).outcome is Outcome.FAIL for name in names):
        yield from _here(names, reports, seen=True)
        return
    targets = ", ".join(report.target for report in reports)
    yield f"No error and no warning in these files, for {targets}."
    yield from _not_failing({name: explain.here(name, reports) for name in names}, targets)


def _joined(texts: Sequence[str]) -> Iterator[str]:
    """Yield *texts* in quotes; those that differ in their last word alone are one, with the other words behind it."""
    endings: dict[str, list[str]] = {}
    for text in texts:
        start, _, last = text.rpartition(" ")
        endings.setdefault(start or last, []).append(last)
    for start, (last, *others) in endings.items():
        text = start if start == last else f"{start} {last}"
        yield f"“{text}”" + (f" (or: {', '.join(others)})" if others else "")


def _asked(name: str, targets: Sequence[Target]) -> Iterator[str]:
    groups = explain.asked(name, targets)
    whose = ", ".join(target.name for target in targets)
    if not groups:
        yield f"Not asked by {whose}." if targets else "No built-in target asks it."
    else:
        yield f"who asks it, of {whose}:" if targets else "who asks it:"
    for asked in groups:
        yield from wrap(f"{asked.severity} ({asked.evidence}): {', '.join(asked.targets)}", "    ", " " * 8)
        if asked.quote:
            yield from wrap(f"“{asked.quote}”", " " * 8, " " * 8)
        yield f"        {asked.source}"


def _messages(matches: Sequence[Match], names: Sequence[str], reports: Sequence[Report]) -> Iterator[str]:
    """Say what was seen; what of it is true of the files, before any example; then what may be behind it."""
    yield from _seen(matches)
    if not names:
        yield from ("", _NOTHING)
    if reports:
        yield from ("", *_here(names, reports, seen=True))
    outcomes = {name: explain.here(name, reports).outcome for name in names}
    if Outcome.FAIL in outcomes.values():
        return
    left = [name for name, outcome in outcomes.items() if outcome not in (Outcome.PASS, Outcome.NOT_APPLICABLE)]
    if left:
        yield from ("", "What may be behind it, the likeliest first:")
        yield from _candidates(left)
        yield ""
        if not reports:
            yield from wrap(_LEFT, "", "")
        yield from wrap(f"`{program()} explain RULE` says more of each.", "", "")
    if names and reports:
        yield from ("", *wrap(_ELSE.format(program()), "", ""))


def _seen(matches: Sequence[Match]) -> Iterator[str]:
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


def _candidates(names: Sequence[str]) -> Iterator[str]:
    """Explain each of a few rules; of many, the first, and one line of each other."""
    in_full = len(names) if len(names) <= _MANY else _IN_FULL
    for name in names[:in_full]:
        yield from ("", *_candidate(name))
    if names[in_full:]:
        yield ""
    for name in names[in_full:]:
        yield shorten(f"{name}: {explain.about(name)}", PAGE.width)


def _candidate(name: str) -> Iterator[str]:
    rule = BY_NAME[name]
    example = explain.example(name)
    yield name
    if example is not None:
        yield from wrap(example.message, "    e.g.: ", "          ")
    yield from wrap(rule.why, "    why:  ", "          ")
    if fix := explain.fix(rule):
        yield from wrap(fix, "    fix:  ", "          ")


def _here(names: Sequence[str], reports: Sequence[Report], seen: bool) -> Iterator[str]:
    """Say which rules fail, which do not, which were not asked, and what else is wrong; *seen* is that AWS refused."""
    found = {name: explain.here(name, reports) for name in names}
    targets = ", ".join(report.target for report in reports)
    failing = [name for name in names if found[name].outcome is Outcome.FAIL]
    failing.sort(key=lambda name: Severity(_worst(found[name].findings)).rank)
    findings = [pair for name in failing for pair in found[name].findings]
    if failing:
        severities = [f"{name} ({_worst(found[name].findings)})" for name in failing]
        yield from wrap(f"Fails in these files, for {targets}: {', '.join(severities)}.", "", "    ")
        if all(finding.severity is not Severity.ERROR for _, finding in findings):
            yield from wrap(_MILD_BUT_SEEN if seen else _MILD, "", "")
        yield from _shown(findings, len(reports) > 1)
        yield ""
    elif names:
        which = "None of the rules behind this message" if len(names) > 1 else names[0]
        verb = "fails" if len(names) > 1 else "does not fail"
        yield from wrap(f"{which} {verb} in these files, for {targets}.", "", "")
    yield from _not_failing(found, targets)
    yield from _besides(names, reports, in_full=not any(finding.severity is Severity.ERROR for _, finding in findings))


def _shown(findings: Sequence[tuple[Report, Finding]], several: bool) -> Iterator[str]:
    for told in told_once((report.target, finding) for report, finding in findings):
        yield from ("", *finding_lines(told, several))


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


def _besides(names: Sequence[str], reports: Sequence[Report], in_full: bool) -> Iterator[str]:
    """Name the errors beside those asked about, or show the first; a file that was left out is none."""
    others = [
        (report, finding)
        for report in reports
        for finding in report.findings
        if finding.severity is Severity.ERROR and finding.rule not in names
        if finding.rule != "cert-missing" or any(each.role == "certificate" for each in report.submission.inputs)
    ]
    if not others:
        return
    rules = ", ".join(dict.fromkeys(finding.rule for _, finding in others))
    yield from wrap(f"besides, an error: {rules} (`{program()} check` shows all)", "  ", "      ")
    if in_full:
        yield from _shown(others[:_MOST_BESIDES], len(reports) > 1)


def _worst(findings: Sequence[tuple[Report, Finding]]) -> str:
    return min((finding.severity for _, finding in findings), key=lambda severity: severity.rank).value


# -------------------------------------------------------------------------------------------------------- JSON


def _json(
    matches: Sequence[Match], names: Sequence[str], reports: Sequence[Report], targets: Sequence[Target]
) -> dict[str, Any]:
    return {
        "schema": 1,
        "message": matches[0].message.shown if matches else None,
        "messages": [
            {
                "message": match.message.shown,
                "match": match.kind,
                "also": match.message.also or None,
                "source": match.message.source or None,
                "target": match.target,
                "rules": list(explain.in_table(match.rules)),
            }
            for match in matches
        ],
        "rules": [_rule_json(name, reports, targets) for name in names],
        "reports": [{"target": report.target, "verdict": report.verdict.value} for report in reports],
    }


def _rule_json(name: str, reports: Sequence[Report], targets: Sequence[Target]) -> dict[str, Any]:
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
            for target in targets or known().values()
            for demand in target.demands
            if demand.rule == name
        ],
        "here": None if found.outcome is None else found.outcome.value,
        "reason": found.reason or None,
        "findings": [{"target": report.target, **finding.to_dict()} for report, finding in found.findings],
    }
