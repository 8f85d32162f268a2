"""
A stricter moto: its ACM and IAM refuse what the real ones refuse, with AWS's own words where they are known.

moto itself imports many a certificate that AWS does not take: https://docs.getmoto.org/en/latest/docs/services/acm.html.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Callable

from ..checking import check
from ..findings import Finding, Report, Severity, Verdict
from ..frames import forgetting
from ..messages import MESSAGES
from ..source import printable
from ..targets import Target

_CODES = ("MalformedCertificate", "KeyPairMismatch")
"""IAM's errors that are about certificates; for any other fault nobody knows which comes, and the first is taken."""


@forgetting
def strict_moto(
    acm: str | Target = "acm", iam: str | Target = "iam", **options: Any
) -> AbstractContextManager[None]:
    """
    Make moto's ``ImportCertificate`` and ``UploadServerCertificate`` refuse what these targets refuse.

    *options* are those of ``pemcheck.check``, such as ``at``.  A re-import is compared with what is there under its
    ARN.  What cannot be decided is imported, as moto would.  It works wherever moto's backends run in this very
    process: with ``mock_aws`` and ``ThreadedMotoServer``.

    Raises ImportError where moto is not installed, and what ``check`` raises for its options.
    """
    from moto.acm.models import AWSCertificateManagerBackend as Acm
    from moto.iam.responses import IamResponse as Iam  # its backend is not told the tags

    for target in (acm, iam):
        check(b"", target=target, **options)  # options that cannot be meant are told now
    return _replaced(
        (Acm, _import_certificate(Acm.import_certificate, acm, options)),
        (Iam, _upload_server_certificate(Iam.upload_server_certificate, iam, options)),
    )


@contextmanager
def _replaced(*methods: tuple[Any, Any]) -> Iterator[None]:
    """Put each method where one of its name is, for a while; no option is among what this frame holds."""
    as_they_were = [(home, getattr(home, method.__name__)) for home, method in methods]
    try:
        for home, method in methods:
            setattr(home, method.__name__, method)
        yield
    finally:
        for home, method in as_they_were:
            setattr(home, method.__name__, method)


def _import_certificate(as_it_was: Callable[..., Any], target: str | Target, options: Mapping[str, Any]) -> Any:
    @forgetting
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
    @forgetting
    def upload_server_certificate(response: Any) -> Any:
        given = response._get_param
        beside: dict[str, Any] = {
            "server_certificate_name": given("ServerCertificateName"),
            "path": given("Path") or "",
            "tags": _pairs(given("Tags")),
        }
        certificate, private_key, chain = map(given, ("CertificateBody", "PrivateKey", "CertificateChain"))
        report = check(certificate, private_key, chain, target=target, **{**beside, **options})
        if report.verdict is Verdict.REFUSED:
            raise _iam_error(report)
        return as_it_was(response)

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
