"""Register and code side by side: what only one of them says is told, with YAML that mends the register."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import attrs
import pytest

import ropa
from ropa.rules import registry
from ropa.testing import assert_described, assert_no_findings, described

DATA = Path(__file__).parent / "data" / "puroniemi.yaml"
DAY = "2026-11-22"
STORED = ("customer.name", "customer.email", "reading.day", "reading.cubic_metres")
SENT: dict[str, list[str] | None] = {
    "print-service": ["customer.name", "customer.email"],
    "debt-collection": ["customer.name"],
    "authorities": None,
}


@pytest.fixture
def text() -> str:
    return DATA.read_text(encoding="utf-8")


def read(text: str) -> ropa.Record:
    return ropa.loads(text, "yaml")


def told(text: str, **changes: Any) -> list[str]:
    return described(read(text), "customers", **{"stored": STORED, "sent": SENT, **changes})


def pasted(text: str, line: str) -> str:
    """Put the YAML of a message where it says: below the key of the register, or into the recipient."""
    head, _, yaml = line.partition("\n")
    key, _, rest = yaml.partition("\n")
    if head.endswith("Write there:"):
        recipient = re.search(r"/recipients/([a-z0-9-]+)", head)
        assert recipient
        start = text.index(f"      - id: {recipient[1]}\n") + len(f"      - id: {recipient[1]}\n")
        end = re.compile(r"^ {,6}\S", re.MULTILINE).search(text, start)
        assert end
        node = re.sub(r"^ {8}data_categories:.*\n", "", text[start : end.start()], flags=re.MULTILINE)
        return f"{text[:start]}{yaml}\n{node}{text[end.start() :]}"
    assert head.endswith("Add:")
    if f"\n{key}\n" in text:
        return text.replace(f"\n{key}\n", f"\n{key}\n{rest}\n", 1)
    return f"{text.rstrip()}\n{yaml}\n"


def mended(text: str, **changes: Any) -> None:
    """Paste what the messages say, and see the assertion pass."""
    for line in told(text, **changes):
        text = pasted(text, line)
    assert_described(read(text), "customers", **{"stored": STORED, "sent": SENT, **changes})
    assert not {"ROPA903", "ROPA904"} & {finding.code for finding in ropa.check(read(text), as_of=DAY)}


# -- nothing to tell ---------------------------------------------------------------


def test_code_and_register_agree(text: str) -> None:
    assert_described(DATA, "customers", stored=STORED, sent=SENT)
    assert_described(str(DATA), "customers", stored=STORED)
    assert_described(read(text), "customers", sent=SENT)
    assert told(text) == []


def test_iterables_are_read_once(text: str) -> None:
    assert described(read(text), "customers", stored=iter(STORED), sent=SENT) == []
    sent = {name: None if fields is None else iter(fields) for name, fields in SENT.items()}
    assert described(read(text), "customers", stored=STORED, sent=sent) == []


# -- stored ------------------------------------------------------------------------


def test_stored_in_code_and_not_in_the_register(text: str) -> None:
    (line,) = told(text, stored=[*STORED, "customer.phone"])
    assert line == (
        "customer.phone is stored, and customers does not say so. Add:\n"
        "    data_categories:\n"
        "      - id: customer\n"
        "        name: customer  # write names for people\n"
        "        items:\n"
        "          - name: phone\n"
        "            stored_as: [customer.phone]"
    )
    with pytest.raises(AssertionError, match=r"(?s)^1 difference:\n- customer\.phone is stored"):
        assert_described(read(text), "customers", stored=[*STORED, "customer.phone"])


def test_new_columns_are_told_by_table(text: str) -> None:
    found = told(text, stored=[*STORED, "customer.phone", "site.address", "customer.birthday"])
    assert [line.partition(",")[0] for line in found] == ["customer.birthday", "site.address is stored"]
    assert found[0].startswith("customer.birthday, customer.phone are stored, and customers does not say so. Add:")


@pytest.mark.parametrize(
    "names",
    [
        ["customer.phone"],
        ["customer.phone", "customer.birthday", "site.address"],
        ["contact.phone"],  # the id of a category that is there
        ["billing.customer.phone", "billing-customer.phone"],  # one id for two tables
        ["customer.zip_code", "customer.zip-code"],  # one id for two items
        ["phone"],  # no table
        ["null.no", "1.2", "a: b.c # d", "-x.'", "Käyttöpaikka.osoite", "漢.字", "customer.@"],
    ],
)
def test_the_yaml_for_new_columns_can_be_pasted(text: str, names: list[str]) -> None:
    mended(text, stored=[*STORED, *names])


def test_the_yaml_can_be_pasted_where_the_register_is_empty() -> None:
    text = "ropa: 1\nid: https://example.org/x\nlanguage: en\nregisters:\n  - id: customers\n    name: Customers\n"
    mended(text, sent={"Printing": ["customer.name"]}, stored=["customer.name"])


def test_in_the_register_and_not_stored_in_code(text: str) -> None:
    assert told(text, stored=STORED[:-1], sent=None) == [
        (
            "reading.cubic_metres (customers/data_categories/readings) is in the register, and nothing stores it: "
            "remove it from stored_as"
        )
    ]
    changed = text.replace("[reading.day, reading.cubic_metres]", "[reading.day]")
    assert_described(read(changed), "customers", stored=STORED[:-1])


def test_a_column_of_two_categories_is_told_with_both(text: str) -> None:
    (line,) = told(text, stored=[name for name in STORED if name != "customer.email"], sent=None)
    assert "(customers/data_categories/contact, customers/data_categories/messages)" in line


def test_what_is_only_sent_counts_as_the_codes(text: str) -> None:
    """A field that is made for a recipient is stored nowhere; the register says so or the test tells."""
    sent = {**SENT, "debt-collection": ["customer.name", "debt.sum"]}
    first, second = told(text, sent=sent)
    assert first.startswith("debt.sum is sent, and customers does not say so. Add:\n    data_categories:")
    assert second.startswith("debt.sum (debt) is sent to customers/recipients/debt-collection")
    mended(text, sent=sent)


# -- sent --------------------------------------------------------------------------


def test_sent_to_an_unknown_recipient(text: str) -> None:
    sent = {**SENT, "Puroniemi Maps": ["reading.day", "customer.name"]}
    assert told(text, sent=sent) == [
        (
            "Puroniemi Maps receives data, and is no recipient of customers. Add:\n"
            "    recipients:\n"
            "      - id: puroniemi-maps\n"
            "        name: Puroniemi Maps\n"
            "        data_categories: [contact, readings]"
        )
    ]
    mended(text, sent=sent)


@pytest.mark.parametrize("name", ["Null", "A: b # c", "漢字", "7-post", "Käppä & Co", "x, y"])
def test_the_yaml_for_a_recipient_can_be_pasted(text: str, name: str) -> None:
    mended(text, sent={**SENT, name: ["customer.name"], f"{name} 2": None})
    mended(text, sent={**SENT, name: ["new.field"]})


def test_an_unknown_recipient_to_which_nothing_is_sent(text: str) -> None:
    (line,) = told(text, sent={**SENT, "Nobody": []})
    assert line == "Nobody is no recipient of customers, and nothing is sent to it: remove it from sent"


def test_sent_more_than_the_register_pairs(text: str) -> None:
    sent = {**SENT, "print-service": ["customer.name", "reading.day", "reading.cubic_metres"]}
    assert told(text, sent=sent) == [
        (
            "reading.cubic_metres (readings), reading.day (readings) are sent to customers/recipients/print-service, "
            "and the register does not say so. Write there:\n"
            "        data_categories: [contact, readings]"
        )
    ]
    mended(text, sent=sent)


def test_sent_more_than_a_pairing_gives(text: str) -> None:
    sent = {**SENT, "debt-collection": ["customer.name", "reading.day"]}
    assert "[contact, readings]" in told(text, sent=sent)[0]
    mended(text, sent=sent)


def test_several_differences_of_one_recipient_are_mended_at_once(text: str) -> None:
    sent = {**SENT, "print-service": ["reading.day", "site.address"]}
    found = told(text, sent=sent)
    assert [line.partition(" ")[0] for line in found] == [
        "site.address",
        "customers/recipients/print-service",
        "reading.day",
    ]
    assert found[2].endswith("data_categories: [readings, site]")
    mended_text = text
    for line in (found[0], found[2]):
        mended_text = pasted(mended_text, line)
    assert_described(read(mended_text), "customers", stored=STORED, sent=sent)


def test_a_column_of_two_categories_may_be_sent_as_either(text: str) -> None:
    assert told(text, sent={**SENT, "debt-collection": ["customer.email"]}) == []
    changed = text.replace(
        "data_categories: [contact]\n      - id: debt", "data_categories: [readings]\n      - id: debt"
    )
    assert changed != text
    (line,) = told(changed, sent={**SENT, "print-service": ["customer.email", "reading.day"]})
    assert line.startswith("customer.email (contact or messages) is sent to customers/recipients/print-service")


def test_a_recipient_without_data_may_be_sent_anything_that_is_described(text: str) -> None:
    changed = text[: text.index("    pairings:")]
    assert told(changed, sent={**SENT, "debt-collection": ["customer.name", "reading.day"]}) == []


def test_in_the_register_as_a_recipient_and_nothing_is_sent(text: str) -> None:
    sent = {name: fields for name, fields in SENT.items() if name != "print-service"}
    assert told(text, sent=sent) == ["customers/recipients/print-service is in the register, and nothing is sent to it"]
    assert told(text, sent={}) == [
        f"customers/recipients/{name} is in the register, and nothing is sent to it"
        for name in ("print-service", "debt-collection", "authorities")
    ]


def test_an_empty_list_is_less_than_the_register_says(text: str) -> None:
    assert told(text, sent={**SENT, "print-service": []}) == [
        "customers/recipients/print-service is said to receive contact, and nothing of it is sent: remove it there"
    ]


def test_a_category_without_columns_is_not_compared(text: str) -> None:
    """Letters on paper go to the authorities, and no column holds them."""
    assert told(text, sent={**SENT, "authorities": ["customer.name"]}) == []


def test_none_leaves_a_recipient_out(text: str) -> None:
    assert told(text, sent={**SENT, "print-service": None}) == []


def test_without_sent_recipients_are_not_compared(text: str) -> None:
    assert told(text, sent=None) == []
    assert described(read(text), "customers", sent=SENT) == []


@pytest.mark.parametrize(
    "name",
    [
        "print-service",
        "Printing service",
        "Tulostuspalvelu",
        "printing",
        "Puroniemi Printing Ltd",
        "Puroniemen Paino Oy",
    ],
)
def test_a_recipient_by_id_name_or_organisation(text: str, name: str) -> None:
    sent = {known: fields for known, fields in SENT.items() if known != "print-service"}
    assert told(text, sent={**sent, name: ["customer.name"]}) == []
    (line,) = told(text, sent={**sent, name: ["customer.name", "reading.day"]})
    assert line.startswith("reading.day (readings) is sent to customers/recipients/print-service")


def test_a_recipient_by_two_names_is_one(text: str) -> None:
    split = {**SENT, "print-service": ["customer.name"], "Puroniemi Printing Ltd": ["customer.email"]}
    assert told(text, sent=split) == []
    assert told(text, sent={**split, "Tulostuspalvelu": None}) == []
    assert len(told(text, sent={**split, "Tulostuspalvelu": ["reading.day"]})) == 1


def test_the_organisation_may_be_declared_as_the_controllers(text: str) -> None:
    changed = text.replace("organisation: printing", "organisation: puroniemi-water")
    sent = {**SENT, "Puroniemi Water": ["customer.name"]}
    del sent["print-service"]
    assert told(changed, sent=sent) == []


def test_an_id_goes_before_a_name(text: str) -> None:
    changed = text.replace("name: Debt collection", "name: print-service")
    assert told(changed) == []


def test_a_name_of_two_recipients_is_told(text: str) -> None:
    changed = text.replace("organisation: collection", "organisation: printing")
    sent: dict[str, list[str] | None] = {"Puroniemi Printing Ltd": ["customer.name"], "authorities": None}
    assert told(changed, sent=sent) == [
        "Puroniemi Printing Ltd can be several recipients of customers: use an id (print-service, debt-collection)"
    ]
    assert told(changed) == []


def test_internal_units_and_the_data_subject_need_nothing_sent(text: str) -> None:
    assert not any("customer-service" in line or "recipients/customer " in line for line in told(text, sent={}))
    assert told(text, sent={**SENT, "Customer service": ["customer.name"], "customer": list(STORED)}) == []


# -- wrong use ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "register", ["customer", "Customer register", "controller", "", "customers/recipients/customer"]
)
def test_no_such_register(text: str, register: str) -> None:
    with pytest.raises(ropa.PathError, match=rf"^there is no register '{register}'.* \(customers\)$"):
        described(read(text), register, stored=STORED)


def test_no_register_at_all() -> None:
    empty = ropa.Record(id="https://example.org/x", language="en")
    with pytest.raises(ropa.PathError, match=r"the record has none"):
        described(empty, "customers", stored=STORED)


def test_nothing_to_compare_is_no_test(text: str) -> None:
    with pytest.raises(TypeError, match="give stored, sent or both"):
        assert_described(read(text), "customers")


def test_a_string_is_no_list(text: str) -> None:
    with pytest.raises(TypeError, match="stored: give a list"):
        described(read(text), "customers", stored="customer.name")
    with pytest.raises(TypeError, match=r"sent\['print-service'\]: give a list"):
        described(read(text), "customers", sent={"print-service": "customer.name"})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ropa.ReadError):
        assert_described(tmp_path / "nothing.yaml", "customers", stored=STORED)


# -- findings ----------------------------------------------------------------------


def test_no_findings(text: str) -> None:
    clean = read(text)
    assert_no_findings(clean, profiles=["notice"], as_of=DAY, ignore=_rules(clean, "notice"))
    with pytest.raises(AssertionError, match=r"(?s)^\d+ findings:\n  ROPA\d+ ") as caught:
        assert_no_findings(clean, profiles=["notice"], as_of=DAY)
    assert str(caught.value).count("\n  ROPA") == len(_errors(clean, "notice"))


def _errors(record: ropa.Record, profile: str) -> list[ropa.Finding]:
    return [one for one in ropa.check(record, [profile], DAY) if one.severity is ropa.Severity.ERROR]


def _rules(record: ropa.Record, profile: str) -> set[str]:
    return {one.rule for one in _errors(record, profile)}


def test_findings_of_a_file_have_their_place() -> None:
    with pytest.raises(AssertionError, match=rf"  {re.escape(str(DATA))}:\d+:\d+: ROPA\d+ "):
        assert_no_findings(DATA, profiles=["notice"], as_of=DAY)


def test_one_finding_can_be_ignored_by_code_or_name(text: str) -> None:
    record = read(text)
    found = _errors(record, "notice")
    codes = sorted({one.code for one in found})
    assert len(codes) > 2
    for keys in (codes, [one.rule for one in found]):
        assert_no_findings(record, profiles=["notice"], as_of=DAY, ignore=keys)
    with pytest.raises(AssertionError) as caught:
        assert_no_findings(record, profiles=["notice"], as_of=DAY, ignore=codes[1:])
    assert set(re.findall(r"ROPA\d+", str(caught.value))) == {codes[0]}


def test_a_single_code_may_be_a_string(text: str) -> None:
    record = read(text)
    bare = ropa.Record(id=record.id, language="en")
    assert_no_findings(bare, profiles=["record"], as_of=DAY, ignore="ROPA101")
    with pytest.raises(AssertionError, match=r"^1 finding:\n"):
        assert_no_findings(bare, profiles=["record"], as_of=DAY, ignore="ROPA10")


def test_fail_on_reaches_to_warnings_and_notes(text: str) -> None:
    record = read(text)
    ignore = _rules(record, "record")
    assert_no_findings(record, profiles=["record"], as_of=DAY, ignore=ignore)
    numbers = []
    for level in ("warning", "note"):
        with pytest.raises(AssertionError) as caught:
            assert_no_findings(record, profiles=["record"], as_of=DAY, ignore=ignore, fail_on=level)
        numbers.append(int(str(caught.value).split()[0]))
    assert 0 < numbers[0] < numbers[1]
    with pytest.raises(ValueError, match="never"):
        assert_no_findings(record, fail_on="never")


def test_a_failed_rule_cannot_be_ignored(text: str) -> None:
    def broken(*_: object) -> Any:
        raise ZeroDivisionError

    rule = attrs.evolve(registry.RULES[0], look=broken, strength={"hygiene": "must"}, on=ropa.Record)
    registry.RULES.append(rule)
    try:
        with pytest.raises(AssertionError, match=r"(?s)ROPA900 .*ZeroDivisionError"):
            assert_no_findings(read(text), as_of=DAY, ignore=["ROPA900", "rule-crashed", *_rules(read(text), "record")])
    finally:
        registry.RULES.remove(rule)


def test_an_identity_code_does_not_reach_the_log(text: str) -> None:
    changed = text.replace("[contact, letters]", "[contact, 131052-308t]").replace("- id: letters", "- id: 131052-308t")
    changed = changed.replace("[contact]\n      - id: debt", "[nowhere-131052-308t, contact]\n      - id: debt")
    with pytest.raises(AssertionError, match=r"ROPA903") as caught:
        assert_no_findings(read(changed), profiles=["record"], as_of=DAY)
    assert "131052-308" not in str(caught.value).lower()
