"""Rules about measures, impact assessments and reviews."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ropa.access import each, join
from ropa.model import Record, Register, SecurityMeasure
from ropa.rules.context import CRIMINAL, SPECIAL, Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD

ROOTS: Final = {
    "dpv:TechnicalOrganisationalMeasure",
    "dpv:TechnicalMeasure",
    "dpv:OrganisationalMeasure",
    "dpv:PhysicalMeasure",
    "dpv:LegalMeasure",
}
"""Terms that say only that there is a measure."""
PHRASE: Final = re.compile(
    r"\b(asianmukais|tarpeellis|tarvittav|riittäv|hyv[äa]n? tietojenkäsittelytap|teknis\w+ ja organisatoris"
    r"|appropriate|adequate|necessary|technical and organi[sz]ational"
    r"|lämplig|nödvändig|tillräcklig|ändamålsenlig|tekniska och organisatoriska)",
    re.IGNORECASE,
)
"""Words that fit every measure and tell none."""


@rule(802, "measures-generic", Register, record=(GOOD, "30(1)(g)"), processor=(GOOD, "30(2)(d)"))
def generic(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Every measure is a generic phrase: only a root of the taxonomy as term, or no term and words that fit any."""
    measures = each(register.measures)
    if measures and all(_generic(measure) for measure in measures):
        yield Hit(join(path, "measures"))


def _generic(measure: SecurityMeasure) -> bool:
    if measure.concepts is not None:
        return set(measure.concepts) <= ROOTS
    texts = [words for field in (measure.name, measure.description) if field is not None for words in field.values()]
    return all(PHRASE.search(words) for words in texts)


@rule(803, "dpia-need-unassessed", Register, record=(ASKED, "35(1), 35(3)(a), 35(3)(b), 35(3)(c), 35(4)"))
def dpia(context: Context, register: Register, path: str) -> Iterator[Hit]:
    """A case of Art. 35(3) is stated, and neither an impact assessment nor a decision not to make one."""
    if any(context.terms.is_a(one.kind, "dpv:DPIA") for one in each(register.assessments)):
        return
    effects = {"ropa:LegalEffect", "ropa:SimilarlySignificantEffect"}
    evaluation = any(
        decision.solely_automated is True and effects & set(each(decision.effects))
        for decision in each(register.automated_decisions)
    )
    sensitive = context.large(register) and context.data_of(register, *SPECIAL, *CRIMINAL)
    cited = [article for article, found in (("35(3)(a)", evaluation), ("35(3)(b)", sensitive)) if found]
    if cited:
        yield Hit(join(path, "assessments"), articles=("35(1)", *cited))


@rule(804, "review-overdue", Record, record=(GOOD, "5(2)"), processor=(GOOD, "5(2)"))
def review(context: Context, record: Record, path: str) -> Iterator[Hit]:
    """The day of the next review has passed."""
    # A partial date is over when its last day is.
    if record.next_review is not None and record.next_review < context.as_of.isoformat()[: len(record.next_review)]:
        yield Hit(join(path, "next_review"), {"day": record.next_review})
