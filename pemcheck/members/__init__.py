"""
Wrappers of files and values: what stands in a ZIP archive, a Kubernetes secret, a JSON or YAML document.

Whatever is in them is handed on as bytes; no member is opened a second time.
"""

from __future__ import annotations

from .. import sniff
from ..budget import DOCUMENTS, PRICE_YAML, Budget
from ..source import MAX_BYTES
from .documents import looks_like_json, parse_json, take_out
from .found import Member, Members
from .yamls import MAX_YAML, is_available, looks_like_yaml, parse_yaml
from .zips import is_zip, open_zip

__all__ = ["Member", "Members", "members"]


def members(data: bytes, budget: Budget | None = None) -> Members | None:
    """
    Return what stands in *data* if it is a ZIP archive, or a JSON or YAML document with certificates or keys in it.

    None if it is nothing of the kind, or larger than ``MAX_BYTES``; of documents, than what is read of them.
    An archive, and a document that cannot be opened here, are named even if nothing in them matters.  No two members
    have the same name.  What comes out is paid from *budget*.
    """
    budget = Budget() if budget is None else budget
    if len(data) > MAX_BYTES:
        return None
    if is_zip(data):
        return open_zip(data, budget)
    if looks_like_json(data):
        if not budget.take(DOCUMENTS, len(data)):
            return Members("json", "a JSON document", cut=f"it was not looked at: {budget.reason}")
        tree = parse_json(data)
        if tree is not None:
            return take_out([tree], "json", "JSON", budget)
    if len(data) > MAX_YAML or not (text := _text(data)) or not looks_like_yaml(text):
        return None
    if not is_available():
        return None if "-----BEGIN " in text else Members(
            "yaml", "YAML, which is opened only with PyYAML", unseen=True
        )
    if not budget.take(DOCUMENTS, PRICE_YAML * len(data)):
        return Members("yaml", "a YAML document", cut=f"it was not looked at: {budget.reason}")
    roots = parse_yaml(text)
    return take_out(roots, "yaml", "YAML", budget) if roots else None


def _text(data: bytes) -> str:
    wide = sniff.utf16(data)
    if not wide and sniff.is_binary(data):
        return ""
    return data.decode(wide or "utf-8", "replace").lstrip("\ufeff")
