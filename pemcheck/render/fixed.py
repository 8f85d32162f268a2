"""What ``fix`` prints: what it wrote or would write, what it changed, what remains, and the command to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..facts import Certificate, Other, PrivateKey
from ..findings import Report, to_dict
from ..repair import NAMES, Plan, words
from ..source import Location, printable, shorten
from ..submission import Submission
from ..value import Value
from . import as_json, text

_MOST = 200
"""Lines of one file that ``--diff`` shows."""

_Line = tuple[str, str]
"""What a block is, and its place."""


class Outcome(Value):
    """
    What ``fix`` did.

    ``paths`` are the files by role, ``written`` says whether they were written: they are not where only the plan is
    wanted, nor where there is nothing to write.  ``reports`` judge what is in them, or what was given where there
    are none.  ``commands`` are for a shell, ``notes`` sentences about them.
    """

    submission: Submission
    plan: Plan
    paths: dict[str, str]
    written: bool
    reports: tuple[Report, ...]
    commands: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def render(outcome: Outcome, form: str, diff: bool, quiet: bool) -> str:
    """Return *outcome* as text, or as JSON if *form* is ``json``; *diff* shows each file's blocks, never a line."""
    if form == "json":
        return as_json.dump(_to_dict(outcome))
    parts = [_diff(outcome) if diff else _written(outcome)]
    parts.append(_list("changed:", outcome.plan.changes) or "nothing had to be changed\n")
    parts.append(_list("cannot be repaired:", outcome.plan.remaining))
    parts.append(text.render(outcome.reports, quiet))
    parts.append("".join(f"{command}\n" for command in outcome.commands))
    parts.append("".join(f"{line}\n" for note in outcome.notes for line in text.wrap(note, "", "")))
    return "\n".join(filter(None, parts))


def _list(title: str, sentences: tuple[str, ...]) -> str:
    if not sentences:
        return ""
    lines = [line for each in sentences for line in text.wrap(each, "  * ", "    ")]
    return "\n".join([title, *lines, ""])


def _written(outcome: Outcome) -> str:
    if not outcome.written:
        return "nothing was written\n"
    lines = []
    for role, path in outcome.paths.items():
        titles = ", ".join(piece.title for piece in outcome.plan.pieces(role)[:6])
        lines.append(f"wrote {printable(path)}: {titles}\n")
    return "".join(lines)


def _diff(outcome: Outcome) -> str:
    """Return for each file what is kept, added and left out, block by block."""
    lines: list[str] = []
    why = {str(each.at): each.why for each in outcome.plan.dropped}
    goes = {str(piece.at): role for role in NAMES for piece in outcome.plan.pieces(role)}
    for role, name in NAMES.items():
        why.update({at: f"it goes into {NAMES[other]}" if other != role else "" for at, other in goes.items()})
        given = outcome.submission.input(role)
        before = [_line(each) for each in given.objects] if given else []
        after = [(piece.title, str(piece.at)) for piece in outcome.plan.pieces(role)]
        if before or after:
            lines += [f"--- {given.at if given else '(not given)'}", f"+++ {printable(outcome.paths.get(role, name))}"]
            found = list(_compared(before, after, why))
            lines += found[:_MOST] + ([f"… and {len(found) - _MOST:,} more"] if len(found) > _MOST else [])
    return "".join(f"{line}\n" for line in lines)


def _line(thing: Certificate | PrivateKey | Other) -> _Line:
    if isinstance(thing, Certificate):
        return shorten(thing.title), str(thing.at)
    if isinstance(thing, PrivateKey):
        return words.key_title(shorten(thing.label or thing.format), thing), str(thing.at)
    return words.kind(thing), str(thing.at)


def _compared(before: list[_Line], after: list[_Line], why: dict[str, str]) -> Iterator[str]:
    from difflib import SequenceMatcher

    for same, start, stop, first, last in SequenceMatcher(None, before, after, False).get_opcodes():
        for title, at in before[start:stop]:
            reason = why.get(at, "")
            yield f"{' ' if same == 'equal' else '-'} {title} ({at}){': ' + reason if reason else ''}"
        if same != "equal":
            yield from (f"+ {title} ({at})" for title, at in after[first:last])


def _to_dict(outcome: Outcome) -> dict[str, Any]:
    plan = outcome.plan
    return {
        **to_dict(outcome.reports),
        "fix": {
            "written": outcome.written,
            "files": [
                {
                    "role": role,
                    "file": path,
                    "blocks": [
                        {"label": piece.label, "title": piece.title, **_place(piece.at)} for piece in plan.pieces(role)
                    ],
                }
                for role, path in outcome.paths.items()
            ],
            "dropped": [
                {"role": each.role, "title": each.title, **_place(each.at), "why": each.why} for each in plan.dropped
            ],
            "changes": list(plan.changes),
            "remaining": list(plan.remaining),
            "commands": list(outcome.commands),
            "notes": list(outcome.notes),
        },
    }


def _place(at: Location) -> dict[str, Any]:
    return {"file": at.file, "line": at.line, "end_line": at.end_line, "block": at.block}
