"""
What stands between the markers: base64, and what people and programs do to it.

Source: RFC 4648 section 4, https://www.rfc-editor.org/rfc/rfc4648
"""

from __future__ import annotations

import binascii
import re

from . import der
from .budget import Budget, Exhausted
from .patterns import rare

_FOREIGN = rare(r"[^A-Za-z0-9+/=]")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}\Z")

_QUOTED = rare(r"^(?:> ?)+-----BEGIN ", re.M)
_QUOTATION = rare(r"^(?:> ?)+", re.M)
_ENTITY = rare(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});")
_BLOCK = rare(r"-----BEGIN ([A-Z0-9 ]{1,60})-----([A-Za-z0-9+/=\s]*)-----END \1-----\s*\Z")
_SIGNS = rare("=+")
QUOTED_PRINTABLE = "it is quoted-printable, as mails are"
_LAYERS = 3

is_base64 = _BASE64.match
"""A match where a text without white space is base64 and not empty."""


def foreign(packed: str) -> str:
    """Return the first character of *packed* that is not base64, or nothing."""
    found = _FOREIGN.search(packed)
    return found.group() if found else ""


def decode(packed: str) -> bytes:
    """Return what *packed* stands for, padded where it is not; empty if it stands for nothing."""
    try:
        return binascii.a2b_base64(packed + "=" * (-len(packed) % 4))
    except ValueError:
        return b""


def size(label: str, length: int) -> int:
    """Return how many bytes a PEM block of *length* bytes of DER has: lines of 64 columns that end in LF."""
    packed = (length + 2) // 3 * 4
    return packed + (packed + 63) // 64 + 2 * len(label) + len("-----BEGIN -----\n-----END -----\n")
def peel(packed: str) -> tuple[bytes, int]:
    """Return what *packed* stands for, base64 of base64 included, and how often it was encoded; nothing if never."""
    data = b""
    for layers in range(_LAYERS):
        if len(packed) < 24 or not is_base64(packed):
            return data, layers
        data = decode(packed)
        packed = "".join(data.decode("latin-1").split())
    return data, _LAYERS


def once_more(label: str, data: bytes, budget: Budget) -> tuple[str, bytes]:
    """Return label and bytes of the one block, or of the bare base64, that a block of this label encloses, if any."""
    text = data.decode("latin-1")
    inside = _BLOCK.match(text)
    if inside:
        label, text = inside.groups()
    elif len(data) < 24:
        return "", b""
    packed = "".join(text.split())
    inner = decode(packed) if is_base64(packed) else b""
    return (label, inner) if inner and is_whole(inner, budget, unknown=False) else ("", b"")


def unquoted(text: str) -> str:
    """Return *text* without what a mail program puts before each line that it quotes, if it quotes PEM."""
    return _QUOTATION.sub("", text) if _QUOTED.search(text) else text


def start(packed: str) -> tuple[str, bytes]:
    """Return *packed* without foreign characters, and what it stands for as far as it goes."""
    packed = _FOREIGN.sub("", packed)
    return packed, decode(packed[: len(packed) // 4 * 4])


def is_whole(data: bytes, budget: Budget | None = None, unknown: bool = True) -> bool:
    """
    Whether *data* begins with a whole DER element, or is an OpenSSH key, which is none.

    *unknown* is the answer where too little of *budget* is left to tell.
    """
    try:
        der.walk(data, budget)
    except Exhausted:
        return unknown
    except der.NotDER:
        return data.startswith(b"openssh-key-v1\0")
    return True


def open_up(packed: str, character: str, budget: Budget | None = None) -> tuple[bytes, str]:
    """
    Return what a block's base64 stands for and what is wrong with it; empty if nobody could tell.

    *character* is the first one in it that is not base64, or nothing.
    """
    fault, attempts = _character_fault(packed, character) if character else _length_fault(packed)
    if not fault:
        return decode(packed), ""
    # only what comes out whole was repaired rightly; that it did not needs no second finding
    return next((each for each in map(_decode_cautiously, attempts) if is_whole(each, budget)), b""), fault


def _decode_cautiously(packed: str) -> bytes:
    """Return what *packed* stands for, whatever its padding; empty if characters are missing or foreign."""
    packed = packed.rstrip("=")
    return b"" if foreign(packed) or "=" in packed or len(packed) % 4 == 1 else decode(packed)


def _character_fault(packed: str, character: str) -> tuple[str, list[str]]:
    """Return what a character that is no base64 means, and what may have been meant."""
    if character.isspace():
        # what decodes a URL turns + into a space
        return "white space inside a line of base64", ["".join(packed.split()), packed.replace(" ", "+")]
    if character == "&" and _ENTITY.search(packed):
        import html

        return "HTML entities such as &#43; stand for its characters", [html.unescape(packed)]
    if character == "*" and not packed.strip("*"):
        return "somebody has masked it (***), as CI systems do with secrets", []
    if character in "-_":
        return "the URL-safe alphabet (- and _ for + and /)", [packed.replace("-", "+").replace("_", "/")]
    shown = character if character.isprintable() else f"U+{ord(character):04X}"
    return f"the character {shown} is not base64", []


def _length_fault(packed: str) -> tuple[str, list[str]]:
    """Return what is wrong with the length or padding of base64, or nothing; and what may have been meant."""
    core = packed.rstrip("=")
    if not packed:
        return "there is nothing between the markers", []
    if "=3D" in packed or len(_SIGNS.findall(core)) > 1:  # a line's end is = there, and = itself is =3D
        return QUOTED_PRINTABLE, [packed.replace("=3D", "\0").replace("=", "").replace("\0", "=")]
    if "=" in core:
        return "padding (=) in the middle: a second piece of base64 follows the first", [packed.partition("=")[0]]
    if len(core) % 4 == 1:
        return "its length is impossible: at least one character is missing", []
    return "wrong padding (=) at the end" if len(packed) - len(core) != -len(core) % 4 else "", [core]


def encode(label: str, data: bytes) -> bytes:
    """Return *data* as one PEM block: 64 columns, LF, a line end behind it (RFC 7468 section 3)."""
    packed = binascii.b2a_base64(data, newline=False).decode()
    lines = [packed[start : start + 64] for start in range(0, len(packed), 64)]
    return "".join(f"{line}\n" for line in (f"-----BEGIN {label}-----", *lines, f"-----END {label}-----")).encode()
