"""The chain as a tree, from the certificate upwards: who issued whom, and how that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..facts import Certificate
from ..findings import Report
from ..source import Location, shorten
from ..submission import Chain, Link, Trust

MAX_ROWS = 12
"""Certificates of a chain, and things not used, that a summary names."""
_IN_STORE = ", in the trust store"


class Branch(NamedTuple):
    """A text, what stands before its first and its other lines, and the place of the certificate that was drawn."""

    text: str
    first: str
    rest: str
    at: Location | None


def branches(reports: Sequence[Report]) -> list[Branch]:
    """Return what stands above the certificate; nothing where no chain was given and none is missed."""
    submission = reports[0].submission
    leaf, chain = submission.leaf, submission.path
    said = {finding.rule for report in reports for finding in report.findings}
    missed = any(rule.startswith("chain-") for rule in said)
    if leaf is None or leaf.self_signed or not (missed or (chain is not None and chain.path)):
        return []
    chain = Chain(leaf.at, leaf) if chain is None else chain
    whole = bool(chain.path) and chain.gap is None and "chain-does-not-reach-root" not in said
    return list(_branches(chain, submission.trust, whole))


def _branches(chain: Chain, trust: Trust | None, whole: bool) -> Iterator[Branch]:
    path = (chain.leaf, *chain.path)
    sides = [*chain.side_paths[:MAX_ROWS]]
    for depth, child in enumerate(path[:MAX_ROWS]):
        margin = "   " * depth
        above: Location | None = None
        if depth == len(path) - 1:
            text = _top(chain, child, trust, whole)
        elif depth == MAX_ROWS - 1:
            text = f"and {len(path) - MAX_ROWS:,} more above it"
        else:
            text = _link(chain.links[depth]) + _root(path[depth + 1], trust)
            above = path[depth + 1].at
        if not text:
            return
        for each in [each for each in sides if child.issuer.same_as(each.subject)]:
            sides.remove(each)
            yield Branch(f"also issued by {_title(each)}", f"{margin}├─ ", f"{margin}│  ", each.at)
        yield Branch(text, f"{margin}└─ ", f"{margin}   ", above)


def _link(link: Link) -> str:
    """Say what is known of a link that nothing speaks against."""
    if link.signed:
        return f"signed by {_title(link.issuer)}"
    return f"names {_title(link.issuer)} as its issuer: {link.reason}"


def _root(certificate: Certificate, trust: Trust | None) -> str:
    """Say that a certificate ends every path, if it does."""
    if not certificate.self_signed:
        return ""
    trusted = trust is not None and any(path[-1].der == certificate.der for path in trust.paths)
    return f", self-signed root{_IN_STORE if trusted else ''}"


def _top(chain: Chain, top: Certificate, trust: Trust | None, whole: bool) -> str:
    """Say what stands above the last certificate of the path; nothing above a root."""
    if top.self_signed:
        return ""
    if "issuer" in top.unread:
        return "its issuer cannot be read"
    if chain.gap is not None and chain.gap.names_match:
        return _broken(chain.gap)
    if top.self_issued and top.self_signed is None:
        return "names itself as its issuer, which cannot be verified here"
    given = [each.der for each in (chain.leaf, *chain.path)]
    anchors = [path[-1] for path in (trust.paths if trust else ()) if [each.der for each in path[:-1]] == given]
    if anchors:
        return f"signed by {_title(anchors[0])}{_IN_STORE}"
    name = (*top.issuer.common_names[-1:], top.issuer.text, "an issuer without a name")
    title = shorten(next(filter(None, name)), 40)
    return f"issued by {title} ({'not given; a root need not be' if whole else 'missing'})"


def _broken(gap: Link) -> str:
    """Say why what has the issuer's name is not the issuer."""
    if gap.issuer is gap.child:
        return "not signed by itself, which it names as its issuer"
    if gap.signed is False:
        return f"not signed by {_title(gap.issuer)}, though it has the issuer's name"
    return f"not issued by {_title(gap.issuer)}, which has the issuer's name and another key identifier"


def _title(certificate: Certificate) -> str:
    return f"{shorten(certificate.title, 40)} ({certificate.at})"
