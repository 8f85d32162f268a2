"""Regular expressions that are compiled late."""

from __future__ import annotations

import re

from pemcheck.patterns import rare


def test_a_rare_pattern_is_the_pattern() -> None:
    """It matches, searches and substitutes as ``re.compile`` would have it."""
    assert re.compile("[ab]+", re.I).sub("x", "AbcBa") == rare("[ab]+", re.I).sub("x", "AbcBa")
