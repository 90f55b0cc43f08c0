"""Targets on this machine → nodes of the lineage: folders, weight files, models of Ollama."""

from __future__ import annotations

from pathlib import Path

from licheck.errors import InputError, Problem
from licheck.evidence import configs, merges, repo
from licheck.evidence import release as release_evidence
from licheck.evidence import weights as weight_evidence
from licheck.lineage.node import Identify
from licheck.lineage.targets import WEIGHTS, Target
from licheck.model.lineage import Declared, Node, Parent, ReadState, Unread
from licheck.sources import folder, hub, ollama, weights

NOWHERE = Path()
MOST_HEADERS = 8  # weight files of one folder; shards repeat the same header
_CONFIGS = (".yml", ".yaml", ".json")


def cached() -> list[str]:
    """References of everything in the local cache of the Hub; raises InputError where there is nothing."""
    found = hub.cached()
    if not found:
        raise InputError(Problem("hf-cache:", None, "", "the local cache of the Hub holds nothing", "name a target"))
    return found


def read(target: Target, identify: Identify) -> Node:
    """Read a target; raises InputError for a wrong one and UnreadableError for one that cannot be read."""
    readers = {"folder": _folder, "file": _file, "ollama": _ollama}
    return readers[target.kind](target.name, identify)


def _folder(name: str, identify: Identify) -> Node:
    root = Path(name).expanduser()
    found = folder.read(root)
    release = release_evidence.collect(found.texts, folder.kind_of, identify, root.as_posix(), found.skipped)
    files = sorted(path.name for path in root.iterdir() if path.is_file())
    declared = list(repo.declared(release, {}, ""))
    parents: list[Parent] = [*repo.parents(release, {}, files, ""), *repo.sources(release, {}, "")]
    notes: list[str] = [*found.skipped]
    for path in [path for path in files if path.endswith(_CONFIGS)][: folder.MAX_FILES]:
        more, problems = _config(root / path)
        parents += more
        notes += problems
    headers = [path for path in files if path.lower().endswith(WEIGHTS)]
    for path in headers[:MOST_HEADERS]:
        said, made_from = weight_evidence.facts(weights.read_header(root / path), (root / path).as_posix())
        declared += said
        parents += made_from
    card = dict(release.card.values) if release.card else {}
    return Node(
        id=f"path:{name}",
        kind="dataset" if {"dataset_info", "source_datasets", "task_categories"} & card.keys() else "model",
        declared=_first_place(declared),
        release=release,
        gate=repo.gate(release, {}),
        parents=tuple(parents),
        notes=tuple(notes),
        tools=repo.tools({}, release),
        unread=tuple(
            Unread(line, ReadState.REFUSED, "it was passed over") for line in found.skipped if "LICEN" in line
        ),
    )


def _config(path: Path) -> tuple[list[Parent], list[str]]:
    """What a JSON or YAML file beside the weights says of their origin."""
    if path.stat().st_size > folder.MAX_FILE_BYTES:
        return [], []
    text = folder.decode(path.read_bytes())
    if text is None:
        return [], []
    at = path.as_posix()
    if path.name == "adapter_config.json":
        parent, problems = configs.adapter(at, text)
        return [parent] if parent else [], list(problems)
    if path.name == "config.json":
        hint = configs.config(at, text)
        return [hint.parent] if hint.parent else [], []
    if path.name.startswith("mergekit"):
        parents, problems = merges.parents(at, text)
        return list(parents), list(problems)
    if path.suffix in (".yml", ".yaml"):
        parents, _ = configs.training(at, text)
        return list(parents), []
    return [], []


def _file(name: str, identify: Identify) -> Node:
    path = Path(name).expanduser()
    declared, parents = weight_evidence.facts(weights.read_header(path), path.as_posix())
    return Node(id=f"path:{name}", declared=declared, parents=parents)


def _ollama(name: str, identify: Identify) -> Node:
    found = ollama.read(name)
    texts = {f"LICENSE-{place}": text for place, text in enumerate(found.licenses, 1)}
    release = release_evidence.collect(texts, folder.kind_of, identify, f"ollama:{name}")
    declared: tuple[Declared, ...] = ()
    parents: tuple[Parent, ...] = ()
    if found.weights is not None:
        declared, parents = weight_evidence.facts(weights.read_header(found.weights), found.weights.as_posix())
    return Node(id=f"ollama:{name}", revision=found.digest, declared=declared, release=release, parents=parents)


def _first_place(declared: list[Declared]) -> tuple[Declared, ...]:
    """The card, or else the headers of the weights, each statement once."""
    return tuple({item.tags: item for item in reversed(declared)}.values())[::-1]
