"""Build what the library ships from the sources in this folder.

python vocab/build.py            writes src/ropa/_data and the published files
python vocab/build.py --check    exits 1 if a committed file is not fresh
"""

from __future__ import annotations

import csv
import sys
import tomllib
from pathlib import Path
from typing import Any

import orjson

HERE = Path(__file__).parent
DATA = HERE.parent / "src" / "ropa" / "_data"
sys.path.insert(0, str(HERE.parent / "src"))


def rows(name: str) -> list[dict[str, str]]:
    """Read a CSV file of this folder."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def own_concepts() -> dict[str, Any]:
    """Read the library's own concepts."""
    found: dict[str, Any] = tomllib.loads((HERE / "concepts.toml").read_text(encoding="utf-8"))
    return found


def labels() -> dict[str, tuple[str, str, str]]:
    """Return CURIE → (fi, sv, status); a term that stands in two files is an error."""
    found: dict[str, tuple[str, str, str]] = {}
    for path in sorted((HERE / "labels").glob("*.csv")):
        for row in rows(f"labels/{path.name}"):
            if row["curie"] in found:
                raise SystemExit(f"{path.name}: {row['curie']} has labels in another file too")
            found[row["curie"]] = (row["fi"], row["sv"], row["status"])
    return found


def index() -> dict[str, Any]:
    """Return the term index: CURIE → [types, parents, labels, label status, term status, synonyms]."""
    translated = labels()
    terms: dict[str, Any] = {}
    for row in rows("dpv/terms.csv"):
        fi, sv, status = translated.pop(row["curie"], ("", "", ""))
        names = {language: words for language, words in (("en", row["label"]), ("fi", fi), ("sv", sv)) if words}
        term_status = row["status"] if row["status"] != "accepted" else ""
        terms[row["curie"]] = [row["types"].split(), row["parents"].split(), names, status, term_status, []]
    if translated:
        raise SystemExit(f"labels of unknown terms: {sorted(translated)[:5]}")
    for name, concept in own_concepts().items():
        synonyms = [word for words in concept.get("synonyms", {}).values() for word in words]
        types = [concept["type"]] if "type" in concept else []
        terms[f"ropa:{name}"] = [
            types,
            concept["broader"],
            concept["label"],
            concept.get("status", "draft"),
            "",
            synonyms,
        ]
    for name, law in laws().items():
        terms[f"ropa:{name}"] = [["dpv:Law"], ["dpv:Law"], law["label"], "draft", "", [law["number"]]]
    known = set(terms)
    for curie, (types, parents, *_) in terms.items():
        if curie.startswith("ropa:") and not known.issuperset([*types, *parents]):
            raise SystemExit(f"{curie}: unknown {sorted({*types, *parents} - known)}")
    return terms


def laws() -> dict[str, Any]:
    """Return the national laws among the facts as terms: name → label, definition and number."""
    found = {}
    for row in rows("facts/laws.csv"):
        if row["jurisdiction"] != "FI":  # DPV has the Union's own
            continue
        number = row["number"]
        found[f"law-fi-{number.replace('/', '-')}"] = {
            "type": "dpv:Law",
            "broader": ["dpv:Law"],
            "number": number,
            "label": {tag: row[f"title_{tag}"] for tag in ("en", "fi", "sv")},
            "definition": {
                "en": f"Act {number} in the Statutes of Finland.",
                "fi": f"Suomen säädöskokoelmassa julkaistu laki {number}.",
                "sv": f"Lag {number} i Finlands författningssamling.",
            },
        }
    return found


def rule_texts() -> dict[str, Any]:
    """Return the texts of the rules, by code."""
    found: dict[str, Any] = {}
    for path in sorted((HERE / "rules").glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def vocab() -> dict[str, Any]:
    """Return everything that `ropa.vocab` loads."""
    facts: dict[str, Any] = {name: rows(f"facts/{name}.csv") for name in ("places", "adequacy", "laws", "authorities")}
    facts["verified"] = tomllib.loads((HERE / "SOURCES.toml").read_text(encoding="utf-8"))["facts"]["verified"]
    return {
        "terms": index(),
        "properties": {
            row["curie"]: [row["ranges"].split(), row["parents"].split()] for row in rows("dpv/properties.csv")
        },
        "renamed": {row["old"]: row["new"] for row in rows("renamed.csv")},
        "facts": facts,
    }


def built() -> dict[Path, bytes]:
    """Return every generated file with its content."""
    DATA.mkdir(exist_ok=True)
    rules = rule_texts()
    files = {
        DATA / "vocab.json": orjson.dumps(vocab(), option=orjson.OPT_SORT_KEYS) + b"\n",
        DATA / "rules.json": orjson.dumps(rules, option=orjson.OPT_SORT_KEYS) + b"\n",
    }
    # The rest is generated from the declarations, which need the index: write it first.
    if "--check" not in sys.argv[1:]:
        write(files)
    from ropa import ontology, schema, shapes  # noqa: PLC0415  # needs the index that was just written

    files[HERE / "ropa.ttl"] = ontology.turtle({**own_concepts(), **laws()}).encode()
    files[HERE / "schema.json"] = orjson.dumps(schema.json_schema(), option=orjson.OPT_INDENT_2) + b"\n"
    files[HERE / "context.jsonld"] = orjson.dumps(schema.context(), option=orjson.OPT_INDENT_2) + b"\n"
    files[HERE / "shapes.ttl"] = shapes.turtle().encode()
    return files


def write(files: dict[Path, bytes]) -> None:
    """Write the files that have changed."""
    for path, content in files.items():
        if not path.exists() or path.read_bytes() != content:
            path.write_bytes(content)
            print("wrote", path.relative_to(HERE.parent))


def main() -> None:
    """Write, or with --check compare."""
    files = built()
    if "--check" in sys.argv[1:]:
        stale = [
            str(path.relative_to(HERE.parent))
            for path, content in files.items()
            if not path.exists() or path.read_bytes() != content
        ]
        if stale:
            raise SystemExit(f"not fresh: {', '.join(stale)}; run python vocab/build.py")
        print("generated files are fresh")
        return
    write(files)


if __name__ == "__main__":
    main()
