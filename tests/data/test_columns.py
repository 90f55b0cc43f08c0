"""Columns of published corpora find their roles, and nothing is chosen in silence."""

from __future__ import annotations

import pytest

from licheck.data.columns import CONVENTIONS, detect
from licheck.errors import InputError
from licheck.model.audit import Columns

TEXT, TEXTS, INT, TIME = "VARCHAR", "VARCHAR[]", "BIGINT", "TIMESTAMP"


def layout(text: str = "", **types: str) -> dict[str, str]:
    """A schema: columns that hold text by name, others by type."""
    return dict.fromkeys(text.split(), TEXT) | types


STACK_V1 = {
    **layout("hexsha ext lang max_stars_repo_path max_stars_repo_name content", size=INT, avg_line_length="DOUBLE"),
    **{f"max_{kind}_repo_licenses": TEXTS for kind in ("stars", "issues", "forks")},
}
STACK_V2 = layout(
    "blob_id path content_id license_type repo_name revision_id gha_license_id gha_language",
    detected_licenses=TEXTS,
    visit_date=TIME,
    github_id=INT,
    is_generated="BOOLEAN",
    length_bytes=INT,
)
HERMES = layout(
    "source category model_name model conversations[].from conversations[].value id language title",
    views=INT,
    hash="BIGINT[]",
)
MAGPIE = layout("uuid model gen_input_configs.input_generator instruction response", **{"conversations[].from": TEXT})
# Corpus → its columns as far as they matter, what has to be found, and roles that a note has to speak of.
CORPORA: dict[str, tuple[dict[str, str], Columns, set[str]]] = {
    "Dolma": (
        layout("id text source added created metadata.license metadata.url"),
        Columns(source="source", license="metadata.license", date="created", id="id"),
        set(),
    ),
    "Common Pile": (
        layout("id text source metadata.license metadata.authors", created=TIME),
        Columns(source="source", license="metadata.license", date="created", id="id"),
        set(),
    ),
    "The Stack v1": (
        STACK_V1,
        Columns(source="max_stars_repo_name", license="max_stars_repo_licenses", id="hexsha", bytes="size"),
        {"license"},
    ),
    "The Stack v2": (
        STACK_V2,
        Columns(source="repo_name", license="detected_licenses", id="blob_id", bytes="length_bytes"),
        {"license", "not used"},
    ),
    "The Pile": (layout("text meta.pile_set_name"), Columns(source="meta.pile_set_name"), set()),
    "Tulu 2": (layout("dataset id messages[].role"), Columns(source="dataset", id="id"), set()),
    "Tulu 3": (layout("id source messages[].content"), Columns(source="source", id="id"), set()),
    "SmolTalk": (layout("source messages[].content messages[].role"), Columns(source="source"), set()),
    "UltraFeedback": (
        layout("source instruction completions[].model completions[].response", models=TEXTS),
        Columns(source="source", generator="models + completions[].model"),
        {"generator"},
    ),
    "distilabel": (
        layout("instruction model_name distilabel_metadata.raw_input", generations=TEXTS, generation_models=TEXTS),
        Columns(generator="generation_models + model_name"),
        {"generator", "not used"},
    ),
    "Magpie": (MAGPIE, Columns(generator="model", id="uuid"), {"not used"}),
    "OpenHermes 2.5": (HERMES, Columns(source="source", generator="model_name + model", id="id"), {"generator"}),
    "FineWeb": (
        layout("text id dump url date file_path language", token_count=INT, language_score="DOUBLE"),
        Columns(source="dump", date="date", id="id", tokens="token_count"),
        set(),
    ),
    "OpenAI batch": (
        layout("id custom_id response.body.model response.body.id", **{"response.body.created": INT}),
        Columns(generator="response.body.model", id="id"),
        {"id"},
    ),
    "Nemotron": (
        layout("input output category license generator version"),
        Columns(license="license", generator="generator"),
        set(),
    ),
}


@pytest.mark.parametrize("name", CORPORA)
def test_published_corpora(name: str) -> None:
    schema, expected, spoken = CORPORA[name]
    columns, notes = detect(schema)
    assert columns == expected
    assert {note.partition(",")[0].partition(":")[0] for note in notes} == spoken


def test_roles_are_those_of_an_audit() -> None:
    assert tuple(CONVENTIONS) == Columns._fields


def test_no_name_stands_for_two_roles() -> None:
    names = [name for group in CONVENTIONS.values() for name in group]
    assert len(names) == len({name.replace("_", "") for name in names})


def test_what_was_taken_and_what_was_left_is_said() -> None:
    _, notes = detect(STACK_V2)
    assert notes == (
        "license: detected_licenses is taken, gha_license_id, license_type left aside",
        "not used, though the name may matter: is_generated",
    )


@pytest.mark.parametrize("written", ["License", "LICENSE", "li-cense", "metadata.License", "meta.license"])
def test_case_and_hyphens_do_not_matter(written: str) -> None:
    assert detect({written: TEXT})[0].license == written


def test_a_plain_column_goes_before_a_nested_one_of_the_same_name() -> None:
    columns, notes = detect({"metadata.source": TEXT, "source": TEXT})
    assert columns.source == "source"
    assert notes == ("source: source is taken, metadata.source left aside",)


def test_a_kind_of_licence_is_the_last_resort() -> None:
    columns, notes = detect({"license_type": TEXT})
    assert columns.license == "license_type"
    assert "kinds rather than licences" in notes[0]


def test_length_is_not_tokens() -> None:
    assert detect({"length": INT, "text_length": INT}) == (Columns(), ())


@pytest.mark.parametrize(
    ("column", "kind", "role"),
    [
        ("license", INT, "license"),
        ("licenses", "STRUCT(name VARCHAR)[]", "license"),
        ("source", INT, "source"),
        ("source", TEXTS, "source"),
        ("timestamp", INT, "date"),
        ("tokens", "BIGINT[]", "tokens"),
        ("bytes", "BLOB", "bytes"),
        ("size", TEXT, "bytes"),
        ("id", "VARCHAR[]", "id"),
    ],
)
def test_a_column_of_the_wrong_type_is_not_taken_and_named(column: str, kind: str, role: str) -> None:
    columns, notes = detect({column: kind})
    assert getattr(columns, role) == ""
    assert len(notes) == 1
    assert notes[0].startswith(f"{role}: {column} is not taken, it is {kind}")


def test_the_next_best_is_taken_where_the_best_has_the_wrong_type() -> None:
    columns, notes = detect({"license": INT, "detected_licenses": TEXTS})
    assert columns.license == "detected_licenses"
    assert notes == ("license: license is not taken, it is BIGINT and not text or a list of texts",)


@pytest.mark.parametrize("kind", ["VARCHAR", "VARCHAR[]", "ENUM('mit', 'gpl')", "VARCHAR[3]", "varchar"])
def test_licences_are_texts_or_lists(kind: str) -> None:
    assert detect({"license": kind})[0].license == "license"


def test_relevant_columns_that_no_convention_names_are_said() -> None:
    schema = {f"x{n}_provider": TEXT for n in range(20)} | {"model_card.text": TEXT, "sourcing.notes": TEXT}
    columns, notes = detect(schema)
    assert columns == Columns()
    assert notes == (
        f"not used, though the name may matter: {', '.join(f'x{n}_provider' for n in range(8))} and 12 more",
    )


def test_the_user_decides() -> None:
    columns, notes = detect(STACK_V2, {"license": "gha_license_id", "source": "GHA-Language", "date": "visit_date"})
    assert (columns.license, columns.source, columns.date) == ("gha_license_id", "gha_language", "visit_date")
    assert columns.bytes == "length_bytes"
    assert notes == ("not used, though the name may matter: license_type, detected_licenses, is_generated",)


@pytest.mark.parametrize(
    ("wanted", "message", "help_"),
    [
        ({"licence": "license_type"}, "unknown role 'licence'", "did you mean license? roles are source, license, gen"),
        ({"colour": "x"}, "unknown role 'colour'", "roles are source, license, generator, route, date, id, tokens, by"),
        ({"license": "detected_license"}, "no column 'detected_license'", "did you mean detected_licenses"),
        ({"license": "zzz"}, "no column 'zzz'", "the columns are blob_id, path"),
        ({"license": "github_id"}, "column 'github_id' is BIGINT", "name one that holds text or a list of texts"),
    ],
)
def test_errors_say_what_to_write(wanted: dict[str, str], message: str, help_: str) -> None:
    with pytest.raises(InputError) as caught:
        detect(STACK_V2, wanted)
    assert message in caught.value.problems[0].message
    assert caught.value.problems[0].help.startswith(help_)


def test_all_errors_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        detect(STACK_V2, {"licence": "path", "source": "nothing-like-it", "id": "blob_id"})
    assert len(caught.value.problems) == 2


def test_numbers_in_text_are_taken_where_they_are_named() -> None:
    columns, notes = detect({"tokens": "VARCHAR"})
    assert (columns.tokens, notes) == ("", ("tokens: tokens is not taken, it is VARCHAR and not a number",))
    assert detect({"tokens": "VARCHAR"}, {"tokens": "tokens"})[0].tokens == "tokens"


def test_a_role_without_a_column_is_left_out() -> None:
    columns, notes = detect({"source": "VARCHAR", "license": "VARCHAR"}, {"source": ""})
    assert columns == Columns(license="license")
    assert notes == ("not used, though the name may matter: source",)
