"""
What ``fix`` does: a submission in, the content of three clean files out, and every difference in words.

Nothing here reads or writes a file.  Certificates stay what they are, byte for byte; so does a key that the target
takes as it is.  What is not certain is not repaired: it is left as it was and named in ``remains``.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..budget import Budget
from ..facts import Certificate, PrivateKey
from ..source import shorten
from ..submission import Submission
from ..targets import Want
from . import words
from .key import Form, form_of
from .path import choose
from .pieces import NAMES, Dropped, Piece, Plan, Remains

__all__ = ["NAMES", "Dropped", "Piece", "Plan", "Remains", "plan"]


def plan(
    submission: Submission,
    want: Want,
    keep_root: bool = False,
    offered: Sequence[Certificate] = (),
    budget: Budget | None = None,
) -> Plan:
    """
    Return what to write so that *want*'s target takes *submission*, as far as that is certain; never raises.

    A self-signed root is left out, unless *keep_root* or ``want.private_ca`` says that it stays, or the target does
    not mind it.  *offered* are further certificates to complete the chain from: one is taken only if its signature
    on the certificate below it verifies.  *budget* is what is left to pay for that.
    """
    submission = _with_leaf(submission)
    leaf = submission.leaf
    if leaf is None:
        return Plan(remains=(*words.no_leaf(submission), *words.closed(submission, want)))
    key = None if want.without_key else _key(submission, leaf)
    form = Form() if key is None else form_of(key, leaf, want)
    unasked = all(demand.rule != "chain-contains-root" for demand in want.target.demands)
    choice = choose(submission, want, keep_root or want.private_ca or unasked, offered, budget)
    found = Plan(
        _certificate(leaf),
        Piece(form.label, form.der, key.at, words.key_title(form.label, key)) if key and form.der else None,
        tuple(map(_certificate, choice.chain)),
        tuple(words.dropped(submission, leaf, key, choice, want)),
    )
    moves = (*words.moved(submission, found), *words.left_out(found.dropped))
    changes = (
        *words.taken_out(submission, found),
        *words.joined(submission, found),
        *words.moved(submission, found),
        *words.chain_changes(submission, leaf, choice, offered),
        *form.changes,
        *words.left_out(found.dropped),
        *words.normalised(submission, found),
    )
    remains = (
        *form.remains,
        *words.key_remains(submission, leaf, key, want),
        *words.certificates_remain(leaf, choice, want),
        *words.closed(submission, want),
    )
    return found.replace(changes=changes, moves=moves, remains=remains, wanted=words.missing_issuer(leaf, choice))


def _certificate(certificate: Certificate) -> Piece:
    return Piece("CERTIFICATE", certificate.der, certificate.at, shorten(certificate.title))


def _with_leaf(submission: Submission) -> Submission:
    """Return *submission* with the one certificate, wherever it stands, that a private key belongs to."""
    if submission.leaf is not None:
        return submission
    keys = [key.public for each in submission.inputs for key in each.keys if key.public is not None]
    certificates = {each.der: each for found in submission.inputs for each in found.certificates}
    owners = [each for each in certificates.values() if any(key.same_as(each.key) for key in keys)]
    return submission.replace(leaf=owners[0]) if len(owners) == 1 else submission


def _key(submission: Submission, leaf: Certificate) -> PrivateKey | None:
    """Return the private key of *leaf*, wherever it stands, else the one that was given as such."""
    keys = [*([submission.key] if submission.key else []), *(key for each in submission.inputs for key in each.keys)]
    matching = (key for key in keys if key.public is not None and key.public.same_as(leaf.key))
    return next(matching, submission.key)
