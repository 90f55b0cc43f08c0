"""How long the compiled database takes to open, to read whole, and beside that the same records from YAML.

Usage: python benchmarks/load.py [RUNS]
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

from licheck.db.compile import compile_tree
from licheck.db.store import Database

ROOT = Path(__file__).resolve().parents[1] / "license_db"


def milliseconds(work: object) -> float:
    """Wall milliseconds of one call."""
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return (time.perf_counter() - start) * 1000


def main(runs: int) -> None:
    """Measure and print."""
    data = compile_tree(ROOT)

    print(f"compiled form                {len(data) / 1e6:.2f} MB")
    print(
        f"open                         {statistics.median(milliseconds(lambda: Database(data)) for _ in range(runs)):.1f} ms"
    )
    print(
        f"open and read every record   {statistics.median(milliseconds(lambda: Database(data).everything()) for _ in range(runs)):.1f} ms"
    )
    print(f"compile from YAML            {milliseconds(lambda: compile_tree(ROOT)):.0f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)
