"""What was given to one submission: who is who, and how its parts belong together."""

from __future__ import annotations

from collections.abc import Collection, Container, Sequence

from . import crypto, pem, requests, trust, weak
from .asn1 import Fact
from .budget import Budget
from .chain import Signatures, analyse
from .encryption import NOTHING, Passphrase
from .facts import Certificate, PrivateKey, PublicKey
from .inputs import CERTIFICATE, CHAIN, PRIVATE_KEY, ROLES, read_input
from .naming import domains
from .source import EXHAUSTED, Location, Problem
from .submission import Input, Pair, Replacement, Submission, Undetermined
from .value import Value

_CONTAINERS = ("pkcs12", "pkcs7", "jks")


def gather(
    data: Sequence[bytes | None],
    names: Sequence[str],
    old: Certificate | None = None,
    store: trust.Store | None = None,
    weak_keys: Container[str] | None = None,
    passphrase: Passphrase = NOTHING,
    files: Sequence[tuple[str, bytes]] = (),
    found: Collection[str] = (),
    budget: Budget | None = None,
    modes: Sequence[int | None] = (None, None, None),
) -> Submission:
    """
    Read everything there is to know about certificate, private key and chain, in this order; never raises.

    *files* are further names and contents, whose roles their content tells; *found* are the names of those that
    were found in a directory (see ``sorting.sort``, and Undetermined there, which is raised).
    *old* is the certificate to replace, *store* the trust store, *weak_keys* what ``weak.read_list`` returns;
    *passphrase* opens what is encrypted; *budget* is what all of it may cost; *modes* are the permission bits of the
    three files (see ``Input``).
    """
    budget = Budget() if budget is None else budget
    in_roles = [
        Given(name, value, role=role, mode=mode)
        for role, name, value, mode in zip(ROLES, names, data, modes)
        if value is not None
    ]
    inputs = read_all([*in_roles, *(Given(*each) for each in files)], passphrase, budget)
    return put_together(inputs, old, store, weak_keys, found, budget)


class Given(Value):
    """
    One thing to read: its name and its bytes, and what the user said it is; ``role`` is empty where that was nothing.

    ``member`` is the one of a wrapper's that is meant alone, in which ``name`` then ends; empty if all are.
    ``mode`` is the permission bits of the file, as ``Input`` has them.
    """

    _hidden = ("data",)

    name: str
    data: bytes
    member: str = ""
    role: str = ""
    mode: int | None = None


def read_all(given: Sequence[Given], passphrase: Passphrase, budget: Budget) -> list[Input]:
    """
    Return what each of *given* holds, in the same order, paid from *budget*.

    A container that was given in several roles is opened once.  Raises Undetermined for more without a role than a
    person could mean.
    """
    inputs: list[Input] = []
    opened: dict[tuple[str, bytes, str], Input] = {}
    objects = 0
    for each in given:
        before = opened.get((each.name, each.data, each.member))
        if before is not None and (before.is_container or any(other.kind in _CONTAINERS for other in before.others)):
            inputs.append(before.replace(role=each.role))
            continue
        read = read_input(each.role, each.name, each.data, passphrase, each.member, budget)
        inputs.append(read if each.mode is None else read.replace(mode=each.mode))
        opened[each.name, each.data, each.member] = inputs[-1]
        objects += 0 if each.role else len(inputs[-1].objects)
        if objects > pem.MAX_BLOCKS:
            raise Undetermined(
                f"there are more than {pem.MAX_BLOCKS:,} certificates, keys and other blocks in these files; name only "
                "those that are meant"
            )
    return inputs


def put_together(
    read: Sequence[Input],
    old: Certificate | None = None,
    store: trust.Store | None = None,
    weak_keys: Container[str] | None = None,
    found: Collection[str] = (),
    budget: Budget | None = None,
) -> Submission:
    """Return how everything that was *read* belongs together; for the rest, and for what is raised, see ``gather``."""
    budget = Budget() if budget is None else budget
    signatures = Signatures(budget)
    inputs = [_all_completed(each, signatures, budget) for each in read]
    files = [each for each in inputs if not each.role]
    if files:
        from .sorting import sort  # which three files with their roles do not need

        in_roles, unused = sort(files, [each for each in inputs if each.role], found, signatures=signatures)
        submission = relate(in_roles, signatures).replace(sorted=True, unused=unused)
    else:
        submission = relate(_unpacked(tuple(inputs), signatures), signatures)
    leaf = submission.leaf
    if leaf is not None:
        submission = submission.replace(newer=_newer(leaf, inputs))
    if leaf is not None and old is not None:
        submission = submission.replace(replacement=Replacement(leaf.at, old, leaf))
    judged = _judged_key(leaf, submission.key) if weak_keys is not None else None
    if judged is not None and judged.kind == "rsa" and weak.fingerprint(judged.numbers[0]) in (weak_keys or ()):
        submission = submission.replace(weakness="it is on the list of weak keys")
    if leaf is not None and store is not None:
        trusted = trust.judge(store, leaf, submission.chain, signatures)
        anchored = frozenset(each.der for path in trusted.paths for each in path)
        chain = submission.path.replace(anchored=anchored) if submission.path else None
        submission = submission.replace(trust=trusted, path=chain)
    return submission


def _newer(leaf: Certificate, inputs: Sequence[Input]) -> Certificate | None:
    """Return the latest certificate in *inputs* for *leaf*'s names, newer than it and without its private key here."""
    given = [each for found in inputs for each in found.certificates if each.der != leaf.der and not each.is_ca]
    names = set(domains(leaf)) if given and not {"subject_alt_names", "not_before"} & leaf.unread else set()
    keys = {key.identity for found in inputs for key in found.keys}
    newer = [
        each
        for each in given
        if not {"subject_alt_names", "not_before"} & each.unread
        and each.not_before > leaf.not_before
        and each.identity not in (leaf.identity, *keys)
        and names == set(domains(each)) != set()
    ]
    return max(newer, key=lambda each: each.not_before, default=None)


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
        pair = pair.replace(rivals=_rivals(key, pair.certificate, inputs))
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


def _unpacked(inputs: tuple[Input, ...], signatures: Signatures) -> tuple[Input, ...]:
    """
    Return *inputs* with what stands in a container as though it had been given apart.

    What was given as the certificate fills the roles that are still open, any other container its own; one that was
    given in several roles is taken apart once, for all of them.
    """
    apart: list[tuple[Location, int]] = []
    for container in (each for each in inputs if each.is_container):
        if (container.at, container.size) in apart:
            continue
        apart.append((container.at, container.size))
        from .sorting import sort

        same = [each for each in inputs if each.is_container and each.replace(role="") == container.replace(role="")]
        given = [each.role for each in same]
        named = [each for each in inputs if each.role not in given]
        roles = ROLES if CERTIFICATE in given else given
        parts = sort([container.replace(role="")], named, ask=False, roles=roles, signatures=signatures).inputs
        filled = {each.role for each in parts}
        if filled & set(given):
            # what was given in a role and holds nothing for it is still what was given
            empty = [each.replace(problems=()) for each in same if each.role not in filled and each.role != CHAIN]
            inputs = (*parts, *empty)
    return inputs


def look(
    data: bytes, name: str, passphrase: Passphrase = NOTHING, member: str = "", budget: Budget | None = None
) -> Input:
    """Return every object in *data*, and what is wrong with its form, paid from *budget*; never raises."""
    budget = Budget() if budget is None else budget
    return completed(read_input("", name, data, passphrase, member, budget), budget)


def completed(it: Input, budget: Budget) -> Input:
    """Return what was read with what only arithmetic can add to it, paid from *budget*."""
    return _all_completed(it, Signatures(budget), budget)


def _all_completed(found: Input, signatures: Signatures, budget: Budget) -> Input:
    objects = tuple(_completed(each, signatures, budget) for each in found.objects)
    closed = next((each for each in objects if each.unread >= crypto.UNEXAMINED), None)
    if closed is None:
        return found.replace(objects=objects)
    detail = "this private key, and maybe more, was not examined: there is too much to calculate in all inputs"
    problem = Problem("input-too-large", closed.at, detail, EXHAUSTED)
    return found.replace(objects=objects, problems=(*found.problems, problem))


def _completed(fact: Fact, signatures: Signatures, budget: Budget) -> Fact:
    """Return a fact with what only arithmetic can add to it."""
    if isinstance(fact, Certificate):
        return fact.replace(self_signed=signatures.self_signed(fact))
    return crypto.examine(fact, budget) if isinstance(fact, PrivateKey) else fact


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


def _rivals(key: PrivateKey, leaf: Certificate, inputs: Sequence[Input]) -> tuple[PrivateKey, ...]:
    """Return the keys that a target could take for *key*, and that are not known to be *leaf*'s as well."""
    given = [each for found in inputs if found.role == PRIVATE_KEY for each in found.bare_keys]
    return tuple(each for each in given if each.der != key.der and not _is_sound_key_of(leaf, each)) if key.der else ()


def _is_sound_key_of(leaf: Certificate, key: PrivateKey) -> bool:
    proved = key.secret or key.seed
    return bool(proved) and key.belongs_to(leaf) and not key.faults and not key.unread


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
    if key.encrypted and "secret" in key.unread and key.public is not None:  # OpenSSH states it in the clear
        if key.public.same_as(leaf.key):
            reason = "the private key states the certificate's public key, and its secret half is encrypted"
            return Pair(key.at, leaf, key, reason=reason, stated=True, unread=frozenset(("matches",)))
        return Pair(key.at, leaf, key, False, ("arithmetic",))
    answer = crypto.match(leaf.key, key)
    unread = frozenset(("matches",) if answer.value is None else ())
    return Pair(key.at, leaf, key, answer.value, answer.proof, answer.answers, answer.reason, unread)
