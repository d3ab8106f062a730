"""The pages of the rules: docs/rules/ROPA<code>.md, and their index. `docs/build.py` writes them."""

from __future__ import annotations

import datetime
import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import ropa
from ropa import shapes
from ropa.findings import SEVERITY
from ropa.model import Record
from ropa.prefixes import NS
from ropa.rules.check import SAME_NODE, SILENCES, check_record
from ropa.rules.registry import FIRST_OWN, HYGIENE, PROFILES, RULES, name_of, paired, words
from ropa.vocab import Facts
from ropa.yamlread import load as load_yaml

HERE: Final = Path(__file__).parent
SOURCES: Final = HERE.parent / "vocab" / "rules"
OF_THE_PROGRAM: Final = (900, 907)
"""Codes that no rule looks for: a rule broke down, a document cannot be read."""
EURLEX: Final = "https://eur-lex.europa.eu/eli/reg/2016/679/art_{}/oj"
FINLEX: Final = "https://www.finlex.fi/fi/lainsaadanto/{}/{}"
MARK: Final = "<!-- written by docs/build.py; do not edit -->"
HEAD: Final = "ropa: 1\nid: https://example.org/x\nlanguage: fi\n"
"""What the examples leave out, as every file begins with it."""
EXAMPLE: Final = "Esimerkki · Exempel · Example"


class Language(NamedTuple):
    """The words of a page in one language."""

    tag: str
    heading: str
    what: str
    why: str
    told: str
    hint: str


LANGUAGES: Final = (
    Language("fi", "Suomeksi", "Mitä etsitään", "Miksi", "Havainto esimerkistä", "Vihje"),
    Language("sv", "På svenska", "Vad som söks", "Varför", "Fyndet i exemplet", "Tips"),
    Language("en", "In English", "What it looks for", "Why", "Told of the example", "Hint"),
)
GROUPS: Final[Mapping[int, str]] = {
    1: "Toimijat · Aktörer · Who",
    2: "Tarkoitukset ja oikeusperusteet · Ändamål och rättsliga grunder · Purposes and legal bases",
    3: "Rekisteröidyt ja tiedot · Registrerade och uppgifter · Data subjects and data",
    4: "Vastaanottajat · Mottagare · Recipients",
    5: "Siirrot · Överföringar · Transfers",
    6: "Säilyttäminen · Lagring · Retention",
    7: "Oikeudet ja automaattiset päätökset · Rättigheter och automatiserade beslut · Rights and automated decisions",
    8: "Suojatoimet ja ylläpito · Säkerhet och underhåll · Security and upkeep",
    9: "Itse tiedosto · Själva filen · The document itself",
}
COLUMNS: Final = (
    "| koodi · kod · code | nimi · namn · name | suomeksi | på svenska | in English | taso · grad · strength |"
)
INDEX: Final = """\
# Säännöt · Regler · Rules

Virhe (*error*, `must`): laki sanoo, että tässä asiakirjassa on oltava tämä, tai tiedosto on
ristiriidassa itsensä kanssa. Varoitus (*warning*, `asked`): laki sanoo "mahdollisuuksien mukaan" tai
"tarvittaessa"; tai velvollisuus on olemassa, mutta laki ei sano, että sen on näyttävä juuri tässä
asiakirjassa; tai viranomainen pyytää tätä. Huomio (*note*, `good`): hyvä käytäntö. Vaikka havaintoja ei
tule, se ei tarkoita, että lakia noudatetaan. `always`: kaikissa profiileissa. Esimerkeistä puuttuu tiedoston alku
(`ropa`, `id`, `language`).

Fel (*error*, `must`): lagen säger att detta ska finnas i dokumentet, eller filen motsäger sig själv.
Varning (*warning*, `asked`): lagen säger "om möjligt" eller "i tillämpliga fall"; eller skyldigheten finns,
men lagen säger inte att den ska framgå av just det här dokumentet; eller en myndighet ber om det.
Anmärkning (*note*, `good`): god praxis. Att inget har hittats betyder inte att lagen följs. `always`: i alla
profiler. Exemplen saknar filens början (`ropa`, `id`, `language`).

Error (`must`), warning (`asked`), note (`good`): see [severities](../checking.md#severities). The strength is
the usual one; some rules weigh a case otherwise. `always`: in every profile. The examples leave out how a
file begins (`ropa`, `id`, `language`). No finding means that these rules found nothing, not that the law is
followed. Some duties have [no rule](../checking.md#what-has-no-rule).
"""


@functools.cache
def examples() -> Mapping[str, Mapping[str, Any]]:
    """Return what the sources of the rules say, by code."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(SOURCES.glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def codes() -> list[int]:
    """Return the codes of the catalogue."""
    return sorted({rule.code for rule in RULES if rule.code < FIRST_OWN} | set(OF_THE_PROGRAM))


def asked(code: int) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return profile → (strength, articles) of a rule, in the order of the profiles."""
    found = {
        profile: (strength, rule.articles.get(profile, ()))
        for rule in RULES
        if rule.code == code and code not in OF_THE_PROGRAM
        for profile, strength in rule.strength.items()
    }
    return {profile: found[profile] for profile in (*PROFILES, HYGIENE) if profile in found}


def profile_name(profile: str) -> str:
    """Return a profile as pages show it."""
    return "always" if profile == HYGIENE else profile


def strengths(code: int) -> str:
    """Return the strength per profile, in words."""
    shown = [f"{profile_name(name)}: {SEVERITY[strength]} ({strength})" for name, (strength, _) in asked(code).items()]
    return " · ".join(shown) or "always: error"


def plain(text: str) -> str:
    """Return a text so that Markdown shows it as it is: `<` is no tag, save in code, which keeps it."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else part.replace("<", "&lt;").replace("*", r"\*") for part in parts)


def link(code: int) -> str:
    """Return a link to the page of a rule, from another one."""
    return f"[ROPA{code}](ROPA{code}.md)"


def article(cited: str) -> str:
    """Return a link to an article of the GDPR, cited to the letter, or to a section of a Finnish act."""
    act = re.match(r"(\d+)/(\d{4}) ", cited)
    if act is not None:
        return f"[{cited}]({FINLEX.format(act[2], act[1])})"
    number = re.match(r"\d+", cited)
    if number is None:  # another act of the Union
        return cited
    return f"[{cited}]({EURLEX.format(number[0])})"


def finnish_acts(text: str) -> Iterator[str]:
    """Yield the Finnish acts that a text names by number, with links."""
    known = {row["number"]: row for row in Facts().tables["laws"] if row["jurisdiction"] == "FI"}
    for name in dict.fromkeys(re.findall(r"\b\d{1,4}/\d{4}\b", text)):
        if name in known:
            number, _, year = name.partition("/")
            yield f"{known[name]['title_fi']} ({known[name]['title_en']}) [{name}]({FINLEX.format(year, number)})"


@functools.cache
def _record(fragment: str) -> Record:
    return ropa.from_dict(load_yaml(HEAD + fragment)[0])


def told(code: int, language: str) -> tuple[str, str]:
    """Return message and hint of the finding that the rule gives of its own bad example."""
    source = examples()[str(code)]
    if "bad" in source:
        day = datetime.date.fromisoformat(Facts().verified)
        for finding in check_record(_record(source["bad"]), source["profiles"], day, language=language):
            if (finding.code, finding.path) == (f"ROPA{code}", source["path"]):
                return finding.message, finding.hint
    # Without an example, what the rule fills in stays open.
    return "", re.sub(r"\{\w+\}", "…", words(code, language).hint)


def part(code: int, language: Language) -> Iterator[str]:
    """Yield the lines of a page in one language."""
    texts = words(code, language.tag)
    message, hint = told(code, language.tag)
    place = f"`{examples()[str(code)]['path']}`: " if message else ""
    yield from (f"## {language.heading}", "", f"**{plain(texts.title)}**", "")
    for label, text in (
        (language.what, plain(texts.what)),
        (language.why, plain(texts.why)),
        (language.told, place + plain(message)),
        (language.hint, plain(hint)),
    ):
        if text:
            yield from (f"- *{label}:* {text}",)
    yield ""


def example(code: int) -> Iterator[str]:
    """Yield the lines of the two examples."""
    source = examples()[str(code)]
    if "bad" not in source or "good" not in source:
        return
    profiles = ", ".join(f"`{name}`" for name in source["profiles"])
    yield from (f"## {EXAMPLE}", "", f"Profiili · Profil · Profile: {profiles}", "")
    for heading, key in (("Puutteellinen · Bristfällig · Bad", "bad"), ("Parempi · Bättre · Better", "good")):
        yield from (f"**{heading}**", "", "```yaml", *source[key].strip("\n").splitlines(), "```", "")


def scope(code: int) -> str:
    """Return where a finding of a rule makes others needless."""
    if code in SAME_NODE:
        return "samassa kohdassa · på samma ställe · at the same place"
    if any(rule.code == code and rule.on is Record for rule in RULES):
        return "koko tiedostossa · i hela filen · in the whole record"
    return "samassa rekisterissä · i samma register · in the same register"


@functools.cache
def shaped() -> Mapping[str, set[int]]:
    """Return profile → the codes of the rules that its shapes say."""
    return {
        profile: {shapes.code_of(name) for name, *_ in shapes.triples(profile) if name.startswith(NS)}
        for profile in shapes.PROFILES
    }


def facts_of(code: int) -> Iterator[tuple[str, str]]:
    """Yield the rows of the table at the end: articles, laws, other rules, SHACL."""
    cited = []
    for name, (_, articles) in asked(code).items():
        both = paired(articles, frozenset()) if name == "notice" else articles
        cited += [f"{profile_name(name)}: {', '.join(map(article, both))}"] if both else []
    yield "Artiklat · Artiklar · Articles", "<br>".join(cited) or "–"
    texts = [words(code, language.tag) for language in LANGUAGES]
    acts = [*finnish_acts(" ".join(f"{one.what} {one.why} {one.hint}" for one in texts))]
    if acts:
        yield "Suomen lait · Finska lagar · Finnish acts", "<br>".join(acts)
    if code in SILENCES:
        yield "Jättää pois · Utelämnar · Leaves out", f"{', '.join(map(link, sorted(SILENCES[code])))}: {scope(code)}"
    by = [f"{link(one)}: {scope(one)}" for one in sorted(SILENCES) if code in SILENCES[one]]
    if by:
        yield "Jää pois, jos on · Utelämnas vid · Left out if there is", "<br>".join(by)
    names = ", ".join(f"`{profile}`" for profile, said in shaped().items() if code in said)
    yield "SHACL", f"[on · finns · yes](../shacl.md): {names}" if names else "[ei · nej · no](../shacl.md)"


def page(code: int) -> str:
    """Return the page of a rule."""
    first, *others = LANGUAGES
    anchors = [f"[{one.heading}](#{one.heading.lower().replace(' ', '-')})" for one in LANGUAGES]
    lines = [
        MARK,
        "",
        f"# ROPA{code} {name_of(code)}",
        "",
        strengths(code),
        "",
        " · ".join([*anchors, "[Kaikki säännöt · Alla regler · All rules](README.md)"]),
        "",
        *part(code, first),
        *example(code),
        *(line for language in others for line in part(code, language)),
        "## Artiklat ja muut säännöt · Artiklar och andra regler · Articles and other rules",
        "",
        "| | |",
        "|---|---|",
        *(f"| {label} | {text} |" for label, text in facts_of(code)),
    ]
    return "\n".join(lines) + "\n"


def index() -> str:
    """Return the index of the pages, by group."""
    lines = [MARK, "", INDEX]
    for group, title in GROUPS.items():
        lines += [f"## {group}xx: {title}", "", COLUMNS, "|---|---|---|---|---|---|"]
        for code in codes():
            if code // 100 == group:
                titles = [plain(words(code, language.tag).title) for language in LANGUAGES]
                lines.append("| " + " | ".join([link(code), f"`{name_of(code)}`", *titles, strengths(code)]) + " |")
        lines.append("")
    return "\n".join(lines)


def pages() -> dict[Path, str]:
    """Return every page of the rules, and their index."""
    folder = HERE / "rules"
    return {folder / "README.md": index(), **{folder / f"ROPA{code}.md": page(code) for code in codes()}}
