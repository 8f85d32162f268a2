"""What a wrapper holds, and how its members are called and recognised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .. import armor, der, markers, sniff
from ..asn1 import kind_of
from ..budget import Budget, Exhausted
from ..patterns import rare
from ..source import shorten
from ..value import Value

MAX_MEMBERS = 200
MAX_TOTAL = 8 * 1024 * 1024
"""Bytes of all members together."""
_MAX_LEFT_OUT = 6
_NEAR = 65_536
"""Characters at the start of a text in which a garbled marker is looked for; a whole one may stand anywhere."""
_MAX_BASE64 = 524_288
"""Characters of base64 that are decoded to see what they are."""
HIDDEN = "…"

_KINDS = frozenset(
    ("certificate", "certificate_request", "crl", "pkcs1", "pkcs8", "sec1", "dsa", "encrypted-pkcs8", "pkcs7", "pkcs12")
)
# a marker, or as much base64 as a line of a key has; the names of CAs' files are long, but shorter
_SECRET = rare(r"-----|[\r\n]|[A-Za-z0-9+/=]{56}")
_PLAIN = rare(r"[A-Za-z0-9_@%+=:,./-]{1,80}\Z")


class Member(Value):
    """One file or value in a wrapper: what to call it, its bytes, and the file it becomes once taken out."""

    _hidden = ("data",)

    name: str
    data: bytes
    file: str = ""
    way: str = ""
    """The Python that takes its bytes out of the document ``it``; empty if its names may mean more to a shell."""


class Members(Value):
    """
    What stands in a wrapper of this ``sort`` (zip, secret, json, yaml), whose ``title`` is for people.

    ``left_out`` names what was not looked at, with the reason; ``cut`` says which limit was reached, if any.
    ``unseen`` says that something in it could not be looked into: it may be what is missing elsewhere.
    """

    sort: str
    title: str
    members: tuple[Member, ...] = ()
    left_out: tuple[str, ...] = ()
    cut: str = ""
    unseen: bool = False

    @property
    def omissions(self) -> str:
        """What was left out, in one line; empty if nothing was."""
        more = len(self.left_out) - _MAX_LEFT_OUT
        return ", ".join(self.left_out[:_MAX_LEFT_OUT]) + (f" and {more:,} more" if more > 0 else "")


def distinct(members: Sequence[Member]) -> tuple[Member, ...]:
    """Return them with a number behind the name of another: by its name, each can be asked for."""
    seen: set[str] = set()
    found = []
    for each in members:
        name, number = each.name, 1
        while name in seen:
            number += 1
            name = f"{each.name} ({number})"
        seen.add(name)
        found.append(each.replace(name=name))
    return tuple(found)


def shown(name: str) -> str:
    """Return a foreign name for a person: printable, short, and not repeated where it may be the content of a key."""
    return HIDDEN if _SECRET.search(name) else shorten(name, 80)


def is_plain(name: str) -> bool:
    """Whether *name* means nothing but itself to a shell and to Python."""
    return bool(_PLAIN.match(name)) and not _SECRET.search(name)


def carries(data: bytes, budget: Budget) -> bool:
    """Whether *data* holds what a submission is made of, or what is meant as it."""
    if sniff.is_store(data):
        return True
    if sniff.is_der(data):
        return _is_known(data, budget)
    wide = sniff.utf16(data)
    if not wide and sniff.is_binary(data):
        return False
    text = data.decode(wide or "utf-8", "replace")
    if "-----BEGIN " in text or markers.are_in(text[:_NEAR]):
        return True
    inner = unpacked(text)
    return b"-----BEGIN " in inner or (sniff.is_der(inner) and _is_known(inner, budget))


def _is_known(data: bytes, budget: Budget) -> bool:
    try:
        der.walk(data, budget)  # which bounds what comes next
    except Exhausted:
        return True  # whoever reads it says that it was not looked at
    except der.NotDER:
        return False
    return kind_of(data) in _KINDS


def unpacked(text: str) -> bytes:
    """Return what *text* stands for if it is base64 and long enough to be something, else nothing."""
    if not 24 <= len(text) <= _MAX_BASE64 or not re.match(r"\s*[A-Za-z0-9+/]", text):
        return b""
    packed = "".join(text.split())
    return armor.decode(packed) if armor.is_base64(packed) else b""
