"""
Which of AWS's messages a user has seen: whole, in part, or inside a longer log line.

Both sides are compared as words: case, quotes, punctuation and line breaks do not matter, contractions are
written out, and what stands where AWS puts a value (an ARN, a number) counts as one word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .messages import ERRORS, FIELD_TARGETS, FIELDS, MESSAGES, MISMATCH, OPERATIONS, Message
from .patterns import rare
from .value import Value

MAX_LENGTH = 65_536
"""Characters looked at; no message is longer, and a log need not be read to its end."""

WHOLE, PART, SENSE, CODE = "whole", "part", "sense", "code"

_VALUE = "§"
# colours, line breaks as a log writes them, quotes as a web page writes them
_NOISE = rare(r"\x1b\[[0-9;]{0,20}m|\\[nrt]|&(?:quot|ldquo|rdquo|#34|#x22);")
_APOSTROPHE = rare(r"[‘’‛ʼ´`′＇]|\\u2019|&(?:#39|#x27|apos|rsquo);")
_DASH = rare(r"[‐‑‒–—−]")
_CANNOT = rare(r"\bcan(?:no|'?)t\b")
_CONTRACTION = rare(r"\b(is|are|was|does|do|did|could|has|have|must|should)n'?t\b")
_PLACEHOLDER = rare(r"arn:aws[^\s'\",;)]{0,2048}|<[a-z][a-z_ -]{0,40}>|\b\d{2,}\b")
_WORD = rare(rf"(?<![\w-])-\d(?!\w)|[^\W_]+|{_VALUE}")
_GAP = "(?: [^ ]+){0,8}?"
_FIELD = rare(r"\bat ['\"]?([A-Za-z][\w.]{0,100})['\"]? failed to satisfy", re.IGNORECASE | re.ASCII)
_NAME = rare(r"[A-Za-z]{4,60}", re.ASCII)

_SURE = 7
"""So many of AWS's words in a row are no coincidence, whatever stands around them."""
_ENOUGH = 4
"""So many words are enough where they are a sentence of AWS's, or all that the user gives."""
_ENDINGS = 12

_NEAR = 8
"""Words on either side of ``does not match`` that say what does not."""
_BRIEF = 4
"""So few words need not say whose key they mean."""
_MATCH = frozenset(("match", "matches", "matching", "fit", "correspond", "belong"))
_MISMATCH = ("mismatch", "mismatched", "inconsistencies", "inconsistency", "inconsistent")
_ARTICLES = frozenset(("the", "a", "your", "this"))
_KEY = frozenset(("key", "keys", "privatekey"))
_OF_A_CERTIFICATE = frozenset(
    ("private", "privatekey", "public", "certificate", "certificates", "cert", "certs", "x509", "ssl", "tls", "values")
)
_ANOTHER_FAULT = frozenset(("signature", "identifier", "usage", "usages", "size", "length", "ssh", "host"))


class Match(Value):
    """
    A message, how much of it was seen (``whole``, a ``part``, its ``code`` only), and how many words that is.

    Of ``sense`` is what another program says in its own words.

    ``fields`` are those of the request that stand beside it as what it is about, in small letters; ``service`` is the
    target that is named around it, empty if none is.
    """

    message: Message
    kind: str
    words: int
    fields: tuple[str, ...] = ()
    service: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of what may be wrong, the likeliest first; where a field is named, only what is about it."""
        about = [rule for field in self.fields for rule in FIELDS.get(field, ()) if rule in self.message.rules]
        return tuple(dict.fromkeys(about)) or self.message.rules

    @property
    def target(self) -> str:
        """Whom it comes from."""
        whose = [FIELD_TARGETS[field] for field in self.fields if field in FIELD_TARGETS]
        return self.service or (whose[0] if whose else self.message.target)


def recognise(text: str) -> tuple[Match, ...]:
    """
    Return the messages that *text* is, holds, or is a piece of: the best first; empty if there is none.

    A whole message is better than a part, more words are better than fewer, less left out is better than more,
    and an error's code counts only where nothing else is found, not even its sense.  At most ``MAX_LENGTH`` characters
    are looked at.
    """
    text = text[:MAX_LENGTH]
    fields, service = _fields(text), _service(text)
    return tuple(match.replace(fields=fields, service=service) for match in _found(text))


def _fields(text: str) -> tuple[str, ...]:
    """Return the fields that a validation message names: tags for tags.1.member.key."""
    text = _APOSTROPHE.sub("'", _NOISE.sub(" ", text))
    return tuple(dict.fromkeys(name.partition(".")[0].lower() for name in _FIELD.findall(text)))


def _service(text: str) -> str:
    """Return the target whose operation, or else whose own error, is named in *text*; nothing if none is."""
    names = dict.fromkeys(name.removesuffix("Exception") for name in _NAME.findall(text))
    return next((table[name] for table in (OPERATIONS, ERRORS) for name in names if name in table), "")


def _found(text: str) -> tuple[Match, ...]:
    found = words(text)
    seen = _padded(found)
    whole = [Match(each, WHOLE, len(words(each.text))) for each in MESSAGES if each.text and _holds(seen, each.text)]
    if whole:
        return tuple(_distinct(sorted(whole, key=lambda match: -match.words)))
    endings = [_padded(words(each)) for each in _endings(text)]
    runs = {tuple(found[at : at + _ENOUGH]) for at in range(len(found) - _ENOUGH + 1)}
    parts = [Match(each, PART, length) for each in MESSAGES if (length := _part(each.text, seen, runs, endings))]
    if parts:
        most = max(match.words for match in parts)
        parts = [match for match in parts if match.words == most]
        return tuple(_distinct(sorted(parts, key=lambda match: len(words(match.message.text)))))
    if count := _tells_mismatch(found):
        return (Match(MISMATCH, SENSE, count),)
    codes = {_bare(word) for word in found}
    coded = tuple(Match(each, CODE, 1) for each in MESSAGES if each.code and _bare(each.code) in codes)
    return coded or _few(endings)


def words(text: str) -> list[str]:
    """Return the words of *text* as they are compared."""
    text = _DASH.sub("-", _APOSTROPHE.sub("'", _NOISE.sub(" ", text))).lower()
    text = _CONTRACTION.sub(r"\1 not", _CANNOT.sub("can not", text))
    found: list[str] = _WORD.findall(_PLACEHOLDER.sub(f" {_VALUE} ", text))
    return found


def _bare(code: str) -> str:
    """Return the name of an error without what some SDKs put behind it."""
    return code.lower().removesuffix("exception")


def _padded(found: Sequence[str]) -> str:
    return f" {' '.join(found)} "


def _endings(text: str) -> Iterator[str]:
    """Yield *text*, then what stands behind each of its first colons: names of errors and operations come first."""
    for _ in range(_ENDINGS):
        yield text
        _, colon, text = text.partition(":")
        if not colon:
            return


def _holds(seen: str, text: str) -> bool:
    """Whether all of AWS's *text* stands in what was seen; where it has a value, any few words may stand."""
    wanted = _padded(words(text))
    if _VALUE not in wanted:
        return wanted in seen
    return re.search(re.escape(wanted).replace(re.escape(f" {_VALUE}"), _GAP), seen) is not None


def _part(text: str, seen: str, runs: set[tuple[str, ...]], endings: Sequence[str]) -> int:
    """Return how many words of AWS's *text* were seen in a row, 0 if not enough to be sure."""
    wanted = words(text)
    sentences = [words(each) for each in text.split(". ") if _holds(seen, each)]
    pieces = [each.split() for each in endings if each in _padded(wanted)]
    lengths = [len(each) for each in (*sentences, *pieces) if len(each) >= _ENOUGH]
    return max((*lengths, _longest_run(wanted, runs)), default=0)


def _longest_run(wanted: Sequence[str], runs: set[tuple[str, ...]]) -> int:
    """Return the length of the longest run of *wanted* that was seen, 0 if it could be a coincidence."""
    longest = length = 0
    for at in range(len(wanted) - _ENOUGH + 1):
        length = length + 1 if tuple(wanted[at : at + _ENOUGH]) in runs else 0
        longest = max(longest, length)
    longest += _ENOUGH - 1
    return longest if longest >= _SURE else 0


def _few(endings: Sequence[str]) -> tuple[Match, ...]:
    """Return the one message that two or three words are from, where they are from one only."""
    for each in endings:
        count = len(each.split())
        if 2 <= count < _ENOUGH and len(each) >= 14:
            found = [Match(message, PART, count) for message in MESSAGES if each in _padded(words(message.text))]
            if len(kept := list(_distinct(found))) == 1:
                return tuple(kept)
    return ()


def _tells_mismatch(found: Sequence[str]) -> int:
    """Return how many of the words *found* say that key and certificate do not match, 0 if they do not."""
    is_brief = sum(word not in _ARTICLES for word in found[: 2 * _BRIEF]) <= _BRIEF
    for at, word in enumerate(found):
        if word in _MISMATCH or (word in _MATCH and "not" in found[max(0, at - 2) : at]):
            near = found[max(0, at - _NEAR) : at + _NEAR + 1]
            if _KEY.isdisjoint(near) or not _ANOTHER_FAULT.isdisjoint(near):
                continue
            if is_brief or not _OF_A_CERTIFICATE.isdisjoint(near):
                return len(near)
    return 0


def _distinct(found: Sequence[Match]) -> Iterator[Match]:
    """Leave out what a better match says already: a piece of its text, a longer form of it, or the same rules."""
    kept: list[Match] = []
    for match in found:
        text = _padded(words(match.message.text))
        better = [_padded(words(each.message.text)) for each in kept]
        same = any(each.message.rules == match.message.rules for each in kept)
        if not same and not any(text in each or each in text for each in better):
            kept.append(match)
            yield match
