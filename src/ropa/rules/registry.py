"""The registry of rules: code, name, articles and strength per profile, and the function that looks."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs
import orjson

if TYPE_CHECKING:
    from ropa.rules.context import Context

PROFILES: Final = ("record", "notice", "processor", "fi")
"""record: Art. 30(1). notice: Art. 13-14. processor: Art. 30(2). fi: Finnish law, beside record or notice."""
HYGIENE: Final = "hygiene"
"""Rules of the document itself; they hold in every profile."""


class Hit(NamedTuple):
    """What a rule function yields: a path, what fills the message, and a strength if it differs from the rule's."""

    path: str
    words: Mapping[str, Any] = {}
    strength: str | None = None
    articles: tuple[str, ...] | None = None
    profiles: frozenset[str] | None = None
    """The profiles that it is about, if not all of the rule's."""


@attrs.frozen(kw_only=True)
class Rule:
    """One rule of the catalogue.

    `strength` and `articles` are per profile; `on` is the class whose nodes
    the function is given, with its path.
    """

    code: int
    name: str
    on: type
    strength: Mapping[str, str]
    articles: Mapping[str, tuple[str, ...]]
    look: Callable[[Context, Any, str], Iterator[Hit]]
    doc: str = ""

    @property
    def id(self) -> str:
        """Return the code as findings show it."""
        return f"ROPA{self.code}"


RULES: Final[list[Rule]] = []


def _split(articles: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in articles.split(",") if part.strip())


OWN_TEXTS: Final[dict[int, Mapping[str, Any]]] = {}
"""Texts of rules from elsewhere, by code."""
FIRST_OWN: Final = 1000
"""Codes below it are the catalogue's; rules from elsewhere number theirs from here."""
GROUP: Final = "ropa.rules"


Look = Callable[["Context", Any, str], Iterator[Hit]]


def rule(
    code: int,
    name: str,
    on: type,
    *,
    texts: Mapping[str, Mapping[str, str]] | None = None,
    **profiles: tuple[str, str],
) -> Callable[[Look], Look]:
    """Register a rule function; `profiles` maps a profile to (strength, articles).

    A rule from elsewhere has a code from 1000 on and brings its `texts`:
    title, message, hint, what, why, each by language.
    """

    def register(look: Look) -> Look:
        unknown = set(profiles) - {*PROFILES, HYGIENE}
        if unknown:
            raise TypeError(f"rule {code}: unknown profiles {unknown}")
        if (code >= FIRST_OWN) != (texts is not None):
            raise TypeError(f"rule {code}: a rule from elsewhere has a code from {FIRST_OWN} on, and texts")
        for one in RULES:
            if (one.code == code) != (one.name == name):
                raise TypeError(f"rule {code}: the {'code' if one.code == code else f'name {name}'} is taken")
        if texts is not None:
            OWN_TEXTS[code] = {"name": name, **texts}
        RULES.append(
            Rule(
                code=code,
                name=name,
                on=on,
                strength={profile: pair[0] for profile, pair in profiles.items()},
                articles={profile: _split(pair[1]) for profile, pair in profiles.items()},
                look=look,
                doc=(look.__doc__ or "").strip(),
            )
        )
        return look

    return register


class Words(NamedTuple):
    """The texts of a rule in one language."""

    title: str
    message: str
    hint: str
    example: str
    what: str
    why: str


@functools.cache
def _texts() -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads(resources.files("ropa").joinpath("_data/rules.json").read_bytes())
    return loaded


def words(code: int, language: str) -> Words:
    """Return the texts of a rule in a language (en, fi, sv); English where a language is not there."""
    texts = OWN_TEXTS.get(code) or _texts().get(str(code), {})

    def pick(key: str) -> str:
        found = texts.get(key, {})
        return str(found.get(language) or found.get("en") or "")

    example = str(texts.get("example", ""))
    return Words(pick("title"), pick("message"), pick("hint"), example, pick("what"), pick("why"))


def name_of(code: int) -> str:
    """Return the fixed name of a rule."""
    texts = OWN_TEXTS.get(code) or _texts().get(str(code), {})
    return str(texts.get("name") or next(one.name for one in RULES if one.code == code))


@functools.cache
def load_own() -> tuple[str, ...]:
    """Import the rules that installed packages offer under `ropa.rules`; return their names.

    Of a package that cannot be imported, or whose rules are refused, no rule
    runs; every check then tells so as ROPA900, and the other rules run.

    `importlib.metadata` takes 50 ms to import, so a look at the metadata
    files comes first; most installations have none.
    """
    if not any(_offers(folder) for folder in sys.path):
        return ()
    from importlib.metadata import entry_points  # noqa: PLC0415  # see above

    found = sorted(entry_points(group=GROUP), key=lambda point: point.name)
    for point in found:
        before = len(RULES)
        try:
            point.load()
            low = next((one.code for one in RULES[before:] if one.code < FIRST_OWN), None)
            if low is not None:
                raise TypeError(f"rule {low}: a rule from elsewhere has a code from {FIRST_OWN} on, and texts")
        except (Exception, SystemExit) as error:  # noqa: BLE001  # whatever a package does on import
            del RULES[before:]
            RULES.append(_failed(f"own rules {point.name} ({point.value}): {type(error).__name__}: {error}"))
    return tuple(point.name for point in found)


def _failed(told: str) -> Rule:
    """Return a rule that stands for rules that could not be had: it fails on every record."""
    from ropa.errors import RopaError  # noqa: PLC0415  # only here
    from ropa.model import Record  # noqa: PLC0415  # only here

    def look(*_: Any) -> Iterator[Hit]:
        raise RopaError(told)

    return Rule(code=900, name=name_of(900), on=Record, strength={HYGIENE: "must"}, articles={}, look=look)


def _offers(folder: str) -> bool:
    try:
        names = [entry.path for entry in os.scandir(folder or ".") if entry.name.endswith((".dist-info", ".egg-info"))]
    except OSError:
        return False
    for name in names:
        try:
            if GROUP in Path(name, "entry_points.txt").read_text(encoding="utf-8"):
                return True
        except OSError:
            continue
    return False


PAIRS: Final[Mapping[str, str]] = {
    **{f"13(1)({letter})": f"14(1)({letter})" for letter in "abcef"},
    "13(1)(d)": "14(2)(b)",
    "13(2)(a)": "14(2)(a)",
    "13(2)(b)": "14(2)(c)",
    "13(2)(c)": "14(2)(d)",
    "13(2)(d)": "14(2)(e)",
    "13(2)(f)": "14(2)(g)",
}
"""Art. 13 → the same duty in Art. 14. 13(2)(e) has none; 14(1)(d) and 14(2)(f) have none in 13."""


def paired(articles: tuple[str, ...], under: frozenset[str]) -> tuple[str, ...]:
    """Return the articles with their pairs; a notice declared under one of 13 and 14 cites that one."""
    found: list[str] = []
    for article in articles:
        other = PAIRS.get(article)
        if other is None or under == {"eu-gdpr:A13"}:
            found.append(article)
        elif under == {"eu-gdpr:A14"}:
            found.append(other)
        else:
            found += [article, other]
    return tuple(dict.fromkeys(found))
