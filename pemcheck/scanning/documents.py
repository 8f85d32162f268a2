"""
Many small JSON documents in one text: lines, or the items of a list, and which of them are worth reading.

Most lines of a log, and most objects of a cluster, have nothing to do with certificates, and to read one takes a
thousand times as long as to see that.  What is passed over here holds, whoever reads it, neither a certificate nor a
key, nor anything that is damaged or closed; but for white space in base64 that is neither in ASCII nor escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..armor import decode

SMALL = 128
"""Bytes of an item that is read together with others: none that is so small holds a whole certificate or a key."""

_TOKEN = re.compile(rb"\\.|[\"{}\[\]]", re.DOTALL)
_BETWEEN = b", \t\r\n"

# the words of a marker; a secret, whose values matter however short they are; base64 of PEM; escapes of ASCII and
# control characters, which could stand for any of it; what is binary, or text that may be taken for DER
_SIGN = (
    rb"(?i:BEGIN|END)(?:[ \t]|\\[tu]|[^ -~])|Secret|LS0tLS1C|\\(?:u00[0-7]|\\[xuU])|[\x00-\x08\x0b-\x1f\x7f]"
    rb"|^[^\s -~]|(?:^|[,}\] \t\r\"])0(?:[\\\t\r\x80-\xff]|(?:[^\"\\\n]|\\.){32})|(?:^|[,}\]])0\""
)
# base64 that is long enough to be looked into
_RUN = rb"[A-Za-z0-9+/=\\][A-Za-z0-9+/= \t\\]{22}"
_PROMISING = re.compile(_SIGN + b"|" + _RUN, re.MULTILINE)
_SIGNS, _RUNS = re.compile(_SIGN, re.MULTILINE), re.compile(_RUN + rb"[A-Za-z0-9+/= \t\\]*")
_WHITE = re.compile(rb"\\[nrt]|[ \t\\]")
_IN_BASE64 = re.compile(rb"0|\xfe\xed\xfe\xed|\xce{4}|(?s:.?)\0|[\xfe\xff]{2}|(?s:.*)(?i:BEGIN|END)")
"""What base64 stands for that is looked into: DER, a key store, UTF-16, or a marker."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+\Z")
_LAYERS = 3
"""How often base64 is taken for base64 of something; beyond that it is read, whatever it is."""
_TEXT = re.compile(rb"\S")

ENDED, OPEN = 0, -1
"""What stands for the end of an item where there is no more: the list ends, or its next item does not."""


def may_hold(data: bytes) -> bool:
    """Whether one of the documents in *data* is worth reading."""
    return _promise(data, 0) < len(data)


def _promise(data: bytes, start: int) -> int:
    """Return where, from *start* on, the first sign stands that something is worth reading; the end without one."""
    found = _PROMISING.search(data, max(start - 1, 0))  # what stood before counts
    return len(data) if found is None else max(found.start(), start)


def _is_dull(data: bytes, start: int, stop: int) -> bool:
    """Whether a promising document is small, and shows nothing but base64 of what is none of ours, such as digests."""
    if stop - start > SMALL or _SIGNS.search(data, max(start - 1, 0), stop) is not None:
        return False
    return not any(_may_stand_for_one(_WHITE.sub(b"", run)) for run in _RUNS.findall(data, start, stop))


def _may_stand_for_one(packed: bytes) -> bool:
    for _ in range(_LAYERS):
        packed = decode("".join(packed.decode().split()))
        if not _BASE64.match(packed):
            return _IN_BASE64.match(packed) is not None
    return True


def lines(data: bytes) -> Iterator[tuple[int, bytes]]:
    """
    Yield the lines of *data* that are worth reading, and the first that is not blank; with their numbers, from 0.

    The first says what the file is, if nothing is in it.
    """
    first = _TEXT.search(data)
    start = len(data) if first is None else first.start()
    number = stop = 0
    while start < len(data):
        begin = data.rfind(b"\n", stop, start) + 1
        number += data.count(b"\n", stop, begin)
        is_first, stop = not stop, data.find(b"\n", start)
        stop = len(data) if stop < 0 else stop
        if is_first or not _is_dull(data, begin, stop):
            yield number, data[begin:stop]
        start = _promise(data, stop)


def items(data: bytes) -> Iterator[bytes]:
    """Yield the items in *data* that are worth reading, in their order, the last though it may go on behind it."""
    start = promise = 0
    for end in _ends(data):
        stop = end if end > 0 else len(data)
        promise = _promise(data, start) if promise <= start else promise
        if promise < stop and not _is_dull(data, start, stop):
            yield data[start:stop].lstrip(_BETWEEN)
        start = stop


def after_items(data: bytes) -> int:
    """
    Return how much of *data*, which stands in a list, is taken at once: an item, or all up to the next that is large.

    ENDED where the list ends, OPEN where its next item goes on behind *data*.  Large is what is worth reading and may
    hold a certificate or a key.
    """
    taken, ends, promise = 0, _ends(data), _promise(data, 0)
    stop = next(ends)
    while stop > 0 and (promise >= stop or stop - taken <= SMALL):
        taken, stop = stop, next(ends)
        promise = _promise(data, taken) if promise < taken else promise
    return taken or stop


def _ends(data: bytes) -> Iterator[int]:
    """Yield where each item in *data* ends, which stands in a list, and at last whether that has ENDED or is OPEN."""
    depth = stop = 0
    quoted = False
    for token in _TOKEN.finditer(data):
        mark = token.group()
        if mark == b'"':
            quoted = not quoted
        elif quoted or mark[:1] == b"\\":
            continue
        else:
            depth += 1 if mark in (b"{", b"[") else -1
        if depth < 0:
            yield ENDED
            return
        if depth == 0 and not quoted:
            stop = token.end()
            yield stop
    yield OPEN if data[stop:].strip() else ENDED
