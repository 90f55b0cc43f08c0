"""Follows targets upstream: reads each repository once, level by level, and puts the lineage together.

Reading is done by a few threads; what is read is turned into nodes in the order in which it was asked for, so that the
same answers give the same lineage whatever came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from licheck.evidence import configs, merges, repo
from licheck.evidence import release as release_evidence
from licheck.model.lineage import Lineage, Node, Parent, ReadState, Unread
from licheck.model.reference import Reference
from licheck.model.release import Part, Release
from licheck.sources import folder
from licheck.sources.hub import File, Hub, Info

THREADS = 8
OWN_FILES = 14  # of a target
OTHERS_FILES = 3  # of what it was made from: with the metadata four requests a step
_MERGES = ("mergekit_config.yml", "mergekit_config.yaml", "mergekit_moe_config.yml")
_ADAPTER, _CONFIG, _README = "adapter_config.json", "config.json", "README.md"

Identify = Callable[[str, bool], tuple[tuple[Part, ...], str]]


class Limits(NamedTuple):
    """How far to follow."""

    depth: int = 20
    nodes: int = 20_000


class Raw(NamedTuple):
    """What was fetched of one repository."""

    info: Info
    files: Mapping[str, File] = {}
    over: tuple[str, ...] = ()


class Tracer:
    """Reads repositories and follows what they were made from.

    `origin` names what a repository is known to be a copy of, `tell` is called with (done, known) after each one.
    """

    def __init__(
        self,
        hub: Hub,
        identify: Identify,
        origin: Callable[[str], Parent | None],
        limits: Limits,
        tell: Callable[[int, int], None],
        access: bool = False,
    ) -> None:
        self._hub, self._identify, self._origin = hub, identify, origin
        self._limits, self._tell, self._access = limits, tell, access

    def follow(self, roots: Sequence[str], given: Iterable[Node] = ()) -> Lineage:
        """Return the lineage of references like `hf:org/name`; `given` are nodes that were read elsewhere."""
        nodes: dict[str, Node] = {}
        names: dict[str, str] = {}  # as asked for, in lower case → the id of its node
        limits: list[str] = []
        level: list[str] = []
        for node in given:
            nodes[node.id] = node
            names[node.id.lower()] = node.id
            level += [_asked(parent) for parent in node.parents]
        level = [*roots, *level]
        depth, done = 0, 0
        # Without a network there is nothing to wait for.
        pool = ThreadPoolExecutor(THREADS if self._hub.online else 1)
        try:
            while level:
                fresh = [n for n in dict.fromkeys(level) if n.lower() not in names and not n.startswith("name:")]
                fresh = list({n.lower(): n for n in fresh}.values())
                if depth > self._limits.depth or len(nodes) + len(fresh) > self._limits.nodes:
                    keep = 0 if depth > self._limits.depth else self._limits.nodes - len(nodes)
                    left, fresh = fresh[max(keep, 0) :], fresh[: max(keep, 0)]
                    limits.append(self._cut(left, depth, nodes, names))
                total = done + len(fresh)
                reading = self._reading(pool, fresh, frozenset(roots))
                level = []
                for name, raw in zip(fresh, reading, strict=True):
                    node = self._node(name, raw)
                    known = names.get(node.id.lower(), node.id)
                    names[name.lower()] = names[node.id.lower()] = known
                    if known not in nodes:
                        nodes[known] = node
                        level += [_asked(parent) for parent in node.parents]
                    done += 1
                    self._tell(done, total)
                depth += 1
        finally:
            pool.shutdown(cancel_futures=True)  # somebody may have broken off: what waits is not begun
        joined = {key: _joined(node, names) for key, node in nodes.items()}
        return Lineage(joined, tuple(limits), names)

    def _reading(self, pool: ThreadPoolExecutor, names: Sequence[str], roots: frozenset[str]) -> Iterator[Raw]:
        if not self._hub.online:
            return (self._fetch(name, name in roots) for name in names)
        return pool.map(self._fetch, names, [name in roots for name in names])

    def _cut(self, left: Sequence[str], depth: int, nodes: dict[str, Node], names: dict[str, str]) -> str:
        """Put nodes that were not followed into the lineage as such, and say so."""
        deep = depth > self._limits.depth
        what = f"depth of {self._limits.depth}" if deep else f"number of {self._limits.nodes:,} repositories"
        for name in left:
            nodes[name] = Node(name, _kind(name), ReadState.LIMIT, f"the {what} was reached")
            names[name.lower()] = name
        more = f"{left[0]} and {len(left) - 1:,} more" if len(left) > 1 else left[0] if left else "nothing"
        return f"not followed, since the {what} was reached: {more}"

    def _fetch(self, name: str, own: bool) -> Raw:
        """Read one repository; runs in a thread and judges nothing."""
        reference = Reference.parse(name)
        kind = _kind(name)
        info = self._hub.info(kind, reference.name, reference.revision)
        if info.state != "read":
            return Raw(info)
        body, repo_name = info.body, str(info.body["id"])
        listed = info.files if info.files is not None else (_README,)
        wanted, over = _wanted(listed, own, kind, bool(repo.values(None, body)))
        gated = bool(body.get("gated")) and not self._access
        files = {}
        for path in wanted:
            if gated and path != _README:
                files[path] = File("gated", "access has to be asked for on the Hub, and no token is set")
            elif info.commit is None:
                files[path] = File("refused", "the Hub named no commit to read it at")
            else:
                files[path] = self._hub.file(kind, repo_name, info.commit, path)
        return Raw(info, files, over)

    def _node(self, asked: str, raw: Raw) -> Node:
        info, body = raw.info, raw.info.body
        kind = _kind(asked)
        if info.state != "read":
            return Node(asked, kind, ReadState(info.state), info.why, parents=self._copied(asked, ()))
        reference = Reference.parse(asked)
        scheme = "dataset" if kind == "dataset" else "hf"
        pinned = f"@{reference.revision}" if reference.revision else ""
        node_id = f"{scheme}:{body['id']}{pinned}"
        url = f"{self._hub.endpoint}/{'datasets/' if kind == 'dataset' else ''}{body['id']}"
        texts, unread = _texts(raw)
        root = f"{scheme}:{body['id']}@{(info.commit or '?')[:12]}"
        readable = {path: text for path, text in texts.items() if not path.endswith((".json", ".yml", ".yaml"))}
        release = release_evidence.collect(readable, folder.kind_of, self._identify, root)
        gate = repo.gate(release, body)
        parents, notes = self._parents(release, raw, texts, url, root)
        if node_id.lower() != asked.lower():
            notes.append(f"{asked} is now {node_id} on the Hub")
        if info.partial:
            unread = (*unread, Unread("the Hub's metadata", ReadState.TRUNCATED, info.partial))
        disabled = body.get("disabled") is True
        return Node(
            id=node_id,
            kind=kind,
            state=ReadState.DISABLED if disabled else ReadState.READ,
            why="the Hub has disabled it" if disabled else "",
            asked=asked if node_id.lower() != asked.lower() else "",
            revision=info.commit,
            declared=repo.declared(release, body, url),
            release=release,
            gate=gate,
            gate_parts=tuple(part.document for part in self._identify(gate, False)[0]) if gate else (),
            gated=bool(body.get("gated")),
            parents=self._copied(node_id, parents),
            unread=unread,
            notes=tuple(notes),
            tools=repo.tools(body, release),
            created=repo.day(body.get("createdAt")),
            modified=repo.day(body.get("lastModified")),
            modality=repo.modality(body),
            url=url,
        )

    def _parents(
        self, release: Release, raw: Raw, texts: Mapping[str, str], url: str, root: str
    ) -> tuple[tuple[Parent, ...], list[str]]:
        body, notes = raw.info.body, list[str]()
        found = [*repo.parents(release, body, raw.info.files or (), url), *repo.sources(release, body, url)]
        for path, text in texts.items():
            at = f"{root}/{path}"
            if path in _MERGES:
                more, problems = merges.parents(at, text)
                found += more
                notes += problems
            elif path == _ADAPTER:
                parent, problems = configs.adapter(at, text)
                # A path on its maker's disk says no more than the card, where that names the base.
                known = any(p.relation != "train" for p in found) and parent and parent.of.startswith("name:")
                found += [parent] if parent and not known else []
                notes += problems
            elif path == _CONFIG and not any(parent.relation != "train" for parent in found):
                hint = configs.config(at, text)
                found += [hint.parent] if hint.parent else []
        return tuple(_once(found)), notes

    def _copied(self, node_id: str, parents: tuple[Parent, ...]) -> tuple[Parent, ...]:
        """The parents, or the original of a copy that names none."""
        original = self._origin(node_id)
        if original is None:
            return parents
        made = [parent for parent in parents if parent.relation not in ("train", "source")]
        if not made:
            return (original, *parents)
        # Its card calls the original what tools call any base; the list of copies knows better.
        same = original.of.lower()
        return tuple(
            p._replace(relation="reupload") if p.of.lower() == same and p.relation == "finetune" else p for p in parents
        )


def _kind(name: str) -> str:
    return "dataset" if name.startswith("dataset:") else "model"


def _asked(parent: Parent) -> str:
    """The reference by which a parent is asked for; the default branch is no revision of its own."""
    pinned = parent.revision not in (None, "", "main") and parent.of.startswith(("hf:", "dataset:"))
    return f"{parent.of}@{parent.revision}" if pinned else parent.of


def _joined(node: Node, names: Mapping[str, str]) -> Node:
    """The node with its parents called by the ids of their nodes."""
    parents = [p._replace(of=names.get(_asked(p).lower(), p.of)) for p in node.parents]
    return node._replace(parents=tuple(p for p in _once(parents) if p.of != node.id))


def _once(parents: Iterable[Parent]) -> list[Parent]:
    """Each parent and relation once; a bare name that repeats the name of a repo is dropped."""
    found: dict[str, Parent] = {}
    for parent in parents:
        key = parent.of.lower() if parent.relation != "tokenizer" else f"{parent.of.lower()} tokenizer"
        found.setdefault(key, parent)
    return [p for key, p in found.items() if p.relation != "tokenizer" or p.of.lower() not in found]


def _wanted(listed: Iterable[str], own: bool, kind: str, known: bool) -> tuple[list[str], tuple[str, ...]]:
    """The files that bear on licence and lineage, most telling first, and those over the limit."""
    top = [path for path in listed if "/" not in path]
    texts = [p for p in top if folder.kind_of(p) in ("licence", "policy") and folder.is_text_name(p)]
    notices = [p for p in top if folder.kind_of(p) == "notice" and folder.is_text_name(p)]
    cards = [p for p in top if p == _README]
    lineage = [p for p in top if p in (*_MERGES, _ADAPTER)] if kind == "model" else []
    if own:
        rest = [_CONFIG] if kind == "model" and _CONFIG in top else []
        wanted = [*cards, *sorted(texts), *lineage, *sorted(notices), *rest]
        return wanted[:OWN_FILES], tuple(wanted[OWN_FILES:])
    wanted = [*([] if known else cards), *lineage[:1], *sorted(texts, key=_telling)]
    return wanted[:OTHERS_FILES], tuple(p for p in wanted[OTHERS_FILES:] if folder.kind_of(p) == "licence")


def _telling(path: str) -> tuple[bool, int, str]:
    """Order of licence files: licences before policies, short names before long ones."""
    return folder.kind_of(path) != "licence", len(path), path


def _texts(raw: Raw) -> tuple[dict[str, str], tuple[Unread, ...]]:
    texts: dict[str, str] = {}
    unread = [Unread(path, ReadState.LIMIT, "more licence files than are read") for path in raw.over]
    for path, file in raw.files.items():
        if file.state == "read":
            text = folder.decode(file.data)
            if text is None:
                unread.append(Unread(path, ReadState.REFUSED, "not text in UTF-8 or UTF-16"))
            else:
                texts[path] = text
        elif file.state == "missing" and raw.info.files is None:
            continue  # it was only guessed to be there
        elif path != _CONFIG or file.state not in ("gated", "missing"):
            unread.append(Unread(path, ReadState(file.state), file.why))
    return texts, tuple(unread)
