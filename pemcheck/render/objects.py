"""What ``inspect`` prints: each object with its fields, one to a line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Callable

from ..rules.certificate import PURPOSES, usages
from ..source import Location, printable
from .text import wrap

_SHOWN = {
    "certificate": (
        ("subject", "subject"),
        ("issuer", "issuer"),
        ("serial_number", "serial number"),
        ("version", "version"),
        ("not_before", "not before"),
        ("not_after", "not after"),
        ("public_key", "public key"),
        ("subject_alt_names", "names"),
        ("key_usage", "key usage"),
        ("extended_key_usage", "extended key usage"),
        ("basic_constraints", "basic constraints"),
        ("subject_key_identifier", "subject key id"),
        ("authority_key_identifier", "authority key id"),
        ("ocsp_urls", "OCSP"),
        ("ca_issuers_urls", "issuer's certificate"),
        ("extensions", "extensions"),
        ("signature_algorithm", "signature"),
        ("self_signed", "self-signed"),
        ("sha256", "SHA-256"),
        ("unread", "cannot be read"),
    ),
    "private_key": (
        ("format", "format"),
        ("encrypted", "encrypted"),
        ("encryption", "encryption"),
        ("public_key", "public key"),
        ("unread", "cannot be read"),
    ),
}
_TITLES = {"subject_alt_names": "names", "unread": "cannot be read"}
_SPELT: dict[str, Callable[[list[str]], list[str]]] = {
    "key_usage": usages,
    "extended_key_usage": lambda oids: [PURPOSES.get(oid, oid) for oid in oids],
}
"""What JSON has in another spelling than RFC 5280."""
_LEFT_OUT = ("kind", "file", "line", "end_line", "block", "path", "label")


def render(objects: Sequence[dict[str, Any]]) -> str:
    """Return *objects* (their dictionaries, as JSON has them) for people."""
    lines: list[str] = []
    for each in objects:
        place = Location(each["file"], each["line"])
        inside = f" ({each['path']})" if "path" in each else ""
        lines.append(f"{place}: {each['kind'].replace('_', ' ')}{inside}")
        shown = [name for name in each if name not in _LEFT_OUT]
        rows = _SHOWN.get(each["kind"]) or [(name, _TITLES.get(name, name.replace("_", " "))) for name in shown]
        for name, title in rows:
            if name not in each or each[name] in (None, [], {}):
                continue
            lines += _row(f"    {title + ':':22}", _SPELT[name](each[name]) if name in _SPELT else each[name])
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"


def _row(title: str, value: Any) -> Iterator[str]:
    """Break lists into lines; anything else stays as it is, to be copied."""
    if isinstance(value, list) or (isinstance(value, dict) and "dns" in value):
        yield from wrap(_text(value), title, " " * len(title))
    else:
        yield f"{title}{_text(value)}".rstrip()


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return _dictionary(value)
    if isinstance(value, list):
        return ", ".join(_words(value))
    return printable(str(value))


def _words(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict) and "critical" in value:
            yield value["name"] + (" (critical)" if value["critical"] else "")
        else:
            yield _text(value)


def _dictionary(value: dict[str, Any]) -> str:
    if "algorithm" in value:
        return f"{value['algorithm']}, SHA-256 {value['sha256'] or 'unknown'}"
    if "dns" in value:
        parts = [f"{kind.upper()}:{name}" for kind in ("dns", "ip", "email", "uri") for name in value[kind]]
        return ", ".join(parts + ([f"{value['other']} other"] if value["other"] else []))
    if "ca" in value:
        length = "" if value["path_length"] is None else f", path length {value['path_length']}"
        return f"CA {'yes' if value['ca'] else 'no'}{length}"
    return str(value.get("name") or value)
