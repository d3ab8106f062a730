"""Records of 100 to 100,000 nodes: time per node of each step, growth per decade, peak memory."""

from __future__ import annotations

import argparse
import datetime as dt
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final, NamedTuple

import orjson
from common import SHORTEST, begin, once, plain_record, ratio, require, table

import ropa
from ropa.access import walk
from ropa.rdf import formats, write

STEPS: Final = ("load", "dump", "triples", "N-Triples", "check", "check a file")
"""JSON to record; record to JSON; record to triples; triples to text; all rules; file to findings with lines."""
SIZES: Final = (100, 1_000, 10_000, 100_000)
QUICK: Final = (100, 1_000, 10_000)
SHAPES: Final = {"registers": "many registers of one size", "lists": "one register with long lists"}
LIMIT: Final = 20.0
"""Ten times the nodes may take so many times as long: linear is 10, quadratic is 100, the rest is noise."""
JUDGED: Final = 1_000
"""From how many nodes on that is asked."""
PATIENCE: Final = 900.0
"""A size is left out if the sizes before let expect that it takes longer (seconds)."""
CLEAR: Final = 5.0
"""From how many MB on a difference of memory says something."""
DAY: Final = dt.date(2024, 6, 1)


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    except OSError:  # not Linux
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


def child(path: str) -> None:
    """Measure the steps for one file, and print them as JSON."""
    raw = Path(path).read_bytes()
    small = ropa.loads(orjson.dumps(plain_record(60)))  # caches, lazy imports
    ropa.dumps(small)
    ropa.check(small)
    formats.serialize(write.triples(small), "ntriples")
    before = peak()
    record = ropa.loads(raw)
    after = peak()
    triples = write.triples(record)
    runs = {
        "load": lambda: ropa.loads(raw),
        "dump": lambda: ropa.dumps(record),
        "triples": lambda: write.triples(record),
        "N-Triples": lambda: formats.serialize(triples, "ntriples"),
        "check": lambda: ropa.check(record, as_of=DAY),
        "check a file": lambda: ropa.check(path, as_of=DAY),
    }
    times = {}
    for name, run in runs.items():
        first = once(run)
        repeat = int(SHORTEST / max(first, 1e-6))
        times[name] = once(run, repeat) if repeat > 1 else first
    counts = {
        "nodes": sum(1 for _ in walk(record)),
        "triples": len(set(triples)),
        "findings": len(ropa.check(record, as_of=DAY)),
    }
    print(orjson.dumps({"times": times, "counts": counts, "memory": [before, after, peak()]}).decode())


class Run(NamedTuple):
    """What a process found for one file: seconds per step, counts, and peak memory in MB at three points."""

    times: dict[str, float]
    counts: dict[str, int]
    memory: list[float]


def run(path: Path) -> Run:
    """Measure one file in a process of its own, so that its memory is its own."""
    done = subprocess.run([sys.executable, __file__, "--child", str(path)], check=False, capture_output=True, text=True)
    require(done.returncode == 0, done.stderr)
    return Run(**orjson.loads(done.stdout))


def measure(shape: str, sizes: tuple[int, ...], rounds: int) -> bool:
    """Measure and print one shape of record; say whether every step was linear."""
    found: dict[int, list[Run]] = {}
    with tempfile.TemporaryDirectory() as folder:
        files = {size: Path(folder) / f"{size}.json" for size in sizes}
        lengths = {}
        for size, file in files.items():
            lengths[size] = file.write_bytes(orjson.dumps(plain_record(size, gaps=shape == "registers", shape=shape)))
        for _ in range(rounds):
            expected = 0.0
            for size, file in files.items():
                if expected > PATIENCE:
                    print(f"{size:,} nodes: left out, some {expected:.0f} s are to be expected.\n")
                    continue
                found.setdefault(size, []).append(run(file))
                total = [sum(found[done][-1].times.values()) for done in found if done <= size]
                expected = total[-1] * max(10.0, total[-1] / total[-2]) if len(total) > 1 else 0.0
    print(f"## {SHAPES[shape]}\n\nMicroseconds per node:\n")
    rows = []
    for size, runs in found.items():
        counts = runs[0].counts
        require(counts["nodes"] == size, f"{counts['nodes']} nodes, not {size}")
        cells = [f"{1e6 * statistics.median(r.times[step] for r in runs) / size:.1f}" for step in STEPS]
        rows.append((f"{size:,}", f"{counts['triples']:,}", f"{counts['findings']:,}", *cells))
    table(("nodes", "triples", "findings", *STEPS), rows)
    linear = growth(found)
    print("\nPeak memory of a process that does all this, MB:\n")
    rows = []
    for size, runs in found.items():
        before, after, last = (statistics.median(r.memory[place] for r in runs) for place in range(3))
        cells = [f"{lengths[size] / 1e6:.2f}", f"{before:.0f}", f"{after:.0f}", f"{last:.0f}"]
        each = f"{(after - before) * 1024 / size:.1f}" if after - before > CLEAR else ""
        rows.append((f"{size:,}", *cells, each))
    table(("nodes", "JSON", "before", "after loading", "at the end", "loading, kB per node"), rows)
    print()
    return linear


def growth(found: dict[int, list[Run]]) -> bool:
    """Print how many times as long ten times the nodes take; say whether each step is linear."""
    print("\nTen times the nodes take so many times as long (linear: 10; less where a fixed cost is left behind):\n")
    rows, linear = [], True
    for small, large in zip(list(found), list(found)[1:], strict=False):
        times = {
            step: ratio([r.times[step] for r in found[large]], [r.times[step] for r in found[small]]) for step in STEPS
        }
        # A step over 100 nodes takes less than a millisecond: noise, which is shown and not judged.
        linear = linear and (small < JUDGED or all(value <= LIMIT for value in times.values()))
        cells = [f"{value:.1f}{' (!)' if value > LIMIT else ''}" for value in times.values()]
        rows.append((f"{small:,} to {large:,}", *cells))
    table(("nodes", *STEPS), rows)
    return linear


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="to 10,000 nodes, many registers, one round")
    parser.add_argument("--rounds", type=int, help="how often each size is run")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.child)
        return
    begin("Growth", "attrs", "cattrs", "orjson")
    sizes, rounds = (QUICK, asked.rounds or 1) if asked.quick else (SIZES, asked.rounds or 3)
    linear = [measure(shape, sizes, rounds) for shape in (["registers"] if asked.quick else SHAPES)]
    require(all(linear), f"a step takes more than {LIMIT:g} times as long for ten times the nodes")


if __name__ == "__main__":
    main()
