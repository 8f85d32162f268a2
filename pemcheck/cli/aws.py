"""The AWS command as it was pasted: what its options mean here."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from ..patterns import rare
from . import Failure, complain
from .options import Parser

OPERATIONS = {"import-certificate": "acm", "upload-server-certificate": "iam"}
"""Each operation's service, which is also the target that it names."""

_SHARED = ("--private-key", "--certificate-chain", "--tags")
_OPTIONS = {
    "import-certificate": ("--certificate", "--certificate-arn", *_SHARED),
    "upload-server-certificate": ("--certificate-body", "--server-certificate-name", "--path", *_SHARED),
}
"""What each operation has besides what the AWS CLI has everywhere."""
_REQUIRED = {"upload-server-certificate": "--server-certificate-name"}
"""What the AWS CLI demands besides the files, which the rules ask about."""

_WITH_VALUE = (
    *("--profile", "--output", "--endpoint-url", "--query", "--ca-bundle", "--cli-read-timeout"),
    *("--cli-connect-timeout", "--cli-binary-format", "--cli-error-format"),
)
_WITHOUT_VALUE = (
    *("--debug", "--no-verify-ssl", "--no-paginate", "--no-sign-request", "--no-cli-pager", "--cli-auto-prompt"),
    *("--no-cli-auto-prompt", "--v2-debug"),
)
_TAG_PART = rare(
    r"(?P<name>Key|Value)=(?:(?P<quote>[\"'])(?P<value>(?:\\.|(?!(?P=quote))[^\\])*)(?P=quote)(?=,|\Z)"
    r"|(?P<bare>.*?)(?=,\s*(?:Key|Value)=|\Z))(?:,\s*|\Z)",
    re.DOTALL,
)
_CANNOT_BE_USED = ("--cli-input-json", "--cli-input-yaml", "--generate-cli-skeleton")


def swallow(arguments: list[str]) -> str:
    """
    Take ``aws acm import-certificate`` out of *arguments*; return the operation, or nothing.

    Options of ours may stand before it.  Raises Failure for another operation of the AWS CLI.
    """
    if "aws" not in arguments:
        return ""
    start = arguments.index("aws")
    for index in range(start + 1, len(arguments) - 1):
        service, operation = arguments[index : index + 2]
        if OPERATIONS.get(operation) == service:
            del arguments[index : index + 2], arguments[start]
            return operation
    if start:  # it may be a file of this name
        return ""
    known = " and ".join(map(line_of, OPERATIONS))
    raise Failure(f"only {known} can be checked")


def split(arguments: Sequence[str]) -> list[str]:
    """Return *arguments*, with a whole command that was given in quotes as its words; raise Failure if it has none."""
    quoted = next((number for number, each in enumerate(arguments) if re.match(r"aws\s", each)), None)
    if quoted is None:
        return list(arguments)
    import shlex

    try:
        words = shlex.split(re.sub(r"\\\r?\n", " ", arguments[quoted]))
        return [*arguments[:quoted], *words, *arguments[quoted + 1 :]]
    except ValueError as error:
        raise Failure(f"the command in quotes cannot be split into words: {str(error).lower()}") from None


def add_options(found: Parser) -> None:
    """Add the options of the AWS CLI that mean something here, and hide those that do not."""
    group = found.add_argument_group("as the AWS CLI has them")
    group.add_argument("--region", default="", metavar="NAME", help="where the import goes")
    group.add_argument("--certificate-arn", default="", metavar="ARN", help="re-import into this one")
    group.add_argument("--tags", nargs="+", default=[], metavar="Key=K,Value=V", help="tags of the import")
    group.add_argument("--server-certificate-name", default="", metavar="NAME", help="its name in IAM")
    group.add_argument("--path", default="", metavar="PATH", help="its path in IAM")
    for option in _WITH_VALUE:
        group.add_argument(option, dest="ignored", action="append", nargs=1, help=argparse.SUPPRESS)
    for option in _WITHOUT_VALUE:
        group.add_argument(option, dest="ignored", action="append_const", const=[], help=argparse.SUPPRESS)


def refuse_hidden(arguments: Sequence[str]) -> None:
    """Raise Failure for an option that says elsewhere what is imported."""
    for name in _names(arguments):
        if name in _CANNOT_BE_USED:
            raise Failure(f"{name} cannot be followed: give --certificate, --private-key and --certificate-chain")


def refuse_foreign(operation: str, arguments: Sequence[str]) -> None:
    """Raise Failure for what the AWS CLI would refuse in this operation; ours may stand besides."""
    if not operation:
        return
    names = _names(arguments)
    for other, options in _OPTIONS.items():
        for name in names:
            if name in options and name not in _OPTIONS[operation]:
                raise Failure(f"{name} is an option of {line_of(other)}, not of {line_of(operation)}")
    required = _REQUIRED.get(operation, "")
    if required and required not in names:
        raise Failure(f"{line_of(operation)} needs {required}")


def line_of(operation: str) -> str:
    """Return how an operation is called."""
    return f"aws {OPERATIONS[operation]} {operation}"


def note_ignored(arguments: Sequence[str]) -> None:
    """Say once which options of the AWS CLI mean nothing here."""
    ignored = [name for name in _names(arguments) if name in _WITH_VALUE or name in _WITHOUT_VALUE]
    if ignored:
        complain(f"ignored, since nothing here depends on it: {', '.join(ignored)}")


def _names(arguments: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(argument.partition("=")[0] for argument in arguments))


def parse_tags(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """
    Return tags from the AWS CLI's shorthand (Key=K,Value=V), from JSON, or from a file that holds either.

    Raises Failure for anything else, SourceError where a file cannot be read.
    """
    text = " ".join(words).strip()
    if text.startswith(("file://", "fileb://")):
        from ..source import read

        text = read(text)[1].decode("utf-8", "replace").strip()
        words = [text]
    if text.startswith(("[", "{")):
        return _json_tags(text)
    return tuple(map(_shorthand_tag, words))


def _shorthand_tag(word: str) -> tuple[str, str]:
    found: dict[str, str] = {}
    at = 0
    while match := _TAG_PART.match(word, at):
        name, quote, value, bare = match.group("name", "quote", "value", "bare")
        if name in found:
            break
        found[name] = re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) if quote else bare
        at = match.end()
    if "Key" not in found or at < len(word):
        raise Failure("--tags: write Key=NAME,Value=TEXT for each tag, or JSON")
    return found["Key"], found.get("Value", "")


def _json_tags(text: str) -> tuple[tuple[str, str], ...]:
    import json

    try:
        found: Any = json.loads(text)
        tags = found if isinstance(found, list) else [found]
        pairs = tuple((tag["Key"], tag.get("Value", "")) for tag in tags)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pairs = ((None, None),)
    if not all(isinstance(part, str) for pair in pairs for part in pair):
        raise Failure("--tags: this is no JSON list of objects with Key and Value")
    return pairs
