"""Faults of the private key, and of its belonging to the certificate: the catalogue's section C."""

from __future__ import annotations

from ..facts import Certificate, PrivateKey, PublicKey
from ..submission import Input, Link, Pair, Submission
from ..targets import Target, Want
from ..version import program
from .looks import providers
from .reissue import new_key, takes
from .table import INPUT, KEY, PAIR, READER, SUBMISSION, Rule, Scope, always, file_of, listed, new, repair

_NOT_SUPPORTED = "The private key isn't supported."
_LENGTH = "The private key length <key_length> isn't supported for key algorithm."
_FOREIGN_LABELS = ("OPENSSH PRIVATE KEY", "DSA PRIVATE KEY", "ANY PRIVATE KEY")
LABEL_OF_BODY = {
    "pkcs1": "RSA PRIVATE KEY",
    "sec1": "EC PRIVATE KEY",
    "dsa": "DSA PRIVATE KEY",
    "pkcs8": "PRIVATE KEY",
    "encrypted-pkcs8": "ENCRYPTED PRIVATE KEY",
    "openssh": "OPENSSH PRIVATE KEY",
}
_KNOWN_LABELS = frozenset(LABEL_OF_BODY.values())


def _shares_algorithm(it: Pair | None) -> bool:
    """Whether what is said of the certificate's algorithm goes for the key too, as far as anybody can tell."""
    if it is None or it.matches is False or "key" in it.certificate.unread:
        return False
    return bool(it.matches) or it.key.public is None or it.key.public.algorithm == it.certificate.key.algorithm


# Keys whose algorithm is judged by themselves: where the certificate is another's, or there is none.
_LONE: Scope[PrivateKey] = Scope("private key", lambda s: (s.key,) if s.key and not _shares_algorithm(s.pair) else ())
# The public key to judge once: the certificate's, else the private key's.
_SUBJECT: Scope[Certificate | PrivateKey] = Scope(
    "public key", lambda s: (s.leaf,) if s.leaf else (s.key,) if s.key else ()
)

_FILE: Scope[Input] = Scope("file of a private key", lambda s: [each for each in s.inputs if each.keys])
_OTHERS_READ = 0o044
"""The permission to read, of the group and of everybody."""


def _may_read(it: Input) -> str:
    who = {0o040: "its group", 0o004: "everybody"}
    mode = it.mode or 0
    return f"{' and '.join(name for bit, name in who.items() if mode & bit)} may read it (mode {mode:04o})"


def _rewrite(it: PrivateKey) -> str:
    """Return the command that writes a key without passphrase as RSA or EC PRIVATE KEY; ssh-keygen works in place."""
    copy = new(it, "key")
    return f"`cp {file_of(it)} {copy} && chmod 600 {copy} && ssh-keygen -p -m PEM -N '' -f {copy}`"


OBSTACLES = {
    "unsupported": "in a way that pemcheck cannot undo",
    "no-backend": "which takes a libcrypto to undo that is not here",
    "damaged": "and damaged",
    "expensive": "and to open it costs more than is spent unasked",
}
"""Why no passphrase opens a key, by ``PrivateKey.obstacle``."""


def _encrypted_says(it: PrivateKey, want: Want) -> str:
    how = ": it needs a passphrase"
    if it.obstacle:
        how = f", {OBSTACLES[it.obstacle]}"
    elif it.info:
        how = "; the passphrase that was given opens it, but the target takes none"
    elif want.passphrase:
        how = ", and the passphrase that was given does not open it"
    return f"the private key is encrypted ({it.encryption or 'unknown scheme'}){how}"


def decrypt_copy(it: PrivateKey, want: Want) -> str:
    """Return how to take the passphrase off a copy, by what can."""
    if it.body == "openssh":  # which openssl does not read, nor pemcheck undo
        return f"take the passphrase off a copy, and make it PEM: {_rewrite(it)}"
    form = "" if it.label else "-inform DER "
    old = providers(it.encryption or "")
    convert = f"`openssl pkey {form}{old}-in {file_of(it)} -out {new(it, 'key')}`"
    if it.obstacle == "no-backend":
        return f"install OpenSSL's libcrypto, or decrypt a copy with openssl: {convert}"
    if it.obstacle:
        return f"decrypt a copy with openssl: {convert}"
    if form or old:  # which ssh-keygen does not read
        return f"decrypt a copy with openssl: {convert}"
    return f"decrypt a copy: {_rewrite(it)}; with openssl: {convert}"


def _convert(it: PrivateKey, want: Want) -> str:
    if it.body != "openssh":
        return f"from such a key nothing can be made that the target takes; {new_key(want)}"
    if it.encrypted:  # and key-encrypted names the command
        return "what takes the passphrase off also makes it PEM: ssh-keygen with -m PEM"
    return f"convert a copy: {_rewrite(it)}, which openssl reads too: `openssl pkey -noout -in {new(it, 'key')}`"


def _traditional(it: PrivateKey) -> str:
    """Return the command of openssl that writes the form older than PKCS#8."""
    return "ec" if it.public is not None and it.public.kind == "ec" else "rsa -traditional"


def _to_pkcs1(it: PrivateKey, want: Want) -> str:
    return f"{repair(want)}, or " if want.files and it.public is not None and it.public.kind == "rsa" else ""


def public_of(it: PrivateKey) -> PublicKey:
    """Return the public half of a key that has one."""
    assert it.public is not None  # noqa: S101  # rules that read it are skipped where it is unread
    return it.public


def _named(key: PublicKey) -> str:
    return (
        f"{key.algorithm} ({key.curve})"
        if key.kind == "ec" and key.curve and key.curve not in key.algorithm
        else key.algorithm
    )


def accepts(target: Target, key: PublicKey) -> bool:
    """Whether a target takes keys of this algorithm and size."""
    return takes(target, key.algorithm)


def accepted(want: Want) -> str:
    """Return what the target takes, as a message lists it."""
    more = f", other RSA keys from {want.target.min_rsa_bits} bits on" if want.target.min_rsa_bits else ""
    return f"{want.target.title} takes {listed(want.target.key_algorithms, 8)}{more}"


def _algorithm_ok(it: PrivateKey, want: Want) -> bool:
    return public_of(it).kind in ("rsa", "ec")


def _size_ok(it: PrivateKey, want: Want) -> bool:
    key = public_of(it)
    return key.kind != "rsa" or accepts(want.target, key)


def _curve_ok(it: PrivateKey, want: Want) -> bool:
    key = public_of(it)
    return key.kind != "ec" or key.curve == "explicit" or accepts(want.target, key)


def _label_ok(it: PrivateKey, want: Want) -> bool:
    return (
        not it.label
        or it.label not in _KNOWN_LABELS
        or it.body == "legacy"
        or it.label == LABEL_OF_BODY.get(it.body, it.label)
    )


def _format_ok(it: PrivateKey, want: Want) -> bool:
    known = not it.label or (it.label in _KNOWN_LABELS and it.label not in _FOREIGN_LABELS)
    return known and it.body not in ("openssh", "dsa")


def weak_exponent(key: PublicKey, invalid_only: bool = False) -> str:
    """Return what is wrong with an RSA public exponent (BR 6.1.6), or nothing; on request only what is no RSA."""
    if key.kind not in ("rsa", "rsassa_pss"):
        return ""
    exponent = key.numbers[1]
    if exponent < 3 or exponent % 2 == 0:
        return "is not an odd number of at least 3"
    return "is below 65537" if exponent < 65537 and not invalid_only else ""


def _shown_exponent(key: PublicKey) -> str:
    exponent = key.numbers[1]
    return str(exponent) if exponent.bit_length() <= 64 else f"of {exponent.bit_length()} bits"


def _subject_key(it: Certificate | PrivateKey) -> PublicKey:
    return it.key if isinstance(it, Certificate) else public_of(it)


def _out_of_range(it: PrivateKey) -> bool:
    """Whether an EC private key is zero or too large to be one."""
    return any(fault.endswith("the order of the curve") for fault in it.faults)


def _on_curve(it: Submission, want: Want) -> bool:
    keys = [it.leaf.key] if it.leaf else []
    keys += [it.key.public] if it.key and it.key.public else []
    return all(key.on_curve is not False for key in keys) and not (it.key and _out_of_range(it.key))


def _off_curve_says(it: Submission, want: Want) -> str:
    whose = "certificate's" if it.leaf and it.leaf.key.on_curve is False else "private key's"
    key = it.leaf.key if it.leaf and it.leaf.key.on_curve is False else it.key.public if it.key else None
    if key is not None and key.on_curve is False:
        return f"the {whose} public point does not lie on its curve {key.curve}"
    return "the private key is not a number between 1 and the order of its curve"


def _exponent_says(it: Certificate | PrivateKey, want: Want) -> str:
    key = _subject_key(it)
    return f"the RSA public exponent {_shown_exponent(key)} {weak_exponent(key)}"


def _match_says(it: Pair, want: Want) -> str:
    ours, theirs = it.key.public, it.certificate.key
    about = ""
    if ours is not None and ours.der:
        about = f": its public key's SHA-256 begins {ours.sha256[:16]}, the certificate's {theirs.sha256[:16]}"
        if ours.kind != theirs.kind and ours.numbers and ours.numbers == theirs.numbers:
            whose = f"the certificate {it.certificate.title} has it as {theirs.algorithm}"
            return f"the private key is stored as {ours.algorithm}, {whose}"
        if ours.algorithm != theirs.algorithm:
            about = f": it is {ours.algorithm}, the certificate's is {theirs.algorithm}"
    says = f"the private key is not the key of the certificate {it.certificate.title}{about}"
    if it.certificate.is_ca:
        says += "; that is a CA's: the certificate that was issued for this key seems to be missing"
    return says


def _matches(it: Pair, want: Want) -> bool:
    """Whether the key is the certificate's; raise ValueError where the target might take another one."""
    if it.matches and it.rivals:
        other = it.rivals[0]
        raise ValueError(
            f"the private key at {other.at} is not known to be the certificate's, and which of the "
            f"{1 + len(it.rivals)} the target takes is not documented"
        )
    return bool(it.matches)


# Whatever was proved twice: the key match, and each signature of the path.
_PROOFS: Scope[Pair | Link] = Scope(
    "proof", lambda s: (*((s.pair,) if s.pair else ()), *(s.path.links if s.path else ()))
)


def _of_what(it: Pair | Link) -> str:
    return "that the key is the certificate's" if isinstance(it, Pair) else "of a signature"


def _disagreement(it: Pair | Link) -> str:
    return ", ".join(f"{proof} says {'yes' if answer else 'no'}" for proof, answer in it.answers)


RULES = (
    Rule(
        name="key-encrypted",
        on=KEY,
        applies=lambda it, want: not it.at.contained,  # what opens the container opens the key
        ok=lambda it, want: not it.encrypted,
        about_key=True,
        says=_encrypted_says,
        why="Nobody is there to be asked for the passphrase: the key must be given unencrypted.",
        repaired=lambda it: bool(it.info) or it.is_closed or it.expensive,
        fix=decrypt_copy,
        aws_says="Your private key should not be encrypted.",
    ),
    Rule(
        name="key-format-not-accepted",
        on=KEY,
        ok=_format_ok,
        about_key=True,
        says=lambda it, want: f"the private key is in a format the target does not read: {it.label or it.body}",
        why="The target takes PRIVATE KEY (PKCS#8), RSA PRIVATE KEY and EC PRIVATE KEY.",
        repaired=lambda it: bool(it.info) and not it.encrypted,
        fix=_convert,
        aws_says=_NOT_SUPPORTED,
    ),
    Rule(
        name="key-label-wrong",
        on=KEY,
        ok=_label_ok,
        about_key=True,
        says=lambda it, want: (
            f"the block is labelled {it.label}, but what it holds belongs under {LABEL_OF_BODY.get(it.body, it.body)}"
        ),
        why="Readers that go by the label fail on it; whether the target does is not documented.",
        repaired=lambda it: it.body in ("pkcs1", "sec1", "pkcs8"),
        fix=lambda it, want: (
            f"write {LABEL_OF_BODY.get(it.body, it.body)} into the BEGIN and END lines; with openssl: "
            f"`openssl pkey -in {file_of(it)} -out {new(it, 'key')}`"
        ),
    ),
    Rule(
        name="key-is-pkcs8",
        on=KEY,
        ok=lambda it, want: it.label != "PRIVATE KEY",
        about_key=True,
        says="the private key is PKCS#8 (PRIVATE KEY); the documents of the time show only RSA PRIVATE KEY",
        why="Whether PKCS#8 was taken in 2017 is not documented.",
        fix=lambda it, want: (
            f"only if it is refused: {_to_pkcs1(it, want)}{_rewrite(it)}, or with openssl: "
            f"`openssl {_traditional(it)} -in {file_of(it)} -out {new(it, 'key')}`"
        ),
    ),
    Rule(
        name="key-pkcs8-version-2",
        on=KEY,
        ok=lambda it, want: not it.version_2,
        about_key=True,
        says="the private key is PKCS#8 of version 2: its public key stands beside it (RFC 5958)",
        why="OpenSSL 3.0 does not read such a key, not even a sound one; newer readers do.",
        repaired=lambda it: bool(it.info),
        fix="export the key again as PKCS#8 without its public key, which every reader calculates",
    ),
    Rule(
        name="key-too-large",
        on=INPUT,
        applies=lambda it, want: it.role == "private key" and not it.wrapper,
        ok=lambda it, want: it.size <= want.demand.above,
        about_key=True,
        says=lambda it, want: f"the private key input has {it.size:,} bytes, more than {want.demand.above:,}",
        why="The page allows 5,120 bytes and the service's model 8,192; an RSA 4096 key needs about 3,300.",
        fix=lambda it, want: (
            "keep only the private key's own block; if that alone is too large, a smaller key is needed; with openssl: "
            f"`openssl pkey -in {file_of(it)} -out {new(it, 'key')}`"
        ),
        aws_says="Member must have length less than or equal to N",
    ),
    Rule(
        name="key-file-readable-by-others",
        on=_FILE,
        applies=lambda it, want: it.mode is not None,
        ok=lambda it, want: not (it.mode or 0) & _OTHERS_READ,
        about_key=True,
        at=lambda it: it.keys[0].at,
        says=lambda it, want: f"the private key's file is not its owner's alone: {_may_read(it)}",
        why="Whoever reads the key can pass for the server; the import itself does not look at the file.",
        fix=lambda it, want: f"`chmod 600 {file_of(it)}`; if somebody may have read it, use a new key and certificate",
    ),
    Rule(
        name="key-unreadable",
        on=READER,
        about_key=True,
        says=lambda it, want: f"the private key cannot be decoded: {it.detail}",
        why="A key that cannot be read cannot be imported.",
        fix=(
            "export the key again from where it was made, or take it from a backup; `openssl pkey -noout -in FILE` "
            "tells whether openssl reads it"
        ),
        aws_says=_NOT_SUPPORTED,
    ),
    Rule(
        name="key-algorithm-not-accepted",
        on=_LONE,
        ok=_algorithm_ok,
        reads=("public",),
        about_key=True,
        says=lambda it, want: f"the private key is {_named(public_of(it))}; {accepted(want)}",
        why="The target takes a closed list of key algorithms.",
        fix=lambda it, want: new_key(want),
        aws_says=_NOT_SUPPORTED,
    ),
    Rule(
        name="key-size-not-accepted",
        on=_LONE,
        ok=_size_ok,
        reads=("public",),
        about_key=True,
        says=lambda it, want: f"the private key is {public_of(it).algorithm}; {accepted(want)}",
        why="The target takes a closed list of key sizes.",
        fix=lambda it, want: new_key(want),
        aws_says=_LENGTH,
    ),
    Rule(
        name="key-curve-not-accepted",
        on=_LONE,
        ok=_curve_ok,
        reads=("public",),
        about_key=True,
        says=lambda it, want: f"the private key is on the curve {_named(public_of(it))}; {accepted(want)}",
        why="The target takes a closed list of elliptic curves.",
        fix=lambda it, want: new_key(want),
        aws_says=_LENGTH,
    ),
    Rule(
        name="key-explicit-curve",
        on=KEY,
        ok=lambda it, want: public_of(it).curve != "explicit",
        reads=("public",),
        about_key=True,
        says=lambda it, want: (
            "the private key spells out its curve's parameters instead of naming it"
            + (f"; they are those of {public_of(it).same_curve_as}" if public_of(it).same_curve_as else "")
        ),
        why="Only named curves are on the target's list; explicit parameters are refused by most libraries.",
        repaired=lambda it: public_of(it).same_curve_as is not None,
        fix=lambda it, want: (
            "export the key again with a named curve; with openssl: `openssl ec -in "
            f"{file_of(it)} -param_enc named_curve -out {new(it, 'key')}`; a certificate made from it must be reissued"
        ),
        aws_says=_NOT_SUPPORTED,
    ),
    Rule(
        name="key-without-curve",
        on=KEY,
        ok=lambda it, want: it.has_curve,
        about_key=True,
        says="the EC private key does not say which curve it is on (RFC 5915 parameters are missing)",
        why="Without its curve the number is no key.",
        fix=lambda it, want: (
            "export the key again from where it was made, as PKCS#8; with openssl, from the original: "
            f"`openssl pkcs8 -topk8 -nocrypt -in ORIGINAL -out {new(it, 'key')}`"
        ),
        aws_says=_NOT_SUPPORTED,
    ),
    Rule(
        name="key-ec-parameters-block",
        on=INPUT,
        applies=lambda it, want: it.role == "private key",
        ok=lambda it, want: not (it.keys and any(each.kind == "parameters" for each in it.others)),
        about_key=True,
        at=lambda it: next(each.at for each in it.others if each.kind == "parameters"),
        says="an EC PARAMETERS block stands beside the private key",
        why="ACM removes it before using the key; other readers take it for the key and fail.",
        repaired=always,
        fix=lambda it, want: f"delete the block; with openssl: `openssl ec -in {file_of(it)} -out {new(it, 'key')}`",
    ),
    Rule(
        name="key-ec-parameters-only",
        on=INPUT,
        applies=lambda it, want: it.role == "private key",
        ok=lambda it, want: bool(it.keys) or not any(each.kind == "parameters" for each in it.others),
        about_key=True,
        at=lambda it: next(each.at for each in it.others if each.kind == "parameters"),
        says="there are EC PARAMETERS, but no private key: the file names a curve only",
        why="The parameters are public and the same for everybody; the key itself is missing.",
        fix=(
            "pass the private key; with openssl a new one comes from `openssl ecparam -name prime256v1 -genkey -noout "
            "-out new-key.pem`"
        ),
        aws_says=_NOT_SUPPORTED,
    ),
    Rule(
        name="key-point-not-on-curve",
        on=SUBMISSION,
        ok=_on_curve,
        reads=("leaf.key", "key.public", "key.secret"),
        at=lambda it: it.leaf.at if it.leaf and it.leaf.key.on_curve is False else it.key.at if it.key else it.at,
        says=_off_curve_says,
        why="Such a number is no key: it may be damaged, or made to attack whoever uses it.",
        fix=lambda it, want: new_key(want, it.leaf),
    ),
    Rule(
        name="key-inconsistent",
        on=KEY,
        ok=lambda it, want: not it.faults and not it.oddities,
        reads=("secret",),
        about_key=True,
        applies=lambda it, want: it.primes == 2 and not _out_of_range(it),
        says=lambda it, want: f"the private key contradicts itself: {listed(it.faults + it.oddities)}",
        why="Some libraries repair such a key silently, others refuse it or sign wrongly.",
        fix=lambda it, want: (
            "export the key again from where it was made, or make a new one; "
            f"`openssl pkey -noout -check -in {file_of(it)}` says what openssl makes of this one"
        ),
    ),
    Rule(
        name="key-multi-prime",
        on=KEY,
        ok=lambda it, want: it.primes == 2,
        about_key=True,
        says=lambda it, want: f"the RSA key has {it.primes} primes",
        why="Keys of more than two primes (RFC 8017 version 1) are rarely supported.",
        fix=lambda it, want: new_key(want),
    ),
    Rule(
        name="key-weak-exponent",
        on=_SUBJECT,
        ok=lambda it, want: not weak_exponent(_subject_key(it), invalid_only=bool(want.demand.only)),
        reads=("key", "public"),
        says=_exponent_says,
        why="Small exponents have been the door to attacks, and even ones are no RSA.",
        fix=lambda it, want: new_key(want, it if isinstance(it, Certificate) else None),
    ),
    Rule(
        name="key-known-weak",
        on=SUBMISSION,
        applies=lambda it, want: it.leaf is not None or it.key is not None,
        ok=lambda it, want: not it.weakness,
        reads=("leaf.key",),
        at=lambda it: it.leaf.at if it.leaf else it.key.at if it.key else it.at,
        says=lambda it, want: f"the RSA key can be broken: {it.weakness}",
        why="The private key can be calculated from the certificate; CAs must refuse and revoke such keys.",
        fix=lambda it, want: new_key(want, it.leaf),
    ),
    Rule(
        name="key-does-not-match",
        on=PAIR,
        ok=_matches,
        reads=("matches",),
        about_key=True,
        at=lambda it: it.key.at,
        also=lambda it: (it.certificate.at,),
        says=_match_says,
        why="The target proves that key and certificate belong together before it imports them.",
        fix=(
            "find the key that the certificate's request was made with (not the ACME account key, not the key of an "
            "older renewal); with openssl: `openssl x509 -noout -pubkey -in CERTIFICATE` and `openssl pkey -pubout -in "
            "KEY` print the same for a pair"
        ),
        aws_says="KeyPairMismatch: the public key certificate and the private key do not match",
    ),
    Rule(
        name="answers-disagree",
        on=_PROOFS,
        ok=lambda it, want: not it.answers,
        says=lambda it, want: f"two proofs {_of_what(it)} disagree: {_disagreement(it)}",
        why="One of them is wrong, so nothing is concluded from either.",
        fix=lambda it, want: (
            f"report this as a bug, with what `{program()} --version -v` prints; compare with `openssl x509 -noout "
            "-pubkey -in CERTIFICATE` and `openssl pkey -pubout -in KEY`"
        ),
    ),
)


def certificate_key(it: Certificate) -> str:
    """Return a certificate's key as a message names it."""
    return _named(it.key)
