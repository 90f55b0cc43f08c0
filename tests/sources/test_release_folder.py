"""The folder that a manifest names: what is read, what is passed over with its reason, and what ends the run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from helpers_input import GOOD, licheck, project, unprivileged

from licheck.errors import InputError
from licheck.sources import folder
from licheck.sources.folder import MAX_DEPTH, MAX_ENTRIES, MAX_FILE_BYTES, MAX_FILES

PATH = GOOD.replace("uses:", "  path: {}\nuses:")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nowhere", "nowhere does not exist"),
        ("README.md", "README.md is a file, not a folder"),
        ("README.md/deeper", "does not exist"),
        ("loop", "does not exist"),
        ('"a\\0b"', "does not exist"),
        ("a" * 300, "File name too long"),
    ],
)
def test_a_wrong_path_in_the_manifest_names_line_and_key(tmp_path: Path, path: str, says: str) -> None:
    project(tmp_path, PATH.format(path))
    (tmp_path / "loop").symlink_to("loop")
    done = licheck("check", cwd=tmp_path)
    assert done.returncode == 2
    first, help_ = done.stderr.decode().splitlines()
    assert first.startswith("error: licheck.yaml:5: project.path: ")
    assert says in first
    assert "help: " in help_


def test_a_path_may_lead_to_another_folder(tmp_path: Path) -> None:
    project(tmp_path / "release")
    (tmp_path / "legal").mkdir()
    (tmp_path / "legal" / "licheck.yaml").write_text(PATH.format("../release"))
    assert licheck("check", "legal", cwd=tmp_path).returncode == 0
    (tmp_path / "link").symlink_to("release")
    assert set(folder.read(tmp_path / "link").texts) == {"README.md"}


def test_without_a_manifest_the_folder_itself_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere does not exist\n  help: name the folder"):
        folder.read(tmp_path / "nowhere")


def test_links_are_followed_inside_only(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "LICENSE").write_text("foreign")
    root = tmp_path / "release"
    (root / "docs").mkdir(parents=True)
    (root / "docs" / "TERMS.txt").write_text("terms")
    (root / "docs" / "up").symlink_to("..")
    for name, target in {
        "LICENSE": "docs/TERMS.txt",
        "NOTICE": "NOTICE",
        "README.md": "README.txt",
        "README.txt": "README.md",
        "COPYING": "gone",
        "stolen.txt": "../secret.txt",
        "passwd.txt": "/etc/passwd",
        "legal": "../outside",
        "around.txt": "../release/docs/TERMS.txt",
    }.items():
        (root / name).symlink_to(target)
    read = folder.read(root)
    assert read.texts == {"LICENSE": "terms", "docs/TERMS.txt": "terms", "around.txt": "terms"}
    assert set(read.skipped) == {
        *(f"{name}: a link to nothing" for name in ("NOTICE", "README.md", "README.txt", "COPYING")),
        *(f"{name}: a link out of the folder" for name in ("stolen.txt", "passwd.txt", "legal")),
    }


def test_a_link_loop_does_not_stop_the_check(tmp_path: Path) -> None:
    project(tmp_path)
    (tmp_path / "LICENSE").symlink_to("LICENSE")
    done = licheck("check", cwd=tmp_path)
    assert done.returncode == 0
    assert b"not read: LICENSE: a link to nothing" in done.stdout


@unprivileged
@pytest.mark.parametrize("name", ["docs", "LICENSE", "."])
def test_what_may_not_be_read_gives_no_verdict(tmp_path: Path, name: str) -> None:
    release = project(tmp_path / "release", LICENSE="mine")
    (release / "docs").mkdir()
    (tmp_path / "licheck.yaml").write_text(PATH.format("release"))
    (release / name).chmod(0)
    done = licheck("check", cwd=tmp_path)
    (release / name).chmod(0o700)
    assert done.returncode == 3
    assert b"licheck.yaml:5: project.path: cannot read" in done.stderr


def test_what_is_not_text_is_passed_over_with_its_reason(tmp_path: Path) -> None:
    for name, data in {
        "LICENSE": b"\x7fELF\0\0\0",
        "LICENSE.txt": "Lizenz für alle".encode("latin-1"),
        "NOTICE": "Hinweis für alle\r\n".encode("utf-16"),
        "NOTICE.txt": b"\xff\xfeX",
        "README.md": b"\xef\xbb\xbfa\r\nb\rc\n",
        "TERMS": b"",
    }.items():
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "COPYING")
    (tmp_path / "LICENSES").mkdir()
    read = folder.read(tmp_path)
    assert read.texts == {"NOTICE": "Hinweis für alle\n", "README.md": "a\nb\nc\n", "TERMS": ""}
    assert set(read.skipped) == {f"{n}: not text in UTF-8 or UTF-16" for n in ("LICENSE", "LICENSE.txt", "NOTICE.txt")}


def test_huge_files_are_not_read_whatever_they_are(tmp_path: Path) -> None:
    (tmp_path / "LICENSE").write_text("x" * MAX_FILE_BYTES)
    for name in ("README.md", "NOTICE"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(50_000_000_000)  # a hole: takes no room
    (tmp_path / "model.safetensors").write_bytes(b"x")
    read = folder.read(tmp_path)
    assert set(read.texts) == {"LICENSE"}
    assert sorted(read.skipped) == [f"{n}: 50,000,000,000 bytes, more than 1,000,000" for n in ("NOTICE", "README.md")]


def test_thousands_of_texts_do_not_hide_the_licence(tmp_path: Path) -> None:
    for i in range(3000):
        (tmp_path / f"{i:05}.txt").touch()
    for name in ("LICENSE", "README.md", "notice.txt"):
        (tmp_path / name).write_text("mine")
    read = folder.read(tmp_path)
    assert {"LICENSE", "README.md", "notice.txt"} < set(read.texts)
    assert len(read.texts) == MAX_FILES
    [skipped] = read.skipped
    assert skipped == f"{MAX_FILES - 3:05}.txt and 2,602 more: over the limit of 400 files or 16,000,000 bytes"


def test_a_folder_full_of_data_does_not_hide_the_licence(tmp_path: Path) -> None:
    for i in range(MAX_ENTRIES + 5):
        os.mknod(tmp_path / f"{i:05}.bin")
    (tmp_path / "LICENSE").write_text("mine")
    assert folder.read(tmp_path) == ({"LICENSE": "mine"}, (f".: more than {MAX_ENTRIES:,} entries",))


def test_other_peoples_folders_hidden_ones_and_deep_ones_are_left_out(tmp_path: Path) -> None:
    deep = "/".join("abcdefgh"[: MAX_DEPTH + 1])
    for name in ("node_modules", "Vendor", ".git", "third_party/x", deep):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "LICENSE").write_text("theirs")
    (tmp_path / deep).parent.joinpath("LICENSE").write_text("mine")
    assert folder.read(tmp_path).texts == {f"{deep.rpartition('/')[0]}/LICENSE": "mine"}


def test_a_name_that_is_not_utf8_breaks_no_report(tmp_path: Path) -> None:
    home = tmp_path / os.fsdecode(b"caf\xe9")
    project(home)
    (home / os.fsdecode(b"LICENSE-\xe9\x1b[31m.txt")).write_bytes(b"\xe9")
    for encoding in ("utf-8:strict", "ascii"):
        text = licheck("check", home, cwd=tmp_path, PYTHONIOENCODING=encoding)
        data = licheck("check", home, "--format", "json", cwd=tmp_path, PYTHONIOENCODING=encoding)
        assert (text.returncode, data.returncode) == (0, 0)
        assert "not read: LICENSE-\\udce9\\u001b[31m.txt: not text" in text.stdout.decode("utf-8")
        assert json.loads(data.stdout.decode("utf-8"))["skipped"][0].startswith("LICENSE-\udce9\x1b[31m.txt")
