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

import sys
import warnings
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from .callers import Words
from .checking import check
from .findings import Report, Severity, Verdict
from .policy import must_cover
from .source import printable
from .targets import Target
from .value import without_hidden


class _Operation(NamedTuple):
    """What is guarded: the target asked by default, the three parameters in order, and the types that they may have."""

    target: str
    names: tuple[str, str, str]
    types: tuple[type, ...]


_OPERATIONS = {
    "acm.ImportCertificate": _Operation(
        "acm", ("Certificate", "PrivateKey", "CertificateChain"), (bytes, bytearray, str)
    ),
    "iam.UploadServerCertificate": _Operation("iam", ("CertificateBody", "PrivateKey", "CertificateChain"), (str,)),
}
"""By botocore's name for the service and the operation.  botocore takes files for ACM, and then cannot send them."""
_TEXTS = {
    "CertificateArn": "certificate_arn",
    "ServerCertificateName": "server_certificate_name",
    "Path": "path",
}
"""Further parameters, and what ``check`` calls them."""
_OF_THE_CALL = ("certificate", "private_key", "chain", "names")
_EVENT = "before-parameter-build"


class PreflightError(Exception):
    """
    An import that was not sent, because the target would refuse it.

    ``report`` is pemcheck's, without the secret numbers of the key; ``findings`` are its errors.  The text names each
    of them, and no key material.  It can be pickled, and no key is in what comes out.
    """

    def __init__(self, report: Report) -> None:
        self.report: Report = without_hidden(report)
        self.findings = tuple(each for each in report.findings if each.severity is Severity.ERROR)
        super().__init__(_told(report))

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way out of a worker process."""
        return type(self), (self.report,)


class PreflightWarning(UserWarning):
    """What does not stop an import: warnings, and what could not be decided."""


def guard(client_or_session: Any, target: str | Target | None = None, *, refuse: bool = True, **options: Any) -> None:
    """
    Judge every ``import_certificate`` and ``upload_server_certificate`` of a client, or of a session's clients.

    *client_or_session* is a client of boto3 or botocore, or a session (whose clients are guarded if they are made
    afterwards).  *target* is asked instead of ``acm`` and ``iam``; *options* are those of ``pemcheck.check``, such as
    ``trust_store``, except the three files.  Region, ARN, tags, name and path are the call's own unless they are given.
    One of the *hostnames* that is not covered is an error, also where the target does not ask it.
    Where the target would refuse, the call raises PreflightError before anything is sent, or only warns where *refuse*
    is false.  What cannot be decided, and findings of severity warning, are warned about (PreflightWarning, by
    ``warnings``).  A parameter of a type that botocore does not send is left to botocore, which says so.

    Who is guarded already is guarded in the new way alone.  Raises TypeError for something that has no botocore
    events, and what ``check`` raises for its options.
    """
    events = _events_of(client_or_session)
    for name in _OF_THE_CALL:
        if name in options:
            raise TypeError(f"{name} is the call's own, and cannot be given to guard")
    check(b"", target="acm" if target is None else target, **options)  # options that cannot be meant are told now
    judge = _Guard(target, refuse, options)
    unguard(client_or_session)  # botocore would ignore a second handler of the same name
    for operation in _OPERATIONS:
        # last, so that what others make of the parameters is what is judged
        events.register_last(f"{_EVENT}.{operation}", judge, unique_id=_id(operation))


def unguard(client_or_session: Any) -> None:
    """
    Undo ``guard``; nothing happens where nothing is guarded.

    Clients that a session has made in the meantime stay guarded.  Raises TypeError as ``guard`` does.
    """
    events = _events_of(client_or_session)
    for operation in _OPERATIONS:
        events.unregister(f"{_EVENT}.{operation}", unique_id=_id(operation))


def _id(operation: str) -> str:
    return f"pemcheck-{operation}"


def _events_of(it: Any) -> Any:
    """Return the events of a client, of boto3's session or of botocore's; raise TypeError for anything else."""
    events = getattr(getattr(it, "meta", None), "events", None) or getattr(it, "events", None)
    if events is None and hasattr(it, "get_component"):
        events = it.get_component("event_emitter")
    if not hasattr(events, "register_last"):
        raise TypeError(f"guard takes a client or a session of boto3 or botocore, not {type(it).__name__}")
    return events


class _Guard:
    """What is called with the parameters of a call, before they become a request."""

    def __init__(self, target: str | Target | None, refuse: bool, options: Mapping[str, Any]) -> None:
        self.target, self.refuse, self.options = target, refuse, options

    def __call__(self, params: Any, model: Any, context: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        operation = _OPERATIONS[f"{model.service_model.service_name}.{model.name}"]
        report = self._report(operation, params, (context or {}).get("client_region") or "")
        if report is None:
            return
        if report.verdict is Verdict.REFUSED and self.refuse:
            raise PreflightError(report)
        if report.verdict is not Verdict.ACCEPTED or any(each.severity is Severity.WARNING for each in report.findings):
            warnings.warn(_told(report), PreflightWarning, stacklevel=_depth_of_caller())

    def _report(self, operation: _Operation, params: Any, region: str) -> Report | None:
        """Return what is to be said of a call; None where botocore says better what is wrong with its parameters."""
        if not _is_sendable(operation, params):
            return None
        certificate, private_key, chain = map(params.get, operation.names)
        report = check(
            certificate,
            private_key,
            chain,
            target=operation.target if self.target is None else self.target,
            names=operation.names,
            **{**_said(operation, params, region), **self.options},
        )
        return must_cover(report) if self.options.get("hostnames") else report


def _is_sendable(operation: _Operation, params: Any) -> bool:
    """Whether the parameters that are looked at have the types that botocore sends."""
    if not isinstance(params, Mapping):
        return False
    certificate, private_key, chain = operation.names
    files = all(isinstance(params.get(name), operation.types) for name in (certificate, private_key))
    chained = chain not in params or isinstance(params[chain], operation.types)
    texts = all(isinstance(params[name], str) for name in _TEXTS if name in params)
    return files and chained and texts and _are_tags(params.get("Tags", []))


def _are_tags(tags: Any) -> bool:
    if not isinstance(tags, (list, tuple)) or not all(isinstance(each, Mapping) for each in tags):
        return False
    return all(isinstance(word, str) for pair in _pairs(tags) for word in pair)


def _said(operation: _Operation, params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """Return what a call says besides the files, as options of ``check``."""
    found = {option: params.get(name, "") for name, option in _TEXTS.items()}
    found["region"] = region if operation.target == "acm" else ""  # IAM has none, whatever its client says
    return {**found, "tags": _pairs(params.get("Tags", []))}


def _pairs(tags: Any) -> list[tuple[Any, Any]]:
    return [(each.get("Key", ""), each.get("Value", "")) for each in tags]


def _depth_of_caller() -> int:
    """Return how many calls above ``warnings.warn`` the user's own code is: the warning names its line."""
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] in ("pemcheck", "boto3", "botocore"):
        frame = frame.f_back
        depth += 1
    return depth


_NAMES = {name for operation in _OPERATIONS.values() for name in operation.names}
_ARGUMENTS = {"region": "region_name", "tags": "Tags", **{option: name for name, option in _TEXTS.items()}}


def _told(report: Report) -> str:
    return "\n".join(_lines(Words(_NAMES, _ARGUMENTS).report(report)))


def _lines(report: Report) -> Iterator[str]:
    yield f"pemcheck: {report.target}: {report.verdict.value}"
    for each in report.findings:
        if each.severity is not Severity.NOTE:
            yield f"  {each.at}: {each.severity.value}: {each.rule}: {printable(each.message)}"
            yield f"    fix: {printable(each.fix)}"
            yield f"    see: `pemcheck explain {each.rule}`, {each.source}"
    if report.verdict is Verdict.UNDECIDED:
        for question in report.undecided:
            yield f"  {question.rule} could not be asked: {printable(question.reason)}"
