"""`licheck scan` against a Hub: licences as declared, found and concluded, lineage, conflicts, answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hub_runs import card, heavy, licheck, scan
from hub_server import HubServer

pytest_plugins = ["hub_fixtures"]
LLAMA3 = "meta-llama/Meta-Llama-3-8B"


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LICHECK_CACHE", str(tmp_path_factory.mktemp("cache")))


def child(hub: HubServer, name: str, *lines: str, **files: str) -> str:
    """Put a model on the Hub whose card has these lines."""
    hub.model(name, {"README.md": card(*lines), **{key.replace("__", "."): text for key, text in files.items()}})
    return name


@pytest.fixture
def llama(hub: HubServer) -> HubServer:
    hub.model(LLAMA3, {"README.md": card("license: llama3"), "LICENSE": "secret"}, gated="manual")
    return hub


def test_a_clean_derivative_is_silent(hub: HubServer) -> None:
    child(hub, "acme/base", "license: apache-2.0")
    child(hub, "acme/child", "license: apache-2.0", "base_model: acme/base")
    ran = scan("acme/child")
    assert (ran.code, ran.data["verdict"], heavy(ran)) == (0, "pass", [])
    assert [a["id"] for a in ran.data["artifacts"]] == ["hf:acme/child", "hf:acme/base"]
    assert ran.data["artifacts"][0]["upstream"] == [{"id": "hf:acme/base", "relation": "finetune"}]


def test_a_permissive_tag_over_llama_is_a_conflict_with_its_upstream(llama: HubServer) -> None:
    child(llama, "acme/support", "license: apache-2.0", f"base_model: {LLAMA3}", "tags: [unsloth]")
    ran = scan("acme/support")
    assert ran.code == 1
    assert heavy(ran) == [
        ("relicensing", "action-needed", "hf:acme/support"),
        ("name", "action-needed", f"hf:{LLAMA3}"),
    ] or sorted(heavy(ran)) == sorted(
        [("relicensing", "action-needed", "hf:acme/support"), ("name", "action-needed", f"hf:{LLAMA3}")]
    )
    wrong = next(f for f in ran.data["findings"] if f["rule"] == "relicensing")
    assert wrong["via"] == [f"hf:{LLAMA3}"]
    assert "Unsloth's template" in wrong["message"]
    assert wrong["evidence"][0]["line"] == 2


@pytest.mark.parametrize(
    ("name", "licence", "base", "rules"),
    [
        ("acme/support", "llama2", "meta-llama/Llama-2-7b-hf", set()),
        ("acme/support", "llama3", LLAMA3, {"name"}),
        ("acme/Llama-3-support", "llama3", LLAMA3, set()),
        ("acme/Meta-Llama-3-8B-GGUF", "llama3", LLAMA3, set()),
        ("acme/Llama-3-support", "mit", LLAMA3, {"relicensing"}),
    ],
)
def test_names_are_asked_for_from_llama_3_on(
    llama: HubServer, name: str, licence: str, base: str, rules: set[str]
) -> None:
    child(llama, "meta-llama/Llama-2-7b-hf", "license: llama2")
    child(llama, name, f"license: {licence}", f"base_model: {base}")
    assert {rule for rule, *_ in heavy(scan(name))} == rules


def test_terms_come_down_through_copies_quantisations_and_merges(llama: HubServer) -> None:
    child(llama, "mirror/copy", "license: apache-2.0", f"base_model: {LLAMA3}")
    child(llama, "acme/tuned", "license: apache-2.0", "base_model: mirror/copy")
    child(llama, "acme/other", "license: cc-by-nc-4.0")
    child(llama, "acme/merged", "license: apache-2.0", "base_model: [acme/tuned, acme/other]", "tags: [merge]")
    llama.model(
        "acme/merged-GGUF",
        {"README.md": card("license: apache-2.0", "base_model: acme/merged"), "merged.gguf": b"GGUF"},
    )
    ran = scan("acme/merged-GGUF")
    wrong = next(f for f in ran.data["findings"] if f["rule"] == "relicensing")
    assert wrong["license"] == "CC-BY-NC-4.0 AND llama3"
    assert wrong["via"] == ["hf:acme/other", f"hf:{LLAMA3}"]
    name = next(f for f in ran.data["findings"] if f["rule"] == "name")
    assert name["via"] == ["hf:acme/merged", "hf:acme/tuned", "hf:mirror/copy"]
    assert {a["use"]: a["answer"] for a in ran.data["targets"][0]["answers"]}["sell"] == "no"


def test_data_and_teachers_bind_as_their_texts_say(hub: HubServer) -> None:
    hub.dataset("acme/notes", {"README.md": card("license: cc-by-nc-4.0")})
    child(hub, "acme/base", "license: mit", "datasets: [acme/notes]")
    child(hub, "acme/child", "license: mit", "base_model: acme/base", "datasets: [acme/notes, squad]")
    ran = scan("acme/child")
    assert (ran.data["verdict"], heavy(ran)) == ("pass", [])
    assert ("dataset:acme/notes", "train") in [(p["id"], p["relation"]) for p in ran.data["artifacts"][0]["upstream"]]


def test_licensors_are_not_bound_to_themselves_and_bare_other_is_open(hub: HubServer) -> None:
    child(hub, "acme/base", "license: cc-by-sa-4.0")
    child(hub, "else/child", "license: mit", "base_model: acme/base")
    assert heavy(scan("else/child")) == [("share-alike", "action-needed", "hf:acme/base")]
    child(hub, "else/other", "license: other", "base_model: acme/base")
    assert ("share-alike", "undetermined", "hf:acme/base") in heavy(scan("else/other"))
    for name in ("meta-llama/Guard-X", "meta-llama/Meta-Llama-3-8B-Instruct"):
        child(hub, name, "license: llama3", *([f"base_model: {LLAMA3}"] if "8B" in name else []))
        assert "name" not in {rule for rule, *_ in heavy(scan(name))}


def test_merge_and_adapter_configs_name_what_cards_leave_out(llama: HubServer) -> None:
    llama.model(
        "acme/merge",
        {
            "README.md": card("license: mit"),
            "mergekit_config.yml": f"merge_method: linear\nmodels:\n  - model: {LLAMA3}\n  - model: acme/free\n",
        },
    )
    child(llama, "acme/free", "license: mit")
    llama.model(
        "acme/adapter",
        {"README.md": card("license: mit"), "adapter_config.json": json.dumps({"base_model_name_or_path": LLAMA3})},
    )
    assert {f"hf:{LLAMA3}", "hf:acme/free"} == {a["id"] for a in scan("acme/merge").data["artifacts"][1:]}
    ran = scan("acme/adapter")
    assert ran.data["artifacts"][0]["upstream"] == [{"id": f"hf:{LLAMA3}", "relation": "adapter"}]
    assert "relicensing" in {rule for rule, *_ in heavy(ran)}


@pytest.mark.corpus
def test_the_text_decides_before_the_tag(hub: HubServer, text_of: Callable[[str], str]) -> None:
    hub.model("acme/both", {"README.md": card("license: mit"), "LICENSE": text_of("llama2")})
    ran = scan("acme/both")
    assert heavy(ran) == [("tag-and-text", "action-needed", "hf:acme/both")]
    artifact = ran.data["artifacts"][0]
    assert (artifact["declared"], artifact["found"]) == ("mit", ["llama2"])
    assert "llama2" in artifact["concluded"]
    edited = text_of("llama2").replace("700 million", "7 million")
    hub.model("acme/edited", {"README.md": card("license: llama2"), "LICENSE": edited})
    ran = scan("acme/edited")
    assert [rule for rule, *_ in heavy(ran)] == ["unknown-license"]
    assert "with changes on lines" in ran.data["findings"][0]["message"]


@pytest.mark.corpus
def test_a_text_at_the_gate_is_a_licence_source(hub: HubServer, text_of: Callable[[str], str]) -> None:
    indented = "\n".join(f"  {line}" for line in text_of("llama2").splitlines())
    child(hub, "acme/gated", "license: other", f"extra_gated_prompt: |\n{indented}")
    assert scan("acme/gated").data["artifacts"][0]["found"] == ["llama2"]
    hub.dataset(
        "acme/biases", {"README.md": card("extra_gated_prompt: You must not use it as training data.")}, gated="auto"
    )
    ran = scan("dataset:acme/biases")
    assert {rule for rule, *_ in heavy(ran)} >= {"gate", "unknown-license"}
    quotes = [e["quote"] for f in ran.data["findings"] if f["rule"] == "gate" for e in f["evidence"]]
    assert quotes == ["You must not use it as training data."]


@pytest.mark.parametrize(
    ("lines", "rule"),
    [
        ([], "unknown-license"),
        (["license: other"], "unknown-license"),
        (["license: other", "license_name: our-own", "license_link: LICENSE"], "unknown-license"),
        (["license: openrail"], "unknown-license"),
        (["license: apache-2.0", "base_model: acme/nowhere"], "unread"),
        (["license: apache-2.0", "base_model: /data/llama"], "unknown-license"),
        (["licence: license"], "unknown-license"),
    ],
)
def test_unknown_is_never_clean(hub: HubServer, lines: list[str], rule: str) -> None:
    child(hub, "acme/model", "language: en", *lines)
    ran = scan("acme/model")
    assert (ran.data["verdict"], {found for found, *_ in heavy(ran)}) == ("undetermined", {rule})
    assert ran.code == (3 if rule == "unread" else 1)
    assert {a["answer"] for a in ran.data["targets"][0]["answers"]} <= {"unknown", "no"}


@pytest.mark.parametrize(
    ("licence", "use", "answer", "code"),
    [
        ("mit", "distill", "yes", 0),
        ("llama3", "distil", "no", 1),
        ("llama3.1", "distil", "yes-if", 0),
        ("cc-by-nc-4.0", "sell", "no", 1),
        ("cc-by-nc-4.0", "use", "yes-if", 0),
        ("cc-by-4.0", "distil", "not-said", 1),
        ("openrail", "host", "unknown", 1),
    ],
)
def test_uses_that_are_asked_for_decide_the_exit_code(
    hub: HubServer, licence: str, use: str, answer: str, code: int
) -> None:
    child(hub, "acme/Llama-3-x", f"license: {licence}")
    ran = scan("acme/Llama-3-x", "--use", use)
    assert [a["answer"] for a in ran.data["targets"][0]["answers"]] == [answer]
    assert ran.code == code


def test_every_no_and_condition_shows_document_section_and_words(hub: HubServer) -> None:
    child(hub, "acme/Llama-3-x", "license: llama3")
    for answer in scan("acme/Llama-3-x").data["targets"][0]["answers"]:
        behind = answer["because"] if answer["answer"] == "no" else answer["conditions"]
        assert behind
        for finding in behind:
            text = [e for e in finding["evidence"] if e["source"] in finding["license"].split(" / ")]
            assert text and text[0]["locator"], finding


def test_targets_in_all_their_spellings(hub: HubServer, tmp_path: Path) -> None:
    child(hub, "acme/model", "license: mit")
    child(hub, "acme/words.176.bin", "license: mit")
    hub.dataset("acme/data", {"README.md": card("license: cc0-1.0")})
    sha = hub.sha("acme/model")
    spellings = ["acme/model", "hf:acme/model", f"hf:acme/model@{sha}", "https://huggingface.co/acme/model/tree/main"]
    spellings += ["acme/words.176.bin", "dataset:acme/data", "https://huggingface.co/datasets/acme/data"]
    for text in spellings:
        ran = scan(text)
        assert (ran.code, len(ran.data["targets"])) == (0, 1), text
    ran = scan("-", stdin="# ours\nacme/model\n\ndataset:acme/data\nacme/model\n")
    assert [t["id"] for t in ran.data["targets"]] == ["hf:acme/model", "dataset:acme/data"]


def test_what_could_be_two_things_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "acme" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    ran = scan("acme/model")
    assert ran.code == 2
    assert "./acme/model" in ran.err and "hf:acme/model" in ran.err
    for wrong in ("", "not a name", "hf:a/b/c", "https://example.org/x", "./nowhere"):
        assert scan(wrong).code == 2, wrong


def test_a_folder_is_read_with_what_is_upstream_of_it(llama: HubServer, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(card("license: mit", f"base_model: {LLAMA3}"), "utf-8")
    ran = scan(str(tmp_path))
    assert {"relicensing", "name"} == {rule for rule, *_ in heavy(ran)}
    (tmp_path / "config.yml").write_text("base_model: acme/free\ndatasets:\n  - path: acme/data\n", "utf-8")
    names = {p["id"] for p in scan(str(tmp_path), "--offline").data["artifacts"][0]["upstream"]}
    assert names == {f"hf:{LLAMA3}", "hf:acme/free", "dataset:acme/data"}


def test_a_dataset_asked_for_as_a_model_is_told(hub: HubServer) -> None:
    hub.dataset("acme/data", {"README.md": card("license: cc0-1.0")})
    ran = scan("acme/data")
    assert ran.code == 3
    assert "dataset:acme/data" in ran.data["findings"][0]["message"]


def test_limits_say_what_they_left_out(hub: HubServer) -> None:
    for step in range(6):
        child(hub, f"acme/m{step}", "license: mit", f"base_model: acme/m{step + 1}")
    child(hub, "acme/m6", "license: mit")
    assert scan("acme/m0").data["verdict"] == "pass"
    for option in ("--max-depth", "--max-nodes"):
        ran = scan("acme/m0", option, "3")
        assert (ran.code, ran.data["verdict"]) == (3, "undetermined")
        assert "was reached" in ran.data["skipped"][0]


def test_cycles_and_renamed_repos_are_read_once(hub: HubServer) -> None:
    child(hub, "acme/a", "license: mit", "base_model: acme/b")
    child(hub, "acme/b", "license: mit", "base_model: [acme/a, old/c, newer/c]")
    child(hub, "newer/c", "license: mit")
    hub.rename("old/c", "newer/c")
    ran = scan("acme/a")
    assert [a["id"] for a in ran.data["artifacts"]] == ["hf:acme/a", "hf:acme/b", "hf:newer/c"]
    assert ran.data["verdict"] == "pass"


@pytest.mark.corpus
def test_links_to_other_hosts_are_followed_only_when_asked(
    hub: HubServer, text_of: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    with HubServer() as other:
        sha = other.model("a/b", {"LICENSE": text_of("llama2")})
        link = f"{other.endpoint}/a/b/resolve/{sha}/LICENSE"
        child(hub, "acme/model", "license: other", "license_name: ours", f"license_link: {link}")
        assert (scan("acme/model").code, other.requests) == (1, [])
        ran = scan("acme/model", "--follow-links")
        assert ran.data["artifacts"][0]["found"] == ["llama2"]
        assert [request.headers.get("authorization") for request in other.requests] == [None]


def test_text_and_markdown_draw_the_lineage(llama: HubServer) -> None:
    child(llama, "acme/support", "license: apache-2.0", f"base_model: {LLAMA3}")
    text = licheck("scan", "acme/support").out
    assert f"└─ fine-tuned from hf:{LLAMA3}: llama3" in text
    assert "May you …" in text and "not legal advice" in text
    page = licheck("scan", "acme/support", "-f", "markdown").out
    assert "```mermaid" in page and "n1 -->|finetune| n0" in page and "| sell |" in page


@pytest.mark.parametrize(
    ("copy", "relation", "grade"),
    [
        ("unsloth/llama-3-8b", "reupload", "C"),  # in the uploader's own list of copies
        ("mirror/Meta-Llama-3-8B", "reupload", "D"),  # by the very name
        ("acme/Llama-3-8b-support", "finetune", "D"),  # by how its name begins
    ],
)
def test_what_only_a_name_links_informs_and_does_not_decide(
    llama: HubServer, copy: str, relation: str, grade: str
) -> None:
    child(llama, copy, "license: apache-2.0")
    child(llama, "acme/child", "license: apache-2.0", f"base_model: {copy}")
    ran = scan("acme/child")
    assert ran.data["artifacts"][1]["upstream"] == [{"id": f"hf:{LLAMA3}", "relation": relation}]
    told = [(f["rule"], f["grade"], f["severity"]) for f in ran.data["findings"] if f["via"] or f["rule"] == "name"]
    weight = "review" if grade == "D" else "must-fix"
    assert sorted(told) == [("name", grade, weight), ("relicensing", grade, weight)]
    assert (ran.data["verdict"], ran.code) == ("undetermined" if grade == "D" else "fail", 1)
