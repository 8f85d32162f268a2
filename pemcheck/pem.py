"""
Bytes to blocks, line by line, in linear time, saying everything that is odd.

Ready-made readers skip what they do not understand, which is exactly what the user must hear about.  This one
keeps lines and columns, recovers where a person would, and reports each recovery as a Problem.  No text of the
input is ever quoted: a line outside of a block may be a line of a key.

Source: RFC 7468, https://www.rfc-editor.org/rfc/rfc7468; headers: RFC 1421 section 4.6
"""

from __future__ import annotations

import re
from bisect import bisect_right

from . import armor, markers, sniff
from .budget import LINES, Budget
from .markers import Marker
from .patterns import rare
from .source import EXHAUSTED, MAX_BYTES, NOT_LOOKED_AT, OTHERWISE, READ, Location, Problem
from .value import Value

MAX_BLOCKS = 1000
"""Blocks read of one input; AWS's largest field of 2 MiB holds about 1,700 certificates."""
MAX_PROBLEMS = 8
"""Problems of one rule and sort told one by one; the last of them counts the rest."""

IN_A_MARGIN = "in a margin"
"""The way of a problem whose cure keeps the lines from BEGIN to END: how these stand, if not as they should."""

BOM = b"\xef\xbb\xbf"
"""The byte order mark of UTF-8."""
LINE_END = re.compile("\r\n|\n|\r")

_BY_MARKERS = ("pem-text-outside-blocks", "input-has-non-ascii", "pem-trailing-spaces")
# a backslash may itself be escaped, once in JSON inside of JSON
_ESCAPED_LINE_END = rare(r"\\{1,4}r\\{1,4}n|\\{1,4}[rn]")
_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]*:")
_FLAT_HEADERS = rare(r"\s*(Proc-Type:\s*\S+)\s+(DEK-Info:\s*\S+)\s")
_FIRST = ("M", "b3BlbnNzaC1r", "Proc-Type:")
"""How a block begins: as DER, as OpenSSH's key or with the headers of an encrypted one."""
_FORBIDDEN = rare("[^\t\n\r -\u00ff]")
_NON_ASCII = rare("[^\t\n\r -~]")


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


def read(file: str, data: bytes, budget: Budget | None = None) -> Text:
    """Return the blocks in *data*, paid from *budget*; never raises."""
    return _read(_Problems(file), data, Budget() if budget is None else budget)


def _read(problems: _Problems, data: bytes, budget: Budget) -> Text:
    whole = Location(problems.file)
    cut = len(data) > MAX_BYTES
    if cut:
        problems.add("input-too-large", whole, f"only the first {MAX_BYTES} bytes were looked at", sort=NOT_LOOKED_AT)
        data = data[:MAX_BYTES]
    if not data.strip(b" \t\r\n\v\f"):
        problems.add("input-empty", whole, "nothing but white space" if data else "0 bytes")
        return Text("empty", (), problems.done())
    if sniff.is_der(data) and b"-----BEGIN " not in data[:64]:
        return Text("der", (Block("", data, whole.replace(block=0)),), problems.done())
    text = _decode(problems, data)
    if text is not None and (paid := _paid(text, budget)) < len(text):
        line = len(LINE_END.findall(text, 0, paid)) + 1
        detail = f"from here on it was not looked at: {budget.reason}"
        problems.add("input-too-large", whole.replace(line=line), detail, sort=EXHAUSTED)
        text, cut = text[:paid], True
        if not markers.are_in(text):
            return Text("none", (), problems.done())
    if text is not None and not text.strip():
        problems.add("input-empty", whole, "nothing but a byte order mark and white space")
        return Text("empty", (), problems.done())
    if text is not None and markers.are_in(text):
        plain = armor.unquoted(text)
        if plain != text:
            problems.add("pem-on-one-line", whole.replace(line=1), "each line starts with >, as in a quoted e-mail")
            problems.coded = "pem-on-one-line"
        blocks = _Reader(problems, cut, budget).read(plain)
        return Text("pem", blocks, problems.done())
    return _without_markers(problems, data, text, budget)


def _paid(text: str, budget: Budget) -> int:
    """Return how many characters of *text* there is enough left to read, whole lines of it, and pay for them."""
    position, step = 0, len(text)
    while step and position < len(text):
        stop = min(position + step, len(text))
        if budget.take(LINES, _lines_in(text, position, stop)):
            position = stop
        step //= 2
    return position if position == len(text) else max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1


def _lines_in(text: str, start: int, stop: int) -> int:
    """Return as how many lines a piece counts: one for each end, written as two characters too, and for four dashes."""
    ends = sum(text.count(each, start, stop) for each in ("\n", "\r", "\\n", "\\r")) - text.count("\r\n", start, stop)
    return ends + sum(text.count(each, start, stop) for each in (*markers.DASHES, "&")) // 4


def _decode(problems: _Problems, data: bytes) -> str | None:
    """Return the text, or None for binary data."""
    start = Location(problems.file, 1)
    wide = sniff.utf16(data)
    if wide:
        problems.add("input-is-utf16", start, f"UTF-16, {wide[-2:].upper()}")
        problems.coded = "input-is-utf16"
        return data.decode(wide, "replace").lstrip("\ufeff")
    if sniff.is_binary(data):
        return None
    if data.startswith(BOM):
        problems.add("input-has-bom", start.replace(column=1))
        problems.way = OTHERWISE
    return text_of(data)


def text_of(data: bytes) -> str:
    """Return *data* without a byte order mark as text: UTF-8, or else Latin-1, in which all bytes are one."""
    data = data[len(BOM) :] if data.startswith(BOM) else data
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _without_markers(problems: _Problems, data: bytes, text: str | None, budget: Budget) -> Text:
    whole, first = Location(problems.file), Location(problems.file, 1)
    inner, layers = armor.peel("".join(text.split()) if text is not None else "")
    if sniff.is_der(inner):
        rule, detail = "input-without-markers", ""
        if layers > 1:
            rule, detail = "input-encoded-twice", "base64 without its BEGIN and END lines"
        problems.add(rule, first, detail, "" if layers < 3 else f"{layers - 1}")
        return Text("base64", (Block("", inner, first.replace(block=0)),), problems.done())
    if b"-----BEGIN " in inner:  # which is no base64, so this happens once
        problems.add("input-encoded-twice", first, "PEM", "" if layers == 1 else f"{layers}")
        problems.coded = "input-encoded-twice"
        return _read(problems, inner, budget)
    if text is not None and sniff.is_path(text):
        problems.add("input-is-path", first)
    elif not sniff.is_store(data):
        problems.add("pem-nothing-found", whole, sniff.describe(data))
    return Text("none", (), problems.done())


class _Problems:
    """Collects problems of one input, a bounded number of each rule and sort."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.kept: list[Problem] = []
        self.seen: dict[tuple[str, str], int] = {}
        self.tallies: dict[tuple[str, str], tuple[Location, int, int]] = {}
        self.way = ""
        self.coded = ""

    def add(self, rule: str, at: Location, detail: str = "", sort: str = "", way: str = "") -> None:
        count = self.seen[rule, sort] = self.seen.get((rule, sort), 0) + 1
        if count <= MAX_PROBLEMS:
            self.kept.append(Problem(rule, at, detail, sort, way=way, coded=self.coded))

    def tally(self, rule: str, line: int, column: int | None = None, lines: int = 1, fault: str = "") -> None:
        """Count lines with the same small *fault*, one of a few; they become one problem, at the first."""
        at, count, last = self.tallies.get((rule, fault)) or (Location(self.file, line, column=column), 0, 0)
        if at.line is not None and line < at.line:
            at = Location(self.file, line, column=column)
        self.tallies[rule, fault] = (at, count + (line != last) * lines, line)

    def done(self) -> tuple[Problem, ...]:
        for (rule, fault), (at, count, _) in self.tallies.items():
            lines = "1 line" if count == 1 else f"{count:,} lines, from this one on"
            detail = f"{fault}{'' if count == 1 else f': {lines}'}" if fault else lines
            way = READ if fault else self.way if rule in _BY_MARKERS else ""
            self.kept.append(Problem(rule, at, detail, way=way, coded=self.coded))
        for key, count in self.seen.items():
            if count > MAX_PROBLEMS:
                index = max(i for i, problem in enumerate(self.kept) if (problem.rule, problem.sort) == key)
                last_one = self.kept[index]
                more = f"{last_one.detail} … and {count - MAX_PROBLEMS:,} more like it"
                self.kept[index] = last_one.replace(detail=more)
        return tuple(self.kept)


class _Open:
    """A block whose END has not been seen yet."""

    def __init__(self, label: str, line: int, column: int) -> None:
        self.label, self.line, self.column = label, line, column
        self.body: list[str] = []
        self.headers: list[str] = []
        self.header_line = line
        self.separated = False
        self.on_one_line = False
        self.bad: tuple[int, int, str] | None = None


class _Reader:
    """Goes through a text line by line; ``cut`` says that the text goes on behind its end."""

    def __init__(self, problems: _Problems, cut: bool, budget: Budget) -> None:
        self.problems = problems
        self.cut = cut
        self.budget = budget
        self.blocks: list[Block] = []
        self.open: _Open | None = None
        self.loose: list[tuple[int, str]] = []  # base64 lines outside, in case an END follows
        self.unclosed = 0
        self.stopped = False
        self.quotation = ""

    def at(self, line: int, column: int | None = None, end_line: int | None = None) -> Location:
        return Location(self.problems.file, line, end_line, column)

    def read(self, text: str) -> tuple[Block, ...]:
        lines = LINE_END.split(text)
        if not lines[-1]:
            lines.pop()
        blank: list[int] = []
        for number, line in enumerate(lines, 1):
            block = self.open
            if block and block.body and armor.is_base64(line):
                block.body.append(line)
            elif block and block.body and not line:
                blank.append(number)
            else:
                self.line(number, line)
                if self.stopped:
                    break
        if self.open and not self.cut:
            self.never_closed(self.open, len(lines))
        if blank:
            self.problems.tally("pem-blank-or-indented-lines", blank[0], lines=len(blank))
        self.flush_loose()
        self.line_ends(text, len(lines))
        return tuple(self.blocks)

    def line_ends(self, text: str, last: int) -> None:
        crlf = text.count("\r\n")
        if crlf:
            first = len(LINE_END.findall(text, 0, text.index("\r\n"))) + 1
            self.problems.tally("pem-crlf-line-ends", first, lines=crlf)
        lone = self.lone_return(text) if text.count("\r") > crlf else 0
        if lone:
            self.problems.way = OTHERWISE
            self.problems.add("pem-on-one-line", self.at(lone), "its lines end in a lone carriage return (CR)")
        if not self.cut and text[-1] not in "\r\n":
            self.problems.add("pem-no-final-newline", self.at(last))

    def lone_return(self, text: str) -> int:
        """Return the first line of a block that ends in CR alone, or 0; outside of blocks such ends are harmless."""
        if "\n" not in text:
            return 1
        starts = [block.at.line or 0 for block in self.blocks]
        stops = [block.at.end_line or 0 for block in self.blocks]
        for number, end in enumerate(LINE_END.finditer(text), 1):
            index = bisect_right(starts, number) - 1
            if end.group() == "\r" and index >= 0 and number < stops[index]:
                return number
        return 0

    def line(self, number: int, line: str) -> None:
        found = markers.find(line)
        if not found:
            self.content(number, line, 0)
            return
        if _ESCAPED_LINE_END.search(line):
            self.escaped_line(number, line)
            return
        if not any(each.fault for each in found):  # which says it
            self.characters(number, line, 0, True)
        if (found[0].which, found[-1].which) != ("BEGIN", "END"):  # a block on one line ends in spaces, not its lines
            self.margins(number, line)
        for one, following in zip(found, found[1:]):
            if one.which == "END" and following.which == "BEGIN":
                self.problems.add("pem-markers-share-a-line", self.at(number, following.start + 1))
                break
        self.pieces(number, line, 0, found, False)

    def escaped_line(self, number: int, line: str) -> None:
        r"""Read a line that holds line ends written as ``\n``; what else stands in it is syntax, not text."""
        self.problems.add("pem-on-one-line", self.at(number), "its line ends are written as \\n, two characters")
        edges = [(0, 0), *(match.span() for match in _ESCAPED_LINE_END.finditer(line)), (len(line), len(line))]
        for (_, start), (stop, _) in zip(edges, edges[1:]):
            if self.stopped:
                return
            piece = line[start:stop]
            found = markers.find(piece)
            core = piece.strip(" \t\"',")
            if found:
                self.pieces(number, piece, start, found, True)
            elif self.open or armor.is_base64(core):
                self.content(number, core, start + piece.find(core))

    def pieces(self, number: int, line: str, offset: int, found: list[Marker], escaped: bool) -> None:
        """Read the markers in *line*, which starts behind *offset*, and what stands between them."""
        position = 0
        self.stand(line, found, escaped)
        for marker in found:
            self.beside(number, line[position : marker.start], offset + position, marker.which == "END", escaped)
            self.marker(number, offset, marker)
            if self.stopped:
                return
            position = marker.end
        self.beside(number, line[position:], offset + position, False, escaped)

    def stand(self, line: str, found: list[Marker], escaped: bool) -> None:
        """Note how the markers of a line stand in it, for who looks for them by that."""
        marker = found[0]
        if escaped or marker.fault or len(found) > 1 or (line[: marker.start] + line[marker.end :]).strip():
            self.problems.way = OTHERWISE
        elif marker.start:
            self.problems.way = self.problems.way or IN_A_MARGIN

    def beside(self, number: int, text: str, offset: int, closes: bool, escaped: bool) -> None:
        """Read what stands on the line of a marker: a block on one line, or something foreign."""
        packed = "".join(text.split())
        block = self.open
        if not packed:
            return
        column = offset + len(text) - len(text.lstrip()) + 1
        if block and block.line == number and not closes and not escaped and not packed.startswith(_FIRST):
            block = None  # a word is base64, too, but nothing that begins so
        if block and (armor.is_base64(packed) or (closes and block.line == number and not escaped)):
            if not block.on_one_line and not escaped:
                block.on_one_line = True
                detail = "its markers and its base64 stand on one line"
                self.problems.add("pem-on-one-line", self.at(number, column), detail)
            headers = _FLAT_HEADERS.match(text)
            if headers and not block.body:
                block.headers += headers.groups()
                offset += headers.end()
                text = text[headers.end() :]
            self.append(block, number, text, offset, "".join(text.split()))
        elif not escaped and not self.closes_quotation(packed):
            detail = "something else stands on the line of a marker"
            self.quotation = packed[-1] if packed[-1] in "\"'`" else ""
            self.problems.add("pem-marker-malformed", self.at(number, column), detail)

    def closes_quotation(self, packed: str) -> bool:
        """Whether *packed* is the end of what was opened before a BEGIN line; that has been said there."""
        closes = bool(self.quotation) and packed.rstrip(",;)") == self.quotation
        self.quotation = "" if closes else self.quotation
        return closes

    def marker(self, number: int, offset: int, marker: Marker) -> None:
        at = self.at(number, offset + marker.start + 1)
        if marker.which == "BEGIN":
            if self.open:
                self.never_closed(self.open, number - 1)
            self.flush_loose()
        if not self.open and (marker.which == "BEGIN" or self.loose) and self.unclosed + len(self.blocks) >= MAX_BLOCKS:
            detail = f"only the first {MAX_BLOCKS} of its blocks were looked at"
            self.problems.add("input-too-large", self.at(number), detail, sort=NOT_LOOKED_AT)
            self.stopped = True
            return
        if marker.fault in (markers.ODD_DASHES, markers.ODD_WORDS):
            self.problems.tally("pem-marker-malformed", number, at.column, fault=marker.fault)
        elif marker.fault:
            self.problems.add("pem-marker-malformed", at, marker.fault, way=READ)
        if marker.which == "BEGIN":
            self.open = _Open(marker.label, number, offset + marker.start + 1)
        else:
            self.end(number, at, marker.label)

    def end(self, number: int, at: Location, label: str) -> None:
        shown = markers.shown(label)
        if not self.open:
            detail = f"-----END {shown}----- closes nothing: its BEGIN line is missing"
            self.problems.add("pem-marker-malformed", at, detail)
            self.problems.way = OTHERWISE
            if not self.loose:
                return
            self.open = _Open(label, self.loose[0][0], 1)
            self.open.body = [text for _, text in self.loose]
            self.loose = []
        elif label != self.open.label:
            detail = f"BEGIN {markers.shown(self.open.label)} on line {self.open.line} is closed by END {shown}"
            self.problems.add("pem-marker-malformed", at, detail)
        self.close(self.open, number)

    def never_closed(self, block: _Open, last_line: int) -> None:
        last_line = max(block.line, last_line)
        packed, data = armor.start("".join(block.body))
        encrypted = any("ENCRYPTED" in header for header in block.headers)  # then nobody can tell
        complete = armor.is_whole(data, self.budget) or bool(encrypted and data)
        detail = f"-----BEGIN {markers.shown(block.label)}----- is never closed: its END line is missing"
        detail += "" if complete else ", and its content is cut off" if packed else ", and so is its content"
        self.problems.add("pem-marker-malformed", self.at(block.line, block.column, last_line), detail)
        self.problems.way = OTHERWISE
        self.unclosed += not complete
        self.open = None
        if complete:
            self.close(block, last_line)

    def content(self, number: int, line: str, offset: int) -> None:
        """Read a line without a marker, which starts behind *offset*."""
        stripped = line.strip(" \t")
        block = self.open
        self.characters(number, line, offset, bool(block))
        if not block:
            self.outside(number, stripped)
        elif not block.body and self.header(block, number, line, stripped):
            return
        elif not stripped:
            self.problems.tally("pem-blank-or-indented-lines", number)
        elif markers.is_ruled(stripped):
            self.margins(number, line)
            detail = "it starts with dashes and stands inside a block, but is no BEGIN or END line"
            self.problems.add("pem-marker-malformed", self.at(number, offset + line.index(stripped) + 1), detail)
        else:
            self.margins(number, line)
            # the last line of a PGP block is a checksum (RFC 9580 section 6.1)
            if not (block.label.startswith("PGP ") and stripped.startswith("=")):
                self.append(block, number, line, offset, stripped)

    def header(self, block: _Open, number: int, line: str, stripped: str) -> bool:
        """Read a line as one of RFC 1421's headers, or as the empty line behind them; say whether it is one."""
        if _HEADER.match(stripped):
            block.header_line = number if not block.headers else block.header_line
            block.headers.append(stripped)
            self.margins(number, line)
            return True
        if not block.headers or block.separated or (stripped and line[0] not in " \t"):
            return False
        block.separated = not stripped
        block.headers += [stripped] if stripped else []
        return True

    def append(self, block: _Open, number: int, line: str, offset: int, packed: str) -> None:
        """Take *packed*, which stands in *line*, as base64, and remember the first character that is none."""
        packed = _FORBIDDEN.sub("", packed)
        bad = armor.foreign(packed)
        if bad and not block.bad:
            indent = len(line) - len(line.lstrip(" \t"))
            block.bad = (number, offset + line.index(bad, indent) + 1, bad)
        block.body.append(packed)

    def margins(self, number: int, line: str) -> None:
        if line[0] in " \t":
            self.problems.tally("pem-blank-or-indented-lines", number, 1)
        if line[-1] in " \t":
            self.problems.tally("pem-trailing-spaces", number, len(line.rstrip(" \t")) + 1)

    def characters(self, number: int, line: str, offset: int, inside: bool) -> None:
        if line.isascii() and line.isprintable():
            return
        forbidden = _FORBIDDEN.search(line)
        if forbidden:
            at = self.at(number, offset + forbidden.start() + 1)
            detail = f"U+{ord(forbidden.group()):04X}"
            self.problems.add("input-has-forbidden-characters", at, detail, "inside" if inside else "outside")
        elif not inside and _NON_ASCII.search(line):
            self.problems.tally("input-has-non-ascii", number)

    def outside(self, number: int, stripped: str) -> None:
        # the last line of base64 may be short
        if armor.is_base64(stripped) and (self.loose or len(stripped) > 16):
            self.loose.append((number, stripped))
            return
        self.flush_loose()
        if stripped and not self.closes_quotation(stripped):
            self.problems.tally("pem-text-outside-blocks", number)

    def flush_loose(self) -> None:
        for number, _ in self.loose:
            self.problems.tally("pem-text-outside-blocks", number)
        self.loose = []

    def close(self, block: _Open, number: int) -> None:
        self.open = None
        at = Location(self.problems.file, block.line, number, None, len(self.blocks))
        found = Block(block.label, self.body(block, at), at, tuple(block.headers))
        if found.headers and not found.encrypted:
            place = at.replace(line=block.header_line, end_line=None)
            self.problems.add("pem-headers-in-block", place, f"{len(found.headers)}")
        again, inner = armor.once_more(found.label, found.der, self.budget)
        if again:
            self.problems.add("input-encoded-twice", at, "a PEM block", "block")
            found = found.replace(label=again, der=inner)
        self.blocks.append(found)

    def body(self, block: _Open, at: Location) -> bytes:
        """Return what the base64 stands for, as far as a person could tell; empty if nobody could."""
        data, fault = armor.open_up("".join(block.body), block.bad[2] if block.bad else "", self.budget)
        if fault:
            place = at.replace(end_line=None)
            if block.bad:
                place = place.replace(line=block.bad[0], column=block.bad[1])
            self.problems.add("pem-bad-base64", place, fault)
        return data
