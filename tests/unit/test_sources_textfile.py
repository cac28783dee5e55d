"""Text is cleaned without moving a line."""

import io
from pathlib import Path

import pytest

from pv.sources import textfile
from pv.sources.textfile import BLANK, OVERLONG, normalise


@pytest.fixture
def clean(tmp_path: Path):
    def run(content: bytes):
        target = tmp_path / "clean.txt"
        facts = normalise(io.BytesIO(content), target)
        return facts, target.read_bytes()

    return run


def test_bom_and_line_ends_go_and_the_last_line_needs_none(clean):
    facts, text = clean(b"\xef\xbb\xbfa$b\r\n1$2\n3$4")
    assert text == b"a$b\n1$2\n3$4\n"
    assert facts.lines == 3
    assert facts.head == ["a$b", "1$2", "3$4"]


def test_control_characters_become_blanks_and_part_no_line(clean):
    facts, text = clean(b"a\x00b\x1fc\td\x7fe\n")
    assert text == b"a b c d e\n"
    assert facts.lines == 1


@pytest.mark.parametrize(
    "content",
    [
        b"h$i\r1$2\r3$4\r",
        b"h$i\r1$2\r3$4",
        b"h$i\r1$2\r\n3$4\n",
        b"h$i\r\n1$2\r3$4\r\n",
        b"h$i\n1$2\r3$4\n",
    ],
)
def test_a_line_ends_with_cr_too_and_ends_may_be_mixed(clean, content):
    facts, text = clean(content)
    assert text == b"h$i\n1$2\n3$4\n"
    assert (facts.lines, facts.blank) == (3, 0)
    assert facts.head == ["h$i", "1$2", "3$4"]


@pytest.mark.parametrize("line", [b"", b" ", b"$", b" $ ", b"\t"])
def test_a_line_with_nothing_in_it_is_marked_and_counted(clean, line):
    facts, text = clean(b"h\n" + line + b"\nx\n")
    assert text == b"h\n" + BLANK + b"\nx\n"
    assert (facts.lines, facts.blank) == (3, 1)


def test_a_line_of_two_delimiters_is_not_blank(clean):
    facts, text = clean(b"$$\n")
    assert text == b"$$\n"
    assert facts.blank == 0


def test_blank_lines_side_by_side_and_at_both_ends_all_count(clean):
    facts, text = clean(b"\n\n$\nx\n\n")
    assert text == (BLANK + b"\n") * 3 + b"x\n" + BLANK + b"\n"
    assert (facts.lines, facts.blank) == (5, 4)


def test_only_lines_that_are_not_utf8_are_read_as_latin1(clean):
    facts, text = clean("é\nü\n".encode() + "ü\n".encode("latin-1") + b"a\xe9\x85\n")
    assert text.decode() == "é\nü\nü\naé \n"  # 0x85 is a control character in Latin-1
    assert (facts.latin1, facts.first_latin1) == (2, 3)
    assert facts.notes() == ["not UTF-8, read as Latin-1: 2 lines, first line 3"]


def test_an_overlong_line_keeps_its_place(clean, monkeypatch):
    monkeypatch.setattr(textfile, "MAX_LINE", 8)
    at_limit, over = b"x" * 8, b"y" * 9
    facts, text = clean(b"\n".join([b"h", at_limit, over, b"a", over * 5, b"b", over]))
    lines = [b"h", at_limit, OVERLONG, b"a", OVERLONG, b"b", OVERLONG, b""]
    assert text == b"\n".join(lines)
    assert facts.lines == 7


@pytest.mark.parametrize("block", range(1, 12))
def test_the_size_of_the_blocks_does_not_show(clean, tmp_path, block):
    content = b"\xef\xbb\xbfab\r\n\r\nc\xe9\n$\rd\r\re\n" + "é\n".encode() * 3 + b"f\r"
    expected = clean(content)[1]

    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(block, size or block))

    target = tmp_path / "slow.txt"
    normalise(Slow(content), target)
    assert target.read_bytes() == expected


def test_an_empty_file_has_no_line(clean):
    facts, text = clean(b"")
    assert (facts.lines, facts.blank, text) == (0, 0, b"")


def test_the_first_line_says_the_encoding_of_the_file(tmp_path: Path):
    def cleaned(content: bytes) -> str:
        normalise(io.BytesIO(content), tmp_path / "clean.txt", "cp932")
        return (tmp_path / "clean.txt").read_text()

    # The bytes of ﾄｱ in cp932 are those of another letter in UTF-8.
    assert cleaned("識別\nﾄｱ\n".encode("cp932")) == "識別\nﾄｱ\n"
    assert cleaned("識別\nﾄｱ\n".encode()) == "識別\nﾄｱ\n"
    # A line that cannot be read keeps its place, in either.
    assert cleaned("識別\n".encode("cp932") + b"\x81\xff\nb\n") == "識別\n\x04\nb\n"
    assert cleaned("識別\n".encode() + b"\x81\xff\nb\n") == "識別\n\x04\nb\n"
