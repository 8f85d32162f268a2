"""
What ``scan`` writes for other programs: one document about all that was judged, in pieces as they come.

The formats are those of ``check``.  What could not be read, or is damaged, is in each of them: a document without
anything in it looks as if all were well.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from ..findings import Outcome, Severity
from ..scanning import Result, Summary
from ..scanning.walking import Skipped
from ..source import Location, printable
from . import github, gitlab, junit, markdown, sarif
from .as_json import dump
from .places import Place, place_of
from .scanned import policy_of_all, render_summary, title
from .text import open_questions, said

_MOST_TOLD = 1_000
"""Damaged files, and questions that were left open, that a document names; the summary has the number of all."""
_INTERRUPTED = "interrupted: there was more to be judged"


def _json(value: Any) -> str:
    return dump(value, None)[:-1]


class Form(ABC):
    """A document in the making; *quiet* leaves notes out for people, *roots* and *fail_on* are as in ``render``."""

    summary_within = False
    """Whether the document ends with the summary."""

    def __init__(self, quiet: bool, roots: Sequence[str], fail_on: str) -> None:
        self.quiet, self.roots, self.fail_on = quiet, roots, fail_on
        self.open: list[Skipped] = []
        self.begun = False

    def told(self, it: Skipped) -> None:
        """Keep what leaves it open whether all is well, for the end."""
        if len(self.open) < _MOST_TOLD:
            self.open.append(it)

    def add(self, result: Result) -> str:
        """Return what *result* adds, behind the beginning of the document if it is the first."""
        return self._joined(self.pieces(result))

    def end(self, summary: Summary) -> str:
        """Return the rest."""
        last = self._joined(self.remarks(summary))
        return f"{last}{'' if self.begun else self.begin()}{self.close(summary)}"

    def _joined(self, pieces: Iterator[str]) -> str:
        found = []
        for piece in pieces:
            found += [self.between() if self.begun else self.begin(), piece]
            self.begun = True
        return "".join(found)

    def left_open(self, summary: Summary) -> Iterator[_Remark]:
        """Yield what could not be read, or is damaged, and that somebody stopped it."""
        for it in self.open:
            at = Location(it.path) if it.at is None else it.at
            place = place_of(at, self.roots)
            place = Place("") if place.outside else place
            named = "" if place.line is not None else f"{at}: "
            yield _Remark(it.sort, f"{named}{it.sort}: {printable(it.reason)}", at, place)
        if summary.interrupted:
            yield _Remark("interrupted", _INTERRUPTED, Location("scan"), Place(""))

    def begin(self) -> str:
        """Return how the document begins."""
        return ""

    def between(self) -> str:
        """Return what stands between two of its pieces."""
        return ""

    @abstractmethod
    def pieces(self, result: Result) -> Iterator[str]:
        """Yield what is said of *result*."""

    def remarks(self, summary: Summary) -> Iterator[str]:
        """Yield what is said of all that is left open."""
        return iter(())

    def close(self, summary: Summary) -> str:
        """Return how it ends."""
        return ""


class _Remark(NamedTuple):
    sort: str
    text: str
    at: Location
    place: Place


def _is_milder(result: Result) -> bool:
    """Whether a policy set more than notes aside, or weighs anything: that is told beside what it is about."""
    return any(
        report.weighed
        or any(each.finding.severity is not Severity.NOTE for each in report.ignored)
        or any(each.outcome is Outcome.SKIP for each in report.left_out)
        for report in result.reports
    )


class _Github(Form):
    def pieces(self, result: Result) -> Iterator[str]:
        lines = [*github.commands(result.reports, self.quiet, self.roots)]
        lines += [printable(f"{result.kind} {result.at}: {result.verdict}: {title(result.certificate)}")]
        lines += github.policies(result.reports, of_many=True) if _is_milder(result) else ()
        yield "".join(f"{line}\n" for line in lines)

    def remarks(self, summary: Summary) -> Iterator[str]:
        for it in self.left_open(summary):
            yield f"{github.command('warning', it.place, it.sort, it.text)}\n"


class _Markdown(Form):
    summary_within = True

    def pieces(self, result: Result) -> Iterator[str]:
        is_told = any(said(result.reports, self.quiet)) or any(map(open_questions, result.reports))
        # a page of hundreds that are fine is cut off before its summary where it is too long for who shows it
        if is_told or _is_milder(result):
            yield "".join(f"{line}\n" for line in markdown.lines(result.reports, self.quiet, str(result.at)))

    def close(self, summary: Summary) -> str:
        return f"### pemcheck: summary\n\n{markdown.block(render_summary(summary, self.quiet))}"


class _Junit(Form):
    def begin(self) -> str:
        return f'{junit.HEAD}\n<testsuites name="pemcheck">\n'

    def pieces(self, result: Result) -> Iterator[str]:
        for report in result.reports:
            suite = junit.Suite(report, str(result.at), self.quiet, junit.failures(self.fail_on))
            yield "".join(f"{line}\n" for line in suite.lines())

    def remarks(self, summary: Summary) -> Iterator[str]:
        for it in self.left_open(summary):
            name, sort = junit.attribute(f"scan: {it.at}"), junit.attribute(it.sort)
            yield f'  <testsuite name={name} tests="1" failures="0" errors="1" skipped="0">\n'
            yield f'    <testcase classname="pemcheck.scan" name={sort}>\n'
            yield f"      {junit.element('error', it.text, '')}\n    </testcase>\n  </testsuite>\n"

    def close(self, summary: Summary) -> str:
        return "</testsuites>\n"


class _Unique(Form):
    """A form with fingerprints; those of a key that several certificates share are numbered."""

    def __init__(self, quiet: bool, roots: Sequence[str], fail_on: str) -> None:
        super().__init__(quiet, roots, fail_on)
        self.seen: dict[str, int] = {}

    def unique(self, fingerprint: str) -> str:
        """Return *fingerprint*, or another one where it was had before."""
        count = self.seen[fingerprint] = self.seen.get(fingerprint, 0) + 1
        return fingerprint if count == 1 else gitlab.hashed(fingerprint, str(count))

    def between(self) -> str:
        return ",\n"


class _Gitlab(_Unique):
    def begin(self) -> str:
        return "[\n"

    def pieces(self, result: Result) -> Iterator[str]:
        for report in result.reports:
            issues = [*gitlab.issues(report, self.quiet, self.roots)]
            issues += gitlab.policies(report, self.roots, of_many=True) if _is_milder(result) else ()
            for issue in issues:
                yield _json({**issue, "fingerprint": self.unique(issue["fingerprint"])})

    def remarks(self, summary: Summary) -> Iterator[str]:
        for it in self.left_open(summary):
            place = it.place if it.place.path else Place(gitlab.last_name(it.at))
            fingerprint = self.unique(gitlab.hashed("scan", it.sort, place.path))
            yield _json(gitlab.issue(it.sort, it.text, fingerprint, "major", place))
        if policy := policy_of_all(summary):
            fingerprint = self.unique(gitlab.hashed("scan", "policy"))
            yield _json(gitlab.issue("policy", "; ".join(policy), fingerprint, "info", Place("scan")))

    def close(self, summary: Summary) -> str:
        return "\n]\n"


class _Sarif(_Unique):
    """One run: results first, since what it says of itself is known at the end."""

    def __init__(self, quiet: bool, roots: Sequence[str], fail_on: str) -> None:
        super().__init__(quiet, roots, fail_on)
        self.rules: dict[str, dict[str, Any]] = {}
        self.notes: list[dict[str, Any]] = []
        self.more = 0

    def begin(self) -> str:
        return f'{{"$schema": {_json(sarif.SCHEMA)}, "version": "2.1.0", "runs": [{{"results": [\n'

    def pieces(self, result: Result) -> Iterator[str]:
        several = len(result.reports) > 1
        for report in result.reports:
            whose = f"{report.target}: " if several else ""
            for note in sarif.notes(report, f"{result.at}: {whose}"):
                self._note(note)
            for each in sarif.results(report, self.roots, self.rules):
                each["message"]["text"] = whose + each["message"]["text"]
                prints = each["partialFingerprints"]
                each["partialFingerprints"] = {name: self.unique(value) for name, value in prints.items()}
                yield _json(each)

    def _note(self, note: dict[str, Any]) -> None:
        if len(self.notes) < _MOST_TOLD:
            self.notes.append(note)
        else:
            self.more += 1

    def close(self, summary: Summary) -> str:
        self.notes += [sarif.note(f"{it.at}: {it.text}") for it in self.left_open(summary)]
        if self.more:
            self.notes.append(sarif.note(f"… and {self.more:,} more that could not be asked, or are set aside"))
        rest = {
            **sarif.run_of(self.rules, "scan", self.roots),
            "invocations": [sarif.invocation(self.notes, summary.at)],
            "properties": {"verdicts": summary.verdicts},
        }
        return f"\n], {_json(rest)[1:-1]}}}]}}\n"


_FORMS: dict[str, type[Form]] = {
    "sarif": _Sarif,
    "junit": _Junit,
    "gitlab": _Gitlab,
    "github": _Github,
    "markdown": _Markdown,
}
FORMATS = tuple(_FORMS)


def form_of(name: str, quiet: bool, roots: Sequence[str], fail_on: str = "error") -> Form:
    """Return the document in one of ``FORMATS``, of which nothing is written yet."""
    return _FORMS[name](quiet, roots, fail_on)
