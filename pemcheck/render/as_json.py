"""The format for programs: JSON, schema 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..findings import Report, to_dict


def render(reports: Sequence[Report], quiet: bool = False) -> str:
    """Return one JSON object: the facts once, a report per target."""
    return dump(to_dict(tuple(reports)))


def dump(value: Any, indent: int | None = 1) -> str:
    """
    Return *value* as JSON in ASCII, ending in a line end; without *indent* on one line.

    What the log of a pipeline would take for a command (see ``printable``) is written otherwise, and stays what it is.
    """
    import json
    import re

    return re.sub("#(?=#)", r"\\u0023", json.dumps(value, indent=indent, ensure_ascii=True)) + "\n"
