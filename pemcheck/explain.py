"""What can be said of one rule: how AWS words it, an example, who asks it, and what became of it in some files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .findings import ALL_ARE_SILENT, AWS_IS_SILENT, Finding, Outcome, Report, Severity
from .messages import MESSAGES
from .patterns import rare
from .recognise import words
from .rules import BY_NAME
from .rules.table import Rule
from .targets import Target, known
from .value import Value
from .version import MODULE, program

_EXCERPT = rare(r" {4}\d+ \| ")

class Example(Value):
    """A finding in a fixture: its lines as the text format prints them, its message and its fix."""

    text: str
    message: str
    fix: str


class Asked(Value):
    """Demands that rest on one sentence, equally severe: who makes them, each with its condition in brackets."""

    severity: str
    evidence: str
    source: str
    quote: str
    targets: tuple[str, ...]


class Here(Value):
    """What became of a rule: the worst outcome, None where no target asks it; its findings, and why it was left out."""

    outcome: Outcome | None
    findings: tuple[tuple[Report, Finding], ...] = ()
    reason: str = ""


def in_table(names: Iterable[str]) -> tuple[str, ...]:
    """Return those of *names* that are rules; a message may name one that this version does not have."""
    return tuple(name for name in names if name in BY_NAME)


def example(name: str) -> Example | None:
    """Return the example of the rule called *name*, if there is one."""
    from .examples import EXAMPLES  # a long table, which only this needs

    found = EXAMPLES.get(name)
    return None if found is None else Example(**{part: text.replace(MODULE, program()) for part, text in found.items()})


def example_in(name: str, expected: str) -> Example | None:
    """Return the finding of the rule called *name* in what the text format printed, if it is there."""
    for paragraph in expected.split("\n\n"):
        lines = paragraph.splitlines()
        if lines and lines[0].endswith(f": {name}"):
            return Example(paragraph.strip("\n"), _part(lines, ""), _part(lines, "fix:"))
    return None


def _part(lines: Sequence[str], label: str) -> str:
    """Return one part of a finding, in one line; nothing in it was broken where there was no space."""
    found: list[str] = []
    current = ""
    for line in lines[1:]:
        start = line[4:10].strip()
        if start in ("also:", "why:", "fix:", "see:"):
            current = start
        elif _EXCERPT.match(line):
            current = "line"
        if current == label:
            found.append(line[10:] if label else line[4:])
    return " ".join(each.strip() for each in found)


def fix(rule: Rule[object]) -> str:
    """Return how to mend what the rule reports: in its example, or where the words are always the same."""
    found = example(rule.name)
    return found.fix if found is not None else rule.fix if isinstance(rule.fix, str) else ""


def about(name: str) -> str:
    """Return what the rule called *name* reports, by its example; without one, why it is asked."""
    found = example(name)
    if found is None:
        return BY_NAME[name].why
    return found.message.removesuffix(AWS_IS_SILENT).removesuffix(ALL_ARE_SILENT)


def aws_says(rule: Rule[object]) -> tuple[str, ...]:
    """Return how AWS may word it, the rule's own text first; what says no more than another, once."""
    texts = [*rule.aws_says.split(" / "), *(each.shown for each in MESSAGES if rule.name in each.rules)]
    kept: list[str] = []
    for text in filter(None, texts):
        if not any(_within(text, other) for other in kept):
            kept = [*(other for other in kept if not _within(other, text)), text]
    return tuple(kept)


def _within(text: str, other: str) -> bool:
    """Whether *text* is all or a piece of *other*, whatever their form and the values in them."""
    piece, whole = (" ".join(word for word in words(each) if word != "§") for each in (text, other))
    return f" {piece} " in f" {whole} "


def asked(name: str, targets: Iterable[Target] = ()) -> tuple[Asked, ...]:
    """Return which of *targets*, by default the built-in ones, demand the rule, the most severe first."""
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for target in targets or known().values():
        for demand in target.demands:
            if demand.rule == name:
                key = (demand.severity.value, demand.evidence.value, demand.source, demand.quote)
                who = f"{target.name} ({demand.condition})" if demand.condition else target.name
                groups.setdefault(key, []).append(who)
    order = sorted(groups, key=lambda key: Severity(key[0]).rank)
    return tuple(Asked(*key, tuple(groups[key])) for key in order)


def here(name: str, reports: Sequence[Report]) -> Here:
    """Return what became of the rule called *name* in *reports*: that it failed anywhere, else was left out, else."""
    findings = tuple((report, finding) for report in reports for finding in report.findings if finding.rule == name)
    checks = [check for report in reports for check in report.checks if check.rule == name]
    for outcome in (Outcome.FAIL, Outcome.SKIP, Outcome.PASS, Outcome.NOT_APPLICABLE):
        found = next((check for check in checks if check.outcome is outcome), None)
        if found is not None:
            return Here(outcome, findings, found.reason)
    return Here(None)
