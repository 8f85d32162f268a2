"""Reports to text: one module per format, each a pure function from reports to str."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..findings import Report

_HOMES = {"text": "text", "concise": "concise", "json": "as_json", "jsonl": "as_jsonl"}
_HOMES.update((name, name) for name in ("sarif", "junit", "github", "gitlab", "markdown"))
"""The module of each format; only the one that is asked for is imported."""

FORMATS = tuple(_HOMES)
PLACED = ("sarif", "github", "gitlab")
"""Those whose readers look for the files in a repository."""


def render(
    reports: Sequence[Report], form: str, quiet: bool = False, roots: Sequence[str] = (), fail_on: str = "error"
) -> str:
    """
    Return *reports* in one of ``FORMATS``; *quiet* leaves notes out of the formats for people.

    In those of ``PLACED`` paths are relative to the first of *roots*, folders, that holds the file.  *fail_on* is what
    makes the exit status 1, which JUnit has words for.
    """
    further: tuple[Sequence[str], ...] = (roots,) if form in PLACED else (fail_on,) if form == "junit" else ()
    text: str = import_module(f"{__name__}.{_HOMES[form]}").render(reports, quiet, *further)
    return text
