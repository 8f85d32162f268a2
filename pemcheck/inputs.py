"""
One input's bytes to what is in it: objects, and what is wrong with their form.

A *role* is what the user says an input is; ``""`` where nobody said.
"""

from __future__ import annotations

from . import pem, sniff
from .asn1 import Fact, read, store
from .facts import Input, Other, PrivateKey
from .source import Location, Problem

CERTIFICATE, PRIVATE_KEY, CHAIN = ROLES = ("certificate", "private key", "certificate chain")


def read_input(role: str, name: str, data: bytes) -> Input:
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
