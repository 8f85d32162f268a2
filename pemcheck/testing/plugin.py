"""The pytest plugin: the fixture ``strict_moto``.  pytest finds it by itself where pemcheck is installed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture
def strict_moto() -> Iterator[None]:
    """Let moto's ACM and IAM refuse what the real ones refuse, for one test."""
    from .moto import strict_moto as strict  # which needs moto

    with strict():
        yield
