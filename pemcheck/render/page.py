"""How wide text is."""

from __future__ import annotations

WIDTH = 80
"""Columns of a line, unless a terminal has less."""


NARROWEST = 40
"""Columns below which text would be a word in a line."""


class _Page:
    """How many columns a line may have now; only a command whose output goes to a narrower terminal changes it."""

    width = WIDTH


PAGE = _Page()
