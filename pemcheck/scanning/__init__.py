"""
A fleet of certificates: everything in files and folders, each judged as ``check`` judges it.

Everything is read twice: first to see what there is, then, once it is known what belongs together, to judge it.  What
is kept between is on the disk (see ``index``), so that memory does not grow with what is looked at.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Callable, TypeVar, Union

from ..checking import BY_FILE, Content, opener, refuse_two_words, wanted
from ..findings import Severity
from ..frames import forgetting
from ..source import NOT_REPEATED, Problem, SourceError, named
from ..targets import Target, Want
from .grouping import Unit, loose_keys, units
from .index import CERTIFICATE, KEY, Index, Row
from .judging import (
    Judged,
    Outline,
    Question,
    Result,
    forget,
    judge_unit,
    judge_units,
    new_scan,
    outline_of,
    outlines,
    store_called,
)
from .pieces import CLOSED_FOR, WHOLE, Piece, read, split
from .running import MOST_WORKERS, WINDOW, Task, batches, ordered, pool, workers
from .summary import CLOSED, DAMAGED, LOOSE, UNREADABLE, UNRELATED, Summary
from .walking import Found, Skip, Skipped, find

if TYPE_CHECKING:
    from concurrent.futures import Executor

__all__ = ["Question", "Result", "Scan", "ScanError", "Skipped", "Summary", "scan"]

R = TypeVar("R")

_BATCH = 16
"""Pieces or certificates in one task."""
_MOST = 16 * _BATCH
"""Certificates in one task where they stand in one piece."""
_JUDGING = 4
"""How many times as long as reading all the rest takes, in the mean."""
_TRIED = 0.3
"""Seconds after which it is known how long the rest will take."""

Source = Union[str, "os.PathLike[str]"]


class ScanError(Exception):
    """A scan that cannot go on; its text is one sentence."""


@forgetting
def scan(
    sources: Iterable[Source] | Source,
    executor: Executor | None = None,
    *,
    target: str | Target | Sequence[str | Target] = "acm",
    at: datetime | str | None = None,
    expires_within: timedelta = timedelta(days=30),
    without_key: bool = False,
    trust_store: str = "",
    trusted: bool = False,
    private_ca: bool = False,
    passphrase: Content = None,
    allow_expensive: bool = False,
    ignore: bool = True,
    jobs: int | None = None,
    skip: Skip | None = None,
) -> Scan:
    """
    Judge every certificate in *sources*: files, folders with all below them, ``-`` for standard input.

    Returns an iterator of results, one for each certificate with its private key and for each that has none and is no
    other's issuer, in an order that depends on nothing but the files; its ``summary`` has the counts.  The work is done
    by *executor*, any ``concurrent.futures.Executor`` whose workers see the same files; without one by this process, or
    by as many as there are cores where so much is to be done; *jobs* says how many.  Where there is a *passphrase* or
    standard input, by this process alone, for neither leaves it.

    *target* may be several; *trust_store* is a file, ``system`` or ``mozilla``; *ignore* what git ignores; *skip* is
    called with each ``Skipped``: what is passed over.  All else is as for ``check``, and so is what it raises; what the
    files hold never makes it raise.  ScanError where the index finds no place on the disk.
    """
    given = [sources] if isinstance(sources, (str, os.PathLike)) else [*sources]
    several = [target] if isinstance(target, (str, Target)) else [*target]
    options: dict[str, Any] = {"trusted": trusted, "private_ca": private_ca}
    refuse_two_words(trusted, trust_store)
    opens = opener(passphrase, allow_expensive)
    if opens.octets:
        options["passphrase"] = BY_FILE
    wants = tuple(wanted(each, at, (), expires_within, without_key, **options) for each in several)
    if not wants:
        raise ValueError("target must name one at least")
    if jobs is not None and jobs < 1:
        raise ValueError("jobs must be one at least")
    token = new_scan()
    if trust_store:
        try:
            store_called(trust_store, token)
        except SourceError as error:
            raise ValueError(str(error)) from None
    question = Question(wants, store=trust_store, passphrase=opens, scan=token)
    return Scan([os.fspath(each) for each in given], question, executor, ignore, jobs, skip)


class Scan(Iterator[Result]):
    """A scan that goes on while it is iterated over; ``summary`` has the counts so far."""

    def __init__(
        self,
        sources: Sequence[str],
        question: Question,
        executor: Executor | None = None,
        ignore: bool = True,
        jobs: int | None = None,
        skip: Skip | None = None,
        step: Callable[[], None] = lambda: None,
        seen: Callable[[Found], None] = lambda found: None,
        heeded: Callable[[str], None] = lambda path: None,
    ) -> None:
        want = question.wants[0]
        self.summary = Summary(want.at, want.expires_within)
        self._sources, self._ignore, self._told, self._step = sources, ignore, skip, step
        self._question = question.replace(wants=tuple(map(of_found, question.wants)))
        self._seen, self._heeded = seen, heeded
        alone = bool(question.passphrase.octets)
        self._executor = None if alone else executor
        self._jobs = 1 if alone or executor is not None else jobs
        self._own: Executor | None = None
        self._window = WINDOW * MOST_WORKERS
        self._results = self._run()

    @forgetting
    def __next__(self) -> Result:
        return next(self._results)

    def close(self) -> None:
        """End the scan; what was counted stays."""
        self._results.close()

    def _run(self) -> Generator[Result, None, None]:
        import sqlite3

        index = Index()
        try:
            for found in find(self._sources, self._ignore, self._skip, self._heeded):
                self._seen(found)
                index.add_file(found.path, found.size)
            self.summary.files, self.summary.octets = index.total()
            self._read(index)
            index.finish()
            self.summary.certificates, self.summary.keys = index.count(CERTIFICATE), index.count(KEY)
            self.summary.units = index.units()
            for result in self._judged(index):
                if result.failure:
                    self._skip(Skipped(str(result.at), UNREADABLE, result.failure, result.at))
                else:
                    self.summary.add(result)
                    yield result
                self._step()
            for row in loose_keys(index):
                self._skip_key(row)
        except sqlite3.Error as error:
            raise ScanError(f"the index of what was found cannot be kept: {error}") from None
        finally:
            index.close()
            forget(self._question.scan)
            if self._own is not None:
                self._own.shutdown(wait=False, cancel_futures=True)

    def _skip(self, it: Skipped) -> None:
        shown = named(it.path)
        if shown == NOT_REPEATED and not os.path.lexists(it.path):
            it = it._replace(path=shown, at=None)  # somebody may have given a key where a path should be
        self.summary.skip(it)
        if self._told is not None:
            self._told(it)

    def _skip_key(self, row: Row) -> None:
        """Name a private key that was judged with no certificate."""
        if row.key is not None:
            self._skip(Skipped(row.place, LOOSE, "it belongs to no certificate here"))
        elif not row.closed or all(want.without_key for want in self._question.wants):
            self._skip(Skipped(row.place, LOOSE, "it cannot be told whether it belongs to a certificate here"))
        else:
            detail = "the private key is encrypted, and was judged with no certificate: it may be that of any"
            self._leave_open(Problem("key-encrypted", row.at, detail), CLOSED)

    # ------------------------------------------------------------------------------------------------ reading

    def _read(self, index: Index) -> None:
        """Read everything into *index*: first what can be read once only, then the files."""
        passphrase = self._question.passphrase
        streams = [path for path, size in index.files() if size is None]
        for path in streams:
            for piece, data in self._pieces(path, None):
                known, found = read(piece, passphrase, data)
                self._add(index, known, outline_of(found), found)
        def tasks() -> Iterator[Task[list[tuple[Piece, Outline]]]]:
            for batch in batches(self._files(index), _BATCH, lambda piece: piece.length >= WHOLE // 2):
                yield Task(outlines, (batch, passphrase, self._question.scan))

        def left() -> float:
            read_already = max(self.summary.octets_read, 1)
            return _JUDGING + (1 + _JUDGING) * (self.summary.octets / read_already - 1)

        for found_pieces in self._map(tasks(), left):
            for piece, outline in found_pieces:
                self._add(index, piece, outline)
                self._step()

    def _files(self, index: Index) -> Iterator[Piece]:
        for path, size in index.files():
            if size is not None:
                yield from (piece for piece, _ in self._pieces(path, size))

    def _pieces(self, path: str, size: int | None) -> Iterator[tuple[Piece, bytes | None]]:
        try:
            yield from split(path, size, self._heard)
        except SourceError as error:
            self._skip(Skipped(path, UNREADABLE, _without_name(path, error)))
        self.summary.read += 1
        self.summary.octets_read += size or 0

    def _heard(self, count: int) -> None:
        self.summary.octets += count
        self.summary.octets_read += count

    def _add(self, index: Index, piece: Piece, outline: Outline, held: Any = None) -> None:
        if outline.failure:
            self._skip(Skipped(piece.path, UNREADABLE, outline.failure))
        elif outline.nothing and not piece.offset:
            self._skip(Skipped(piece.path, UNRELATED, outline.nothing))
        for problem in outline.damaged:
            closed = problem.rule in CLOSED_FOR and problem.sort != DAMAGED
            self._leave_open(problem, CLOSED if closed else DAMAGED)
        if outline.things:
            index.add(piece, outline.things, held, outline.packed)

    def _leave_open(self, problem: Problem, sort: str) -> None:
        """Name what leaves it open whether all is well, unless the user's policy sets it aside."""
        policy = self._question.policy
        by = "" if policy is None else policy.by(problem.rule)
        if by:
            self.summary.ignore(by, problem.rule)
            return
        why = "a Java key store, which is not opened" if problem.rule == "input-is-jks" else problem.detail
        self._skip(Skipped(str(problem.at), sort, f"{problem.rule}: {why}", problem.at))

    # ------------------------------------------------------------------------------------------------ judging

    def _judged(self, index: Index) -> Iterator[Result]:
        question = self._question

        def here(unit: Unit) -> list[Judged]:
            held = {need.number: index.piece(need.number)[1] for need in unit.needs if need.kept}
            return [judge_unit(unit, question, {number: it for number, it in held.items() if it is not None}, {})]

        def task(batch: list[Unit]) -> Task[list[Judged]]:
            pieces = {need.number for unit in batch for need in unit.needs}
            return Task(judge_units, (batch, question, {number: index.packed(number) for number in pieces}))

        def tasks(rows: Iterator[Row]) -> Iterator[Task[list[Judged]]]:
            batch: list[Unit] = []
            for unit in units(index, rows):
                kept = any(need.kept for need in unit.needs)
                # what stands in one piece goes to one worker, who has to read all of it
                apart = bool(batch) and batch[-1].needs[0].number != unit.needs[0].number
                if batch and (kept or (apart and len(batch) >= _BATCH) or len(batch) == _MOST):
                    yield task(batch)
                    batch = []
                if kept:
                    yield Task(here, (unit,), anywhere=False)
                else:
                    batch.append(unit)
            if batch:
                yield task(batch)

        def left() -> float:
            return self.summary.units / max(self.summary.judged, 1) - 1

        # what was judged along with others is known only when all of them were judged
        for rows in (index.ends, index.lowest, index.rest):
            for judged in self._map(tasks(rows()), left):
                for result, along in judged:
                    index.reach(along)
                    yield result

    def _map(self, tasks: Iterator[Task[R]], left: Callable[[], float]) -> Iterator[R]:
        """
        Yield what comes of *tasks*, done here or by an executor.

        *left* says how many times as long as up to now the rest will take.
        """
        if self._executor is None and self._jobs is not None and self._jobs > 1:
            self._start(self._jobs)
        began = time.monotonic()
        while self._executor is None:
            task = next(tasks, None)
            if task is None:
                return
            yield task.function(*task.arguments)
            seconds = time.monotonic() - began
            if self._jobs is None and seconds > _TRIED:
                self._start(workers(seconds * left()))
        yield from ordered(tasks, self._executor, self._window)

    def _start(self, count: int) -> None:
        """Start *count* processes, if that is more than one."""
        if count > 1:
            self._window = WINDOW * count
            self._own = self._executor = pool(min(count, MOST_WORKERS))


def of_found(want: Want) -> Want:
    """Return *want* as it is where nobody is about to upload the files: that PEM stands in a wrapper is a note."""
    mild = (
        each.replace(severity=Severity.NOTE) if each.rule == "input-is-wrapped" else each
        for each in want.target.demands
    )
    return want.replace(target=want.target.replace(demands=tuple(mild)))


def _without_name(path: str, error: SourceError) -> str:
    return str(error).removeprefix(f"{named(path)}: ")
