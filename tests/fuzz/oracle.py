"""What must hold of every answer, whatever was asked: types, words, formats, and nothing that a terminal obeys."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from pemcheck import Outcome, Report, Severity, Verdict
from pemcheck.engine import MAX_FINDINGS
from pemcheck.render import FORMATS, render
from pemcheck.rules import BY_NAME
from pemcheck.value import Value

_MEMBERS = ("tuple", "frozenset", "list", "set", "Sequence", "Collection")
_MAPPINGS = ("Mapping", "dict")


@cache
def _parsed(annotation: str) -> ast.expr:
    return ast.parse(annotation, mode="eval").body


def _annotations(kind: type) -> dict[str, str]:
    """Return the annotations of a frozen type as they are written, its bases' included."""
    found: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        found.update(getattr(each, "__annotations__", {}))
    return found


def wrong_types(value: Any, path: str = "") -> Iterator[str]:
    """
    Yield every field, however deep, of a frozen value that is not of its declared type.

    Annotations are compared by the names in them, so that this runs on every Python: 3.9 cannot evaluate ``X | None``.
    """
    annotations = _annotations(type(value))
    for name in value._fields:
        yield from _wrong(getattr(value, name), _parsed(annotations[name]), f"{path}.{name}")


def _wrong(value: Any, wanted: ast.expr, path: str) -> Iterator[str]:
    if not _fits(value, wanted):
        yield f"{path} is {type(value).__name__}, not {ast.unparse(wanted)}"
    elif isinstance(value, Value):
        yield from wrong_types(value, path)
    else:
        inside = value.items() if isinstance(value, dict) else value if isinstance(value, (tuple, frozenset)) else ()
        for number, each in enumerate(inside):
            if isinstance(each, Value):
                yield from wrong_types(each, f"{path}[{number}]")


def _fits(value: Any, wanted: ast.expr) -> bool:
    if isinstance(wanted, ast.Constant):
        return value is None if wanted.value is None else _fits(value, _parsed(wanted.value))
    if isinstance(wanted, ast.BinOp):
        return _fits(value, wanted.left) or _fits(value, wanted.right)
    if isinstance(wanted, ast.Subscript):
        return _fits_generic(value, wanted)
    name = wanted.attr if isinstance(wanted, ast.Attribute) else ast.unparse(wanted)
    if name == "int" and isinstance(value, bool):
        return False
    return name == "Any" or name in {each.__name__ for each in type(value).__mro__}


def _fits_generic(value: Any, wanted: ast.Subscript) -> bool:
    name, inside = ast.unparse(wanted.value), wanted.slice
    parts = inside.elts if isinstance(inside, ast.Tuple) else [inside]
    if name in _MAPPINGS:
        pairs = value.items() if isinstance(value, Mapping) else [(value, None)]
        return all(_fits(key, parts[0]) and _fits(each, parts[1]) for key, each in pairs)
    if name not in _MEMBERS:
        raise TypeError(f"nobody has said what {name} is")
    if not _fits(value, wanted.value):
        return False
    if name == "tuple" and not (isinstance(parts[-1], ast.Constant) and parts[-1].value is Ellipsis):
        return len(value) == len(parts) and all(map(_fits, value, parts))
    return all(_fits(each, parts[0]) for each in value)


def tricks(text: str) -> set[str]:
    """Return what a terminal could obey or be misled by; line ends are ours."""
    return {each for each in text if each != "\n" and not each.isprintable()}


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
        if tricks(text):
            yield f"{form} holds {sorted(tricks(text))!a}"
        if not text.endswith("\n"):
            yield f"{form} does not end in a line end"
    if json.loads(render((report,), "json"))["reports"][0]["verdict"] != report.verdict.value:
        yield "json tells another verdict"
