"""What tests assert about certificates."""

from __future__ import annotations

from typing import Any

from ..checking import Data, check
from ..findings import Report, Verdict
from ..render import render
from ..targets import Target


def assert_accepted(
    certificate: Data, private_key: Data = None, chain: Data = None, target: str | Target = "acm", **options: Any
) -> Report:
    """
    Return the report; raise AssertionError, with all of it as its text, unless the verdict is ``accepted``.

    The arguments are those of ``pemcheck.check``, and so is what is raised for wrong ones.  No key material is in
    the text.
    """
    __tracebackhide__ = True  # pytest shows the caller's line
    try:
        report = check(certificate, private_key, chain, target=target, **options)
    finally:
        del certificate, private_key, chain, options  # whoever reports an exception shows what its frames hold
    if report.verdict is not Verdict.ACCEPTED:
        raise AssertionError(f"the verdict is {report.verdict.value}, not accepted\n{render((report,), 'text')}")
    return report
