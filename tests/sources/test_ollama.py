"""The store of Ollama as it lies on disk."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from helpers_input import unprivileged
from hypothesis import given
from hypothesis import strategies as st

from licheck.errors import InputError, UnreadableError
from licheck.sources import ollama
from licheck.sources.ollama import MAX_BYTES, read

KIND = "application/vnd.ollama.image."


def blob(root: Path, data: bytes, sign: str = "-") -> str:
    digest = hashlib.sha256(data).hexdigest()
    (root / "blobs").mkdir(parents=True, exist_ok=True)
    (root / "blobs" / f"sha256{sign}{digest}").write_bytes(data)
    return f"sha256:{digest}"


def manifest(root: Path, name: str, layers: object) -> Path:
    path = root / "manifests" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"schemaVersion": 2, "config": {}, "layers": layers}), "utf-8")
    return path


def layer(kind: str, digest: str, **more: object) -> dict[str, object]:
    return {"mediaType": KIND + kind, "digest": digest, "size": 1, **more}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = tmp_path / "models"
    layers = [
        layer("model", blob(root, b"GGUF"), **{"from": "/root/base.gguf"}),
        *(layer(kind, "sha256:" + "0" * 64) for kind in ("template", "system", "params")),
        layer("license", blob(root, b"First licence\r\n")),
        layer("license", blob(root, "Zweite \u00dc".encode())),
        layer("adapter", blob(root, b"GGLA", ":")),
        7,
    ]
    for name in ("library/llama3.2/latest", "library/llama3.2/1b", "user/model/tag"):
        manifest(root, f"registry.ollama.ai/{name}", layers)
    manifest(root, "hf.co/org/Repo-GGUF/Q4_K_M", layers)
    manifest(root, "localhost:5000/a/b/latest", [])
    return root


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("llama3.2", "registry.ollama.ai/library/llama3.2:latest"),
        ("llama3.2:1b", "registry.ollama.ai/library/llama3.2:1b"),
        ("LLAMA3.2:1B", "registry.ollama.ai/library/llama3.2:1b"),
        ("library/llama3.2", "registry.ollama.ai/library/llama3.2:latest"),
        ("registry.ollama.ai/library/llama3.2:1b", "registry.ollama.ai/library/llama3.2:1b"),
        ("user/model:tag", "registry.ollama.ai/user/model:tag"),
        ("hf.co/org/Repo-GGUF:Q4_K_M", "hf.co/org/Repo-GGUF:Q4_K_M"),
        ("https://hf.co/org/repo-gguf:q4_k_m", "hf.co/org/Repo-GGUF:Q4_K_M"),
    ],
)
def test_names(store: Path, name: str, full: str) -> None:
    model = read(name, store)
    assert model.name == full
    assert model.weights is not None
    assert model.weights.read_bytes() == b"GGUF"
    assert model.digest == f"sha256:{hashlib.sha256(b'GGUF').hexdigest()}"
    assert model.licenses == ("First licence\n", "Zweite Ü")
    assert [path.read_bytes() for path in model.adapters] == [b"GGLA"]
    assert (model.origin, model.skipped) == ("/root/base.gguf", ())


def test_a_port_is_no_tag_and_a_model_may_have_no_file(store: Path) -> None:
    model = read("localhost:5000/a/b", store)
    assert (model.name, model.weights, model.digest, model.licenses) == ("localhost:5000/a/b:latest", None, "", ())


@pytest.mark.parametrize(
    "name",
    [
        *("", ":", "/", "a:", ":b", "a/", "/a", "a//b", "a/b/c/d", "..", "../a", "a/../b", "a:..", "a:../b", "a..b"),
        *("../../etc/passwd", "hf.co/../x:y", "a\0", "a\nb", "a b", ".a", "-a", "a:b:c", "a\\b", "~/a", "x" * 129),
        *("https://../a/b", "a:b/../c", "%2e%2e/a", "a/b:é"),
    ],
)
def test_names_that_are_none(store: Path, name: str) -> None:
    with pytest.raises(InputError, match="is no name of an Ollama model"):
        read(name, store)


@given(st.text(max_size=40) | st.from_regex(r"[a.:/~-]{1,30}", fullmatch=True))
def test_no_name_leads_out_of_the_store(name: str) -> None:
    try:
        parts = ollama._parts(name)
    except InputError:
        return
    assert len(parts) == 4
    assert not {"", ".", ".."} & set(parts)
    assert not any("/" in part or "\\" in part or "\0" in part for part in parts)


def test_what_is_not_there_is_said_with_what_is(store: Path) -> None:
    with pytest.raises(InputError) as caught:
        read("mistral", store)
    (problem,) = caught.value.problems
    assert problem.path == "ollama:mistral"
    assert problem.message == (
        f"is not in the store {store}, it holds hf.co/org/Repo-GGUF:Q4_K_M, llama3.2:1b, llama3.2:latest, "
        "localhost:5000/a/b:latest, user/model:tag"
    )
    assert "ollama pull mistral" in problem.help
    for number in range(30):
        manifest(store, f"registry.ollama.ai/library/m{number}/latest", [])
    with pytest.raises(InputError, match="and 15 more"):
        read("mistral", store)


def test_where_the_store_is(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(store))
    assert read("llama3.2").licenses
    monkeypatch.delenv("OLLAMA_MODELS")
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(InputError, match="it holds no models"):
        read("llama3.2")
    (tmp_path / ".ollama").mkdir()
    store.rename(tmp_path / ".ollama" / "models")
    assert read("llama3.2").licenses


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"layers": 7}',
        "[" * 300_000,
        "\xff",
        '{"layers": [' + "{}," * 2000 + "{}]}",
        " " * (MAX_BYTES + 1),
    ],
    ids=range(8),
)
def test_broken_manifests(store: Path, text: str) -> None:
    path = manifest(store, "registry.ollama.ai/library/bad/latest", [])
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UnreadableError) as caught:
        read("bad", store)
    assert caught.value.problems[0].message == "is no manifest of Ollama"
    assert caught.value.problems[0].path == str(path)


@pytest.mark.parametrize(
    ("digest", "says"),
    [
        (None, "names no sha256 for its layer 'license'"),
        ("sha256:../../../etc/passwd", "names no sha256"),
        ("md5:" + "0" * 32, "names no sha256"),
        ("sha256:" + "A" * 64, "names no sha256"),
        ("sha256:" + "0" * 64, "names a layer 'license' whose file is missing: blobs/sha256-000"),
    ],
)
def test_broken_layers(store: Path, digest: object, says: str) -> None:
    manifest(store, "registry.ollama.ai/library/bad/latest", [{"mediaType": f"{KIND}license", "digest": digest}])
    with pytest.raises(UnreadableError, match=says):
        read("bad", store)


def test_a_licence_that_was_changed_is_refused(store: Path) -> None:
    digest = blob(store, b"mine")
    (store / "blobs" / digest.replace(":", "-")).write_text("yours", "utf-8")
    manifest(store, "registry.ollama.ai/library/bad/latest", [layer("license", digest)])
    with pytest.raises(UnreadableError, match="is not the text that its digest names"):
        read("bad", store)


def test_licences_that_are_no_texts_are_named(store: Path) -> None:
    digests = [blob(store, data) for data in (b"\0\1\2", b"", b"x" * (MAX_BYTES + 1))]
    layers = [layer("license", digest) for digest in digests]
    layers += [layer("model", blob(store, b"one")), layer("model", blob(store, b"two"))]
    manifest(store, "registry.ollama.ai/library/odd/latest", layers)
    model = read("odd", store)
    assert model.licenses == ()
    assert [why.partition(": ")[2] for why in model.skipped] == [
        *("not text in UTF-8 or UTF-16", "empty", "1,000,001 bytes, more than 1,000,000", "a further model file"),
    ]


@unprivileged
def test_a_store_that_may_not_be_read(store: Path) -> None:
    path = store / "manifests" / "registry.ollama.ai" / "library" / "llama3.2" / "latest"
    path.chmod(0)
    with pytest.raises(UnreadableError, match="Permission denied"):
        read("llama3.2", store)
