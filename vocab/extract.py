"""Take the facts of DPV 2.3 that the library needs from DPV's own Turtle files.

    python vocab/extract.py FOLDER     (the folder with dpv.ttl, pd.ttl, loc.ttl …)

Facts only: names, hierarchy, types, ranges, status, English labels. No
definitions. Run when DPV has a new version; the results are committed.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from ropa.prefixes import PREFIXES  # the path above leads to it

HERE = Path(__file__).parent
FILES = (
    "dpv",
    "eu-gdpr",
    "pd",
    "loc",
    "legal-eu",
    "legal-fi",
    "tech",
    "risk",
    "justifications",
    "sector-infra",
    "sector-publicservices",
)
"""Files of DPV 2.3 by their stem, which is the prefix too."""
NAMESPACES = {prefix: PREFIXES[prefix] for prefix in FILES}
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
STATUS = "http://www.w3.org/2003/06/sw-vocab-status/ns#term_status"
RANGES = ("http://purl.org/dc/dcam/rangeIncludes", "https://schema.org/rangeIncludes")
# Slips of DPV 2.3 that would make is_a() lie; each is a statement across two taxonomies.
CUT = {
    ("dpv:RightsFulfilment", "dpv:LegalObligation"),
    ("legal-fi:DPA-FI", "dpv:Law"),
    ("legal-eu:DPA-EDPB", "dpv:Law"),
    ("legal-eu:DPA-EDPS", "dpv:Law"),
}
# An undefined class where dpv:PersonalData is meant.
FIXED = {"pd:PersonalData": "dpv:PersonalData"}


def curie(iri: str) -> str | None:
    """Return the CURIE of a DPV IRI, or None."""
    for prefix, namespace in NAMESPACES.items():
        if iri.startswith(namespace) and "/" not in iri[len(namespace) :] and iri != namespace:
            return f"{prefix}:{iri[len(namespace) :]}"
    return None


def wanted(name: str, types: set[str]) -> bool:
    """Leave out regions, single-country inverses and risk-matrix cells: nobody records them."""
    if name.startswith("loc:"):
        local = name.removeprefix("loc:")
        return "dpv:Region" not in types and (not local.startswith("non-") or local[4:] in UNIONS)
    return not name.startswith("risk:RM")


UNIONS = {"EU", "EU27", "EU28", "EEA", "EEA30", "EEA31"}


def main(folder: Path) -> None:
    """Write terms.csv and properties.csv beside this file, and the checksums of what they were made from."""
    store: dict[str, dict[str, list[ox.NamedNode | ox.Literal]]] = defaultdict(lambda: defaultdict(list))
    sums = []
    for stem in FILES:
        data = (folder / f"{stem}.ttl").read_bytes()
        sums.append((f"{stem}.ttl", hashlib.sha256(data).hexdigest()))
        for triple in ox.parse(data, format=ox.RdfFormat.TURTLE):
            if isinstance(triple.subject, ox.NamedNode) and not isinstance(triple.object, ox.BlankNode):
                store[triple.subject.value][triple.predicate.value].append(triple.object)
    terms, properties = [], []
    for iri, facts in store.items():
        name = curie(iri)
        if name is None:
            continue

        def curies(*predicates: str, facts: dict[str, list[ox.NamedNode | ox.Literal]] = facts) -> set[str]:
            return {c for p in predicates for o in facts[p] if (c := curie(o.value))}

        raw = {o.value for o in facts[RDF + "type"]}
        status = next((o.value for o in facts[STATUS]), "")
        label = next((o.value for o in facts[SKOS + "prefLabel"] if getattr(o, "language", "") == "en"), "")
        if RDF + "Property" in raw:
            parents = curies(RDFS + "subPropertyOf")
            properties.append((name, " ".join(sorted(curies(*RANGES))), " ".join(sorted(parents)), status))
            continue
        types = {FIXED.get(found, found) for found in curies(RDF + "type")}
        if (RDFS + "Class" not in raw and not types) or not wanted(name, types):
            continue
        parents = {p for p in curies(RDFS + "subClassOf", SKOS + "broader") if p != name and (name, p) not in CUT}
        terms.append((name, " ".join(sorted(types)), " ".join(sorted(parents)), status, label))
    for file, header, rows in (
        ("terms.csv", ("curie", "types", "parents", "status", "label"), terms),
        ("properties.csv", ("curie", "ranges", "parents", "status"), properties),
        ("checksums.csv", ("file", "sha256"), sums),
    ):
        with (HERE / "dpv" / file).open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(sorted(rows))
    print(f"{len(terms)} terms, {len(properties)} properties")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
