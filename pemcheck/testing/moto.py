"""
A stricter moto: its ACM and IAM refuse what the real ones refuse, with AWS's own words where they are known.

moto itself imports many a certificate that AWS does not take: https://docs.getmoto.org/en/latest/docs/services/acm.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..checking import check
from ..findings import Finding, Report, Severity, Verdict
from ..rules import BY_NAME
from ..source import printable
from ..targets import Target

_MISMATCH = ("key-does-not-match",)


@contextmanager
def strict_moto(acm: str | Target = "acm", iam: str | Target = "iam", **options: Any) -> Iterator[None]:
    """
    Make moto's ``ImportCertificate`` and ``UploadServerCertificate`` refuse what these targets refuse.

    *options* are those of ``pemcheck.check``, such as ``at``.  What cannot be decided is imported, as moto would.
    It works wherever moto's backends run in this very process: with ``mock_aws`` and ``ThreadedMotoServer``.
    Raises ImportError where moto is not installed.
    """
    from moto.acm.models import AWSCertificateManagerBackend
    from moto.iam.models import IAMBackend

    def import_certificate(
        backend: Any, certificate: bytes, private_key: bytes, chain: bytes | None, arn: str | None, tags: Any
    ) -> Any:
        beside = {"region": backend.region_name, "certificate_arn": arn or "", "tags": _pairs(tags)}
        report = check(certificate, private_key, chain, target=acm, **{**beside, **options})
        if report.verdict is Verdict.REFUSED:
            raise _acm_error(report)
        return import_as_it_was(backend, certificate, private_key, chain, arn, tags)

    def upload_server_certificate(
        backend: Any, cert_name: str, cert_body: str, private_key: str, cert_chain: str | None = None,
        path: str | None = None,
    ) -> Any:  # fmt: skip
        beside = {"server_certificate_name": cert_name, "path": path or ""}
        report = check(cert_body, private_key, cert_chain, target=iam, **{**beside, **options})
        if report.verdict is Verdict.REFUSED:
            raise _iam_error(report)
        return upload_as_it_was(backend, cert_name, cert_body, private_key, cert_chain, path)

    import_as_it_was = AWSCertificateManagerBackend.import_certificate
    upload_as_it_was = IAMBackend.upload_server_certificate
    AWSCertificateManagerBackend.import_certificate = import_certificate
    IAMBackend.upload_server_certificate = upload_server_certificate
    try:
        yield
    finally:
        AWSCertificateManagerBackend.import_certificate = import_as_it_was
        IAMBackend.upload_server_certificate = upload_as_it_was


def _pairs(tags: Any) -> list[tuple[str, str]]:
    return [(str(each.get("Key", "")), str(each.get("Value", ""))) for each in tags or ()]


def _worst(report: Report) -> Finding:
    return next(finding for finding in report.findings if finding.severity is Severity.ERROR)


def _words(finding: Finding) -> str:
    """Return AWS's own message for a finding, or what pemcheck says where nobody knows AWS's."""
    known = BY_NAME[finding.rule].aws_says.split(" / ")[0]
    return known or f"{printable(finding.message)} (pemcheck: {finding.rule}; AWS's own words are not known)"


def _acm_error(report: Report) -> Exception:
    from moto.acm.exceptions import AWSValidationException

    error: Exception = AWSValidationException(_words(_worst(report)))
    return error


def _iam_error(report: Report) -> Exception:
    from moto.iam.exceptions import IAMException

    finding = _worst(report)
    error: Exception = IAMException(_words(finding))
    error.code = "KeyPairMismatch" if finding.rule in _MISMATCH else "MalformedCertificate"  # type: ignore[attr-defined]
    return error


