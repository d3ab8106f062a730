"""No rule, and no reader or writer, costs more than its share when a record grows."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

import ropa
from ropa.rdf.write import triples
from ropa.rules.check import check_record

PER_REGISTER = 50


def grown(nodes: int) -> ropa.Record:
    """Return a record of about so many nodes, in registers of 50, with references and pairings."""
    registers = []
    for number in range(nodes // PER_REGISTER):
        purposes = tuple(
            ropa.Purpose(id=f"p{i}", name=f"Tarkoitus {i}", concepts=("ropa:Invoicing",)) for i in range(12)
        )
        data = tuple(ropa.DataCategory(id=f"d{i}", name=f"Tieto {i}", concepts=("pd:Name",)) for i in range(12))
        recipients = tuple(
            ropa.Recipient(id=f"r{i}", name=f"Saaja {i}", data_categories=(f"d{i}",), organisation="yhtio")
            for i in range(8)
        )
        rules = tuple(
            ropa.RetentionRule(id=f"k{i}", data_categories=(f"d{i}",), period="P1Y", starts=f"alku {i}")
            for i in range(8)
        )
        bases = (
            ropa.LegalBasis(id="b", name="Sopimus", basis="eu-gdpr:A6-1-b"),
            ropa.LegalBasis(id="c", name="Laki", basis="eu-gdpr:A6-1-c", laws=("laki",)),
        )
        pairings = tuple(ropa.Pairing(id=f"q{i}", purposes=(f"p{i}",), legal_bases=("b",)) for i in range(7))
        registers.append(
            ropa.Register(
                id=f"rekisteri-{number}",
                name=f"Rekisteri {number}",
                purposes=purposes,
                data_categories=data,
                recipients=recipients,
                retention_rules=rules,
                legal_bases=bases,
                pairings=pairings,
                systems=("jarjestelma",),
            )
        )
    return ropa.Record(
        id="https://example.org/grown",
        language="fi",
        organisations=(ropa.Organisation(name="Yhtiö"),),
        systems=(ropa.System(id="jarjestelma", name="Järjestelmä", countries=("loc:FI",)),),
        laws=(ropa.LawReference(id="laki", title="Kirjanpitolaki", number="1336/1997"),),
        registers=tuple(registers),
    )


def seconds(work: Callable[[], object]) -> float:
    best = float("inf")
    gc.disable()  # its full collections grow with everything that lives, not with the work
    try:
        for _ in range(3):
            start = time.process_time()
            work()
            best = min(best, time.process_time() - start)
    finally:
        gc.enable()
    return best


@pytest.mark.slow
@pytest.mark.parametrize(
    ("what", "begin", "bound"),
    [("check", 1_000, 25), ("loads", 1_000, 25), ("triples", 1_000, 25), ("dumps", 4_000, 10)],
)
def test_growth_to_20_000_nodes(what: str, begin: int, bound: int) -> None:
    """Writing 1,000 nodes takes 2 ms within the processor's cache: it is measured from 4,000; squared gives 25."""
    small, large = grown(begin), grown(20_000)

    def work(record: ropa.Record) -> Callable[[], object]:
        if what == "check":
            return lambda: check_record(record, ["record", "notice", "fi"], language="en")
        if what == "dumps":
            return lambda: ropa.dumps(record)
        if what == "triples":
            return lambda: triples(record)
        text = ropa.dumps(record)
        return lambda: ropa.loads(text)

    work(small)()  # first use builds what is built once
    # Other work on the machine disturbs one measurement, not all three; what grows too fast fails in each.
    ratio = min(seconds(work(large)) / seconds(work(small)) for _ in range(3))
    assert ratio <= bound, f"{what}: {ratio:.1f} times"


def test_the_measure_sees_a_quadratic_rule() -> None:
    """The sabotage twin: a rule that compares all with all is beyond the bound."""
    small, large = grown(1_000), grown(20_000)

    def quadratic(record: ropa.Record) -> Callable[[], object]:
        ids = [register.id for register in record.registers or ()] * 8
        return lambda: sum(a == b for a in ids for b in ids)

    assert seconds(quadratic(large)) / seconds(quadratic(small)) > 25
