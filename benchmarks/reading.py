"""JSON to record: `ropa.loads` beside the pydantic models of fideslang, the same number of nodes, and beside orjson."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

import orjson
from common import Case, arguments, begin, interleaved, plain_nodes, plain_record, ratios, require, table
from fideslang.models import Taxonomy
from pydantic import ValidationError

import ropa

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

    Change = Callable[[dict[str, Any]], object]

KEYS: Final = ("user.name", "user.contact.email", "user.contact.phone_number", "user.financial", "user.payment")
OURS: Final = "ropa.loads"
THEIRS: Final = "fideslang, orjson and model_validate"


# -- the same size in fides ----------------------------------------------------


def declaration(number: int) -> dict[str, Any]:
    return {
        "name": f"Laskutus {number}",
        "data_categories": [KEYS[number % 5], KEYS[(number + 1) % 5]],
        "data_use": "essential.service",
        "data_subjects": ["customer"],
        "egress": ["painotalo"],
        "legal_basis_for_processing": "Contract",
        "retention_period": "6 vuotta",
    }


def system(number: int) -> dict[str, Any]:
    """Return a system of eight nodes: itself, a flow in, a flow out, five declarations."""
    return {
        "fides_key": f"jarjestelma_{number}",
        "name": f"Järjestelmä {number}",
        "description": "Asiakkaiden tiedot ja laskut",
        "system_type": "Application",
        "administrating_department": "Kuvittelan kunta",
        "egress": [{"fides_key": "painotalo", "type": "system", "data_categories": ["user.name"]}],
        "ingress": [{"fides_key": "lomake", "type": "system", "data_categories": ["user.name"]}],
        "privacy_declarations": [declaration(5 * number + place) for place in range(5)],
    }


def fides_record(nodes: int) -> dict[str, Any]:
    """Return a fides taxonomy (it counts as one node) of exactly `nodes` nodes."""
    systems = [system(number) for number in range((nodes - 1) // 8)]
    systems[-1]["privacy_declarations"] += [declaration(number) for number in range(nodes - 1 - 8 * len(systems))]
    return {"system": systems}


def fides_nodes(value: BaseModel) -> int:
    """Return how many model objects there are."""
    return 1 + sum(
        fides_nodes(item)
        for name in ("system", "egress", "ingress", "privacy_declarations")
        for item in getattr(value, name, None) or ()
        if not isinstance(item, str)
    )


# -- what is checked -----------------------------------------------------------


def register(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["registers"][0]
    return found


def declared(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["system"][0]["privacy_declarations"][0]
    return found


WRONG: Final[tuple[tuple[str, Change, Change], ...]] = (
    (
        "a number where a text belongs",
        lambda ours: register(ours).update(name=5),
        lambda theirs: theirs["system"][0].update(name=5),
    ),
    (
        "the word yes for true",
        lambda ours: register(ours).update(recipients_exhaustive="yes"),
        lambda theirs: theirs["system"][0].update(uses_cookies="yes"),
    ),
    (
        "null for an optional field",
        lambda ours: register(ours).update(recipients_exhaustive=None),
        lambda theirs: theirs["system"][0].update(description=None),
    ),
    (
        "an unknown key",
        lambda ours: register(ours).update(adress="x"),
        lambda theirs: declared(theirs).update(adress="x"),
    ),
    (
        "a term of wrong syntax",
        lambda ours: register(ours)["purposes"][0].update(concepts=["customer care"]),
        lambda theirs: declared(theirs).update(data_use="customer care"),
    ),
    (
        "a period in words",
        lambda ours: register(ours)["retention_rules"][0].update(period="6 years"),
        lambda theirs: declared(theirs).update(retention_period="6 years"),
    ),
    (
        "an address that is no IRI",
        lambda ours: register(ours)["notices"][0].update(url="not an address"),
        lambda theirs: theirs["system"][0].update(privacy_policy="not an address"),
    ),
    (
        "a reference to nothing",
        lambda ours: register(ours)["recipients"][0].update(organisation="nobody"),
        lambda theirs: declared(theirs).update(egress=["nobody"]),
    ),
)


def ours(raw: bytes) -> ropa.Record:
    return ropa.loads(raw)


def theirs(raw: bytes) -> Taxonomy:
    return Taxonomy.model_validate(orjson.loads(raw))


def verdict(read: Callable[[bytes], object], data: dict[str, Any], change: Change) -> str:
    """Say whether a reader takes the data when something in them is changed."""
    changed = copy.deepcopy(data)
    change(changed)
    return taken(read, orjson.dumps(changed))


def taken(read: Callable[[bytes], object], raw: bytes) -> str:
    try:
        read(raw)
    except (ropa.ReadError, ValidationError):
        return "refused"
    return "taken"


def states() -> tuple[str, str]:
    """Say whether an empty list can be told from a list that is left out, once read."""
    data = plain_record(54)
    empty = ours(orjson.dumps(data))
    del register(data)["transfers"]
    left_out = ours(orjson.dumps(data))
    mine = register_transfers(empty) != register_transfers(left_out)
    found = []
    for field in ("egress", "legal_basis_for_transfers"):
        whole = {"fides_key": "x", "system_type": "Application", "privacy_declarations": []}
        one = theirs(orjson.dumps({"system": [{**whole, field: []}]}))
        two = theirs(orjson.dumps({"system": [whole]}))
        found.append(one != two)
    return "told apart" if mine else "the same", "told apart" if all(found) else "in some fields" if any(
        found
    ) else "the same"


def register_transfers(record: ropa.Record) -> object:
    return ropa.get(record, "rekisteri-0/transfers")


def probe() -> None:
    """Give both the same faults, and print what each says: the times are of unequal work."""
    mine, fides = plain_record(54), fides_record(9)
    rows = [(words, verdict(ours, mine, one), verdict(theirs, fides, two)) for words, one, two in WRONG]
    rows.append(
        (
            "a key that stands twice",
            taken(ours, orjson.dumps(mine).replace(b'"language":"fi"', b'"language":"sv","language":"fi"', 1)),
            taken(theirs, orjson.dumps(fides).replace(b'"system_type":', b'"system_type":"x","system_type":', 1)),
        )
    )
    two = {"fi": "Asiakkaat", "sv": "Kunder"}
    rows.append(
        (
            "a name in two languages",
            verdict(ours, mine, lambda data: register(data).update(name=two)),
            verdict(theirs, fides, lambda data: data["system"][0].update(name=two)),
        )
    )
    rows.append(("an empty list, and one left out", *states()))
    table(("given", "ropa.loads", "fideslang"), rows)
    print("\nropa leaves references to the rules (ROPA903), so that half-written records can be read.")


# -- how long it takes ---------------------------------------------------------


def measure(nodes: int, rounds: int) -> None:
    mine, fides = orjson.dumps(plain_record(nodes)), orjson.dumps(fides_record(nodes))
    require(plain_nodes(orjson.loads(mine)) == nodes == fides_nodes(theirs(fides)), "unequal numbers of nodes")
    data = orjson.loads(mine)
    cases = [
        Case("orjson.loads, ropa's document", lambda: orjson.loads(mine)),
        Case(OURS, lambda: ropa.loads(mine)),
        Case("ropa.from_dict, JSON read before", lambda: ropa.from_dict(data)),
        Case("orjson.loads, fides' document", lambda: orjson.loads(fides)),
        Case(THEIRS, lambda: theirs(fides)),
        Case("fideslang, model_validate_json", lambda: Taxonomy.model_validate_json(fides)),
    ]
    print(f"\n{nodes} nodes; ropa's document has {len(mine)} bytes, fides' {len(fides)}:\n")
    ratios(interleaved(cases, rounds), THEIRS)


def main() -> None:
    asked = arguments(__doc__)
    begin("Reading JSON", "attrs", "cattrs", "orjson", "pydantic", "fideslang")
    probe()
    for nodes in (60, 600):
        measure(nodes, asked.rounds or (5 if asked.quick else 15))


if __name__ == "__main__":
    main()
