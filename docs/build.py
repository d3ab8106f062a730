"""Write the generated parts of the documentation.

    python docs/build.py            writes docs/fields.md, and the parts between
                                    `<!-- generated: … -->` and `<!-- end -->`
    python docs/build.py --check    exits 1 if something is not fresh

Run it after a change to a declaration, a rule, a label or a fact.
"""  # noqa: INP001  # a script, no package

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "src"))

from ropa import fields, vocab  # noqa: E402  # the path above leads to it
from ropa.rules import RULES, check  # noqa: E402, F401  # importing check registers the rules
from ropa.rules.registry import HYGIENE, PROFILES, words  # noqa: E402

PART = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def rules() -> str:
    """Return a table of the rules: code, name, what is looked for, strength and articles per profile."""
    found: dict[int, dict[str, str]] = {}
    names: dict[int, str] = {}
    for rule in sorted(RULES, key=lambda rule: rule.code):
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
        shown = [f"ROPA{code}", f"`{names[code]}`", words(code, "en").title]
        shown += [cells.get(profile, "") for profile in PROFILES if profile != "fi"]
        lines.append("| " + " | ".join([*shown, "; ".join(other)]) + " |")
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
    made = {HERE / "fields.md": fields.markdown()}
    parts = {"rules": rules, "labels": labels, "facts": facts}
    for path in sorted(HERE.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        fresh = PART.sub(lambda match: f"{match[1]}{parts[match[2]]()}\n{match[3]}", text)
        if PART.search(text):
            made[path] = fresh
    return made


def main() -> int:
    """Write, or with --check compare; return the exit code."""
    stale = [path for path, text in built().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"not fresh: {path.relative_to(HERE.parent)}; run python docs/build.py\n")
        return int(bool(stale))
    for path in stale:
        path.write_text(built()[path], encoding="utf-8")
        sys.stdout.write(f"wrote {path.relative_to(HERE.parent)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
