"""One page about a fleet: when what expires, as a picture, what is wrong, by rule, and a table of all certificates."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape

from ..facts import time_text
from ..rules import BY_NAME
from ..scanning import Summary
from ..source import printable
from .rows import VERDICTS, Row
from .scanned import render_summary

_COLOURS = {"accepted": "#2e7d32", "refused": "#c62828", "undecided": "#f9a825"}
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 960, 260, 46, 18, 46
_LABEL = 64
_MOST_BARS = 48
_STEPS = (1, 7, 14, 30, 91, 182, 365)
"""Days of one bar."""
_BEFORE, _BEHIND = timedelta(days=365), timedelta(days=1_200)
"""What is further away stands in the first and in the last bar."""
_HEADS = ("verdict", "certificate", "expires", "key", "place", "findings", "set aside")
"""Those of the table; the last only where the user's policy did something."""
_MOST_PLACES = 50
"""Places of one rule that are listed."""

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
pre { white-space: pre-wrap; }
svg { max-width: 100%; height: auto; } svg text { font-size: 11px; fill: currentColor; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { border-bottom: 1px solid #8886; padding: .3rem .5rem; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { position: sticky; top: 0; background: Canvas; white-space: nowrap; }
.v { border-left: .5rem solid; padding-left: .4rem; white-space: nowrap; }
.accepted { border-color: #2e7d32; } .refused { border-color: #c62828; } .undecided { border-color: #f9a825; }
input { font: inherit; padding: .3rem .5rem; width: 22rem; max-width: 100%; }
details { margin: .3rem 0; }
@media print { body { margin: 0; max-width: none; } input, label { display: none; } tr { break-inside: avoid; }
  th { position: static; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
_SCRIPT = """
const field = document.getElementById("search"), rows = document.querySelectorAll("#all tbody tr");
field.parentElement.hidden = false;
field.addEventListener("input", () => {
  const words = field.value.toLowerCase().split(/\\s+/);
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every(word => text.includes(word));
  }
});
"""


def render(rows: Sequence[Row], summary: Summary) -> str:
    """Return the page; nothing in it is loaded from elsewhere, and without its script only the search is missing."""
    return "".join(f"{line}\n" for line in _lines(rows, summary))


def _lines(rows: Sequence[Row], summary: Summary) -> Iterator[str]:
    at = time_text(summary.at)
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    policy = f"default-src 'none'; style-src {_hash(_STYLE)}; script-src {_hash(_SCRIPT)}; base-uri 'none'"
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>pemcheck scan, {at[:10]}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>Certificates, judged for {at}</h1>"
    yield "<h2>When they expire</h2>"
    yield from _timeline([each for each in rows if each.expires is not None], summary.at)
    yield f"<h2>In numbers</h2><pre>{_text(render_summary(summary))}</pre>"
    yield "<h2>What is wrong</h2>"
    yield from _rules(rows)
    yield "<h2>All of them</h2>"
    yield '<p hidden><label for="search">Search: </label><input id="search" type="search"></p>'
    aside = any(each.aside for each in rows)
    heads = "".join(f"<th>{each}" for each in _HEADS[: None if aside else -1])
    yield f'<table id="all"><thead><tr>{heads}</thead><tbody>'
    yield from (_row(each, aside) for each in rows)
    yield f"</tbody></table><script>{_SCRIPT}</script></body></html>"


def _hash(text: str) -> str:
    """Return what lets a browser run this script, or take this style, and no other (CSP 3, section 2.3.1)."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _text(text: str) -> str:
    """Return foreign *text* so that nothing in it is HTML, and nothing hides or turns around."""
    return escape("\n".join(map(printable, text.split("\n"))))


def _row(it: Row, aside: bool) -> str:
    alone = "" if it.kind == "submission" else " (no key)"
    verdicts = it.verdict if len(it.verdicts) < 2 else ", ".join(f"{target}: {each}" for target, each in it.verdicts)
    findings = ", ".join(dict.fromkeys(f"{rule} ({severity})" for severity, rule, _ in it.findings))
    cells = (
        _text(it.title) + alone,
        "?" if it.expires is None else time_text(it.expires)[:10],
        _text(it.algorithm),
        _text(it.place),
        _text(findings),
        *([_text(", ".join(it.aside))] if aside else []),
    )
    return f'<tr><td class="v {_text(it.verdict)}">{_text(verdicts)}' + "".join(f"<td>{cell}" for cell in cells)


def _rules(rows: Sequence[Row]) -> Iterator[str]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for it in rows:
        for severity, rule, place in it.findings:
            found.setdefault((severity, rule), {})[place] = None
    order = ("error", "warning", "note")
    for (severity, rule), places in sorted(
        found.items(), key=lambda item: (order.index(item[0][0]), -len(item[1]), item[0])
    ):
        yield f"<details><summary><b>{_text(rule)}</b>: {severity}, {len(places):,}</summary>"
        yield f"<p>{_text(BY_NAME[rule].why)}</p><ul>"
        yield from (f"<li>{_text(place)}" for place in list(places)[:_MOST_PLACES])
        if len(places) > _MOST_PLACES:
            yield f"<li>… and {len(places) - _MOST_PLACES:,} more"
        yield "</ul></details>"
    if not found:
        yield "<p>Nothing.</p>"


# ----------------------------------------------------------------------------------------------------- timeline


class _Axis:
    """The days that the picture shows, and how they are cut into bars."""

    def __init__(self, moments: Sequence[datetime], at: datetime) -> None:
        first = max(min(*moments, at), _shifted(at, -_BEFORE))
        last = min(max(*moments, at), _shifted(at, _BEHIND))
        days = (last - first).days + 1
        self.step = next((each for each in _STEPS if days <= each * _MOST_BARS), _STEPS[-1])
        self.first = first
        self.count = days // self.step + 1
        self.bar = (_WIDTH - _LEFT) / self.count

    def number(self, moment: datetime) -> int:
        """Return the number of the bar that *moment* is in."""
        return min(max((moment - self.first).days // self.step, 0), self.count - 1)

    def start(self, number: int) -> str:
        """Return the first day of a bar."""
        return time_text(self.first + timedelta(days=number * self.step))[:10]

    def x(self, number: float) -> float:
        """Return where a bar starts."""
        return _LEFT + number * self.bar


def _shifted(moment: datetime, by: timedelta) -> datetime:
    try:
        return moment + by
    except OverflowError:
        return moment


def _timeline(rows: Sequence[Row], at: datetime) -> Iterator[str]:
    """Draw how many certificates expire when: a bar for some days, a colour for each verdict."""
    moments = [each.expires for each in rows if each.expires is not None]
    if not moments:
        yield "<p>No date could be read.</p>"
        return
    axis = _Axis(moments, at)
    bars: list[dict[str, int]] = [{} for _ in range(axis.count)]
    for row, moment in zip(rows, moments):
        bar = bars[axis.number(moment)]
        bar[row.verdict] = bar.get(row.verdict, 0) + 1
    most = max(sum(bar.values()) for bar in bars)
    base = _HEIGHT - _BOTTOM
    scale = (base - _TOP) / most
    yield f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="How many certificates expire when">'
    yield f'<line x1="{_LEFT}" y1="{base}" x2="{_WIDTH}" y2="{base}" stroke="currentColor"/>'
    yield f'<text x="{_LEFT - 6}" y="{_TOP + 4}" text-anchor="end">{most:,}</text>'
    yield f'<text x="{_LEFT - 6}" y="{base}" text-anchor="end">0</text>'
    for number, bar in enumerate(bars):
        yield from _bar(axis, number, bar, scale)
    every = max(axis.count // 8, 1)
    for number in range(0, axis.count, every):
        if number == 0 or axis.x(number) < _WIDTH - _LABEL:
            yield f'<text x="{axis.x(number):.1f}" y="{base + 15}">{axis.start(number)}</text>'
    now = axis.x((at - axis.first).total_seconds() / 86_400 / axis.step)
    ends = f'x1="{now:.1f}" y1="{_TOP - 8}" x2="{now:.1f}" y2="{base}"'
    yield f'<line {ends} stroke="currentColor" stroke-dasharray="4"/>'
    yield f'<text x="{now + 4:.1f}" y="{_TOP - 4}">judged for</text>'
    for number, verdict in enumerate(VERDICTS):
        x = _LEFT + number * 110
        yield f'<rect x="{x}" y="{_HEIGHT - 14}" width="10" height="10" fill="{_COLOURS[verdict]}"/>'
        yield f'<text x="{x + 14}" y="{_HEIGHT - 5}">{verdict}</text>'
    days = "a day" if axis.step == 1 else f"{axis.step} days"
    yield f'<text x="{_WIDTH}" y="{_HEIGHT - 5}" text-anchor="end">each bar: {days}; the first and the last: all beyond'
    yield "</text></svg>"


def _bar(axis: _Axis, number: int, bar: dict[str, int], scale: float) -> Iterator[str]:
    y = float(_HEIGHT - _BOTTOM)
    for verdict in VERDICTS:
        count = bar.get(verdict, 0)
        if count:
            y -= count * scale
            place = f'x="{axis.x(number) + 1:.1f}" y="{y:.1f}" width="{max(axis.bar - 2, 1):.1f}"'
            yield f'<rect {place} height="{count * scale:.1f}" fill="{_COLOURS[verdict]}">'
            yield f"<title>from {axis.start(number)}: {count:,} {verdict}</title></rect>"
