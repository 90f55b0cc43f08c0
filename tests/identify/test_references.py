"""What a text says about its licence: found with its place where it says so, and nowhere else."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from conftest import ROOT

from licheck import pipeline
from licheck.db.store import Database
from licheck.identify.names import Names
from licheck.identify.references import Reference, references
from licheck.report.identify import render
from licheck.words import words

GEMMA = ("gemma-tou-2024-02-21", "gemma-tou-2024-04-01", "gemma-tou-2025-03-24")
APACHES = ("Apache-1.0", "Apache-1.1", "Apache-2.0")
GPLS = ("GPL-1.0-only", "GPL-2.0-only", "GPL-3.0-only")
BSDS = ("BSD-2-Clause", "BSD-3-Clause", "BSD-3-Clause-Clear")


@pytest.fixture(scope="module")
def names() -> Names:
    database = Database.open()
    tags = {entry["tag"]: entry["documents"] for entry in database.record("hub_tags")["tags"]}
    listed = database.record("fingerprints/names")["rows"]
    return Names(database.record("names"), listed, tags, database.record("addresses"))


def found(text: str, names: Names) -> list[Reference]:
    return references(words(text), names)


def gnu(kind: str, version: str, rest: str) -> str:
    return (
        f"# This file is free software; you may pass it on or change it under the\n# terms of the GNU {kind}General"
        f" Public License as published by\n# the Free Software Foundation, {version}{rest}.\n\nimport os\n"
    )


LATER = " of the License, or\n# (at your option) any later version"

# (by, text, ids of all references with that `by`)
POSITIVE: list[tuple[str, str, list[tuple[str, ...]]]] = [
    ("spdx", "# SPDX-License-Identifier: MIT\nimport os\n", [("MIT",)]),
    ("spdx", "// SPDX-License-Identifier: (MIT OR Apache-2.0)\n", [("MIT", "Apache-2.0")]),
    ("spdx", "/* SPDX-License-Identifier: apache-2.0 */\nint x;\n", [("Apache-2.0",)]),
    ("spdx", "<!-- SPDX-License-Identifier: CC-BY-4.0 -->\n# A page\n", [("CC-BY-4.0",)]),
    ("spdx", "# Copyright 2024 Jo\n# SPDX-License-Identifier: ISC\n\nx = 1\n", [("ISC",)]),
    ("spdx", "; SPDX-License-Identifier: GPL-2.0+\n", [("GPL-2.0-or-later",)]),
    ("spdx", "# SPDX-License-Identifier: GPL-2.0-only WITH Classpath-exception-2.0\n", [("GPL-2.0-only",)]),
    ("spdx", "# SPDX-License-Identifier: LicenseRef-House-Rules\n", [("LicenseRef-House-Rules",)]),
    ("spdx", "# SPDX-License-Identifier: whatever you like\n", [()]),
    ("spdx", "# SPDX-License-Identifier: MIT OR\n", [()]),
    ("tag", "---\nlicense: llama3.1\nbase_model: meta-llama/Llama-3.1-8B\n---\n# Card\n", [("llama3.1",)]),
    ("tag", "---\nlicense: gemma\n---\n", [GEMMA]),
    ("tag", "---\nlicense: other\nlicense_name: deepseek\nlicense_link: LICENSE\n---\n", [("deepseek-1.0",)]),
    ("tag", '---\r\nlicense: "cc-by-nc-4.0"  # not for sale\r\n---\r\n', [("CC-BY-NC-4.0",)]),
    ("tag", "---\nlicense:\n- mit\n- apache-2.0\n---\n", [("MIT",), ("Apache-2.0",)]),
    ("tag", "---\nlicense: [mit, bsd-3-clause]\n---\n", [("MIT",), ("BSD-3-Clause",)]),
    ("tag", "---\nlicense: bsd\n---\n", [BSDS]),
    ("tag", "---\nlicense: gpl-3.0\n---\n", [("GPL-3.0-only",)]),
    ("tag", "---\nlicense: the-miller-licence\n---\n", [()]),
    ("name", "Our parser is licensed under the Apache License, Version 2.0.\n", [("Apache-2.0",)]),
    ("name", "Released under Apache 2.0, like its parent.\n", [("Apache-2.0",)]),
    ("name", "The checkpoints are distributed under apache-2.0\n", [("Apache-2.0",)]),
    ("name", "Weights are available\nunder the terms of the\nApache License v2.\n", [("Apache-2.0",)]),
    ("name", "Use is subject to the Llama 3.1 Community License.\n", [("llama3.1",)]),
    ("name", "Its weights are governed by the Llama 3.2 Community License Agreement.\n", [("llama3.2",)]),
    ("name", "# Tool\n\n## License\n\nMIT\n", [("MIT",)]),
    ("name", "Tool\n====\n\nLicense\n-------\n\nBSD 3-Clause\n", [("BSD-3-Clause",)]),
    ("name", "**License**: MIT\n", [("MIT",)]),
    ("name", "- License: Apache 2.0\n- Size: 7B\n", [("Apache-2.0",)]),
    ("name", 'name = "tool"\nlicense = "MIT"\n', [("MIT",)]),
    ("name", 'license = { text = "BSD-2-Clause" }\n', [("BSD-2-Clause",)]),
    ("name", '{"name": "tool", "license": "ISC"}\n', [("ISC",)]),
    ("name", "License :: OSI Approved :: MIT License\n", [("MIT",)]),
    ("name", "| Key | Value |\n|---|---|\n| **License** | MIT |\n", [("MIT",)]),
    ("name", "The code carries the MIT License.\n", [("MIT",)]),
    ("name", "This is MIT-licensed software.\n", [("MIT",)]),
    ("name", "Dual-licensed under MIT or Apache-2.0.\n", [("MIT",), ("Apache-2.0",)]),
    ("name", "Released under the [MIT](LICENSE) licence.\n", [("MIT",)]),
    ("name", "Licensed under the <b>Mozilla Public License 2.0</b>\n", [("MPL-2.0",)]),
    ("name", "Licensed under a 3-clause BSD license.\n", [("BSD-3-Clause",)]),
    ("name", "Released under the two-clause BSD licence\n", [("BSD-2-Clause",)]),
    ("name", "Distributed under the BSD license.\n", [BSDS]),
    ("name", "Distributed under the Apache License.\n", [APACHES]),
    ("name", "Released under the GPL.\n", [GPLS]),
    ("name", "Available under GPLv3\n", [("GPL-3.0-only",)]),
    ("name", "Available under the GPL v3 or later.\n", [("GPL-3.0-or-later",)]),
    ("name", "License: GPLv2+\n", [("GPL-2.0-or-later",)]),
    ("name", "License: LGPL-2.1-or-later\n", [("LGPL-2.1-or-later",)]),
    ("name", gnu("", "either version 3", LATER), [("GPL-3.0-or-later",)]),
    ("name", gnu("", "version 2", " of the License"), [("GPL-2.0-only",)]),
    ("name", gnu("Lesser ", "either\n# version 2.1", LATER), [("LGPL-2.1-or-later",)]),
    ("name", gnu("Affero ", "either version 3", LATER), [("AGPL-3.0-or-later",)]),
    ("name", gnu("Affero ", "version 3", ""), [("AGPL-3.0-only",)]),
    ("name", "under the terms of version 2 of the GNU General Public License\n", [("GPL-2.0-only",)]),
    ("name", "The pictures are shared under CC BY-NC 4.0.\n", [("CC-BY-NC-4.0",)]),
    (
        "name",
        "Licensed under the Creative Commons Attribution-ShareAlike 4.0 International License.",
        [("CC-BY-SA-4.0",)],
    ),
    ("name", "Creative Commons Attribution Non-Commercial No Derivatives 4.0 license", [("CC-BY-NC-ND-4.0",)]),
    ("name", "Released under CC-BY-3.0-DE\n", [("CC-BY-3.0-DE",)]),
    ("name", "Released under CC0.\n", [("CC0-1.0",)]),
    ("name", "Provided under the CreativeML OpenRAIL++-M license\n", [("openrail++-m",)]),
    ("name", "with a CreativeML OpenRAIL-M license on top\n", [("creativeml-openrail-m",)]),
    ("name", "Gemma is provided under the Gemma Terms of Use\n", [GEMMA]),
    ("name", "## License\n\nCode is Apache-2.0, data is CC BY 4.0.\n", [("Apache-2.0",), ("CC-BY-4.0",)]),
    ("name", "本项目采用 Apache 2.0 许可证\n", [("Apache-2.0",)]),
    ("name", "## 许可证\n\nMIT\n", [("MIT",)]),
    ("name", "许可证：MIT\n", [("MIT",)]),
    ("name", "subject to the terms of the Mozilla Public\n# License, v. 2.0. If a copy", [("MPL-2.0",)]),
    ("name", "Licensed under the Academic Free License (“AFL”) v. 3.0\n", [("AFL-3.0",)]),
    ("name", "GNU Lesser General Public License v2.1 (LGPL), not later", [("LGPL-2.1-only",)]),
    ("name", "under the GNU LGPL v2.1 (LGPL) or the GNU GPL v3+\n", [("LGPL-2.1-only",), ("GPL-3.0-or-later",)]),
    ("name", "Released under Python-2.0.\n", [("Python-2.0",)]),
    ("name", "Released under GPLv2 for now or later.\n", [("GPL-2.0-only",)]),
    ("name", "It is covered by the Server Side Public License, v1.\n", [("SSPL-1.0",)]),
    ("address", "See http://www.apache.org/licenses/LICENSE-2.0\n", [("Apache-2.0",)]),
    ("address", "See [here](https://opensource.org/licenses/MIT).\n", [("MIT",)]),
    ("address", "https://opensource.org/license/bsd-3-clause/\n", [("BSD-3-Clause",)]),
    ("address", "https://opensource.org/license/apache-2-0\n", [("Apache-2.0",)]),
    ("address", '<a href="https://creativecommons.org/licenses/by-nc/4.0/"></a>', [("CC-BY-NC-4.0",)]),
    ("address", "creativecommons.org/licenses/by-sa/4.0/legalcode.en", [("CC-BY-SA-4.0",)]),
    ("address", "http://creativecommons.org/publicdomain/zero/1.0/", [("CC0-1.0",)]),
    ("address", "https://spdx.org/licenses/Zlib.html", [("Zlib",)]),
    ("address", "https://spdx.org/licenses/LGPL-3.0-or-later.html", [("LGPL-3.0-or-later",)]),
    ("address", "https://www.gnu.org/licenses/gpl-3.0.html", [("GPL-3.0-only",)]),
    ("address", "<https://www.gnu.org/licenses/old-licenses/lgpl-2.1.txt>", [("LGPL-2.1-only",)]),
    ("address", "https://www.gnu.org/licenses/gpl.html", [GPLS]),
    ("address", "Terms: [Terms](https://ai.google.dev/gemma/terms#use)", [GEMMA]),
    ("address", "https://www.llama.com/llama3_1/license/", [("llama3.1",)]),
    ("address", "https://opensource.org/license/mit?ref=tool", [("MIT",)]),
    ("address", "https://github.com/deepseek-ai/DeepSeek-V3/blob/9b4e978/LICENSE-MODEL", [("deepseek-1.0",)]),
    ("address", "https://unlicense.org/", [("Unlicense",)]),
    ("address", "![x](https://img.shields.io/badge/License-Apache_2.0-blue.svg)", [("Apache-2.0",)]),
]
NEGATIVE = [
    "",
    "MIT\n",
    "Apache-2.0 GPL-3.0 CC-BY-4.0\n",
    "The authors study at MIT and in Stanford.\n",
    "The course was released under MIT supervision in May.\n",
    "It was published under MIT's name.\n",
    "The lab is governed by MIT.\n",
    "Fine-tuned from Gemma and Llama 3.1 on a cluster.\n",
    "We compare Gemma, Qwen and DeepSeek under the terms of our benchmark.\n",
    "---\nbase_model: google/gemma-2b\ntags:\n- mit\nlanguage: en\n---\n# Card\n",
    "---\nlicense: other\n---\n# Card\n",
    "---\nlicense: unknown\n---\n# Card\n",
    "| Model | License |\n|---|---|\n| Foo | MIT |\n| Bar | Llama 3.1 Community License |\n",
    "| Model | Terms |\n|---|---|\n| Foo | [x](https://opensource.org/licenses/MIT) |\n",
    "## License\n\nSee the Contributing guide.\n",
    "## License\n\nSee the LICENSE file for details.\n",
    "License: see the file beside this one\n",
    "## Changelog\n\n- 1.3: faster loading of Apache Arrow files\n- 1.2: support GPL-2.0 headers in the scanner\n",
    "- moved from MIT to Apache 2.0\n",
    "The driver's license office at MIT closes at noon.\n",
    "A vanity license plate costs more.\n",
    "Runs behind an Apache 2.4 server, or under Apache Spark 3.\n",
    "This model is not licensed under the MIT License.\n",
    "Version 1 was formerly released under the GPL v2.\n",
    "The program comes under a modified version of the Apache License 2.0.\n",
    "The terms are compatible with the Apache License 2.0 in most readings.\n",
    "A BSD-style license, or an MIT-like license, would do.\n",
    "Released under an Apache-style license.\n",
    "Put an SPDX-License-Identifier: line at the top of each file.\n",
    "Every file has `SPDX-License-Identifier:` in it.\n",
    "Sign the agreement, pay the fee, and follow the terms.\n",
    "A fair license is a good thing; an open market license is another.\n",
    "See https://github.com/example/mit-license-scanner and https://example.org/gemma/terms\n",
    "See https://www.gnu.org/ and https://opensource.org/licenses/ and http://licenses.ai/\n",
    "In terms of JSON, the file is subject to change; Ruby reads it.\n",
    "Distributed with Vim and curl; the license server is down.\n",
    "To the extent possible provided that Intel agrees under pressure.\n",
    "We ask for permission to copy; use of the dashboard is limited to C.\n",
    "All methods are available under Python 2. Under Python 3 they are not.\n",
    "with open(license_file, 'rb') as f: pass\n",
    "A hook adds the Apache License 2.0 header and the Boost Software License badge.\n",
    "It is not yet publicly released here under MIT.\n",
    "Our MIT license server is down.\n",
    "GNU tar and the GNU C library are used.\n",
    "cc by the second author; cc 0 to nobody\n",
]


@pytest.mark.parametrize(("by", "text", "ids"), POSITIVE)
def test_a_reference_is_found(by: str, text: str, ids: list[tuple[str, ...]], names: Names) -> None:
    assert [r.ids for r in found(text, names) if r.by == by] == ids
    assert {r.by for r in found(text, names)} <= {by, "address"}


@pytest.mark.parametrize("text", NEGATIVE)
def test_what_only_looks_like_one_is_none(text: str, names: Names) -> None:
    assert found(text, names) == []


def test_most_names_of_the_list_are_found_behind_a_key_and_below_a_heading(names: Names) -> None:
    rows = [row for row in names.listed if "(" not in row[1]]
    for frame in ("License: {}\n", "# Tool\n\n## License\n\n{}\n", "This is licensed under the {}.\n"):
        wrong = [row[:2] for row in rows if not any(row[0] in r.ids for r in found(frame.format(row[1]), names))]
        assert len(wrong) <= 0.04 * len(rows), wrong


def test_every_tag_of_the_hub_leads_to_its_documents(names: Names) -> None:
    for entry in Database.open().record("hub_tags")["tags"]:
        answer = found(f"---\nlicense: {entry['tag']}\n---\n", names)
        if entry["documents"]:
            assert {i for r in answer for i in r.ids} >= set(entry["documents"]), entry["tag"]
        else:
            assert not any(r.ids for r in answer), entry["tag"]


def test_every_address_of_a_record_leads_to_it(names: Names) -> None:
    for address, ids in names.addresses.items():
        if not re.search(r"README\.md$|licenses\.ai/$", address):
            assert set(ids) <= {i for r in found(f"See {address} for more", names) for i in r.ids}, address


def test_places_are_words_and_characters(names: Names) -> None:
    text = "First line.\n\nThis tool is licensed under the MIT License, see below.\n"
    (one,) = found(text, names)
    assert text[one.first : one.last] == "licensed under the MIT License"
    assert words(text).tokens[one.start : one.end] == ["licensed", "under", "the", "mit", "license"]


def test_an_expression_is_canonical(names: Names) -> None:
    (one,) = found("# SPDX-License-Identifier: (mit or apache-2.0) and isc\n", names)
    assert one.expression == "(MIT OR Apache-2.0) AND ISC"


def test_the_page_of_a_gnu_licence_does_not_contradict_its_notice(names: Names) -> None:
    text = gnu("", "either version 3", LATER) + "# See https://www.gnu.org/licenses/gpl-3.0.html\n"
    assert [r.ids for r in found(text, names)] == [("GPL-3.0-or-later",)]


def ask(tmp_path: Path, text: str) -> dict[str, object]:
    path = tmp_path / "README.md"
    path.write_text(text, encoding="utf-8")
    (answer,) = pipeline.identify([path])
    return answer


def test_the_answer_says_what_a_text_refers_to(tmp_path: Path) -> None:
    answer = ask(tmp_path, "# Tool\n\nLicensed under the MIT License.\n\nLicensed under the MIT License.\n")
    assert (answer["status"], answer["license"]) == ("reference", None)
    assert answer["references"] == [
        {
            "license": ["MIT"],
            "expression": None,
            "by": "name",
            "line": 3,
            "end_line": 3,
            "quote": "Licensed under the MIT License",
        }
    ]
    assert render([answer]).endswith("README.md: refers to MIT (line 3: “Licensed under the MIT License”)\n")


def test_a_text_that_refers_to_nothing_stays_none(tmp_path: Path) -> None:
    answer = ask(tmp_path, "# Tool\n\nIt sorts lists.\n")
    assert (answer["status"], answer["references"]) == ("none", [])
    assert render([answer]).endswith("README.md: none\n")


def test_what_is_no_expression_is_shown(tmp_path: Path) -> None:
    answer = ask(tmp_path, "# SPDX-License-Identifier: freeware\n")
    assert "refers to something that is not an SPDX expression (line 1: “SPDX-License-Identifier: freeware”)" in render(
        [answer]
    )


@pytest.mark.corpus
def test_a_licence_does_not_refer_to_itself(tmp_path: Path, corpus: Path) -> None:
    text = (corpus / "corpus" / "licenses" / "std-apache-2.0.txt").read_text("utf-8")
    assert ask(tmp_path, text)["references"] == []
    beside = ask(tmp_path, "Some pages are licensed under CC BY 4.0.\n\n" + text)
    assert [r["license"] for r in beside["references"]] == [["CC-BY-4.0"]]  # type: ignore[attr-defined]


HOSTILE = (
    *(
        "(",
        "GPL ",
        "MIT license ",
        "License: ",
        "cc by ",
        "creative commons ",
        "https://",
        "a.",
        "under the ",
        "](",
        "<a ",
    ),
    *(
        "|",
        "2.",
        "- ",
        "İ",
        "GNU General Public ",
        "License\n",
        "the terms of the apache license version ",
        "non commercial ",
    ),
    *("license: - mit\n", "SPDX-License-Identifier: ((((((", "SPDX-License-Identifier: MIT\n", "--", "a" * 99 + "/"),
)


@pytest.mark.parametrize("piece", ["licensed under ", "SPDX-License-Identifier: ", "(((((("])
def test_a_megabyte_that_says_nothing_takes_no_time(piece: str, names: Names) -> None:
    split = words(piece * (1_000_000 // len(piece)))
    start = time.process_time()
    references(split, names)
    assert time.process_time() - start < 2


@pytest.mark.parametrize("piece", HOSTILE)
def test_the_time_is_linear_in_the_text(piece: str, names: Names) -> None:
    for text in (piece * (300_000 // len(piece)), "---\n" + piece * (300_000 // len(piece))):
        split = words(text)
        start = time.process_time()
        references(split, names)
        assert time.process_time() - start < 3, piece


def test_names_are_ready_in_milliseconds(names: Names) -> None:
    database = Database.open()
    recorded, listed = database.record("names"), database.record("fingerprints/names")["rows"]
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        Names(recorded, listed, {}, {}).beginning("mit")
        best = min(best, time.process_time() - start)
    assert best < 0.01


def test_the_table_of_names_holds_names_only() -> None:
    lines = (ROOT / "license_db" / "fingerprints" / "names.tsv").read_text("utf-8").splitlines()
    assert lines[0].split("\t") == ["id", "name", "url"]
    assert lines[1:] == sorted(lines[1:], key=lambda line: line.split("\t")[0])
    assert all(len(line.split("\t")) == len(lines[0].split("\t")) and len(line) < 300 for line in lines)
    assert [line.partition("\t")[0] for line in lines if "GNU General Public License v3" in line] == ["GPL-3.0-only"]
