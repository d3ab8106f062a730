"""What the benchmarks share: records made by rule, interleaved measurement, and tables."""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
EXAMPLES: Final = ROOT / "examples"

HEAD: Final = 6
"""Nodes that a record has without any register: itself, controller, officer, authority, two laws."""
PER_REGISTER: Final = 48
"""Nodes that one more register brings, its own organisation and system included."""

# -- records -------------------------------------------------------------------

PLACES: Final = ("Kuvittela", "Esimerkkilä", "Satukoski", "Tarinala", "Keksilä", "Olematon", "Utuniemi", "Haavela")
KINDS: Final = ("vesi", "kaukolampo", "jatehuolto", "kirjasto", "satama", "varhaiskasvatus", "liikunta", "asunnot")
CATEGORIES: Final = (
    ("nimi", "Nimi", "Namn", "pd:Name"),
    ("osoite", "Laskutusosoite", "Faktureringsadress", "ropa:BillingAddress"),
    ("puhelin", "Puhelinnumero", "Telefonnummer", "pd:TelephoneNumber"),
    ("sahkoposti", "Sähköpostiosoite", "E-postadress", "pd:EmailAddress"),
    ("tili", "Tilinumero", "Kontonummer", "pd:BankAccount"),
    ("laskut", "Laskutustiedot", "Faktureringsuppgifter", "ropa:InvoiceData"),
    ("kiinteisto", "Kiinteistötunnus", "Fastighetsbeteckning", "ropa:PropertyIdentifier"),
    ("lukemat", "Mittarilukemat", "Mätarställningar", "ropa:MeterReadingData"),
)
RIGHTS: Final = ("A15", "A16", "A17", "A18", "A20", "A21", "A77")


def _text(fi: str, sv: str) -> dict[str, str]:
    return {"fi": fi, "sv": sv}


def _register(number: int) -> dict[str, Any]:
    """Return one register of 46 nodes; its inner ids are those of every other register, as in real records."""
    place = PLACES[number % len(PLACES)]
    return {
        "id": f"rekisteri-{number}",
        "name": f"Asiakasrekisteri {number}",
        "materials": ["ropa:Electronic", "ropa:Manual"],
        "contacts": [{"id": "asiakaspalvelu", "role": "Asiakaspalvelu", "email": f"palvelu-{number}@example.org"}],
        "purposes": [
            {"id": "hoito", "name": "Asiakassuhteen hoito", "concepts": ["dpv:CustomerCare"]},
            {
                "id": "palvelu",
                "name": _text("Palvelun tuottaminen", "Produktion av tjänsten"),
                "concepts": ["ropa:WaterSupplyService"],
            },
            {
                "id": "verkko",
                "name": "Verkoston ylläpito",
                "description": f"Koskee aluetta {place}",
                "concepts": ["ropa:NetworkManagement"],
            },
        ],
        "legal_bases": [
            {"id": "sopimus", "name": "Sopimus", "basis": "eu-gdpr:A6-1-b"},
            {"id": "velvoite", "name": "Lakisääteinen velvoite", "basis": "eu-gdpr:A6-1-c", "laws": ["palvelulaki"]},
        ],
        "data_subjects": [
            {"id": "asiakkaat", "name": "Asiakkaat", "concepts": ["dpv:Customer"]},
            {"id": "omistajat", "name": "Kiinteistönomistajat", "concepts": ["ropa:PropertyOwner"]},
        ],
        "data_categories": [
            {
                "id": key,
                "name": _text(fi, sv),
                "concepts": [term],
                "data_subjects": ["asiakkaat"],
                "systems": [f"jarjestelma-{number}"],
                "items": [{"id": f"{key}-nyt", "name": f"{fi} nyt", "necessity": "dpv:Required"}],
            }
            for key, fi, sv, term in CATEGORIES
        ],
        "sources": [
            {"id": "asiakas", "name": "Asiakas itse", "concepts": ["dpv:DataSubjectDataSource"], "method": "Lomake"},
            {
                "id": "luettelo",
                "name": "Julkinen luettelo",
                "concepts": ["ropa:AuthorityRegisterDataSource"],
                "data_categories": ["kiinteisto"],
            },
        ],
        "recipients": [
            {
                "id": "painotalo",
                "name": "Laskujen painaja",
                "kind": "dpv:DataProcessor",
                "concepts": ["ropa:PrintingServiceProvider"],
                "organisation": f"toimittaja-{number}",
                "data_categories": ["laskut", "nimi", "osoite"],
                "agreements": [{"id": "sopimus", "kind": "dpv:ControllerProcessorAgreement", "date": "2024-05"}],
            },
            {
                "id": "perinta",
                "name": "Perintä",
                "kind": "dpv:ThirdParty",
                "concepts": ["ropa:DebtCollectionAgency"],
                "purposes": ["hoito"],
            },
        ],
        "transfers": [],
        "retention_rules": [
            {
                "id": "laskut",
                "name": "Laskut",
                "data_categories": ["laskut"],
                "period": "P6Y",
                "disposals": ["dpv:Erase"],
            },
            {
                "id": "asiakkuus",
                "name": "Asiakkuuden tiedot",
                "data_categories": ["nimi", "osoite", "puhelin"],
                "until": "Asiakkuus päättyy",
                "extensions": [{"id": "perinta", "condition": "Saatavaa peritään", "period": "P3Y"}],
            },
        ],
        "measures": [
            {"id": "salaus", "name": "Salaus", "concepts": ["dpv:Encryption"], "material": "ropa:Electronic"},
            {"id": "koulutus", "name": "Koulutus", "concepts": ["dpv:StaffTraining"]},
        ],
        "systems": [f"jarjestelma-{number}"],
        "rights": [{"id": right.lower(), "right": f"eu-gdpr:{right}", "granted": True} for right in RIGHTS],
        "provisions": [
            {"id": "pakko", "requirement": "ropa:ContractualRequirement", "consequence": "Palvelua ei voi antaa"}
        ],
        "notices": [
            {"id": "seloste", "name": "Seloste", "language": "fi", "under": ["eu-gdpr:A13"], "issued": "2024-05-02"}
        ],
        "pairings": [
            {
                "id": "hoito-sopimus",
                "purposes": ["hoito"],
                "legal_bases": ["sopimus"],
                "data_categories": ["nimi", "osoite"],
            },
            {"id": "palvelu-velvoite", "purposes": ["palvelu", "verkko"], "legal_bases": ["velvoite"]},
        ],
    }


def _gap(register: dict[str, Any], number: int) -> None:
    """Leave out of a register what a hurried writer would: other fields in each."""
    for place, field in enumerate(
        ("purposes", "legal_bases", "recipients", "transfers", "retention_rules", "rights", "measures")
    ):
        if (number + place) % 3 == 0:
            del register[field]
    if "purposes" not in register or "legal_bases" not in register:
        del register["pairings"]
    if "purposes" not in register:
        for recipient in register.get("recipients", ()):
            recipient.pop("purposes", None)


def plain_nodes(data: Any) -> int:
    """Return how many nodes plain data have: here every one has an id."""
    if isinstance(data, list):
        return sum(plain_nodes(item) for item in data)
    if not isinstance(data, dict):
        return 0
    return ("id" in data) + sum(plain_nodes(item) for item in data.values())


def _wide(registers: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Join registers into one with long lists; ids get the number of the register that they were in."""
    lists = [
        key for key, value in registers[0].items() if isinstance(value, list) and value and isinstance(value[0], dict)
    ]
    inner = {item["id"] for key in lists for item in registers[0][key]}

    def numbered(value: Any, number: int, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: numbered(item, number, name) for name, item in value.items()}
        if isinstance(value, list):
            return [numbered(item, number, key) for item in value]
        refers = key in (*lists, "id")
        return f"{value}-{number}" if refers and value in inner else value

    whole = {
        **registers[0],
        "id": "rekisteri-0",
        "systems": [name for register in registers for name in register["systems"]],
    }
    for key in lists:
        whole[key] = [numbered(item, number, "") for number, register in enumerate(registers) for item in register[key]]
    return whole


def plain_record(nodes: int, *, gaps: bool = False, shape: str = "registers") -> dict[str, Any]:
    """Return the plain data of a record with exactly `nodes` nodes (54 or more), the same each time.

    `shape`: `registers` for many registers of one size, `lists` for one
    register with long lists. `gaps` leaves out fields that the rules ask for,
    and makes up the number with data items.
    """
    count = (nodes - HEAD) // PER_REGISTER
    if count < 1:
        raise ValueError(f"{nodes} nodes: {HEAD + PER_REGISTER} are the least")
    registers = [_register(number) for number in range(count)]
    if gaps:
        for number, register in enumerate(registers):
            _gap(register, number)
    if shape == "lists":
        registers = [_wide(registers)]
    record = _head(nodes, count) | {"registers": registers}
    for place in range(nodes - plain_nodes(record)):
        items = registers[place % len(registers)]["data_categories"][0]["items"]
        items.append({"id": f"lisatieto-{place}", "name": f"Lisätieto {place}", "necessity": "dpv:Optional"})
    return record


def _head(nodes: int, count: int) -> dict[str, Any]:
    """Return what the record declares once: parties, systems, laws."""
    return {
        "ropa": 1,
        "id": f"https://example.org/ropa/{KINDS[0]}-{nodes}",
        "language": "fi",
        "serves": ["record", "notice"],
        "name": "Kuvittelan kunnan seloste käsittelytoimista",
        "controller": {
            "id": "kuvittela",
            "name": "Kuvittelan kunta",
            "kind": "ropa:Municipality",
            "country": "loc:FI",
            "email": "kirjaamo@example.org",
        },
        "data_protection_officers": [
            {"id": "vastaava", "role": "Tietosuojavastaava", "email": "tietosuoja@example.org", "name_withheld": True}
        ],
        "supervisory_authority": {"id": "valvoja", "name": "Kuvittelan valvontaviranomainen"},
        "organisations": [
            {"id": f"toimittaja-{n}", "name": f"{PLACES[n % 8]}n {KINDS[n % 8]} {n} Oy", "kind": "ropa:Company"}
            for n in range(count)
        ],
        "systems": [
            {
                "id": f"jarjestelma-{n}",
                "name": f"Järjestelmä {n}",
                "concepts": ["ropa:CustomerInformationSystem"],
                "vendor": f"toimittaja-{n}",
                "vendor_access": True,
            }
            for n in range(count)
        ],
        "laws": [
            {"id": "palvelulaki", "name": "Keksitty palvelulaki", "kind": "ropa:Statute"},
            {"id": "arkistolaki", "name": "Keksitty arkistolaki", "kind": "ropa:Statute"},
        ],
        "modified": "2024-05-02",
    }


# -- measuring -----------------------------------------------------------------


class Case(NamedTuple):
    """One thing to measure, and its name in the table."""

    name: str
    run: Callable[[], object]


SHORTEST: Final = 0.02
"""A sample shorter than this (seconds) is made of several runs."""


def once(run: Callable[[], object], repeat: int = 1) -> float:
    """Return the CPU seconds of one run of this process."""
    gc.collect()
    start = time.process_time()
    for _ in range(repeat):
        run()
    return (time.process_time() - start) / repeat


def interleaved(cases: Sequence[Case], rounds: int) -> dict[str, list[float]]:
    """Return name → seconds of each round; every round runs each case once, beginning with another one each time."""
    repeats = {}
    for case in cases:
        case.run()  # caches, lazy imports
        repeats[case.name] = max(1, int(SHORTEST / max(once(case.run), 1e-6)))
    found: dict[str, list[float]] = {case.name: [] for case in cases}
    for number in range(rounds):
        turn = number % len(cases)
        for case in (*cases[turn:], *cases[:turn]):
            found[case.name].append(once(case.run, repeats[case.name]))
    return found


def ratio(times: Sequence[float], base: Sequence[float]) -> float:
    """Return the median of the ratios round by round, so that what slows a whole round falls out."""
    return statistics.median(a / b for a, b in zip(times, base, strict=True))


# -- printing ------------------------------------------------------------------


def human(seconds: float) -> str:
    """Return a time with three figures."""
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.3g} {unit}" if seconds * factor < 1000 else f"{seconds * factor:.0f} {unit}"
    return f"{seconds * 1e6:.3g} us"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows as a Markdown table, so that they can be copied into the README."""
    lines = [list(head), *(list(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for number, line in enumerate(lines):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
        if number == 0:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def ratios(found: Mapping[str, Sequence[float]], base: str, title: str = "step") -> None:
    """Print medians, and ratios to one of the cases."""
    rows = []
    for name, times in found.items():
        each = sorted(a / b for a, b in zip(times, found[base], strict=True))
        spread = "" if name == base else f"{each[0]:.3g} to {each[-1]:.3g}"
        rows.append((name, human(statistics.median(times)), f"{statistics.median(each):.3g}", spread))
    table((title, "median", "ratio", "of all rounds"), rows)


def versions(*packages: str) -> str:
    """Return the versions of the packages that are installed."""
    said = []
    for package in packages:
        try:
            said.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            said.append(f"no {package}")
    return ", ".join(said)


def begin(title: str, *packages: str) -> None:
    """Print what is measured, where and with what."""
    print(f"# {title}\n")
    print(f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores; {versions(*packages)}\n")


def arguments(doc: str | None) -> argparse.Namespace:
    """Read the command line: --quick, --rounds."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small sizes and few rounds: a few seconds")
    parser.add_argument("--rounds", type=int, help="how often each case is run")
    return parser.parse_args()


def require(holds: bool, words: str) -> None:
    """End the program with a message if something does not hold."""
    if not holds:
        raise SystemExit(f"FAILED: {words}")
