"""Reports to text: one module per format, each a pure function from reports to str."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Callable

from ..findings import Report

Renderer = Callable[[Sequence[Report], bool], str]

FORMATS = ("text", "concise", "json")


def render(reports: Sequence[Report], form: str, quiet: bool = False) -> str:
    """Return *reports* in one of ``FORMATS``; *quiet* leaves notes out of the formats for people."""
    from . import as_json, concise, text

    renderers: dict[str, Renderer] = {"text": text.render, "concise": concise.render, "json": as_json.render}
    return renderers[form](reports, quiet)
