"""
Colour for terminals, put over the finished text.

What certificates say stands escaped and indented in it, so that it can neither bring colour along nor get any.
"""

from __future__ import annotations

import re

_RESET = "\x1b[0m"
_STYLES = {
    "error": "\x1b[1;31m",
    "warning": "\x1b[1;33m",
    "note": "\x1b[1;36m",
    "refused": "\x1b[1;31m",
    "undecided": "\x1b[1;33m",
    "accepted": "\x1b[1;32m",
}
_FINDING = re.compile(r"^(\S.*: )(error|warning|note)(: )([a-z0-9-]+)$", re.MULTILINE)
_VERDICT = re.compile(r"^([^\s:]+: )(accepted|refused|undecided)\b", re.MULTILINE)


def paint(text: str) -> str:
    """Return a report as text with colour in severity, rule and verdict; without colour it is the same."""
    text = _FINDING.sub(lambda it: f"{it[1]}{_styled(it[2])}{it[3]}\x1b[1m{it[4]}{_RESET}", text)
    return _VERDICT.sub(lambda it: f"{it[1]}{_styled(it[2])}", text)


def _styled(word: str) -> str:
    return f"{_STYLES[word]}{word}{_RESET}"
