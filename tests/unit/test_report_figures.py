"""The forest plot as an element of the page."""

import re
import subprocess
import sys
from xml.etree import ElementTree as ET

from pv.report.figures import MARKERS, Line, forest

LINES = [
    Line("heading", "All countries together"),
    Line("pool", "Pool", 12, 4.0, 1.47, 0.54, 2.18),
    Line("crude", "Crude", 12, 2.34, 2.14, 1.21, None),
    Line("country", "Spain", 2, 0.5, 1.32, -1.27, 2.68),
]


def texts(svg: str) -> list[str]:
    # Our own figure, not foreign XML.
    tree = ET.fromstring(svg)  # noqa: S314
    return [found.text or "" for found in tree.iter("{http://www.w3.org/2000/svg}text")]


def test_names_and_figures_are_text_that_can_be_searched_and_read_aloud():
    shown = texts(forest(LINES))
    assert "Spain" in shown
    assert "4.00" in shown
    assert "(0.54 to 2.18)" in shown


def test_an_interval_without_an_upper_limit_claims_none():
    assert "(lower 1.21)" in texts(forest(LINES))


def test_hostile_labels_stay_text():
    labels = ["<script>alert(1)</script>", '"><img onerror=x>', r"$\frac{1}{$", '<g id="x">--']
    svg = forest([Line("country", label, 1, 1.0, 0.0, -1.0, 1.0) for label in labels])
    assert set(labels) <= set(texts(svg))
    assert "<script" not in svg
    assert "<img" not in svg


def test_the_same_lines_give_the_same_bytes_in_another_process():
    code = (
        "from pv.report.figures import Line, forest\n"
        "import sys\n"
        "sys.stdout.write(forest([Line('pool', 'Pool', 12, 4.0, 1.47, 0.54, 2.18)]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8"
    ).stdout
    assert other == forest([Line("pool", "Pool", 12, 4.0, 1.47, 0.54, 2.18)])


def test_a_figure_has_no_id_that_could_clash_and_refers_to_nothing():
    assert not re.findall(r' id="|url\(|href=', forest(LINES))


def test_the_figure_styles_nothing_outside_itself_and_carries_no_date():
    svg = forest(LINES)
    assert svg.startswith("<svg ")
    assert "<style" not in svg
    assert "<metadata" not in svg
    assert "<?xml" not in svg


def test_kinds_are_told_apart_without_colour():
    forms = [(marker, filled) for marker, filled, _ in MARKERS.values()]
    assert len(forms) == len(set(forms))


def test_a_figure_needs_no_plotting_library():
    code = (
        "import sys\nfrom pv.report.figures import Line, forest\nforest([Line('heading', 'x')])\n"
        "assert 'matplotlib' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
