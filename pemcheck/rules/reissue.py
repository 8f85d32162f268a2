"""How to get a certificate anew: the command for a request to a CA, or for a whole self-signed certificate."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..facts import Certificate
from ..naming import ascii_hostname, is_fqdn, is_ip
from ..patterns import rare
from ..targets import Target, Want
from .table import file_word

ANOTHER = "ask the CA for another intermediate, and have the certificate reissued from it"
EXAMPLE = "www.example.com"
SERVER_AUTH = ("extendedKeyUsage=serverAuth",)
_MOST_NAMES, _MOST_IN_CN = 20, 64

# only what cannot mean anything to a shell gets into a command
_HARMLESS = rare(r"(?:\*\.)?[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\Z", re.ASCII)
_ADDRESS = rare(r"[0-9A-Fa-f:.]+\Z", re.ASCII)

_KEYS = {
    "RSA_2048": ("RSA 2048", "rsa:2048"),
    "EC_prime256v1": ("P-256", "ec -pkeyopt ec_paramgen_curve:P-256"),
    "RSA_3072": ("RSA 3072", "rsa:3072"),
    "RSA_4096": ("RSA 4096", "rsa:4096"),
    "EC_secp384r1": ("P-384", "ec -pkeyopt ec_paramgen_curve:P-384"),
    "EC_secp521r1": ("P-521", "ec -pkeyopt ec_paramgen_curve:P-521"),
    "Ed25519": ("Ed25519", "ed25519"),
    "Ed448": ("Ed448", "ed448"),
}
"""The keys to propose, the usual first: what people call them, and what openssl does."""


def takes(target: Target, algorithm: str) -> bool:
    """Whether a target takes keys of this name: by its list, or as an RSA key that is long enough."""
    if algorithm in target.key_algorithms:
        return True
    if not algorithm.startswith("RSA_") or not target.min_rsa_bits:
        return False
    bits = int(algorithm[4:]) if re.fullmatch(r"RSA_[0-9]{3,5}", algorithm) else 0
    return target.min_rsa_bits <= bits and bits % 8 == 0


def new_key(want: Want, it: Certificate | None = None) -> str:
    """Return how to make another key, of a kind that the target takes, and have the certificate reissued for it."""
    kinds = _kinds(want.target)
    if not kinds:
        return f"make a key of a kind that {want.target.title} takes, and have the certificate reissued for it"
    words = " or ".join(title for title, _ in kinds[:2])
    first = f"make a new key and have the certificate reissued for it: ask the CA or ACME client for {words}"
    if it is None:
        command = f"openssl req -new {_making(kinds[0][1], want)} -out {_unused('new-request.pem', want)}"
        return f"{first}; with openssl: `{command}`"
    return reissue(it, want, first, key=kinds[0][1])


def _kinds(target: Target) -> list[tuple[str, str]]:
    """Return the kinds of keys to propose for a target; what is in doubt last."""
    taken = [name for name in _KEYS if takes(target, name)]
    taken.sort(key=lambda name: name in target.doubtful_algorithms)
    found = [_KEYS[name] for name in taken]
    bits = -(-target.min_rsa_bits // 8) * 8  # more than 4,096, else there is one among them
    return found or ([(f"RSA {bits}", f"rsa:{bits}")] if target.min_rsa_bits else [])


def reissue(
    it: Certificate,
    want: Want,
    first: str,
    more: Sequence[str] = (),
    from_ca: bool = False,
    extensions: Sequence[str] = (),
    key: str = "",
    domain: bool = False,
) -> str:
    """
    Return *first*, then the openssl command: a whole new certificate if it is self-signed, else a request for a CA.

    The names are *more* and the certificate's own; with *domain*, a DNS name at least.  *extensions* are those to
    ask for besides, *key* is the kind of a new key as openssl has it, empty for the key that is there.
    """
    names = list(dict.fromkeys((*_typed(more), *_own(it))))
    if not names or (domain and not any(name.startswith("DNS:") for name in names)):
        names.insert(0, f"DNS:{EXAMPLE}")
        first += f", with your own name for {EXAMPLE}"
    if len(names) > _MOST_NAMES:
        first += f" (the first {_MOST_NAMES} of its {len(names):,} names are in the command)"
    alternatives = ",".join(names[:_MOST_NAMES])
    made = _making(key, want) if key else f"-key {_key(want)}"
    alone = bool(it.self_signed) and not from_ca
    if alone:
        extensions = tuple(dict.fromkeys(("basicConstraints=critical,CA:FALSE", *SERVER_AUTH, *extensions)))
    wanted = "".join(f" -addext {each}" for each in extensions)
    words = f"{made} -subj {_subject(names)} -addext 'subjectAltName={alternatives}'{wanted}"
    if alone:
        out = _unused("new-certificate.pem", want, it.at.file)
        return f"{first}; with openssl: `openssl req -x509 -days 365 {words} -out {out}`"
    out = _unused("new-request.pem", want, it.at.file)
    return f"{first}; with openssl, a request to send there: `openssl req -new {words} -out {out}`"


def _typed(names: Sequence[str]) -> Iterator[str]:
    """Yield the names that the user wrote, as subject alternative names."""
    import ipaddress

    for name in names:
        if is_ip(name):
            address = str(ipaddress.ip_address(name))
            yield from [f"IP:{address}"] if _ADDRESS.match(address) else []
        else:
            plain = ascii_hostname(name).rstrip(".")
            yield from [f"DNS:{plain}"] if _HARMLESS.match(plain) else []


def _own(it: Certificate) -> Iterator[str]:
    """Yield a certificate's own names, the common name where there are no others."""
    found = it.subject_alt_names
    if found is not None and (found.dns or found.ip):
        yield from (f"DNS:{name}" for name in found.dns if is_fqdn(name))
        yield from (f"IP:{address}" for address in found.ip if _ADDRESS.match(address))
    else:
        yield from (f"DNS:{name}" for name in it.subject.common_names[:1] if is_fqdn(name))


def _subject(names: Sequence[str]) -> str:
    """Return the subject: the first name that fits into a common name, or none at all."""
    plain = [name.partition(":")[2] for name in names]
    return next((f"'/CN={name}'" for name in plain if len(name) <= _MOST_IN_CN), "/")


def _making(kind: str, want: Want) -> str:
    return f"-newkey {kind} -nodes -keyout {_unused('new-key.pem', want)}"


def _key(want: Want) -> str:
    """Return the file of the private key, taken out of what it stands in, as a shell word; KEY where there is none."""
    return "KEY" if want.key_at is None else file_word(want.key_at.member or want.key_at.file, "KEY")


def _unused(name: str, want: Want, *files: str) -> str:
    """Return a name for what a command writes: never that of a file that was given."""
    taken = {*files, *([] if want.key_at is None else [want.key_at.file])}
    while name in taken:
        name = "new-" + name
    return name
