"""Write the generated parts of the documentation.

    python docs/build.py            writes docs/fields.md, docs/rules/*.md, and the parts
                                    between `<!-- generated: … -->` and `<!-- end -->`
    python docs/build.py --check    exits 1 if something is not fresh

Run it after a change to a declaration, a rule, a label or a fact.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import rules_pages  # noqa: E402  # the path above leads to it
from ropa import fields, shapes, vocab  # noqa: E402  # as above
from ropa.findings import SEVERITY  # noqa: E402
from ropa.rules import RULES, check  # noqa: E402, F401  # importing check registers the rules
from ropa.rules.completeness import declared  # noqa: E402
from ropa.rules.registry import HYGIENE, PROFILES, words  # noqa: E402

PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rules() -> str:
    """Return a table of the rules: code, name, what is looked for, strength and articles per profile."""
    found: dict[int, dict[str, str]] = {}
    names: dict[int, str] = {}
    catalogue = {*rules_pages.codes()} - {*rules_pages.OF_THE_PROGRAM}
    for rule in sorted((rule for rule in RULES if rule.code in catalogue), key=lambda rule: rule.code):
        names[rule.code] = rule.name
        cells = found.setdefault(rule.code, {})
        for profile, strength in rule.strength.items():
            articles = ", ".join(rule.articles.get(profile, ()))
            cells[profile] = f"{strength}" + (f": {articles}" if articles else "")
    lines = [
        f"{len(found)} rules.",
        "",
        "| code | name | what | record | notice | processor | other |",
        "|---|---|---|---|---|---|---|",
    ]
    for code, cells in found.items():
        other = [f"fi: {cells['fi']}"] if "fi" in cells else []
        other += [f"always: {cells[HYGIENE]}"] if HYGIENE in cells else []
        shown = [f"[ROPA{code}](rules/ROPA{code}.md)", f"`{names[code]}`", words(code, "en").title]
        shown += [cells.get(profile, "") for profile in PROFILES if profile != "fi"]
        lines.append("| " + " | ".join([*shown, "; ".join(other)]) + " |")
    return "\n".join(lines)


def fields_with_shapes() -> str:
    """Return a table of the rules of fields that have a shape: where it looks, and what counts as an answer."""
    lines = ["| rule | class, field | path | severity per profile | what counts |", "|---|---|---|---|---|"]
    for cls, slot, need in sorted(declared(), key=lambda found: (found.need.code, found.slot.name)):
        counts = ["`[]` too"] if need.none_answers else []
        for verb, condition in (("only", need.only), ("not", need.ignore)):
            if condition is not None:
                terms = ", ".join(f"`{term}`" for term in condition[1])
                counts.append(f"{verb} with `{condition[0]}` {terms}")
        levels = [f"{profile}: {SEVERITY[need.strength[profile]]}" for profile in PROFILES if profile in need.strength]
        cells = [
            f"[ROPA{need.code}](rules/ROPA{need.code}.md)",
            f"`{cls.__name__}.{slot.name}`",
            f"`{slot.key}`",
            ", ".join(levels),
            "; ".join(counts) or "any value",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _given(tests: Iterable[shapes.Given]) -> str:
    """Return tests of a node in words."""
    shown = []
    for test in tests:
        value = "" if test.value is None else f" = `{str(test.value).lower()}`"
        terms = ", ".join(f"`{term}`" for term in test.terms)
        shown.append(f"`{test.field}`{value}" + (f" at or below {terms}" if terms else ""))
    return " and ".join(shown)


def nodes_with_shapes() -> str:
    """Return a table of the rules about one node that have a shape: which nodes, if what, what has to be stated."""
    lines = ["| rule | nodes | if | has to state |", "|---|---|---|---|"]
    for rule in sorted(shapes.CONDITIONAL, key=lambda rule: rule.code):
        cells = [
            f"[ROPA{rule.code}](rules/ROPA{rule.code}.md)",
            f"`{rule.on.__name__}`" + (f" at `{rule.holder}`" if rule.holder else ""),
            _given(rule.when) or "always",
            ", or ".join(map(_given, rule.unless)),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def labels() -> str:
    """Return a table of how many terms there are, and how many of their labels were second-read."""
    terms = [(name, vocab.entry(name)) for name in vocab.data()["terms"]]
    lines = ["| terms | number | with Finnish and Swedish labels | of these checked |", "|---|---|---|---|"]
    for title, own in (("DPV 2.3 and its extensions", False), ("`ropa:`, the library's own", True)):
        mine = [found for name, found in terms if found is not None and name.startswith("ropa:") is own]
        named = Counter(found.label_status for found in mine if {"fi", "sv"} <= found.labels.keys())
        lines.append(f"| {title} | {len(mine)} | {named.total()} | {named[vocab.CHECKED]} |")
    return "\n".join(lines)


def facts() -> str:
    """Return the day on which the facts were last verified, and how many rows each table has."""
    built = vocab.Facts()
    counts = ", ".join(f"`{name}` {len(rows)}" for name, rows in built.tables.items())
    return f"Facts last verified: {built.verified}. Rows: {counts}."


def built() -> dict[Path, str]:
    """Return every file that has a generated part, as it should be."""
    made = {HERE / "fields.md": fields.markdown(), **rules_pages.pages()}
    parts = {"rules": rules, "labels": labels, "facts": facts}
    parts |= {"shapes": fields_with_shapes, "nodes": nodes_with_shapes}
    for path in sorted(HERE.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        fresh = PART.sub(lambda match: f"{match[1]}{parts[match[2]]()}\n{match[3]}", text)
        if PART.search(text):
            made[path] = fresh
    return made


def main() -> int:
    """Write, or with --check compare; return the exit code."""
    made = built()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    left = [path for path in (HERE / "rules").glob("*.md") if path not in made]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"not fresh: {path.relative_to(HERE.parent)}; run python docs/build.py\n")
        for path in left:
            sys.stderr.write(f"page of no rule: {path.relative_to(HERE.parent)}; remove it\n")
        return int(bool(stale or left))
    (HERE / "rules").mkdir(exist_ok=True)
    for path in stale:
        path.write_text(made[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(HERE.parent)}\n")
    return 0


if __name__ == "__main__" and (code := main()):
    sys.exit(code)
