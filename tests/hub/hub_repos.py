"""Repositories of the fake Hub: commits, what their card implies, and the body the API gives for them."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

Files = Mapping[str, str | bytes]
Json = dict[str, Any]

# The Hub's own pattern for front matter, byte-order mark allowed.
FRONT_MATTER = re.compile(r"\A\ufeff?\s*---(?:\r\n|\r|\n)([\S\s]*?)(?:\r\n|\r|\n)---[ \t]*(?:\r\n|\n|\Z)")
# What stock YAML takes for something else than a word.
NOT_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
# Given only when asked for by name, never in the plain answer.
ON_REQUEST = {"baseModels", "childrenModelCount", "downloadsAllTime", "trendingScore"}
# fmt: off
_SHARED = {
    "author", "cardData", "createdAt", "disabled", "downloads", "downloadsAllTime", "gated", "lastModified", "likes",
    "private", "resourceGroup", "sha", "siblings", "tags", "trendingScore", "usedStorage",
}
EXPANDABLE = {
    "models": _SHARED | {
        "baseModels", "childrenModelCount", "config", "evalResults", "gguf", "inference", "inferenceProviderMapping",
        "library_name", "mask_token", "model-index", "pipeline_tag", "safetensors", "spaces", "transformersInfo",
        "widgetData",
    },
    "datasets": _SHARED | {"citation", "description", "mainSize", "paperswithcode_id"},
}
# fmt: on
# Access is a matter of the repository as it is today, also when an old commit is asked for.
ACCESS = ("private", "gated", "disabled")


def blob_id(data: bytes) -> str:
    """Name git gives to a file's content; the Hub uses it as ETag."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def front_matter(text: str) -> Json | None:
    """Parse the YAML block of a card; None if there is none that the Hub would accept."""
    found = FRONT_MATTER.match(text)
    try:
        card = yaml.safe_load(found[1]) if found else None
    except (yaml.YAMLError, ValueError):  # ValueError: a date like 2024-13-45
        return None
    return card if isinstance(card, dict) else None


def render_card(card: Mapping[str, Any], text: str = "") -> str:
    """Write a card with its front matter, as people write it: plain words, lists one entry a line."""
    lines = []
    for key, value in card.items():
        if isinstance(value, list | tuple) and value:
            lines += [f"{_scalar(str(key))}:", *(f"- {_scalar(entry)}" for entry in value)]
        else:
            lines.append(f"{_scalar(str(key))}: {_scalar(value)}")
    return "\n".join(["---", *lines, "---", text])


def _scalar(value: object) -> str:
    """Write a value: JSON is YAML too, which spares a slow YAML writer, but words look better bare."""
    if (
        isinstance(value, str)
        and re.fullmatch(r"[A-Za-z][\w./+-]*", value, re.ASCII)
        and value.lower() not in NOT_WORDS
    ):
        return value
    return json.dumps(value, ensure_ascii=False)


def listed(value: object) -> list[str]:
    """Return the entries of a card's field that is one value or a list; nothing for an empty one."""
    entries = value if isinstance(value, list | tuple) else [value]
    return [str(entry) for entry in entries if entry not in (None, "")]


@dataclass(frozen=True)
class Commit:
    """One state of a repository's files and card."""

    sha: str
    files: dict[str, bytes]
    card: Json | None
    lfs: frozenset[str]
    fields: Json
    exact: Json | None

    def entry(self, path: str) -> Json:
        """Describe a file as a tree listing does."""
        data = self.files[path]
        if path not in self.lfs:
            return {"type": "file", "oid": blob_id(data), "size": len(data), "path": path}
        digest = hashlib.sha256(data).hexdigest()
        pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode()
        lfs = {"oid": digest, "size": len(data), "pointerSize": len(pointer)}
        return {"type": "file", "oid": blob_id(pointer), "size": len(data), "path": path, "lfs": lfs}

    def sibling(self, path: str) -> Json:
        """Describe a file as `blobs=true` does, which names the same things differently."""
        entry = self.entry(path)
        given = {"rfilename": path, "blobId": entry["oid"], "size": entry["size"]}
        if lfs := entry.get("lfs"):
            given["lfs"] = {"sha256": lfs["oid"], "size": lfs["size"], "pointerSize": lfs["pointerSize"]}
        return given


@dataclass
class Repo:
    """A model or dataset with all its commits; `refs` says which commit a branch is at."""

    kind: str  # "models" or "datasets", as in the API's paths
    id: str
    commits: dict[str, Commit] = field(default_factory=dict)
    refs: dict[str, str] = field(default_factory=dict)
    readme_gated: bool = False

    @property
    def now(self) -> Json:
        """Fields the repository was last given."""
        return self.commits[self.refs["main"]].fields

    def add(
        self,
        ref: str,
        files: Files,
        card: Mapping[str, Any] | None,
        lfs: Collection[str],
        fields: Json,
        exact: Json | None,
    ) -> str:
        """Make a commit, move the branch there and return the commit's hash, which is given or made up."""
        data = {name: text.encode() if isinstance(text, str) else bytes(text) for name, text in files.items()}
        if card is None and "README.md" in data:
            card = front_matter(data["README.md"].decode("utf-8", "replace"))
        elif card and "README.md" not in data:
            data["README.md"] = render_card(card).encode()
        given = str((exact or fields).get("sha") or "")
        made = hashlib.sha1(f"{self.kind} {self.id} {ref} {len(self.commits)}".encode()).hexdigest()
        sha = given if re.fullmatch("[0-9a-f]{40}", given) else made
        kept = dict(card) if card is not None else None
        self.commits[sha] = Commit(sha, data, kept, frozenset(lfs), fields, exact)
        self.refs[ref] = sha
        return sha

    def find(self, revision: str) -> Commit | None:
        """Commit of a branch, or of a hash (seven digits do, as on the Hub)."""
        sha = self.refs.get(revision, revision)
        if sha in self.commits:
            return self.commits[sha]
        if not re.fullmatch("[0-9a-f]{7,40}", sha):
            return None
        return next((commit for known, commit in self.commits.items() if known.startswith(sha)), None)

    def body(self, commit: Commit, expand: Collection[str] = (), blobs: bool = False) -> Json:
        """Body the API answers: everything, or with `expand` the fields asked for and no others."""
        access = {key: self.now[key] for key in ACCESS if key in self.now}
        known = {**self._derived(commit, blobs), **commit.fields, **access, **(commit.exact or {})}
        if expand:
            return {key: known[key] for key in ("_id", "id", *expand) if key in known}
        if commit.exact is not None:
            return dict(commit.exact)
        return {key: value for key, value in known.items() if key not in ON_REQUEST or key in commit.fields}

    def _derived(self, commit: Commit, blobs: bool) -> Json:
        """Fields that follow from the files and the card."""
        card = commit.card or {}
        number = list(self.commits).index(commit.sha) + 1
        body: Json = {
            "_id": hashlib.sha1(f"{self.kind} {self.id}".encode()).hexdigest()[:24],
            "id": self.id,
            "author": self.id.split("/")[0] if "/" in self.id else None,
            "sha": commit.sha,
            "createdAt": "2024-01-01T00:00:00.000Z",
            "lastModified": f"2024-01-02T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.000Z",
            "private": False,
            "gated": False,
            "disabled": False,
            "downloads": 0,
            "likes": 0,
            "tags": self._tags(commit),
            "siblings": [commit.sibling(p) if blobs else {"rfilename": p} for p in sorted(commit.files)],
            "usedStorage": sum(map(len, commit.files.values())),
        }
        if commit.card is not None:
            body["cardData"] = commit.card
        if self.kind == "models":
            body["modelId"] = self.id
            body |= {key: card[key] for key in ("library_name", "pipeline_tag") if isinstance(card.get(key), str)}
            body |= _config(commit)
            if bases := listed(card.get("base_model")):
                ids = [hashlib.sha1(f"models {base}".encode()).hexdigest()[:24] for base in bases]
                models = [{"_id": i, "id": base} for i, base in zip(ids, bases, strict=True)]
                body["baseModels"] = {"relation": _relation(commit), "models": models}
        return body

    def _tags(self, commit: Commit) -> list[str]:
        """Tags the Hub makes of a card, and the card's own."""
        card = commit.card or {}
        tags = [*listed(card.get("library_name")), *listed(card.get("pipeline_tag")), *listed(card.get("tags"))]
        spoken = listed(card.get("language"))
        if self.kind == "models":
            tags += [*spoken, *(f"dataset:{name}" for name in listed(card.get("datasets")))]
            bases = listed(card.get("base_model"))
            tags += [f"base_model:{base}" for base in bases]
            tags += [f"base_model:{_relation(commit)}:{base}" for base in bases]
        else:
            tags += [f"language:{language}" for language in spoken]
            tags += [f"source_datasets:{name}" for name in listed(card.get("source_datasets"))]
        tags += [f"license:{licence}" for licence in listed(card.get("license"))]
        return list(dict.fromkeys([*tags, "region:us"]))


def _relation(commit: Commit) -> str:
    """How a model relates to its bases: the card's word, or else what the files suggest."""
    card = commit.card or {}
    if said := card.get("base_model_relation"):
        return str(said)
    if "adapter_config.json" in commit.files:
        return "adapter"
    if any(path.endswith(".gguf") for path in commit.files):
        return "quantized"
    return "merge" if len(listed(card.get("base_model"))) > 1 else "finetune"


def _config(commit: Commit) -> Json:
    """Copy the few fields the Hub takes from a model's config.json, if that can be read."""
    try:
        config = json.loads(commit.files.get("config.json", b""))
    except ValueError:
        return {}
    keys = ("architectures", "model_type", "quantization_config")
    return {"config": {key: config[key] for key in keys if key in config}} if isinstance(config, dict) else {}
