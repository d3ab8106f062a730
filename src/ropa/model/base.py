"""What every node has: an id, a name, a description, its evidence, and own keys."""

from typing import Annotated, Any, TypeAlias

import attrs

from ropa.prepare import convert_fields, prepare
from ropa.spec import Format, Ref, node, remembered, term
from ropa.text import FrozenMap, Text, as_text

# The annotations below are read at run time, so the aliases must be real objects.
Concepts: TypeAlias = tuple[str, ...] | None
"""CURIEs; a sorted set. None = the source does not say."""
Refs: TypeAlias = tuple[str, ...] | None
"""Ids of other nodes; a sorted set. None = the source does not say."""
Date: TypeAlias = Annotated[str | None, Format("date")]
"""ISO 8601: `2022-04-08`, or what the source tells of it: `2022-04`, `2022`."""
Duration: TypeAlias = Annotated[str | None, Format("duration")]
"""ISO 8601, canonical and without sign: `P10Y`, `P6M`, `P30D`."""
Language: TypeAlias = Annotated[str | None, Format("language")]
"""BCP 47 tag, lower case."""
Url: TypeAlias = Annotated[str | None, Format("iri")]
"""Absolute IRI."""


@remembered
def _field_names(cls: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(cls))


@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Base:
    """Root of the model's classes. It cannot be subclassed outside the library: own keys go to `extra`."""

    id: Annotated[str, Format("id"), term("dct:identifier", "Id", "Tunnus", "Id")] = ""
    """`[a-z0-9]+(-[a-z0-9]+)*`, unique in its collection. Left out, the record derives it from the name."""

    def __attrs_post_init__(self) -> None:
        """Convert and check every field."""
        convert_fields(self)

    # Written once here: attrs would compile them for each of the 30 classes at every start.

    def __eq__(self, other: object) -> bool:
        """Compare by class and every field."""
        if type(other) is not type(self):
            return NotImplemented
        names = _field_names(type(self))
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def __hash__(self) -> int:
        """Hash what `==` compares."""
        return hash((type(self), *(getattr(self, name) for name in _field_names(type(self)))))

    def __repr__(self) -> str:
        """Show what is stated, and nothing else."""
        stated = ((name, getattr(self, name)) for name in _field_names(type(self)))
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in stated if value is not None)})"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse subclasses outside the model: files could not tell them apart."""
        super().__init_subclass__(**kwargs)
        if not cls.__module__.startswith("ropa.model."):
            raise TypeError("the classes of the model cannot be subclassed: put own keys into `extra`")


@node("dct:BibliographicResource", label=("Document", "Asiakirja", "Dokument"), id_from=("url",))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Document(Base):
    """A text that the record was read from; `Evidence.document` names it."""

    url: Annotated[Url, term("foaf:page", "Address", "Osoite", "Adress")] = None
    """Where it was published: an absolute IRI."""
    language: Annotated[Language, term("dct:language", "Language", "Kieli", "Språk")] = None
    """BCP 47 tag."""
    sha256: Annotated[str | None, term("schema:sha256", "SHA-256", "SHA-256", "SHA-256")] = None
    """Checksum of the extracted text, in hexadecimal."""
    retrieved: Annotated[Date, term("dct:dateSubmitted", "Retrieved", "Haettu", "Hämtad")] = None
    """The day on which the text was fetched."""


@node("dct:ProvenanceStatement", label=("Evidence", "Lähdekohta", "Källställe"), id_from=("about", "document", "start"))
@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Evidence(Base):
    """Where in a document the words stand that a node, or one of its fields, was read from."""

    document: Annotated[str | None, Ref("Document"), term("dct:source", "Document", "Asiakirja", "Dokument")] = None
    """Id of a document of the record."""
    heading: Annotated[str | None, term("schema:articleSection", "Heading", "Otsikko", "Rubrik")] = None
    """The heading under which the words stand."""
    start: Annotated[int | None, term("ropa:start", "Start", "Alku", "Början")] = None
    """Offset of the first character, from 0."""
    end: Annotated[int | None, term("ropa:end", "End", "Loppu", "Slut")] = None
    """Offset behind the last character."""
    about: Annotated[str | None, term("ropa:about", "About", "Kenttä", "Fält")] = None
    """The field of the node that the words are about; for a scalar, or for a stated none."""
    by: Annotated[str | None, term("ropa:by", "Read by", "Lukija", "Läst av")] = None
    """Who read it: a person or a program."""
    confirmed: Annotated[bool | None, term("ropa:confirmed", "Confirmed", "Vahvistettu", "Bekräftad")] = None
    """Whether a person has confirmed the reading."""


@attrs.frozen(kw_only=True, field_transformer=prepare, eq=False, repr=False)
class Node(Base):
    """What every node but `Evidence` and `Document` carries."""

    name: Annotated[Text | None, term("skos:prefLabel", "Name", "Nimi", "Namn")] = attrs.field(
        default=None, converter=as_text
    )
    """The name that the source uses: a string in the record's language, or `{"fi": …, "sv": …}`."""
    description: Annotated[Text | None, term("dct:description", "Description", "Kuvaus", "Beskrivning")] = attrs.field(
        default=None, converter=as_text
    )
    """What else the source says of it."""
    evidence: Annotated[
        tuple[Evidence, ...] | None, term("dct:provenance", "Evidence", "Lähdekohdat", "Källställen", none=False)
    ] = None
    """Where the words stand. It proves; it may not be `()`."""
    extra: Annotated[FrozenMap[Any] | None, Format("extra"), term(None, "Own keys", "Omat avaimet", "Egna nycklar")] = (
        None
    )
    """Own keys, `prefix:name` → string, number, true or false; kept in every format, ignored by rules."""
