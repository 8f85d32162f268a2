"""
Which of several certificates is meant: the candidates, and the files to name so that one of them is left.

Whoever is shown them can answer by repeating one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .facts import Certificate, PrivateKey, time_text
from .source import shorten
from .submission import Choice, Input, Undetermined

_LIMIT = 20
"""Candidates that are shown."""


def question(
    ends: Sequence[Certificate],
    keys: Sequence[PrivateKey],
    owned: bool,
    files: Sequence[Input],
    above: Callable[[Certificate], Sequence[bytes]],
    leads_to: Callable[[Sequence[Input]], Sequence[bytes]],
) -> Undetermined:
    """
    Return the question which of *ends* is meant, whose private keys are among *keys* if they are *owned*.

    *files* stand in the order in which they are preferred; *above* returns the DER of the certificates that lead
    upwards from one, *leads_to* that of the candidates that some of the files leave.
    """
    which = "have their private key here" if owned else "have issued no other"
    if not owned and keys:
        closed = any(key.public is None for key in keys)
        which += f", and no private key here {'is known to belong' if closed else 'belongs'} to any of them"
    choices = []
    for each in ends[:_LIMIT]:
        picked = _picked(each, ends, keys, files, above(each))
        certain = picked and list(leads_to(picked)) == [each.der]
        title = f"{each.at}: {shorten(each.title)}, {_validity(each)}, key {_key_hash(each)}"
        choices.append(Choice(title, tuple(dict.fromkeys(file.at.file for file in picked)) if certain else ()))
    return Undetermined(f"{len(ends):,} certificates {which}", choices, len(ends) - len(choices))


def which_key(closed: Sequence[PrivateKey], files: Sequence[Input]) -> Undetermined:
    """Return the question which of several private keys is meant, none of which can be compared as it is."""
    choices = []
    for each in closed[:_LIMIT]:
        others = {id(key) for key in closed} - {id(each)}
        picked = [file.at.file for file in files if file.objects and not others & {id(key) for key in file.keys}]
        own = any(each is key for file in files for key in file.keys if file.at.file in picked)
        title = f"{each.at}: {f'encrypted ({each.encryption})' if each.encrypted else each.format}"
        choices.append(Choice(title, tuple(picked) if own else ()))
    reason = "cannot be compared with the certificate without a passphrase, or not at all"
    return Undetermined(f"{len(closed):,} private keys {reason}", choices, len(closed) - len(choices))


def _picked(
    end: Certificate,
    ends: Sequence[Certificate],
    keys: Sequence[PrivateKey],
    files: Sequence[Input],
    path: Sequence[bytes],
) -> list[Input]:
    """Return the files with *end*, its private key and its chain, and no other candidate; none if there are none."""
    others = {each.der for each in ends} - {end.der}
    free = [file for file in files if not others & {each.der for each in file.certificates}]
    picked = list(_first(file for file in free if any(each.der == end.der for each in file.certificates)))
    if not picked:
        return []
    own = [key for key in keys if key.belongs_to(end)]
    if not own and len(keys) == 1:  # the one that is closed, or the wrong one
        own = [*keys]
    wanted = {id(key) for key in own}

    def holds_key(file: Input) -> bool:
        return any(id(key) in wanted for key in file.keys)

    if not holds_key(picked[0]) and any(map(holds_key, files)):
        if not any(map(holds_key, free)):
            return []
        picked += _first(file for file in free if holds_key(file))
    for der in path:
        if not any(each.der == der for file in picked for each in file.certificates):
            picked += _first(file for file in free if any(each.der == der for each in file.certificates))
    return picked


def _first(files: Iterator[Input]) -> Iterator[Input]:
    found = next(files, None)
    if found is not None:
        yield found


def _validity(it: Certificate) -> str:
    if {"not_before", "not_after"} & it.unread:
        return "validity unknown"
    return f"{time_text(it.not_before)[:10]} to {time_text(it.not_after)[:10]}"


def _key_hash(it: Certificate) -> str:
    return "unknown" if "key" in it.unread else f"{it.key.algorithm} SHA-256 {it.key.sha256[:16]}…"
