"""What tests assert about certificates."""

from __future__ import annotations

import os
from typing import Any

from ..callers import OF_CHECK, Words
from ..checking import Data, check
from ..findings import Report, Verdict
from ..policy import must_cover
from ..render import render
from ..targets import Target


def assert_accepted(
    certificate: Data, private_key: Data = None, chain: Data = None, target: str | Target = "acm", **options: Any
) -> Report:
    """
    Return the report; raise AssertionError, with all of it as its text, unless the verdict is ``accepted``.

    The arguments are those of ``pemcheck.check``, and so is what is raised for wrong ones: contents of files, or
    their paths as ``pathlib`` has them.  A hostname that is not covered is an error, also where the target does not ask
    it.  No key material is in the text.
    """
    __tracebackhide__ = True  # pytest shows the caller's line
    given = (("certificate", certificate), ("private_key", private_key), ("chain", chain))
    no_files = () if "names" in options else [name for name, it in given if not isinstance(it, os.PathLike)]
    covering = bool(options.get("hostnames"))
    try:
        report = check(certificate, private_key, chain, target=target, **options)
    finally:
        # whoever reports an exception shows what its frames hold
        del certificate, private_key, chain, given, options
    if covering:
        report = must_cover(report)
    if report.verdict is not Verdict.ACCEPTED:
        said = render((Words(no_files, OF_CHECK).report(report),), "text")
        raise AssertionError(f"the verdict is {report.verdict.value}, not accepted\n{said}")
    return report
