"""The classes: three states, texts, ids, references, what they refuse."""

from __future__ import annotations

import datetime
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import durations, records

import ropa
from ropa import values
from ropa.access import walk
from ropa.model.due import add
from ropa.spec import classes, slots
from ropa.text import FrozenMap, slug

DAY = datetime.date(2026, 1, 31)


def small(**fields: object) -> ropa.Record:
    return ropa.Record(id="https://example.org/r", language="fi", registers=(ropa.Register(id="a", **fields),))  # type: ignore[arg-type]


def test_the_three_states_of_a_field() -> None:
    assert ropa.state(small().registers[0], "transfers") is ropa.State.NOT_STATED  # type: ignore[index]
    assert ropa.state(small(transfers=()).registers[0], "transfers") is ropa.State.NONE  # type: ignore[index]
    stated = small(transfers=(ropa.Transfer(name="Pilvi"),)).registers[0]  # type: ignore[index]
    assert ropa.state(stated, "transfers") is ropa.State.STATED
    assert ropa.each(None) == ()
    with pytest.raises(ropa.PathError):
        ropa.state(stated, "transfer")


def test_none_and_not_stated_are_dumped_differently() -> None:
    assert "transfers" not in ropa.to_dict(small())["registers"][0]
    assert ropa.to_dict(small(transfers=()))["registers"][0]["transfers"] == []


@pytest.mark.parametrize("cls", classes(), ids=lambda cls: cls.__name__)
def test_fields_that_classify_prove_or_attach_refuse_the_empty_list(cls: type) -> None:
    required = {"id": "https://example.org/r", "language": "fi"} if cls is ropa.Record else {}
    for slot in slots(cls):
        if slot.many and not slot.none_ok:
            with pytest.raises(ropa.ModelError, match="says nothing"):
                cls(**required, **{slot.name: ()})
        elif slot.many:
            assert getattr(cls(**required, **{slot.name: []}), slot.name) == ()
        elif slot.name not in ("id", "language"):
            with pytest.raises(ropa.ModelError):
                cls(**required, **{slot.name: []})


def test_the_fields_that_may_be_stated_none_are_those_of_the_design() -> None:
    never = {"concepts", "evidence", "registers", "organisations", "systems", "laws", "documents", "pairings", "items"}
    for cls in classes():
        for slot in slots(cls):
            if slot.name in never:
                assert not slot.none_ok, (cls.__name__, slot.name)
            if slot.kind == "ref" and slot.name != "on_behalf_of":
                assert not slot.none_ok, (cls.__name__, slot.name)
    for name in (
        "recipients",
        "transfers",
        "automated_decisions",
        "sources",
        "rights",
        "purposes",
        "joint_controllers",
    ):
        assert next(slot for slot in slots(ropa.Register) if slot.name == name).none_ok


def test_a_list_becomes_a_tuple_and_a_bare_string_is_refused() -> None:
    assert ropa.Purpose(concepts=["dpv:Marketing", "dpv:Marketing"]).concepts == ("dpv:Marketing",)  # type: ignore[arg-type]
    with pytest.raises(ropa.ModelError, match="expected a list"):
        ropa.Purpose(concepts="dpv:Marketing")  # type: ignore[arg-type]


def test_a_name_is_a_string_or_languages() -> None:
    plain, spelled = (ropa.Purpose(name="Laskutus"), ropa.Purpose(name={"fi": "Laskutus"}))
    assert small(purposes=(plain,)) == small(purposes=(spelled,))
    two = ropa.Text({"sv": "Fakturering", "FI": "Laskutus"})
    assert two["fi"] == "Laskutus"
    assert two.best("en", "sv") == "Fakturering"
    assert str(ropa.Text("x")) == "x"
    assert hash(two) == hash(ropa.Text({"fi": "Laskutus", "sv": "Fakturering"}))
    with pytest.raises(ropa.ModelError):
        small(purposes=(ropa.Purpose(name={"und": "a", "fi": "b"}),))


@pytest.mark.parametrize("bad", ["", "  \n", "a\x00b", "a\x0bb", "\ud800", "\ufffe", "\x85"])
def test_texts_that_no_format_carries_are_refused(bad: str) -> None:
    with pytest.raises(ropa.ModelError):
        ropa.Purpose(name=bad)


def test_line_ends_are_one() -> None:
    assert str(ropa.Purpose(description="a\r\nb\rc").description) == "a\nb\nc"


def test_ids_are_made_of_names_in_the_records_language() -> None:
    record = small(
        purposes=(ropa.Purpose(name={"en": "Billing", "fi": "Häiriöistä tiedottaminen"}),),
        data_categories=(ropa.DataCategory(concepts=("pd:EmailAddress",)),),
        rights=(ropa.RightStatement(right="eu-gdpr:A15"),),
    )
    register = record.registers[0]  # type: ignore[index]
    assert register.purposes[0].id == "hairioista-tiedottaminen"  # type: ignore[index]
    assert register.data_categories[0].id == "emailaddress"  # type: ignore[index]
    assert register.rights[0].id == "a15"  # type: ignore[index]
    assert slug("Ämpäri & Öljy") == "ampari-oljy"


def test_a_node_without_id_and_name_is_refused_with_its_place() -> None:
    with pytest.raises(ropa.ModelError) as caught:
        small(purposes=(ropa.Purpose(description="x"),))
    assert caught.value.problems[0][0].endswith("purposes/[0]/id")


def test_a_register_may_not_have_the_name_of_a_field() -> None:
    with pytest.raises(ropa.ModelError, match="field"):
        ropa.Record(id="https://example.org/r", language="fi", registers=(ropa.Register(id="laws"),))


@pytest.mark.parametrize("bad", ["https://example.org/r#x", "no iri", "r", "https://exa mple.org/"])
def test_a_records_id_is_an_absolute_iri_without_fragment(bad: str) -> None:
    with pytest.raises(ropa.ModelError):
        ropa.Record(id=bad, language="fi")


def test_nodes_are_frozen_and_final() -> None:
    purpose = ropa.Purpose(name="x")
    with pytest.raises(AttributeError):
        purpose.name = "y"  # type: ignore[misc]
    with pytest.raises(TypeError, match="extra"):

        class Mine(ropa.Purpose):
            pass


def test_extra_keeps_types_apart() -> None:
    assert FrozenMap({"a:b": 1}) != FrozenMap({"a:b": True})
    assert FrozenMap({"a:b": 1}) != FrozenMap({"a:b": 1.0})
    for bad in ({"nokey": 1}, {"a:b c": 1}, {"a:b": None}, {"a:b": float("nan")}, {"a:b": [1]}):
        with pytest.raises(ropa.ModelError):
            ropa.Purpose(name="x", extra=bad)  # type: ignore[arg-type]


def test_get_replace_and_their_messages() -> None:
    record = small(recipients=(ropa.Recipient(name="Perintä"),))
    assert ropa.get(record, "a/recipients/perinta").id == "perinta"
    assert ropa.get(record, "a/recipients/perinta/kind") is None
    changed = ropa.replace(record, "a/recipients/perinta", kind="dpv:ThirdParty")
    assert ropa.get(changed, "a/recipients/perinta/kind") == "dpv:ThirdParty"
    assert ropa.get(record, "a/recipients/perinta/kind") is None
    with pytest.raises(ropa.PathError, match="no 'x' in recipients"):
        ropa.get(record, "a/recipients/x")
    with pytest.raises(ropa.PathError, match="no field"):
        ropa.replace(record, "a", recipient=())
    with pytest.raises(ropa.PathError, match="is a field"):
        ropa.replace(record, "a/recipients", name="x")


def test_related_tells_what_is_paired_from_what_is_possible() -> None:
    record = small(
        data_categories=(ropa.DataCategory(name="Mittari"), ropa.DataCategory(name="Lasku")),
        recipients=(
            ropa.Recipient(name="Perintä", data_categories=("lasku",)),
            ropa.Recipient(name="Lukija"),
            ropa.Recipient(name="Posti"),
        ),
        pairings=(ropa.Pairing(id="p", data_categories=("mittari",), recipients=("lukija",)),),
    )
    meter = ropa.related(record, "a/data_categories/mittari", "recipients")
    assert [node.id for node in meter.paired] == ["lukija"]
    assert [node.id for node in meter.possible] == ["posti"]
    bill = ropa.related(record, "a/data_categories/lasku", "recipients")
    assert [node.id for node in bill.paired] == ["perinta"]


@given(record=records())
def test_every_path_leads_back_to_its_node(record: ropa.Record) -> None:
    for place in walk(record):
        assert ropa.get(record, place.path) is place.node


@given(record=records())
def test_records_can_be_pickled(record: ropa.Record) -> None:
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301  # our own bytes


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("P120M", "P10Y"),
        ("P2W", "P14D"),
        ("P1Y18M", "P2Y6M"),
        ("P0D", "P0D"),
        ("PT0S", "P0D"),
        ("PT48H", "P2D"),
        ("PT90M", "PT1H30M"),
    ],
)
def test_durations_are_canonical(written: str, canonical: str) -> None:
    assert values.duration(written) == canonical


@pytest.mark.parametrize("bad", ["P", "PT", "10Y", "-P1Y", "P1.5Y", "P1YT", "P1D1Y", "P9999999Y", "p1y", 10, "P١Y"])
def test_what_is_no_duration(bad: object) -> None:
    with pytest.raises(ropa.ModelError):
        values.duration(bad)


@given(durations)
def test_a_canonical_duration_stays(written: str) -> None:
    assert values.duration(values.duration(written)) == values.duration(written)


@pytest.mark.parametrize("bad", ["2022-13", "2022-02-30", "22-01-01", "8.4.2022", "2022-1-1", 2022, "0000"])
def test_what_is_no_date(bad: object) -> None:
    with pytest.raises(ropa.ModelError):
        values.date(bad)


def test_dates_may_be_partial_and_python_dates_are_taken() -> None:
    assert [values.date(x) for x in ("2022", "2022-04", "2022-04-08", DAY)] == [
        "2022",
        "2022-04",
        "2022-04-08",
        "2026-01-31",
    ]


# -- retention that computes -------------------------------------------------------


def test_due_gives_the_day_and_the_reason() -> None:
    rule = ropa.RetentionRule(name="x", period="P10Y", starts="laskun päivästä", bound="ropa:ExactPeriod")
    found = rule.due(datetime.date(2020, 2, 29))
    assert (found.earliest, found.latest) == (datetime.date(2030, 2, 28), datetime.date(2030, 2, 28))
    assert "P10Y from laskun päivästä" in found.reason


def test_due_never_says_keep() -> None:
    for rule in (
        ropa.RetentionRule(name="a"),
        ropa.RetentionRule(name="b", permanent=True),
        ropa.RetentionRule(name="c", period="P1Y", bound="ropa:MinimumPeriod"),
        ropa.RetentionRule(name="d", period="P2Y", bound="ropa:MaximumPeriod"),
        ropa.RetentionRule(name="e", period="P1Y", extensions=(ropa.Extension(condition="laki"),)),
        ropa.RetentionRule(name="f", until="purku"),
        ropa.RetentionRule(name="g", period="P9000Y"),
    ):
        assert "keep it" not in rule.due(DAY).reason
    assert ropa.RetentionRule(name="c", period="P1Y", bound="ropa:MinimumPeriod").due(DAY).latest is None
    assert ropa.RetentionRule(name="d", period="P2Y", bound="ropa:MaximumPeriod").due(DAY).earliest == DAY
    assert (
        ropa.RetentionRule(name="e", period="P1Y", extensions=(ropa.Extension(condition="laki"),)).due(DAY).latest
        is None
    )
    longer = ropa.RetentionRule(name="h", period="P1Y", extensions=(ropa.Extension(condition="x", period="P1Y"),))
    assert longer.due(DAY).latest == datetime.date(2028, 1, 31)


@given(st.dates(max_value=datetime.date(5000, 1, 1)), durations)
def test_adding_a_period_never_goes_back(start: datetime.date, period: str) -> None:
    end = add(start, values.duration(period))
    assert end is None or end >= start
