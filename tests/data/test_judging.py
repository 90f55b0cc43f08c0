"""Verdicts on rows by licence, generator, route, date and declared use, against what the texts say."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import TODAY, declared

from licheck.model.audit import Audit, Columns, Group, Judged, Key
from licheck.model.evidence import Grade
from licheck.model.project import Policy, Project, Waiver
from licheck.verdicts import Judge, verdict

COLUMNS = Columns("source", "license", "generator", "route", "date")
UNSAID = Project("acme/model")
SOLD = UNSAID._replace(commercial=True, distribution=("public-weights",), competes="yes")
INSIDE = UNSAID._replace(commercial=True, distribution=("internal",), competes="no")
RESEARCH = UNSAID._replace(
    commercial=False, distribution=("public-weights",), competes="no", fields=("research",), monthly_active_users=1
)
CLASSIFIER = INSIDE._replace(kind="classifier", competes="yes")
DATASET = SOLD._replace(kind="dataset", competes="no")


def audited(project: Project, *keys: Key, use: str = "train", own: bool = False) -> Audit:
    judge = Judge(declared(project), COLUMNS, TODAY, use, own)
    return judge.audit(judge.all([Group(key, 1) for key in keys], lambda done, of: None))


def judged(project: Project, key: Key, use: str = "train", own: bool = False) -> Judged:
    return audited(project, key, use=use, own=own).groups[0]


def licensed(name: str) -> Key:
    return Key(license=(name,))


def made(generator: str, route: str | None = None, date: str | None = None) -> Key:
    return Key(license=("mit",), generator=(generator,), route=route, date=date)


def open_rules(found: Judged) -> set[str]:
    return {f.rule for f in found.findings if f.severity != "info"}


@pytest.mark.parametrize(
    ("name", "unsaid", "sold", "inside", "research", "dataset"),
    [
        ("cc0-1.0", "usable", "usable", "usable", "usable", "usable"),
        ("mit", "usable", "usable", "usable", "usable", "conditional"),
        ("apache-2.0", "usable", "usable", "usable", "usable", "conditional"),
        ("cc-by-4.0", "conditional", "conditional", "usable", "conditional", "conditional"),
        ("cc-by-sa-4.0", "undetermined", "undetermined", "usable", "undetermined", "conditional"),
        ("odbl", "undetermined", "undetermined", "usable", "undetermined", "conditional"),
        ("gpl-3.0", "undetermined", "undetermined", "usable", "undetermined", "conditional"),
        ("cdla-sharing-1.0", "undetermined", "undetermined", "usable", "undetermined", "conditional"),
        ("cc-by-nd-4.0", "undetermined", "undetermined", "usable", "undetermined", "restricted"),
        ("cc-by-nc-4.0", "undetermined", "restricted", "restricted", "conditional", "restricted"),
        ("microsoft-research", "undetermined", "restricted", "restricted", None, "restricted"),
        ("creativeml-openrail-m", "undetermined", "undetermined", "undetermined", "undetermined", "undetermined"),
        ("openrail++-m", "usable", "usable", "usable", "usable", "conditional"),
    ],
)
def test_a_licence_is_held_against_the_declared_use(
    name: str, unsaid: str, sold: str, inside: str, research: str | None, dataset: str
) -> None:
    expected = dict(
        zip((UNSAID, SOLD, INSIDE, RESEARCH, DATASET), (unsaid, sold, inside, research, dataset), strict=True)
    )
    found = {project: judged(project, licensed(name)).verdict for project in expected}
    assert {p: v for p, v in found.items() if expected[p]} == {p: v for p, v in expected.items() if v}


def test_what_the_project_does_not_say_is_asked_for() -> None:
    for name, asked in (("cc-by-nc-4.0", "commercial: true"), ("fair-nc-2025-04-17", "fields: [research]")):
        remedies = [f.remedy for f in judged(UNSAID, licensed(name)).findings]
        assert any(asked in remedy for remedy in remedies)
    remedies = [f.remedy for f in judged(UNSAID, made("gpt-4", "api", "2023-05"), own=True).findings]
    assert any("competes: yes" in remedy for remedy in remedies)


def test_credit_is_owed_in_words_that_leave_the_question_open() -> None:
    duty = judged(SOLD, licensed("cc-by-4.0")).duties[0]
    assert (duty.rule, duty.clause, duty.state.value, duty.severity.value) == (
        "attribution",
        "attribution-display",
        "action-needed",
        "info",
    )
    assert "not settled" in duty.message and duty.remedy.startswith("credit ")


@pytest.mark.parametrize("name", ["cc-by-4.0", "cc-by-sa-4.0", "gpl-3.0", "cc-by-nd-4.0", "odbl"])
def test_evaluation_asks_for_no_credit_and_makes_no_derivative(name: str) -> None:
    assert judged(SOLD, licensed(name), use="evaluate").verdict == "usable"


def test_evaluation_is_use_where_a_text_grants_none_for_commerce() -> None:
    assert judged(SOLD, licensed("cc-by-nc-4.0"), use="evaluate").verdict == "restricted"
    assert judged(UNSAID, licensed("cc-by-nc-4.0"), use="evaluate").verdict == "undetermined"
    assert judged(RESEARCH, licensed("cc-by-nc-4.0"), use="evaluate").verdict == "usable"


@pytest.mark.parametrize(
    ("key", "project", "theirs", "mine"),
    [
        # No text of the days before 2023-03-13 is held; that of 2023-03-14 closes competing models.
        (made("gpt-3.5-turbo", "api", "2023-02"), SOLD, "undetermined", "undetermined"),
        (made("gpt-4", "api", "2023-05"), SOLD, "undetermined", "restricted"),
        (made("gpt-4", "api", "2023-05"), UNSAID, "undetermined", "undetermined"),
        (made("gpt-4", "api", "2023-05"), INSIDE, "usable", "usable"),
        (made("gpt-4", "api"), INSIDE, "undetermined", "undetermined"),
        (made("gpt-4", "api", "2024-06"), INSIDE, "usable", None),
        (made("chatgpt", "chatgpt", "2023-05"), SOLD, "undetermined", "restricted"),
        (made("gpt-4", "azure", "2023-05"), SOLD, "undetermined", "undetermined"),
        # Llama 2 closes improving other models; 3.1 lets them be trained if they are named for it.
        (made("llama-2-70b-chat"), SOLD, "undetermined", "restricted"),
        (made("llama-2-70b-chat"), CLASSIFIER, "undetermined", "undetermined"),
        (made("meta-llama/Llama-3.1-70B-Instruct"), RESEARCH, "undetermined", "conditional"),
        (made("gpt2"), SOLD, "usable", "usable"),
        (made("human"), SOLD, "usable", "usable"),
    ],
)
def test_a_generator_binds_its_user_and_may_reach_others(
    key: Key, project: Project, theirs: str, mine: str | None
) -> None:
    assert judged(project, key).verdict == theirs
    assert mine in (None, judged(project, key, own=True).verdict)


def test_that_terms_bind_the_maker_and_whether_they_reach_you_are_two_findings() -> None:
    found = {f.rule: f for f in judged(SOLD, made("gpt-4", "api", "2023-05")).findings}
    assert found["generator-terms"].severity == "info" and found["generator-terms"].state.value == "not-applicable"
    assert found["generator-reach"].state.value == "undetermined"
    assert found["generator-terms"].via == found["generator-reach"].via == ("api:openai/gpt-4",)


def test_the_naming_duty_of_llama_3_1_is_told_to_who_generated_with_it() -> None:
    key = made("meta-llama/Llama-3.1-70B-Instruct")
    assert {duty.rule for duty in judged(RESEARCH, key, own=True).duties} == {"name"}
    assert judged(RESEARCH, key).duties == ()


def test_policies_of_a_licence_are_no_terms_of_a_generator() -> None:
    """The user made the rows; a text that their licence makes part of itself is no service that they were made with."""
    for name in ("llama2", "gemma-tou-2025-03-24"):
        assert "output-training" not in open_rules(judged(SOLD, licensed(name), own=True))


def test_outputs_that_are_only_measured_with() -> None:
    key = made("gpt-4", "api", "2023-05")
    assert judged(SOLD, key, use="evaluate").verdict == "usable"
    assert [f.rule for f in judged(SOLD, key, use="evaluate").findings] == ["generator-terms"]
    assert judged(SOLD, key, use="evaluate", own=True).verdict == "undetermined"
    assert judged(SOLD, made("gpt-4", "api", "2022-05"), use="evaluate", own=True).verdict == "undetermined"


@pytest.mark.parametrize(
    "date", ["2023-05", "2023-05-02", "2023-05-01T10:00:00Z", "2023-05-01 10:00:00+00:00", "1682944200", "20230501"]
)
def test_dates_in_the_forms_of_data_sets_choose_the_version(date: str) -> None:
    found = audited(SOLD, made("gpt-4", "api", date))
    reach = [f for f in found.groups[0].findings if f.rule == "generator-reach"]
    assert ([f.license for f in reach], found.notes) == (["openai/terms-of-use@2023-03-14"], ())


def test_a_date_that_says_that_there_is_none_counts_as_unknown() -> None:
    without, null = (audited(SOLD, made("gpt-4", "api", date)).groups[0].findings for date in (None, "null"))
    assert [(f.rule, f.license) for f in null] == [(f.rule, f.license) for f in without]


@pytest.mark.parametrize(
    "source",
    [
        *("tatsu-lab/alpaca", "Tatsu-Lab/Alpaca", "dataset:tatsu-lab/alpaca", "hf:datasets/tatsu-lab/alpaca"),
        *("https://huggingface.co/datasets/tatsu-lab/alpaca", "hf://datasets/tatsu-lab/alpaca/data/x.parquet"),
        "https://huggingface.co/datasets/tatsu-lab/alpaca/viewer/default/train",
    ],
)
def test_a_source_is_found_in_the_catalogue_however_it_is_written(source: str) -> None:
    assert judged(SOLD, Key(source)).verdict == "restricted"


def test_old_names_are_found_and_bare_words_are_not_guessed() -> None:
    for source in ("acronym_identification", "dataset:acronym_identification", "Acronym_Identification"):
        assert judged(SOLD, Key(source)).verdict == "restricted"
    for address in ("", "/tree/main", "/viewer"):
        source = f"https://huggingface.co/datasets/acronym_identification{address}"
        assert judged(SOLD, Key(source)).verdict == "restricted"
    for source in ("acronym", "alpaca", "https://example.org/acronym_identification"):
        assert "audited-use" not in open_rules(judged(SOLD, Key(source)))
        assert judged(SOLD, Key(source)).verdict == "undetermined"


def test_what_binds_the_parents_binds_the_child() -> None:
    found = judged(SOLD, Key("ai4privacy/pii-masking-200k"))
    parents = {f.subject for f in found.findings} - {"dataset:ai4privacy/pii-masking-200k"}
    assert parents == {"dataset:ai4privacy/pii-masking-43k", "dataset:ai4privacy/pii-masking-65k"}
    restricted = judged(SOLD, Key("DIBT/10k_prompts_ranked", ("mit",)))
    inherited = [f for f in restricted.findings if f.via[:1] == ("dataset:DIBT/10k_prompts_ranked",)]
    assert inherited and all(len(f.evidence) > 1 for f in inherited)


def test_crawls_and_platforms_are_told_apart_from_unknown_licences() -> None:
    for source in ("https://www.reddit.com/r/x", "CC-MAIN-2023-50", "pile:StackExchange", "https://en.wikipedia.org/w"):
        found = judged(SOLD, Key(source))
        assert (found.verdict, open_rules(found)) == ("undetermined", {"scraped-content"})
    elsewhere = judged(SOLD, Key("https://news.example.org/a/b", ("unknown",)))
    assert open_rules(elsewhere) == {"scraped-content"} and "news.example.org" in elsewhere.reason
    assert open_rules(judged(SOLD, Key("our tickets"))) == {"unknown-license"}
    assert judged(SOLD, Key("stackexchange", ("cc0-1.0",))).verdict == "usable"


def test_conversations_of_sharegpt_name_openais_terms_whatever_licence_is_stated() -> None:
    found = judged(SOLD, Key("ShareGPT", ("apache-2.0",)))
    assert any("openai" in via for f in found.findings for via in f.via if f.rule == "generator-terms")


def test_the_same_parts_give_the_same_findings_in_any_company() -> None:
    keys = [made("gpt-4", "api", "2023-05"), licensed("cc-by-nc-4.0"), Key("squad", ("mit", "cc-by-4.0")), Key()]
    together = {judged.group.key: judged for judged in audited(SOLD, *keys).groups}
    assert together == {key: judged(SOLD, key) for key in keys}
    both = judged(SOLD, Key(license=("cc-by-nc-4.0", "mit"), generator=("gpt-4",), route="api", date="2023-05"))
    apart = [*together[keys[0]].findings, *together[keys[1]].findings]
    assert Counter(map(str, both.findings)) == Counter(map(str, apart))


def test_an_inference_informs_and_restricts_nothing() -> None:
    found = judged(SOLD, licensed("cc-by-nc-4.0")).findings
    inferred = tuple(replace(finding, grade=Grade.D) for finding in found)
    assert (verdict(found, ()), verdict(inferred, ())) == ("restricted", "undetermined")


HUB = re.compile(r"https://(?:huggingface|hf)\.co/datasets/([^/?#\s;]+(?:/(?!viewer|blob|tree|resolve)[^/?#\s;]+)?)")
CLOSED = {"non-commercial", "academic-only"}


@pytest.fixture(scope="module")
def table(corpus: Path) -> list[dict[str, str]]:
    with (corpus / "datasets" / "dpi_text_datasets.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


@pytest.mark.corpus
def test_no_audited_dataset_that_is_closed_to_commerce_may_be_used_by_its_id(table: list[dict[str, str]]) -> None:
    found = defaultdict(set)
    for row in table:
        if HUB.match(row["hf_url"]):
            found[row["hf_url"]].add(row["use_verified"])
    verdicts = {j.group.key.source: j.verdict for j in audited(SOLD, *(Key(url) for url in found)).groups}
    closed = {url for url, uses in found.items() if uses & CLOSED}
    assert len(closed) > 150 and not [url for url in closed if verdicts[url] in ("usable", "conditional")]
    free = [verdicts[url] for url, uses in found.items() if uses == {"commercial"}]
    assert "restricted" not in free and sum(v in ("usable", "conditional") for v in free) >= 90


@pytest.mark.corpus
def test_audited_rows_are_judged_by_their_licences_and_generators(table: list[dict[str, str]]) -> None:
    keys = {
        Key(f"row {n}", tuple(row["licenses"].split("|")), tuple(filter(None, row["model_generated"].split("|")))): row
        for n, row in enumerate(table)
    }
    verdicts, missed, wrong = defaultdict(Counter), [], []
    for found in audited(SOLD, *keys).groups:
        row = keys[found.group.key]
        verdicts[row["use_verified"]][found.verdict] += 1
        old = all(re.search(r"GPT-[12]\b", name) for name in row["model_generated"].split("|"))
        terms = any("openai" in via for f in found.findings if f.rule == "generator-terms" for via in f.via)
        if row["openai_generated"] == "1" and not old and not terms:
            missed.append(row["uid"])
        if old and row["model_generated"] and any(f.rule.startswith("generator-") for f in found.findings):
            wrong.append(row["uid"])
    assert (missed, wrong) == ([], [])
    assert not any(verdicts[use][verdict] for use in CLOSED for verdict in ("usable", "conditional"))
    assert verdicts["commercial"]["restricted"] == 0
    assert verdicts["commercial"]["usable"] + verdicts["commercial"]["conditional"] > 380


def test_a_hundred_thousand_combinations_are_judged_in_seconds() -> None:
    """Each part is judged once: the rules run for hundreds of parts, whatever the number of keys."""
    licences = ["mit", "cc-by-4.0", "cc-by-nc-4.0", "gpl-3.0", "our-own"]
    keys = [
        Key(f"our/{n}", (licences[n % 5],), (f"model-{n % 7}",), "api", f"2024-{n % 12 + 1:02d}") for n in range(2000)
    ]
    judge = Judge(declared(SOLD), COLUMNS, TODAY)
    found = judge.all([Group(key, 1) for key in keys], lambda done, of: None)
    assert len({id(f) for j in found for f in j.findings}) < 60


def test_a_repository_that_the_catalogue_knows_is_told_to_be_a_model() -> None:
    """OpenAI has models of like names on the Hub and behind its API: only the catalogue tells which these are."""
    assert judged(SOLD, made("openai/whisper-large-v3")).verdict == "usable"
    unknown = judged(SOLD, made("openai/whisper-large-v99"))
    assert (unknown.verdict, open_rules(unknown)) == ("undetermined", {"unknown-license"})


def test_a_decision_of_the_project_holds_for_its_source_and_no_longer_than_written() -> None:
    chats, others = made("gpt-4o")._replace(source="our/chats"), made("gpt-4o")._replace(source="our/others")
    decided = Waiver("rows:our/chats", "anti-distillation", "counsel said so", date(2027, 1, 1), 0)

    def verdicts(*exceptions: Waiver) -> tuple[dict[str | None, str], tuple[str, ...]]:
        manifest = declared(SOLD)._replace(policy=Policy(exceptions=exceptions))
        judge = Judge(manifest, COLUMNS, TODAY)
        found = judge.audit(judge.all([Group(chats, 1), Group(others, 1)], lambda done, of: None))
        return {j.group.key.source: j.verdict for j in found.groups}, found.notes

    assert verdicts()[0] == {"our/chats": "undetermined", "our/others": "undetermined"}
    assert verdicts(decided) == ({"our/chats": "usable", "our/others": "undetermined"}, ())
    assert verdicts(decided._replace(clause="non-commercial"))[0]["our/chats"] == "undetermined"
    told, notes = verdicts(decided._replace(until=date(2026, 1, 1)))
    assert told["our/chats"] == "undetermined"
    assert notes == ("the exception for rows:our/chats expired on 2026-01-01",)


def test_findings_name_the_line_of_what_was_declared() -> None:
    manifest = declared(SOLD)._replace(path="licheck.yaml", lines={"project.commercial": 4, "uses[0].how": 9})
    judge = Judge(manifest, COLUMNS, TODAY)
    (found,) = judge.all([Group(licensed("cc-by-nc-4.0"), 1)], lambda done, of: None)
    places = {(e.locator, e.path, e.line) for f in found.findings for e in f.evidence if e.source != "CC-BY-NC-4.0"}
    assert ("project.commercial", "licheck.yaml", 4) in places
    assert not any(locator == "uses[0].how" for locator, *_ in places)


@pytest.mark.parametrize(
    ("stated", "verdict_"),
    [
        (("MIT OR CC-BY-NC-4.0",), "usable"),
        (("CC-BY-NC-4.0 or MIT",), "usable"),
        (("MIT AND CC-BY-NC-4.0",), "restricted"),
        (("MIT | CC BY-NC 4.0",), "restricted"),
        (("mit, cc-by-nc-4.0",), "restricted"),
        (("MIT OR Apache-2.0", "CC-BY-NC-4.0"), "restricted"),
        (("CC-BY-NC-4.0 OR (MIT AND CC-BY-4.0)",), "conditional"),
        (("MIT OR something of our own",), "undetermined"),
        (("MIT OR", "(MIT"), "undetermined"),
        (("(" * 400,), "undetermined"),
        (("MIT OR " * 300 + "MIT",), "undetermined"),
    ],
)
def test_of_licences_to_choose_from_the_most_lenient_counts(stated: tuple[str, ...], verdict_: str) -> None:
    assert judged(SOLD, Key("our/rows", stated)).verdict == verdict_


def test_a_licence_of_the_database_leaves_the_content_of_a_crawl_open() -> None:
    crawled = Key("CC-MAIN-2024-10", ("odc-by",))
    found = judged(SOLD, crawled)
    assert (found.verdict, "scraped-content" in open_rules(found)) == ("undetermined", True)
    assert any("ODC-By-1.0 (section 2.4) grants rights in the database" in f.message for f in found.findings)
    assert "scraped-content" not in open_rules(judged(SOLD, crawled._replace(source="our/table")))
    assert judged(SOLD, crawled._replace(license=("cc0-1.0",))).verdict == "usable"


@pytest.mark.parametrize(
    ("generator", "route"),
    [
        ("openai/gpt-4o", "openrouter"),
        ("openrouter/openai/gpt-4o", None),
        ("meta-llama/Meta-Llama-3-8B-Instruct", "together"),
        ("some/unknown-model", "together"),
        ("mistralai/Mistral-Large-Instruct-2407", None),
    ],
)
def test_what_binds_the_makers_by_way_of_a_host_or_of_its_outputs_is_asked(generator: str, route: str | None) -> None:
    assert judged(SOLD, made(generator, route, "2025-07")).verdict == "undetermined"


def test_lists_of_licences_in_the_policy_hold_for_data() -> None:
    def verdicts(**policy: tuple[str, ...]) -> str:
        judge = Judge(declared(SOLD)._replace(policy=Policy(**policy)), COLUMNS, TODAY)
        return judge.all([Group(licensed("mit"), 1)], lambda done, of: None)[0].verdict

    assert (verdicts(), verdicts(deny=("mit",)), verdicts(allow=("apache-2.0",))) == (
        "usable",
        "restricted",
        "undetermined",
    )
