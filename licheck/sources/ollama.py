"""The local store of Ollama: which files make up a model, and the licence texts that came with it.

Layout (ollama `types/model/name.go` and `manifest`, 12734c1): `manifests/<host>/<namespace>/<model>/<tag>` is JSON
with layers, each a media type and the digest of `blobs/sha256-<hex>`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from licheck.errors import InputError, Problem, UnreadableError
from licheck.sources.folder import decode

MAX_BYTES = 1_000_000
MAX_LAYERS = 1_000
MAX_LISTED = 10_000
MAX_SHOWN = 20
_PART = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]|\.(?!\.)){0,127}")
_HOST = re.compile(rf"{_PART.pattern}(?::[0-9]{{1,5}})?")
_DIGEST = re.compile(r"sha256[:-](?P<hex>[0-9a-f]{64})")
_KIND = "application/vnd.ollama.image."


class OllamaModel(NamedTuple):
    """A model as it lies in the store, by its full name `host/namespace/model:tag`.

    `weights` is the GGUF file (None if the model is kept in another form), `digest` its `sha256:…`; `licenses` are
    texts in the order of the manifest; `origin` is the model or file that it was built from, if Ollama noted one.
    """

    name: str
    weights: Path | None
    digest: str
    licenses: tuple[str, ...] = ()
    adapters: tuple[Path, ...] = ()
    origin: str = ""
    skipped: tuple[str, ...] = ()


def read(name: str, root: Path | None = None) -> OllamaModel:
    """Read what the store holds of a model, like `llama3.2`, `user/model:tag` or `hf.co/org/repo:Q4_K_M`.

    `root` is the folder with `manifests` and `blobs`, by default `$OLLAMA_MODELS`, `~/.ollama/models`, or that of the
    system's service. Raises InputError for a name that is none or not there, and UnreadableError for a store that is
    damaged: broken manifests, missing files, licences that are not what their digest says.
    """
    parts = _parts(name)
    root = root or _root()
    try:
        manifest = _find(root, parts)
        if manifest is None:
            there = sorted(_there(root))
            more = f" and {len(there) - MAX_SHOWN:,} more" if len(there) > MAX_SHOWN else ""
            held = f"it holds {', '.join(there[:MAX_SHOWN])}{more}" if there else "it holds no models"
            what = f"is not in the store {root}, {held}"
            help_ = (
                f"fetch it with 'ollama pull {name}', or set OLLAMA_MODELS to the folder with 'manifests' and 'blobs'"
            )
            raise InputError(Problem(f"ollama:{name}", None, "", what, help_))
        return _model(root, manifest, _layers(manifest))
    except OSError as error:
        what = f"cannot read {error.filename or root}: {error.strerror}"
        raise UnreadableError(Problem(f"ollama:{name}", None, "", what, "allow reading")) from error


def _parts(name: str) -> list[str]:
    """Host, namespace, model and tag; every one a plain name, so that the path stays within the store."""
    rest, colon, tag = re.sub(r"^https?://", "", name).rpartition(":")
    if not colon or "/" in tag:  # a port, not a tag
        rest, tag = f"{rest}{colon}{tag}", "latest"
    path = rest.split("/")
    parts = [*["registry.ollama.ai", "library"][: max(3 - len(path), 0)], *path, tag]
    if len(parts) != 4 or not _HOST.fullmatch(parts[0]) or not all(_PART.fullmatch(part) for part in parts[1:]):
        help_ = "write it as 'ollama list' shows it: model, model:tag, user/model:tag or hf.co/org/repo:tag"
        raise InputError(Problem(f"ollama:{name[:200]!r}"[:220], None, "", "is no name of an Ollama model", help_))
    return parts


def _root() -> Path:
    if named := os.environ.get("OLLAMA_MODELS"):
        return Path(named)
    home, service = Path.home() / ".ollama" / "models", Path("/usr/share/ollama/.ollama/models")
    return service if service.is_dir() and not home.is_dir() else home


def _find(root: Path, parts: list[str]) -> Path | None:
    """The manifest, whatever the case of its name: Ollama tells none apart."""
    exact = root.joinpath("manifests", *parts)
    if exact.is_file():
        return exact
    wanted = "/".join(parts).lower()
    manifests = root / "manifests"
    return next((path for path in _files(root) if path.relative_to(manifests).as_posix().lower() == wanted), None)


def _files(root: Path) -> Iterator[Path]:
    for index, path in enumerate((root / "manifests").glob("*/*/*/*")):
        if index >= MAX_LISTED:
            return
        if path.is_file() and not path.name.startswith("."):
            yield path


def _there(root: Path) -> Iterator[str]:
    """The models of the store by their shortest names."""
    for path in _files(root):
        yield _full(path).removeprefix("registry.ollama.ai/").removeprefix("library/")


def _full(manifest: Path) -> str:
    return f"{'/'.join(manifest.parts[-4:-1])}:{manifest.name}"


def _layers(manifest: Path) -> list[dict[str, Any]]:
    size = manifest.stat().st_size
    try:
        value = json.loads(manifest.read_bytes()) if size <= MAX_BYTES else None
    except (ValueError, RecursionError):
        value = None
    layers = value.get("layers") if isinstance(value, dict) else None
    if not isinstance(layers, list) or len(layers) > MAX_LAYERS:
        raise _damaged(manifest, "is no manifest of Ollama")
    return [layer for layer in layers if isinstance(layer, dict)]


def _model(root: Path, manifest: Path, layers: list[dict[str, Any]]) -> OllamaModel:
    weights: list[tuple[Path, str, str]] = []
    licenses, adapters, skipped = [], [], []
    for layer in layers:
        kind = str(layer.get("mediaType", "")).removeprefix(_KIND)
        if kind not in ("model", "license", "adapter"):
            continue
        match = _DIGEST.fullmatch(str(layer.get("digest", "")))
        if not match:
            raise _damaged(manifest, f"names no sha256 for its layer '{kind}'")
        path = _blob(root, match["hex"], manifest, kind)
        if kind == "license":
            text, why = _license(path, match["hex"])
            licenses += [text] if text else []
            skipped += [why] if why else []
        elif kind == "adapter":
            adapters.append(path)
        else:
            origin = layer.get("from")
            weights.append((path, f"sha256:{match['hex']}", origin if isinstance(origin, str) else ""))
    # A second one is the projector of an older multimodal model.
    skipped += [f"{other.name}: a further model file" for other, *_ in weights[1:]]
    found = OllamaModel(_full(manifest), None, "", tuple(licenses), tuple(adapters), "", tuple(skipped))
    return found._replace(weights=weights[0][0], digest=weights[0][1], origin=weights[0][2]) if weights else found


def _blob(root: Path, digest: str, manifest: Path, kind: str) -> Path:
    for sign in "-:":  # older stores wrote the colon
        path = root / "blobs" / f"sha256{sign}{digest}"
        if path.is_file():
            return path
    raise _damaged(manifest, f"names a layer '{kind}' whose file is missing: blobs/sha256-{digest}")


def _license(path: Path, digest: str) -> tuple[str, str]:
    """The text of a licence, or why it was passed over."""
    size = path.stat().st_size
    if size > MAX_BYTES:
        return "", f"{path.name}: {size:,} bytes, more than {MAX_BYTES:,}"
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise _damaged(path, "is not the text that its digest names")
    text = decode(data)
    return (text, "") if text else ("", f"{path.name}: {'empty' if text == '' else 'not text in UTF-8 or UTF-16'}")


def _damaged(path: Path, what: str) -> UnreadableError:
    return UnreadableError(Problem(str(path), None, "", what, "fetch the model again with 'ollama pull'"))
