"""
Help for other people's tests: a certificate that a target would refuse fails them, not the deployment.

    from pemcheck.testing import assert_accepted

    def test_our_certificate():
        assert_accepted(cert, key, chain, target="cloudfront", trust_store="system")

With moto, ``strict_moto()`` makes the mocked ACM and IAM refuse what the real ones refuse; in pytest the fixture of
the same name does, for one test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .assertions import assert_accepted as assert_accepted
    from .moto import strict_moto as strict_moto

__all__ = ["assert_accepted", "strict_moto"]

_HOMES = {"assert_accepted": "assertions", "strict_moto": "moto"}


def __getattr__(name: str) -> Any:
    """Import on first use (PEP 562): pytest loads this package in every run, even where nobody asks for it."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
