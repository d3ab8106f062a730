"""Rules about how long data are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ropa.access import each, join
from ropa.model import Register, RetentionRule
from ropa.rules.context import Context
from ropa.rules.registry import Hit, rule
from ropa.spec import ASKED, GOOD, MUST

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


@rule(
    604,
    "retention-permanent-without-ground",
    RetentionRule,
    record=(ASKED, "5(1)(e), 89(1)"),
    notice=(ASKED, "5(1)(e), 89(1)"),
)
def permanent(context: Context, kept: RetentionRule, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Data are kept for ever and this rule names no law or archive decision."""
    if kept.permanent is True and not each(kept.laws):
        yield Hit(path, {"id": kept.id})


@rule(605, "retention-incomplete", Register, record=(ASKED, "30(1)(f)"))
def incomplete(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A data category is covered by no rule; a rule that names none covers all."""
    rules = each(register.retention_rules)
    if not rules or any(kept.data_categories is None for kept in rules):
        return
    covered = {name for kept in rules for name in each(kept.data_categories)}
    left = [category.id for category in each(register.data_categories) if category.id not in covered]
    if left:
        yield Hit(join(path, "retention_rules"), {"categories": ", ".join(left)})


@rule(606, "retention-start-missing", RetentionRule, record=(ASKED, "13(2)(a)"), notice=(ASKED, "13(2)(a)"))
def start_missing(context: Context, kept: RetentionRule, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """A period is stated, and no event from which it runs."""
    if kept.period is not None and kept.starts is None and kept.until is None and kept.permanent is not True:
        yield Hit(path, {"id": kept.id, "period": kept.period})


@rule(607, "retention-conflict", Register, record=(ASKED, "5(1)(e)"), notice=(ASKED, "5(1)(e)"))
def conflict(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Two rules give different periods for one data category and one starting event."""
    first: dict[tuple[str, str], RetentionRule] = {}
    told: set[str] = set()
    for kept in each(register.retention_rules):
        if kept.period is None or kept.starts is None or kept.bound not in (None, "ropa:ExactPeriod"):
            continue
        event = str(kept.starts).casefold().strip()
        for category in each(kept.data_categories) or ("",):
            other = first.setdefault((category, event), kept)
            if other.period != kept.period and kept.id not in told:
                told.add(kept.id)
                words = {"id": kept.id, "other": other.id, "period": kept.period, "other_period": other.period}
                yield Hit(join(path, "retention_rules", kept.id), words)


@rule(608, "disposal-not-stated", Register, record=(GOOD, "5(1)(e), 5(1)(f)"))
def disposal(context: Context, register: Register, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """No rule says what is done with the data at the end."""
    rules = each(register.retention_rules)
    if rules and not any(each(kept.disposals) for kept in rules):
        yield Hit(join(path, "retention_rules"))


@rule(609, "retention-extension-open", RetentionRule, notice=(GOOD, "13(2)(a)"), record=(GOOD, "30(1)(f)"))
def extension(context: Context, kept: RetentionRule, path: str) -> Iterator[Hit]:  # noqa: ARG001  # every rule has this form
    """Data may be kept longer, without bound."""
    if any(one.period is None for one in each(kept.extensions)):
        yield Hit(path, {"id": kept.id})
