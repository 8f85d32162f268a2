"""What is kept of a result for files that are written once all is done: small, and nothing of a key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from ..findings import Outcome, Report
from ..scanning import Result
from ..value import Value

VERDICTS = ("accepted", "refused", "undecided")


class Row(Value):
    """
    One result; ``place`` is file and line, ``expires`` is UTC, None where that cannot be read.

    ``verdicts`` are by target, ``findings`` are severity, rule and place; ``aside`` is what the user's policy did to
    findings, in words.
    """

    kind: str
    place: str
    title: str
    algorithm: str
    sha256: str
    expires: datetime | None
    verdict: str
    verdicts: tuple[tuple[str, str], ...]
    findings: tuple[tuple[str, str, str], ...]
    aside: tuple[str, ...] = ()


def row(result: Result) -> Row:
    """Return what is kept of *result*."""
    it = result.certificate
    known = it is not None and "not_after" not in it.unread
    told = (each for report in result.reports for each in report.findings)
    return Row(
        result.kind,
        str(result.at),
        "?" if it is None else it.title,
        "?" if it is None or "key" in it.unread else it.key.algorithm,
        "" if it is None else it.sha256,
        it.not_after if it is not None and known else None,
        result.verdict,
        tuple((report.target, report.verdict.value) for report in result.reports),
        tuple(dict.fromkeys((each.severity.value, each.rule, str(each.at)) for each in told)),
        tuple(dict.fromkeys(each for report in result.reports for each in _aside(report))),
    )


def _aside(report: Report) -> Iterator[str]:
    for each in report.ignored:
        yield f"{each.finding.rule} ({each.finding.severity.value}) ignored by {each.by}"
    open_ones = (each for each in report.left_out if each.outcome is Outcome.SKIP)
    yield from (f"{each.rule} (could not be asked) ignored by {each.by}" for each in open_ones)
    yield from (f"{each.rule} weighed by {each.by}" for each in report.weighed)
    yield from (f"{option} granted by {by}" for option, by in report.granted)
