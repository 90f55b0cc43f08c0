"""Heads of weight files: every version and byte order, and files that lie about what they hold."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import time
from pathlib import Path
from typing import Any

import pytest
from helpers_input import unprivileged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licheck.errors import InputError, UnreadableError
from licheck.sources.header import MAX_ITEMS, MAX_KEYS, MAX_STEPS, MAX_TEXT
from licheck.sources.weights import read_header

TYPES = {"u8": 0, "i8": 1, "u16": 2, "i16": 3, "u32": 4, "i32": 5, "f32": 6, "bool": 7, "u64": 10, "i64": 11, "f64": 12}
FORMATS = dict(zip(TYPES, "BbHhIif?Qqd", strict=True))


class Gguf:
    """Writes a GGUF file of any version and byte order."""

    def __init__(self, version: int = 3, order: str = "<") -> None:
        self.order, self.version = order, version
        self.wide = "Q" if version > 1 else "I"
        self.pairs: list[bytes] = []

    def length(self, number: int) -> bytes:
        return struct.pack(f"{self.order}{self.wide}", number)

    def text(self, value: str | bytes) -> bytes:
        data = value.encode() if isinstance(value, str) else value
        return self.length(len(data)) + data

    def kind(self, number: int) -> bytes:
        return struct.pack(f"{self.order}I", number)

    def number(self, kind: str, value: Any) -> bytes:
        return struct.pack(f"{self.order}{FORMATS[kind]}", value)

    def add(self, key: str | bytes, value: str | bytes) -> Gguf:
        return self.raw(key, 8, self.text(value))

    def add_number(self, key: str, kind: str, value: Any) -> Gguf:
        return self.raw(key, TYPES[kind], self.number(kind, value))

    def add_texts(self, key: str, values: list[str]) -> Gguf:
        return self.raw(key, 9, self.kind(8) + self.length(len(values)) + b"".join(map(self.text, values)))

    def raw(self, key: str | bytes, kind: int, value: bytes) -> Gguf:
        self.pairs.append(self.text(key) + self.kind(kind) + value)
        return self

    def data(self, count: int | None = None) -> bytes:
        head = b"GGUF" + self.kind(self.version) + self.length(0)
        return head + self.length(len(self.pairs) if count is None else count) + b"".join(self.pairs)


def safetensors(metadata: object, tensors: int = 1) -> bytes:
    header = {"__metadata__": metadata} if metadata is not None else {}
    header |= {f"t{n}": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]} for n in range(tensors)}
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(4)


def read(folder: Path, data: bytes, suffix: str = ".gguf") -> dict[str, Any]:
    path = folder / f"model{suffix}"
    path.write_bytes(data)
    return read_header(path)


def wrong(folder: Path, data: bytes, suffix: str = ".gguf") -> str:
    with pytest.raises(UnreadableError) as caught:
        read(folder, data, suffix)
    (problem,) = caught.value.problems
    assert problem.path == str(folder / f"model{suffix}")
    assert problem.help
    return problem.message


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
def test_every_version_and_byte_order(tmp_path: Path, version: int, order: str) -> None:
    file = Gguf(version, order).add("general.name", "Foo").add_texts("general.tags", ["a", "bé"])
    values = {"u8": 7, "i8": -7, "u16": 700, "i16": -700, "u32": 70_000, "i32": -7, "u64": 2**60, "i64": -(2**60)}
    for kind, value in {**values, "f32": 0.5, "f64": 0.25, "bool": True}.items():
        file.add_number(kind, kind, value)
    file.raw("numbers", 9, file.kind(5) + file.length(3) + b"".join(file.number("i32", n) for n in (1, -2, 3)))
    file.raw("lists", 9, file.kind(9) + file.length(1) + file.kind(8) + file.length(1) + file.text("x"))
    found = read(tmp_path, file.data())
    assert found == {
        "general.name": "Foo",
        "general.tags": ["a", "bé"],
        "numbers": [1, -2, 3],
        "lists": [["x"]],
        **values,
        "f32": 0.5,
        "f64": 0.25,
        "bool": True,
    }


def test_what_is_too_long_is_passed_over(tmp_path: Path) -> None:
    file = Gguf().add("long", "x" * (MAX_TEXT + 1)).add("fits", "x" * MAX_TEXT)
    file.add_texts("tokens", ["t"] * (MAX_ITEMS + 1))
    file.raw("scores", 9, file.kind(6) + file.length(MAX_ITEMS + 1) + bytes(4 * (MAX_ITEMS + 1)))
    inner = file.kind(8) + file.length(1) + file.text("x")
    file.raw("nested", 9, file.kind(9) + file.length(MAX_ITEMS + 1) + inner * (MAX_ITEMS + 1))
    file.add("general.license", "mit")
    assert read(tmp_path, file.data()) == {"fits": "x" * MAX_TEXT, "general.license": "mit"}


def test_odd_encodings_do_not_break_it(tmp_path: Path) -> None:
    assert read(tmp_path, Gguf().add(b"\xffkey", b"\xff\x00\xd8").data()) == {"\ufffdkey": "\ufffd\0\ufffd"}
    assert read(tmp_path, Gguf().add("", "").data()) == {"": ""}


def nested(depth: int) -> bytes:
    file = Gguf()
    return file.raw("deep", 9, (file.kind(9) + file.length(1)) * depth + file.kind(0) + file.length(0)).data()


def many(count: int, kind: int) -> bytes:
    file = Gguf()
    return file.raw("many", 9, file.kind(kind) + file.length(count)).data()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is not a GGUF file"),
        (b"GG", "is not a GGUF file: it does not begin with 'GGUF'"),
        (b"<!doctype html>", "is not a GGUF file"),
        (b"version https://git-lfs.github.com/spec/v1", "is not a GGUF file"),
        (b"GGUF" + struct.pack("<I", 4) + bytes(16), "is GGUF of version 4, and only 1 to 3 are known"),
        (b"GGUF" + bytes(20), "is GGUF of version 0"),
        (Gguf().data(2**60), "claims 1,152,921,504,606,846,976 keys, more than 100,000"),
        (Gguf().data(MAX_KEYS), "is cut off at byte 24: the length of key 0 would run to byte 32"),
        (many(2**60, 8), "is cut off at byte 52: the list many would run to byte"),
        (many(2**64 - 1, 12), "is cut off at byte 52"),
        (many(2**60, 9), "is cut off at byte 52"),
        (many(MAX_STEPS + 1, 8) + bytes(8 * MAX_STEPS + 8), f"holds more than {MAX_STEPS:,} items in lists"),
        (many(1, 13), "has the unknown type 13 at 'many'"),
        (nested(4), "nests lists deeper than 4 at 'deep'"),
        (nested(100_000), "nests lists deeper than 4"),
        (Gguf().raw("x", 99, b"").data(), "has the unknown type 99 at 'x'"),
        (Gguf().raw("x" * 70_000, 8, b"").data(), "has a key of 70,000 bytes, more than 65,535"),
        (
            Gguf().raw("x", 8, struct.pack("<Q", 2**63)).data(),
            "is cut off at byte 45: the value of x would run to byte",
        ),
        (
            Gguf().add("general.license", "mit").add("general.license", "x").data(),
            "has the key 'general.license' twice",
        ),
    ],
)
def test_hostile_files_are_refused_at_once(tmp_path: Path, data: bytes, says: str) -> None:
    start = time.perf_counter()
    assert wrong(tmp_path, data).startswith(says)
    assert time.perf_counter() - start < 10


def test_metadata_is_bounded_in_sum(tmp_path: Path) -> None:
    file = Gguf()
    for number in range(40):
        file.add(f"k{number}", "x" * MAX_TEXT)
    assert wrong(tmp_path, file.data()) == "holds more than 32,000,000 bytes of metadata"


def test_a_file_cut_off_anywhere_says_where(tmp_path: Path) -> None:
    file = Gguf().add("general.name", "Foo").add_number("n", "f64", 0.5).add_texts("tags", ["a", "b"])
    file.raw("ints", 9, file.kind(4) + file.length(2) + bytes(8))
    data = file.data()
    for end in range(4, len(data)):
        assert wrong(tmp_path, data[:end]).startswith(f"is cut off at byte {end}: ")
    assert len(read(tmp_path, data)) == 4


@pytest.mark.corpus
def test_a_real_gguf(corpus: Path, tmp_path: Path) -> None:
    path = corpus / "configs" / "gguf" / "sample-Q8_0.gguf"
    found = read_header(path)
    assert found["general.license"] == "llama3.1"
    assert found["general.tags"] == ["text-generation", "llama"]
    data = path.read_bytes()
    for end in range(len(data)):
        with contextlib.suppress(UnreadableError):
            assert read(tmp_path, data[:end]) == found


def test_safetensors(tmp_path: Path) -> None:
    metadata = {"format": "pt", "modelspec.license": "CC0-1.0", "n": 7, "list": ["a"], "none": None, "map": {"a": "b"}}
    found = {"format": "pt", "modelspec.license": "CC0-1.0", "n": 7, "list": ["a"]}
    assert read(tmp_path, safetensors(metadata), ".safetensors") == found
    assert read(tmp_path, safetensors(None), ".SafeTensors") == {}
    assert read(tmp_path, safetensors(None, 0), ".safetensors") == {}
    assert read(tmp_path, safetensors({"long": "x" * (MAX_TEXT + 1), "é": "ü"}), ".safetensors") == {"é": "ü"}


def packed(text: bytes) -> bytes:
    return struct.pack("<Q", len(text)) + text


def test_metadata_behind_tensors_and_twice(tmp_path: Path) -> None:
    tensor = b'{"dtype":"F32", "shape":[2, 3],"data_offsets":[0,24]}'
    text = b'{"a\\"}{":' + tensor + b' ,\n "__metad\\u0061ta__" : {"k":"v"},"__metadata__":{"k":"w"}}   '
    assert read(tmp_path, packed(text), ".safetensors") == {"k": "v"}


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is cut off at byte 0: the length of the header would run to byte 8"),
        (struct.pack("<Q", 100), "is cut off at byte 8: the header would run to byte 108"),
        (b"PK\x03\x04 a zip archive", "is not safetensors, or its header is too large"),
        (struct.pack("<Q", 2**63), "is not safetensors, or its header is too large: 9,223,372,036,854,775,808 bytes"),
        (packed(b""), "is not safetensors: its header is not a JSON object"),
        (packed(b"[]"), "is not safetensors: its header is not a JSON object"),
        (packed(b'{"a":7}'), "is not safetensors: byte 13 of its header describes no tensor"),
        (packed(b'{"a":' * 10_000), "is not safetensors: byte 13 of its header describes no tensor"),
        (packed(b"{nonsense"), "is not safetensors: its header is no JSON from byte 9 on"),
        (packed(b'{"' + b'\\"' * 10_000_000), "is not safetensors: its header is no JSON from byte 9 on"),
        (packed(b'{"__metadata__":' + b"[" * 1_000_000), "has a __metadata__ that is no JSON"),
        (packed(b'{"__metadata__":' + b"9" * 10_000 + b"}"), "has a __metadata__ that is no JSON"),
        (packed(b'{"__metadata__":"x"}'), "has a __metadata__ that is no JSON object"),
        (
            packed(b'{"__metadata__":{"a":"' + b"x" * 10_000_000 + b'"}}'),
            "has a __metadata__ that is no JSON, or is larger",
        ),
        (packed(b"{" + b'"":{},' * 1_000_001 + b"}"), "describes more than 1,000,000 tensors"),
    ],
    ids=range(15),
)
def test_hostile_safetensors_are_refused(tmp_path: Path, data: bytes, says: str) -> None:
    start = time.perf_counter()
    assert wrong(tmp_path, data, ".safetensors").startswith(says)
    assert time.perf_counter() - start < 30  # measured 1.5 s at most


def test_safetensors_cut_off_anywhere(tmp_path: Path) -> None:
    data = safetensors({"format": "pt"})
    for end in range(len(data) - 4):
        assert wrong(tmp_path, data[:end], ".safetensors").startswith(f"is cut off at byte {end}: ")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    st.binary(max_size=200), st.sampled_from([b"", b"GGUF\x03\0\0\0", b"GGUF\0\0\0\x03", b"GGUF\x01\0\0\0" + bytes(4)])
)
def test_no_bytes_break_it(tmp_path: Path, data: bytes, head: bytes) -> None:
    for suffix in (".gguf", ".safetensors"):
        with contextlib.suppress(UnreadableError):
            read(tmp_path, head + data, suffix)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.integers(0, 10_000), st.integers(0, 255))
def test_no_changed_byte_breaks_it(tmp_path: Path, at: int, byte: int) -> None:
    file = Gguf().add("general.license", "mit").add_texts("tags", ["a", "b"]).add_number("n", "i64", 7)
    for suffix, whole in ((".gguf", file.data()), (".safetensors", safetensors({"a": "b"}))):
        data = bytearray(whole)
        data[at % len(data)] = byte
        with contextlib.suppress(UnreadableError):
            read(tmp_path, bytes(data), suffix)


def test_wrong_paths(tmp_path: Path) -> None:
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "model.bin").write_bytes(b"GGUF")
    os.mkfifo(tmp_path / "pipe.gguf")
    for name, says in {
        "none.gguf": "does not exist",
        "folder.gguf": "is a folder",
        "a\0.gguf": "does not exist",
        "model.bin": "has the ending '.bin', which is not one of .gguf, .safetensors",
        "pipe.gguf": "is no plain file",
        "x" * 300 + ".gguf": "cannot be read: File name too long",
    }.items():
        with pytest.raises(InputError) as caught:
            read_header(tmp_path / name)
        assert caught.value.problems[0].message == says


@unprivileged
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    path.write_bytes(Gguf().data())
    path.chmod(0)
    with pytest.raises(UnreadableError, match="cannot be read: Permission denied"):
        read_header(path)
