"""The public functions: bytes in, report or facts out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any, Union

from . import crypto, naming, targets, trust, weak
from .asn1 import Fact
from .encryption import NOTHING, Passphrase
from .engine import Questions
from .facts import Certificate
from .findings import Backend, Report
from .frames import forgetting
from .gathering import gather, look
from .inputs import CERTIFICATE
from .patterns import rare
from .rules import BY_NAME
from .rules.options import WAYS, is_certificate_arn
from .source import SourceError, named, quoted, read_file
from .submission import Submission
from .targets import Target, Want

Content = Union[bytes, str, None]
Data = Union[Content, "os.PathLike[str]"]
"""What is in a file, as bytes or text; or the file's path, as ``pathlib`` has it.  Text is never a path."""

BY_FILE = "--passphrase-file FILE"
"""How a command is told the passphrase that a caller of the library gave."""

_TIME = rare(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?)?\s*(Z|[+-]\d\d(?::?[0-5]\d)?)?\Z",
    re.IGNORECASE | re.ASCII,
)


@forgetting
def check(
    certificate: Data = None,
    private_key: Data = None,
    chain: Data = None,
    target: str | Target = "acm",
    at: datetime | str | None = None,
    *,
    hostnames: Iterable[str] = (),
    expires_within: timedelta = timedelta(days=30),
    without_key: bool = False,
    replaces: Data = None,
    trust_store: Data = None,
    weak_keys: Data = None,
    trusted: bool = False,
    private_ca: bool = False,
    region: str = "",
    certificate_arn: str = "",
    tags: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    server_certificate_name: str = "",
    path: str = "",
    via: str = "",
    mutual_tls: bool = False,
    ownership_certificate_arn: str = "",
    passphrase: Content = None,
    allow_expensive: bool = False,
    names: tuple[str, ...] | None = None,
) -> Report:
    """
    Say whether *target* would take these three files, and everything that is wrong if not.

    Each is the content of a file, as bytes or text, PEM or DER, or the path of one as ``pathlib`` has it (text is
    never a path; whether others may read the key is asked of a path only); None means not given.  *at* is the moment to
    judge for: an aware datetime, ISO 8601 text (``Z`` and no offset mean UTC), or None for now.
    *hostnames* are to be covered by the certificate (a warning, unless the target refuses what does not cover them);
    *without_key* says that the key is elsewhere.
    *replaces* is the certificate that a re-import would replace.  *trust_store* holds the roots that count as
    trusted (or is ``"system"`` or ``"mozilla"``); *trusted* is the caller's word that the issuer is, *private_ca*
    that it is the caller's own.  *weak_keys* is a list of known weak keys, as Debian's openssl-blacklist has it.
    *region*, *certificate_arn*, *tags*, *server_certificate_name* and *path* are those of the import; *via* is how it
    is done: ``"api"``, ``"cli"``, ``"cloudformation"``, ``"console"``, ``"sdk"`` or ``"terraform"``; *mutual_tls* and
    *ownership_certificate_arn* belong to API Gateway's regional domain names.
    *passphrase* opens what is encrypted (text is taken as UTF-8; PKCS#12 without any is tried with the empty one);
    *allow_expensive* lets deriving a key cost any time and memory.
    *names* are what findings call the three inputs: as the arguments, or by their paths, unless they are given.

    What the bytes contain never makes it raise.  Raises OSError for a path that cannot be read, TypeError for an
    argument of another type, ValueError for a time or a hostname that is none, for a trust store beside *trusted*, and
    for a trust store or a certificate to replace that cannot be read; TargetError (a ValueError) for an unknown target,
    or one that demands a rule that there is not.
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
    refuse_two_words(trusted, trust_store)
    want = wanted(target, at, hostnames, expires_within, without_key, **options)
    given = (("certificate", certificate), ("private_key", private_key), ("chain", chain))
    data, modes = zip(*(_read(value, argument) for argument, value in given))
    if names is None:
        names = tuple(os.fspath(it) if isinstance(it, os.PathLike) else name for name, it in given)
    _expect(names, (tuple, list), "names", "three str")
    if list(map(type, names)) != [str, str, str]:
        raise TypeError("names must be three str: what to call certificate, private_key and chain")
    opens = opener(passphrase, allow_expensive)
    old = None if replaces is None else replaced("replaces", content_of(replaces, "replaces") or b"", opens)
    store = None if trust_store is None else _store(trust_store)
    listed = content_of(weak_keys, "weak_keys", weak.MAX_LIST_BYTES)
    weak_list = None if weak_keys is None else weak.read_list(listed or b"")
    if opens.octets:
        want = want.replace(passphrase=BY_FILE)
    return judge_all(gather(data, names, old, store, weak_list, opens, modes=modes), (want,))[0]


def refuse_two_words(trusted: bool, trust_store: object) -> None:
    """Raise ValueError where the caller's word that the issuer is trusted and a trust store both answer that."""
    if trusted and trust_store:
        raise ValueError("trusted says that the issuer is publicly trusted, trust_store asks who is; leave one out")


def opener(given: Content, allow_expensive: bool) -> Passphrase:
    """Return what opens what is encrypted, as a caller of the library gives it; raise TypeError for anything else."""
    _expect(allow_expensive, bool, "allow_expensive")
    return Passphrase(as_bytes(given, "passphrase"), allow_expensive)


def _store(given: Data) -> trust.Store:
    """Return the trust store that a caller of the library names or holds."""
    if isinstance(given, str) and given in (trust.SYSTEM, trust.MOZILLA):
        try:
            return trust.load(*trust.find(given))
        except SourceError as error:
            raise ValueError(str(error)) from None
    return trust.load("trust_store", content_of(given, "trust_store") or b"")


def replaced(name: str, data: bytes, passphrase: Passphrase = NOTHING, member: str = "") -> Certificate:
    """
    Return the certificate that is to be replaced: the first in *data*, of a container the one that is no CA's.

    *passphrase* opens what is encrypted; *member* is that of a wrapper which is meant alone.  Raises ValueError if
    there is none, and where something before it cannot be read: that may be the one meant.
    """
    found = look(data, name, passphrase, member)
    if not found.certificates:
        closed = next((each.detail for each in found.problems if each.rule == "input-not-decrypted"), "")
        because = closed and f": {closed}"
        raise ValueError(
            f"{named(name)}: there is no certificate in it that can be read, so nothing to replace{because}"
        )
    first = found.certificates[0]
    if found.is_container:
        from .sorting import sort  # which three files with their roles do not need

        return next(iter(sort([found], ask=False, roles=(CERTIFICATE,)).inputs[0].certificates), first)
    for problem in found.problems:
        if problem.is_loss and (problem.at.line or 0) < (first.at.line or 0):
            raise ValueError(
                f"{named(name)}: line {problem.at.line}: what stands before its first readable certificate is damaged "
                f"({problem.rule}), and may be the one to replace"
            )
    return first


def wanted(
    target: str | Target,
    at: datetime | str | None,
    hostnames: Iterable[str] = (),
    expires_within: timedelta = timedelta(days=30),
    without_key: bool = False,
    **options: Any,
) -> Want:
    """Return what is asked; *options* are further fields of Want; raises as ``check`` does."""
    _expect(hostnames, Iterable, "hostnames", "a sequence of str")
    if isinstance(hostnames, (str, bytes)):
        raise TypeError("hostnames must be a sequence of names, not one name")
    hostnames = tuple(hostnames)  # once: an iterator would be used up by looking at it
    for name in hostnames:
        _expect(name, str, "a hostname")
        if not naming.is_hostname(name):
            raise ValueError(f"{quoted(name)} is neither a hostname nor an IP address")
    _expect(target, (str, Target), "target")
    _expect(expires_within, timedelta, "expires_within")
    _expect(without_key, bool, "without_key")
    if isinstance(target, str):
        target = targets.get(target)
    else:
        targets.require_usable(target, BY_NAME)
    for option, value in options.items():
        default = Want._defaults[option]
        if option == "tags":
            options["tags"] = _tags(value)
        elif option != "command":
            _expect(value, type(default), option)
    if "via" in options:
        options["via"] = _via(options["via"])
    arn = options.get("ownership_certificate_arn", "")
    if arn and not is_certificate_arn(arn):
        raise ValueError(f"the ownership certificate's ARN {quoted(arn)} is no ARN of a certificate in ACM")
    return Want(target, moment(at), hostnames, expires_within, without_key, **options)


def _via(given: str) -> str:
    """Return how it is imported, one of WAYS or nothing."""
    way = given.strip().lower()
    if way and way not in WAYS:
        raise ValueError(f"via: {quoted(given)} is no known way to import; there are {', '.join(WAYS)}")
    return way


def _tags(given: Any) -> tuple[tuple[str, str], ...]:
    """Return tags as pairs of key and value."""
    try:
        pairs = tuple(given.items() if isinstance(given, Mapping) else given)
    except TypeError:
        pairs = ((),)
    if any(not isinstance(pair, (tuple, list)) or list(map(type, pair)) != [str, str] for pair in pairs):
        raise TypeError("tags must be a mapping or pairs of str")
    return tuple((key, value) for key, value in pairs)


def judge_all(submission: Submission, wants: Iterable[Want]) -> tuple[Report, ...]:
    """Return one report per target; the facts were read once."""
    return answer_all(submission, map(Questions, wants))


def answer_all(submission: Submission, asked: Iterable[Questions]) -> tuple[Report, ...]:
    """Return one report for each target whose questions were made ready for many submissions."""
    backend = Backend(**crypto.backend())
    return tuple(each.judge(submission, backend) for each in asked)


@forgetting
def inspect(
    data: bytes | str | os.PathLike[str],
    name: str = "input",
    *,
    passphrase: Content = None,
    allow_expensive: bool = False,
) -> tuple[Fact, ...]:
    """
    Return the facts of every object in *data*: certificates, private keys, and whatever else there is.

    *data* is the content of a file, or its path as ``pathlib`` has it.  What is in a container (PKCS#7, PKCS#12)
    follows it.  *name* is what their ``file`` is called; *passphrase* and *allow_expensive* are those of ``check``.
    What the bytes contain never makes it raise; TypeError if they are none, OSError for a path that cannot be read.  A
    private key that stands beside certificates is compared with none: ``matches`` is for ``check``.
    """
    _expect(name, str, "name")
    _expect(data, (bytes, str, bytearray, memoryview, os.PathLike), "data")
    return look(content_of(data, "data") or b"", name, opener(passphrase, allow_expensive)).objects


def content_of(value: Data, argument: str, most: int | None = None) -> bytes | None:
    """
    Return *value* as ``as_bytes`` does, of a path what is in the file (see ``source.read``).

    Raises OSError where it cannot be read.
    """
    return _read(value, argument, most)[0]


def _read(value: Data, argument: str, most: int | None = None) -> tuple[bytes | None, int | None]:
    """Return what ``content_of`` does, and of a path the permission bits of its file."""
    if not isinstance(value, os.PathLike):
        _expect(value, (bytes, str, bytearray, memoryview, type(None)), argument, "bytes, str or a path")
        return as_bytes(value, argument), None
    path = os.fspath(value)
    try:
        found = read_file(os.path.join(os.curdir, path), most)  # nothing but a path: no env:NAME, no standard input
        return found.data, found.mode
    except SourceError as error:
        raise OSError(f"{argument}: {error}") from None


def as_bytes(value: Content, argument: str) -> bytes | None:
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
