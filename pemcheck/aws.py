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
from .frames import forgetting
from .policy import must_cover
from .source import printable
from .targets import Target
from .value import without_hidden
from .version import program


class _Operation(NamedTuple):
    """What is guarded: the target asked by default, and the three parameters in order."""

    target: str
    names: tuple[str, str, str]


_OPERATIONS = {
    "acm.ImportCertificate": _Operation("acm", ("Certificate", "PrivateKey", "CertificateChain")),
    "iam.UploadServerCertificate": _Operation("iam", ("CertificateBody", "PrivateKey", "CertificateChain")),
}
"""By botocore's name for the service and the operation."""
_TEXTS = {
    "CertificateArn": "certificate_arn",
    "ServerCertificateName": "server_certificate_name",
    "Path": "path",
}
"""Further parameters, and what ``check`` calls them."""
_OF_THE_CALL = ("certificate", "private_key", "chain", "names")
_EVENT = "before-parameter-build"
_TAKEN_OUT = "(taken out by pemcheck)"


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
    """What does not stop an import: warnings, what could not be decided, and that one could not be judged."""


@forgetting
def guard(client_or_session: Any, target: str | Target | None = None, *, refuse: bool = True, **options: Any) -> None:
    """
    Judge every ``import_certificate`` and ``upload_server_certificate`` of a client, or of a session's clients.

    *client_or_session* is a client of boto3 or botocore, or a session (whose clients are guarded if they are made
    afterwards).  *target* is asked instead of ``acm`` and ``iam``; *options* are those of ``pemcheck.check``, such as
    ``trust_store``, except the three files.  Region, ARN, tags, name and path are the call's own unless they are given.
    One of the *hostnames* that is not covered is an error, also where the target does not ask it.
    Where the target would refuse, the call raises PreflightError before anything is sent, or only warns where *refuse*
    is false.  What cannot be decided, and findings of severity warning, are warned about (PreflightWarning, by
    ``warnings``).  What holds its own bytes, such as an mmap, is judged by them; a parameter of another type is warned
    about and left to botocore.

    A call that is refused has its files taken out of the parameters, which botocore's frames hold and whoever reports
    an exception would show; what the caller's own frames hold stays there.

    Who is guarded already is guarded in the new way alone.  Raises TypeError for something that has no botocore
    events and for a client of another service, which would import nothing, and what ``check`` raises for its options.
    """
    events = _events_of(client_or_session)
    _require_service(client_or_session)
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


def _require_service(it: Any) -> None:
    """Raise TypeError for a client of a service that is not guarded; a session has none."""
    service = getattr(getattr(getattr(it, "meta", None), "service_model", None), "service_name", None)
    guarded = [operation.partition(".")[0] for operation in _OPERATIONS]
    if service is not None and service not in guarded:
        raise TypeError(
            f"guard takes a client of {' or '.join(guarded)}, or a session; this client is one of {service}"
        )


class _Guard:
    """What is called with the parameters of a call, before they become a request."""

    def __init__(self, target: str | Target | None, refuse: bool, options: Mapping[str, Any]) -> None:
        self.target, self.refuse, self.options = target, refuse, options

    @forgetting
    def __call__(self, params: Any, model: Any, context: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        operation = _OPERATIONS[f"{model.service_model.service_name}.{model.name}"]
        try:
            self._judge(operation, params, (context or {}).get("client_region") or "")
        except BaseException:
            if isinstance(params, dict):
                params.update((name, _TAKEN_OUT) for name in operation.names if name in params)
            raise

    def _judge(self, operation: _Operation, params: Any, region: str) -> None:
        unfit = _unfit(operation, params)
        if unfit:
            _warn(f"pemcheck: not judged, and left to botocore: the type of {unfit}")
            return
        certificate, private_key, chain = (_content(params.get(name)) for name in operation.names)
        report = check(
            certificate,
            private_key,
            chain,
            target=operation.target if self.target is None else self.target,
            names=operation.names,
            **{**_said(operation, params, region), **self.options},
        )
        if self.options.get("hostnames"):
            report = must_cover(report)
        if report.verdict is Verdict.REFUSED and self.refuse:
            raise PreflightError(report)
        if report.verdict is not Verdict.ACCEPTED or any(each.severity is Severity.WARNING for each in report.findings):
            _warn(_told(report))


def _unfit(operation: _Operation, params: Any) -> str:
    """Return which parameter has a type that cannot be judged; nothing where all can be."""
    if not isinstance(params, Mapping):
        return "the parameters"
    chain = operation.names[2]
    for name in operation.names:
        if (name != chain or name in params) and _content(params.get(name)) is None:
            return name
    texts = (name for name in _TEXTS if name in params and not isinstance(params[name], str))
    return next(texts, "" if _are_tags(params.get("Tags", [])) else "Tags")


def _content(it: Any) -> bytes | str | None:
    """Return what botocore would send of a file: text, or the bytes that an object lays open; None where neither is."""
    if isinstance(it, str):
        return it
    try:
        return bytes(memoryview(it))
    except (TypeError, ValueError, BufferError):  # ValueError: closed
        return None


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


def _warn(text: str) -> None:
    """Warn at the line of the user's own code."""
    warnings.warn(text, PreflightWarning, stacklevel=_depth_of_caller())


def _depth_of_caller() -> int:
    """Return how many calls above ``warnings.warn`` the user's own code is."""
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back and str(frame.f_globals.get("__name__")).partition(".")[0] in ("pemcheck", "boto3", "botocore"):
        frame = frame.f_back
        depth += 1
    return depth


_NAMES = {name for operation in _OPERATIONS.values() for name in operation.names}
_ARGUMENTS = {
    "region": "region_name",
    "tags": "Tags",
    "private_key": "PrivateKey",
    "certificate_chain": "CertificateChain",
    **{option: name for name, option in _TEXTS.items()},
}


def _told(report: Report) -> str:
    return "\n".join(_lines(Words(_NAMES, _ARGUMENTS).report(report)))


def _lines(report: Report) -> Iterator[str]:
    yield f"pemcheck: {report.target}: {report.verdict.value}"
    for each in report.findings:
        if each.severity is not Severity.NOTE:
            yield f"  {each.at}: {each.severity.value}: {each.rule}: {printable(each.message)}"
            yield f"    fix: {printable(each.fix)}"
            yield f"    see: `{program()} explain {each.rule}`, {each.source}"
    if report.verdict is Verdict.UNDECIDED:
        for question in report.undecided:
            yield f"  {question.rule} could not be asked: {printable(question.reason)}"
