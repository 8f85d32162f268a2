"""
Bytes to blocks, line by line, in linear time, saying everything that is odd.

Ready-made readers skip what they do not understand, which is exactly what the user must hear about.  This one
keeps lines and columns, recovers where a person would, and reports each recovery as a Problem.  No text of the
input is ever quoted: a line outside of a block may be a line of a key.

Source: RFC 7468, https://www.rfc-editor.org/rfc/rfc7468; headers: RFC 1421 section 4.6
"""

from __future__ import annotations

import binascii
import re
from typing import NamedTuple

from . import der, sniff
from .source import MAX_BYTES, Location, Problem, printable
from .value import Value

MAX_BLOCKS = 4096
"""Blocks read of one input; AWS's largest field of 2 MiB holds about 1,700 certificates."""
MAX_PROBLEMS = 8
"""Problems of one rule told one by one; the last of them counts the rest."""

_DASHES = "-\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
_DASH_RUN = re.compile(f"[{_DASHES}]+")
_LINE_END = re.compile("\r\n|\n|\r")
_ESCAPED_LINE_END = re.compile(r"(?:\\r)?\\n|\\r")
_MARKER_WORDS = re.compile(r"[ \t]{0,4}(BEGIN|END)[ \t]{1,4}([A-Za-z0-9](?:[A-Za-z0-9 .#]{0,60}[A-Za-z0-9])?)[ \t]{0,4}", re.I)
_EXACT_MARKER = re.compile(r"-----(BEGIN|END) ([A-Z0-9]+(?: [A-Z0-9]+)*)-----\Z")
_KNOWN_LABEL = re.compile(r"(?:CERTIFICATE|CERTIFICATES|CRL|KEY|PARAMETERS|PKCS ?#?7|CMS|REQUEST|BLOCK|MESSAGE|PRIVATEKEY)$", re.I)
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:(?: |$)")
_NOT_BASE64 = re.compile(r"[^A-Za-z0-9+/=]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}\Z")
_FORBIDDEN = re.compile("[^\t\n\r -\u00ff]")
_NON_ASCII = re.compile("[^\t\n\r -~]")


class Block(Value):
    """One PEM block, or one bare DER object (label ``""``); ``der`` is what its base64 stands for."""

    _hidden = ("der", "headers")

    label: str
    der: bytes
    at: Location
    headers: tuple[str, ...] = ()

    @property
    def encrypted(self) -> bool:
        """Whether RFC 1421 headers say that the content is encrypted."""
        return any(header.startswith("Proc-Type:") and "ENCRYPTED" in header for header in self.headers)


class Text(Value):
    """
    What one input holds: its blocks and what is wrong with their form.

    ``form`` is pem, der, base64 (DER without markers), empty, or none.
    """

    form: str
    blocks: tuple[Block, ...] = ()
    problems: tuple[Problem, ...] = ()


def read(file: str, data: bytes) -> Text:
    """Return the blocks in *data*; never raises."""
    return _read(_Problems(file), data, 0)


def _read(problems: _Problems, data: bytes, nested: int) -> Text:
    whole = Location(problems.file)
    if len(data) > MAX_BYTES:
        problems.add("input-too-large", whole, f"only the first {MAX_BYTES} bytes were looked at", sort="cap")
        data = data[:MAX_BYTES]
    if not data.strip(b" \t\r\n\v\f"):
        problems.add("input-empty", whole, "nothing but white space" if data else "0 bytes")
        return Text("empty", (), problems.done())
    if sniff.is_der(data) and b"-----BEGIN " not in data[:64]:
        return Text("der", (Block("", data, whole.replace(block=0)),), problems.done())
    text = _decode(problems, data)
    if text is not None and _MARKER_WORDS.search(text):
        blocks = _Reader(problems).read(text)
        if blocks or problems.seen:
            return Text("pem", blocks, problems.done())
        problems.tallies.clear()
    return _without_markers(problems, data, text, nested)


def _decode(problems: _Problems, data: bytes) -> str | None:
    """Return the text, or None for binary data."""
    start = Location(problems.file, 1)
    wide = sniff.utf16(data)
    if wide:
        problems.add("input-is-utf16", start, f"UTF-16, {wide[-2:].upper()}")
        return data.decode(wide, "replace").lstrip("\ufeff")
    if sniff.is_binary(data):
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        problems.add("input-has-bom", start.replace(column=1))
        data = data[3:]
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _without_markers(problems: _Problems, data: bytes, text: str | None, nested: int) -> Text:
    whole = Location(problems.file)
    packed = "".join(text.split()) if text is not None else ""
    if len(packed) >= 24 and _BASE64.match(packed):
        inner = _decode_base64(packed) or b""
        if sniff.is_der(inner):
            problems.add("input-without-markers", Location(problems.file, 1))
            return Text("base64", (Block("", inner, Location(problems.file, 1, block=0)),), problems.done())
        if inner.lstrip().startswith(b"-----BEGIN ") and nested < 3:
            problems.add("input-encoded-twice", Location(problems.file, 1))
            return _read(problems, inner, nested + 1)
    if text is not None and sniff.is_path(text):
        problems.add("input-is-path", Location(problems.file, 1))
    elif not sniff.is_store(data):
        problems.add("pem-nothing-found", whole, sniff.describe(data))
    return Text("none", (), problems.done())


def _decode_base64(packed: str) -> bytes | None:
    try:
        return binascii.a2b_base64(packed + "=" * (-len(packed) % 4))
    except ValueError:
        return None


class _Problems:
    """Collects problems of one input, a bounded number of each rule."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.kept: list[Problem] = []
        self.seen: dict[str, int] = {}
        self.tallies: dict[str, tuple[Location, int, int]] = {}

    def add(self, rule: str, at: Location, detail: str = "", sort: str = "") -> None:
        count = self.seen[rule] = self.seen.get(rule, 0) + 1
        if count <= MAX_PROBLEMS:
            self.kept.append(Problem(rule, at, detail, sort))

    def tally(self, rule: str, line: int, column: int | None = None, lines: int = 1) -> None:
        """Count lines with the same small fault; they become one problem, at the first."""
        at, count, last = self.tallies.get(rule) or (Location(self.file, line, column=column), 0, 0)
        self.tallies[rule] = (at, count + (line != last) * lines, line)

    def done(self) -> tuple[Problem, ...]:
        for rule, (at, count, _) in self.tallies.items():
            self.kept.append(Problem(rule, at, "1 line" if count == 1 else f"{count:,} lines, from this one on"))
        for rule, count in self.seen.items():
            if count > MAX_PROBLEMS:
                index = max(i for i, problem in enumerate(self.kept) if problem.rule == rule)
                last_one = self.kept[index]
                more = f"{last_one.detail} … and {count - MAX_PROBLEMS:,} more like it"
                self.kept[index] = last_one.replace(detail=more)
        return tuple(self.kept)


class _Marker(NamedTuple):
    start: int
    end: int
    which: str
    label: str
    fault: str


class _Open:
    """A block whose END has not been seen yet."""

    def __init__(self, label: str, line: int, column: int) -> None:
        self.label, self.line, self.column = label, line, column
        self.body: list[str] = []
        self.headers: list[str] = []
        self.in_headers = True
        self.on_one_line = False
        self.bad: tuple[int, int, str] | None = None


class _Reader:
    def __init__(self, problems: _Problems) -> None:
        self.problems = problems
        self.blocks: list[Block] = []
        self.open: _Open | None = None
        self.loose: list[tuple[int, str]] = []  # base64 lines outside, in case an END follows
        self.unclosed = 0

    def at(self, line: int, column: int | None = None, end_line: int | None = None) -> Location:
        return Location(self.problems.file, line, end_line, column)

    def read(self, text: str) -> tuple[Block, ...]:
        lines = _LINE_END.split(text)
        if not lines[-1]:
            lines.pop()
        blank: list[int] = []
        for number, line in enumerate(lines, 1):
            block = self.open
            if block and not block.in_headers and _BASE64.match(line):
                block.body.append(line)
            elif block and not line and not block.in_headers:
                blank.append(number)
            else:
                self.line(number, line)
            if self.full and number < len(lines):
                detail = f"only the first {MAX_BLOCKS} of its blocks were looked at"
                self.problems.add("input-too-large", self.at(number), detail, sort="cap")
                break
        else:
            if self.open:
                self.never_closed(len(lines))
        if blank:
            self.problems.tally("pem-blank-or-indented-lines", blank[0], lines=len(blank))
        self.flush_loose()
        self.line_ends(text, len(lines))
        return tuple(self.blocks)

    @property
    def full(self) -> bool:
        return len(self.blocks) + self.unclosed >= MAX_BLOCKS

    def line_ends(self, text: str, last: int) -> None:
        crlf = text.count("\r\n")
        if crlf:
            first = text.count("\n", 0, text.index("\r\n")) + 1
            self.problems.tally("pem-crlf-line-ends", first, lines=crlf)
        elif "\r" in text and "\n" not in text:
            self.problems.add("pem-on-one-line", self.at(1), "its lines end in a lone carriage return (CR)")
        if text[-1:] not in "\r\n":
            self.problems.add("pem-no-final-newline", self.at(last))

    def line(self, number: int, line: str) -> None:
        if "\\n" in line and _MARKER_WORDS.search(line):
            self.escaped_line(number, line)
            return
        markers = _markers(line)
        if not markers:
            self.content(number, line)
            return
        self.characters(number, line, True)
        self.margins(number, line)
        if len(markers) > 1 and any(a.which == "END" and b.which == "BEGIN" for a, b in zip(markers, markers[1:])):
            self.problems.add("pem-markers-share-a-line", self.at(number, markers[1].start + 1))
        position = 0
        for marker in markers:
            if self.full:
                return
            self.beside_marker(number, line[position : marker.start], position)
            self.marker(number, marker)
            position = marker.end
        self.beside_marker(number, line[position:], position)

    def escaped_line(self, number: int, line: str) -> None:
        r"""Read a line that holds line ends written as ``\n``."""
        self.problems.add("pem-on-one-line", self.at(number), "its line ends are written as \\n, two characters")
        for piece in _ESCAPED_LINE_END.split(line):
            piece = piece.strip().strip("\"',")
            markers = _markers(piece)
            for marker in markers:
                self.marker(number, marker)
            if piece and not markers:
                self.content(number, piece)

    def beside_marker(self, number: int, text: str, position: int) -> None:
        """Read what stands on the line of a marker: a block on one line, or something foreign."""
        packed = "".join(text.split())
        if not packed:
            return
        if self.open and _BASE64.match(packed):
            if not self.open.on_one_line:
                self.open.on_one_line = True
                detail = "its markers and its base64 stand on one line"
                self.problems.add("pem-on-one-line", self.at(number, position + 1), detail)
            self.open.in_headers = False
            self.open.body.append(packed)
        else:
            detail = "something else stands on the line of a marker"
            self.problems.add("pem-marker-malformed", self.at(number, position + 1), detail)

    def marker(self, number: int, marker: _Marker) -> None:
        if marker.fault:
            self.problems.add("pem-marker-malformed", self.at(number, marker.start + 1), marker.fault)
        if marker.which == "BEGIN":
            if self.open:
                self.never_closed(number - 1)
            self.flush_loose()
            self.open = _Open(marker.label, number, marker.start + 1)
            return
        if not self.open:
            detail = f"-----END {marker.label}----- closes nothing: its BEGIN line is missing"
            self.problems.add("pem-marker-malformed", self.at(number, marker.start + 1), detail)
            if not self.loose:
                return
            self.open = _Open(marker.label, self.loose[0][0], 1)
            self.open.body = [text for _, text in self.loose]
            self.loose = []
        elif marker.label != self.open.label:
            detail = f"BEGIN {self.open.label} on line {self.open.line} is closed by END {marker.label}"
            self.problems.add("pem-marker-malformed", self.at(number, marker.start + 1), detail)
        self.close(self.open, number)

    def never_closed(self, last_line: int) -> None:
        block = self.open
        assert block is not None  # noqa: S101  # for the type checker
        packed = "".join(block.body)
        complete = _is_whole(_decode_base64(packed[: len(packed) // 4 * 4]) or b"")
        detail = f"-----BEGIN {block.label}----- is never closed: its END line is missing"
        detail += "" if complete else ", and its content is cut off"
        self.unclosed += not complete
        self.problems.add("pem-marker-malformed", self.at(block.line, block.column, last_line), detail)
        if complete:
            self.close(block, last_line)
        self.open = None

    def content(self, number: int, line: str) -> None:
        stripped = line.strip(" \t")
        self.characters(number, line, bool(self.open))
        if not self.open:
            self.outside(number, stripped)
            return
        block = self.open
        if block.in_headers:
            continues = bool(block.headers) and line[:1] in (" ", "\t") and bool(stripped)
            if _HEADER.match(line) or continues:
                block.headers.append(line)
                return
            block.in_headers = False
            if block.headers and not stripped:
                return  # the empty line that ends the headers
        if not stripped:
            self.problems.tally("pem-blank-or-indented-lines", number)
            return
        self.margins(number, line)
        packed = _FORBIDDEN.sub("", stripped)
        bad = _NOT_BASE64.search(packed)
        if bad and not block.bad:
            block.bad = (number, line.find(bad.group()) + 1, bad.group())
        block.body.append(packed)

    def margins(self, number: int, line: str) -> None:
        if line[0] in " \t":
            self.problems.tally("pem-blank-or-indented-lines", number, 1)
        if line[-1] in " \t":
            self.problems.tally("pem-trailing-spaces", number, len(line.rstrip(" \t")) + 1)

    def characters(self, number: int, line: str, inside: bool) -> None:
        if line.isascii() and line.isprintable():
            return
        forbidden = _FORBIDDEN.search(line)
        if forbidden:
            name = f"U+{ord(forbidden.group()):04X}"
            at = self.at(number, forbidden.start() + 1)
            self.problems.add("input-has-forbidden-characters", at, name, "inside" if inside else "outside")
        elif not inside and _NON_ASCII.search(line):
            self.problems.tally("input-has-non-ascii", number)

    def outside(self, number: int, stripped: str) -> None:
        if stripped and _BASE64.match(stripped) and len(stripped) > 16:
            self.loose.append((number, stripped))
            return
        self.flush_loose()
        if stripped:
            self.problems.tally("pem-text-outside-blocks", number)

    def flush_loose(self) -> None:
        for number, _ in self.loose:
            self.problems.tally("pem-text-outside-blocks", number)
        self.loose = []

    def close(self, block: _Open, number: int) -> None:
        self.open = None
        at = Location(self.problems.file, block.line, number, None, len(self.blocks))
        headers = tuple(block.headers)
        found = Block(block.label, self.body(block, at), at, headers)
        if headers and not found.encrypted:
            self.problems.add("pem-headers-in-block", self.at(block.line + 1), f"{len(headers)}")
        self.blocks.append(found)

    def body(self, block: _Open, at: Location) -> bytes:
        """Return what the base64 stands for, as far as a person could tell; empty if nobody could."""
        packed = "".join(block.body)
        place = at.replace(line=at.line, end_line=None)
        if block.bad:
            line, column, character = block.bad
            place = self.at(line, column)
            if character in " \t":
                detail = "white space inside a line of base64"
                packed = "".join(packed.split())
            elif character in "-_":
                detail = "the URL-safe alphabet (- and _ for + and /)"
                packed = packed.replace("-", "+").replace("_", "/")
            else:
                shown = printable(character) if character.isprintable() else f"U+{ord(character):04X}"
                detail = f"the character {shown} is not base64"
            self.problems.add("pem-bad-base64", place, detail)
            if _NOT_BASE64.search(packed):
                return b""
        elif fault := _base64_fault(packed):
            self.problems.add("pem-bad-base64", place, fault)
        else:
            return _decode_base64(packed) or b""
        # only what comes out whole was repaired rightly; that it did not needs no second finding
        packed = packed.rstrip("=")
        repaired = b"" if "=" in packed or len(packed) % 4 == 1 else _decode_base64(packed) or b""
        return repaired if _is_whole(repaired) else b""


def _is_whole(data: bytes) -> bool:
    """Whether *data* begins with a whole DER element."""
    try:
        der.walk(data)
    except der.NotDER:
        return False
    return True


def _base64_fault(packed: str) -> str:
    core = packed.rstrip("=")
    if not packed:
        return "there is nothing between the markers"
    if "=" in core:
        return "padding (=) in the middle: a second piece of base64 follows the first"
    if len(core) % 4 == 1:
        return "its length is impossible: at least one character is missing"
    if len(packed) % 4:
        return "wrong padding (=) at the end"
    return ""


def _markers(line: str) -> list[_Marker]:
    """Return what is a BEGIN or END marker in *line*, or nearly one."""
    exact = _EXACT_MARKER.match(line)
    if exact:
        return [_Marker(0, len(line), exact.group(1), exact.group(2), "")]
    if not _MARKER_WORDS.search(line):
        return []
    runs = [match.span() for match in _DASH_RUN.finditer(line)]
    edges = [(0, 0), *runs, (len(line), len(line))]
    found = []
    for left, right in zip(edges, edges[1:]):
        words = _MARKER_WORDS.fullmatch(line, left[1], right[0])
        if words:
            marker = _marker(line, left, right, words.group(1), words.group(2))
            if marker:
                found.append(marker)
            if len(found) > 2 * MAX_BLOCKS:
                break
    return found


def _marker(line: str, left: tuple[int, int], right: tuple[int, int], which: str, label: str) -> _Marker | None:
    before, after = line[left[0] : left[1]], line[right[0] : right[1]]
    words = line[left[1] : right[0]]
    exact = words == f"{which} {label}".upper() and "  " not in words
    known = _KNOWN_LABEL.search(label)
    ssh2 = label.upper().startswith("SSH2") and before == after == "----"
    if not known and not (exact and before[-5:] == after[:5] == "-----"):
        return None
    if not before and not after and line.strip() != words.strip():
        return None  # a sentence that mentions a marker
    fault = ""
    # END and BEGIN glued together share one run of ten dashes
    if before not in ("-----", "-" * 10) or after not in ("-----", "-" * 10):
        ascii_only = set(before + after) <= {"-"}
        count = f"{len(before)} before and {len(after)} behind, not 5 and 5"
        fault = f"its dashes are {count}" if ascii_only else "its dashes are not the ASCII hyphen-minus"
    elif not exact:
        fault = f"it is not written as {which.upper()}, one space, and a label in capitals"
    start = left[1] - 5 if len(before) == 10 else left[0]
    end = right[0] + 5 if len(after) == 10 else right[1]
    return _Marker(start, end, which.upper(), " ".join(label.upper().split()), "" if ssh2 else fault)
