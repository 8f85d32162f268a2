"""
The strict walk over untrusted DER, and splitting an element into its children.

asn1crypto is lenient and lazy; it is shown nothing that has not passed ``walk``, which bounds depth,
number of elements and the size of object identifiers, in linear time.  What only a schema can tell (the order
of a SET OF, a DEFAULT that is spelled out, the characters of strings and times) is not looked at here.

No message holds a number that was read: where a key is damaged, its digits stand in the place of lengths.

Source: ITU-T X.690 (2021), https://www.itu.int/rec/T-REC-X.690
"""

from __future__ import annotations

from typing import NamedTuple

from .budget import ELEMENTS, Budget
from .patterns import rare

MAX_DEPTH = 24
MAX_ELEMENTS = 100_000
MAX_KEY_ELEMENTS = 200
"""Elements inside the octets of a key: a dozen, and three for each further prime."""
TEXT_PRICE = 4
"""Octets of text that count as one element, if they are no plain ASCII: they are shown, and compared, as many more."""
MAX_OID_BYTES = 128
MAX_TAG_BYTES = 4

BOOLEAN, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID = 0x01, 0x02, 0x03, 0x04, 0x05, 0x06
ENUMERATED, UTF8_STRING, UTC_TIME, GENERALIZED_TIME = 0x0A, 0x0C, 0x17, 0x18
SEQUENCE, SET = 0x30, 0x31

# universal types that DER encodes in primitive form only (X.690 section 10.2)
_PRIMITIVE = frozenset((1, 2, 3, 4, 5, 6, 7, 9, 10, 12, 13, 14, *range(18, 29), 30))
_CHECKED = frozenset((BOOLEAN, INTEGER, BIT_STRING, NULL, OID, ENUMERATED, 0x10, 0x11))
"""Primitive elements about whose content DER has a rule."""
# a subidentifier that starts with a zero of padding (X.690 section 8.19.2)
_PADDED_OID = rare(rb"(?:^|[\0-\x7f])\x80")  # an arc that starts with zero bits

# UTF8String, T61String, UniversalString, BMPString; e-mail address, DNS name and URI as GeneralNames have them
_TEXT = frozenset((0x0C, 0x14, 0x1C, 0x1E, 0x81, 0x82, 0x86))
_PLAIN = bytes(code for code in range(32, 127) if code != ord("\\"))


class NotDER(ValueError):
    """Bytes that are no ASN.1 at all; ``offset`` counts bytes from 0."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(f"byte {offset}: {reason}")


class Node(NamedTuple):
    """
    One element: its identifier octet, and where it and its content stand in ``data``.

    ``end`` is behind the whole element, ``stop`` behind its content; they differ in BER's indefinite form.
    """

    data: bytes
    tag: int
    start: int
    body: int
    stop: int
    end: int

    @property
    def der(self) -> bytes:
        """The whole element."""
        return self.data[self.start : self.end]

    @property
    def content(self) -> bytes:
        """The content octets."""
        return self.data[self.body : self.stop]

    @property
    def constructed(self) -> bool:
        """Whether the content is itself elements."""
        return bool(self.tag & 0x20)

    def children(self) -> list[Node]:
        """Return the elements of the content; raise NotDER if it does not split evenly."""
        nodes = []
        data, position, stop = self.data, self.body, self.stop
        while position < stop:
            body = position + 2
            end = body + data[position + 1] if body <= stop else 0
            # nearly all have one octet of tag and one of length; the others take longer
            if body <= end <= stop and end - body < 0x80 and data[position] & 0x1F not in (0, 0x1F):
                node = Node(data, data[position], position, body, end, end)
            else:
                node = parse(data, position, stop)
            nodes.append(node)
            position = node.end
        return nodes


class Walked(NamedTuple):
    """What ``walk`` found: where the first element ends, and the first departure from DER that still reads."""

    end: int
    fault: str


def parse(data: bytes, start: int = 0, limit: int | None = None, depth: int = 0) -> Node:
    """Return the element at *start*, which must end before *limit*; raise NotDER."""
    limit = len(data) if limit is None else limit
    tag, position, _ = _identifier(data, start, limit)
    length, position, _ = _length(data, start, position, limit)
    if length is not None:
        if length > limit - position:
            raise NotDER(start, f"its length runs past its container ({limit - position} bytes left)")
        return Node(data, tag, start, position, position + length, position + length)
    if not tag & 0x20 or depth > MAX_DEPTH:
        raise NotDER(start, "indefinite length where none can be")
    body = position
    while data[position : position + 2] != b"\0\0":
        position = parse(data, position, limit, depth + 1).end
    if position + 2 > limit:
        raise NotDER(start, "indefinite length without an end")
    return Node(data, tag, start, body, position, position + 2)


def encode(tag: int, *parts: bytes) -> bytes:
    """Return the DER element of this identifier octet around *parts*."""
    content = b"".join(parts)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    size = len(content).to_bytes((len(content).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + content


def encode_integer(value: int) -> bytes:
    """Return the DER INTEGER of *value*, which is not negative."""
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def walk(data: bytes, budget: Budget | None = None, price: int = 1) -> Walked:
    """
    Walk over the first element of *data* and everything in it, once.

    Raises NotDER, with the byte offset, where it cannot be read on; trailing bytes are the caller's matter.
    Each element, and each TEXT_PRICE octets of text that is not ASCII, costs *price* elements of the *budget*; raises
    Exhausted where it is used up.
    """
    most = MAX_ELEMENTS if budget is None else min(MAX_ELEMENTS, budget.left(ELEMENTS) // price)
    counted = [0]
    try:
        return _walk(data, most, counted)
    finally:
        if budget is not None:
            budget.require(ELEMENTS, counted[0] * price)


def walk_key(data: bytes) -> Walked:
    """Walk over the octets of one key, as ``walk`` does."""
    return _walk(data, MAX_KEY_ELEMENTS, [0])


def _walk(data: bytes, most: int, counted: list[int]) -> Walked:
    open_ends: list[tuple[int, bool]] = []
    position, limit, indefinite, fault = 0, len(data), False, ""
    while True:
        start = position
        if indefinite and data[position : position + 2] == b"\0\0" and position + 2 <= limit:
            position += 2
            limit, indefinite = open_ends.pop()
        else:
            counted[0] += 1
            if counted[0] > most:
                raise NotDER(start, f"more than {most} elements")
            tag, length, position, header_fault = _header(data, start, limit)
            fault = fault or header_fault
            if length is not None and length > limit - position:
                raise NotDER(start, f"its length runs past its container ({limit - position} bytes left)")
            if tag & 0x20:
                if tag & 0xC0 == 0 and tag & 0x1F in _PRIMITIVE:
                    fault = fault or f"byte {start}: constructed encoding of a primitive type"
                if len(open_ends) >= MAX_DEPTH:
                    raise NotDER(start, f"nested deeper than {MAX_DEPTH}")
                open_ends.append((limit, indefinite))
                limit, indefinite = (limit, True) if length is None else (position + length, False)
            elif length is None:
                raise NotDER(start, "indefinite length of a primitive type")
            else:
                fault = fault or (_primitive(data, start, tag, position, length) if tag in _CHECKED else "")
                counted[0] += _surcharge(data[position : position + length]) if tag in _TEXT else 0
                position += length
        while open_ends and position == limit and not indefinite:
            limit, indefinite = open_ends.pop()
        if not open_ends:
            return Walked(position, fault)


def _surcharge(text: bytes) -> int:
    return len(text.translate(None, _PLAIN)) // TEXT_PRICE


def _header(data: bytes, start: int, limit: int) -> tuple[int, int | None, int, str]:
    """Return tag and length, where the content starts, and what departs from DER."""
    if limit - start > 1 and data[start + 1] < 0x80 and data[start] & 0x1F not in (0, 0x1F):  # as in nearly all
        return data[start], data[start + 1], start + 2, ""
    tag, position, tag_fault = _identifier(data, start, limit)
    length, position, length_fault = _length(data, start, position, limit)
    return tag, length, position, tag_fault or length_fault


def _identifier(data: bytes, start: int, limit: int) -> tuple[int, int, str]:
    if limit - start < 2:
        raise NotDER(start, "ends inside an element's header")
    tag, position = data[start], start + 1
    if tag == 0:
        raise NotDER(start, "end-of-contents octets where an element should be")
    if tag & 0x1F != 0x1F:
        return tag, position, ""
    while position < limit and data[position] & 0x80:
        position += 1
    if position >= limit or position - start > MAX_TAG_BYTES:
        raise NotDER(start, "tag number too large")
    first, last = data[start + 1], data[position]
    short = first == 0x80 or (position == start + 1 and last < 0x1F)
    return tag, position + 1, f"byte {start}: tag number not in its shortest form" if short else ""


def _length(data: bytes, start: int, position: int, limit: int) -> tuple[int | None, int, str]:
    if position >= limit:
        raise NotDER(start, "ends inside an element's header")
    length = data[position]
    position += 1
    if length < 0x80:
        return length, position, ""
    count = length & 0x7F
    if count == 0:
        return None, position, f"byte {start}: indefinite length (BER, not DER)"
    if limit - position < count:
        raise NotDER(start, "ends inside an element's header")
    octets = data[position : position + count]
    if count == 0x7F or octets.lstrip(b"\0")[8:]:
        raise NotDER(start, "a length that no data can have")
    length = int.from_bytes(octets, "big")
    shortest = length >= 0x80 and octets[0]
    return length, position + count, "" if shortest else f"byte {start}: length not in its shortest form"


def _primitive(data: bytes, start: int, tag: int, position: int, length: int) -> str:
    """Return what departs from DER in a primitive element's content, or nothing."""
    first = data[position] if length else 0
    if tag in (0x10, 0x11):
        raise NotDER(start, "primitive SEQUENCE or SET")
    if tag in (INTEGER, ENUMERATED):
        second = data[position + 1] if length > 1 else 0
        if length == 0:
            return f"byte {start}: INTEGER without content"
        if length > 1 and first == (0xFF if second >= 0x80 else 0):
            return f"byte {start}: INTEGER not in its shortest form"
    elif tag == BOOLEAN and (length != 1 or first not in (0, 0xFF)):
        return f"byte {start}: BOOLEAN that is neither 00 nor FF"
    elif tag == BIT_STRING:
        last = data[position + length - 1] if length else 0
        if length == 0 or first > 7 or (length == 1 and first) or (length > 1 and last & ((1 << first) - 1)):
            return f"byte {start}: BIT STRING with wrong unused bits"
    elif tag == NULL and length:
        return f"byte {start}: NULL with content"
    elif tag == OID:
        if length > MAX_OID_BYTES:
            raise NotDER(start, f"an object identifier of more than {MAX_OID_BYTES} bytes")
        octets = data[position : position + length]
        if not is_oid(octets):
            return f"byte {start}: malformed object identifier"
    return ""


def is_oid(octets: bytes) -> bool:
    """Whether *octets* are the content of an OBJECT IDENTIFIER (X.690 section 8.19.2)."""
    return bool(octets) and octets[-1] < 0x80 and not (b"\x80" in octets and _PADDED_OID.search(octets))
