"""
What bytes look like, before anybody tries to read them.

Nothing here decides what something *is*; it decides what to try first, and what to tell a user who passed a
picture.
"""

from __future__ import annotations

import re

from .patterns import rare

_STORES = (
    (b"\xfe\xed\xfe\xed", "jks"),
    (b"\xce\xce\xce\xce", "jceks"),
    # Bouncy Castle's: its version, then the length of its salt
    (b"\0\0\0\2\0\0\0\x14", "bks"),
    (b"\0\0\0\1\0\0\0\x14", "bks"),
)
_PATH = rare(r"(?:fileb?://\S.*|[^\r\n<>{}]{1,500}\.(?:pem|crt|cer|key|der|p12|pfx))\Z", re.I)
_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\0", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"PuTTY-User-Key-File", "a PuTTY private key"),
    (b"ssh-", "an SSH public key"),
    (b"ecdsa-sha2-", "an SSH public key"),
    (b"sk-ssh-", "an SSH public key"),
    (b"sk-ecdsa-", "an SSH public key"),
    (b"SQLite format 3", "a database, as browsers and macOS keep certificates in"),
    (b"kych", "a keychain of macOS"),
    (b"\xcc\xcc\xcc\xcc", "a key store"),
)
_PERCENT = "PEM in percent-encoding, as in a URL"
_ALMOST_PEM = (
    (b"BEGIN%20", _PERCENT),
    (b"BEGIN+", _PERCENT),
    (b"LS0tLS1CRUdJTi", "text that holds PEM encoded in base64 once more"),
    (b"BEGIN PGP ", "PGP, such as a key"),
    (b"BEGIN SSH2 ", "an SSH public key (RFC 4716)"),
    (b"-----BEGIN ", "text with a BEGIN line of no kind that is known"),
)
_TEXT_MAGIC = (
    (rare(r"<(?:!doctype html|html|head|body)", re.I), "an HTML page"),
    (rare(r"(?:<\?xml[^>]{0,80}>\s*)?<!doctype plist", re.I), "a property list of Apple's, such as .mobileconfig"),
    (rare(r"(?:<\?xml[^>]{0,80}>\s*)?<(?:ErrorResponse|Error)\b"), "an error message from AWS"),
    (rare(r"(?:aws: error|An error occurred \(|usage: aws )"), "an error message from AWS"),
    (rare(r"\{\s*\"(?:__type|message|Message|Error|Code)\""), "an error message from AWS"),
    (rare(r"(?:MIME-Version|Content-Type|Return-Path|Received|From|Delivered-To): ", re.I), "an e-mail"),
    (rare(r"<\?xml|<[A-Za-z]"), "XML"),
    (rare(r"\*{3,}\s*\Z"), "a secret that a CI system has masked"),
    (rare(r"\[[ \t]*[A-Za-z_][^\[\]{}\"',\r\n]*\][ \t]*(?:[\r\n;#]|\Z)"), "a configuration file"),
    (rare(r"[{\[]"), "JSON"),
    (rare(r"(?:---\s|apiVersion:|[A-Za-z_]+:\s)"), "YAML, or headers"),
)
PAPERS = frozenset(
    (
        *("text without a PEM block", "a configuration file", "JSON", "YAML, or headers", "XML", "a PDF document"),
        *("a PNG picture", "a JPEG picture", "a GIF picture"),
    )
)
"""What ``describe`` says of what lies beside certificates and is none of them, nor what should have been one."""


def is_der(data: bytes) -> bool:
    """Whether *data* starts like a DER SEQUENCE (X.690 section 8.1.3) and not like text."""
    if data[:1] != b"\x30" or len(data) < 2:
        return False
    length = data[1]
    if length < 0x80:
        return length + 2 == len(data) or (length + 2 < len(data) and is_binary(data))
    return length <= 0x84


def is_store(data: bytes) -> str:
    """Return ``jks``, ``jceks`` or ``bks`` for a Java key store, else an empty string."""
    return next((name for magic, name in _STORES if data.startswith(magic)), "")


def is_path(text: str) -> bool:
    """Whether *text* is one line that names a file."""
    return bool(_PATH.match(text.strip()))


_CONTROL = bytes((*range(9), *range(14, 27), *range(28, 32)))
"""What no text has: of the control characters, all but white space and escape."""


def is_binary(data: bytes) -> bool:
    """Whether *data* is no text: NUL bytes or many control characters near its start."""
    head = data[:1024]
    control = len(head) - len(head.translate(None, _CONTROL))
    return control * 8 > len(head) or (b"-----BEGIN" not in data and b"\0" in head)


def utf16(data: bytes) -> str:
    """Return Python's codec for *data* if it looks like UTF-16, else an empty string."""
    if data.startswith(b"\xff\xfe") or (len(data) > 3 and not any(data[1:200:2]) and all(data[0:200:2])):
        return "utf-16-le"
    if data.startswith(b"\xfe\xff") or (len(data) > 3 and not any(data[0:200:2]) and all(data[1:200:2])):
        return "utf-16-be"
    return ""


def _is_pgp(data: bytes) -> bool:
    """Whether *data* starts with an OpenPGP key packet: tag, length, version (RFC 9580 sections 4.2 and 5.5)."""
    body = {b"\x94": 2, b"\x95": 3, b"\x98": 2, b"\x99": 3, b"\xc5": 2, b"\xc6": 2}.get(data[:1], 0)
    if data[:1] in (b"\xc5", b"\xc6") and data[1:2] >= b"\xc0":  # then the length has two octets
        body = 3
    return body > 0 and data[body : body + 1] in (b"\3", b"\4", b"\5", b"\6")


def describe(data: bytes) -> str:
    """Return what *data* looks like, in a few words for a person."""
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return name
    if is_der(data):
        return "DER"
    if data[257:262] == b"ustar":
        return "a tar archive"
    if _is_pgp(data):
        return "PGP, such as a key"
    if not data.strip(b"\0"):
        return "nothing but NUL bytes"
    if is_binary(data):
        return "binary data of an unknown kind"
    for magic, name in _ALMOST_PEM:
        if magic in data:
            return name
    text = data[:400].decode("latin-1").lstrip("\xef\xbb\xbf \t\r\n")
    for pattern, name in _TEXT_MAGIC:
        if pattern.match(text):
            return name
    return "text without a PEM block"
