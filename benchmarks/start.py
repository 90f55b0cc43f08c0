"""How long `licheck check` takes beside merely importing the two libraries that every start needs.

Usage: python benchmarks/start.py [RUNS]     (run it with the Python of an environment that licheck is installed in)

Prints median wall seconds of both, measured in turn, and the median of their ratios pair by pair.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CHECK = [str(Path(sys.executable).with_name("licheck")), "check", "examples/support-8b", "--exit-zero"]
BASE = [sys.executable, "-c", "import typer, yaml"]


def seconds(command: list[str]) -> float:
    """Wall seconds of one run; raises CalledProcessError if it fails."""
    start = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(runs: int) -> None:
    """Measure and print."""
    seconds(CHECK), seconds(BASE)
    pairs = [(seconds(CHECK), seconds(BASE)) for _ in range(runs)]
    print(f"licheck check on the example   {statistics.median(a for a, _ in pairs):.3f} s")
    print(f"python -c 'import typer, yaml' {statistics.median(b for _, b in pairs):.3f} s")
    print(f"ratio                          {statistics.median(a / b for a, b in pairs):.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
