"""
Say whether AWS would take this certificate, its private key and its chain, before the upload.

    import pemcheck

    report = pemcheck.check(certificate=cert, private_key=key, chain=chain, target="acm")
    report.verdict            # Verdict.ACCEPTED, REFUSED or UNDECIDED
    report.findings           # everything that is wrong, worst first
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .version import VERSION as __version__  # noqa: N811

if TYPE_CHECKING:
    from .checking import check as check
    from .checking import inspect as inspect
    from .facts import Certificate, Other, PrivateKey
    from .findings import Check, Evidence, Finding, Outcome, Report, Severity, Verdict
    from .scanning import Result, Scan, ScanError, scan
    from .source import Location
    from .targets import Demand, Target, TargetError

__all__ = [
    "Certificate",
    "Check",
    "Demand",
    "Evidence",
    "Finding",
    "Location",
    "Other",
    "Outcome",
    "PrivateKey",
    "Report",
    "Result",
    "Scan",
    "ScanError",
    "Severity",
    "Target",
    "TargetError",
    "Verdict",
    "__version__",
    "check",
    "inspect",
    "scan",
]

_HOMES = {
    "facts": ("Certificate", "Other", "PrivateKey"),
    "findings": ("Check", "Evidence", "Finding", "Outcome", "Report", "Severity", "Verdict"),
    "source": ("Location",),
    "targets": ("Demand", "Target", "TargetError"),
    "checking": ("check", "inspect"),
    "scanning": ("Result", "Scan", "ScanError", "scan"),
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    """Import on first use (PEP 562): ``import pemcheck`` alone must not cost what ``check`` needs."""
    for module, names in _HOMES.items():
        if name in names:
            from importlib import import_module

            found = import_module(f"{__name__}.{module}")
            for each in names:
                globals()[each] = getattr(found, each)
            return globals()[name]
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
