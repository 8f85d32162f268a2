"""
A guard for boto3: an import is judged before the request leaves.

    import boto3, pemcheck.aws

    acm = boto3.client("acm")
    pemcheck.aws.guard(acm)
    acm.import_certificate(...)  # raises PreflightError where ACM would refuse

It registers with botocore's event system (https://docs.aws.amazon.com/boto3/latest/guide/events.html) and needs
nothing of botocore but what it is given.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from .checking import check
from .findings import Report, Severity, Verdict
from .source import printable
from .targets import Target

OPERATIONS = {
    "acm.ImportCertificate": ("acm", "Certificate"),
    "iam.UploadServerCertificate": ("iam", "CertificateBody"),
}
"""botocore's names of what is guarded: the default target, and the parameter that holds the certificate."""
_EVENT = "before-parameter-build"
_NAMES = ("PrivateKey", "CertificateChain")


class PreflightError(Exception):
    """
    An import that was not sent, because the target would refuse it.

    ``report`` is pemcheck's, ``findings`` its errors; the text names each of them, and no key material.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        self.findings = tuple(each for each in report.findings if each.severity is Severity.ERROR)
        super().__init__(_told(report))

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way out of a worker process."""
        return type(self), (self.report,)


class PreflightWarning(UserWarning):
    """What does not stop an import: warnings, and what could not be decided."""


def guard(
    client_or_session: Any, target: str | Target | None = None, *, refuse: bool = True, **options: Any
) -> None:
    """
    Judge every ``import_certificate`` and ``upload_server_certificate`` of a client, or of a session's clients.

    *client_or_session* is a client of boto3 or botocore, or a session (whose clients are guarded if they are made
    afterwards).  *target* is asked instead of ``acm`` and ``iam``; *options* are those of ``pemcheck.check``, such as
    ``trust_store``.  Region, ARN, tags, name and path are the call's own.  Where the target would refuse, the call
    raises PreflightError before anything is sent, or only warns where *refuse* is false.  What cannot be decided, and
    findings of severity warning, are warned about (PreflightWarning, by ``warnings``).

    Raises TypeError for something that has no botocore events, and what ``check`` raises for its options.
    """
    register = _register_of(client_or_session)
    check(b"", target="acm" if target is None else target, **options)  # options that cannot be meant are told now
    judge = _Guard(target, refuse, options)
    for operation in OPERATIONS:
        register(f"{_EVENT}.{operation}", judge, unique_id=f"pemcheck-{operation}")


def _register_of(it: Any) -> Any:
    """Return the function that registers for the events of a client, of boto3's session or of botocore's."""
    events = getattr(getattr(it, "meta", None), "events", None) or getattr(it, "events", None)
    register = getattr(events, "register_first", None) or getattr(it, "register", None)
    if register is None:
        raise TypeError(f"guard takes a client or a session of boto3 or botocore, not {type(it).__name__}")
    return register


class _Guard:
    """What is called with the parameters of a call, before they become a request."""

    def __init__(self, target: str | Target | None, refuse: bool, options: Mapping[str, Any]) -> None:
        self.target, self.refuse, self.options = target, refuse, options

    def __call__(
        self, params: Mapping[str, Any], model: Any, context: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        service = model.service_model.service_name
        target, body = OPERATIONS[f"{service}.{model.name}"]
        names = (body, *_NAMES)
        given = [params.get(name) for name in names]
        if any(value is not None and not _is_data(value) for value in given):
            return  # botocore says better what is wrong with such a parameter
        certificate, private_key, chain = map(_data, given)
        report = check(
            certificate,
            private_key,
            chain,
            target=target if self.target is None else self.target,
            names=names,
            **{**_of_call(params, (context or {}).get("client_region") or ""), **self.options},
        )
        if report.verdict is Verdict.REFUSED and self.refuse:
            raise PreflightError(report)
        if report.verdict is not Verdict.ACCEPTED or any(each.severity is Severity.WARNING for each in report.findings):
            warnings.warn(_told(report), PreflightWarning, stacklevel=2)


def _is_data(value: Any) -> bool:
    return isinstance(value, (str, bytes, bytearray)) or hasattr(value, "read")


def _data(value: Any) -> bytes | str | None:
    """Return what a parameter holds; of a file, everything, and the file stands where it stood."""
    if isinstance(value, bytearray):
        return bytes(value)
    if value is None or isinstance(value, (str, bytes)):
        return value
    place = value.tell()
    content: bytes | str = value.read()
    value.seek(place)
    return content


def _of_call(params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return what a call says besides the files, as options of ``check``."""
    tags = [(str(each.get("Key", "")), str(each.get("Value", ""))) for each in params.get("Tags") or ()]
    found = {
        "region": "" if region == "aws-global" else region,
        "certificate_arn": params.get("CertificateArn") or "",
        "server_certificate_name": params.get("ServerCertificateName") or "",
        "path": params.get("Path") or "",
        "tags": tags,
    }
    return {name: value for name, value in found.items() if value}


def _told(report: Report) -> str:
    return "\n".join(_lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield f"pemcheck: {report.target}: {report.verdict.value}"
    for each in report.findings:
        if each.severity is not Severity.NOTE:
            yield f"  {each.at}: {each.severity.value}: {each.rule}: {printable(each.message)}"
            yield f"    fix: {printable(each.fix)}"
    if report.verdict is Verdict.UNDECIDED:
        for question in report.undecided:
            yield f"  {question.rule} could not be asked: {printable(question.reason)}"
