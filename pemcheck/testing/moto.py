"""
A stricter moto: its ACM and IAM refuse what the real ones refuse, with AWS's own words where they are known.

moto itself imports many a certificate that AWS does not take: https://docs.getmoto.org/en/latest/docs/services/acm.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Callable

from ..checking import check
from ..findings import Finding, Report, Severity, Verdict
from ..messages import MESSAGES
from ..source import printable
from ..targets import Target

_CODES = ("MalformedCertificate", "KeyPairMismatch")
"""IAM's errors that are about certificates; for any other fault nobody knows which comes, and the first is taken."""


@contextmanager
def strict_moto(acm: str | Target = "acm", iam: str | Target = "iam", **options: Any) -> Iterator[None]:
    """
    Make moto's ``ImportCertificate`` and ``UploadServerCertificate`` refuse what these targets refuse.

    *options* are those of ``pemcheck.check``, such as ``at``.  A re-import is compared with what is there under its
    ARN.  What cannot be decided is imported, as moto would.  It works wherever moto's backends run in this very
    process: with ``mock_aws`` and ``ThreadedMotoServer``.

    Raises ImportError where moto is not installed, and what ``check`` raises for its options.
    """
    from moto.acm.models import AWSCertificateManagerBackend as Acm
    from moto.iam.models import IAMBackend as Iam

    for target in (acm, iam):
        check(b"", target=target, **options)  # options that cannot be meant are told now
    import_as_it_was, upload_as_it_was = Acm.import_certificate, Iam.upload_server_certificate
    _replace(Acm, _import_certificate(import_as_it_was, acm, options))
    _replace(Iam, _upload_server_certificate(upload_as_it_was, iam, options))
    try:
        yield
    finally:
        _replace(Acm, import_as_it_was)
        _replace(Iam, upload_as_it_was)


def _replace(backend: Any, method: Any) -> None:
    """Put *method* where one of its name is."""
    setattr(backend, method.__name__, method)


def _import_certificate(as_it_was: Callable[..., Any], target: str | Target, options: Mapping[str, Any]) -> Any:
    def import_certificate(
        backend: Any, certificate: bytes, private_key: bytes, chain: bytes | None, arn: str | None, tags: Any
    ) -> Any:
        beside: dict[str, Any] = {"region": backend.region_name, "certificate_arn": arn or "", "tags": _pairs(tags)}
        if arn:
            beside["replaces"] = backend.get_certificate(arn).cert  # or moto's error: there is none
        report = check(certificate, private_key, chain, target=target, **{**beside, **options})
        if report.verdict is Verdict.REFUSED:
            raise _acm_error(report)
        return as_it_was(backend, certificate, private_key, chain=chain, arn=arn, tags=tags)

    return import_certificate


def _upload_server_certificate(as_it_was: Callable[..., Any], target: str | Target, options: Mapping[str, Any]) -> Any:
    def upload_server_certificate(
        backend: Any,
        cert_name: str,
        cert_body: str,
        private_key: str,
        cert_chain: str | None = None,
        path: str | None = None,
    ) -> Any:
        beside = {"server_certificate_name": cert_name, "path": path or ""}
        report = check(cert_body, private_key, cert_chain, target=target, **{**beside, **options})
        if report.verdict is Verdict.REFUSED:
            raise _iam_error(report)
        return as_it_was(backend, cert_name, cert_body, private_key, cert_chain=cert_chain, path=path)

    return upload_server_certificate


def _pairs(tags: Any) -> list[tuple[str, str]]:
    return [(str(each.get("Key", "")), str(each.get("Value", ""))) for each in tags or ()]


def _worst(report: Report) -> Finding:
    return next(finding for finding in report.findings if finding.severity is Severity.ERROR)


def _words(finding: Finding, target: str) -> tuple[str, str]:
    """
    Return code and text of AWS's error for a finding; what pemcheck says where nobody knows AWS's words.

    Of several messages it is the one for which the finding is the likeliest cause; one with a value in it is left out,
    because nobody knows the value.
    """
    known = [
        (each.rules.index(finding.rule), each.code, each.text)
        for each in MESSAGES
        if each.target == target and each.text and "<" not in each.text and finding.rule in each.rules
    ]
    if known:
        return min(known, key=lambda each: each[0])[1:]
    return "", f"{printable(finding.message)} (pemcheck: {finding.rule}; AWS's own words are not known)"


def _acm_error(report: Report) -> Exception:
    from moto.acm.exceptions import AWSValidationException

    error: Exception = AWSValidationException(_words(_worst(report), "acm")[1])
    return error


def _iam_error(report: Report) -> Exception:
    from moto.iam.exceptions import IAMException

    code, text = _words(_worst(report), "iam")
    error = IAMException(text)
    error.code = code if code in _CODES else _CODES[0]
    found: Exception = error
    return found
