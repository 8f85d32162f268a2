"""What was changed and what could not be, in sentences; nothing that is decided is decided here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import crypto
from ..facts import Certificate, Name, Other, PrivateKey, time_text
from ..rules import BY_NAME
from ..rules.chain import KNOWN_BAD, get_issuer
from ..rules.roles import cut_off, is_unopened
from ..rules.table import MAX_NAME, listed, plural
from ..source import Problem, printable, shorten
from ..submission import Input, Submission
from ..targets import Want
from .path import Choice, is_unusable
from .pieces import NAMES, Dropped, Plan, Remains

MOST = 50
"""Things left out that are listed one by one."""
_CONTAINERS = {
    "input-is-der": "DER",
    "input-is-pkcs7": "PKCS#7",
    "input-is-pkcs12": "PKCS#12",
    "input-is-jks": "a Java key store",
}
CONTAINER_KINDS = ("pkcs7", "pkcs12", "jks")
_FORM = ("input-encoded-twice", "input-without-markers", "input-is-utf16", "input-has-", "pem-")
_ISSUER_MISSING = (
    *("chain-missing", "chain-link-missing", "chain-root-only"),
    *("chain-does-not-start-with-issuer", "chain-signature-does-not-verify"),
)
"""The rules that say of which certificate the issuer is missing, and where to get it."""
_NOT_IMPORTED = {
    "parameters": "they are public, and no part of the key",
    "certificate_request": "a request is not imported",
    "unknown": "nothing in it can be read",
}


def titled(certificate: Certificate) -> str:
    """Return a certificate's name and place."""
    return f"{shorten(certificate.title)} ({certificate.at})"


def key_title(label: str, key: PrivateKey) -> str:
    """Return what to call a private key under *label*."""
    return label if key.public is None else f"{label} {shorten(key.public.algorithm)}"


def no_leaf(submission: Submission) -> Iterator[Remains]:
    """Yield that nothing can be written, for want of a certificate; it may be in what stays closed."""
    found = [each for given in submission.inputs for each in given.certificates]
    if not found:
        says = "there is no certificate in what was given: pass the file that begins with -----BEGIN CERTIFICATE-----"
        closed = any(_stays_closed(problem) for given in submission.inputs for problem in given.problems)
        if not closed and not cut_off(submission, submission.input("certificate")):
            yield Remains(says, ("cert-missing",))
        return
    which = listed([titled(each) for each in found])
    if all(each.is_ca for each in found):
        yield Remains(f"the certificate itself is missing, there are only those of CAs: {which}")
    else:
        yield Remains(f"which certificate is meant cannot be told; pass it as --certificate: {which}")


def closed(submission: Submission, want: Want) -> Iterator[Remains]:
    """Yield the containers that something was not taken out of, and what opens them."""
    for given in submission.inputs:
        for each in given.problems:
            if _stays_closed(each):
                rule = BY_NAME[each.rule]
                says, how = (rule.words(which, each, want) for which in ("says", "fix"))
                yield Remains(f"{each.at}: {says}; {how}", (each.rule,))


def _stays_closed(it: Problem) -> bool:
    return is_unopened(it) or (it.rule == "input-not-decrypted" and it.field != "secret")


def kind(thing: Other) -> str:
    """Return what to call something that is neither certificate nor private key."""
    names = {"pkcs7": "PKCS#7", "pkcs12": "PKCS#12", "jks": "a Java key store"}
    return names.get(thing.kind) or shorten(thing.label) or thing.kind.replace("_", " ")


def taken_out(submission: Submission, plan: Plan) -> Iterator[str]:
    """Yield which certificate was chosen, and which files were taken apart, or were wrappers that nobody imports."""
    given = submission.given
    if given is not None and submission.leaf is not None and given.der != submission.leaf.der:
        leaf = titled(submission.leaf)
        yield f"took {leaf} as the certificate, to which the private key belongs, not {titled(given)}"
    for file, parts in _files(submission, plan).items():
        if _is_taken_apart(parts):
            rules = [problem.rule for part in parts for problem in part.problems if problem.at.file == file]
            form = next((f" ({_CONTAINERS[rule]})" for rule in rules if rule in _CONTAINERS), "")
            yield f"took {_all_of(list(dict.fromkeys(part.role for part in parts)))} out of {printable(file)}{form}"


def joined(submission: Submission, plan: Plan) -> Iterator[str]:
    """Yield which files became one."""
    files = {each.at: str(found.at) for found in submission.inputs for each in found.certificates}
    for role in NAMES:
        found = list(dict.fromkeys(files[piece.at] for piece in plan.pieces(role) if piece.at in files))
        if len(found) > 1:
            yield f"joined {_all_of(found)} into {NAMES[role]}, in this order"


def _files(submission: Submission, plan: Plan) -> dict[str, list[Input]]:
    """Return what each file, or wrapper of files, gives to the roles that something is written for."""
    found: dict[str, list[Input]] = {}
    for each in submission.inputs:
        if each.role in NAMES and plan.pieces(each.role):
            found.setdefault(each.given or each.at.file, []).append(each)
    return found


def _is_taken_apart(parts: Sequence[Input]) -> bool:
    return len({part.role for part in parts}) > 1 or any(part.given for part in parts)


def _all_of(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def moved(submission: Submission, plan: Plan) -> Iterator[str]:
    """Yield what was taken out of an input that is meant for something else."""
    places = {each.at: found.role for found in submission.inputs for each in found.objects}
    for role in NAMES:
        for piece in plan.pieces(role):
            if places.get(piece.at, "") not in ("", role):
                yield f"took {piece.title} out of {piece.at} into {NAMES[role]}"


def chain_changes(
    submission: Submission, leaf: Certificate, choice: Choice, offered: Sequence[Certificate]
) -> Iterator[str]:
    """Yield how the chain was completed and put into order."""
    place = {each.der: position for position, each in reversed(list(enumerate(submission.chain)))}
    given = {each.der for found in submission.inputs for each in found.certificates}
    for child, each in zip((leaf, *choice.chain), choice.chain):
        if each.der not in given:
            yield f"added {titled(each)}, whose signature on {shorten(child.title)} verifies"
    positions = [place[each.der] for each in choice.chain if each.der in place]
    if positions != sorted(positions):
        yield f"put the chain in order: {listed([titled(each) for each in choice.chain])}"


def dropped(
    submission: Submission, leaf: Certificate, key: PrivateKey | None, choice: Choice, want: Want
) -> Iterator[Dropped]:
    """Yield what was given and is not to be written, in the order given."""
    written = {leaf.der: leaf, **{each.der: each for each in choice.chain}}
    for given in submission.inputs:
        for each in given.objects:
            if isinstance(each, Certificate):
                kept = written.get(each.der)
                if kept is None or kept.at != each.at:
                    why = _why(each, leaf, written, choice, want)
                    yield Dropped(given.role, each.at, shorten(each.title), why)
            elif isinstance(each, PrivateKey):
                if key is None or key.at != each.at:
                    yield Dropped(given.role, each.at, "a private key", _why_key(each, key, want))
            elif each.kind not in CONTAINER_KINDS:
                why = _NOT_IMPORTED.get(each.kind, "it is neither certificate nor private key")
                yield Dropped(given.role, each.at, kind(each), why)


def left_out(things: Sequence[Dropped]) -> Iterator[str]:
    """Yield what is left out and why; of very many, how many more."""
    for each in things[:MOST]:
        yield f"left out {each.title} ({each.at}): {each.why}"
    if len(things) > MOST:
        yield f"left out {len(things) - MOST:,} more"


def _why(each: Certificate, leaf: Certificate, written: dict[bytes, Certificate], choice: Choice, want: Want) -> str:
    """Return why a certificate is left out."""
    if each.der == leaf.der:
        return "it is the certificate itself, which has a file of its own"
    if each.der in written:
        return "it is there already"
    if each.sha256 in KNOWN_BAD:
        return f"this is {KNOWN_BAD[each.sha256]}: it broke clients all over the world"
    if leaf.self_signed:
        return "the certificate is self-signed, and has no chain"
    if any(each.der == other.der for other in choice.path):
        return (
            "it is the root, of which clients have their own copy; --keep-root keeps it, which ACM's page asks for "
            'with a private CA ("copy the root certificate last")'
        )
    if any(each.der == other.der for other in choice.side):
        return f"it is on a second path{f', and {_validity(each, want)}' if is_unusable(each, want) else ''}"
    return "it is not on the certificate's path"


def _why_key(each: PrivateKey, key: PrivateKey | None, want: Want) -> str:
    if want.without_key:
        return "the key is elsewhere, as --without-key says"
    if key is not None and key.public is not None and each.public is not None and key.public.same_as(each.public):
        return "it is there already"
    return "it cannot be read" if each.public is None else "it is not the certificate's"


def _validity(certificate: Certificate, want: Want) -> str:
    """Return why clients refuse a certificate that is not valid at the moment judged for."""
    if "not_after" not in certificate.unread and certificate.not_after < want.at:
        return f"expired on {time_text(certificate.not_after)[:10]}"
    return f"is not valid before {time_text(certificate.not_before)[:10]}"


def normalised(submission: Submission, plan: Plan) -> Iterator[str]:
    """Yield which inputs are written anew, and what was wrong with their form."""
    places = {piece.at for role in NAMES for piece in plan.pieces(role)}
    apart = {file for file, parts in _files(submission, plan).items() if _is_taken_apart(parts)}
    for given in submission.inputs:
        if not any(each.at in places for each in given.objects):
            continue
        rules = dict.fromkeys(problem.rule for problem in given.problems)
        for rule in rules:
            if rule in _CONTAINERS and given.at.file not in apart:
                yield f"converted {given.at} from {_CONTAINERS[rule]} to PEM"
        form = [rule for rule in rules if rule.startswith(_FORM)]
        if form:
            yield (
                f"wrote {given.at} anew as plain PEM, 64 columns, LF, nothing outside the blocks ({listed(form, 12)})"
            )
        trailing = sum(each.trailing for each in given.certificates if each.at in places)
        if trailing:
            yield f"left out {plural(trailing, 'byte')} behind a certificate in {given.at}"


def key_remains(submission: Submission, leaf: Certificate, key: PrivateKey | None, want: Want) -> Iterator[Remains]:
    """Yield what is wrong with the private key and cannot be repaired."""
    if key is None and (want.without_key or cut_off(submission, submission.input("private key"))):
        return
    if key is None:
        yield Remains(
            f"there is no private key of {shorten(leaf.title)}: pass the file that begins with "
            "-----BEGIN PRIVATE KEY----- (--without-key if it lies elsewhere)",
            ("key-missing",),
        )
    elif _matches(submission, leaf, key) is False:
        yield Remains(
            f"the private key ({key.at}) is not the key of {titled(leaf)}: find the key that the certificate's request "
            "was made with",
            ("key-does-not-match",),
        )


def _matches(submission: Submission, leaf: Certificate, key: PrivateKey) -> bool | None:
    pair = submission.pair
    if pair is not None and pair.key.at == key.at:
        return pair.matches
    return None if "key" in leaf.unread else crypto.match(leaf.key, key).value


def missing_issuer(leaf: Certificate, choice: Choice) -> Name | None:
    """Return the name of the issuer without which the chain leads nowhere, None if it leads somewhere."""
    top = choice.path[-1] if choice.path else leaf
    missing = choice.kept or not (choice.chain or leaf.self_signed or leaf.self_issued)
    return top.issuer if missing else None


def certificates_remain(leaf: Certificate, choice: Choice, want: Want) -> Iterator[Remains]:
    """Yield what is wrong with the certificates and cannot be repaired, with what to get from where."""
    if is_unusable(leaf, want):
        says = f"{titled(leaf)} {_validity(leaf, want)}: have it issued anew"
        yield Remains(says, ("cert-expired", "cert-not-yet-valid"))
    if not choice.complete:
        yield Remains("there are more signatures in the chain than are verified, so it is left as it was given")
        return
    top = choice.path[-1] if choice.path else leaf
    if missing_issuer(leaf, choice):
        issuer = shorten(top.issuer.text, MAX_NAME) or "somebody without a name"
        issued = f"{titled(top)} was issued by {issuer}, which is not there"
        yield Remains(f"{issued}: {get_issuer(top)}", _ISSUER_MISSING)
    for child, each in zip((leaf, *choice.chain), choice.chain):
        if is_unusable(each, want) and each.sha256 not in KNOWN_BAD:
            says = f"{titled(each)} {_validity(each, want)}, and there is no other path: {get_issuer(child)}"
            yield Remains(says)
