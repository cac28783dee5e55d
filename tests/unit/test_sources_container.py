"""A zip is opened only once it has shown that it is harmless."""

import io
import struct
import zipfile
from pathlib import Path

import pytest

from pv.errors import FileProblemError
from pv.sources import container, folder
from pv.sources.container import check_zip
from pv.sources.folder import items_below


def packed(**members: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def code_of(content: bytes) -> str:
    with pytest.raises(FileProblemError) as caught:
        check_zip(io.BytesIO(content))
    return caught.value.code


def test_files_of_a_zip_are_named_in_order_without_folders_and_hidden_ones():
    content = packed(**{"b/": b"", "b/x.txt": b"", "a.txt": b"", "__MACOSX/a.txt": b"", ".y": b""})
    assert check_zip(io.BytesIO(content)) == ["a.txt", "b/x.txt"]


@pytest.mark.parametrize(
    "name", ["../x.txt", "/etc/x.txt", "a/../../x.txt", "..\\x.txt", "C:/x.txt"]
)
def test_a_path_out_of_the_zip_refuses_it(name):
    assert code_of(packed(**{"DEMO17Q2.txt": b"", name: b""})) == "unsafe_path"


def test_a_half_copied_zip_is_named():
    whole = packed(**{"DEMO17Q2.txt": b"primaryid$caseid\n" * 100})
    assert code_of(whole[: len(whole) // 2]) == "truncated_zip"


def test_an_empty_zip_is_named():
    assert code_of(packed()) == "empty_zip"


def test_the_same_name_twice_refuses_the_zip():
    target = io.BytesIO()
    with (
        zipfile.ZipFile(target, "w") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr("a.txt", b"1")
        archive.writestr("a.txt", b"2")
    assert code_of(target.getvalue()) == "duplicate_member"


def test_a_file_that_unpacks_two_hundredfold_refuses_the_zip():
    # Zeros pack about a thousandfold.
    assert code_of(packed(**{"DEMO17Q2.txt": bytes(50 << 20)})) == "zip_bomb"


def test_the_sum_of_the_files_is_bounded(monkeypatch):
    monkeypatch.setattr(container, "MAX_UNPACKED", 9)
    assert code_of(packed(**{"a.txt": b"12345", "b.txt": b"12345"})) == "zip_bomb"


def test_a_zip_with_a_password_is_named():
    content = bytearray(packed(**{"a.txt": b"1"}))
    at = content.index(b"PK\x01\x02") + 8  # the flags in the central directory
    struct.pack_into("<H", content, at, 1)
    assert code_of(bytes(content)) == "encrypted_zip"


def test_damage_inside_a_zip_is_found_when_the_member_is_read(tmp_path: Path):
    whole = bytearray(packed(**{"DEMO17Q2.txt": bytes(range(256)) * 100}))
    whole[100] ^= 0xFF
    (tmp_path / "x.zip").write_bytes(whole)
    (item,) = items_below(tmp_path)
    with pytest.raises(FileProblemError, match="damaged_zip"), item.open() as stream:
        stream.read()


def test_a_file_that_changes_while_it_is_read_is_not_taken(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"half")
    (item,) = items_below(tmp_path)
    with pytest.raises(FileProblemError, match="changed_while_reading"), item.open() as stream:
        stream.read()
        path.write_bytes(b"half and the rest")


def test_a_folder_named_like_a_file_is_not_entered(tmp_path: Path):
    (tmp_path / "DEMO25Q4.txt").mkdir()
    (tmp_path / "DEMO25Q4.txt" / "inner.txt").write_bytes(b"x")
    (item,) = items_below(tmp_path)
    assert item.name == "DEMO25Q4.txt"
    assert item.problem is not None
    assert item.problem.code == "is_a_directory"


def test_links_in_a_circle_end_and_are_told(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.txt").write_bytes(b"x")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    back, file = items_below(tmp_path)
    assert file.name == "a/x.txt"
    assert back.name == "a/back"
    assert back.problem is not None
    assert back.problem.code == "folder_twice"


def test_a_folder_of_more_files_than_a_source_may_have_is_one_problem(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(folder, "MAX_ENTRIES", 4)
    for name in ("a/1.txt", "b/2.txt", "b/3.txt", "c/4.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    assert [(i.name, i.problem and i.problem.code) for i in items_below(tmp_path)] == [
        ("a/1.txt", None), ("b", "too_many_files"), ("c", "too_many_files"),
    ]  # fmt: skip
