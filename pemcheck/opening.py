"""
Opens what holds other things: PKCS#7, PKCS#12, and keys that are encrypted with a passphrase.

What is inside follows its container, flat, as the same facts as anywhere else; each knows its path in it.  Nothing
here raises, and all of it is paid from one budget.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from . import asn1, der
from .asn1 import Fact, containers, schemes
from .budget import OBJECTS, Budget, Exhausted
from .crypto.decrypting import Spending, bmp_string, decrypt, verify_mac
from .encryption import DAMAGED, EMPTY, EXPENSIVE, MISSING, UNSUPPORTED, WRONG, NotOpened, Passphrase, Scheme
from .facts import Other, PrivateKey
from .pem import Block
from .reading import Fields
from .source import Problem

RULE = "input-not-decrypted"
KEY, CERTIFICATES = "secret", "certificates"
"""The facts that are missing where a private key, and where a PKCS#12 file, stays closed."""

Details = tuple[tuple[str, Any], ...]


class _Secret(NamedTuple):
    """A passphrase as it was given, and as PKCS#12 derives keys from it; or why it is of no use."""

    octets: bytes | None
    encoded: bytes | None
    failure: NotOpened | None = None


class Opener:
    """Opens the containers of one input, with one passphrase and what is left of the *budget*."""

    def __init__(self, passphrase: Passphrase, budget: Budget | None = None) -> None:
        octets = passphrase.octets
        self._secret = _Secret(octets, None if octets is None else bmp_string(octets))
        self._budget = Budget() if budget is None else budget
        self._spending = Spending(passphrase.allow_expensive, self._budget)

    def open(self, block: Block, fact: PrivateKey | Other) -> tuple[list[Fact], list[Problem]]:
        """
        Return *fact*, an encrypted key or a container that *block* holds, opened, with what is in it behind it.

        And what stood in the way.
        """
        if not isinstance(fact, Other):
            return self._lone_key(block, fact)
        container = _Container(fact, self._budget)
        try:
            if fact.kind == "pkcs7":
                self._pkcs7(container, block)
            else:
                self._pkcs12(container, block)
        except Exhausted as error:
            container.fields.stop(CERTIFICATES, "", error)
        except containers.Refused as error:
            container.fields.fail(CERTIFICATES, "", str(error))
        except Exception as error:  # whatever hostile bytes bring about; its text could quote a key
            container.fields.fail(CERTIFICATES, "", f"this cannot be read ({type(error).__name__})")
        return [container.facts(), *container.content], container.problems()

    # ------------------------------------------------------------------------------------------------- keys

    def _lone_key(self, block: Block, key: PrivateKey) -> tuple[list[Fact], list[Problem]]:
        """Open a key that stands alone; that it needs a passphrase is no news where none was given."""
        try:
            opened, problems = self._key(block, key, self._secret)
        except Exhausted as error:
            fields = Fields(key.at, self._budget)
            fields.stop(KEY, "", error)
            return [key], fields.problems
        except Exception as error:  # whatever hostile bytes bring about; its text could quote the key
            why = error if isinstance(error, NotOpened) else NotOpened(DAMAGED, type(error).__name__)
            # of OpenSSH's encryption, ``key-encrypted`` says all
            given = self._secret.octets is not None and key.body != "openssh"
            stopped = _stopped(key, why)
            if why.reason == MISSING:
                stopped = stopped.replace(expensive=self._spending.is_beyond(_encryption(block, key)[0].derivation))
            return [stopped], [_problem(why, key, KEY)] if given else []
        return [opened], problems

    def _key(self, block: Block, key: PrivateKey, secret: _Secret) -> tuple[PrivateKey, list[Problem]]:
        if key.body == "openssh":
            raise NotOpened(UNSUPPORTED, "OpenSSH's own encryption, which `ssh-keygen -p` takes away")
        if key.body not in ("legacy", "encrypted-pkcs8"):  # it cannot be read, and that has been said
            return key, []
        scheme, ciphertext = _understood(_encryption, block, key)
        data = self._decrypt(scheme, ciphertext, secret)
        fields = Fields(key.at, self._budget)
        return asn1.opened_key(fields, key, data), fields.problems

    def _decrypt(self, scheme: Scheme, ciphertext: bytes, secret: _Secret) -> bytes:
        """Return the one SEQUENCE that everything is which is encrypted here; raise NotOpened."""
        if secret.failure is not None:
            raise secret.failure
        passphrase = secret.encoded if scheme.derivation.kind == "pkcs12" else secret.octets
        try:
            data = decrypt(scheme, ciphertext, passphrase, self._spending)
            if not schemes.is_whole_sequence(data, self._budget):
                raise NotOpened(WRONG, "what comes out is not what should be in it")
        except NotOpened as error:
            raise _unless_empty(error, secret.octets) from None
        return data

    # ------------------------------------------------------------------------------------------- containers

    def _pkcs7(self, container: _Container, block: Block) -> None:
        found = containers.signed_data(block.der)
        if found is None:
            return
        container.details += (("certificates", len(found.certificates)), ("crls", found.crls))
        for index, data in enumerate(found.certificates):
            self._add(container, data, f"certificates[{index}]")

    def _pkcs12(self, container: _Container, block: Block) -> None:
        pfx = containers.pfx(block.der)
        der.walk(pfx.content, self._budget)
        secret = self._authenticate(container, pfx)
        names: list[str] = []
        kinds: list[str] = []
        for bag in self._bags(container, pfx.content, secret, names):
            kinds.append(bag.kind)
            if bag.kind in ("certificate", "key", "shrouded"):
                self._add(container, bag.data, bag.path, secret)
        keys = [each for each in container.content if isinstance(each, PrivateKey)]
        names += [key.encryption or "?" for key in keys if key.encrypted]
        closed = container.is_closed
        container.details = (
            ("certificates", None if closed else kinds.count("certificate")),
            ("keys", None if closed else len(keys)),
            ("encryption", list(dict.fromkeys(names))),
            *container.details,
        )

    def _authenticate(self, container: _Container, pfx: containers.Pfx) -> _Secret:
        """Return the passphrase that the MAC is right with; without a MAC, as it was given."""
        if pfx.mac is None:
            container.details += (("mac", None),)
            return self._secret
        octets = self._secret.octets
        try:
            mac = _understood(schemes.mac, pfx.mac)
            container.details += (("mac", mac.name),)
            return _Secret(octets or b"", verify_mac(mac, pfx.content, octets, self._spending))
        except NotOpened as error:
            failure = _unless_empty(error, octets)
            if octets is None and error.reason in (MISSING, EXPENSIVE):  # the empty one was a guess of ours
                failure = NotOpened(MISSING)
            else:
                container.fail(failure)
            return self._secret._replace(failure=failure)

    def _bags(
        self, container: _Container, content: bytes, secret: _Secret, names: list[str]
    ) -> Iterator[containers.Bag]:
        """Yield the bags of every part that can be opened; add the encryption of each that has one to *names*."""
        for index, part in enumerate(containers.parts(content)):
            data = part.data
            if part.identifier is not None:
                names.append(schemes.scheme_name(part.identifier))
                try:
                    data = self._decrypt(_understood(schemes.scheme, part.identifier), data, secret)
                except NotOpened as error:
                    container.fail(error, closed=True)
                    continue
            der.walk(data, self._budget)
            yield from containers.bags(data, f"authSafe[{index}]")

    def _add(self, container: _Container, data: bytes, path: str, secret: _Secret | None = None) -> None:
        """Put what *data* is into *container*, a key opened if it can be."""
        self._budget.require(OBJECTS)
        block = Block("", data, container.fields.at.into(path))
        fact, problems = asn1.read(block, self._budget)
        if isinstance(fact, PrivateKey) and fact.encrypted and secret is not None:
            try:
                fact, found = self._key(block, fact, secret)
                problems += found
            except NotOpened as error:
                container.fail(error)
                fact = _stopped(fact, error)
        container.content.append(fact)
        container.found += problems


class _Container:
    """What becomes of one container while it is being opened."""

    def __init__(self, fact: Other, budget: Budget) -> None:
        self.fact = fact
        self.fields = Fields(fact.at.into(fact.kind), budget)
        self.details: Details = ()
        self.content: list[Fact] = []
        self.found: list[Problem] = []
        self.failure: NotOpened | None = None
        self.is_closed = False

    def fail(self, error: NotOpened, closed: bool = False) -> None:
        """Remember why something in it stays closed; the first reason counts, and *closed* that it is unknown what."""
        self.failure = self.failure or error
        self.is_closed = self.is_closed or closed

    def facts(self) -> Other:
        """Return what is known of the container."""
        unread = self.fields.unread | ({"certificates", "keys"} if self.is_closed else set())
        return self.fact.replace(details=self.fact.details + self.details, unread=self.fact.unread | unread)

    def problems(self) -> list[Problem]:
        """Return what is wrong with it, and with what is in it."""
        closed = [] if self.failure is None else [_problem(self.failure, self.fact, CERTIFICATES)]
        return [*closed, *self.fields.problems, *self.found]


def _unless_empty(error: NotOpened, passphrase: bytes | None) -> NotOpened:
    """Return *error*, which says so if the passphrase that is wrong is the empty one."""
    return NotOpened(EMPTY, error.detail) if error.reason == WRONG and not passphrase else error


def _stopped(key: PrivateKey, error: NotOpened) -> PrivateKey:
    """Return a key that stays closed, with the reason if it is one that no passphrase takes away."""
    if error.reason in (MISSING, EMPTY, WRONG):
        return key
    return key.replace(obstacle=error.reason, expensive=error.reason == EXPENSIVE)


def _problem(error: NotOpened, fact: Fact, field: str) -> Problem:
    encryption = fact.encryption or "" if isinstance(fact, PrivateKey) else ""
    return Problem(RULE, fact.at, str(error), error.reason, field, encryption)


def _encryption(block: Block, key: PrivateKey) -> tuple[Scheme, bytes]:
    """Return how a key is encrypted, and its ciphertext."""
    if key.body == "legacy":
        return schemes.legacy_scheme(block.headers), block.der
    identifier, ciphertext = schemes.encrypted_parts(block.der)
    return schemes.scheme(identifier), ciphertext


def _understood(read: Any, *arguments: Any) -> Any:
    """Return what *read* makes of parameters; raise NotOpened where they are damaged."""
    try:
        return read(*arguments)
    except Exception as error:
        raise NotOpened(DAMAGED, f"its parameters cannot be read ({type(error).__name__})") from None
