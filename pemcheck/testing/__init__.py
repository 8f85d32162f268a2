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

from ..checking import Data, check
from ..findings import Report, Verdict
from ..targets import Target

if TYPE_CHECKING:
    from .moto import strict_moto as strict_moto

__all__ = ["assert_accepted", "strict_moto"]


def assert_accepted(
    certificate: Data, private_key: Data = None, chain: Data = None, target: str | Target = "acm", **options: Any
) -> Report:
    """
    Return the report; raise AssertionError, with all of it as its text, unless the verdict is ``accepted``.

    The arguments are those of ``pemcheck.check``, and so is what is raised for wrong ones.  No key material is in
    the text.
    """
    __tracebackhide__ = True  # pytest shows the caller's line
    report = check(certificate, private_key, chain, target=target, **options)
    if report.verdict is not Verdict.ACCEPTED:
        from ..render import render

        raise AssertionError(f"{target if isinstance(target, str) else target.name}: {_verdict(report)}\n"
                             + render([report], "text"))
    return report


def _verdict(report: Report) -> str:
    return f"the verdict is {report.verdict.value}, not accepted"


def __getattr__(name: str) -> Any:
    """Import what needs moto on first use (PEP 562)."""
    if name == "strict_moto":
        from .moto import strict_moto

        return strict_moto
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
