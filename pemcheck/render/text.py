"""The format for people: where, how bad, which rule; what, why, how to mend it, where that is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..facts import Certificate, time_text
from ..findings import ALL_ARE_SILENT, AWS_IS_SILENT, Check, Finding, Report, Severity, Verdict
from ..rules.reimport import changes, heading
from ..source import printable, shorten
from ..submission import Pair, Submission
from ..value import Value
from .page import PAGE
from .tree import MAX_ROWS, Branch, branches

_MATCHES = {True: "matches", False: "does not match", None: "cannot be compared with the certificate"}
_ABOUT_NO_KEY = ("key-missing", "roles-swapped", "key-encrypted", "key-unreadable", "key-without-curve")
_WORD = re.compile(r"\S*`[^`]*`\S*|\S+")
_BRANCHES = re.compile("[\u2500-\u257f]")


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return every finding in full, once for all targets that share it, then a summary for each target."""
    lines: list[str] = []
    for told in told_once(said(reports, quiet)):
        lines += [*finding_lines(told, len(reports) > 1), ""]
    for report in reports:
        lines += _verdict(report, quiet)
    lines += _about(reports)
    for line in policy_lines(reports):
        lines += wrap(line, "", "  ")
    return "\n".join(lines) + "\n"


def said(reports: Sequence[Report], quiet: bool) -> Iterator[tuple[str, Finding]]:
    """Return each target's findings to show: all of them, or all but the notes."""
    for report in reports:
        for finding in report.findings:
            if not (quiet and finding.severity is Severity.NOTE):
                yield printable(report.target), finding


class Told(Value):
    """A finding, and who says it: each target's own severity, evidence and source."""

    finding: Finding
    said_by: list[tuple[str, Finding]]


def told_once(said: Iterable[tuple[str, Finding]]) -> list[Told]:
    """Return the findings that targets have *said*, worst first, those that say the same of the same place as one."""
    found: dict[object, Told] = {}
    for target, finding in said:
        message = finding.message.replace(AWS_IS_SILENT, "").replace(ALL_ARE_SILENT, "")
        key = (finding.rule, message, finding.at, finding.also)
        told = found.setdefault(key, Told(finding, []))
        told.said_by.append((target, finding))
        # one document is enough to say that there is one
        if finding.message == message != told.finding.message:
            found[key] = told.replace(finding=finding)
    return sorted(found.values(), key=lambda told: min(finding.severity.rank for _, finding in told.said_by))


def by_severity(told: Told) -> list[tuple[str, list[str]]]:
    """Return which targets say it how severely, the worst first."""
    found: dict[str, list[str]] = {}
    for target, finding in sorted(told.said_by, key=lambda pair: pair[1].severity.rank):
        found.setdefault(finding.severity.value, []).append(target)
    return list(found.items())


def finding_lines(told: Told, several: bool) -> Iterator[str]:
    """Return the lines of one finding; who says it is named where there are *several* targets."""
    finding = told.finding
    severities = by_severity(told)
    yield f"{finding.at}: {severities[0][0]}: {finding.rule}"
    yield from wrap(finding.message, "    ", "    ")
    if finding.excerpt is not None:
        gutter = f"    {finding.at.line} | "
        shown, caret = _seen(*finding.excerpt, PAGE.width - len(gutter))
        yield f"{gutter}{shown}".rstrip()
        yield f"{'| ':>{len(gutter)}}{' ' * caret}^"
    if several:
        who = "; ".join(f"{severity} for {', '.join(targets)}" for severity, targets in severities)
        yield from wrap(who, "    who:  ", "          ")
    if finding.also:
        places = ", ".join(str(place) for place in finding.also[:6])
        yield from wrap(f"{places}{' …' if len(finding.also) > 6 else ''}", "    also: ", "          ")
    yield from wrap(finding.why, "    why:  ", "          ")
    yield from wrap(finding.fix, "    fix:  ", "          ")
    sources: dict[str, list[str]] = {}
    for target, each in told.said_by:
        sources.setdefault(f"{each.source} ({each.evidence.value})", []).append(target)
    for number, (source, targets) in enumerate(sources.items()):
        whose = f" for {', '.join(targets)}" if len(sources) > 1 else ""
        yield f"{' ' * 10 if number else '    see:  '}{source}{whose}"


def _seen(text: str, caret: int, room: int) -> tuple[str, int]:
    """Return the part of an excerpt around its caret that has room."""
    start = max(0, min(caret - room // 2, max(len(text), caret + 1) - room))
    return text[start : start + room], caret - start


def wrap(text: str, first: str, rest: str, columns: int = 0) -> Iterator[str]:
    r"""
    Break *text* into lines of at most *columns*, or else 80, or the terminal's; no command in backquotes is broken.

    What the tree of a chain is drawn with is written as ``\u{hex}``, since a name in *text* could draw one.
    """
    line = first
    empty = True
    text = _BRANCHES.sub(lambda match: f"\\u{{{ord(match.group()):04x}}}", printable(text))
    for word in _WORD.findall(text):
        if not empty and len(line) + 1 + len(word) > (columns or PAGE.width):
            yield line
            line, empty = rest, True
        line += word if empty else " " + word
        empty = False
    yield line


def summary(report: Report, quiet: bool = False) -> str:
    """Return the verdict in one line, with the number of findings that are shown."""
    counts = [
        f"{count} {severity.value}{'s' if count != 1 else ''}"
        for severity in Severity
        if not (quiet and severity is Severity.NOTE)
        if (count := sum(finding.severity is severity for finding in report.findings))
    ]
    counted = f" ({', '.join(counts)})" if counts else ""
    unseen = not report.submission.key and not any(finding.rule in _ABOUT_NO_KEY for finding in report.findings)
    ignored = sum(each.finding.severity is Severity.ERROR for each in report.ignored)
    aside = f", {ignored} error{'s' if ignored > 1 else ''} ignored" if ignored else ""
    milder = sum(each.milder for each in report.weighed)
    aside += f", {milder} error{'s' if milder > 1 else ''} made milder" if milder else ""
    return f"{printable(report.target)}: {report.verdict.value}{counted}{', key not seen' if unseen else ''}{aside}"


def open_questions(report: Report) -> tuple[Check, ...]:
    """Return what could have refused and could not be asked, where that decides or the user can settle it."""
    decides = report.verdict is Verdict.UNDECIDED
    return tuple(check for check in report.undecided if decides or check.up_to_user)


def _verdict(report: Report, quiet: bool) -> Iterator[str]:
    yield summary(report, quiet)
    for check in open_questions(report):
        yield from wrap(f"{check.rule} could not be asked: {check.reason}", "  ", "      ")


def _about(reports: Sequence[Report]) -> Iterator[str]:
    submission = reports[0].submission
    tree = branches(reports)
    if submission.sorted:
        yield from _roles(submission, tree)
        yield from _take_apart(submission, reports[0].repair)
    elif about := "; ".join(_parts(submission)):
        yield from wrap(about, "  ", "  ")
        yield from _drawn(tree, "  ")
    if submission.replacement is not None:
        yield f"  {heading(submission.replacement)}"
        for what, change in changes(submission.replacement):
            yield from wrap(change, f"    {what + ':':14}", " " * 18)


def _parts(submission: Submission) -> Iterator[str]:
    leaf = submission.leaf
    if leaf is not None:
        yield f"certificate {_certificate(leaf)}"
    if submission.pair is not None:
        yield f"the private key {_match(submission.pair)}"
    if leaf is not None and leaf.self_signed:
        yield "self-signed"


def _match(pair: Pair) -> str:
    if pair.stated:
        return "states the certificate's public key (inferred: the rest is encrypted)"
    return _MATCHES[pair.matches]


def _drawn(tree: Sequence[Branch], margin: str) -> Iterator[str]:
    for each in tree:
        yield from wrap(each.text, margin + each.first, margin + each.rest)


def _roles(submission: Submission, tree: Sequence[Branch]) -> Iterator[str]:
    """Say what was found where, and what was not needed; the chain is told in the *tree*, if there is one."""
    leaf, key, pair = submission.leaf, submission.key, submission.pair
    if leaf is not None:
        self_signed = ", self-signed" if leaf.self_signed else ""
        yield from _row("certificate:", f"{leaf.at}: {_certificate(leaf)}{self_signed}")
        yield from _drawn(tree, "    ")
    if key is not None:
        yield from _row("private key:", f"{key.at}: {_match(pair) if pair else _alone(submission)}")
    drawn = {each.at for each in tree}
    chain = [each for each in submission.chain if each.at not in drawn]
    for number, each in enumerate(chain[:MAX_ROWS]):
        yield from _row("" if number else "chain:", f"{each.at}: {shorten(each.title)}")
    if len(chain) > MAX_ROWS:
        yield from _row("", f"and {len(chain) - MAX_ROWS:,} more")
    for number, it in enumerate(submission.unused[:MAX_ROWS]):
        yield from _row("" if number else "not used:", f"{it.at}: {it.reason}")
    if len(submission.unused) > MAX_ROWS:
        yield from _row("", f"and {len(submission.unused) - MAX_ROWS:,} more")


def _alone(submission: Submission) -> str:
    closed = any("certificates" in other.unread for each in submission.inputs for other in each.others)
    return "its certificate may be in what stays closed" if closed else "without its certificate"


def _take_apart(submission: Submission, command: str) -> Iterator[str]:
    """Say how to get the files that the import takes, where these are not the ones and *command* writes them."""
    inputs = [each for each in submission.inputs if each.role]
    files = {each.given or each.at.file for each in inputs}
    if command and not len(files) == len(inputs) == len({each.role for each in inputs}):
        yield from wrap(f"the import takes each in a file of its own, which {command} writes", "  ", "  ")


def policy_lines(reports: Sequence[Report], of_many: bool = False) -> Iterator[str]:
    """
    Return, for the last lines of all, what the user's policy did to each report: no verdict stands without it.

    Of reports *of_many* it is what it did to this one; a summary says the rest once.
    """
    for report in reports:
        if report.has_policy:
            from ..policy import policy_line  # which most users have none of

            line = policy_line(report, of_many)
            if line:
                yield printable(f"{f'{report.target}: ' if len(reports) > 1 else ''}{line}")


def _row(title: str, text: str) -> Iterator[str]:
    return wrap(text, f"  {title:14}", " " * 18)


def _certificate(leaf: Certificate) -> str:
    algorithm = "?" if "key" in leaf.unread else leaf.key.algorithm
    return f"{shorten(leaf.title)} ({algorithm}{_validity(leaf)})"


def _validity(leaf: Certificate) -> str:
    return "" if "not_after" in leaf.unread else f", until {time_text(leaf.not_after)[:10]}"
