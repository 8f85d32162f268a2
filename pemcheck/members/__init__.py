"""
Wrappers of files and values: what stands in a ZIP archive, a Kubernetes secret, a JSON or YAML document.

Whatever is in them is handed on as bytes; no member is opened a second time.
"""

from __future__ import annotations

from collections.abc import Sequence

from .. import sniff
from ..source import MAX_BYTES
from .documents import MAX_JSON, parse_json, take_out
from .found import Member, Members
from .yamls import MAX_YAML, is_available, looks_like_yaml, parse_yaml
from .zips import is_zip, open_zip

__all__ = ["Member", "Members", "members"]


def members(data: bytes) -> Members | None:
    """
    Return what stands in *data* if it is a ZIP archive, or a JSON or YAML document with certificates or keys in it.

    None if it is nothing of the kind, or larger than ``MAX_BYTES``; of documents, than what is read of them.
    An archive, and a document that cannot be opened here, are named even if nothing in them matters.  No two members
    have the same name.
    """
    if len(data) > MAX_BYTES:
        return None
    found = _opened(data)
    return None if found is None else found.replace(members=_told_apart(found.members))


def _opened(data: bytes) -> Members | None:
    if is_zip(data):
        return open_zip(data)
    tree = parse_json(data) if len(data) <= MAX_JSON else None
    if tree is not None:
        return take_out([tree], "json", "JSON")
    if len(data) > MAX_YAML or not (text := _text(data)) or not looks_like_yaml(text):
        return None
    if not is_available():
        return None if "-----BEGIN " in text else Members(
            "yaml", "YAML, which is opened only with PyYAML", unseen=True
        )
    roots = parse_yaml(text)
    return take_out(roots, "yaml", "YAML") if roots else None


def _told_apart(members: Sequence[Member]) -> tuple[Member, ...]:
    """Return them with a number behind the name of another: by its name, each can be asked for."""
    seen: set[str] = set()
    kept = []
    for each in members:
        name, number = each.name, 1
        while name in seen:
            number += 1
            name = f"{each.name} ({number})"
        seen.add(name)
        kept.append(each.replace(name=name))
    return tuple(kept)


def _text(data: bytes) -> str:
    wide = sniff.utf16(data)
    if not wide and sniff.is_binary(data):
        return ""
    return data.decode(wide or "utf-8", "replace").lstrip("\ufeff")
