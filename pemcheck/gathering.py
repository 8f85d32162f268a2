"""What was given to one submission: who is who, and how its parts belong together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import crypto, requests, trust, weak
from .asn1 import Fact
from .chain import Signatures, analyse
from .facts import Certificate, Input, Pair, PrivateKey, PublicKey, Replacement, Submission
from .inputs import CERTIFICATE, CHAIN, PRIVATE_KEY, ROLES, read_input
from .source import Location


def gather(
    data: Sequence[bytes | None],
    names: Sequence[str],
    old: Certificate | None = None,
    store: trust.Store | None = None,
    weak_keys: frozenset[str] = frozenset(),
) -> Submission:
    """
    Read everything there is to know about certificate, private key and chain, in this order; never raises.

    *old* is the certificate to replace, *store* the trust store, *weak_keys* fingerprints as ``weak.read_list``
    returns them.
    """
    inputs = [read_input(role, name, value) for role, name, value in zip(ROLES, names, data) if value is not None]
    found = relate(tuple(inputs))
    leaf = found.leaf
    if leaf is not None and old is not None:
        found = found.replace(replacement=Replacement(leaf.at, old, leaf))
    judged = _judged_key(leaf, found.key) if weak_keys else None
    if judged is not None and judged.kind == "rsa" and weak.fingerprint(judged.numbers[0]) in weak_keys:
        found = found.replace(weakness="it is on the list of weak keys")
    if leaf is not None and store is not None:
        found = found.replace(trust=trust.judge(store, (leaf, *(found.path.path if found.path else ()))))
    return found


def relate(inputs: tuple[Input, ...]) -> Submission:
    """Return how the objects in *inputs* belong together."""
    signatures = Signatures()
    inputs = tuple(_all_completed(each, signatures) for each in inputs)
    found = {each.role: each for each in inputs}
    nothing = Input("", Location(""), 0)
    keys = _keys(found)
    first = _leaf_first(found.get(CERTIFICATE, nothing), keys)
    given = found.get(CHAIN, nothing).certificates
    given_leaf = first[0] if first else None
    owner = _owner(given_leaf, (*first, *given), keys)
    # a CA's key beside another's certificate is the wrong key; anything else is the wrong certificate
    leaf = given_leaf if owner is None or (given_leaf and owner.is_ca and not given_leaf.is_ca) else owner
    key = _key(keys, owner or leaf)
    chain = _unpacked(leaf, _chain(leaf, first, given), signatures)
    pair = _pair(leaf, key)
    if pair is not None and key is not None:
        key = key.replace(matches=pair.matches, proof=pair.proof)
    if owner is not leaf and owner is not None:
        pair = None
    inputs, strangers = requests.compare(inputs, key)
    path = None
    if leaf is not None and chain and not leaf.self_signed:
        path = analyse(leaf, chain, signatures)
    judged = _judged_key(leaf, key)
    return Submission(
        inputs,
        leaf,
        key,
        chain,
        pair,
        path,
        crypto.weakness(judged) if judged is not None else "",
        given_leaf,
        owner,
        strangers,
        unread=frozenset(("self_signed",) if leaf is not None and leaf.self_signed is None else ()),
    )


def _keys(found: Mapping[str, Input]) -> tuple[PrivateKey, ...]:
    """Return the private keys: those in the wrapper that holds the certificate, if none were given as such."""
    certificate = found.get(CERTIFICATE)
    if PRIVATE_KEY in found:
        return found[PRIVATE_KEY].keys
    return certificate.keys if certificate is not None and certificate.wrapper else ()


def _leaf_first(found: Input, keys: Sequence[PrivateKey]) -> tuple[Certificate, ...]:
    """Return the certificates of an input; files in a wrapper have no order, so there the leaf is looked for."""
    certificates = found.certificates
    if not found.wrapper or len(certificates) < 2:
        return certificates
    publics = [key.public for key in keys if key.public is not None]
    issuers = [each.issuer for each in certificates if not each.self_issued]

    def rank(each: Certificate) -> tuple[bool, bool, bool]:
        owned = any(public.same_as(each.key) for public in publics)
        return (not owned, each.is_ca, any(each.subject.same_as(issuer) for issuer in issuers))

    leaf = min(certificates, key=rank)
    return (leaf, *(each for each in certificates if each is not leaf))


def _unpacked(
    leaf: Certificate | None, chain: tuple[Certificate, ...], signatures: Signatures
) -> tuple[Certificate, ...]:
    """
    Return the chain with what comes from wrappers as somebody would pass it: file by file, upwards.

    The leaf's own copy is not passed then, nor other end-entity certificates, nor a file that adds nothing to the
    path, if there is one; the order within a file is kept.
    """
    if leaf is None or not any(each.at.member for each in chain):
        return chain
    path = [each.der for each in analyse(leaf, chain, signatures).path]
    kept = tuple(
        each
        for each in chain
        if not each.at.member or (each.der != leaf.der and (each.is_ca or each.der in path))
    )
    places: dict[str, int] = {}
    for each in kept:
        place = path.index(each.der) if each.der in path else len(path)
        places[each.at.file] = min(place, places.get(each.at.file, place))
    needed = [each for each in kept if not (path and each.at.member and places[each.at.file] == len(path))]
    return tuple(sorted(needed, key=lambda each: places[each.at.file]))


def look(data: bytes, name: str) -> Input:
    """Return every object in *data*, and what is wrong with its form; never raises."""
    return _all_completed(read_input("", name, data), Signatures())


def _all_completed(found: Input, signatures: Signatures) -> Input:
    return found.replace(objects=tuple(_completed(each, signatures) for each in found.objects))


def _completed(fact: Fact, signatures: Signatures) -> Fact:
    """Return a fact with what only arithmetic can add to it."""
    if isinstance(fact, Certificate):
        return fact.replace(self_signed=signatures.self_signed(fact))
    return crypto.examine(fact) if isinstance(fact, PrivateKey) else fact


def _owner(
    given: Certificate | None, certificates: Sequence[Certificate], keys: Sequence[PrivateKey]
) -> Certificate | None:
    """Return the certificate that the private key belongs to, if it is another than the one given as such."""
    publics = [key.public for key in keys if key.public is not None]
    if given is None or any(public.same_as(given.key) for public in publics):
        return None
    return next((each for each in certificates if any(public.same_as(each.key) for public in publics)), None)


def _judged_key(leaf: Certificate | None, key: PrivateKey | None) -> PublicKey | None:
    """Return the public key to judge: the certificate's, else the private key's."""
    if leaf is not None and "key" not in leaf.unread:
        return leaf.key
    return None if key is None or "public" in key.unread else key.public


def _key(keys: tuple[PrivateKey, ...], leaf: Certificate | None) -> PrivateKey | None:
    """Return the certificate's key if it is among *keys*, else the first."""
    if leaf is not None:
        for key in keys:
            if key.public is not None and key.public.same_as(leaf.key):
                return key
    return keys[0] if keys else None


def _chain(
    leaf: Certificate | None, first: tuple[Certificate, ...], given: tuple[Certificate, ...]
) -> tuple[Certificate, ...]:
    """Return the chain: what was given as such, behind what stands too much in the certificate's input."""
    known = {each.der for each in given} | ({leaf.der} if leaf is not None else set())
    surplus = tuple(each for each in first if each.der not in known)
    misplaced = leaf is not None and bool(first) and leaf.der != first[0].der
    return surplus + tuple(each for each in given if not (misplaced and leaf is not None and each.der == leaf.der))


def _pair(leaf: Certificate | None, key: PrivateKey | None) -> Pair | None:
    if leaf is None or key is None:
        return None
    off_curve = leaf.key.on_curve is False or (key.public is not None and key.public.on_curve is False)
    if "key" in leaf.unread or off_curve or ("public" in key.unread and not key.encrypted):
        reason = "a public point is not on its curve" if off_curve else "a key cannot be read"
        return Pair(key.at, leaf, key, reason=reason, unread=frozenset(("matches",)))
    answer = crypto.match(leaf.key, key)
    unread = frozenset(("matches",) if answer.value is None else ())
    return Pair(key.at, leaf, key, answer.value, answer.proof, answer.answers, answer.reason, unread)
