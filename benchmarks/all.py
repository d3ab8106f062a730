"""Run every benchmark, each in a process of its own; ends with 1 if one of them failed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

NAMES: Final = ("startup", "reading", "graphs", "checking", "growth")


def main() -> int:
    failed = []
    for name in NAMES:
        path = Path(__file__).with_name(f"{name}.py")
        if subprocess.run([sys.executable, str(path), *sys.argv[1:]], check=False).returncode:
            failed.append(name)
        print(flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
