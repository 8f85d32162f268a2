"""What must hold of every answer, whatever was asked: types, words, formats, and nothing that a terminal obeys."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from pemcheck import Outcome, Report, Severity, Verdict
from pemcheck.engine import MAX_FINDINGS
from pemcheck.render import FORMATS, render
from pemcheck.rules import BY_NAME
from pemcheck.value import Value

Fits = Callable[[Any], bool]

_MEMBERS = ("tuple", "frozenset", "list", "set", "Sequence", "Collection")
_MAPPINGS = ("Mapping", "dict")
_PLAIN = frozenset(("str", "bytes", "int", "bool", "None"))
"""What holds no other value."""
_OBEYED = frozenset(("Cc", "Cf", "Cs", "Zl", "Zp"))
"""The categories of controls, formats, halves of pairs, and line ends; neither odd spaces nor what is unassigned."""

_OURS = re.compile(r"::(?:error|warning|notice) (?:[^:]*,)?title=pemcheck%3A [a-z0-9-]+::")


@cache
def _fields(kind: Any) -> tuple[tuple[str, str, Fits, bool], ...]:
    """Return each field of a frozen type: name, annotation, what a value has to pass, whether there is more inside."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        found.update(getattr(each, "__annotations__", {}))
    deep = {name: not set(annotation.split(" | ")) <= _PLAIN for name, annotation in found.items()}
    return tuple((name, found[name], _fits(found[name]), deep[name]) for name in kind._fields)


def wrong_types(value: Any, path: str = "") -> Iterator[str]:
    """
    Yield every field, however deep, of a frozen value that is not of its declared type.

    Annotations are compared by the names in them, so that this runs on every Python: 3.9 cannot evaluate ``X | None``.
    """
    for name, annotation, fits, deep in _fields(value.__class__):
        inside = getattr(value, name)
        if not fits(inside):
            yield f"{path}.{name} is {type(inside).__name__}, not {annotation}"
        elif deep:
            yield from _wrong_inside(inside, f"{path}.{name}")


def _wrong_inside(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Value):
        yield from wrong_types(value, path)
        return
    inside = value.items() if isinstance(value, dict) else value if isinstance(value, (tuple, frozenset)) else ()
    for number, each in enumerate(inside):
        if isinstance(each, Value):
            yield from wrong_types(each, f"{path}[{number}]")


@cache
def _fits(annotation: str) -> Fits:
    """Return what says whether a value is of the type that *annotation* names."""
    return _checker(ast.parse(annotation, mode="eval").body)


def _checker(wanted: ast.expr) -> Fits:
    if isinstance(wanted, ast.Constant):
        return (lambda value: value is None) if wanted.value is None else _fits(wanted.value)
    if isinstance(wanted, ast.BinOp):
        left, right = _checker(wanted.left), _checker(wanted.right)
        return lambda value: left(value) or right(value)
    if isinstance(wanted, ast.Subscript):
        return _generic(wanted)
    name = wanted.attr if isinstance(wanted, ast.Attribute) else ast.unparse(wanted)
    return lambda value: _is_a(value.__class__, name)


@cache
def _is_a(kind: Any, name: str) -> bool:
    if name == "int" and kind is bool:
        return False
    return name == "Any" or name in {each.__name__ for each in kind.__mro__}


def _generic(wanted: ast.Subscript) -> Fits:
    name, inside = ast.unparse(wanted.value), wanted.slice
    parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    if name in _MAPPINGS:
        of_key, of_value = map(_checker, parts)
        return lambda value: (
            isinstance(value, Mapping) and all(of_key(key) and of_value(each) for key, each in value.items())
        )
    if name not in _MEMBERS:
        raise TypeError(f"nobody has said what {name} is")
    outer = _checker(wanted.value)
    if name == "tuple" and not (isinstance(parts[-1], ast.Constant) and parts[-1].value is Ellipsis):
        checkers = [_checker(each) for each in parts]
        return lambda value: (
            outer(value) and len(value) == len(checkers) and all(fits(each) for fits, each in zip(checkers, value))
        )
    of_member = _checker(parts[0])
    return lambda value: outer(value) and all(map(of_member, value))


def tricks(text: str) -> set[str]:
    """Return what a terminal could obey or be misled by; line ends are ours, and odd spaces are only wide."""
    text = text.replace("\n", "")
    return set() if text.isprintable() else {each for each in text if unicodedata.category(each) in _OBEYED}


def commands(text: str) -> list[str]:
    """
    Return the lines that the log of a pipeline would obey, but for the annotations that are ours.

    As GitHub's runner (ActionCommand.cs: at the start of a line, or anywhere) and Azure's agent read them.
    """
    lines = [line for line in text.split("\n") if not _OURS.match(line)]
    found = [line for line in lines if line.lstrip().startswith("::") and "::" in line.lstrip()[2:]]
    return found + [line for line in text.split("\n") if "##[" in line or "##vso[" in line.lower()]


def faults(report: Report) -> Iterator[str]:
    """Yield what a report must never be."""
    yield from wrong_types(report)
    errors = [finding for finding in report.findings if finding.severity is Severity.ERROR]
    skipped = [each.rule for each in report.checks if (each.outcome, each.severity) == (Outcome.SKIP, Severity.ERROR)]
    if bool(errors) != (report.verdict is Verdict.REFUSED):
        yield f"{report.verdict} with {len(errors)} errors"
    if report.verdict is Verdict.ACCEPTED and skipped:
        yield f"accepted although {skipped} was not asked"
    if len(report.findings) > MAX_FINDINGS * len(BY_NAME) * max(1, len(report.submission.inputs)):
        yield f"{len(report.findings):,} findings"
    for finding in report.findings:
        if not all((finding.rule, finding.message, finding.why, finding.fix, finding.source)):
            yield f"{finding.rule} lacks words"
        if tricks(finding.message + finding.why + finding.fix + finding.source + str(finding.at)):
            yield f"{finding.rule} could trick a terminal"
    yield from shown_faults(report)


def shown_faults(report: Report) -> Iterator[str]:
    """Yield what is wrong with a report as it is printed."""
    for form in FORMATS:
        text = render((report,), form)
        yield from (f"{form} has a command: {line!a}" for line in commands(text))
        if form == "json" and json.loads(text)["reports"][0]["verdict"] != report.verdict.value:
            yield "json tells another verdict"
        if tricks(text):
            yield f"{form} holds {sorted(tricks(text))!a}"
        if not text.endswith("\n"):
            yield f"{form} does not end in a line end"
