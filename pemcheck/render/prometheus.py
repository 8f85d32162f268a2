"""
What Prometheus's node exporter collects from a file.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..scanning import Summary
from ..source import printable
from .rows import VERDICTS, Row

_DAY = 86_400


def render(rows: Sequence[Row], summary: Summary) -> str:
    """Return all metrics as text, the time in seconds since 1970, the rest in days and counts."""
    return "".join(f"{line}\n" for line in _lines(rows, summary))


def _lines(rows: Sequence[Row], summary: Summary) -> Iterator[str]:
    yield from _head("pemcheck_scan_timestamp_seconds", "The moment that was judged for.")
    yield f"pemcheck_scan_timestamp_seconds {summary.at.timestamp():.0f}"
    yield from _head("pemcheck_certificate_expiry_days", "Days until the certificate expires; negative once it has.")
    for row in rows:
        if row.expires is not None:
            days = (row.expires - summary.at).total_seconds() / _DAY
            yield f"pemcheck_certificate_expiry_days{_labels(row)} {days:.3f}"
    yield from _head("pemcheck_certificate_verdict", "1 for what the target says to the certificate, 0 for the rest.")
    for row in rows:
        for target, verdict in row.verdicts:
            for each in VERDICTS:
                labels = _labels(row, target=target, verdict=each)
                yield f"pemcheck_certificate_verdict{labels} {int(each == verdict)}"
    yield from _head("pemcheck_verdicts", "How many certificates have this verdict of a target.")
    for target, verdicts in summary.verdicts.items():
        for each in VERDICTS:
            yield f"pemcheck_verdicts{_text(target=target, verdict=each)} {verdicts.get(each, 0)}"
    yield from _head("pemcheck_findings", "How many findings there are of a rule.")
    for (rule, severity), count in sorted(summary.rules.items(), key=lambda item: (item[0][0], item[0][1].rank)):
        yield f"pemcheck_findings{_text(rule=rule, severity=severity.value)} {count}"
    yield from _policy(summary)
    yield from _head("pemcheck_not_judged", "How many files or objects were not judged, by sort of reason.")
    for sort, count in sorted(summary.skipped.items()):
        yield f"pemcheck_not_judged{_text(reason=sort)} {count}"
    yield from _head("pemcheck_scan_complete", "Whether the scan came to its end.")
    yield f"pemcheck_scan_complete {int(not summary.interrupted)}"


def _policy(summary: Summary) -> Iterator[str]:
    yield from _head("pemcheck_ignored_findings", "How many findings of a rule the user's policy sets aside.")
    for by, found in summary.ignored.items():
        for (rule, severity), count in sorted(found.items(), key=lambda item: (item[0][0], item[0][1].rank)):
            yield f"pemcheck_ignored_findings{_text(rule=rule, severity=severity.value, by=by)} {count}"
    yield from _head("pemcheck_left_out_rules", "How many rules the user's policy leaves out.")
    for by, rules in summary.left_out.items():
        yield f"pemcheck_left_out_rules{_text(by=by)} {len(rules)}"
    yield from _head("pemcheck_weighed_reports", "How many reports weigh this rule otherwise than the target.")
    for by, weights in summary.weighed.items():
        for (rule, was, now), count in weights.items():
            yield f"pemcheck_weighed_reports{_text(rule=rule, was=was.value, now=now.value, by=by)} {count}"
    yield from _head("pemcheck_granted_reports", "How many reports are milder by this setting.")
    for by, options in summary.granted.items():
        for option, count in options.items():
            yield f"pemcheck_granted_reports{_text(option=option, by=by)} {count}"


def _head(name: str, about: str) -> Iterator[str]:
    yield f"# HELP {name} {about}"
    yield f"# TYPE {name} gauge"


def _labels(row: Row, **more: str) -> str:
    return _text(file=row.place, name=row.title, sha256=row.sha256, kind=row.kind, **more)


def _text(**labels: str) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{','.join(pairs)}}}"


def _escaped(value: str) -> str:
    return printable(value).replace("\\", "\\\\").replace('"', '\\"')
