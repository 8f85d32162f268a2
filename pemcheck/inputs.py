"""
One input's bytes to what is in it: objects, and what is wrong with their form.

A *role* is what the user says an input is; ``""`` where nobody said.
"""

from __future__ import annotations

from . import pem, sniff
from .asn1 import CONTAINERS, Fact, read, store
from .encryption import NOTHING, Passphrase
from .facts import Certificate, Input, Other, PrivateKey
from .source import Location, Problem

CERTIFICATE, PRIVATE_KEY, CHAIN = ROLES = ("certificate", "private key", "certificate chain")


def read_input(role: str, name: str, data: bytes, passphrase: Passphrase = NOTHING) -> Input:
    """
    Return the objects in one input and everything that is wrong with its form.

    What is in a container follows it.
    """
    text = pem.read(name, data)
    problems = list(text.problems)
    objects: list[Fact] = []
    opener = None
    whole = Location(name, block=0)
    if sniff.is_store(data):
        objects.append(store(whole, data))
        problems.append(Problem("input-is-jks", Location(name), sniff.is_store(data)))
    for block in text.blocks:
        fact, found = read(block)
        if not isinstance(fact, Certificate) and _is_closed(fact):
            from .opening import Opener  # which most inputs do not need

            opener = opener or Opener(passphrase)
            inside, obstacles = opener.open(block, fact)
            objects += inside
            found += obstacles
        else:
            objects.append(fact)
        problems += found
        problems += _form_problems(role, text.form, block, fact)
    return Input(role, Location(name), len(data), tuple(objects), tuple(problems))


def _is_closed(fact: PrivateKey | Other) -> bool:
    """Whether there is more to be had from it than could be read so far."""
    return fact.encrypted if isinstance(fact, PrivateKey) else fact.kind in CONTAINERS


def _form_problems(role: str, form: str, block: pem.Block, fact: Fact) -> list[Problem]:
    """Return what is wrong with the container or the label, once it is known what is inside."""
    kind = fact.kind if isinstance(fact, Other) else ""
    if kind in CONTAINERS:
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
