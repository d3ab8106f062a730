"""SHACL shapes: of the completeness rules that the declarations give, and of rules about one node.

One named shape a rule and profile.

The shapes target `ropa:<Class>`, with the field's read property as path. A
stated none counts only where the law lets it answer. `path_of` is the map
from a result's focus node and path to a finding's path.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from ropa.model import AutomatedDecision, Contact, Organisation, Provision, Recipient, RetentionRule
from ropa.prefixes import NS
from ropa.rdf.formats import serialize
from ropa.rdf.terms import RDF_TYPE, XSD, Lit, Triple, lang
from ropa.rules.completeness import Declared, declared
from ropa.rules.registry import RULES, words
from ropa.spec import slot_map, slots
from ropa.vocab import data, expand, is_a

PROFILES: Final = ("record", "notice", "processor")
SEVERITY: Final = {"must": "sh:Violation", "asked": "sh:Warning", "good": "sh:Info"}
LANGUAGES: Final = ("en", "fi", "sv")


def shape_iri(found: Declared, profile: str) -> str:
    """Return the name of a rule's shape in a profile."""
    return f"{NS}ROPA{found.need.code}-{profile}-{found.cls.__name__}-{found.slot.name}"


def _list(base: str, items: Iterable[str]) -> tuple[str, list[Triple]]:
    """Return the head and the triples of an RDF list whose cells are named after `base`."""
    names = list(items)
    dash = "" if base.startswith("_:") else "-"
    cells = [f"{base}{dash}{index}" for index in range(len(names))] + [expand("rdf:nil")]
    made: list[Triple] = []
    for cell, rest, item in zip(cells, cells[1:], names, strict=False):
        made += [(cell, expand("rdf:first"), item), (cell, expand("rdf:rest"), rest)]
    return cells[0], made


def _counting(found: Declared, name: str) -> list[Triple]:
    """Return the shape of a value that counts: no stated none unless it answers, and only the fitting terms."""
    need, slot = found.need, found.slot
    stated = f"{name}-stated"
    made: list[Triple] = []
    if need.only is not None or need.ignore is not None:
        field, terms = need.only or need.ignore or ("", ())
        assert slot.range is not None
        key = expand(slot_map(slot.range)[field].key)
        head, cells = _list(f"{name}-terms", (expand(term) for term in terms))
        inner = f"{name}-term"
        made += [
            *cells,
            (inner, RDF_TYPE, expand("sh:PropertyShape")),
            (inner, expand("sh:path"), key),
            (inner, expand("sh:in"), head),
        ]
        made.append((inner, expand("sh:minCount"), Lit("1", XSD + "integer")))
        if need.only is not None:
            made.append((name, expand("sh:property"), inner))
        else:
            made.append((name, expand("sh:not"), inner))
    if not need.none_answers and slot.none_ok:
        made += [(stated, expand("sh:class"), expand("ropa:StatedNone")), (name, expand("sh:not"), stated)]
    return made


class Given(NamedTuple):
    """A test of a node: the field is stated, is one of the terms or below one, or is a value."""

    field: str
    terms: tuple[str, ...] = ()
    value: bool | None = None


class Conditional(NamedTuple):
    """A rule about one node: if every `when` holds, one of `unless` (each a list of tests) has to."""

    code: int
    on: type
    when: tuple[Given, ...]
    unless: tuple[tuple[Given, ...], ...]
    holder: str | None = None
    """The property that leads to the node, where only nodes in that role are meant."""


_REACH = tuple((Given(field),) for field in ("address", "email", "phone", "contact_form"))
_GRAVE = (
    Given("solely_automated", value=True),
    Given("effects", ("ropa:LegalEffect", "ropa:SimilarlySignificantEffect")),
)
CONDITIONAL: Final = (
    Conditional(102, Organisation, (), _REACH, "ropa:controller"),
    Conditional(102, Organisation, (), _REACH, "ropa:processor"),
    Conditional(
        111,
        Contact,
        (),
        tuple((Given(field),) for field in ("email", "phone", "address", "url")),
        "ropa:dataProtectionOfficers",
    ),
    Conditional(
        112, Contact, (), ((Given("name"),), (Given("name_withheld", value=True),)), "ropa:dataProtectionOfficers"
    ),
    Conditional(307, Provision, (Given("requirement"),), ((Given("consequence"),),)),
    Conditional(402, Recipient, (Given("kind", ("dpv:DataProcessor",)),), ((Given("agreements"),),)),
    Conditional(406, Recipient, (Given("kind", ("dpv:DataSubProcessor",)),), ((Given("authorisation"),),)),
    Conditional(603, RetentionRule, (Given("period"), Given("bound", ("ropa:MinimumPeriod",))), ((Given("until"),),)),
    Conditional(604, RetentionRule, (Given("permanent", value=True),), ((Given("laws"),),)),
    Conditional(
        606,
        RetentionRule,
        (Given("period"),),
        ((Given("starts"),), (Given("until"),), (Given("permanent", value=True),)),
    ),
    Conditional(711, AutomatedDecision, _GRAVE, ((Given("logic"), Given("significance"), Given("consequences")),)),
    Conditional(712, AutomatedDecision, _GRAVE, ((Given("grounds"),), (Given("laws"),))),
    Conditional(
        714,
        AutomatedDecision,
        (Given("grounds", ("ropa:A22-2-a", "ropa:A22-2-c")),),
        ((Given("safeguards", ("eu-gdpr:A22-3-a", "eu-gdpr:A22-3-c")),),),
    ),
)
"""Rules about one node that SHACL can say; the Python functions of the same codes are what they are tested against."""


def _test(name: str, given: Given, cls: type) -> list[Triple]:
    """Return the shape `name` of nodes for which a test holds."""
    slot = slot_map(cls)[given.field]
    via = slot.term.via if not slot.is_edge else None
    made: list[Triple] = []
    path = expand(slot.key)
    if via is not None:
        # A path of two steps has to be a blank node: an IRI would be read as one property.
        cell = "_:" + name.removeprefix(NS).replace("-", "")
        path, made = _list(cell, (expand(via.property), expand(slot.key)))
    value = f"{name}-value"
    made += [
        (name, RDF_TYPE, expand("sh:PropertyShape")),
        (name, expand("sh:path"), path),
        (name, expand("sh:qualifiedMinCount"), Lit("1", XSD + "integer")),
        (name, expand("sh:qualifiedValueShape"), value),
        (value, RDF_TYPE, expand("sh:NodeShape")),
    ]
    if given.value is not None:
        made.append((value, expand("sh:hasValue"), Lit(str(given.value).lower(), XSD + "boolean")))
    elif given.terms:
        below = (term for term in data()["terms"] if is_a(term, *given.terms))
        head, cells = _list(f"{value}-terms", (expand(term) for term in sorted(below)))
        made += [*cells, (value, expand("sh:in"), head)]
    elif slot.none_ok:
        made += [(f"{value}-none", expand("sh:class"), expand("ropa:StatedNone"))]
        made += [(value, expand("sh:not"), f"{value}-none")]
    return made


def _conditional(rule: Conditional, profile: str) -> list[Triple]:
    """Return the named shape of a conditional rule: not the condition, or one of its answers."""
    found = next((one for one in RULES if one.code == rule.code and profile in one.strength), None)
    if found is None or (rule.holder == "ropa:processor") != (profile == "processor" and rule.code == 102):
        return []
    shape = conditional_iri(rule, profile)
    target = (
        (shape, expand("sh:targetClass"), f"{NS}{rule.on.__name__}")
        if rule.holder is None
        else (shape, expand("sh:targetObjectsOf"), expand(rule.holder))
    )
    made: list[Triple] = [
        (shape, RDF_TYPE, expand("sh:NodeShape")),
        target,
        (shape, expand("sh:severity"), expand(SEVERITY[found.strength[profile]])),
        (shape, expand("sh:name"), Lit(f"ROPA{rule.code}")),
    ]
    made += [(shape, expand("sh:message"), lang(words(rule.code, tag).title, tag)) for tag in LANGUAGES]
    answers = []
    if rule.holder is not None:  # a stated none in that role is no node to ask
        none = f"{shape}-none"
        made += [(none, RDF_TYPE, expand("sh:NodeShape")), (none, expand("sh:class"), expand("ropa:StatedNone"))]
        answers.append(none)
    for index, given in enumerate(rule.when):
        inner, outer = f"{shape}-when-{index}", f"{shape}-not-{index}"
        made += [
            *_test(inner, given, rule.on),
            (outer, RDF_TYPE, expand("sh:NodeShape")),
            (outer, expand("sh:not"), inner),
        ]
        answers.append(outer)
    for index, tests in enumerate(rule.unless):
        outer = f"{shape}-unless-{index}"
        made.append((outer, RDF_TYPE, expand("sh:NodeShape")))
        for part, given in enumerate(tests):
            made += [*_test(f"{outer}-{part}", given, rule.on), (outer, expand("sh:property"), f"{outer}-{part}")]
        answers.append(outer)
    head, cells = _list(f"{shape}-or", answers)
    return [*made, *cells, (shape, expand("sh:or"), head)]


def conditional_iri(rule: Conditional, profile: str) -> str:
    """Return the name of a conditional rule's shape in a profile."""
    return f"{NS}ROPA{rule.code}-{profile}-{rule.on.__name__}"


def codes() -> frozenset[int]:
    """Return the codes of the rules that the shapes say."""
    return frozenset({found.need.code for found in declared()} | {rule.code for rule in CONDITIONAL})


def triples(profile: str) -> list[Triple]:
    """Return the shapes of a profile (record, notice, processor)."""
    made: list[Triple] = [triple for rule in CONDITIONAL for triple in _conditional(rule, profile)]
    for found in declared():
        need, slot = found.need, found.slot
        if profile not in need.strength:
            continue
        shape = shape_iri(found, profile)
        inner = f"{shape}-property"
        made += [
            (shape, RDF_TYPE, expand("sh:NodeShape")),
            (shape, expand("sh:targetClass"), f"{NS}{found.cls.__name__}"),
            (shape, expand("sh:property"), inner),
            (inner, RDF_TYPE, expand("sh:PropertyShape")),
            (inner, expand("sh:path"), expand(slot.key)),
            (inner, expand("sh:severity"), expand(SEVERITY[need.strength[profile]])),
            (inner, expand("sh:name"), Lit(f"ROPA{need.code}")),
        ]
        made += [(inner, expand("sh:message"), lang(words(need.code, tag).title, tag)) for tag in LANGUAGES]
        value = f"{shape}-value"
        counting = _counting(found, value)
        if counting:
            made += [
                *counting,
                (value, RDF_TYPE, expand("sh:NodeShape")),
                (inner, expand("sh:qualifiedValueShape"), value),
            ]
            made.append((inner, expand("sh:qualifiedMinCount"), Lit("1", XSD + "integer")))
        else:
            made.append((inner, expand("sh:minCount"), Lit("1", XSD + "integer")))
    return made


def turtle(profile: str | None = None) -> str:
    """Return the shapes in Turtle, of one profile or of all three."""
    found = [triple for name in (PROFILES if profile is None else (profile,)) for triple in triples(name)]
    return serialize(found, "turtle")


def code_of(shape: str) -> int:
    """Return the rule's code of a shape's IRI."""
    return int(shape.removeprefix(f"{NS}ROPA").partition("-")[0])


def path_of(record_iri: str, focus: str, property_: str | None, cls: type) -> str:
    """Return a finding's path from a SHACL result: the focus node's IRI and the property of the path.

    The fragment without the leading `registers/`, then the field whose read
    property it is; the node itself for a result without a path.
    """
    if property_ is None:
        return focus.removeprefix(record_iri).removeprefix("#").removeprefix("registers/")
    field = next(slot.name for slot in slots(cls) if expand(slot.key) == property_)
    fragment = focus.removeprefix(record_iri).removeprefix("#").removeprefix("registers/")
    return f"{fragment}/{field}" if fragment else field
