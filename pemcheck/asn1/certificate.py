"""A certificate's DER to facts (RFC 5280 section 4.1)."""

from __future__ import annotations

from datetime import datetime, timezone

from asn1crypto import core

from .. import der
from ..facts import NO_KEY, NO_NAME, NO_TIME, Certificate, Name
from ..reading import Fields
from ..source import Location, shorten
from . import extensions
from .algorithms import public_key, signature_algorithm
from .basic import bits, elements, integer, only
from .names import known_name, name

_DIGITS = {der.UTC_TIME: 12, der.GENERALIZED_TIME: 14}
"""How many stand in front of the Z."""
_OPTIONAL_TAGS = (0x81, 0xA1, 0x82, 0xA2, 0xA3)
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
    listed, extra = _optional(tbs[6:])
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
        read("issuer", "tbsCertificate.issuer", lambda: known_name(issuer.der), NO_NAME),
        read("subject", "tbsCertificate.subject", lambda: _subject(subject, issuer), NO_NAME),
        read("not_before", "tbsCertificate.validity.notBefore", lambda: time(_validity(validity)[0]), NO_TIME),
        read("not_after", "tbsCertificate.validity.notAfter", lambda: time(_validity(validity)[1]), NO_TIME),
        read("key", "tbsCertificate.subjectPublicKeyInfo", lambda: public_key(key.der), NO_KEY),
        found,
        trailing=len(data) - node.end,
        extra=(*([f"{len(behind)} behind signatureValue"] if behind else []), *extra),
        **facts,
        unread=frozenset(fields.unread),
    )


def _optional(found: list[der.Node]) -> tuple[der.Node | None, list[str]]:
    """Return the extensions' field, and what is none of TBSCertificate's optional fields or stands there twice."""
    known: dict[int, der.Node] = {}
    extra = []
    for each in found:
        if each.tag in _OPTIONAL_TAGS and each.tag not in known:
            known[each.tag] = each
        else:
            extra.append(f"tag {each.tag:02x} in tbsCertificate")
    return known.get(0xA3), extra


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
    if len(content) - 1 != _DIGITS.get(node.tag) or content[-1:] != b"Z" or not content[:-1].isdigit():
        return _lenient_time(node)
    if node.tag == der.UTC_TIME:
        content = (b"19" if content >= b"5" else b"20") + content
    digits = content.decode("ascii")
    month, day, hour, minute, second = (int(digits[i : i + 2]) for i in range(4, 14, 2))
    return datetime(int(digits[:4]), month, day, hour, minute, second, tzinfo=timezone.utc)


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
