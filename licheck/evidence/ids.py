"""Which texts name a repository of the Hub, and which only a place on somebody's disk."""

from __future__ import annotations

import re
from typing import NamedTuple

from licheck.model.evidence import Evidence
from licheck.model.lineage import Parent

MAX_SHOWN = 300
# The Hub's own rule (huggingface_hub, utils/_validators.py), for ASCII: ends are word characters, no `--`, no `..`.
_PART = r"(?![.-]|[\w.-]*(?:--|\.\.))[\w.-]{1,96}(?<![.-])"
_ID = re.compile(rf"(?P<org>{_PART})/(?P<name>{_PART})", re.ASCII)
_HOSTED = re.compile(
    r"(?:(?:https?|hf)://)?(?:www\.)?(?:huggingface\.co|hf\.co|hf-mirror\.com)/(?P<url>[^?#]*)[^\n]*"
    r"|hf://(?P<fs>[^?#]+)|(?P<scheme>hf|dataset):(?P<id>[^/].*)",
    re.IGNORECASE,
)
_REVISED = re.compile(r"/(?:tree|blob|resolve|raw|commit|edit)/(?P<revision>[^/]+)")
# Repositories older than organisations: the Hub forwards their names, and no others come without an organisation.
_OLD = re.compile(
    r"gpt2(-medium|-large|-xl)?|openai-gpt|distilgpt2|(distil)?bert-(base|large)-[\w-]+|(distil)?roberta-(base|large)"
    r"|albert-(base|large|xlarge|xxlarge)-v[12]|t5-(small|base|large|3b|11b)|xlm-[\w-]+|xlnet-(base|large)-cased"
    r"|camembert-base|ctrl|transfo-xl-wt103",
    re.ASCII,
)
# An address inside a dataset without an organisation.
_OLD_DATA = re.compile(r"datasets/[^/]+/(?:tree|blob|resolve|raw|viewer)(?:/|$)")
# First parts of `a/b` that are routes of the Hub, or what training scripts call their own folders.
_FOLDERS = re.compile(
    r"api|blog|chat|collections|dataset|datasets|docs|enterprise|join|login|model|models|new|organizations"
    r"|papers|posts|pricing|settings|spaces|tasks"
    r"|adapter|adapters|cache|checkpoint|checkpoints|ckpt|ckpts|content|data|exp|experiments|export|finetuned"
    r"|home|local|logs|lora|loras|merged|mnt|opt|out|output|outputs|path|pretrained|pretrained_models|results"
    r"|root|runs|save|saved|saved_models|saves|scratch|src|tmp|train|trained|trained_models|usr|var|weights|work"
    # The first part of every DOI.
    r"|workspace|10\.\d{4,9}",
    re.IGNORECASE,
)
_FILE = re.compile(
    r"(\.(arrow|bin|ckpt|csv|git|gguf|gz|json|jsonl|parquet|pt|pth|safetensors|tsv|txt|ya?ml|zip|zst)|/checkpoint-\d+)\Z",
    re.IGNORECASE,
)
_REVISION = re.compile(r"\w[\w./+-]{0,199}", re.ASCII)
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")


class Reference(NamedTuple):
    """A repository of the Hub: `hf` or `dataset`, its id, and the revision if the text names one."""

    kind: str
    id: str
    revision: str | None = None


def reference(text: str) -> Reference | None:
    """The repository that an id or an address of the Hub names; None for local paths, files and other addresses.

    >>> reference("https://huggingface.co/datasets/tatsu-lab/alpaca/tree/main")
    Reference(kind='dataset', id='tatsu-lab/alpaca', revision='main')
    >>> reference("org/name@v2").revision, reference("./org/name"), reference("saves/qwen3-4b")
    ('v2', None, None)
    """
    text = text.strip()
    if len(text) > 1000:
        return None
    hosted = _HOSTED.fullmatch(text)
    if not hosted:
        plain, _, revision = text.partition("@")
        if _OLD.fullmatch(plain):
            return Reference("hf", plain, revision or None)
        local = _FOLDERS.fullmatch(plain.partition("/")[0]) or _FILE.search(plain)
        return Reference("hf", plain, revision or None) if _ID.fullmatch(plain) and not local else None
    rest: str = hosted["url"] or hosted["fs"] or hosted["id"] or ""
    kind = "dataset" if str(hosted["scheme"]).lower() == "dataset" else "hf"
    if rest.startswith(("datasets/", "models/")):
        kind, rest = ("dataset" if rest[0] == "d" else "hf"), rest.partition("/")[2]
    # Spaces are programs: what they say is no licence of weights or data.
    if not (match := _ID.match(rest)) or match["org"].lower() == "spaces":
        old = rest.strip("/").partition("@")[0]
        return Reference(kind, old) if _OLD.fullmatch(old) else None
    after = rest[match.end() :]
    if after and after[0] not in "/@:":
        return None
    revised = _REVISED.match(after)
    named = revised["revision"] if revised else after[1:].partition("/")[0] if after[:1] == "@" else ""
    return Reference(kind, match[0].removesuffix(".git"), named or None)


def repo_id(text: str) -> str | None:
    """The id `org/name` that a text names, be it bare or in an address of the Hub; None for anything else.

    >>> repo_id("https://hf.co/meta-llama/Llama-3.1-8B/blob/main/LICENSE"), repo_id("/data/llama"), repo_id("llama")
    ('meta-llama/Llama-3.1-8B', None, None)
    """
    found = reference(text)
    return found.id if found else None


def dataset_name(text: str) -> str:
    """What a text calls a dataset, without the Hub's address or a scheme; data sets older than organisations have none.

    >>> dataset_name("https://huggingface.co/datasets/squad/tree/main"), dataset_name("hf:datasets/ag_news")
    ('squad', 'ag_news')
    >>> dataset_name("dataset:Squad"), dataset_name("squad"), dataset_name("https://example.org/squad")
    ('Squad', 'squad', '')
    """
    text = text.strip()[:1000].rstrip("/")
    if (parts := text.split("/"))[0] == "datasets" and len(parts) in (2, 3):
        text = f"hf:{text}"
    hosted = _HOSTED.fullmatch(text)
    rest: str = (hosted["url"] or hosted["fs"] or hosted["id"] or "") if hosted else ""
    if not _OLD_DATA.match(rest) and (found := repo_id(text)):
        return found
    if not hosted:
        return "" if "://" in text else text
    named = rest.startswith("datasets/") or str(hosted["scheme"]).lower() == "dataset"
    return re.split(r"[/@?#]", rest.removeprefix("datasets/"))[0] if named else ""


def is_revision(text: str) -> bool:
    """Whether a branch, tag or commit of the Hub can be called so.

    >>> [is_revision(text) for text in ("main", "refs/pr/1", "v1.0", "..", "a b", "")]
    [True, True, True, False, False, False]
    """
    return _REVISION.fullmatch(text) is not None and ".." not in text


def parent(text: str, relation: str, evidence: Evidence, revision: str | None = None, kind: str = "") -> Parent:
    """A parent by the name that a file gives it: `hf:…` or `dataset:…` if it is an id of the Hub, else `name:…`.

    `kind` is `dataset` where the place says that it names data, whatever the address looks like.
    """
    found = reference(text)
    if not found:
        return Parent(f"name:{clean(text)}", relation, evidence, revision or None)
    return Parent(f"{kind or found.kind}:{found.id}", relation, evidence, revision or found.revision)


def clean(text: str) -> str:
    """A text on one line without control characters, at most `MAX_SHOWN` characters long."""
    text = _BLANK.sub(" ", text[: MAX_SHOWN * 4]).strip()
    return text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
