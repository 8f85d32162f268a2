"""What to do with what holds certificates and keys in another form: the commands that turn it into PEM."""

from __future__ import annotations

from typing import Callable

from ..patterns import rare
from ..source import Problem
from ..targets import Want
from ..version import program
from .table import file_of, new

_OLD_CIPHER = rare(r"(?:^|[_ ])(?:des|rc2|rc4|RC2-[0-9C]+|DES-CBC)(?![a-zA-Z])")
"""Single DES, RC2 and RC4 in the name of an encryption."""
_ELSE = "pass a file with -----BEGIN …----- in it"


def take_apart(it: Problem, want: Want) -> str:
    """Return how to get at the members of a wrapper: without a foreign tool first."""
    if it.sort == "zip":
        return f"{_unzip(it)}; then pass the files themselves, not the archive"
    return f"write each value into a file of its own: {_from_document(it)}{_kubectl(it)}"


def _from_document(it: Problem) -> str:
    """Return the command that writes the first of the values, if a shell may see how it is called."""
    if not it.way:
        return "copy it between its quotes, with real line ends for \\n"
    # the shell reads what stands in double quotes; the names in it were found to be plain
    module, load = "json", "json.load(sys.stdin)"
    if it.sort == "yaml":
        module, load = "yaml", "list(yaml.safe_load_all(sys.stdin))"
    script = f"import base64, {module}, sys; it = {load}; sys.stdout.buffer.write({it.way})"
    return f'the first with `python3 -c "{script}" < {file_of(it)} > {new(it)}`, and the others likewise'


def _kubectl(it: Problem) -> str:
    if "Kubernetes" not in it.detail:
        return ""
    return (
        "; with kubectl: `kubectl get secret NAME -o jsonpath='{.data.tls\\.crt}' | base64 -d > tls.crt`, and "
        "`kubectl get secret NAME -o jsonpath='{.data.tls\\.key}' | base64 -d > tls.key`"
    )


def providers(encryption: str) -> str:
    """Return the options of ``openssl pkey`` without which OpenSSL 3 has no such cipher any more."""
    return "-provider legacy -provider default " if _OLD_CIPHER.search(encryption) else ""


def openers(it: Problem, want: Want) -> str:
    """Return what to do with an input in which nothing was found, by what it looks like."""
    if it.way == "zip":
        return f"{'take out what is in it' if is_locked(it) else 'look into it'}: {_unzip(it)}; {_ELSE}"
    if it.way == "yaml":
        return (
            "install PyYAML beside pemcheck: `python -m pip install PyYAML`; or pass it as JSON: "
            "`kubectl get secret NAME -o json > secret.json`"
        )
    way = _WAYS.get(it.detail)
    return way(it) if way else _ELSE


def is_locked(it: Problem) -> bool:
    """Whether this is said of an archive in which something is encrypted."""
    return "zip" in (it.sort, it.way) and "(encrypted: " in it.detail


def _unzip(it: Problem) -> str:
    if is_locked(it):  # which zipfile cannot be told the password of
        return (
            f"`unzip -o {file_of(it)} -d DIR`, which asks for its password; if it is encrypted with AES, `7z x -oDIR "
            f"{file_of(it)}`"
        )
    return f"`python3 -m zipfile -e {file_of(it)} DIR`, or `unzip -o {file_of(it)} -d DIR`"


def _putty(it: Problem) -> str:
    key = new(it, "key")
    return (
        f"export it in PuTTYgen (Conversions, Export OpenSSH key), or `puttygen {file_of(it)} -O private-openssh-new "
        f"-o {key} && ssh-keygen -p -N '' -m PKCS8 -f {key}`, which writes it as PEM. Is it the key that the "
        "certificate's request was made with? Keys of SSH seldom are"
    )


def _ssh(it: Problem) -> str:
    command = f"ssh-keygen -e -m PKCS8 -f {file_of(it)}"
    if "4716" in it.detail:
        line = new(it, "key", "pub")
        command = f"ssh-keygen -i -m RFC4716 -f {file_of(it)} > {line} && ssh-keygen -e -m PKCS8 -f {line}"
    return (
        "pass the private key, which usually lies beside it under the same name without .pub; "
        f"`{command}` prints this public key as PEM, to compare it with the certificate's"
    )


def _tar(it: Problem) -> str:
    return (
        f"take it apart: `python3 -m tarfile -e {file_of(it)} DIR`, or `mkdir DIR && tar -xf {file_of(it)} -C DIR`; "
        "then pass the files in it"
    )


def _gzip(it: Problem) -> str:
    return f"{_tar(it)}. If it is one file and no archive of several: `gzip -dc < {file_of(it)} > {new(it)}`"


def _percent(it: Problem) -> str:
    # the + of base64 is written %2B where spaces are written +, and + itself where they are written %20
    decode = "t = sys.stdin.read(); t = t if '%20' in t else t.replace('+', ' '); "
    decode += "sys.stdout.write(urllib.parse.unquote(t))"
    return f'decode it: `python3 -c "import sys, urllib.parse; {decode}" < {file_of(it)} > {new(it)}`'


def _download(it: Problem) -> str:
    return (
        "download it again while logged in, and look at it before you pass it: this page came instead of the file "
        "(with curl, -f refuses error pages)"
    )


def _pgp(it: Problem) -> str:
    return (
        "a PGP key is no key for TLS: pass the private key that the certificate's request was made with; if there is "
        "none, make a new one and have a certificate issued: `openssl req -new -newkey rsa:2048 -nodes -keyout "
        f"{new(it, 'key')} -out {new(it, 'request')}`"
    )


def _profile(it: Problem) -> str:
    write = "[print(p['PayloadType'], base64.b64encode(p['PayloadContent']).decode()) for p in plistlib.load("
    write += "sys.stdin.buffer)['PayloadContent'] if isinstance(p.get('PayloadContent'), bytes)]"
    return (
        f'print what it holds in base64: `python3 -c "import base64, plistlib, sys; {write}" < {file_of(it)}`; better, '
        "pass what the CA delivered"
    )


def _answer(it: Problem) -> str:
    return (
        f"read the message: the command that wrote this file failed; `{program()} explain MESSAGE` says what may be "
        "behind it"
    )


def _mail(it: Problem) -> str:
    return "save the attachment, or copy from -----BEGIN to -----END, both included, and pass that"


def _masked(it: Problem) -> str:
    return "pass the secret itself, as a file or as env:NAME; what a log shows of it is not the value"


_WAYS: dict[str, Callable[[Problem], str]] = {
    "a PuTTY private key": _putty,
    "an SSH public key": _ssh,
    "an SSH public key (RFC 4716)": _ssh,
    "a tar archive": _tar,
    "a gzip archive": _gzip,
    "a bzip2 archive": _tar,
    "an xz archive": _tar,
    "PEM in percent-encoding, as in a URL": _percent,
    "an HTML page": _download,
    "PGP, such as a key": _pgp,
    "a property list of Apple's, such as .mobileconfig": _profile,
    "an error message from AWS": _answer,
    "an e-mail": _mail,
    "a secret that a CI system has masked": _masked,
}
"""By what ``sniff.describe`` calls it."""
