"""What was given to one submission: who is who, and how its parts belong together."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence

from . import crypto, pem, requests, trust, weak
from .asn1 import Fact
from .chain import Signatures, analyse
from .encryption import NOTHING, Passphrase
from .facts import Certificate, PrivateKey, PublicKey
from .inputs import CERTIFICATE, CHAIN, PRIVATE_KEY, ROLES, read_input
from .submission import Input, Pair, Replacement, Submission, Undetermined


def gather(
    data: Sequence[bytes | None],
    names: Sequence[str],
    old: Certificate | None = None,
    store: trust.Store | None = None,
    weak_keys: Container[str] | None = None,
    passphrase: Passphrase = NOTHING,
    files: Sequence[tuple[str, bytes]] = (),
    found: Collection[str] = (),
    modes: Mapping[str, int | None] | None = None,
) -> Submission:
    """
    Read everything there is to know about certificate, private key and chain, in this order; never raises.

    *files* are further names and contents, whose roles their content tells; *found* are the names of those that
    were found in a directory (see ``sorting.sort``, and Undetermined there, which is raised).
    *old* is the certificate to replace, *store* the trust store, *weak_keys* what ``weak.read_list`` returns;
    *passphrase* opens what is encrypted, *modes* are the permission bits of files by their names (see ``Input``).
    """
    signatures = Signatures()

    given = ((role, name, value) for role, name, value in zip(ROLES, names, data) if value is not None)
    inputs = [_all_completed(read_input(*each, passphrase), signatures) for each in given]
    if files:
        from .sorting import sort  # which three files with their roles do not need

        others = [_all_completed(each, signatures) for each in _bounded(files, passphrase)]
        in_roles, unused = sort(others, inputs, found)
        submission = relate(in_roles, signatures).replace(sorted=True, unused=unused)
    else:
        submission = relate(_unpacked(tuple(inputs)), signatures)
    if modes:
        known = (each.replace(mode=modes.get(each.at.file)) for each in submission.inputs)
        submission = submission.replace(inputs=tuple(known))
    leaf = submission.leaf
    if leaf is not None and old is not None:
        submission = submission.replace(replacement=Replacement(leaf.at, old, leaf))
    judged = _judged_key(leaf, submission.key) if weak_keys is not None else None
    if judged is not None and judged.kind == "rsa" and weak.fingerprint(judged.numbers[0]) in (weak_keys or ()):
        submission = submission.replace(weakness="it is on the list of weak keys")
    if leaf is not None and store is not None:
        submission = submission.replace(trust=trust.judge(store, leaf, submission.chain, signatures))
    return submission


def _bounded(files: Sequence[tuple[str, bytes]], passphrase: Passphrase) -> list[Input]:
    """Return what is in *files*; raise Undetermined for more than a person could mean."""
    inputs: list[Input] = []
    for name, value in files:
        inputs.append(read_input("", name, value, passphrase))
        if sum(len(each.objects) for each in inputs) > pem.MAX_BLOCKS:
            raise Undetermined(
                f"there are more than {pem.MAX_BLOCKS:,} certificates, keys and other blocks in these files; name only "
                "those that are meant"
            )
    return inputs


def relate(inputs: tuple[Input, ...], signatures: Signatures) -> Submission:
    """Return how the objects in *inputs* belong together."""
    first = tuple(each for found in inputs if found.role == CERTIFICATE for each in found.certificates)
    given = tuple(each for found in inputs if found.role == CHAIN for each in found.certificates)
    keys = tuple(each for found in inputs if found.role == PRIVATE_KEY for each in found.keys)
    given_leaf = first[0] if first else None
    owner = _owner(given_leaf, (*first, *given), keys)
    # a CA's key beside another's certificate is the wrong key; anything else is the wrong certificate
    leaf = given_leaf if owner is None or (given_leaf and owner.is_ca and not given_leaf.is_ca) else owner
    key = _key(keys, owner or leaf)
    chain = _chain(leaf, first, given)
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


def _unpacked(inputs: tuple[Input, ...]) -> tuple[Input, ...]:
    """
    Return *inputs* with what stands in a container as though it had been given apart.

    What was given as the certificate fills the roles that are still open, any other container its own.
    """
    for container in (each for each in inputs if each.is_container):
        from .sorting import sort

        named = [each for each in inputs if each is not container]
        roles = ROLES if container.role == CERTIFICATE else (container.role,)
        parts = sort([container.replace(role="")], named, ask=False, roles=roles).inputs
        if any(each.role == container.role for each in parts):
            inputs = parts
    return inputs


def look(data: bytes, name: str, passphrase: Passphrase = NOTHING) -> Input:
    """Return every object in *data*, and what is wrong with its form; never raises."""
    return _all_completed(read_input("", name, data, passphrase), Signatures())


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
