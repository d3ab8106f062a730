"""Whole processes: `ropa check` of one example beside an interpreter that only imports attrs and cattrs."""

from __future__ import annotations

import importlib.util
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Final

from common import EXAMPLES, Case, arguments, begin, ratio, ratios, require

LIMIT: Final = 3.0
"""How many times as long as the imports of attrs and cattrs `ropa check` may take."""
LAZY: Final = ("rdflib", "jsonschema", "click", "rich", "ruamel", "pyshacl", "pyoxigraph")
"""What `import ropa` must not load."""
LAZY_IN_CHECK: Final = ("rdflib", "jsonschema", "rich", "ruamel", "pyshacl", "pyoxigraph")
"""What `ropa check` of a JSON file must not load."""
BASE: Final = "import attrs, cattrs"
CHECK: Final = "ropa check EXAMPLE.json"


def environment(cache: str) -> dict[str, str]:
    """Return an environment in which bytecode is kept, as an installed package has it, in a folder of its own."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": cache}


def process(where: dict[str, str], *arguments_: str) -> None:
    """Run this interpreter; a check that finds something ends with 1, which is no failure here."""
    done = subprocess.run([sys.executable, *arguments_], check=False, capture_output=True, text=True, env=where)
    require(done.returncode in (0, 1) and "Traceback" not in done.stderr, f"{arguments_}: {done.stderr}")


def used() -> float:
    """Return the CPU seconds of all processes that were started and have ended."""
    times = resource.getrusage(resource.RUSAGE_CHILDREN)
    return times.ru_utime + times.ru_stime


def loaded(code: str, names: tuple[str, ...]) -> list[str]:
    """Return which modules are loaded after some code, in a process of its own."""
    tail = f"import sys; print('\\nLOADED', *(name for name in {names!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", f"{code}\n{tail}"], check=True, capture_output=True, text=True)
    return done.stdout.rpartition("LOADED")[2].split()


def check_imports(example: str) -> None:
    """End the program if a heavy package is loaded too early."""
    found = loaded("import ropa", LAZY)
    require(not found, f"`import ropa` loads {', '.join(found)}")
    found = loaded(f"from ropa.cli import main; main(['check', {example!r}])", LAZY_IN_CHECK)
    require(not found, f"`ropa check` of a JSON file loads {', '.join(found)}")
    print(f"`import ropa` loads none of: {', '.join(LAZY)}.")
    print(f"`ropa check` of a JSON file loads none of: {', '.join(LAZY_IN_CHECK)}.\n")


def measure(cases: list[Case], rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Return CPU seconds and elapsed seconds per case and round, interleaved."""
    cpu: dict[str, list[float]] = {case.name: [] for case in cases}
    wall: dict[str, list[float]] = {case.name: [] for case in cases}
    for case in cases:
        case.run()  # bytecode, file cache
    for number in range(rounds):
        turn = number % len(cases)
        for case in (*cases[turn:], *cases[:turn]):
            before, start = used(), time.perf_counter()
            case.run()
            wall[case.name].append(time.perf_counter() - start)
            cpu[case.name].append(used() - before)
    return cpu, wall


def main() -> None:
    asked = arguments(__doc__)
    begin("Start-up", "attrs", "cattrs", "click")
    require(importlib.util.find_spec("cattrs") is not None, "cattrs is the yardstick: install it")
    example = str(min(EXAMPLES.glob("*.json")))
    check_imports(example)
    with tempfile.TemporaryDirectory() as cache:
        where = environment(cache)
        cases = [
            Case("python -c pass", lambda: process(where, "-c", "pass")),
            Case(BASE, lambda: process(where, "-c", "import attrs, cattrs")),
            Case("import ropa", lambda: process(where, "-c", "import ropa")),
            Case("ropa --help", lambda: process(where, "-m", "ropa", "--help")),
            Case(CHECK, lambda: process(where, "-m", "ropa", "check", example)),
        ]
        cpu, wall = measure(cases, asked.rounds or (7 if asked.quick else 25))
    print("CPU time:\n")
    ratios(cpu, BASE, "process")
    print("\nElapsed time:\n")
    ratios(wall, BASE, "process")
    found = ratio(cpu[CHECK], cpu[BASE])  # elapsed time counts other people's load too
    above = statistics.median(a - b for a, b in zip(wall[CHECK], wall[BASE], strict=True))
    print(f"\n`{CHECK}` is {found:.2f} times `{BASE}` (limit {LIMIT:g}); {1000 * above:.0f} ms more.")
    require(found <= LIMIT, f"{found:.2f} > {LIMIT:g}")


if __name__ == "__main__":
    main()
