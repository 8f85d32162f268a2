"""The AWS command that imports the files that ``fix`` wrote."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence

from ..inputs import CERTIFICATE, CHAIN, PRIVATE_KEY
from ..source import printable, shorten
from ..targets import Want
from .aws import OPERATIONS
from .files import Asked

_ELSEWHERE = ("webpki",)
"""Targets into which nothing is imported."""


def commands(given: Asked, paths: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the commands that import the files at *paths* (by role) into the targets, and notes about them."""
    if any(printable(path) != path for path in paths.values()):
        return (), ("the folder's name has characters that cannot be shown, so there is no command to paste",)
    found: dict[str, list[str]] = {}
    for want in given.wants:
        if want.target.name not in _ELSEWHERE:
            words = _iam(want, paths) if want.target.name == "iam" else _acm(want, paths)
            found.setdefault(" ".join(map(shlex.quote, words)), []).append(shorten(want.target.name))
    notes = [_whose(found)] if len(found) > 1 else []
    if found and PRIVATE_KEY not in paths:
        notes.append("write the path of the private key in the place of KEY")
    if any(command.startswith(f"aws iam {_operation('iam')} --server-certificate-name NAME ") for command in found):
        notes.append("write a name of your choice in the place of NAME")
    if given.old is not None and not given.wants[0].certificate_arn:
        notes.append("to import into the certificate that it replaces, add --certificate-arn ARN")
    return tuple(found), tuple(notes)


def _whose(found: Mapping[str, Sequence[str]]) -> str:
    """Say which command is for which targets: some differ in nothing but a region."""
    whose = map(", ".join, found.values())
    return "; ".join(f"command {number} is for {targets}" for number, targets in enumerate(whose, 1))


def _operation(service: str) -> str:
    return next(operation for operation, its in OPERATIONS.items() if its == service)


def _acm(want: Want, paths: Mapping[str, str]) -> Iterator[str]:
    yield from ("aws", "acm", _operation("acm"))
    yield from ("--certificate", f"fileb://{paths[CERTIFICATE]}")
    yield from ("--private-key", f"fileb://{paths.get(PRIVATE_KEY, 'KEY')}")
    if CHAIN in paths:
        yield from ("--certificate-chain", f"fileb://{paths[CHAIN]}")
    if want.certificate_arn:
        yield from ("--certificate-arn", want.certificate_arn)
    yield from _tags(want)
    region = want.region or want.target.region
    if region:
        yield from ("--region", region)


def _iam(want: Want, paths: Mapping[str, str]) -> Iterator[str]:
    yield from ("aws", "iam", _operation("iam"))
    yield from ("--server-certificate-name", want.server_certificate_name or "NAME")
    yield from ("--certificate-body", f"file://{paths[CERTIFICATE]}")
    yield from ("--private-key", f"file://{paths.get(PRIVATE_KEY, 'KEY')}")
    if CHAIN in paths:
        yield from ("--certificate-chain", f"file://{paths[CHAIN]}")
    if want.path:
        yield from ("--path", want.path)
    yield from _tags(want)


def _tags(want: Want) -> Iterator[str]:
    if want.tags:
        yield from ("--tags", json.dumps([{"Key": key, "Value": value} for key, value in want.tags]))
