"""What ``fix`` prints: what it wrote or would write, what it changed, what remains, and the command to run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..facts import Certificate, Other, PrivateKey
from ..findings import Report, to_dict
from ..inputs import CHAIN
from ..repair import NAMES, Plan, words
from ..rules.table import listed, plural
from ..source import Location, printable, shorten
from ..submission import Submission
from ..value import Value
from . import as_json, text

_MOST = 200
"""Lines of one file that ``--diff`` shows."""

_Line = tuple[str, Location, bool]
"""What a block is, its place, and whether its bytes are not those that were given."""


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
    plan = outcome.plan
    parts = [_diff(outcome)] if diff else [] if outcome.written else ["nothing was written\n"]
    # a diff shows by itself what moves and what is left out
    changes = tuple(each for each in plan.changes if not (diff and each in plan.moves))
    unchanged = "nothing had to be changed\n" if plan.certificate and not (plan.changes or plan.remains) else ""
    parts.append(_list("changed:", changes) or unchanged)
    parts.append(_list("cannot be repaired:", _said_here_only(outcome, quiet)))
    parts.append(text.render(outcome.reports, quiet))
    parts.append(_written(outcome) if outcome.written else "")
    parts.append("".join(f"{command}\n" for command in outcome.commands))
    parts.append("".join(f"{line}\n" for note in outcome.notes for line in text.wrap(note, "", "")))
    return "\n".join(filter(None, parts))


def _list(title: str, sentences: tuple[str, ...]) -> str:
    if not sentences:
        return ""
    lines = [line for each in sentences for line in text.wrap(each, "  * ", "    ")]
    return "\n".join([title, *lines, ""])


def _said_here_only(outcome: Outcome, quiet: bool) -> tuple[str, ...]:
    """Return what cannot be repaired, without what a finding below says as well."""
    rules = {finding.rule for _, finding in text.said(outcome.reports, quiet)}
    return tuple(dict.fromkeys(each.text for each in outcome.plan.remains if rules.isdisjoint(each.rules)))


def _written(outcome: Outcome) -> str:
    """Return which file is which."""
    lines: list[str] = []
    for role, path in outcome.paths.items():
        pieces = outcome.plan.pieces(role)
        what = f"the chain, {plural(len(pieces), 'certificate')}" if role == CHAIN else f"the {role}"
        titles = listed([piece.title for piece in pieces])
        lines += text.wrap(f"{what}: {titles}", f"wrote {printable(path)}, ", "    ")
    return "".join(f"{line}\n" for line in lines)


def _diff(outcome: Outcome) -> str:
    """Return for each file what is kept, added and left out, block by block."""
    lines: list[str] = []
    plan, inputs = outcome.plan, outcome.submission.inputs
    der = {key.at: key.der for each in inputs for key in each.keys}
    for role, name in NAMES.items():
        given = [each for each in inputs if each.role == role]
        before = [_line(each) for found in given for each in found.objects]
        pieces = plan.pieces(role)
        after = [(piece.title, piece.at, der.get(piece.at, piece.der) != piece.der) for piece in pieces]
        if before or after:
            names = listed([str(each.at) for each in given]) or "(not given)"
            lines += [f"--- {names}", f"+++ {printable(outcome.paths.get(role, name))}"]
            containers = [each for found in given for each in found.others if each.kind in words.CONTAINER_KINDS]
            why = {each.at: "it is taken apart" for each in containers}
            found = list(_compared(before, after, {**why, **_reasons(plan, role)}))
            lines += found[:_MOST] + ([f"… and {len(found) - _MOST:,} more"] if len(found) > _MOST else [])
    return "".join(f"{line}\n" for line in lines)


def _reasons(plan: Plan, role: str) -> dict[Location, str]:
    """Return why each block that stands in the input of *role* does not stay there as it is."""
    why = {each.at: each.why for each in plan.dropped}
    for other, name in NAMES.items():
        moves = "it moves" if other == CHAIN else "it is rewritten"
        why.update({piece.at: moves if other == role else f"it goes into {name}" for piece in plan.pieces(other)})
    return why


def _line(thing: Certificate | PrivateKey | Other) -> _Line:
    if isinstance(thing, Certificate):
        return shorten(thing.title), thing.at, False
    if isinstance(thing, PrivateKey):
        return words.key_title(shorten(thing.label or thing.format), thing), thing.at, False
    return words.kind(thing), thing.at, False


def _compared(before: list[_Line], after: list[_Line], why: dict[Location, str]) -> Iterator[str]:
    from difflib import SequenceMatcher

    for same, start, stop, first, last in SequenceMatcher(None, before, after, False).get_opcodes():
        for title, at, _ in before[start:stop]:
            reason = why.get(at, "it cannot be written")
            if same == "equal":
                yield f"  {title} ({at})"
            else:
                yield "\n".join(text.wrap(f"{title} ({at}): {reason}", "- ", "    "))
        if same != "equal":
            yield from (f"+ {title} ({at})" for title, at, _ in after[first:last])


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
