"""Faults of the Hub, one by one, in pairs and at random: a scan never takes for clean what it could not read."""

from __future__ import annotations

import json
import random
import time
import traceback
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import ROOT
from hub_server import HubServer
from typer.testing import CliRunner

from licheck.cli.main import application
from licheck.errors import LicheckError

pytest_plugins = ["hub_fixtures"]

TEXT = (ROOT / "LICENSE").read_text("utf-8")  # licheck's own is a whole Apache-2.0, so no corpus is needed
CARD = {"license": "apache-2.0"}
ROOT_MODEL, BASE, CHILD, ADAPTER, MERGE, GGUF = (
    f"acme/clean-{name}" for name in ("root", "base", "child", "adapter", "merge", "7B-GGUF")
)
MERGED = "merge_method: linear\nmodels:\n" + "".join(f"  - model: {m}\n" for m in (BASE, "acme/old-name", ADAPTER))
# What is asked for → a target whose scan asks for it, itself or as its base or the base of that.
API = [
    (rf"/models/{ROOT_MODEL}\?", ROOT_MODEL),
    (rf"/models/{ROOT_MODEL}\?", BASE),
    (rf"/models/{ROOT_MODEL}\?", CHILD),
    (r"/models/acme/new-name\?", MERGE),
]
FILES = [
    (f"/{ROOT_MODEL}/resolve/.*/LICENSE", ROOT_MODEL),
    (f"/{ROOT_MODEL}/resolve/.*/LICENSE", BASE),
    (f"/{ROOT_MODEL}/resolve/.*/README", ROOT_MODEL),
    ("/adapter_config.json", ADAPTER),
    ("/mergekit_config.yml", MERGE),
]
# Kind, options, states of which one has to be told.
Case = tuple[str, dict[str, Any], str]
BOTH: list[Case] = [
    *(("status", {"code": code}, "unreachable") for code in (500, 503)),
    *(("status", {"code": code}, "refused") for code in (204, 400, 403)),
    ("status", {"code": 401}, "missing refused"),
    ("status", {"code": 404}, "missing"),
    ("status", {"code": 404, "error_code": "EntryNotFound"}, "missing"),
    ("status", {"code": 401, "error_code": "GatedRepo"}, "gated"),
    ("status", {"code": 403, "message": "Access to this resource is disabled."}, "disabled"),
    ("status", {"code": 429, "retry_after": 600}, "rate-limited"),
    ("rate-limit", {"t": 900}, "rate-limited"),
    *(("truncate", options, "truncated") for options in ({}, {"keep": 0})),
    *(("short", options, "truncated") for options in ({}, {"keep": 10})),
    ("garbage", {}, "truncated refused"),
    ("empty", {}, "truncated"),
    *(("reset", {"hard": hard}, "unreachable truncated") for hard in (False, True)),
    ("loop", {}, "unreachable refused"),
    ("redirect", {"to": "http://localhost:9/elsewhere{target}"}, "refused"),
    ("redirect", {"to": "/login"}, "missing refused"),
    ("huge", {"chunked": True}, "refused"),
    *(("gzip-bomb", {"size": size}, "refused truncated") for size in (100_000, 50_000_000)),
]
WAITING: list[Case] = [("slow", {"seconds": 30}, "timed-out"), ("drip", {"seconds": 0.05}, "timed-out")]
ON_API: list[Case] = [
    ("chop-json", {}, "truncated"),
    ("no-sha", {}, "truncated refused"),
    ("bad-types", {}, "truncated refused"),
    ("bad-types", {"fields": {"sha": "main"}}, "truncated refused"),
    ("bad-types", {"fields": {"sha": "0" * 40}}, "missing refused truncated"),
    ("bad-types", {"fields": {"gated": "manual"}}, "gated"),
    ("bad-types", {"fields": {"disabled": True}}, "disabled"),
    ("other-id", {}, "refused missing"),
    ("other-id", {"id": "acme/clean-other"}, "refused missing"),
]
ON_FILES: list[Case] = [("no-commit", {}, "refused")]
PAIRED = [case for case in (*BOTH, *ON_API) if case[0] not in ("huge", "gzip-bomb")]


class Ran(NamedTuple):
    """How a scan ended: exit code, stdout, stderr, seconds."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def told(self) -> list[str]:
        """Messages of the findings about what was not read."""
        return [found["message"] for found in json.loads(self.out)["findings"] if found["rule"] == "unread"]


def scan(*arguments: str, form: str = "json") -> Ran:
    """Run `licheck scan` in this process; a bug counts as exit code 4, as `licheck` itself has it."""
    start = time.monotonic()
    done = CliRunner().invoke(application(), ["scan", *arguments, "-f", form])
    code, err = done.exit_code, done.stderr
    if isinstance(done.exception, LicheckError):
        code, err = done.exception.exit_code, err + str(done.exception)
    elif done.exception and not isinstance(done.exception, SystemExit):
        code, err = 4, err + "".join(traceback.format_exception(done.exception))
    return Ran(code, done.stdout, err, time.monotonic() - start)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Begin with an empty cache: at once, and again at every call."""
    made: list[Path] = []

    def empty() -> Path:
        made.append(tmp_path / f"cache-{len(made)}")
        monkeypatch.setenv("LICHECK_CACHE", str(made[-1]))
        return made[-1]

    empty()
    return empty


@pytest.fixture
def lineage(hub: HubServer, cache: Any) -> HubServer:
    """A Hub with a lineage in which nothing is wrong."""
    hub.model(ROOT_MODEL, {"LICENSE": TEXT}, card=CARD)
    hub.model(BASE, {"LICENSE": TEXT}, card={**CARD, "base_model": ROOT_MODEL})
    hub.dataset("acme/clean-data", {"LICENSE": TEXT}, card=CARD)
    hub.model(CHILD, {"LICENSE": TEXT}, card={**CARD, "base_model": BASE, "datasets": "acme/clean-data"})
    adapter = {"base_model_name_or_path": BASE, "peft_type": "LORA"}
    hub.model(ADAPTER, {"LICENSE": TEXT, "adapter_config.json": json.dumps(adapter)}, card=CARD)
    hub.model("acme/new-name", {"LICENSE": TEXT}, card=CARD)
    hub.rename("acme/old-name", "acme/new-name")
    hub.model(MERGE, {"LICENSE": TEXT, "mergekit_config.yml": MERGED}, card=CARD)
    hub.model(GGUF, {"LICENSE": TEXT, "x.gguf": b"GGUF"}, card={**CARD, "base_model": MERGE})
    return hub


def wrong(ran: Ran, clean: Ran | None, limit: float, states: str = "") -> str:
    """What is wrong with a scan during which something could not be read; `clean` if it may have been made good."""
    if ran.code not in (0, 1, 2, 3) or "Traceback" in ran.out + ran.err:
        return f"exit code {ran.code}: {ran.err[-300:]}"
    if ran.seconds > limit + 2:
        return f"took {ran.seconds:.1f} s"
    if clean and ran.out == clean.out and ran.code == 0:
        return ""
    if ran.code != 3 or json.loads(ran.out)["verdict"] != "undetermined":
        return f"exit code {ran.code}, {ran.told}"
    if states and not any(f"({state})" in message for message in ran.told for state in states.split()):
        return f"none of ({states}) in {ran.told}"
    return ""


def names(case: Case) -> str:
    return "-".join([case[0], *(str(value)[:18] for value in case[1].values())])


@pytest.mark.parametrize("target", [CHILD, ADAPTER, MERGE, GGUF])
def test_without_a_fault_it_is_clean(lineage: HubServer, target: str) -> None:
    ran = scan(target, "--fail-on", "info")
    found = json.loads(ran.out)
    assert (ran.code, ran.err, found["verdict"], found["findings"]) == (0, "", "pass", [])
    assert {artifact["state"] for artifact in found["artifacts"]} == {"read"}
    assert len(found["artifacts"]) == {CHILD: 4, ADAPTER: 3, MERGE: 5, GGUF: 6}[target]


@pytest.mark.parametrize("case", [*BOTH, *WAITING, *ON_API, *ON_FILES], ids=names)
def test_no_fault_that_stays_ends_in_clean(lineage: HubServer, cache: Any, naps: list[float], case: Case) -> None:
    kind, options, states = case
    places = API if case in ON_API else FILES if case in ON_FILES else API + FILES
    limit = 1 if case in WAITING else 3
    bad = {}
    for place, target in places[1::3] if case in WAITING else places:
        cache()
        lineage.clear()
        lineage.fault(kind, match=place, **options)
        if problem := wrong(scan(target, "--time-limit", str(limit)), None, limit, states):
            bad[f"{place} for {target}"] = problem
    assert bad == {}


@pytest.mark.parametrize("case", [*BOTH[:12], *ON_API[:4]], ids=names)
def test_a_dataset_that_was_not_read_is_told(lineage: HubServer, cache: Any, naps: list[float], case: Case) -> None:
    """One that is gone or closed informs whoever takes the weights, no more; what may be read tomorrow is open."""
    kind, options, states = case
    lineage.fault(kind, match="/api/datasets/", **options)
    ran = scan(CHILD, "--time-limit", "3")
    assert wrong(ran, None, 3, states) == "" or states.split()[0] in ("missing", "gated")
    assert any(f"({state})" in message for message in ran.told for state in states.split())


def made_good(case: Case) -> bool:
    """Whether another try has to help: the Hub asks for one, or the line broke in the middle."""
    return case[2] == "unreachable" or case[0] in ("truncate", "reset")


PASSING = [case for case in BOTH if "refused" not in case[2] or case[0] == "garbage"]


@pytest.mark.parametrize("case", [*PASSING, WAITING[0], *ON_API[:3]], ids=names)
def test_a_fault_that_passes_is_made_good_or_told(
    lineage: HubServer, cache: Any, naps: list[float], case: Case
) -> None:
    kind, options, _ = case
    bad = {}
    for place, target in [API[1]] if case in ON_API else [API[1], FILES[0], FILES[3]]:
        cache()
        lineage.clear()
        clean = scan(target)
        cache()
        lineage.fault(kind, match=place, times=1, **({"seconds": 0.2} if kind == "slow" else options))
        ran = scan(target, "--time-limit", "20")
        if problem := wrong(ran, clean, 20):
            bad[place] = problem
        elif ran.code and (made_good(case) or (kind == "short" and "models" not in place)):
            bad[place] = f"not tried again: {ran.told}"
    assert bad == {}


def test_a_short_pause_is_kept_and_a_long_one_is_not_waited_for(lineage: HubServer, cache: Any) -> None:
    clean = scan(BASE)
    cache()
    lineage.fault("rate-limit", match=rf"/models/{ROOT_MODEL}\?", times=1, t=1)
    ran = scan(BASE)
    assert (ran.code, ran.out) == (0, clean.out)
    assert 1 <= ran.seconds < 4
    cache()
    lineage.fault("rate-limit", match="clean-base", t=1)
    assert wrong(scan(CHILD, "--time-limit", "2"), None, 2, "rate-limited") == ""
    lineage.clear()
    cache()
    lineage.fault("rate-limit", match="clean-base", t=60)
    ran = scan(CHILD, "--time-limit", "30")
    assert wrong(ran, None, 0, "rate-limited") == ""


def test_the_time_limit_holds_for_a_hub_that_never_answers(lineage: HubServer) -> None:
    lineage.fault("slow", seconds=30)
    ran = scan(CHILD, BASE, ADAPTER, MERGE, "--time-limit", "2")
    assert wrong(ran, None, 2, "timed-out") == ""


def test_no_pair_of_faults_ends_in_clean(lineage: HubServer, cache: Any, naps: list[float]) -> None:
    draw = random.Random(2026)
    places = [
        rf"/models/{name}\?" for name in (GGUF, MERGE, BASE, ROOT_MODEL, ADAPTER, "acme/old-name", "acme/new-name")
    ]
    places += [f"/{name}/resolve/.*/LICENSE" for name in (GGUF, MERGE, BASE, ROOT_MODEL, ADAPTER, "acme/new-name")]
    places += [f"/{GGUF}/resolve/.*/README", "/adapter_config.json", "/mergekit_config.yml"]
    bad = {}
    for _ in range(40):
        pair = [(draw.choice(PAIRED), place) for place in draw.sample(places, 2)]
        # Only the metadata can lack a field; the old name answers with a redirect, whatever its body.
        pair = [(case, place) for case, place in pair if "models" in place or case not in ON_API]
        pair = [(case, place) for case, place in pair if "old" not in place or case[0] in ("status", "reset", "loop")]
        cache()
        lineage.clear()
        for case, place in pair:
            lineage.fault(case[0], match=place, **case[1])
        if pair and (problem := wrong(scan(GGUF, "--time-limit", "3"), None, 3)):
            bad[str([(names(case), place) for case, place in pair])] = problem
    assert bad == {}


def values(draw: random.Random, depth: int = 0) -> Any:
    """A JSON value that no Hub would send there."""
    plain = ["", "x" * 3000, "\ud800", "a b/c d", "../..", "acme/clean-root", "license:mit", "\0\x1b[31m", None, True]
    plain += [0, -1, 10**30, 1e300, float("nan"), float("inf")]
    if depth > 2 or draw.random() < 0.5:
        return draw.choice(plain)
    count = draw.randrange(4)
    if draw.random() < 0.5:
        return [values(draw, depth + 1) for _ in range(count)]
    keys = [
        "id",
        "rfilename",
        "models",
        "relation",
        "license",
        "base_model",
        "datasets",
        "extra_gated_fields",
        "\ud800",
    ]
    return {draw.choice(keys): values(draw, depth + 1) for _ in range(count)}


FIELDS = (
    *("id", "sha", "siblings", "cardData", "tags", "baseModels", "gated", "createdAt", "lastModified", "config"),
    *("disabled", "private", "gguf", "library_name"),
)


def test_no_metadata_is_a_bug(lineage: HubServer, cache: Any, naps: list[float]) -> None:
    draw, bad = random.Random(7), {}
    known: list[dict[str, Any]] = [{"siblings": [{"rfilename": "LICENSE\ud800"}]}, {"id": f"\ud800/{BASE[5:]}"}]
    known += [{"id": f"a b/c/{BASE[5:]}"}, {"cardData": {"base_model": "a b/c@d e"}}, {"config": [[[[]]]] * 9}]
    for turn in range(48):
        fields = (
            known.pop()
            if known
            else {name: values(draw) for name in (FIELDS[turn % len(FIELDS)], *draw.sample(FIELDS, draw.randrange(3)))}
        )
        cache()
        lineage.clear()
        lineage.fault("bad-types", match=rf"/models/{draw.choice([BASE, ROOT_MODEL])}\?", fields=fields)
        ran = scan(BASE, "--time-limit", "5", form=draw.choice(["text", "json", "markdown"]))
        if ran.code not in (0, 1, 3) or ran.seconds > 7:
            bad[ascii(fields)[:200]] = (ran.code, ran.err[-120:], ran.seconds)
    assert bad == {}


ODD = [
    *("license: [apache-2.0, [mit, [x]]]", "license: {a: b}", "license: 5", "license: yes", "license: 2024-13-45"),
    *("license: ~", "license:", "base_model: [1, {a: [b]}, null]", "base_model: acme/clean-root\nbase_model: a/b"),
    *(
        "\tlicense: mit",
        "license: \tmit",
        "license: 'mit",
        'license: "\\ud800"',
        "license: !!python/object:os.system x",
    ),
    *(
        "a: &a [*a]\nlicense: *a",
        "? [a, b]\n: c",
        "? {a: b}\n: c",
        "- a\n- b",
        "plain words",
        "%YAML 9.9",
        "license: \0",
    ),
    *(
        "license: !!binary gIGC",
        "datasets: " + "[" * 3000,
        "license: " + "x" * 100_000,
        "1: 2\n2.5: 3\ntrue: x\nnull: y",
    ),
    *("\n".join(f"k{n}: v" for n in range(1500)), "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nlicense: *c"),
    *("base_model: acme/clean-root@a b", "base_model: hf:acme/clean-root@..", "extra_gated_fields: {1: checkbox}"),
    *(
        "license: other\nlicense_name: [a]\nlicense_link: {b: c}",
        "license: 1e999",
        "\u2028: \u202e",
        "license: \ufeffmit",
    ),
    *(
        "<<: *x",
        "<<: {license: mit}",
        "<<: [{license: mit}, 5]",
        "datasets:\n- \n- a/b\n-\n",
        "license: |\n  mit\n  gpl",
    ),
]


def test_no_card_is_a_bug(lineage: HubServer, cache: Any, naps: list[float]) -> None:
    draw, bad = random.Random(11), {}
    mixed = ["\n".join(draw.sample(ODD[:20] + ODD[-14:], 3)) for _ in range(10)]
    for block in [*ODD, *mixed]:
        cache()
        readme = f"---\n{block}\n---\n# A model\n".encode("utf-8", "surrogatepass")
        lineage.model("acme/odd", {"README.md": readme, "LICENSE": TEXT}, card={"base_model": "acme/odd-base"})
        lineage.model("acme/odd-base", {"README.md": readme, "LICENSE": TEXT}, card={})
        ran = scan("acme/odd", "--time-limit", "5", form=draw.choice(["text", "json", "markdown"]))
        if ran.code not in (0, 1, 3) or ran.seconds > 7:
            bad[block[:100]] = (ran.code, ran.err[-200:], ran.seconds)
    assert bad == {}
