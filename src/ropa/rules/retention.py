"""Rules about how long data are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ropa.access import each
from ropa.model import RetentionRule
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, MUST

VAGUE: Final = ("ropa:CircularCriterion", "ropa:UntilFurtherNotice", "ropa:UnnamedPolicy")


def _open(kept: RetentionRule) -> bool:
    """Say whether a rule has neither a period nor an event that ends it, and is not for ever."""
    return kept.period is None and kept.until is None and kept.permanent is not True


@rule(
    602,
    "retention-vague",
    RetentionRule,
    notice=(MUST, "13(2)(a), 5(1)(e)"),
    record=(ASKED, "5(1)(e), 30(1)(f)"),
)
def vague(context: Context, kept: RetentionRule, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A rule has only a circular criterion, "until further notice", or an unnamed policy."""
    if _open(kept) and kept.criterion_kind in VAGUE and not each(kept.laws):
        yield Hit(path, {"id": kept.id})


@rule(603, "retention-without-end", RetentionRule, notice=(ASKED, "5(1)(e)"), record=(ASKED, "5(1)(e)"))
def without_end(context: Context, kept: RetentionRule, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A rule has only a minimum."""
    if kept.period is not None and kept.bound == "ropa:MinimumPeriod" and kept.until is None:
        yield Hit(path, {"id": kept.id, "period": kept.period})


@rule(610, "retention-by-reference", RetentionRule, notice=(ASKED, "13(2)(a)"), record=(ASKED, "30(1)(f)"))
def by_reference(context: Context, kept: RetentionRule, path: str) -> Iterator[Hit]:
    """A rule points to a named law or plan and gives no period."""
    if _open(kept) and each(kept.laws):
        titles = [place.node for place in context.follow(kept, "laws", path)]
        named = ", ".join(str(law.name or law.title or law.number or law.id) for law in titles)
        yield Hit(path, {"id": kept.id, "laws": named or ", ".join(each(kept.laws))})
