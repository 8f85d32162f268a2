"""
Many tasks on an executor, in order, a bounded number at a time; what an executor fails on is done here.

A worker that dies takes what it was doing with it.  That is done once more in this process, so that nothing is lost,
and nothing is doubled: a result is taken from one place only.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

T = TypeVar("T")
R = TypeVar("R")

WINDOW = 4
"""Tasks in flight, for each worker."""
MOST_WORKERS = 32
"""Processes started, whatever somebody asks for."""
_WORTH = 1.5
"""Seconds of work for each of two processes that starting them is worth."""


class Task(Generic[R]):
    """A call to make: ``anywhere``, or else in this process only."""

    def __init__(self, function: Callable[..., R], arguments: tuple[Any, ...], anywhere: bool = True) -> None:
        self.function, self.arguments, self.anywhere = function, arguments, anywhere


def ordered(tasks: Iterable[Task[R]], executor: Executor, window: int) -> Iterator[R]:
    """Yield what comes of each of *tasks*, in their order, of which at most *window* are under way."""
    pending: deque[tuple[Task[R], Future[R] | None]] = deque()
    try:
        for task in tasks:
            pending.append((task, _submitted(executor, task)))
            if len(pending) >= window:
                yield _settled(*pending.popleft())
        while pending:
            yield _settled(*pending.popleft())
    finally:
        for future in filter(None, (future for _, future in pending)):
            future.cancel()


def _submitted(executor: Executor, task: Task[R]) -> Future[R] | None:
    if not task.anywhere:
        return None
    try:
        return executor.submit(task.function, *task.arguments)
    except RuntimeError:  # it is broken, or shut down
        return None


def _settled(task: Task[R], future: Future[R] | None) -> R:
    if future is not None:
        with suppress(Exception):  # whatever it was: if it is a fault of ours, it comes again
            return future.result()
    return task.function(*task.arguments)


def batches(it: Iterable[T], size: int, is_large: Callable[[T], bool]) -> Iterator[list[T]]:
    """Yield lists of *size* items, shorter ones where one *is_large* or there are no more."""
    batch: list[T] = []
    for each in it:
        batch.append(each)
        if len(batch) == size or is_large(each):
            yield batch
            batch = []
    if batch:
        yield batch


def workers(seconds: float) -> int:
    """Return how many processes *seconds* of work are worth: as many as there are cores, or 1."""
    cores = min(_cores(), MOST_WORKERS)
    return cores if seconds > _WORTH * cores else 1


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def pool(count: int) -> Executor:
    """Return *count* processes, which leave Ctrl-C to this one."""
    from concurrent.futures import ProcessPoolExecutor

    class Pool(ProcessPoolExecutor):
        """Processes that do not hear Ctrl-C while they start, either; with a call to make, one may be started."""

        def submit(self, *call: Any, **named: Any) -> Future[Any]:
            with _unheard():
                return super().submit(*call, **named)

    return Pool(count, initializer=_be_deaf)


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep Ctrl-C waiting, and from what is started meanwhile for good."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):  # as on Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _be_deaf() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
