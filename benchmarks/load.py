"""How long the compiled database takes to open and to read whole, and beside that the same records from YAML.

Usage: python benchmarks/load.py [RUNS]
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from licheck.db.compile import compile_tree
from licheck.db.store import Database

ROOT = Path(__file__).resolve().parents[1] / "license_db"


def milliseconds(work: Callable[[], object], runs: int) -> float:
    """Median wall milliseconds of a call."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        result = work()
        times.append((time.perf_counter() - start) * 1000)
        del result  # taking it apart again is not loading
    return statistics.median(times)


def main(runs: int) -> None:
    """Measure and print."""
    data = compile_tree(ROOT)
    print(f"compiled form               {len(data) / 1e6:6.2f} MB")
    print(f"open                        {milliseconds(lambda: Database(data), runs):6.1f} ms")
    print(f"open and read every record  {milliseconds(lambda: Database(data).everything(), runs):6.1f} ms")
    print(f"compile from YAML           {milliseconds(lambda: compile_tree(ROOT), 3):6.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
