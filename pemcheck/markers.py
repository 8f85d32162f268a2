"""
BEGIN and END lines: what is one, what is nearly one, and what only mentions one.

Source: RFC 7468 section 2, https://www.rfc-editor.org/rfc/rfc7468
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from .patterns import rare

# the last two of the first line are Windows-1252's dashes read as Latin-1
DASHES = "-\x96\x97\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_DASH_RUN = rare(f"[{DASHES}]+")
_ODD_SPACE = rare("[\u00a0\u00ad\u1680\u2000-\u200f\u2028\u2029\u202f\u205f\u2060\u3000\ufeff]")
_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9 .#]{0,60}[A-Za-z0-9])?"
_WORDS_PATTERN = rf"[ \t]{{0,4}}(BEGIN|END)[ \t]{{1,4}}({_LABEL})[ \t]{{0,4}}"
_WORDS = rare(_WORDS_PATTERN, re.I)
_BETWEEN_DASHES = rare(rf"(?<![^{DASHES}]){_WORDS_PATTERN}(?![^{DASHES}])", re.I)
_EXACT = re.compile(r"-----(BEGIN|END) ([A-Z0-9]+(?: [A-Z0-9]+)*)-----\Z")
_KNOWN = rare(r"(?:CERTIFICATE|CERTIFICATES|CRL|KEY|PARAMETERS|PKCS ?#?7|CMS|REQUEST|BLOCK|MESSAGE|PRIVATEKEY)$", re.I)
_LINE = re.compile(r"[^\r\n]+")
_VOCABULARY = frozenset((
    "#7", "ANY", "ATTRIBUTE", "BLOCK", "CERTIFICATE", "CERTIFICATES", "CMS", "CRL", "DATA", "DH", "DSA", "EC",
    "ED25519", "ENCRYPTED", "KEY", "MESSAGE", "NEW", "OPENSSH", "PARAMETERS", "PGP", "PKCS", "PKCS12", "PKCS7",
    "PRIVATE", "PRIVATEKEY", "PUBLIC", "REQUEST", "RSA", "SIGNATURE", "SIGNED", "SSH2", "TRUSTED", "X509",
))  # fmt: skip


ODD_DASHES = "its dashes are not the ASCII hyphen-minus"
ODD_WORDS = "it is not BEGIN or END, one space, and a label in capitals"


class Marker(NamedTuple):
    """
    A BEGIN or END marker: where it stands in its line, from 0, and what is wrong with it, if anything.

    ``label`` is in capitals and single-spaced.
    """

    start: int
    end: int
    which: str
    label: str
    fault: str


def shown(label: str) -> str:
    """Return *label* if it is made of the words of labels; any other could be a piece of what it should enclose."""
    return label if _VOCABULARY.issuperset(label.split()) else "…"


def are_in(text: str) -> bool:
    """Whether any line of *text* holds a marker, or nearly one."""
    likely = "-----BEGIN " in text or _may_hold(_plain(text))
    return likely and any(True for line in _LINE.finditer(text) for _ in _each(line.group()))


def is_ruled(line: str) -> bool:
    """Whether *line* starts with two dashes or more, as a garbled marker does."""
    run = _DASH_RUN.match(line)
    return run is not None and run.end() > 1


def find(line: str) -> list[Marker]:
    """Return what is a BEGIN or END marker in *line*, or nearly one."""
    return [*_each(line)]


def _each(line: str) -> Iterator[Marker]:
    """Yield what ``find`` returns, one by one: to know that there is one takes no longer than to find it."""
    if len(line) < len("END KEY"):
        return
    exact = _EXACT.match(line) if len(line) < 80 else None
    if exact:
        yield _named(Marker(0, len(line), exact.group(1), exact.group(2), ""))
        return
    plain = _plain(line)
    if not (" " in plain or "\t" in plain) or not _may_hold(plain):  # most lines are base64 and have no space
        return
    for words in _BETWEEN_DASHES.finditer(plain):
        start, end = words.span()
        before, after = start, _DASH_RUN.match(line, end)
        while before and line[before - 1] in DASHES:
            before -= 1
        right = after.span() if after else (end, end)
        marker = _judge(line, (before, start), right, words.group(1).upper(), words.group(2))
        if marker:
            yield _named(marker)


def _may_hold(plain: str) -> bool:
    """Whether there are a marker's words in a text; that they are not is told fast."""
    capitals = plain.upper() if plain.isascii() else ""
    return ("END" in capitals or "BEGIN" in capitals or not capitals) and bool(_WORDS.search(plain))


def _plain(text: str) -> str:
    """Return *text* with a space for each character that looks like one, or like nothing."""
    return text if text.isascii() else _ODD_SPACE.sub(" ", text)


def _judge(line: str, left: tuple[int, int], right: tuple[int, int], which: str, label: str) -> Marker | None:
    before, after = line[left[0] : left[1]], line[right[0] : right[1]]
    words = line[left[1] : right[0]]
    exact = words == f"{which} {label}".upper() and "  " not in words
    if not (exact and before[-5:] == after[:5] == "-----") and not _KNOWN.search(label):
        return None
    if not before and not after and (line.strip() != words.strip() or not words.isupper()):
        return None  # a sentence that mentions a marker
    fault = ""
    # END and BEGIN glued together share one run of ten dashes
    if before not in ("-----", "-" * 10) or after not in ("-----", "-" * 10):
        fault = ODD_DASHES
        if set(before + after) <= {"-"}:
            fault = f"its dashes are {len(before)} before and {len(after)} behind, not 5 and 5"
    elif not exact:
        fault = ODD_WORDS
    if label.upper().startswith("SSH2") and before == after == "----":
        fault = ""  # RFC 4716 has four
    start = left[1] - 5 if len(before) == 10 else left[0]
    end = right[0] + 5 if len(after) == 10 else right[1]
    return Marker(start, end, which, " ".join(label.upper().split()), fault)


def _named(marker: Marker) -> Marker:
    """Return *marker* with a BEGIN label that AWS's own documents have misspelt put right."""
    if marker.which == "END" or "PRIVATEKEY" not in marker.label:
        return marker
    fault = marker.fault or "its label has PRIVATEKEY in one word"
    return marker._replace(label=marker.label.replace("PRIVATEKEY", "PRIVATE KEY"), fault=fault)
