"""The format for programs: JSON, schema 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..findings import Report, to_dict


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return one JSON object: the facts once, a report per target."""
    return dump(to_dict(tuple(reports)))


def dump(value: Any) -> str:
    """Return *value* as JSON in ASCII, ending in a line end."""
    import json

    return json.dumps(value, indent=1, ensure_ascii=True) + "\n"
