"""A certificate's DER to facts (RFC 5280 section 4.1)."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Callable

from asn1crypto import core

from .. import der
from ..facts import NO_KEY, NO_NAME, NO_TIME, Certificate, Name
from ..reading import Fields
from ..source import Location, shorten
from . import extensions
from .algorithms import public_key, signature_algorithm
from .basic import bits, elements, integer, only
from .names import known_name, name, not_text

_DIGITS = {der.UTC_TIME: 12, der.GENERALIZED_TIME: 14}
"""How many stand in front of the Z."""
_USUAL = re.compile(rb"(?:\x17\x0d[0-9]{12}Z){2}\Z")
"""Two times as nearly every certificate has them, which need no second look."""
_OPTIONAL_TAGS = (0x81, 0xA1, 0x82, 0xA2, 0xA3)
_VALIDITY = "tbsCertificate.validity"
_REQUIRED_TAGS = [der.INTEGER] + [der.SEQUENCE] * 5
_REQUIRED = ("serialNumber", "signature", "issuer", "validity", "subject", "subjectPublicKeyInfo")


def certificate(fields: Fields, at: Location, data: bytes) -> Certificate | None:
    """Return the facts of the certificate at the start of *data*, which ``der.walk`` has passed; None if it is none."""
    node = der.parse(data)
    whole, outer, signature, *behind = node.children()
    tbs = whole.children()
    version = tbs.pop(0) if tbs and tbs[0].tag == 0xA0 else None
    tags = [each.tag for each in tbs[:6]]
    if tags != _REQUIRED_TAGS:
        missing = next(name for name, tag, found in zip(_REQUIRED, _REQUIRED_TAGS, [*tags, *[0] * 6]) if tag != found)
        reason = f"{missing} is missing or of another type"
        fields.fail("certificate", "tbsCertificate", f"this is no complete certificate: {reason}")
        return None
    serial, inner, issuer, validity, subject, key = tbs[:6]
    listed, extra = _optional(fields, tbs[6:])
    read = fields.read
    found = extensions.read(fields, listed) if listed else ()
    facts = extensions.facts(fields, found)
    return Certificate(
        at,
        node.der,
        whole.der,
        read("version", "tbsCertificate.version", lambda: _version(version), 0),
        read("serial_number", "tbsCertificate.serialNumber", lambda: integer(serial), 0),
        read("signature_algorithm", "signatureAlgorithm", lambda: signature_algorithm(outer), NO_ALGORITHM),
        read("tbs_signature_algorithm", "tbsCertificate.signature", lambda: signature_algorithm(inner), NO_ALGORITHM),
        read("signature", "signatureValue", lambda: bits(signature), b""),
        _name(fields, "issuer", lambda: known_name(issuer.der)),
        _name(fields, "subject", lambda: _subject(subject, issuer)),
        read("not_before", f"{_VALIDITY}.notBefore", lambda: time(_validity(validity)[0]), NO_TIME),
        read("not_after", f"{_VALIDITY}.notAfter", lambda: time(_validity(validity)[1]), NO_TIME),
        read("key", "tbsCertificate.subjectPublicKeyInfo", lambda: public_key(key.der), NO_KEY),
        found,
        trailing=len(data) - node.end,
        extra=(*([f"{len(behind)} behind signatureValue"] if behind else []), *extra),
        lenient_time=_lenient_times(fields, validity),
        **facts,
        unread=frozenset(fields.unread),
    )


def _optional(fields: Fields, found: list[der.Node]) -> tuple[der.Node | None, list[str]]:
    """Return the extensions' field, and what is none of TBSCertificate's optional fields, in their order, once each."""
    known: dict[int, der.Node] = {}
    extra = []
    last = 0
    for each in found:
        number = each.tag & 0x1F
        if each.tag not in _OPTIONAL_TAGS or number in known:
            extra.append(f"tag {each.tag:02x} in tbsCertificate")
            continue
        known[number] = each
        if number < last:
            extra.append(f"tag {each.tag:02x} in tbsCertificate, behind a field that it stands before (RFC 5280)")
        last = max(last, number)
        if number != 3:
            _unique_identifier(fields, each)
    return known.get(3), extra


def _unique_identifier(fields: Fields, node: der.Node) -> None:
    """Note where issuerUniqueID or subjectUniqueID is no BIT STRING in DER (RFC 5280 section 4.1.2.8)."""
    fault = der.walk(der.encode(der.BIT_STRING | node.tag & 0x20, node.content)).fault
    if fault:
        name = "issuerUniqueID" if node.tag & 1 else "subjectUniqueID"
        fields.note(f"tbsCertificate.{name}", fault.partition(": ")[2])


def _name(fields: Fields, field: str, get: Callable[[], Name]) -> Name:
    path = f"tbsCertificate.{field}"
    found = fields.read(field, path, get, NO_NAME)
    fault = not_text(found)
    if fault:
        fields.note(path, fault)
    return found


NO_ALGORITHM = Certificate._defaults["signature_algorithm"]


def _subject(subject: der.Node, issuer: der.Node) -> Name:
    # that of an end entity is hardly anybody else's
    return known_name(subject.der) if subject.der == issuer.der else name(subject.der)


def _version(node: der.Node | None) -> int:
    return 1 if node is None else integer(only(node, 0xA0), 4) + 1


def _validity(node: der.Node) -> list[der.Node]:
    times = elements(node)
    if len(times) != 2:
        raise ValueError(f"{len(times)} times where two should be")
    return times


def time(node: der.Node) -> datetime:
    """Return a Time as an aware datetime, UTC (RFC 5280 section 4.1.2.5); raise ValueError if it is none."""
    content = node.content
    if not _is_strict(node):
        return _lenient_time(node)
    if node.tag == der.UTC_TIME:
        content = (b"19" if content >= b"5" else b"20") + content
    digits = content.decode("ascii")
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=timezone.utc)


def _is_strict(node: der.Node) -> bool:
    content = node.content
    return len(content) - 1 == _DIGITS.get(node.tag) and content[-1:] == b"Z" and content[:-1].isdigit()


def _lenient_times(fields: Fields, validity: der.Node) -> bool:
    """Note which of the times can be read and are not written as RFC 5280 section 4.1.2.5 wants it; whether any is."""
    found = False
    if _USUAL.match(validity.content) or {"not_before", "not_after"} & fields.unread:
        return found
    for which, node in zip(("notBefore", "notAfter"), validity.children()):
        if not _is_strict(node):
            shown = shorten(node.content.decode("latin-1"), 40)
            fields.note(f"{_VALIDITY}.{which}", f"{shown!r} is not written as RFC 5280 section 4.1.2.5 demands")
            found = True
    return found


def _lenient_time(node: der.Node) -> datetime:
    """Read BER's other forms of a time, where they are unambiguous: without seconds, with an offset or a fraction."""
    kind = {der.UTC_TIME: core.UTCTime, der.GENERALIZED_TIME: core.GeneralizedTime}.get(node.tag)
    if kind is None:
        raise ValueError("neither UTCTime nor GeneralizedTime")
    try:
        moment = kind.load(node.der).native
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise ValueError(f"{shorten(node.content.decode('latin-1'), 40)!r} is not a moment in UTC")
    return moment.astimezone(timezone.utc)
