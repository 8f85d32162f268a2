"""
The pytest plugin: the fixture ``strict_moto``, and the mark of the same name for its options.

pytest finds it by itself where pemcheck is installed, and loads it in every run: nothing is imported here that the
fixture alone needs.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", "strict_moto(*args, **options): the arguments of the fixture's strict_moto")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let a test that has the mark have the fixture, whether it names it or not."""
    names = getattr(item, "fixturenames", None)
    if names is not None and item.get_closest_marker("strict_moto") and "strict_moto" not in names:
        names.append("strict_moto")


@pytest.fixture
def strict_moto(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let moto's ACM and IAM refuse what the real ones refuse, for one test."""
    from .moto import strict_moto as strict

    mark = request.node.get_closest_marker("strict_moto")
    with strict(*(mark.args if mark else ()), **(mark.kwargs if mark else {})):
        yield
