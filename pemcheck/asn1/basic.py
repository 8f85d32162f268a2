"""The values that everything else is made of; each of these raises ValueError for what it was not told to expect."""

from __future__ import annotations

from functools import lru_cache

from asn1crypto import core

from .. import der


def elements(node: der.Node, tag: int = der.SEQUENCE) -> list[der.Node]:
    """Return what stands in a SEQUENCE, or in another constructed element."""
    if node.tag != tag:
        raise ValueError(f"byte {node.start}: tag {node.tag:02x} where {tag:02x} should be")
    return node.children()


def only(node: der.Node, tag: int) -> der.Node:
    """Return the one element inside an EXPLICIT tag."""
    inner = elements(node, tag)
    if len(inner) != 1:
        raise ValueError(f"byte {node.start}: {len(inner)} elements where one should be")
    return inner[0]


def whole(data: bytes) -> der.Node:
    """Return the element that *data* is."""
    node = der.parse(data)
    if node.end != len(data):
        raise ValueError(f"{len(data) - node.end} bytes follow the value")
    return node


def content(node: der.Node, tag: int) -> bytes:
    """Return the content of a primitive element."""
    if node.tag != tag:
        raise ValueError(f"byte {node.start}: tag {node.tag:02x} where {tag:02x} should be")
    return node.content


def oid(node: der.Node) -> str:
    """Return an OBJECT IDENTIFIER in dotted form."""
    if node.tag != der.OID:
        raise ValueError(f"byte {node.start}: an object identifier is missing")
    return _dotted(node.content)


@lru_cache(maxsize=1024)
def _dotted(octets: bytes) -> str:
    # asn1crypto reads these as the shorter ones that they are not
    if not der.is_oid(octets):
        raise ValueError("a malformed object identifier")
    return str(core.ObjectIdentifier(contents=octets).native)


def algorithm_identifier(node: der.Node) -> tuple[str, der.Node | None]:
    """Return the OID and the parameters of an AlgorithmIdentifier (RFC 5280 section 4.1.1.2), which has no third."""
    parts = elements(node)
    if len(parts) not in (1, 2):
        raise ValueError(f"byte {node.start}: an AlgorithmIdentifier of {len(parts)} elements")
    return oid(parts[0]), parts[1] if len(parts) == 2 else None


def integer(node: der.Node, size: int | None = None) -> int:
    """Return the value of an INTEGER; *size* bounds its octets where no sensible value has more."""
    if node.tag != der.INTEGER or node.body == node.stop:
        raise ValueError(f"byte {node.start}: an INTEGER is missing")
    if size is not None and node.stop - node.body > size:
        raise ValueError(f"byte {node.start}: an INTEGER of {node.stop - node.body} bytes")
    return int.from_bytes(node.content, "big", signed=True)


def count(node: der.Node) -> int:
    """Return the value of an INTEGER that is a small number, not negative."""
    number = integer(node, 4)
    if number < 0:
        raise ValueError(f"byte {node.start}: a negative number")
    return number


def boolean(node: der.Node) -> bool:
    """Return the value of a BOOLEAN."""
    octets = content(node, der.BOOLEAN)
    if len(octets) != 1:
        raise ValueError(f"byte {node.start}: a BOOLEAN of {len(octets)} bytes")
    return octets != b"\0"


def bits(node: der.Node) -> bytes:
    """Return the octets of a BIT STRING, which must be whole octets."""
    octets = content(node, der.BIT_STRING)
    if octets[:1] != b"\0":
        raise ValueError(f"byte {node.start}: a BIT STRING of whole octets is missing")
    return octets[1:]


def named_bits(node: der.Node, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of *names* are set in a BIT STRING, in bit order."""
    octets = content(node, der.BIT_STRING)
    if not octets or octets[0] > 7 or (octets[0] and len(octets) == 1):
        raise ValueError(f"byte {node.start}: a BIT STRING with wrong unused bits")
    length = 8 * (len(octets) - 1) - octets[0]
    return tuple(name for n, name in enumerate(names[:length]) if octets[1 + n // 8] & 0x80 >> n % 8)


def encode_oid(dotted: str) -> bytes:
    """Return the DER of an OBJECT IDENTIFIER."""
    return bytes(core.ObjectIdentifier(dotted).dump())


NULL = der.encode(der.NULL)
