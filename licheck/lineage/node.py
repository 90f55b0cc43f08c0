"""A repository as it was fetched → a node of the lineage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from licheck.evidence import configs, merges, repo
from licheck.evidence import release as release_evidence
from licheck.evidence.ids import clean, is_revision
from licheck.lineage.fetch import ADAPTER, CONFIG, MERGES, Raw, kind_of
from licheck.model.lineage import Declared, Node, Parent, ReadState, Unread
from licheck.model.reference import Reference
from licheck.model.release import Part, Release
from licheck.sources import folder
from licheck.sources.hub import Hub

Identify = Callable[[str, bool], tuple[tuple[Part, ...], str]]


class Maker:
    """Makes nodes; with `follow_links` it reads the licence texts that cards point to on other hosts.

    `origin` names what a repository is known to be a copy of.
    """

    def __init__(
        self, hub: Hub, identify: Identify, origin: Callable[[str], Parent | None], follow_links: bool = False
    ) -> None:
        self._hub, self._identify, self._origin, self._follow_links = hub, identify, origin, follow_links

    def node(self, asked: str, raw: Raw) -> Node:
        """The node of what was asked for by that name."""
        info, body = raw.info, raw.info.body
        kind = kind_of(asked)
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
        if self._follow_links:
            linked, missing = self._linked(repo.declared(release, body, url))
            unread = (*unread, *missing)
            if linked:
                release = release_evidence.collect(readable | linked, folder.kind_of, self._identify, root)
        gate = repo.gate(release, body)
        parents, notes, lost = self._parents(release, raw, texts, url, root)
        unread = (*unread, *lost)
        if node_id.lower() != asked.lower():
            notes.append(f"{asked} is now {node_id} on the Hub")
        if info.partial:
            unread = (*unread, Unread("the Hub's metadata", ReadState.TRUNCATED, info.partial))
        disabled = body.get("disabled") not in (None, False)
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
            url=url,
        )

    def _linked(self, declared: Iterable[Declared]) -> tuple[dict[str, str], list[Unread]]:
        """The text behind `license_link`, as a licence file of the repository by that name."""
        unread: list[Unread] = []
        for link in {item.link for item in declared if item.link.startswith(("https://", "http://"))}:
            file = self._hub.link(link)
            text = folder.decode(file.data) if file.state == "read" else None
            if text is not None:
                return {"license_link": text}, unread
            state = ReadState.REFUSED if file.state == "read" else ReadState(file.state)
            unread.append(Unread(f"license_link {link}", state, file.why or "not text"))
        return {}, unread

    def _parents(
        self, release: Release, raw: Raw, texts: Mapping[str, str], url: str, root: str
    ) -> tuple[tuple[Parent, ...], list[str], list[Unread]]:
        body, notes, lost = raw.info.body, list[str](), list[Unread]()
        found = [*repo.parents(release, body, raw.info.files or (), url), *repo.sources(release, body, url)]
        for path, text in texts.items():
            at = f"{root}/{path}"
            if path in MERGES:
                more, problems = merges.parents(at, text)
                found += more
                notes += problems
                lost += [Unread(path, ReadState.REFUSED, "it names no model")] * (not more)
            elif path == ADAPTER:
                parent, problems = configs.adapter(at, text)
                # A path on its maker's disk says no more than the card, where that names the base.
                known = any(p.relation != "train" for p in found) and parent and parent.of.startswith("name:")
                found += [parent] if parent and not known else []
                notes += problems
                lost += [Unread(path, ReadState.REFUSED, "it names no model")] * (parent is None)
            elif path == CONFIG and not any(parent.relation != "train" for parent in found):
                hint = configs.config(at, text)
                found += [hint.parent] if hint.parent else []
        # A config that names nothing leaves the origin open, unless the card names it.
        named = any(parent.relation != "train" for parent in found)
        return tuple(map(_followed, once(found))), notes, [] if named else lost

    def _copied(self, node_id: str, parents: tuple[Parent, ...]) -> tuple[Parent, ...]:
        """The parents, or the original of a copy that names none."""
        original = self._origin(node_id)
        if original is None:
            return parents
        made = [parent for parent in parents if parent.relation not in ("train", "source")]
        if not made:
            return (original, *parents)
        if original.relation == "finetune":
            return parents  # a base that is named stands before one that a name suggests
        # Its card calls the original what tools call any base; the list of copies knows better.
        same = original.of.lower()
        return tuple(
            p._replace(relation="reupload") if p.of.lower() == same and p.relation == "finetune" else p for p in parents
        )


def _texts(raw: Raw) -> tuple[dict[str, str], tuple[Unread, ...]]:
    texts: dict[str, str] = {}
    unread = [Unread(path, ReadState.LIMIT, "more licence files than are read") for path in raw.over]
    if not any(folder.kind_of(path) == "licence" for path in raw.files):
        unread += [Unread(path, ReadState.REFUSED, "it is no text") for path in raw.closed]
    for path, file in raw.files.items():
        if file.state == "read":
            text = folder.decode(file.data)
            if text is None:
                unread.append(Unread(path, ReadState.REFUSED, "not text in UTF-8 or UTF-16"))
            else:
                texts[path] = text
        elif file.state == "missing" and raw.info.files is None:
            continue  # it was only guessed to be there
        elif path != CONFIG or file.state not in ("gated", "missing"):
            unread.append(Unread(path, ReadState(file.state), file.why))
    return texts, tuple(unread)


def _followed(parent: Parent) -> Parent:
    """The parent, or its bare name where its revision is none that the Hub could have."""
    revision = parent.revision or ""
    if not revision or parent.of.startswith("name:") or is_revision(revision):
        return parent
    return parent._replace(of=f"name:{parent.of.partition(':')[2]}@{clean(revision)}", revision=None)


def once(parents: Iterable[Parent]) -> list[Parent]:
    """Each parent and relation once; a bare name that repeats the name of a repo is dropped."""
    found: dict[str, Parent] = {}
    for parent in parents:
        key = parent.of.lower() if parent.relation != "tokenizer" else f"{parent.of.lower()} tokenizer"
        found.setdefault(key, parent)
    return [p for key, p in found.items() if p.relation != "tokenizer" or p.of.lower() not in found]
