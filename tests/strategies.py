"""Hypothesis strategies for records, derived from the declarations: a new field is covered by being declared."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

import ropa
from ropa.spec import Slot, slots
from ropa.vocab import data, is_a

LANGUAGES = ("fi", "sv", "en", "se", "en-gb")
PREFIXES = {"x": "https://example.org/x#", "y-1": "https://example.org/y/"}
# What every format carries: no control characters but tab and LF, no surrogates, no U+FFFE/U+FFFF.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\t\n", exclude_characters="\ufffe\uffff"
)
words = st.text(CHARACTERS, min_size=1, max_size=12).filter(lambda text: bool(text.strip()))
ids = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3})?", fullmatch=True)
dates = st.one_of(
    st.dates().map(lambda day: day.isoformat()),
    st.integers(1900, 2100).map(str),
    st.integers(1, 12).map(lambda m: f"2020-{m:02}"),
)
part = st.integers(0, 400)
durations = st.one_of(
    st.tuples(part, st.sampled_from("YMWD")).map(lambda pair: f"P{pair[0]}{pair[1]}"),
    st.tuples(part, part, part).map(lambda three: f"P{three[0]}Y{three[1]}M{three[2]}D"),
    st.tuples(part, part, part).map(lambda three: f"P1DT{three[0]}H{three[1]}M{three[2]}S"),
)
iris = st.sampled_from(
    ["https://example.org/a", "http://example.org/ä?x=1&y=(2)#z", "tag:example.org,2026:x", "mailto:a@b.example"]
)
extras = st.dictionaries(
    st.sampled_from(["x:a", "x:b_c", "y-1:ääni", "y-1:D.e-f"]),
    st.one_of(
        words, st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
    ),
    min_size=1,
    max_size=3,
)
TEXTS = st.one_of(words, st.dictionaries(st.sampled_from(LANGUAGES), words, min_size=1, max_size=3))
CONCEPTS = sorted(name for name in data()["terms"] if not data()["terms"][name][4])
OWN = {"dpv:PersonalData": "own:oma-tieto", "dpv:Purpose": "own:oma-tarkoitus"}


def terms_for(slot: Slot) -> list[str]:
    """Return terms that a field takes."""
    found = [name for name in CONCEPTS if not slot.roots or is_a(name, *slot.roots)]
    return [*found, *(own for root, own in OWN.items() if not slot.roots or is_a(root, *slot.roots))]


_TERMS: dict[tuple[str, ...], list[str]] = {}


def _value(slot: Slot, depth: int) -> st.SearchStrategy[Any]:
    if slot.kind == "concept":
        if slot.roots not in _TERMS:
            _TERMS[slot.roots] = terms_for(slot)
        return st.sampled_from(_TERMS[slot.roots])
    if slot.kind == "ref":
        # Few ids, so that references often meet a node; some dangle, which is a finding and no loss.
        return st.sampled_from(["a", "b", "c"])
    if slot.kind == "choice":
        return st.sampled_from(slot.words)
    simple = {
        "text": TEXTS,
        "string": words,
        "date": dates,
        "duration": durations,
        "language": st.sampled_from(LANGUAGES),
        "iri": iris,
        "bool": st.booleans(),
        "int": st.integers(-(2**40), 2**40),
        "extra": extras,
        "remarks": st.dictionaries(st.sampled_from(["", "purposes", "a/recipients/b"]), TEXTS, min_size=1, max_size=2),
        "prefixes": st.just(PREFIXES),
    }
    if slot.kind in simple:
        return simple[slot.kind]
    assert slot.range is not None
    return nodes(slot.range, depth + 1)


def _field(slot: Slot, depth: int) -> st.SearchStrategy[Any]:
    one = _value(slot, depth)
    if not slot.many:
        return one
    smallest = 0 if slot.none_ok else 1
    if slot.kind == "node":
        return st.lists(one, min_size=smallest, max_size=3, unique_by=lambda node: node["id"])
    return st.lists(one, min_size=smallest, max_size=3, unique=True)


@st.composite
def nodes(draw: st.DrawFn, cls: type, depth: int = 0) -> dict[str, Any]:
    """Draw a node as plain data, with some of its fields."""
    made: dict[str, Any] = {"id": draw(st.one_of(st.sampled_from(["a", "b", "c"]), ids))}
    candidates = [slot for slot in slots(cls) if slot.name != "id" and (slot.kind != "node" or depth < 4)]
    chosen = draw(st.lists(st.sampled_from(candidates), max_size=6 if depth else 10, unique_by=lambda slot: slot.name))
    for slot in chosen:
        made[slot.name] = draw(_field(slot, depth))
    return made


@st.composite
def data_of_records(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a record as plain data: what a JSON file holds."""
    made = draw(nodes(ropa.Record, 0))
    registers = draw(st.lists(nodes(ropa.Register, 1), max_size=2, unique_by=lambda node: node["id"]))
    made |= {"id": draw(st.sampled_from(["https://example.org/r", "tag:example.org,2026:r/ä"]))}
    made |= {"language": draw(st.sampled_from(("fi", "sv", "en"))), "prefixes": PREFIXES, "ropa": 1}
    own = [{"id": name.removeprefix("own:"), "scheme": root, "labels": "oma"} for root, name in OWN.items()]
    made["concepts"] = own
    made.pop("registers", None)
    if registers:
        made["registers"] = registers
    return made


def records() -> st.SearchStrategy[ropa.Record]:
    """Draw records."""
    return data_of_records().map(ropa.from_dict)
