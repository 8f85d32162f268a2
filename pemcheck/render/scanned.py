"""What ``scan`` prints: each result as it comes, as text, in one line per finding, or as JSON; and the summary."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..facts import Certificate, time_text
from ..findings import Finding, Report, Severity, set_aside
from ..scanning import Result, Summary
from ..scanning.grouping import CERTIFICATE, SUBMISSION
from ..scanning.summary import CLOSED, DAMAGED, LOOSE, UNREADABLE, UNRELATED
from ..scanning.walking import AGAIN, IGNORED, SPECIAL, Skipped
from ..source import printable, shorten
from ..version import program
from .as_json import dump
from .text import by_severity, open_questions, policy_lines, said, summary, told_once, wrap

FORMATS = ("text", "concise", "jsonl")
_TITLES = {
    DAMAGED: "damaged",
    CLOSED: "not opened",
    UNREADABLE: "could not be read",
    LOOSE: "private keys that belong to no certificate here",
}
_PASSED_OVER = {
    UNRELATED: "without certificate or key",
    IGNORED: "ignored as git does",
    SPECIAL: "no files",
    AGAIN: "linked folders seen before",
}
_MOST_RULES = 12
_MOST_FILES = 5


def render(result: Result, form: str, quiet: bool = False, verbose: bool = False) -> str:
    """Return *result* in one of ``FORMATS``; as text nothing where all is well, unless *verbose*."""
    if form == "jsonl":
        return line(result)
    lines = _concise(result, quiet) if form == "concise" else _text(result, quiet, verbose)
    return "".join(f"{each}\n" for each in lines)


def title(it: Certificate | None) -> str:
    """Return what a certificate is called, its algorithm, and until when it is valid."""
    if it is None:
        return "?"
    algorithm = "?" if "key" in it.unread else it.key.algorithm
    until = "" if "not_after" in it.unread else f", until {time_text(it.not_after)[:10]}"
    return f"{shorten(it.title)} ({algorithm}{until})"


def _text(result: Result, quiet: bool, verbose: bool) -> Iterator[str]:
    least = Severity.WARNING.rank if quiet or not verbose else Severity.NOTE.rank
    several = len(result.reports) > 1
    told = [each for each in told_once(said(result.reports, False)) if each.finding.severity.rank <= least]
    questions = [(report, check) for report in result.reports for check in open_questions(report)]
    if not (told or questions or verbose):
        return
    alone = " without its key" if result.kind == CERTIFICATE else ""
    yield f"{result.at}: {result.verdict}: {title(result.certificate)}{alone}"
    if verbose:
        yield from wrap(f"of {_files(result)}{_copies(result)}", "    ", "    ")
    for each in told:
        for severity, targets in by_severity(each):
            who = f"{', '.join(targets)}: " if several else ""
            text = f"{severity}: {each.finding.rule}: {who}{each.finding.message}"
            yield from wrap(text, "    ", "        ")
    for report, check in questions:
        who = f"{report.target}: " if several else ""
        yield from wrap(f"{who}{check.rule} could not be asked: {check.reason}", "    ", "        ")
    for each_line in policy_lines(result.reports, of_many=True):
        yield from wrap(each_line, "    ", "        ")
    yield ""


def _files(result: Result) -> str:
    more = f" and {len(result.files) - _MOST_FILES:,} more" if len(result.files) > _MOST_FILES else ""
    return ", ".join(map(printable, result.files[:_MOST_FILES])) + more


def _copies(result: Result) -> str:
    return f"; it stands in {result.copies:,} places" if result.copies > 1 else ""


def _concise(result: Result, quiet: bool) -> Iterator[str]:
    several = len(result.reports) > 1
    for told in told_once(said(result.reports, quiet)):
        for severity, targets in by_severity(told):
            prefix = f"{', '.join(targets)}: " if several else ""
            yield f"{told.finding.at}: {severity}: {told.finding.rule}: {prefix}{printable(told.finding.message)}"
    for report in result.reports:
        prefix = f"{printable(report.target)}: " if several else ""
        for check in open_questions(report):
            place = check.at or result.at
            yield f"{place}: undecided: {check.rule}: {prefix}could not be asked: {printable(check.reason)}"
        yield f"{result.at}: {result.kind}: {summary(report, quiet)}"
    yield from policy_lines(result.reports, of_many=True)


def line(result: Result) -> str:
    """Return *result* as one line of JSON."""
    return dump(to_dict(result), indent=None)


def to_dict(result: Result) -> dict[str, Any]:
    """Return *result* as ``scan --format jsonl`` has it; what has several targets says whose each finding is."""
    it = result.certificate
    several = len(result.reports) > 1
    dated = it is not None and "not_after" not in it.unread
    return {
        "kind": result.kind,
        "file": result.at.file,
        "line": result.at.line,
        "sha256": None if it is None else it.sha256,
        "verdict": result.verdict,
        "findings": [_finding(each, report, several) for report in result.reports for each in report.findings],
        "undecided": [
            {"rule": check.rule, "reason": check.reason, **({"target": report.target} if several else {})}
            for report in result.reports
            for check in open_questions(report)
        ],
        "targets": {report.target: report.verdict.value for report in result.reports},
        "title": None if it is None else it.title,
        "not_after": time_text(it.not_after) if it is not None and dated else None,
        "files": list(result.files),
        "copies": result.copies,
        **_set_aside(result),
    }


def _set_aside(result: Result) -> dict[str, Any]:
    """Return what the user's policy did, under the keys of ``check --format json``; nothing if it did nothing."""
    found: dict[str, list[Any]] = {}
    for report in result.reports if any(each.has_policy for each in result.reports) else ():
        whose = {"target": report.target} if len(result.reports) > 1 else {}
        for key, entries in set_aside(report).items():
            found.setdefault(key, []).extend({**entry, **whose} for entry in entries)
    return found


def _finding(finding: Finding, report: Report, several: bool) -> dict[str, Any]:
    return {**finding.to_dict(), **({"target": report.target} if several else {})}


def skipped_line(it: Skipped) -> str:
    """Return the line that ``--show-skipped`` prints."""
    return f"{printable(it.path)}: {it.sort}: {printable(it.reason)}"


# ------------------------------------------------------------------------------------------------------ summary


def render_summary(it: Summary, quiet: bool = False) -> str:
    """Return what a scan came to; *quiet* leaves notes out."""
    lines = [*_counted(it)]
    for target, verdicts in it.verdicts.items():
        counts = (f"{verdicts[each]:,} {each}" for each in ("accepted", "refused", "undecided") if each in verdicts)
        lines.append(f"  {target}: {', '.join(counts)}")
    ignored = (counts for found in it.ignored.values() for counts in found.items())
    errors = sum(count for (_, severity), count in ignored if severity is Severity.ERROR)
    numbers = ((errors, "ignored"), (it.milder, "made milder"))
    aside = [f"{_plural(count, 'error')} {what}" for count, what in numbers if count]
    if aside:
        lines.append(f"  {', '.join(aside)}")
    if it.expired or it.expiring:
        lines.append(f"  expired: {it.expired:,}; within {it.within.days} days: {it.expiring:,}")
    lines += _rules(it, quiet)
    for sort, heading in _TITLES.items():
        lines += _named(it, sort, heading)
    over = [f"{it.skipped[sort]:,} {words}" for sort, words in _PASSED_OVER.items() if it.skipped.get(sort)]
    if over:
        lines += wrap(f"passed over: {', '.join(over)} (--show-skipped names them)", "  ", "    ")
    for each in policy_of_all(it):
        lines += wrap(each, "  ", "    ")
    return "".join(f"{each}\n" for each in lines)


def policy_of_all(it: Summary) -> tuple[str, ...]:
    """Return what the user's policy did to the reports, and what in it did: no number stands without it."""
    ignored = (f"ignored by {by}: {_few(_ignored(it, by))}" for by in dict.fromkeys([*it.ignored, *it.left_out]))
    weighed = (
        f"weighed by {by}: {_few(f'{rule} ({now.value} instead of {was.value})' for rule, was, now in weights)}"
        for by, weights in it.weighed.items()
    )
    granted = (f"granted by {by}: {_few(options)}" for by, options in it.granted.items())
    return (*ignored, *weighed, *granted)


def _ignored(it: Summary, by: str) -> Iterator[str]:
    found = it.ignored.get(by, {})
    for (rule, severity), count in sorted(found.items(), key=lambda item: (item[0][1].rank, -item[1], item[0][0])):
        yield f"{rule} ({_plural(count, severity.value)})"
    rules = {rule for rule, _ in found}
    silent = {rule: count for rule, count in it.left_out.get(by, {}).items() if rule not in rules}
    open_ones = [rule for rule, count in silent.items() if count]
    yield from (f"{rule} (could not be asked)" for rule in open_ones)
    count = len(silent) - len(open_ones)
    if count:
        yield f"{count} {'rule that finds' if count == 1 else 'rules that find'} nothing here"


def _few(words: Iterable[str]) -> str:
    found = [*words]
    more = f", … and {len(found) - _MOST_RULES:,} more" if len(found) > _MOST_RULES else ""
    return ", ".join(found[:_MOST_RULES]) + more


def _counted(it: Summary) -> Iterator[str]:
    if it.interrupted:
        yield f"interrupted: {it.read:,} of {it.files:,} files read, {it.judged:,} certificates judged"
    where = f"in {_plural(it.files, 'file')} ({it.octets:,} bytes)"
    if not (it.units or it.interrupted):
        yield f"nothing was judged: no certificate that can be read {where}"
        return
    alone = it.kinds.get(CERTIFICATE, 0)
    counts = [_plural(it.kinds.get(SUBMISSION, 0), "submission")]
    counts += [f"{_plural(alone, 'certificate')} without a key"] if alone else []
    yield f"{' and '.join(counts)} {where}"


def _plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _rules(it: Summary, quiet: bool) -> Iterator[str]:
    shown = [each for each in it.rules.items() if not (quiet and each[0][1] is Severity.NOTE)]
    ranked = sorted(shown, key=lambda item: (item[0][1].rank, -item[1], item[0][0]))
    for (rule, severity), count in ranked[:_MOST_RULES]:
        yield f"  {rule}: {_plural(count, severity.value)}"
    if len(ranked) > _MOST_RULES:
        yield f"  … and {len(ranked) - _MOST_RULES:,} more rules"
    if ranked:
        yield from wrap(f"`{program()} explain RULE` says why, and how to mend it", "  ", "    ")


def _named(it: Summary, sort: str, heading: str) -> Iterator[str]:
    count = it.skipped.get(sort, 0)
    names = it.named.get(sort, [])
    if count:
        yield f"  {heading}: {count:,}"
        yield from (f"    {each}" for each in names)
    if count > len(names):
        yield f"    … and {count - len(names):,} more"
