"""
Who is who among files that nobody has named: told by content, never by name.

The certificate is the one that the private key belongs to, without a key the one that issued no other; all other
certificates are its chain.  Where that leaves a choice, the user is asked and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from . import armor, sniff
from .chain import Signatures, analyse, false_issuers
from .facts import Certificate, Other, PrivateKey
from .inputs import CERTIFICATE, CHAIN, PRIVATE_KEY, ROLES
from .question import question, which_key
from .source import UNSEEN, Location, Problem, shorten
from .submission import Chain, Input, Unused

_BODY = ("parameters", "unknown", "pkcs7", "pkcs12", "jks")
"""Other objects that belong to what stands in the same file; the rest stands for itself."""
_STORE = "input-is-jks"
_CLOSED = ("pem-nothing-found", _STORE)
"""The rules about what nobody has looked into."""


_NOT_PEM = 1_000
"""More than there are rules about the form of PEM."""


class Sorted(NamedTuple):
    """What stands in which role, and what was needed for none."""

    inputs: tuple[Input, ...]
    unused: tuple[Unused, ...]


def sort(
    files: Sequence[Input],
    named: Sequence[Input] = (),
    found: Collection[str] = (),
    ask: bool = True,
    roles: Sequence[str] = ROLES,
    signatures: Signatures | None = None,
) -> Sorted:
    """
    Return *files* as the inputs of a submission, beside those whose role the user has *named*.

    A file that holds several things is split.  Of several copies the one is taken that stands most by itself, and
    whose form is the best.  The order of files means nothing, the order within a file is kept.  *found* are the
    names of files that were not given but found in a directory: what is of no use there is no fault, nor is it in
    an archive.  Only *roles* are filled.  Raises Undetermined; where nobody is there to *ask*, takes the first of
    several.  *signatures* are those of the whole call.
    """
    if CERTIFICATE in roles and not named and len(files) == 1 and _is_one_certificate(files[0]):
        return Sorted((files[0].replace(role=CERTIFICATE),), ())
    return _Sorter(files, named, found, ask, roles, signatures or Signatures()).sorted()


def _is_one_certificate(file: Input) -> bool:
    """Whether a file holds a certificate and nothing besides, which leaves nothing to sort."""
    return not file.wrapper and len(file.objects) == 1 and isinstance(file.objects[0], Certificate)


class _Sorter:
    def __init__(
        self,
        files: Sequence[Input],
        named: Sequence[Input],
        found: Collection[str],
        ask: bool,
        roles: Sequence[str],
        signatures: Signatures,
    ) -> None:
        self.wrappers = [file for file in files if file.wrapper]
        members = [member for wrapper in self.wrappers for member in _members(wrapper)]
        self.files = sorted([*(file for file in files if not file.wrapper), *members], key=_burden)
        self.named = {each.role: each for each in named if each.role}
        self.unnamed = [each for each in named if not each.role]
        self.open = [role for role in roles if role not in self.named]
        self.found = found
        self.members = {member.at.file for member in members}
        self.ask = ask
        self.signatures = signatures
        self.chains: dict[bytes, Chain] = {}
        self.taken: dict[int, dict[str, list[Certificate | PrivateKey | Other]]] = {}
        self.unused: list[Unused] = []

    def sorted(self) -> Sorted:
        leaf, key = self.choose()
        if CERTIFICATE in self.open and leaf is not None:
            self.take(CERTIFICATE, leaf)
        if PRIVATE_KEY in self.open and key is not None:
            self.take(PRIVATE_KEY, key)
        if CHAIN in self.open:
            self.take_chain(leaf, key)
        parts = [part for number in range(len(self.files)) for part in self.parts(number)]
        self.leftovers(leaf, key)
        chain = self.in_order(leaf, [part for part in parts if part.role == CHAIN])
        rest = [*self.unnamed, *(part for part in parts if not part.role), *self.shells(parts)]
        by_role = [*self.named.values(), *(part for part in parts if part.role in (CERTIFICATE, PRIVATE_KEY)), *chain]
        by_role.sort(key=lambda part: ROLES.index(part.role))
        return Sorted((*by_role, *rest), tuple(self.unused))

    def shells(self, parts: Sequence[Input]) -> list[Input]:
        """Return what is wrong with the archives themselves, where they are of use or were given."""
        used = {part.given for part in parts}
        return [
            each.replace(objects=(), problems=tuple(one for one in each.problems if one.at.file == each.at.file))
            for each in self.wrappers
            if each.at.file in used or each.at.file not in self.found
        ]

    def choose(self) -> tuple[Certificate | None, PrivateKey | None]:
        """Return the certificate and the private key that are meant."""
        certificates = {each.der: each for file in reversed(self.files) for each in reversed(file.certificates)}
        keys = [key for file in self.files for key in file.keys]
        if PRIVATE_KEY in self.named:
            keys = list(self.named[PRIVATE_KEY].keys)
        if CERTIFICATE in self.named:
            leaf = next(iter(self.named[CERTIFICATE].certificates), None)
        else:
            leaf = self.leaf(list(reversed(certificates.values())), keys)
        own = [key for key in keys if leaf is not None and key.belongs_to(leaf)]
        # what cannot be read may be the one
        closed = [] if own else [key for key in keys if key.public is None]
        if len({key.der or key.at for key in closed}) > 1 and PRIVATE_KEY not in self.named and self.ask:
            raise which_key(closed, self.files)
        return leaf, next(iter([*own, *closed, *keys]), None)

    def leaf(self, certificates: list[Certificate], keys: list[PrivateKey]) -> Certificate | None:
        """Return the certificate that is meant; raise Undetermined for several."""
        ends, owned = self.ends(certificates, keys)
        if len(ends) > 1 and self.ask:
            raise question(ends, keys, owned, self.files, self.path, lambda files: self.left_by(files, keys))
        return ends[0] if ends else None

    def left_by(self, files: Sequence[Input], keys: list[PrivateKey]) -> list[bytes]:
        """Return the DER of the certificates that could be meant if only *files* had been given."""
        if PRIVATE_KEY not in self.named:
            keys = [key for file in files for key in file.keys]
        unique = {each.der: each for file in files for each in file.certificates}
        return [each.der for each in self.ends(list(unique.values()), keys)[0]]

    def ends(self, certificates: list[Certificate], keys: list[PrivateKey]) -> tuple[list[Certificate], bool]:
        """Return the certificates that could be meant, and whether their private keys are among *keys*."""
        publics = {key.identity for key in keys} - {None}
        owners = [each for each in certificates if each.identity in publics]
        issuers = self.issuers(certificates)
        # the key of a CA beside what it has issued is the wrong key
        owners = [each for each in owners if each.der not in issuers]
        candidates = owners or certificates
        ends = [each for each in candidates if each.der not in issuers] or candidates
        # a CA that has issued nothing here is less likely meant than what is no CA
        return [each for each in ends if not each.is_ca] or ends, bool(owners)

    def issuers(self, certificates: list[Certificate]) -> set[bytes]:
        """Return which of *certificates* have issued another of them."""
        children: dict[object, list[Certificate]] = {}
        for each in certificates:
            if "issuer" not in each.unread and not each.self_issued:
                children.setdefault(each.issuer.prepared, []).append(each)
        return {
            issuer.der
            for issuer in certificates
            for child in children.get(issuer.subject.prepared, ())
            if child.der != issuer.der and self.signatures.link(child, issuer).holds
        }

    def take(self, role: str, wanted: Certificate | PrivateKey) -> None:
        """Give *wanted* its role in the file that it stands in."""
        number = next(n for n, file in enumerate(self.files) if any(each is wanted for each in file.objects))
        self.taken.setdefault(number, {})[role] = [wanted]

    def take_chain(self, leaf: Certificate | None, key: PrivateKey | None) -> None:
        """Give every certificate but *leaf* its role, each from the file that stands most by itself."""
        order = sorted(range(len(self.files)), key=lambda number: number in self.taken)
        known = {leaf.der} if leaf is not None else set()
        path = self.path(leaf)
        chain = self.chain(leaf)
        # left out, what has the issuer's name and did not sign would be silent: whoever laid it there means it
        wanted = {*path, *(each.der for each in (false_issuers(chain) if chain is not None else ()))}
        for number in order:
            file = self.files[number]
            fresh = [each for each in file.certificates if each.der not in known]
            # where nothing leads anywhere, what was given is what is wrong
            chosen = file.at.file not in self.found and not (path and file.at.file in self.members)
            chosen = chosen or self.is_own(number, leaf, key)
            chosen = chosen or self.signatures.exhausted  # then nobody can tell what leads where
            if not chosen and not any(each.der in wanted for each in fresh):
                continue
            known |= {each.der for each in fresh}
            if any(each.at.contained for each in fresh):  # what is in a container has no order
                fresh.sort(key=lambda each: path.index(each.der) if each.der in path else len(path))
            if fresh:
                self.taken.setdefault(number, {})[CHAIN] = [*fresh]

    def is_own(self, number: int, leaf: Certificate | None, key: PrivateKey | None) -> bool:
        """
        Whether a file is *leaf*'s alone, so that what stands in it is its chain, be it the wrong one.

        The certificate or its private key is in it, and neither another *key* nor what may be another's certificate.
        """
        file = self.files[number]
        if leaf is None or not file.certificates:
            return False
        others = [each for each in file.certificates if each.der != leaf.der]
        own = number in self.taken or len(others) < len(file.certificates)
        ours = (leaf.identity, key.identity if key is not None else None)
        return own and all(each.is_ca for each in others) and all(each.identity in ours for each in file.keys)

    def path(self, leaf: Certificate | None) -> list[bytes]:
        """Return the DER of what leads upwards from *leaf*, in order."""
        chain = self.chain(leaf)
        return [] if chain is None else [each.der for each in (*chain.path, *chain.side_paths)]

    def chain(self, leaf: Certificate | None) -> Chain | None:
        """Return how everything given relates to *leaf*, None where there is nothing to relate."""
        given = tuple(each for file in self.files for each in file.certificates)
        if leaf is None or not given:
            return None
        if leaf.der not in self.chains:
            self.chains[leaf.der] = analyse(leaf, given, self.signatures)
        return self.chains[leaf.der]

    def in_order(self, leaf: Certificate | None, parts: list[Input]) -> list[Input]:
        """Return the files of the chain in the order in which they are to be joined."""
        if len(parts) < 2:
            return parts
        place = {each: number for number, each in enumerate(self.path(leaf))}
        return sorted(parts, key=lambda part: min(place.get(each.der, len(place)) for each in part.certificates))

    def parts(self, number: int) -> Iterator[Input]:
        """Return one input for each role that a file plays a part in."""
        file, taken = self.files[number], self.taken.get(number, {})
        if self.is_paper(file):
            return
        loose = [each for each in file.others if each.kind in _BODY]
        if not taken:
            lost = any(problem.is_loss or problem.rule == _STORE for problem in file.problems)
            given = file.at.file not in {*self.found, *self.members}
            wanted = given and bool(loose or not file.objects)
            if (lost and not self.is_needless(file)) or wanted:
                yield file.replace(objects=tuple(loose))
            return
        first = min(taken, key=ROLES.index)
        with_key = PRIVATE_KEY if PRIVATE_KEY in taken else first
        for role, objects in taken.items():
            mine = [each for each in loose if role == (with_key if each.kind == "parameters" else first)] + objects
            if not any(each.at.contained for each in mine):
                place = {id(each): number for number, each in enumerate(file.objects)}
                mine.sort(key=lambda each: place[id(each)])
            yield part(file, role, mine, len(taken) == 1, role == first)

    def is_needless(self, file: Input) -> bool:
        """Whether a file stays closed that was only found in a folder, where everything is there without it."""
        closed = all(each.rule in _CLOSED for each in file.problems) and file.at.file in self.found
        filled = {*self.named, *(role for taken in self.taken.values() for role in taken)}
        return closed and {CERTIFICATE, PRIVATE_KEY} <= filled

    def is_paper(self, file: Input) -> bool:
        """Whether nothing is in a file, and nothing should be: it was named along with those that matter."""
        lost = any(problem.is_loss for problem in file.problems)
        if file.objects or lost or not any(each.objects for each in self.files):
            return False
        return any(each.rule == "pem-nothing-found" and _is_paper(each) for each in file.problems)

    def leftovers(self, leaf: Certificate | None, key: PrivateKey | None) -> None:
        """Say what became of everything that plays no part."""
        roles = (objects for taken in self.taken.values() for objects in taken.values())
        chosen = {each.der for objects in roles for each in objects if isinstance(each, Certificate)}
        chosen |= {leaf.der} if leaf is not None else set()
        owners = {each.identity: each for file in self.files for each in file.certificates}
        for number, file in enumerate(self.files):
            used = {id(each) for objects in self.taken.get(number, {}).values() for each in objects}
            for each in file.objects:
                if id(each) in used or (isinstance(each, Other) and each.kind in _BODY):
                    continue
                reason = _reason(each, leaf, key, chosen, owners)
                if reason:
                    self.unused.append(Unused(each.at, reason))
        papers = [file for file in self.files if file.at.file not in self.found and self.is_paper(file)]
        details = ((file, each) for file in papers for each in file.problems if each.rule == "pem-nothing-found")
        self.unused += [Unused(file.at, f"{each.detail}, with nothing in it to import") for file, each in details]


def _is_paper(problem: Problem) -> bool:
    return problem.detail in sniff.PAPERS or (problem.way in ("json", "yaml") and problem.sort not in UNSEEN)


def _members(wrapper: Input) -> list[Input]:
    """Return what stands in a wrapper, file by file."""
    found = []
    for name in dict.fromkeys(each.at.file for each in (*wrapper.objects, *wrapper.problems)):
        objects = [each for each in wrapper.objects if each.at.file == name]
        problems = tuple(each for each in wrapper.problems if each.at.file == name)
        if name != wrapper.at.file:
            at = (*objects, *problems)[0].at
            place, size = Location(name, member=at.member), _size(objects)
            found.append(Input("", place, size, tuple(objects), problems, given=wrapper.at.file))
    return found


def _size(objects: Sequence[Any]) -> int:
    """Return how many bytes certificates and keys have as PEM."""
    given = (each for each in objects if isinstance(each, (Certificate, PrivateKey)))
    return sum(armor.size(_label(each), len(each.der)) for each in given)


def _burden(file: Input) -> tuple[bool, bool, int, int]:
    """Rank a file by what stands around each thing in it; a container or an encrypted key is the last choice."""
    contained = any(each.kind in ("pkcs7", "pkcs12", "jks") for each in file.others)
    return contained, any(key.encrypted for key in file.keys), len(file.objects), flaws(file.problems)


def flaws(problems: Iterable[Problem]) -> int:
    """Rank a file by what is wrong with its form: 0 for plain PEM; what is another form than PEM stands last."""
    rules = {each.rule for each in problems}
    return len(rules) + (_NOT_PEM if any(each.startswith("input-") for each in rules) else 0)


def part(file: Input, role: str, objects: list[Any], alone: bool, first: bool) -> Input:
    """
    Return what a file gives to one role: its objects, and what is wrong with their form.

    What is wrong between the objects goes with the *first* role; what is wrong in an object that is left out, with
    none.
    """
    mine = {id(each) for each in objects}
    if alone and all(id(each) in mine for each in (*file.certificates, *file.keys)):
        return file.replace(role=role, objects=tuple(objects))
    owned = file.problems_by_owner if file.problems else {}
    numbers = sorted(number for owner in (*mine, *([None] if first else [])) for number in owned.get(owner, ()))
    problems = tuple(file.problems[number] for number in numbers)
    return file.replace(role=role, objects=tuple(objects), problems=problems, size=_size(objects))


def _label(it: Certificate | PrivateKey) -> str:
    return "CERTIFICATE" if isinstance(it, Certificate) else it.label or "PRIVATE KEY"


def _reason(
    it: object,
    leaf: Certificate | None,
    key: PrivateKey | None,
    chosen: Collection[bytes],
    owners: Mapping[tuple[object, ...] | None, Certificate],
) -> str:
    """Return what something is that plays no part; nothing for a copy of what does."""
    if isinstance(it, Certificate):
        return "" if it.der in chosen else f"the certificate of {shorten(it.title)}, which is no part of this chain"
    if isinstance(it, PrivateKey):
        return _about_key(it, key, owners)
    return _about_other(it, leaf, key) if isinstance(it, Other) else ""


def _about_key(
    it: PrivateKey, key: PrivateKey | None, owners: Mapping[tuple[object, ...] | None, Certificate]
) -> str:
    identity = it.identity
    if key is not None and identity is not None and identity == key.identity:
        return ""
    owner = owners.get(identity) if identity is not None else None
    if owner is not None:
        return f"the private key of {shorten(owner.title)} ({owner.at})"
    unread = "which cannot be read without its passphrase" if it.encrypted else "which cannot be read"
    return f"a private key{', ' + unread if it.public is None else ' that belongs to no certificate here'}"


def _about_other(it: Other, leaf: Certificate | None, key: PrivateKey | None) -> str:
    what = f"a {it.kind.replace('_', ' ')}" if it.kind != "crl" else "a certificate revocation list"
    if it.key is None:
        return what
    if leaf is not None and "key" not in leaf.unread and it.key.same_as(leaf.key):
        return f"{what}, made with the key of the certificate"
    if key is not None and key.public is not None and it.key.same_as(key.public):
        return f"{what}, made with the private key"
    return f"{what}, made with another key" if leaf is not None or key is not None else f"{what}; its key is not here"
