"""Which input is what: the catalogue's section B."""

from __future__ import annotations

from ..facts import time_text
from ..source import UNSEEN, Location, Problem
from ..submission import Input, Submission
from ..targets import Want
from .looks import is_locked
from .table import INPUT, SUBMISSION, Rule, always, file_of, listed, new, plural

# Where one of these was said about an input, that nothing was found in it needs no second finding.
EXPLAINS_ABSENCE = frozenset(
    (
        "input-empty",
        "input-is-pkcs12",
        "input-is-jks",
        "input-is-pkcs7",
        "input-not-decrypted",
        "input-is-path",
        "pem-nothing-found",
        "pem-wrong-label",
        "pem-marker-malformed",
        "pem-bad-base64",
        "der-malformed",
        "asn1-unreadable",
        "key-unreadable",
    )
)


def explained(it: Input | None) -> bool:
    """Whether a reader has already said why there is nothing to be found in this input."""
    return it is not None and any(problem.rule in EXPLAINS_ABSENCE for problem in it.problems)


def _damaged(it: Submission) -> bool:
    """Whether something was damaged that may have been anything: its role is not known."""
    return any(problem.is_loss for each in it.inputs if not each.role for problem in each.problems)


def _swapped(it: Submission) -> bool:
    certificate, key = it.input("certificate"), it.input("private key")
    return (
        certificate is not None
        and key is not None
        and bool(certificate.bare_keys and key.bare_certificates)
        and not certificate.certificates
        and not key.keys
    )


def _certificate_missing(it: Submission, want: Want) -> bool:
    found = it.input("certificate")
    return bool(found and found.certificates) or _is_told(it, found, "certificates")


def _key_missing(it: Submission, want: Want) -> bool:
    found = it.input("private key")
    if found is None and it.key is not None:
        return True
    return bool(found and (found.keys or _parameters(found))) or _is_told(it, found, "keys")


def _is_told(it: Submission, found: Input | None, what: str) -> bool:
    """Whether it has been said why there are no certificates, or keys, as *what* says."""
    return explained(found) or _is_closed(it, found, what) or _damaged(it) or _swapped(it)


def _is_closed(it: Submission, own: Input | None, what: str) -> bool:
    """Whether there may be certificates or keys in something that could not be looked into."""
    inputs = _where(it, own)
    closed = any(is_unopened(one) for each in inputs for one in each.problems)
    return cut_off(it, own) or closed or any(what in other.unread for each in inputs for other in each.others)


def cut_off(it: Submission, own: Input | None) -> bool:
    """Whether a part was never looked at of where this role's material could be; *own* is the role's input."""
    return any(one.sort in UNSEEN for each in _where(it, own) for one in each.problems)


def _where(it: Submission, own: Input | None) -> list[Input]:
    return [each for each in it.inputs if it.sorted or each is own or each.role == "certificate"]


def is_unopened(it: Problem) -> bool:
    """Whether nothing was taken out of a container because pemcheck opens none of its kind."""
    return it.rule == "input-is-jks" or is_locked(it)


def _parameters(it: Input) -> bool:
    return any(each.kind == "parameters" for each in it.others)


def _instead(submission: Submission, role: str) -> str:
    """Return what an input holds instead of what was looked for."""
    it = submission.input(role)
    if it is None:
        return "none is in what was given" if submission.sorted else "none was given"
    found = [str(each.to_dict()["kind"]).replace("_", " ") for each in it.objects]
    counts = {kind: found.count(kind) for kind in found}
    kinds = [f"a {kind}" if count == 1 else plural(count, kind) for kind, count in counts.items()]
    return f"the {it.role} input holds {listed(kinds)}" if kinds else f"the {it.role} input holds none"


def _place(it: Submission, role: str) -> Location:
    found = it.input(role)
    return found.at if found else Location(role)


def _owner_says(it: Submission, want: Want) -> str:
    owner, given = it.key_owner, it.given
    assert owner is not None  # noqa: S101  # the rule has just failed
    assert given is not None  # noqa: S101
    says = f"the private key belongs to {owner.title} ({owner.at}), but the certificate given is {given.title}"
    if it.leaf is owner:
        return f"{says}; everything else is judged as though {owner.title} were the certificate"
    return f"{says}: the key of a CA stands where the certificate's own should"


def _owner_fix(it: Submission, want: Want) -> str:
    same = (
        "with openssl: `openssl x509 -noout -pubkey -in FILE` and `openssl pkey -pubout -in KEY` print the same for a "
        "pair"
    )
    if it.leaf is not it.key_owner:
        return f"pass the private key that the certificate's request was made with; {same}"
    return f"pass {it.leaf.title if it.leaf else ''} as the certificate, and the others as its chain; {same}"


def _newer_says(it: Submission, want: Want) -> str:
    newer, leaf = it.newer, it.leaf
    assert newer is not None  # noqa: S101  # the rule has just failed
    assert leaf is not None  # noqa: S101
    until = "" if "not_after" in newer.unread else f", until {time_text(newer.not_after)[:10]}"
    return (
        f"{newer.title} ({newer.at}) is a newer certificate for the same names, issued on "
        f"{time_text(newer.not_before)[:10]}{until}, and its private key is not here; what is judged was issued on "
        f"{time_text(leaf.not_before)[:10]}"
    )


RULES = (
    Rule(
        name="cert-newer-without-key",
        on=SUBMISSION,
        ok=lambda it, want: it.newer is None,
        at=lambda it: it.leaf.at if it.leaf else it.at,
        also=lambda it: (it.newer.at,) if it.newer else (),
        says=_newer_says,
        why="Whoever imports the older one has to do it again soon; most often the key of the renewal was forgotten.",
        fix="pass the newer certificate with the private key that its request was made with",
        about_key=True,
    ),
    Rule(
        name="cert-missing",
        on=SUBMISSION,
        ok=_certificate_missing,
        at=lambda it: _place(it, "certificate"),
        says=lambda it, want: f"there is no certificate; {_instead(it, 'certificate')}",
        why="The certificate is what is imported; without it nothing else counts.",
        fix="pass the file that begins with -----BEGIN CERTIFICATE-----",
        aws_says="MalformedCertificate",
    ),
    Rule(
        name="cert-more-than-one",
        on=INPUT,
        applies=lambda it, want: it.role == "certificate",
        ok=lambda it, want: len(it.bare_certificates) < 2,
        at=lambda it: it.bare_certificates[1].at,
        says=lambda it, want: (
            f"the certificate input holds {len(it.bare_certificates)} certificates: "
            f"{listed([each.title for each in it.bare_certificates])}"
        ),
        why="This field is for one certificate: ACM refuses more, and IAM moves the others into the chain by itself.",
        repaired=always,
        fix=lambda it, want: (
            f"split it: `awk '/BEGIN CERT/{{n++;p=1}} p*(n==1); /END CERT/{{p=0}}' {file_of(it)} > "
            f"{new(it, 'certificate')}; awk '/BEGIN CERT/{{n++;p=1}} p*(n>1); /END CERT/{{p=0}}' {file_of(it)} > "
            f"{new(it, 'chain')}`, and pass the second as the certificate chain; with openssl: "
            f"`openssl x509 -in {file_of(it)} -out {new(it, 'certificate')}` writes the first"
        ),
        aws_says=(
            "The certificate field contains more than one certificate. You can specify only one certificate in this "
            "field."
        ),
    ),
    Rule(
        name="cert-contains-key",
        on=INPUT,
        applies=lambda it, want: it.role == "certificate",
        ok=lambda it, want: not it.bare_keys or not it.certificates,
        at=lambda it: it.bare_keys[0].at,
        says="the certificate input holds a private key: it is a secret and does not belong here",
        why="Certificate, chain and key are imported apart; a key in a certificate file is soon published.",
        repaired=always,
        fix=lambda it, want: (
            "cut the private key's block out into a file of its own, and replace the key if this file was ever "
            f"published; with openssl: `openssl x509 -in {file_of(it)} -out {new(it, 'certificate')}`"
        ),
        aws_says="Unable to parse certificate. Please ensure the certificate is in PEM format.",
    ),
    Rule(
        name="roles-swapped",
        on=SUBMISSION,
        ok=lambda it, want: not _swapped(it),
        at=lambda it: _place(it, "certificate"),
        also=lambda it: (_place(it, "private key"),),
        says="certificate and private key are swapped: the certificate input holds the key, and the other way round",
        why="Each field is read for what it is meant for, and neither can be.",
        repaired=always,
        fix="swap the two arguments",
        aws_says="Unable to parse certificate. Please ensure the certificate is in PEM format.",
    ),
    Rule(
        name="chain-contains-non-cert",
        on=INPUT,
        applies=lambda it, want: it.role == "certificate chain",
        ok=lambda it, want: not it.bare_keys,
        at=lambda it: it.bare_keys[0].at,
        says="the certificate chain input holds a private key: it is a secret and does not belong here",
        why="The chain consists of CA certificates only.",
        repaired=lambda it: bool(it.certificates),
        fix="pass the file with the CA certificates (chain.pem), and replace the key if this file was ever published",
        aws_says="The certificate body/chain provided is not in a valid PEM format",
    ),
    Rule(
        name="cert-is-not-the-leaf",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None and it.key is not None,
        ok=lambda it, want: it.key_owner is None,
        reads=("key.public",),
        about_key=True,
        at=lambda it: it.given.at if it.given else it.at,
        also=lambda it: (it.key_owner.at,) if it.key_owner else (),
        says=_owner_says,
        why="The certificate must be the one that the private key belongs to.",
        repaired=lambda it: it.leaf is it.key_owner,
        fix=_owner_fix,
        aws_says="KeyPairMismatch",
    ),
    Rule(
        name="key-missing",
        on=SUBMISSION,
        ok=_key_missing,
        about_key=True,
        at=lambda it: _place(it, "private key"),
        says=lambda it, want: f"there is no private key; {_instead(it, 'private key')}",
        why="The import always needs the private key.",
        fix=(
            "pass the file that begins with -----BEGIN PRIVATE KEY----- (--without-key if it lies elsewhere and is not "
            "to be judged)"
        ),
        aws_says='Missing required parameter in input: "PrivateKey"',
    ),
    Rule(
        name="key-more-than-one",
        on=INPUT,
        applies=lambda it, want: it.role == "private key",
        ok=lambda it, want: len(it.bare_keys) < 2,
        at=lambda it: it.bare_keys[1].at,
        also=lambda it: tuple(each.at for each in it.bare_keys[2:]),
        says=lambda it, want: (
            f"the private key input holds {plural(len(it.bare_keys), 'private key')}, at lines "
            f"{listed([str(each.at.line) for each in it.bare_keys])}"
        ),
        why="Only one key belongs to the certificate; which one the target takes is not documented.",
        fix=(
            "keep only the block of the key that belongs to the certificate; `openssl pkey -pubout` prints its public "
            "half"
        ),
    ),
    Rule(
        name="key-contains-cert",
        on=INPUT,
        applies=lambda it, want: it.role == "private key",
        ok=lambda it, want: not (it.keys and it.bare_certificates),
        at=lambda it: it.bare_certificates[0].at,
        says=lambda it, want: (
            f"the private key input holds {plural(len(it.bare_certificates), 'certificate')} besides the key"
        ),
        why="It is a bundle such as HAProxy uses; each field is meant for one thing.",
        repaired=always,
        fix=lambda it, want: (
            f"cut the certificates out; with openssl: `openssl pkey -in {file_of(it)} -out {new(it, 'key')}`"
        ),
    ),
)
