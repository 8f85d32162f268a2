"""What was compared: counts for the summary, and the disagreements that are known."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

LIST = Path(__file__).with_name("disagreements.toml")
RIGHT = ("pemcheck", "judge", "both")

material: Counter[tuple[str, str]] = Counter()
"""How many distinct objects there are, by source and kind."""
compared: dict[str, Counter[str]] = {}
"""For each question how often it was asked, agreed on, refused by the judge, listed."""
refusals: dict[tuple[str, str], set[str]] = {}
"""The cases that a judge could not read or tell about, by kind of object and reason."""
absent: list[str] = []
"""Listed disagreements whose material is not here."""


class Comparison(NamedTuple):
    """One question about one object: what both said; ``theirs`` is a Refusal where the judge cannot tell."""

    case: str
    """The first 16 digits of SHA-256 of the object; of several, joined by ``/``."""
    name: str
    ours: Any
    theirs: Any


class Refusal(str):
    """Why a judge gave no answer."""

    __slots__ = ()


@cache
def listed() -> dict[str, dict[str, str]]:
    """Return for each question the cases where disagreement is known, with what the list says of them."""
    found: dict[str, dict[str, str]] = {}
    reader: Any = __import__("tomllib" if sys.version_info >= (3, 11) else "tomli")
    for each in reader.loads(LIST.read_text("utf-8"))["disagreement"]:
        assert each["right"] in RIGHT, f"{each['questions']}: who is right?"
        for question, case in product(each["questions"], each["cases"]):
            known = found.setdefault(question, {})
            assert case.split()[0] not in known, f"{question}: {case} is listed twice"
            known[case.split()[0]] = each["reason"]
    return found


def disagreements(question: str, comparisons: list[Comparison]) -> tuple[list[str], list[str]]:
    """Return the disagreements that are not listed, and the listed ones that are none any more; count everything."""
    known = listed().get(question, {})
    counts = compared.setdefault(question, Counter())
    unlisted, met, agreed = [], set(), set()
    for each in comparisons:
        counts["asked"] += 1
        if isinstance(each.theirs, Refusal):
            counts["judge cannot tell"] += 1
            kind = question.partition(":")[0] if ":" in question else "certificate"
            refusals.setdefault((kind, str(each.theirs)), set()).add(each.case)
        elif each.ours == each.theirs:
            counts["agree"] += 1
            agreed.add(each.case)
        elif each.case in known:
            counts["listed"] += 1
            met.add(each.case)
        else:
            counts["unlisted"] += 1
            unlisted.append(f"{each.case} {each.name}: ours {str(each.ours)[:600]} theirs {str(each.theirs)[:600]}")
    seen = {each.case for each in comparisons}
    absent.extend(f"{question}: {case}" for case in known if case not in seen)
    return unlisted, sorted(case for case in known if case in seen - met)


def tables() -> Iterator[str]:
    """Yield the lines of the summary."""
    kinds = ("certificates", "refused certificates", "keys", "refused keys", "pairs", "chains", "paths")
    sources = list(dict.fromkeys(source for source, _ in material))
    if sources:
        yield from _table(
            ("material", *kinds),
            [(source, *(material[source, kind] for kind in kinds)) for source in sources]
            + [("all", *(sum(material[source, kind] for source in sources) for kind in kinds))],
        )
    columns = ("asked", "agree", "listed", "unlisted", "judge cannot tell")
    if compared:
        rows = [(question, *(counts[each] for each in columns)) for question, counts in compared.items()]
        yield from _table(("question", *columns), rows)
    if refusals:
        rows = [(*key, len(cases)) for key, cases in sorted(refusals.items())]
        yield from _table(("asked about", "why the judge cannot tell", "objects"), rows)
    if absent:
        yield f"{len(absent)} listed disagreements were not met: their material is not here"


def _table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> Iterator[str]:
    yield ""
    yield "| " + " | ".join(head) + " |"
    yield "| --- |" + " --- |" * (len(head) - 1)
    for row in rows:
        yield "| " + " | ".join(f"{each:,}" if isinstance(each, int) else each for each in row) + " |"
