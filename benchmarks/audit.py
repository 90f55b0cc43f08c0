"""How fast rows are audited, against DuckDB's own reading of the same files in the same run.

Usage: python benchmarks/audit.py [--rows MILLIONS] [--billion] [--folder WHERE]

Prints seconds, ratio and peak memory of whole commands, each in a process of its own, the best of three. The rows have
26,736 combinations of source, licence and generator. `--billion` links the files until they hold 1,000 million rows.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FILES = 10
SOURCES = "['squad', 'tatsu-lab/alpaca', 'our/tickets', 'HuggingFaceFW/fineweb', 'our/papers', 'ag_news']"
LICENCES = "['mit', 'apache-2.0', 'cc-by-4.0', 'cc-by-nc-4.0', 'cc-by-sa-4.0', '', 'unknown', NULL]"
MODELS = "['gpt-4o', 'gpt-3.5-turbo', 'meta-llama/Llama-3.1-8B-Instruct', 'human', NULL, 'mistral-large-latest']"
BARE = 'import duckdb,sys; c=duckdb.connect(); c.execute("SET preserve_insertion_order=false"); '
KEYS = "source, license, generator"


def rows(first: int, count: int) -> str:
    """Rows with an id each; 557 sources by 8 licences by 6 generators."""
    return f"""SELECT 'doc-' || lpad(r::VARCHAR, 10, '0') AS id,
      {SOURCES}[(1 + hash(r) % 557 % 6)::INTEGER] ||
        CASE WHEN hash(r) % 557 < 6 THEN '' ELSE '-' || hash(r) % 557 END AS source,
      {LICENCES}[(1 + hash(r * 3) % 8)::INTEGER] AS license, {MODELS}[(1 + hash(r * 5) % 6)::INTEGER] AS generator,
      (hash(r * 7) % 900)::INTEGER AS tokens FROM range({first}, {first + count}) t(r)"""


def run(command: list[str]) -> tuple[float, int]:
    """Seconds of the best of three runs, and the peak of memory in MB."""
    best, peak = float("inf"), 0
    for _ in range(3):
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        best = min(best, time.perf_counter() - began)
        peak = max(peak, used.ru_maxrss // 1024)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(f"failed: {' '.join(command)}")
    return best, peak


def compare(what: str, sql: str, files: list[str], *options: str) -> None:
    """Print what the command takes against one query."""
    bare = run([sys.executable, "-c", f"{BARE}c.execute({sql!r}).fetchall()"])
    ours = run([sys.executable, "-m", "licheck", "audit", *files, "--exit-zero", *options])
    ratio = ours[0] / bare[0]
    print(f"{what:<34}{ours[0]:8.2f} s{ours[1]:8,} MB   DuckDB {bare[0]:8.2f} s{bare[1]:8,} MB{ratio:8.2f}", flush=True)


def main() -> None:
    """Make the rows once and measure."""
    import duckdb

    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=50, help="millions")
    options.add_argument("--billion", action="store_true")
    options.add_argument("--folder", default=str(Path(tempfile.gettempdir(), "licheck-audit-rows")))
    given = options.parse_args()
    folder = Path(given.folder, str(given.rows))
    folder.mkdir(parents=True, exist_ok=True)
    each = given.rows * 1_000_000 // FILES
    for part in range(FILES):
        if not (target := folder / f"{part}.parquet").exists():
            sql = f"COPY ({rows(part * each, each)}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
            duckdb.execute(sql)
    lines, text = folder / "rows.jsonl", "'{\"padding\": ' || repeat('7', 900) || '}'"
    if not lines.exists():
        sql = f"COPY (SELECT *, {text} AS text FROM ({rows(0, 3_000_000)})) TO '{lines}' (FORMAT json)"
        duckdb.execute(sql)
    parquet = f"read_parquet('{folder}/*.parquet')"
    files = sorted(map(str, folder.glob("*.parquet")))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{given.rows} million rows, {FILES} files; this script itself used {memory:,} MB")
    bare = f"SELECT {KEYS}, count(*) FROM {parquet} GROUP BY ALL"
    with_id = f"SELECT {KEYS}, count(*), sum(tokens), min(id) FROM {parquet} GROUP BY ALL"
    compare("Parquet, three columns", bare, files, "--columns", "id=,tokens=")
    compare("Parquet, with tokens and ids", with_id, files)
    compare("the same against three columns", bare, files)
    source = f"read_json('{lines}', format='newline_delimited')"
    compare(
        "JSONL, 3 million rows",
        f"SELECT {KEYS}, count(*), sum(tokens), min(id) FROM {source} GROUP BY ALL",
        [str(lines)],
    )
    if given.billion:
        links = folder / "billion"
        links.mkdir(exist_ok=True)
        for copy in range(-(-1000 // given.rows)):
            for file in files:
                link = links / f"{copy}-{Path(file).name}"
                if not link.exists():
                    link.symlink_to(file)
        everything = (
            f"SELECT {KEYS}, count(*), sum(tokens), min(id) FROM read_parquet('{links}/*.parquet') GROUP BY ALL"
        )
        compare("Parquet, 1,000 million rows", everything, [str(links)])


if __name__ == "__main__":
    main()
