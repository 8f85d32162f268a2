"""The mutants of a module: one small change of its source each, made by cosmic-ray's operators."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

_LEFT_OUT = ("NoOp", "RemoveDecorator", "VariableInserter", "VariableReplacer")
"""Operators that change nothing, that act while a module is imported only, or that need arguments."""
_BINARY = "core/ReplaceBinaryOperator_"
_BINARY_KEPT = ("Add_Sub", "Sub_Add", "Mul_Add", "Div_Mul", "FloorDiv_Mul", "Mod_Add", "Pow_Mul", "RShift_LShift")
_BINARY_TOO = ("LShift_RShift", "BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr")
"""One replacement of each binary operator: the other ten are found by the same tests."""

Key = tuple[str, int, Any]


class Mutant(NamedTuple):
    """One changed source, as the code objects that differ from what the module was compiled to."""

    module: Path
    operator: str
    line: int
    before: str
    after: str
    changed: dict[Key, CodeType]
    lines: frozenset[int]


def key_of(code: CodeType) -> Key:
    """Return what tells a code object from all others of its module, lambdas of one line included."""
    positions: Callable[[], Iterator[object]] = getattr(code, "co_positions")  # noqa: B009  (new in Python 3.11)
    return code.co_name, code.co_firstlineno, tuple(positions())[-1:]


def _tree(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if inspect.iscode(each):
            yield from _tree(each)


def _meaning(code: CodeType) -> tuple[Any, ...]:
    """Return what a code object does, and the code in it: a changed lambda changes the function that makes it."""
    consts = tuple((type(each), _meaning(each) if inspect.iscode(each) else each) for each in code.co_consts)
    return code.co_code, consts, code.co_names, code.co_varnames, code.co_freevars


def _used() -> Iterator[tuple[str, Any]]:
    for name in sorted(operator_names()):
        kept = not name.startswith(_BINARY) or name[len(_BINARY) :] in _BINARY_KEPT + _BINARY_TOO
        operator = get_operator(name)
        if kept and not operator.arguments() and name.partition("/")[2] not in _LEFT_OUT:
            yield name, operator()


def _places(source: str) -> list[tuple[str, Any, int, int]]:
    tree = get_ast(source)
    found = []
    for name, operator in _used():
        positions = (start for node in ast_nodes(tree) for start, _ in operator.mutation_positions(node))
        found += [(name, operator, index, line) for index, (line, _) in enumerate(positions)]
    return found


def mutants(module: Path, most: int, seed: int, say: Callable[[str], None]) -> list[Mutant]:
    """Return at most *most* mutants of the functions of *module*, chosen by *seed*; *say* how many there are."""
    source = module.read_text("utf-8")
    original = list(_tree(compile(source, str(module), "exec")))
    places = _places(source)
    random.Random(seed).shuffle(places)
    found: list[Mutant] = []
    skipped = 0
    for name, operator, index, line in places:
        changed_source = mutate_code(source, operator, index)
        try:
            mutated = list(_tree(compile(changed_source or source, str(module), "exec")))
        except SyntaxError:
            mutated = []
        changed = {
            key_of(old): new
            for old, new in zip(original, mutated)
            if old.co_name != "<module>" and _meaning(old) != _meaning(new)
        }
        if len(mutated) != len(original) or not changed:
            skipped += 1  # nothing but an annotation, or a value that is there once the module is imported
            continue
        lines = {each for old in original if key_of(old) in changed for _, _, each in old.co_lines() if each}
        difference = _difference(source, changed_source)
        found.append(Mutant(module, name.partition("/")[2], line, *difference, changed, frozenset(lines)))
        if len(found) == most:
            break
    say(f"{module.name}: {len(places)} places; {len(found)} mutants tried, {skipped} that change no function left out")
    return found


def _difference(before: str, after: str) -> tuple[str, str]:
    pairs = zip(before.splitlines(), after.splitlines())
    return next(((old.strip(), new.strip()) for old, new in pairs if old != new), ("", ""))
