"""Text in several languages, frozen mappings, and the syntax of plain values."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Generic, TypeVar, overload

from ropa.errors import ModelError

UND = "und"
"""BCP 47 tag of a plain string until the record that holds it gives its language."""

_TAG = re.compile(r"[a-z]{2,8}(-[a-z0-9]{1,8})*\Z")
# What XML 1.0 and RDF cannot carry: C0 controls but tab and LF, surrogates, U+FFFE and U+FFFF.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_SLUG_BREAK = re.compile(r"[^a-z0-9]+")

V = TypeVar("V")


def clean(value: str) -> str:
    """Return `value` with CR LF and CR made LF; raise ModelError for characters that no format carries."""
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    bad = _FORBIDDEN.search(value)
    if bad:
        raise ModelError([("", f"the character U+{ord(bad[0]):04X} cannot be written in every format: remove it")])
    return value


@functools.cache
def language_tag(value: str) -> str:
    """Return the BCP 47 tag in lower case, or raise ModelError."""
    tag = value.lower()
    if not _TAG.match(tag):
        raise ModelError([("", f"{value!r:.60} is no language tag (BCP 47, for example fi, sv or en-gb)")])
    return tag


def is_id(value: str) -> bool:
    """Say whether `value` is a node id: small letters and digits, single hyphens between."""
    return bool(_ID.match(value))


def slug(value: str) -> str:
    """Make an id of a name: å/ä→a, ö→o, other letters by their base letter; may be empty."""
    plain = unicodedata.normalize("NFKD", value.lower()).encode("ascii", "ignore").decode("ascii")
    return _SLUG_BREAK.sub("-", plain).strip("-")[:80].strip("-")


def printable(text: str) -> str:
    """Return the text with control characters spelled out: what a file holds must not steer a terminal."""
    return "".join(ascii(char)[1:-1] if unicodedata.category(char).startswith("C") else char for char in text)


class Text(Mapping[str, str]):
    """A text in one or more languages: sorted (BCP 47 tag, text) pairs, hashable.

    `str(t)` is the text if there is one language, else the first by tag;
    `t["sv"]` is one language, `t.best("sv", "en")` the first that is there.
    """

    __slots__ = ("pairs",)
    pairs: tuple[tuple[str, str], ...]

    def __init__(self, value: str | Mapping[str, str]) -> None:
        """Take a plain string (the record's language) or a mapping of tags to texts."""
        items = [(UND, value)] if isinstance(value, str) else list(value.items())
        pairs: dict[str, str] = {}
        for tag, words in items:
            if not isinstance(tag, str) or not isinstance(words, str):  # type: ignore[redundant-expr]  # files hold anything
                raise ModelError([("", "a text is a string, or language tags with strings")])
            lower, words_clean = language_tag(tag), clean(words)
            if not words_clean.strip():
                raise ModelError([("", "the text is empty: leave the field out if the source does not say")])
            if pairs.setdefault(lower, words_clean) != words_clean:
                raise ModelError([("", f"two texts for the language {lower}")])
        if not pairs:
            raise ModelError([("", "the text is empty: leave the field out if the source does not say")])
        object.__setattr__(self, "pairs", tuple(sorted(pairs.items())))

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a Text is frozen."""
        raise AttributeError(f"Text is frozen: make a new one instead of setting {name!r}")

    def __getitem__(self, tag: str) -> str:
        for known, words in self.pairs:
            if known == tag.lower():
                return words
        raise KeyError(tag)

    def __iter__(self) -> Iterator[str]:
        return (tag for tag, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __hash__(self) -> int:
        return hash(self.pairs)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return self.pairs == other.pairs
        return NotImplemented

    def __str__(self) -> str:
        return self.pairs[0][1]

    def __repr__(self) -> str:
        return f"Text({dict(self.pairs)!r})"

    def __reduce__(self) -> tuple[type[Text], tuple[dict[str, str]]]:
        return Text, (dict(self.pairs),)

    def best(self, *tags: str) -> str:
        """Return the text in the first of `tags` that is there, else `str(self)`."""
        for tag in tags:
            if tag in self:
                return self[tag]
        return str(self)

    def settled(self, language: str) -> Text:
        """Return the same text with `und` replaced by `language`."""
        if all(tag != UND for tag, _ in self.pairs):
            return self
        plain = self[UND]
        if self.get(language, plain) != plain:
            raise ModelError([("", f"two texts for the language {language}")])
        # The parts are known to be right: only their order is new.
        made = Text.__new__(Text)
        others = {tag: words for tag, words in self.pairs if tag != UND}
        object.__setattr__(made, "pairs", tuple(sorted({**others, language: plain}.items())))
        return made


@overload
def as_text(value: None) -> None: ...
@overload
def as_text(value: str | Mapping[str, str]) -> Text: ...
@overload
def as_text(value: str | Mapping[str, str] | None) -> Text | None: ...
def as_text(value: str | Mapping[str, str] | None) -> Text | None:
    """Convert what a user writes for a text field: a string, tags with strings, a Text, or None."""
    if value is None or isinstance(value, Text):
        return value
    if isinstance(value, str | Mapping):
        return Text(value)
    raise ModelError([("", f"expected a text, not {type(value).__name__}")])


class FrozenMap(Mapping[str, V], Generic[V]):
    """A small mapping that cannot change and can be hashed; sorted by key."""

    __slots__ = ("pairs",)
    pairs: tuple[tuple[str, V], ...]

    def __init__(self, value: Mapping[str, V]) -> None:
        """Copy `value`, sorted by key."""
        object.__setattr__(self, "pairs", tuple(sorted(value.items(), key=lambda pair: pair[0])))

    def __setattr__(self, name: str, value: object) -> None:
        """Refuse: a FrozenMap is frozen."""
        raise AttributeError(f"FrozenMap is frozen: make a new one instead of setting {name!r}")

    def __getitem__(self, key: str) -> V:
        for known, value in self.pairs:
            if known == key:
                return value
        raise KeyError(key)

    def __iter__(self) -> Iterator[str]:
        return (key for key, _ in self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def _typed(self) -> tuple[tuple[str, str, Any], ...]:
        # True == 1 == 1.0 in Python, but not in JSON and RDF.
        return tuple((key, type(value).__name__, value) for key, value in self.pairs)

    def __hash__(self) -> int:
        return hash(self._typed())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, FrozenMap):
            return self._typed() == other._typed()
        return NotImplemented

    def __repr__(self) -> str:
        return f"FrozenMap({dict(self.pairs)!r})"

    def __reduce__(self) -> tuple[type[FrozenMap[V]], tuple[dict[str, V]]]:
        return FrozenMap, (dict(self.pairs),)
