"""Prefixes of the vocabularies that the library knows, and those that no record may take for its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

NS: Final = "https://w3id.org/gdpr-ropa/ns#"
"""Namespace of the library's own terms. The redirect is not registered yet."""
PREFIXES: Final[Mapping[str, str]] = {
    "ropa": NS,
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "pd": "https://w3id.org/dpv/pd#",
    "loc": "https://w3id.org/dpv/loc#",
    "legal-eu": "https://w3id.org/dpv/legal/eu#",
    "legal-fi": "https://w3id.org/dpv/legal/fi#",
    "tech": "https://w3id.org/dpv/tech#",
    "risk": "https://w3id.org/dpv/risk#",
    "justifications": "https://w3id.org/dpv/justifications#",
    "sector-infra": "https://w3id.org/dpv/sector/infra#",
    "sector-publicservices": "https://w3id.org/dpv/sector/publicservices#",
    "dct": "http://purl.org/dc/terms/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
OWN: Final = "own"
"""Prefix of a record's own concepts: `own:x` is the concept `x` of the record."""
RESERVED: Final = frozenset({*PREFIXES, OWN, "http", "https", "tag", "urn", "mailto"})
