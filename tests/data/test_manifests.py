"""What can be named as MANIFEST: each kind is told from the others, and what names nothing is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from licheck.data.manifests import Kind, Named, Remote, beside, dataset, read
from licheck.errors import InputError

FILES = {
    "list.yaml": ("- org/a\n", Kind.LIST),
    "list.json": ('["org/a"]', Kind.LIST),
    "rows.json": ('[{"text": "a", "license": "mit"}]', Kind.ROWS),
    "rows.jsonl": ('{"text": "a"}\n', Kind.ROWS),
    "rows.csv": ("license\nmit\n", Kind.ROWS),
    "croissant.json": ('\ufeff{"@context": {"cr": "http://mlcommons.org/croissant/"}}', Kind.CROISSANT),
    "croissant.jsonld": ('{"@context": {"cr": "http://mlcommons.org/croissant/"}}', Kind.CROISSANT),
    "plain.json": ('{"@context": "https://schema.org/", "@type": "Dataset"}', Kind.CROISSANT),
    "linked.json": ('{"@context": "https://schema.org/", "@type": "Person"}', Kind.ROWS),
    "README.md": ("---\nlicense: mit\n---\n", Kind.CARD),
    "licheck.yaml": ("", Kind.PROJECT),
    "mine.yml": ("# ours\nlicheck: 1\n", Kind.PROJECT),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_by_its_name_and_what_is_in_it(tmp_path: Path, name: str) -> None:
    text, kind = FILES[name]
    path = tmp_path / name
    path.write_text(text, "utf-8")
    assert read([str(path)]) == [Named(kind, str(path))]


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("org/name", "org/name"),
        ("org/name@v1.0", "org/name@v1.0"),
        ("dataset:org/name", "org/name"),
        ("dataset:squad", "squad"),
        ("hf:datasets/org/name@abc", "org/name@abc"),
        ("hf://datasets/org/name", "org/name"),
        ("hf://datasets/org/name/", "org/name"),
        ("https://huggingface.co/datasets/org/name", "org/name"),
        ("https://huggingface.co/datasets/org/name/tree/v2", "org/name@v2"),
        ("squad", "squad"),
    ],
)
def test_a_dataset_of_the_hub_is_known_by_its_id_and_its_address(text: str, id_: str) -> None:
    (named,) = read([text])
    assert (named.kind, named.text) == (Kind.HUB, id_)
    assert bool(named.note) == (":" not in text)


def test_a_path_that_is_here_is_that_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "org" / "name").mkdir(parents=True)
    (tmp_path / "squad").mkdir()
    assert [named.kind for named in read(["org/name", "squad"])] == [Kind.ROWS, Kind.ROWS]


@pytest.mark.parametrize(
    ("text", "remote"),
    [
        ("hf://datasets/org/name/data/*.parquet", Remote("org/name", None, "data/*.parquet")),
        ("hf://datasets/org/name@v1/a.jsonl", Remote("org/name", "v1", "a.jsonl")),
        (
            "hf://datasets/org/name@refs/convert/parquet/a/b.parquet",
            Remote("org/name", "refs/convert/parquet", "a/b.parquet"),
        ),
        ("hf://datasets/org/name@user%2Fbranch/a.csv", Remote("org/name", "user/branch", "a.csv")),
        ("https://huggingface.co/datasets/org/name/resolve/main/a%20b.csv", Remote("org/name", "main", "a b.csv")),
        ("https://huggingface.co/datasets/org/name/blob/v2/x/a.csv?raw=1", None),
    ],
)
def test_files_on_the_hub_are_named_as_its_client_does(text: str, remote: Remote | None) -> None:
    (named,) = read([text])
    assert named.remote == remote


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("nothere.yaml", "does not exist"),
        ("./org/name", "does not exist"),
        ("data/train", "does not exist"),
        ("https://huggingface.co/org/model", "is a model"),
        ("hf:org/model", "is a model"),
        ("https://example.org/data.csv", "no address of a dataset"),
        ("hf://datasets/org/name@../a.csv", "names no revision"),
        ("org/name@..", "names no revision"),
        ("", "is no name"),
        ("a\nb", "is no name"),
    ],
)
def test_what_names_nothing_is_refused_all_at_once(text: str, what: str) -> None:
    with pytest.raises(InputError) as caught:
        read([text, "other.yaml"])
    assert [what in problem.message for problem in caught.value.problems] == [True, what == "does not exist"]


def test_paths_of_a_licheck_yaml_are_meant_from_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "data.yaml").write_text("- org/a\n", "utf-8")
    texts = ["data.yaml", "data/*.jsonl", "org/name", "dataset:squad", "hf://datasets/o/n/a.csv", "gone.jsonl"]
    below = [str(tmp_path / "data.yaml"), str(tmp_path / "data/*.jsonl")]
    assert beside(texts, tmp_path) == [*below, *texts[2:5], str(tmp_path / "gone.jsonl")]


def test_sources_of_entries_that_are_no_datasets_of_the_hub_are_not_looked_up() -> None:
    assert [dataset(text) for text in ("squad", "gpt2", "hf:org/model", "./org/name", "https://x.org/a/b")] == [
        None
    ] * 5
