"""
What is fuzzed: one function for each way in, from bytes to nothing; AssertionError where a promise does not hold.

Any other exception that comes out is a fault as well: those that the functions document are expected here.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pemcheck
from fixtures.build import AT, PASSPHRASE
from fixtures.generate import CASES, HERE
from pemcheck import checking, gathering, targets
from pemcheck.encryption import Passphrase
from pemcheck.messages import MESSAGES
from pemcheck.recognise import recognise
from pemcheck.render.as_toml import target_toml
from pemcheck.render.explained import render as explained
from pemcheck.render.objects import render as objects
from pemcheck.rules import BY_NAME
from pemcheck.submission import Undetermined
from pemcheck.targets.custom import load
from pemcheck.targets.toml import decode
from tests.fuzz.oracle import faults, tricks, wrong_types

CRASHES = Path(__file__).parent / "crashes"
"""Inputs that were answered wrongly once; the name of each begins with its target's."""
MAX_SECONDS = 10.0
"""Processor time for one input; a promise of one second, on a machine that may be busy and with code that counts."""
MAX_SEED = 20_000
"""Bytes of the largest file of the fixtures that is worth mutating."""
BETWEEN = b"\n=====\n"
"""Stands between the three inputs of a submission."""
FILES = ("certificate.pem", "private-key.pem", "certificate-chain.pem")
OPENER = Passphrase(PASSPHRASE.encode())


def _expect(problems: Iterable[str]) -> None:
    found = list(problems)
    if found:
        raise AssertionError("; ".join(found[:5]))


def _check(certificate: bytes | None, key: bytes | None, chain: bytes | None, target: str = "acm") -> None:
    _expect(faults(pemcheck.check(certificate, key, chain, target, AT, passphrase=PASSPHRASE)))


def _inspect(data: bytes) -> None:
    """Read everything in *data*, and print it."""
    found = pemcheck.inspect(data, passphrase=PASSPHRASE)
    _expect(problem for each in found for problem in wrong_types(each))
    _expect(f"objects hold {each!a}" for each in tricks(objects([fact.to_dict() for fact in found])))


def pem(data: bytes) -> None:
    """Read text that may be PEM, in every role."""
    _inspect(data)
    _check(data, data, data)


def certificate(data: bytes) -> None:
    """Judge a certificate in DER, alone and as its own chain, for AWS and for browsers."""
    _inspect(data)
    _check(data, None, data)
    _check(data, None, None, "webpki")


def key(data: bytes) -> None:
    """Judge a private key in any format."""
    _inspect(data)
    _check(None, data, None)


def submission(data: bytes) -> None:
    """Judge three inputs."""
    first, second, third = [*data.split(BETWEEN, 2), None, None][:3]
    _check(first, second, third)


def files(data: bytes) -> None:
    """Sort files in any order by their content, as far as that tells."""
    given = [(f"file-{number}", part) for number, part in enumerate(data.split(BETWEEN, 5))]
    try:
        found = gathering.gather((None,) * 3, ("",) * 3, passphrase=OPENER, files=given)
    except Undetermined as error:
        _expect(f"the question holds {each!a}" for each in tricks(str(error)))
        return
    _expect(faults(checking.judge_all(found, (checking.wanted("acm", AT),))[0]))


def container(data: bytes) -> None:
    """Open a PKCS#12, a PKCS#7, an archive, a secret or another document."""
    _inspect(data)
    files(data)


def toml(data: bytes) -> None:
    """Use a target of the user's own if it is one; else it is refused in a sentence."""
    try:
        target = load(decode(data, "own.toml"), "own.toml", BY_NAME)
    except targets.TargetError as error:
        _expect(f"the sentence holds {each!a}" for each in tricks(str(error)))
        return
    _expect(wrong_types(target))
    targets.require_usable(target, BY_NAME)
    certificate, key, chain = (CASES["clean-rsa-2048"].contents().get(name) for name in FILES)
    _expect(faults(pemcheck.check(certificate, key, chain, target, AT)))


def message(data: bytes) -> None:
    """Explain any text."""
    matches = recognise(data.decode("utf-8", "surrogateescape"))
    if not matches:
        return
    names = tuple(dict.fromkeys(rule for match in matches for rule in match.rules if rule in BY_NAME))
    for form in ("text", "json"):
        shown = explained(form, matches, names, (), ())
        _expect(f"{form} holds {each!a}" for each in tricks(shown))


TARGETS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each for each in (pem, certificate, key, submission, files, container, toml, message)
}


def run(name: str, data: bytes) -> None:
    """Give *data* to a target; raise AssertionError also where that takes too long."""
    start = time.process_time()
    TARGETS[name](data)
    took = time.process_time() - start
    if took > MAX_SECONDS:
        raise AssertionError(f"{len(data):,} bytes took {took:.1f} s")


# ------------------------------------------------------------------------------------------------------------ seeds


def seeds(name: str) -> Iterator[bytes]:
    """Yield inputs to begin with, each once: those of the fixtures, and what was a crash before."""
    found = [path.read_bytes() for path in sorted(CRASHES.glob(f"{name}-*"))]
    yield from dict.fromkeys(each for each in (*found, *_SEEDS[name]()) if len(each) <= MAX_SEED)


def _contents(which: Iterable[str] = FILES) -> Iterator[bytes]:
    for case in CASES.values():
        yield from (data for file, data in case.contents().items() if file in which)


def _ders(which: Iterable[str]) -> Iterator[bytes]:
    for data in _contents(which):
        yield from (fact.der for fact in pemcheck.inspect(data) if not isinstance(fact, pemcheck.Other) and fact.der)


def _keys() -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted((HERE / "keys").glob("*.pem")))
    yield from _ders(FILES[1:2])


def _together() -> Iterator[bytes]:
    for case in CASES.values():
        contents = case.contents()
        yield BETWEEN.join(contents.get(file, b"") for file in FILES)


def _containers() -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted((HERE / "containers").rglob("*")) if path.is_file())
    yield b'{"kind": "Secret", "data": {"tls.crt": "LS0tLS1CRUdJTiA=", "tls.key": "AAAA"}}'
    yield b'{"items": [{"stringData": {"tls.crt": "-----BEGIN CERTIFICATE-----"}}]}'


def _messages() -> Iterator[bytes]:
    yield from (each.shown.encode() for each in MESSAGES)
    yield from (name.encode() for name in BY_NAME)


def _own_targets() -> Iterator[bytes]:
    page = (HERE.parent / "docs" / "own-targets.md").read_text("utf-8")
    yield from (each.encode() for each in re.findall(r"```toml\n(.*?)```", page, re.DOTALL))
    yield from (target_toml(each).encode()[:MAX_SEED].rpartition(b"\n\n")[0] for each in targets.known().values())
    yield b'extends = "acm"\nname = "ours"\n[rules]\nkey-is-pkcs8 = "error"\n'


_SEEDS: dict[str, Callable[[], Iterable[Any]]] = {
    "pem": _contents,
    "certificate": lambda: _ders((FILES[0], FILES[2])),
    "key": _keys,
    "submission": _together,
    "files": _together,
    "container": _containers,
    "toml": _own_targets,
    "message": _messages,
}
