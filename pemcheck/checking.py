"""The public functions: bytes in, report or facts out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Union

from . import crypto, naming, pem, sniff, targets, trust, weak
from .asn1 import Fact, read, store
from .chain import Signatures, analyse
from .engine import judge
from .facts import Certificate, Input, Other, Pair, PrivateKey, PublicKey, Replacement, Submission
from .findings import Backend, Report
from .patterns import rare
from .source import Location, Problem, SourceError, named, quoted
from .targets import Target, Want

Data = Union[bytes, str, None]

CERTIFICATE, PRIVATE_KEY, CHAIN = "certificate", "private key", "certificate chain"

_TIME = rare(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(Z|[+-]\d\d(?::?[0-5]\d)?)?\Z",
    re.IGNORECASE | re.ASCII,
)


def check(
    certificate: Data = None,
    private_key: Data = None,
    chain: Data = None,
    target: str | Target = "acm",
    at: datetime | str | None = None,
    *,
    hostnames: Sequence[str] = (),
    expires_within: timedelta = timedelta(days=30),
    without_key: bool = False,
    replaces: Data = None,
    trust_store: Data = None,
    weak_keys: Data = None,
    trusted: bool = False,
    private_ca: bool = False,
    region: str = "",
    certificate_arn: str = "",
    tags: Mapping[str, str] | Sequence[tuple[str, str]] = (),
    server_certificate_name: str = "",
    path: str = "",
    via: str = "",
    mutual_tls: bool = False,
    ownership_certificate_arn: str = "",
    names: tuple[str, str, str] = ("certificate", "private_key", "chain"),
) -> Report:
    """
    Say whether *target* would take these three files, and everything that is wrong if not.

    Each is the content of a file, as bytes or text, PEM or DER; None means not given.  *at* is the moment to
    judge for: an aware datetime, ISO 8601 text (``Z`` and no offset mean UTC), or None for now.
    *hostnames* must be covered by the certificate; *without_key* says that the key is elsewhere.
    *replaces* is the certificate that a re-import would replace.  *trust_store* holds the roots that count as
    trusted (or is ``"system"`` or ``"mozilla"``); *trusted* is the caller's word that the issuer is, *private_ca*
    that it is the caller's own.  *weak_keys* is a list of known weak keys, as Debian's openssl-blacklist has it.
    *region*, *certificate_arn*, *tags*, *server_certificate_name* and *path* are those of the import; *via* is
    ``"cloudformation"`` or another way to do it; *mutual_tls* and *ownership_certificate_arn* belong to API
    Gateway's regional domain names.
    *names* are what findings call the inputs.

    What the bytes contain never makes it raise.  Raises TypeError for an argument of another type,
    ValueError for a time or a hostname that is none, and for a trust store or a certificate to replace that cannot
    be read; TargetError (a ValueError) for an unknown target.
    """
    options = {
        "trusted": trusted,
        "private_ca": private_ca,
        "region": region,
        "certificate_arn": certificate_arn,
        "tags": tags,
        "server_certificate_name": server_certificate_name,
        "path": path,
        "via": via,
        "mutual_tls": mutual_tls,
        "ownership_certificate_arn": ownership_certificate_arn,
    }
    want = wanted(target, at, hostnames, expires_within, without_key, **options)
    given = (("certificate", certificate), ("private_key", private_key), ("chain", chain))
    data = [as_bytes(value, argument) for argument, value in given]
    if list(map(type, names)) != [str, str, str]:
        raise TypeError("names must be three str: what to call certificate, private_key and chain")
    old = None if replaces is None else replaced("replaces", as_bytes(replaces, "replaces") or b"")
    store = None if trust_store is None else _store(trust_store)
    weak_list = frozenset() if weak_keys is None else weak.read_list(as_bytes(weak_keys, "weak_keys") or b"")
    return judge_all(gather(data, names, old, store, weak_list), (want,))[0]


def _store(given: Data) -> trust.Store:
    """Return the trust store that a caller of the library names or holds."""
    if isinstance(given, str) and given in (trust.SYSTEM, trust.MOZILLA):
        try:
            return trust.load(*trust.find(given))
        except SourceError as error:
            raise ValueError(str(error)) from None
    return trust.load("trust_store", as_bytes(given, "trust_store") or b"")


def replaced(name: str, data: bytes) -> Certificate:
    """Return the certificate that is to be replaced, the first in *data*; raise ValueError if there is none."""
    found = look(data, name).certificates
    if not found:
        raise ValueError(f"{named(name)}: there is no certificate in it that can be read, so nothing to replace")
    return found[0]


def wanted(
    target: str | Target,
    at: datetime | str | None,
    hostnames: Sequence[str] = (),
    expires_within: timedelta = timedelta(days=30),
    without_key: bool = False,
    **options: Any,
) -> Want:
    """Return what is asked; *options* are further fields of Want; raises as ``check`` does."""
    _expect(hostnames, Iterable, "hostnames", "a sequence of str")
    if isinstance(hostnames, (str, bytes)):
        raise TypeError("hostnames must be a sequence of names, not one name")
    for name in hostnames:
        _expect(name, str, "a hostname")
        if not naming.is_hostname(name):
            raise ValueError(f"{quoted(name)} is neither a hostname nor an IP address")
    _expect(target, (str, Target), "target")
    _expect(expires_within, timedelta, "expires_within")
    _expect(without_key, bool, "without_key")
    if isinstance(target, str):
        target = targets.get(target)
    for option, value in options.items():
        default = Want._defaults[option]
        if option == "tags":
            options["tags"] = _tags(value)
        elif option != "command":
            _expect(value, type(default), option)
    return Want(target, moment(at), tuple(hostnames), expires_within, without_key, **options)


def _tags(given: Any) -> tuple[tuple[str, str], ...]:
    """Return tags as pairs of key and value."""
    pairs = given.items() if isinstance(given, Mapping) else given
    try:
        found = tuple((key, value) for key, value in pairs)
    except (TypeError, ValueError):
        found = ((None, None),)
    if not all(isinstance(text, str) for pair in found for text in pair):
        raise TypeError("tags must be a mapping or pairs of str")
    return found


def judge_all(submission: Submission, wants: Iterable[Want]) -> tuple[Report, ...]:
    """Return one report per target; the facts were read once."""
    backend = Backend(**crypto.backend())
    return tuple(judge(submission, want, backend, want.at) for want in wants)


def inspect(data: bytes | str, name: str = "input") -> tuple[Fact, ...]:
    """
    Return the facts of every object in *data*: certificates, private keys, and whatever else there is.

    *name* is what their ``file`` is called.  What the bytes contain never makes it raise; TypeError if they are
    none.  A private key that stands beside certificates is compared with none: ``matches`` is for ``check``.
    """
    _expect(name, str, "name")
    _expect(data, (bytes, str, bytearray, memoryview), "data")
    return look(as_bytes(data, "data") or b"", name).objects


def look(data: bytes, name: str) -> Input:
    """Return every object in *data*, and what is wrong with its form; never raises."""
    return _all_completed(_input("", name, data), Signatures())


def as_bytes(value: Data, argument: str) -> bytes | None:
    """Return *value* as bytes (text as UTF-8); raise TypeError for anything else, None excepted."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return value.encode("utf-8", "surrogateescape")
        except UnicodeEncodeError:  # half of a surrogate pair that stands for no byte
            return value.encode("utf-8", "replace")
    _expect(value, (bytes, bytearray, memoryview), argument, "bytes or str")
    return bytes(value)


def _expect(value: Any, types: Any, argument: str, wanted: str = "") -> None:
    """Raise TypeError, in the caller's words, for a value of another type."""
    if not isinstance(value, types):
        names = wanted or " or ".join(each.__name__ for each in (types if isinstance(types, tuple) else (types,)))
        raise TypeError(f"{argument} must be {names}, not {type(value).__name__}")


def moment(at: datetime | str | None) -> datetime:
    """Return *at* as an aware datetime, UTC; raise ValueError for text that is no ISO 8601 time."""
    if at is None:
        return datetime.now(timezone.utc).replace(microsecond=0)
    _expect(at, (datetime, str), "at")
    try:
        found = _parse(at) if isinstance(at, str) else at
        return found.replace(tzinfo=timezone.utc) if found.utcoffset() is None else found.astimezone(timezone.utc)
    except OverflowError:
        raise ValueError(f"{quoted(str(at))} is not a time that exists in UTC") from None


def _parse(text: str) -> datetime:
    """Return the time that ISO 8601 *text* names, aware where it has an offset."""
    match = _TIME.match(text.strip())
    if not match:
        raise ValueError(f"{quoted(text)} is not a time such as 2026-11-23 or 2026-11-23T12:00:00Z")
    year, month, day, hour, minute, second, zone = match.groups()
    try:
        found = datetime(int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0))
        return found if zone in (None, "Z", "z") else found.replace(tzinfo=_zone(zone))
    except ValueError:
        raise ValueError(f"{quoted(text)} is not a time that exists") from None


def _zone(text: str) -> timezone:
    """Return the offset that ``+hh``, ``+hhmm`` or ``+hh:mm`` names; raise ValueError from 24 hours on."""
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0))
    return timezone(offset if text[0] == "+" else -offset)


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
    roles = (CERTIFICATE, PRIVATE_KEY, CHAIN)
    inputs = [_input(role, name, value) for role, name, value in zip(roles, names, data) if value is not None]
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
    first = found[CERTIFICATE].certificates if CERTIFICATE in found else ()
    given = found[CHAIN].certificates if CHAIN in found else ()
    keys = found[PRIVATE_KEY].keys if PRIVATE_KEY in found else ()
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
        unread=frozenset(("self_signed",) if leaf is not None and leaf.self_signed is None else ()),
    )


def _input(role: str, name: str, data: bytes) -> Input:
    """Return the objects in one input and everything that is wrong with its form."""
    text = pem.read(name, data)
    problems = list(text.problems)
    objects: list[Fact] = []
    whole = Location(name, block=0)
    if sniff.is_store(data):
        objects.append(store(whole, data))
        problems.append(Problem("input-is-jks", Location(name), sniff.is_store(data)))
    for block in text.blocks:
        fact, found = read(block)
        objects.append(fact)
        problems += found
        problems += _form_problems(role, text.form, block, fact)
    return Input(role, Location(name), len(data), tuple(objects), tuple(problems))


def _form_problems(role: str, form: str, block: pem.Block, fact: Fact) -> list[Problem]:
    """Return what is wrong with the container or the label, once it is known what is inside."""
    kind = fact.kind if isinstance(fact, Other) else ""
    if kind in ("pkcs12", "pkcs7"):
        return [Problem(f"input-is-{kind}", block.at, sort="" if form == "der" else "pem")]
    if form == "der":
        return [Problem("input-is-der", block.at, _words(fact))]
    if form == "base64" or role == PRIVATE_KEY or not role or isinstance(fact, PrivateKey):
        return []
    if block.label == "CERTIFICATE":
        return []
    sort = "trusted" if block.label == "TRUSTED CERTIFICATE" else "other"
    return [Problem("pem-wrong-label", block.at, block.label, sort)]


def _words(fact: Fact) -> str:
    kind = str(fact.to_dict()["kind"]).replace("_", " ")
    return f"a {kind}" if kind not in ("unknown", "parameters", "crl") else ""


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


