"""Which files of a repository are fetched: those that bear on its licence and its lineage, within bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from licheck.evidence import repo
from licheck.model.reference import Reference
from licheck.sources import folder
from licheck.sources.hub import File, Hub, Info

OWN_FILES = 14  # of a target
OTHERS_FILES = 6  # of what it was made from; few have more than two
MERGES = ("mergekit_config.yml", "mergekit_config.yaml", "mergekit_moe_config.yml")
ADAPTER, CONFIG, README = "adapter_config.json", "config.json", "README.md"


_GATED = File("gated", "access has to be asked for on the Hub, and no token is set")


class Raw(NamedTuple):
    """What was fetched of one repository."""

    info: Info
    files: Mapping[str, File] = {}
    over: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()  # licences by their name that are no text, like a PDF


def fetch(hub: Hub, name: str, own: bool, access: bool) -> Raw:
    """Read one repository, judging nothing; `own` is true for a target, `access` where gates may open to a token."""
    reference = Reference.parse(name)
    kind = kind_of(name)
    info = hub.info(kind, reference.name, reference.revision)
    if info.state == "missing" and own and kind == "model":
        other = hub.info("dataset", reference.name)
        if other.state == "read":
            info = info._replace(why=f"there is a dataset of that name: write dataset:{reference.name}")
    if info.state != "read":
        return Raw(info)
    body, repo_name = info.body, str(info.body["id"])
    listed = info.files if info.files is not None else (README,)
    wanted, over = _wanted(listed, own, kind, bool(repo.values(None, body)))
    gated = bool(body.get("gated")) and not access
    files = {}
    for path in wanted:
        if gated and path != README and hub.online:
            files[path] = _GATED
        elif info.commit is None:
            files[path] = File("refused", "the Hub named no commit to read it at")
        else:
            files[path] = hub.file(kind, repo_name, info.commit, path)
            if gated and files[path].state == "offline":
                files[path] = _GATED
    closed = [p for p in listed if "/" not in p and folder.kind_of(p) == "licence" and not folder.is_text_name(p)]
    return Raw(info, files, over, tuple(p for p in closed if not p.endswith((".json", ".py", ".yml", ".yaml"))))


def kind_of(name: str) -> str:
    """Whether a reference is of a model or a dataset."""
    return "dataset" if name.startswith("dataset:") else "model"


def _wanted(listed: Iterable[str], own: bool, kind: str, known: bool) -> tuple[list[str], tuple[str, ...]]:
    """The files that bear on licence and lineage, most telling first, and those over the limit."""
    top = [path for path in listed if "/" not in path]
    texts = [p for p in top if folder.kind_of(p) in ("licence", "policy") and folder.is_text_name(p)]
    notices = [p for p in top if folder.kind_of(p) == "notice" and folder.is_text_name(p)]
    cards = [p for p in top if p == README]
    lineage = [p for p in top if p in (*MERGES, ADAPTER)] if kind == "model" else []
    if own:
        rest = [CONFIG] if kind == "model" and CONFIG in top else []
        wanted = [*cards, *sorted(texts), *lineage, *sorted(notices), *rest]
        return wanted[:OWN_FILES], tuple(wanted[OWN_FILES:])
    wanted = [*([] if known else cards), *lineage, *sorted(texts, key=_telling)]
    return wanted[:OTHERS_FILES], tuple(wanted[OTHERS_FILES:])


def _telling(path: str) -> tuple[bool, int, str]:
    """Order of licence files: licences before policies, short names before long ones."""
    return folder.kind_of(path) != "licence", len(path), path
