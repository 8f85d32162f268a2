"""Which certificates go into the chain, and in which order: by verified links only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..budget import Budget
from ..chain import MAX_STEPS, Signatures, analyse, side_paths
from ..facts import Certificate
from ..rules.chain import KNOWN_BAD
from ..submission import Submission
from ..targets import Want


class Choice(NamedTuple):
    """
    What becomes the chain.

    ``chain`` is what to write; ``path`` what it was taken from, the root still on it.  ``kept`` says how many at the
    end of ``chain`` stand there only because they were given: a link to them is missing.  ``side`` holds what is on
    a second path.  ``complete`` is False where there were more signatures than are verified.
    """

    chain: tuple[Certificate, ...] = ()
    path: tuple[Certificate, ...] = ()
    kept: int = 0
    side: tuple[Certificate, ...] = ()
    complete: bool = True


class _Search(NamedTuple):
    """What the search for a path looks at."""

    leaf: Certificate
    pool: list[Certificate]
    offered: frozenset[bytes]
    want: Want
    root_stays: bool
    signatures: Signatures
    trusted: tuple[list[bytes], ...] = ()
    """What stands between the leaf and a root of the trust store, by DER, on each path that leads to one."""


def choose(
    submission: Submission,
    want: Want,
    root_stays: bool,
    offered: Sequence[Certificate],
    budget: Budget | None = None,
) -> Choice:
    """
    Return the chain of the submission's leaf.

    Of several paths the one is taken that has the fewest certificates that no client takes at *want*'s moment, then
    one that leads to a root of the trust store, then one that reaches a root, then the one that needs the fewest of
    *offered*, then the longest, then the one that follows the given order.  A self-signed root is left out unless
    *root_stays*, or it alone is the chain.
    """
    leaf = submission.leaf
    if leaf is None or leaf.self_signed:
        return Choice()
    given = _unique(leaf, (*submission.chain, *_elsewhere(submission)))
    known = {each.der for each in given}
    more = [each for each in _unique(leaf, offered) if each.der not in known]
    signatures = Signatures(budget)
    found_trusted = submission.trust.paths if submission.trust else ()
    trusted = tuple([each.der for each in path[1:-1]] for path in found_trusted)
    search = _Search(leaf, given + more, frozenset(each.der for each in more), want, root_stays, signatures, trusted)
    paths = _paths(search)
    found = submission.path.path if submission.path else ()
    if all(each[: len(found)] != found for each in paths):
        paths.append(found)  # a link through a field that cannot be read is not found by name
    place = {each.der: position for position, each in enumerate(search.pool)}
    path = max(paths, key=lambda each: _worth(search, each, place))
    if signatures.exhausted:
        return Choice(tuple(given), tuple(given), complete=False)
    on_path = {each.der for each in path}
    rest = tuple(each for each in given if each.der not in on_path)
    kept = _kept(submission, leaf, path, rest, signatures)
    side, _ = side_paths((leaf, *path), list(rest), signatures)
    return Choice((*(path if kept else _trimmed(path, root_stays)), *kept), path, len(kept), tuple(side))


def is_unusable(certificate: Certificate, want: Want) -> bool:
    """Whether clients refuse *certificate* at *want*'s moment, or are known to stumble over it."""
    if certificate.sha256 in KNOWN_BAD:
        return True
    late = "not_after" not in certificate.unread and certificate.not_after < want.at
    early = "not_before" not in certificate.unread and certificate.not_before > want.at
    return late or early


def _elsewhere(submission: Submission) -> list[Certificate]:
    """Return the certificates that stand in none of the two inputs that are for them."""
    known = {each.der for each in submission.chain}
    return [each for found in submission.inputs for each in found.certificates if each.der not in known]


def _unique(leaf: Certificate, certificates: Sequence[Certificate]) -> list[Certificate]:
    found: dict[bytes, Certificate] = {}
    for each in certificates:
        found.setdefault(each.der, each)
    found.pop(leaf.der, None)
    return list(found.values())


def _paths(search: _Search) -> list[tuple[Certificate, ...]]:
    """Return the paths upwards from the leaf that cannot be continued, as many as a bounded search finds."""
    by_name: dict[object, list[Certificate]] = {}
    for each in search.pool:
        by_name.setdefault(each.subject.prepared, []).append(each)
    found: list[tuple[Certificate, ...]] = []
    pending: list[tuple[Certificate, ...]] = [()]
    for _ in range(MAX_STEPS):
        if not pending or search.signatures.exhausted:
            break
        path = pending.pop()
        child = path[-1] if path else search.leaf
        above = (
            []
            if child.self_signed
            else [
                (*path, each)
                for each in by_name.get(child.issuer.prepared, [])
                if all(each is not other for other in path) and _holds(search, child, each)
            ]
        )
        pending += reversed(above)
        if not above:
            found.append(path)
    return found or [()]


def _holds(search: _Search, child: Certificate, issuer: Certificate) -> bool:
    """Whether *issuer* issued *child*; what was only offered has to prove it."""
    link = search.signatures.link(child, issuer)
    return link.holds and (issuer.der not in search.offered or bool(link.signed))


def _worth(
    search: _Search, path: tuple[Certificate, ...], place: dict[bytes, int]
) -> tuple[int, bool, bool, int, int, list[int]]:
    """Return what makes a path better than another, the most important first."""
    out = _trimmed(path, search.root_stays)
    on_path = [each.der for each in path]
    return (
        -sum(is_unusable(each, search.want) for each in out),
        any(on_path[: len(trusted)] == trusted for trusted in search.trusted),
        bool(path) and bool(path[-1].self_signed),
        -sum(each.der in search.offered for each in out),
        len(path),
        [-place[each.der] for each in path],
    )


def _trimmed(path: tuple[Certificate, ...], root_stays: bool) -> tuple[Certificate, ...]:
    """Return *path* without its root, and without what is known to break clients at its upper end."""
    end = len(path)
    if end > 1 and path[-1].self_signed and not root_stays:
        end -= 1
    while end > 1 and path[end - 1].sha256 in KNOWN_BAD:
        end -= 1
    return path[:end]


def _kept(
    submission: Submission,
    leaf: Certificate,
    path: tuple[Certificate, ...],
    rest: tuple[Certificate, ...],
    signatures: Signatures,
) -> tuple[Certificate, ...]:
    """
    Return what was meant to continue *path*, although a link to it is missing.

    To drop it would turn a chain that is refused into one that is accepted and leads nowhere.
    """
    before = submission.path
    if before is None or before.gap is None or not rest:
        return ()
    if [each.der for each in path] != [each.der for each in before.path]:
        if not before.path:
            return ()  # the issuer was found after all; what was given in its place was another's
        before = analyse(leaf, (*path, *rest), signatures)
        if before.gap is None:
            return ()
    left_out = {each.der for each in (*before.unrelated, *before.side_paths)}
    return tuple(each for each in rest if each.der not in left_out)
