"""
Who issued whom: the right order, what is missing, foreign, doubled.

A link is held together by name, key identifier and signature (RFC 5280 section 6.1); the three are kept
apart, because what to tell the user depends on which one fails.
"""

from __future__ import annotations

from . import crypto
from .budget import Budget
from .facts import Certificate
from .submission import Chain, Link, ids_match

MAX_STEPS = 2_000
"""Steps of the search for the right order."""
_TOO_MUCH = "there is too much work in the signatures to verify them all"

# key identifiers only help to find an issuer; where one cannot be read, the signature decides without it
_CHILD_FIELDS = frozenset(("issuer", "signature", "signature_algorithm", "tbs_signature_algorithm"))
_ISSUER_FIELDS = frozenset(("subject", "key"))


class Signatures:
    """Links between certificates; every signature is verified at most once, and not more than the *budget* pays for."""

    def __init__(self, budget: Budget | None = None) -> None:
        self._links: dict[tuple[bytes, bytes], Link] = {}
        self._budget = Budget() if budget is None else budget
        self.bound = ""
        """Why no more signatures are verified, as words, if none are."""

    def link(self, child: Certificate, issuer: Certificate) -> Link:
        """Return what speaks for and against *issuer* having issued *child*."""
        key = (child.der, issuer.der)
        if key not in self._links:
            self._links[key] = self._link(child, issuer)
        return self._links[key]

    def _link(self, child: Certificate, issuer: Certificate) -> Link:
        names = child.issuer.same_as(issuer.subject)
        link = Link(issuer.at, child, issuer, names, ids_match(child, issuer))
        unread = [*(_CHILD_FIELDS & child.unread), *(_ISSUER_FIELDS & issuer.unread)]
        if unread:  # then nothing speaks against the link, and nothing proves it
            return link.replace(names_match=True, ids_match=True, reason=f"{', '.join(sorted(unread))} cannot be read")
        if not names:
            return link
        if child.signature_algorithm != child.tbs_signature_algorithm:
            return link.replace(reason="its signature algorithm stands outside otherwise than in what is signed")
        answer = self._verified(child, issuer)
        if answer is None:
            return link.replace(reason=self.bound)
        return link.replace(signed=answer.value, answers=answer.answers, reason=answer.reason)

    def _verified(self, child: Certificate, issuer: Certificate) -> crypto.Answer | None:
        """Return whether *issuer*'s key signed *child*; None where there is nothing left to pay for it."""
        key = (child.sha256, issuer.sha256)  # not its key: a thousand certificates with one key would be quadratic
        answer: crypto.Answer | None = self._budget.answers.get(key)
        if answer is not None or self.bound:  # once it is reached, what is cheap is not verified either
            return answer
        if not self._budget.take_effort(crypto.effort(issuer.key, child.tbs)):
            self.bound = _TOO_MUCH
            return None
        many = self._budget.many
        answer = crypto.verify(issuer.key, child.signature_algorithm, child.signature, child.tbs, many)
        self._budget.answers[key] = answer
        return answer

    @property
    def exhausted(self) -> bool:
        """Whether there was more work in the signatures than there is left to pay for."""
        return bool(self.bound)

    def self_signed(self, certificate: Certificate) -> bool | None:
        """Return whether *certificate* is signed with its own key; None where that cannot be verified."""
        if {"subject", "issuer"} & certificate.unread:
            return None
        if not certificate.self_issued:
            return False
        # a certificate may name its own issuer's key differently from its own; the signature decides
        return self._link(certificate, certificate).signed


def analyse(leaf: Certificate, given: tuple[Certificate, ...], signatures: Signatures) -> Chain:
    """Return how the certificates *given* as chain relate to *leaf*."""
    copies, duplicates, rest = _unique(leaf, given)
    place = {certificate.der: position for position, certificate in enumerate(rest)}
    path = _best_path(leaf, rest, signatures)
    links = tuple(signatures.link(child, issuer) for child, issuer in zip((leaf, *path), path))
    known = {certificate.der for certificate in path}
    left = [certificate for certificate in rest if certificate.der not in known]
    side, left = side_paths((leaf, *path), left, signatures)
    if signatures.exhausted:
        side, left = [], []  # what was not verified is not blamed
    gap = None
    top = path[-1] if path else leaf
    itself = _own_link(path, signatures)
    if left and not top.self_signed:
        gap = _gap(top, path, place, left, signatures)
    elif itself is not None and itself.signed is False:
        gap = itself
    unrelated = left
    if gap is not None:
        unrelated = [each for each in left if path and place[each.der] < place[gap.issuer.der]]
    positions = [place[certificate.der] for certificate in path]
    reason = _unproved(links if itself is None else (*links, itself)) or signatures.bound
    return Chain(
        given[0].at,
        leaf,
        given,
        path=tuple(path),
        in_order=positions == sorted(positions),
        leaf_copies=copies,
        duplicates=duplicates,
        unrelated=tuple(unrelated),
        side_paths=tuple(side),
        gap=gap,
        links=links,
        reason=reason,
        unread=frozenset(("links",) if reason else ()),
    )


def _own_link(path: list[Certificate], signatures: Signatures) -> Link | None:
    """Return the link from the path's top to itself where it claims to have signed itself and has not proved it."""
    if not path or path[-1].self_signed or (path[-1].self_signed is False and not path[-1].self_issued):
        return None
    link = signatures.link(path[-1], path[-1])
    return link if link.ids_match else None  # with another key identifier it is a rollover certificate


def _unproved(links: tuple[Link, ...]) -> str:
    """Return which link cannot be verified, and why, or nothing."""
    link = next((link for link in links if link.signed is None), None)
    if link is None:
        return ""
    child = "itself" if link.child is link.issuer else link.child.title
    return f"whether {link.issuer.title} signed {child}: {link.reason}"


def _unique(
    leaf: Certificate, given: tuple[Certificate, ...]
) -> tuple[tuple[Certificate, ...], tuple[Certificate, ...], list[Certificate]]:
    """Return the copies of the leaf, the repeated certificates, and what is left."""
    copies, duplicates = [], []
    rest: dict[bytes, Certificate] = {}
    for certificate in given:
        if certificate.der == leaf.der:
            copies.append(certificate)
        elif certificate.der in rest:
            duplicates.append(certificate)
        else:
            rest[certificate.der] = certificate
    return tuple(copies), tuple(duplicates), list(rest.values())


def _by_name(certificates: list[Certificate]) -> dict[object, list[int]]:
    """Return the positions of *certificates* by their subject."""
    found: dict[object, list[int]] = {}
    for position, certificate in enumerate(certificates):
        found.setdefault(certificate.subject.prepared, []).append(position)
    return found


def _best_path(leaf: Certificate, rest: list[Certificate], signatures: Signatures) -> list[Certificate]:
    """Return the longest path upwards from *leaf*; of two as long, the one that follows the given order."""
    pairs = zip([leaf, *rest], rest)
    if all(not child.self_signed and signatures.link(child, issuer).holds for child, issuer in pairs):
        return rest
    by_name = _by_name(rest)
    best: tuple[int, ...] = ()
    pending: list[tuple[int, ...]] = [()]
    for _ in range(MAX_STEPS):
        if not pending or signatures.exhausted:
            break
        path = pending.pop()
        best = max(best, path, key=lambda each: (len(each), [-position for position in each]))
        child = rest[path[-1]] if path else leaf
        if child.self_signed:
            continue
        above = [each for each in by_name.get(child.issuer.prepared, []) if each not in path]
        pending += [(*path, each) for each in reversed(above) if signatures.link(child, rest[each]).holds]
    return [rest[position] for position in best]


def side_paths(
    known: tuple[Certificate, ...], left: list[Certificate], signatures: Signatures
) -> tuple[list[Certificate], list[Certificate]]:
    """Return which of *left* issued something known, directly or not, and which did not."""
    by_name = _by_name(left)
    side: dict[int, Certificate] = {}
    pending = list(known)
    while pending and not signatures.exhausted:
        child = pending.pop()
        for position in by_name.get(child.issuer.prepared, []):
            if position not in side and signatures.link(child, left[position]).holds:
                side[position] = left[position]
                pending.append(left[position])
    return list(side.values()), [each for position, each in enumerate(left) if position not in side]


def false_issuers(chain: Chain, surely: bool = False) -> list[Certificate]:
    """
    Return what passes for the issuer of what the path ends with, and did not sign it.

    By its name or its key identifier; *surely* by both, where what it should have signed says whose key signed it.
    """
    end = chain.path[-1] if chain.path else chain.leaf
    if end.self_signed is not False:
        return []
    enough = all if surely else any
    known = {each.der for each in (chain.leaf, *chain.path, *chain.side_paths)}
    signs = ((each, _signs_of_issuer(end, each)) for each in chain.certificates if each.der not in known)
    return [each for each, found in signs if enough(sign for sign in found if sign is not None)]


def _signs_of_issuer(child: Certificate, it: Certificate) -> tuple[bool, bool | None]:
    """Return whether *it* has the name of *child*'s issuer, and its key identifier, None where *child* has none."""
    wanted = child.authority_key_identifier
    named = "subject" not in it.unread and child.issuer.same_as(it.subject)
    return named, wanted == it.subject_key_identifier if wanted is not None else None


def _gap(
    top: Certificate,
    path: list[Certificate],
    place: dict[bytes, int],
    left: list[Certificate],
    signatures: Signatures,
) -> Link | None:
    """
    Return the pair where the path ends although more was given, or None where the rest is only foreign.

    Without a path, the first certificate given was meant to be the issuer.  Above a path, only what stands
    behind it can be its continuation, and only a CA of the same organization where both name one.
    """
    same_name = next((each for each in left if top.issuer.same_as(each.subject)), None)
    if same_name is not None:
        return signatures.link(top, same_name)
    if not path:
        return signatures.link(top, left[0])
    last = max(place[certificate.der] for certificate in path)
    for candidate in left:
        ours, theirs = top.issuer.organizations, candidate.subject.organizations
        if place[candidate.der] > last and candidate.is_ca and (not ours or not theirs or ours == theirs):
            return signatures.link(top, candidate)
    return None
