"""Targets of the user's own: what a file can say, what is refused and in which words, and how targets are printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import pemcheck
from fixtures.build import Case, leaf, load_key
from fixtures.generate import CASES
from fixtures.ran import Ran, Run, runner
from pemcheck.findings import Evidence, Severity, Verdict
from pemcheck.render.as_toml import target_toml
from pemcheck.rules import BY_NAME
from pemcheck.source import printable
from pemcheck.targets import Demand, Target, TargetError, get, known
from pemcheck.targets import custom as custom_targets
from pemcheck.targets.algorithms import is_algorithm, spelled
from pemcheck.targets.toml import MAX_BYTES, decode

PAGE = Path(__file__).resolve().parent.parent / "docs" / "own-targets.md"
FILE = "our-balancer.toml"
OWN = f"file:{FILE}"
ALB = 'extends = "alb"\n'
SCRATCH = """\
as_of = 2026-06-01
key_algorithms = ["RSA_2048"]
max_certificate_bytes = 32_768
max_chain_bytes = 32_768
"""
UNFIT = ("a b", "<b>", "-a", ".a", "größe", "a/b", "a:b", "a|b", "@a", "a" * 41)
"""What cannot be a target's name."""
NO_NAME = "must begin with a letter or digit of ASCII, and have only these and . _ - in it"
DOCUMENTED, ERROR, NOTE = Evidence.DOCUMENTED, Severity.ERROR, Severity.NOTE

every_target = pytest.mark.parametrize("target", known().values(), ids=list(known()))


def load(text: str, name: str = FILE) -> Target:
    """Return the target that a file describes."""
    return custom_targets.load(text, name, BY_NAME)


def about(target: Target, rule: str) -> list[Demand]:
    """Return what a target demands of one rule."""
    return [demand for demand in target.demands if demand.rule == rule]


def answer(data: bytes | str) -> str:
    """Return the target's name, or the sentence with which the file is refused."""
    try:
        return load(data if isinstance(data, str) else decode(data, FILE)).name
    except TargetError as error:
        return str(error)


def refusal(text: str, name: str = FILE) -> str:
    """Return the sentence with which a file is refused, without the file's name."""
    with pytest.raises(TargetError) as caught:
        load(text, name)
    sentence = str(caught.value)
    assert (name, sentence) == (sentence[: len(name)], printable(sentence))
    return sentence[len(name) :].lstrip(": ")


# -------------------------------------------------------------------------------------------------------- the page


def blocks(language: str) -> list[str]:
    """Return what stands in the page's fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_page_s_example_is_a_target() -> None:
    """What people copy works, and does what the page says."""
    target = load(blocks("toml")[0])
    demanded = [about(target, rule) for rule in ("cert-expires-soon", "pem-crlf-line-ends", "cert-without-scts")]

    assert ("our-balancer", "Our balancer", "https://wiki.example.com/tls") == (
        target.name,
        target.title,
        target.source,
    )
    assert [[(ERROR, target.source)], [], [(Severity.WARNING, "https://wiki.example.com/tls/logs")]] == [
        [(demand.severity, demand.source) for demand in demands] for demands in demanded
    ]


def test_the_page_s_program_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """What it shows is what a program can do."""
    names: dict[str, Any] = {}
    exec(blocks("python")[0], names)  # the page's own words

    assert ("our-balancer", "") == (names["report"].target, capsys.readouterr().out)


@pytest.mark.parametrize("key", ["extends", *Target._fields, *Demand._fields])
def test_the_page_has_every_key(key: str) -> None:
    """Nobody reads the code to learn what can be written."""
    assert key == "demands" or re.search(rf"^\| .*`{key}`.* \|", PAGE.read_text("utf-8"), re.MULTILINE)


# ---------------------------------------------------------------------------------------------------- a round trip


@every_target
def test_every_target_is_what_its_file_says(target: Target) -> None:
    """Printed as a file and read again, it is the same."""
    assert target == load(target_toml(target), f"{target.name}.toml")


def test_a_target_of_the_user_s_is_what_its_file_says() -> None:
    """The file that is printed needs no base."""
    target = load(blocks("toml")[0])

    assert target == load(target_toml(target), "copy.toml")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_every_text_is_written_as_toml_has_it(text: str) -> None:
    """Whatever the text: the reader of TOML gets it back, and a terminal no control character."""
    written = target_toml(get("acm").replace(name="x", demands=(), title=text))
    reader: Any = __import__("tomllib" if sys.version_info >= (3, 11) else "tomli")

    assert (text, False) == (
        reader.loads(written)["title"],
        bool(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", written)),
    )


def test_a_long_list_is_written_over_several_lines() -> None:
    """A short one stays on one line."""
    written = target_toml(get("acm").replace(demands=(), doubtful_algorithms=("RSA_2048",)))

    assert (True, True) == ('[\n    "RSA_1024",\n' in written, 'doubtful_algorithms = ["RSA_2048"]\n' in written)


# -------------------------------------------------------------------------------------------------------- settings


def test_a_file_that_only_extends_demands_what_its_base_does() -> None:
    """Name, title and source are its own: AWS says nothing about it."""
    base = get("alb")

    assert base.replace(name="our-balancer", title="our-balancer", source=OWN) == load(ALB)


def test_a_file_without_a_base_has_no_demands_but_its_own() -> None:
    """What it does not say has the default of Target."""
    demand = Demand("cert-expired", ERROR, DOCUMENTED, OWN)
    target = Target("x", "x", "2026-06-01", OWN, ("RSA_2048",), 32_768, 32_768, (demand,))

    assert target == load('name = "x"\n' + SCRATCH + '[rules]\ncert-expired = "error"')


@pytest.mark.parametrize("path", ["our.toml", "policies/our.toml", "policies\\our.toml", "/our.TOML", "our"])
def test_a_target_is_called_after_its_file(path: str) -> None:
    """The folder and the ending are no part of the name."""
    assert "our" == load(ALB, path).name


@pytest.mark.parametrize("written", ["2026-06-01", '"2026-06-01"'])
def test_a_date_is_a_date_or_text(written: str) -> None:
    """Both of TOML's ways are common."""
    assert "2026-06-01" == load(f"{ALB}as_of = {written}").as_of


@pytest.mark.parametrize("source", ["https://wiki.example.com", "https://a.test/b?c#d", "file:policy/tls rules.md"])
def test_a_source_is_an_address_or_a_file(source: str) -> None:
    """It is repeated as it is."""
    assert source == load(f'{ALB}source = "{source}"').source


def test_an_own_list_of_algorithms_is_closed() -> None:
    """Nothing that the base takes besides is added, and no doubt about what is not on it."""
    of_web = load('extends = "webpki"\nkey_algorithms = ["EC_prime256v1"]')
    of_cloudfront = load('extends = "cloudfront"\nkey_algorithms = ["RSA_2048", "RSA_3072"]')

    assert (0, ("RSA_3072",)) == (of_web.min_rsa_bits, of_cloudfront.doubtful_algorithms)


def test_a_list_may_be_empty_beside_a_smallest_size() -> None:
    """Then only RSA keys are taken."""
    target = load('extends = "webpki"\nkey_algorithms = []\nmin_rsa_bits = 3072')

    assert ((), 3072) == (target.key_algorithms, target.min_rsa_bits)


def test_a_region_can_be_taken_away() -> None:
    """An empty text is none."""
    assert "" == load('extends = "cloudfront"\nregion = ""').region


@pytest.mark.parametrize(
    ("base", "setting", "rule", "others"),
    [
        ("alb", 'key_algorithms = ["RSA_2048"]', "cert-key-algorithm-not-accepted", "cert-expired"),
        ("alb", 'key_algorithms = ["RSA_2048"]', "key-size-not-accepted", "key-algorithm-not-accepted"),
        ("iam", "min_rsa_bits = 3072", "key-curve-not-accepted", "input-too-large"),
        ("alb", "max_chain_bytes = 9_999", "input-too-large", "key-too-large"),
        ("cloudfront", 'region = "eu-west-1"', "region-not-us-east-1", "cert-key-algorithm-not-accepted"),
    ],
)
def test_a_changed_setting_is_the_user_s_word(base: str, setting: str, rule: str, others: str) -> None:
    """The page that the base quotes says something else; other demands still rest on it."""
    target = load(f'extends = "{base}"\n{setting}')
    own = [demand for demand in about(target, rule) if demand.only != "doubtful"]

    assert {(DOCUMENTED, OWN, "")} == {(demand.evidence, demand.source, demand.quote) for demand in own}
    assert about(get(base), others) == about(target, others)


def test_doubts_of_the_user_s_are_the_user_s_word() -> None:
    """What is refused for certain still rests on the page."""
    target = load('extends = "cloudfront"\ndoubtful_algorithms = ["RSA_1024"]')
    sources = {demand.only: demand.source for demand in about(target, "cert-key-algorithm-not-accepted")}

    assert (OWN, True) == (sources["doubtful"], sources[""].startswith("https://docs.aws.amazon.com/"))


def test_a_setting_of_the_base_s_changes_nothing() -> None:
    """To say what the base says is no word of one's own."""
    assert get("nlb").demands == load('extends = "nlb"\nmax_chain_bytes = 2_097_152').demands


# --------------------------------------------------------------------------------------------------------- demands


@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_a_rule_can_be_given_a_severity(severity: str) -> None:
    """It is documented: by the user."""
    expected = Demand("cert-expires-soon", Severity(severity), DOCUMENTED, "https://wiki.example.com/tls")
    target = load(f'{ALB}source = "https://wiki.example.com/tls"\n[rules]\ncert-expires-soon = "{severity}"')

    assert [expected] == about(target, "cert-expires-soon")


def test_a_rule_can_be_turned_off() -> None:
    """Nothing else changes."""
    target = load(f'{ALB}[rules]\npem-wrong-label = "off"')

    assert tuple(each for each in get("alb").demands if each.rule != "pem-wrong-label") == target.demands


def test_everything_about_a_demand_can_be_written() -> None:
    """Every field of Demand."""
    text = """
        [[demand]]
        rule = "pem-wrong-label"
        severity = "note"
        evidence = "observed"
        source = "https://wiki.example.com/tls"
        quote = "Labels matter."
        only = "trusted"
        issued_from = 2026-01-01
        public = true
        [[demand]]
        rule = "key-too-large"
        severity = "error"
        above = 4_096
        only = ""
        quote = ""
    """
    source = "https://wiki.example.com/tls"
    label = Demand(
        "pem-wrong-label", NOTE, Evidence.OBSERVED, source, "Labels matter.", 0, "trusted", "2026-01-01", True
    )

    assert (label, Demand("key-too-large", ERROR, DOCUMENTED, OWN, above=4096)) == load(SCRATCH + text).demands


def test_demands_of_one_rule_replace_the_base_s_and_stand_beside_each_other() -> None:
    """Own ones come first, in the order of the file."""
    each = '[[demand]]\nrule = "pem-wrong-label"\nseverity = '
    target = load(f'{ALB}{each}"error"\nonly = "certificate"\n{each}"note"')

    assert [("certificate", ERROR), ("", NOTE)] == [(demand.only, demand.severity) for demand in target.demands[:2]]
    assert target.demands[:2] == tuple(about(target, "pem-wrong-label"))


@pytest.mark.parametrize("base", [ALB, SCRATCH])
def test_what_cannot_be_read_may_be_an_inferred_error(base: str) -> None:
    """As in the built-in targets."""
    demand = about(get("alb"), "pem-nothing-found")[0]
    text = '[[demand]]\nrule = "pem-nothing-found"\nseverity = "error"\nevidence = "inferred"\n'

    assert (demand,) == load(f'{base}{text}source = "{demand.source}"').demands[:1]


def test_the_rules_that_need_a_size_are_those_of_the_targets() -> None:
    """Every built-in target demands them with one, and no other rule."""
    demands = [demand for target in known().values() for demand in target.demands]

    assert set(custom_targets._SIZED) == {demand.rule for demand in demands if demand.above}
    assert all(demand.above for demand in demands if demand.rule in custom_targets._SIZED)


def test_the_rules_that_look_at_settings_exist() -> None:
    """A rule that is renamed is renamed there too."""
    assert set() == {rule for rules in custom_targets._JUDGES.values() for rule in rules} - set(BY_NAME)


# --------------------------------------------------------------------------------------------------------- verdicts


def test_a_certificate_is_refused_by_the_user_s_list() -> None:
    """The finding speaks of the user's target and names the user's source."""
    files = Case(leaf(key="rsa-3072"), load_key("rsa-3072").pkcs1).contents()
    target = load(f'{ALB}title = "Our balancer"\nkey_algorithms = ["RSA_2048"]')
    report = pemcheck.check(files["certificate.pem"], files["private-key.pem"], target=target, at="2026-06-01")
    found = [finding for finding in report.findings if finding.rule == "cert-key-algorithm-not-accepted"]

    assert [(Verdict.REFUSED, OWN, True)] == [
        (report.verdict, each.source, each.message.endswith("Our balancer takes RSA_2048")) for each in found
    ]


# ---------------------------------------------------------------------------------------------------------- refused

DEMAND = f'{ALB}[[demand]]\nrule = "cert-expired"\n'
SEVERE = f'{DEMAND}severity = "error"\n'
BASES = ", ".join(known())
UNPRINTABLE = "has a line break or another character that cannot be printed"

REFUSED = {
    # keys
    'titel = "x"': "there is no key 'titel'; did you mean title?",
    '"\\u001b[31m" = 1': "there is no key '\\u{001b}[31m'; there are extends, name, title, as_of, source, "
    "key_algorithms, max_certificate_bytes, max_chain_bytes, doubtful_algorithms, min_rsa_bits, region, rules, demand",
    DEMAND + "severtiy = 1": "[[demand]] 1: there is no key 'severtiy'; did you mean severity?",
    "": "key_algorithms: this is missing; without `extends` it must be there",
    SCRATCH.replace("as_of", "#"): "as_of: this is missing; without `extends` it must be there",
    SCRATCH.replace("max_chain_bytes", "#"): "max_chain_bytes: this is missing; without `extends` it must be there",
    ALB + '[[demand]]\nseverity = "note"': "[[demand]] 1: rule: this is missing",
    DEMAND: "[[demand]] 1: severity: this is missing",
    # types
    "extends = 1": "extends: this must be text, but is a whole number",
    ALB + "title = ['x']": "title: this must be text, but is an array",
    ALB + "key_algorithms = 'RSA_2048'": "key_algorithms: this must be an array, but is text",
    ALB + "key_algorithms = [2048]": "key_algorithms: this must be an array of texts, but a whole number is in it",
    ALB + "min_rsa_bits = true": "min_rsa_bits: this must be a whole number, but is true or false",
    ALB + "min_rsa_bits = 2048.0": "min_rsa_bits: this must be a whole number, but is a number with a fraction",
    ALB + "rules = []": "rules: this must be a table, but is an array",
    ALB + "rules = {cert-expired = 1}": "[rules] cert-expired: this must be text, but is a whole number",
    ALB + "demand = 1": "demand: this must be an array, but is a whole number",
    ALB + "demand = [{}, 07:32:00]": "[[demand]] 1: rule: this is missing",
    ALB + "demand = [07:32:00]": "demand: this must be an array of tables, but a time is in it",
    ALB + "[demand]": "demand: this must be an array of tables: write [[demand]], not [demand]",
    SEVERE + "public = 1": "[[demand]] 1: public: this must be true or false, but is a whole number",
    # words
    'extends = "abl"': "extends: there is no built-in target 'abl'; did you mean alb?",
    'extends = "qqqqqq"': f"extends: there is no built-in target 'qqqqqq'; there are {BASES}",
    **dict.fromkeys(
        (
            'extends = "our-balancer"',
            'name = "x"\nextends = "x"',
            'extends = "other.toml"',
            'extends = "./other"',
            'extends = "..\\\\other"',
        ),
        "extends: only a built-in target can be extended, neither a file nor the target itself",
    ),
    ALB + '[rules]\ncert-expird = "off"': "[rules] 'cert-expird': there is no such rule; did you mean cert-expired?",
    ALB + '[rules]\n9 = "off"': "[rules] '9': there is no such rule; `python -m pemcheck rules` lists them",
    ALB + '[rules]\ncert-expired = "eror"': "[rules] cert-expired: 'eror' is no severity; did you mean error?",
    ALB + '[[demand]]\nrule = "cert-expird"': (
        "[[demand]] 1: rule: 'cert-expird': there is no such rule; did you mean cert-expired?"
    ),
    DEMAND + 'severity = "off"': "[[demand]] 1: severity: 'off' is no severity; there are error, warning, note",
    SEVERE + 'evidence = "document"': "[[demand]] 1: evidence: 'document' is no evidence; did you mean documented?",
    SEVERE + 'only = "x"': "[[demand]] 1: only: cert-expired knows no sorts; leave this out",
    ALB + '[[demand]]\nrule = "pem-wrong-label"\nseverity = "note"\nonly = "truste"': (
        "[[demand]] 1: only: 'truste' is no sort that this rule knows; did you mean trusted?"
    ),
    # numbers and dates
    ALB + "max_chain_bytes = 0": "max_chain_bytes: this must be from 1 to 4,194,304, but is 0",
    ALB + "max_chain_bytes = -5": "max_chain_bytes: this must be from 1 to 4,194,304, but is -5",
    ALB + "max_certificate_bytes = 5_000_000": (
        "max_certificate_bytes: this must be from 1 to 4,194,304, but is 5,000,000"
    ),
    ALB + f"min_rsa_bits = 0x{'f' * 5000}": (
        "min_rsa_bits: this must be from 0 to 16,384, but is a number of 20,000 bits"
    ),
    SEVERE + "above = -1": "[[demand]] 1: above: this must be from 0 to 4,194,304, but is -1",
    SEVERE + "above = 1": "[[demand]] 1: above: key-too-large alone is about a size, and needs one",
    ALB + '[[demand]]\nrule = "key-too-large"\nseverity = "error"': (
        "[[demand]] 1: above: key-too-large alone is about a size, and needs one"
    ),
    ALB + '[rules]\nkey-too-large = "error"': (
        "[rules] key-too-large: this needs a [[demand]] with `above`, the size in bytes that must be exceeded"
    ),
    ALB + 'as_of = ""': "as_of: this must be a date such as 2026-11-23, but is ''",
    ALB + 'as_of = "today"': "as_of: this must be a date such as 2026-11-23, but is 'today'",
    ALB + "as_of = 2026": "as_of: this must be a date such as 2026-11-23, but is a whole number",
    ALB + "as_of = 2026-06-01T00:00:00Z": "as_of: this must be a date such as 2026-11-23, but is a date with a time",
    ALB + 'as_of = "2026-02-30"': "as_of: there is no date 2026-02-30",
    SEVERE + 'issued_from = "soon"': "[[demand]] 1: issued_from: this must be a date such as 2026-11-23, but is 'soon'",
    # texts
    ALB + 'name = ""': "name: this is empty",
    ALB + f'name = "{"x" * 41}"': "name: this has more than 40 characters",
    ALB + 'name = "a\\tb"': f"name: 'a\\u{{0009}}b' {UNPRINTABLE}",
    ALB + 'name = "a\\nb"': f"name: (not repeated: it may be the content of a key) {UNPRINTABLE}",
    ALB + 'name = "a\\u202eb"': f"name: 'a\\u{{202e}}b' {UNPRINTABLE}",
    ALB + 'name = " x"': "name: this begins or ends with white space",
    **{ALB + f"name = '{name}'": f"name: '{name}' {NO_NAME}" for name in UNFIT[:-1]},
    ALB + 'name = "::error::"': f"name: '\\u{{003a}}:error::' {UNPRINTABLE}",
    ALB + 'name = "alb"\ntitle = "x"': (
        "name: alb is a built-in target, from which this one differs; give it a name of its own"
    ),
    ALB + f'title = "{"x" * 101}"': "title: this has more than 100 characters",
    ALB + 'title = "\\u0007"': f"title: '\\u{{0007}}' {UNPRINTABLE}",
    ALB + 'source = ""': "source: this is empty",
    ALB + 'source = "http://x"': "source: 'http://x' is neither an https:// address nor file: and a path",
    ALB + 'region = "Frankfurt"': "region: 'Frankfurt' is no AWS region such as us-east-1",
    SEVERE + 'source = "wiki"': "[[demand]] 1: source: 'wiki' is neither an https:// address nor file: and a path",
    SEVERE + f'quote = "{"word " * 20}word"': "[[demand]] 1: quote: this has more than 20 words; quote less",
    # algorithms
    ALB + 'key_algorithms = ["RSA-2048"]': "key_algorithms: 'RSA-2048' names no key algorithm; write RSA_2048",
    ALB + 'key_algorithms = ["?"]': "key_algorithms: '?' names no key algorithm; names look like RSA_2048, "
    "EC_prime256v1, Ed25519, DSA_2048, RSASSA_PSS_2048 or an OID",
    ALB + 'key_algorithms = ["RSA_2048", "RSA_2048"]': "key_algorithms: RSA_2048 stands there twice",
    ALB + f"key_algorithms = [{'1,' * 101}]": "key_algorithms: this has more than 100 names",
    ALB + "key_algorithms = []": "key_algorithms: this is empty, so that no key would be accepted",
    ALB + 'key_algorithms = ["RSASSA_PSS_2048"]': (
        'key_algorithms: cert-pss-key is about all keys such as RSASSA_PSS_2048; turn it "off" in [rules]'
    ),
    ALB + 'doubtful_algorithms = ["Ed25519"]': (
        "doubtful_algorithms: Ed25519 is not in key_algorithms, so there is no doubt about it"
    ),
    # contradictions
    SEVERE + '[rules]\ncert-expired = "off"': (
        "[[demand]] 1: rule: cert-expired stands under [rules] too; leave one of them out"
    ),
    SEVERE + 'evidence = "inferred"\n[[demand]]\nrule = "cert-many-names"\nseverity = "error"\nevidence = "inferred"': (
        "[[demand]] 2: severity: what is only inferred can be no error; give other evidence or another severity"
    ),
    SCRATCH + '[[demand]]\nrule = "cert-expired"\nseverity = "error"\nevidence = "inferred"': (
        "[[demand]] 1: severity: what is only inferred can be no error; give other evidence or another severity"
    ),
    ALB + 'region = "eu-west-1"': ("region: no rule looks at this; demand region-not-us-east-1 too, or leave it out"),
    ALB + 'max_chain_bytes = 9_999\n[rules]\ninput-too-large = "off"': (
        "max_chain_bytes: no rule looks at this; demand input-too-large too, or leave it out"
    ),
    ALB + 'doubtful_algorithms = ["RSA_1024"]': "doubtful_algorithms: no rule looks at this; "
    'demand cert-key-algorithm-not-accepted with only = "doubtful" too, or leave it out',
    # TOML
    "[": "1:2: this is not TOML: ",
    "a = 1\nb = = 2": "2:5: this is not TOML: ",
    "a = 1\na = 2": "2:6: this is not TOML: ",
    "a = \n": "1:5: this is not TOML: ",
    "a = [\n": "2:1: this is not TOML: ",
    "\x00": "1:1: this is not TOML: ",
    "a = " + "[" * 9_999: "this is nested too deeply",
    "a = " + "{a = " * 9_999: "this is nested too deeply",
    "\n" + ".".join("a" * 200) + " = 1": "2: this line has more than 120 dots, too many",
    "#" * (MAX_BYTES + 1): "this has more than 262,144 bytes, too many",
}


@pytest.mark.parametrize(("text", "sentence"), REFUSED.items(), ids=[text[-40:] for text in REFUSED])
def test_what_is_wrong_is_told_in_one_sentence(text: str, sentence: str) -> None:
    """With the key, and with what would be right."""
    told = refusal(text)

    assert sentence == (told[: len(sentence)] if sentence.endswith("TOML: ") else told)


def test_a_rule_may_be_pss_where_the_list_says_so() -> None:
    """Once the rule about them is off."""
    target = load(f'{ALB}key_algorithms = ["RSASSA_PSS_2048"]\n[rules]\ncert-pss-key = "off"')

    assert ("RSASSA_PSS_2048",) == target.key_algorithms


def test_a_number_that_python_does_not_read_is_told() -> None:
    """Versions differ in how many digits they read; none fails, and none prints them."""
    assert re.search(" a number (is too long|of [0-9,]+ bits)$", refusal(f"{ALB}min_rsa_bits = {'9' * 5_000}"))


@pytest.mark.parametrize("name", ["x" * 41 + ".toml", "a\tb.toml", ".toml", " .toml", "a b.toml", "<b>.toml"])
def test_the_name_of_the_file_must_do_for_the_target(name: str) -> None:
    """Otherwise the file has to give one."""
    with pytest.raises(TargetError, match="name: this is missing, and the name of the file is not fit to be"):
        load(ALB, name)


@pytest.mark.parametrize("name", UNFIT)
def test_a_target_that_a_program_makes_has_a_name_too(name: str) -> None:
    """It stands in every format, so it is letters, digits, and what joins them."""
    with pytest.raises(TargetError, match="a target's name: "):
        pemcheck.check(b"", target=get("acm").replace(name=name))


def test_what_may_be_a_key_is_not_repeated() -> None:
    """Somebody gave the wrong file."""
    secret = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7"
    with pytest.raises(TargetError) as caught:
        load(f'"{secret}" = 1')

    assert secret not in str(caught.value)


# ------------------------------------------------------------------------------------------------------- any bytes


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"a\n\xff", "x.toml:2: this is not UTF-8 text, which TOML has to be"),
        ("a = 1".encode("utf-16"), "x.toml:1: this is not UTF-8 text, which TOML has to be"),
        (b"#" * (MAX_BYTES + 1), "x.toml: this has more than 262,144 bytes, too many"),
    ],
)
def test_bytes_that_are_no_text_are_told(data: bytes, sentence: str) -> None:
    """In one sentence."""
    with pytest.raises(TargetError, match=f"^{re.escape(sentence)}$"):
        decode(data, "x.toml")


def test_a_byte_order_mark_is_no_mistake() -> None:
    """Some editors write one."""
    assert ALB == decode(b"\xef\xbb\xbf" + ALB.encode(), "x.toml")


@given(st.binary(max_size=200) | st.text(alphabet="abe=.[]{}\"'\n#,1-\\ ").map(str.encode))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    """A target or one sentence."""
    told = answer(data)

    assert printable(told) == told


@given(st.data())
def test_any_mutant_gets_an_answer(data: st.DataObject) -> None:
    """A character more or less in a good file."""
    text = blocks("toml")[0]
    start, length = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 3))
    told = answer(text[:start] + data.draw(st.text(max_size=3)) + text[start + length :])

    assert printable(told) == told


@pytest.mark.parametrize(
    "text",
    [
        "[" + ".".join("a" * 120) + "]\n" + "".join(f"k{number} = 1\n" for number in range(22_000)),
        ALB + "[rules]\n" + "".join(f"k{number} = 'off'\n" for number in range(15_000)),
        SEVERE + SEVERE[len(ALB) :] * 5_000,
        "k" * 250_000 + " = 1",
        f"extends = '{'k' * 250_000}'",
    ],
    ids=["header", "rules", "demands", "key", "base"],
)
def test_no_file_takes_long(text: str) -> None:
    """The bound is far above what any of them takes."""
    start = time.monotonic()
    told = answer(text)

    assert (True, True) == (len(told) < 1_000, time.monotonic() - start < 20)


# ------------------------------------------------------------------------------------------------------- algorithms

GOOD = (
    *("RSA_2048", "RSA_16384", "DSA_1024", "RSASSA_PSS_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1"),
    *("Ed25519", "Ed448", "EC_1.3.132.0.10", "2.16.840.1.101.3.4.3.17", "1.2.840.10046.2.1"),
)
SPELLED = {
    "RSA-2048": "RSA_2048",
    "rsa 2048": "RSA_2048",
    "RSA2048": "RSA_2048",
    "2048": "RSA_2048",
    "rsa:4096": "RSA_4096",
    "RSA_2048bit": "RSA_2048",
    "RSA_02048": "RSA_2048",
    "DSA-2048": "DSA_2048",
    "PSS_2048": "RSASSA_PSS_2048",
    "RSA-PSS-3072": "RSASSA_PSS_3072",
    "EC_P256": "EC_prime256v1",
    "P-256": "EC_prime256v1",
    "ec_prime256v1": "EC_prime256v1",
    "ECDSA_P384": "EC_secp384r1",
    "ecc-nistp521": "EC_secp521r1",
    "EC521": "EC_secp521r1",
    "EC_secp256k1": "EC_1.3.132.0.10",
    "P-224": "EC_1.3.132.0.33",
    "ED25519": "Ed25519",
    "ed-448": "Ed448",
    "1.3.101.112": "Ed25519",
    "EC_1.2.840.10045.3.1.7": "EC_prime256v1",
    "256": "",
    "RSA_20480000": "RSA_2048",
    "X25519": "Ed25519",
    "EC_explicit": "",
    "": "",
    "1.2": "",
    "RSA_٢٠٤٨": "",
}


@pytest.mark.parametrize("name", [*GOOD, *(each for target in known().values() for each in target.key_algorithms)])
def test_names_of_aws_s_form_are_algorithms(name: str) -> None:
    """Those that AWS lists, and those that it does not."""
    assert is_algorithm(name)


@pytest.mark.parametrize(("name", "right"), SPELLED.items())
def test_other_names_have_a_right_spelling(name: str, right: str) -> None:
    """What OpenSSL, NIST and people write."""
    assert (False, right, True) == (is_algorithm(name), spelled(name), not right or is_algorithm(right))


@pytest.mark.parametrize("name", ["rsa-1024", "rsa-2048-f", "p256-a", "p521-a", "ed25519-a", "ed448", "secp256k1"])
def test_the_names_of_keys_are_algorithms(name: str) -> None:
    """A list can name every key that a certificate can have."""
    certificate = pemcheck.inspect(Case(leaf(key=name), b"").contents()["certificate.pem"])[0]

    assert isinstance(certificate, pemcheck.Certificate)
    assert is_algorithm(certificate.key.algorithm)


# ------------------------------------------------------------------------------------------------- the command line


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command in a folder with a clean submission and a target."""
    monkeypatch.chdir(tmp_path)
    for name, data in CASES["clean-rsa-2048"].contents().items():
        Path(name).write_bytes(data)
    Path(FILE).write_text(f'{ALB}key_algorithms = ["EC_prime256v1"]\n')
    Path("broken.toml").write_text("extends = ")

    return runner(capsys)


CHECK = ("--certificate", "certificate.pem", "--private-key", "private-key.pem", "--at", "2026-06-01")


@pytest.mark.parametrize("path", [FILE, f"./{FILE}", f"file://{FILE}"])
def test_a_file_can_be_the_target(path: str, run: Run) -> None:
    """Its name is the verdict's."""
    ran = run(*CHECK, "--target", path)

    assert (1, True) == (ran.status, "our-balancer: refused" in ran.out)


def test_files_and_names_stand_beside_each_other(run: Run) -> None:
    """``--target`` is still repeatable."""
    ran = run(*CHECK, "--target", "alb", "--target", FILE, "--format", "concise")

    assert (1, True) == (ran.status, "our-balancer: " in ran.out)


@pytest.mark.parametrize("command", [("targets",), (*CHECK, "--target")], ids=["targets", "check"])
@pytest.mark.parametrize(
    ("path", "sentence"),
    [
        ("none.toml", "none.toml: no such file or directory"),
        ("./none", "./none: no such file or directory"),
        ("broken.toml", "broken.toml:1:11: this is not TOML: invalid value"),
        ("acm.tom", "there is no target 'acm.tom'; did you mean acm?"),
    ],
)
def test_a_file_that_is_no_target_gets_one_sentence(
    command: tuple[str, ...], path: str, sentence: str, run: Run
) -> None:
    """Wherever it is named."""
    assert Ran(2, "", f"pemcheck: {sentence}\n") == run(*command, path)


@pytest.mark.parametrize("form", ["text", "json", "toml"])
def test_a_target_of_the_user_s_is_printed_like_a_built_in_one(form: str, run: Run) -> None:
    """In every format."""
    ran = run("targets", FILE, "--format", form)

    assert (0, "", True, True) == (ran.status, ran.err, "our-balancer" in ran.out, OWN in ran.out)


@every_target
def test_a_built_in_target_is_printed_as_a_file(target: Target, run: Run) -> None:
    """Which is a target again."""
    assert target == load(run("targets", target.name, "--format", "toml").out, "copy.toml")


def test_a_file_has_one_target(run: Run) -> None:
    """All of them at once are no file."""
    assert Ran(2, "", "pemcheck: --format toml prints one target; give its name\n") == run(
        "targets", "--format", "toml"
    )


def test_the_help_names_the_page(run: Run) -> None:
    """Whoever looks for it finds it."""
    assert "docs/own-targets.md" in run("targets", "--help").out


def test_the_reader_of_toml_waits_until_there_is_a_file() -> None:
    """A check against a built-in target does not pay for it."""
    program = (
        "import sys; before = {*sys.modules}; from pemcheck.cli import main; main(['targets', 'alb']); "
        "print({'tomllib', 'tomli'} & ({*sys.modules} - before))"
    )
    path = os.pathsep.join([str(Path(pemcheck.__file__).parent.parent), os.environ.get("PYTHONPATH", "")])
    env = {**os.environ, "PYTHONPATH": path}
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, env=env)

    assert "set()" == ran.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[rules]\ncert-expired = "error"\nextends = "acm"\n', "extends: this stands below [rules]; settings"),
        ('[rules]\nkey_algorithms = ["RSA_2048"]\n', "key_algorithms: this stands below [rules]; settings come first,"),
        (f'{SCRATCH}[[demand]]\nrule = "cert-expired"\nregion = "x"\n', "region: this stands below [[demand]]; "),
        (f"{SCRATCH}rules = 3\ndemand = 4\n", "rules: this must be a table, but is a whole number"),
    ],
)
def test_a_setting_below_a_table_is_called_misplaced(text: str, expected: str) -> None:
    """TOML makes it the table's, and what is missing then stands in the file all the same."""
    assert refusal(text).startswith(expected)
