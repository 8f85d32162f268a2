"""Any bytes get an answer: every way in, with what was a crash once, with seeds, and with what becomes of seeds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import pemcheck
from fixtures import der
from fixtures.build import AT, leaf, load_key
from pemcheck.facts import BasicConstraints, Certificate
from pemcheck.source import Location
from tests.fuzz import oracle, run, targets

pytestmark = pytest.mark.once

CRASHES = sorted(path for path in targets.CRASHES.iterdir() if path.suffix != ".md")
EXAMPLES = 12
MANY = 400

every_target = pytest.mark.parametrize("name", targets.TARGETS)
quick = settings(
    max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)
many = settings(quick, max_examples=MANY)


@cache
def seeds(name: str) -> list[bytes]:
    """Return the inputs to begin with."""
    return list(targets.seeds(name))


@pytest.mark.parametrize("path", CRASHES, ids=lambda path: str(path.name))
def test_what_was_a_crash_is_none(path: Any) -> None:
    """Every input that was ever answered wrongly, at its target."""
    targets.run(path.name.partition("-")[0], path.read_bytes())


@every_target
def test_every_target_has_seeds_that_are_answered(name: str) -> None:
    """A few of them here; the fuzzer begins with all."""
    given = seeds(name)
    for seed in given[:: max(1, len(given) // 8)]:
        targets.run(name, seed)

    assert len(given) > 5


@pytest.mark.thorough
@every_target
def test_every_seed_is_answered(name: str) -> None:
    """All of them."""
    for seed in seeds(name):
        targets.run(name, seed)


def test_a_crash_can_be_reproduced_by_its_file(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """One line with the target's name and the file."""
    (tmp_path / "pem-crash").write_bytes(b"-----BEGIN")

    assert 0 == run.main(["pem", str(tmp_path / "pem-crash")])
    assert f"{tmp_path / 'pem-crash'}: well\n" == capsys.readouterr().out


# -------------------------------------------------------------------------------------------------- the oracle sees

CERTIFICATE = Certificate(Location("c"), b"", basic_constraints=BasicConstraints(True))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"version": True}, [".version is bool, not int"]),
        ({"version": "3"}, [".version is str, not int"]),
        ({"scts": None}, []),
        ({"key_usage": ("a", 1)}, [".key_usage is tuple, not tuple[str, ...] | None"]),
        ({"extensions": (None,)}, [".extensions is tuple, not tuple[Extension, ...]"]),
        ({"unread": {"a"}}, [".unread is set, not frozenset[str]"]),
        ({"basic_constraints": BasicConstraints(1)}, [".basic_constraints.ca is int, not bool"]),  # type: ignore[arg-type]
        ({"at": Location("c", line="1")}, [".at.line is str, not int | None"]),  # type: ignore[arg-type]
    ],
    ids=str,
)
def test_a_wrong_type_in_a_fact_is_seen(change: dict[str, Any], expected: list[str]) -> None:
    """However deep it is."""
    assert expected == list(oracle.wrong_types(CERTIFICATE.replace(**change)))


def test_every_annotation_of_a_report_is_understood() -> None:
    """Nothing passes because nobody knows what it should be."""
    certificate = leaf()
    chain = "".join(each.pem for each in certificate.chain)
    report = pemcheck.check(certificate.pem, load_key(certificate.key).pem, chain, at=AT)

    assert [] == list(oracle.faults(report))
    assert [".findings is list, not tuple[Finding, ...]"] == list(oracle.wrong_types(report.replace(findings=[])))


@pytest.mark.parametrize("character", ["\x1b", "\x9b", "\u202e", "\u2066", "\u200b", "\x00", "\r", "\x7f", "\u2028"])
def test_what_a_terminal_obeys_is_seen(character: str) -> None:
    """Controls, bidi, what has no width, line ends that are not ours."""
    assert {character} == oracle.tricks(f"a{character}b\n")


# ----------------------------------------------------------------------------------------------- what becomes of seeds


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """Draw a seed with a few pieces replaced, cut, doubled or foreign."""
    data = draw(st.sampled_from(seeds(name)))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + draw(st.sampled_from((1, 4, 64, 2000))))))
        other = draw(st.sampled_from((b"", data[start:end] * 2, b"\0", b"\xff" * 4, b"\n", b"-----", b"0" * 40)))
        data = data[:start] + draw(st.one_of(st.just(other), st.binary(max_size=8))) + data[end:]
    return data


def inside(data: bytes) -> list[bytes]:
    """Return the elements directly in an element; none where it holds none."""
    try:
        return der.children(data) if data[0] & 0x20 else []
    except IndexError:
        return []


def elements(data: bytes, depth: int = 6) -> Iterator[bytes]:
    """Yield every element of DER, however deep."""
    for each in inside(data):
        yield each
        if depth:
            yield from elements(each, depth - 1)


TAGS = (0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x17, 0x18, 0x1E, 0x30, 0x31, 0x80, 0x82, 0xA0, 0xA1, 0xA3)


def rebuilt(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return DER with the first element that is *old* replaced, all the lengths above it being right."""
    if data == old:
        return new
    parts = inside(data)
    index = next((index for index, each in enumerate(parts) if old in each), None)
    if index is None:
        return data
    parts[index] = rebuilt(parts[index], old, new)
    return der.tlv(data[0], *parts)


@st.composite
def structured(draw: st.DrawFn, name: str) -> bytes:
    """Draw a seed's DER with elements of another tag or content, left out, doubled, or exchanged; lengths are right."""
    data = draw(st.sampled_from([each for each in seeds(name) if each[:1] == b"0" and len(each) < 3000]))
    for _ in range(draw(st.integers(1, 3))):
        found = [each for each in elements(data) if len(each) > 1] or [data]
        old, other = draw(st.sampled_from(found)), draw(st.sampled_from(found))
        content = draw(st.one_of(st.just(old[2:]), st.binary(max_size=40)))
        retagged = der.tlv(draw(st.sampled_from(TAGS)), content)
        data = rebuilt(data, old, draw(st.sampled_from((b"", old + old, other, retagged, der.tlv(old[0], content)))))
    return data


@st.composite
def lines(draw: st.DrawFn) -> bytes:
    """Draw the text of a seed with odd lines: wrapped elsewhere, other ends, doubled, indented, lost, or swapped."""
    text = draw(st.sampled_from([each for each in seeds("pem") if each.startswith(b"-----BEGIN ")]))
    found = text.split(b"\n")
    for _ in range(draw(st.integers(1, 4))):
        index = draw(st.integers(0, len(found) - 1))
        line = found[index]
        middle = draw(st.integers(0, len(line)))
        odd: list[list[bytes]] = [[], [line, line], [b"  " + line], [line + b" \t"], [line, b""], [b"> " + line]]
        odd += [[line[:middle], line[middle:]], [line[::-1]], [line.replace(b"-----", b"----")], [b"Key: " + line]]
        found[index : index + 1] = draw(st.sampled_from(odd))
        found = found or [b""]
    return draw(st.sampled_from((b"\n", b"\r\n", b"\r", b" ", b"\\n", b"\n\n", b"\x0b", b""))).join(found)


@every_target
@quick
@given(data=st.data())
def test_what_becomes_of_a_seed_is_answered(name: str, data: st.DataObject) -> None:
    """A few pieces of it are not what they were."""
    targets.run(name, data.draw(mutated(name)))


@pytest.mark.thorough
@every_target
@many
@given(data=st.data())
def test_whatever_becomes_of_a_seed_is_answered(name: str, data: st.DataObject) -> None:
    """The same, more often."""
    targets.run(name, data.draw(mutated(name)))


@pytest.mark.parametrize("name", ["certificate", "key"])
@quick
@given(data=st.data())
def test_der_with_other_elements_is_answered(name: str, data: st.DataObject) -> None:
    """Good DER of something that nobody meant."""
    targets.run(name, data.draw(structured(name)))


@pytest.mark.thorough
@pytest.mark.parametrize("name", ["certificate", "key"])
@many
@given(data=st.data())
def test_der_with_any_other_elements_is_answered(name: str, data: st.DataObject) -> None:
    """The same, more often."""
    targets.run(name, data.draw(structured(name)))


@quick
@given(lines())
def test_pem_with_odd_lines_is_answered(text: bytes) -> None:
    """As mail programs, editors and YAML leave it."""
    targets.run("pem", text)


@pytest.mark.thorough
@many
@given(lines())
def test_pem_with_any_odd_lines_is_answered(text: bytes) -> None:
    """The same, more often."""
    targets.run("pem", text)
