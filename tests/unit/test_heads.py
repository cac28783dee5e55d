"""The heads of the SQL files: read, put in order, and held against DuckDB's own parse."""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from pv import resources
from pv.dictionary import WORK, table
from pv.warehouse import heads
from pv.warehouse.heads import Query, in_order, parse

# Statements, not relations: on what a warehouse holds, and macros.
SCRIPTS = ("migrations/", "macros/", "kept/", "former/")

SQL = resources.root() / "sql"
NAMES = [
    name
    for name in sorted(str(f.relative_to(SQL).with_suffix("")) for f in SQL.rglob("*.sql"))
    if not name.startswith(SCRIPTS)
]
# Each of these is filled by one file for each kind of source file.
OF_MANY_FILES = ("staging", "ops")
# Files outside, and views that are no tables of the dictionary.
NOT_TABLES = ("files", "main.", "gate.")


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        tree = list(tree.values())
    if isinstance(tree, list):
        for branch in tree:
            yield from nodes(branch)


class Parsed:
    """What DuckDB makes of a select: its relations, CTEs, params and unions."""

    def __init__(self, body: str) -> None:
        con = duckdb.connect()
        (text,) = con.execute("select json_serialize_sql($body)", {"body": body}).fetchone() or ()
        tree = json.loads(text)
        assert not tree["error"], tree
        assert len(tree["statements"]) == 1
        self.nodes = list(nodes(tree))
        self.ctes = {
            entry["key"] for node in self.nodes for entry in node.get("cte_map", {}).get("map", ())
        }

    def relation(self, node: dict[str, Any]) -> str | None:
        """The relation that a node of a from-clause names; None for a CTE."""
        schema, name = node["schema_name"], node["table_name"]
        if not schema and name in self.ctes:
            return None
        return f"{schema or 'work'}.{name}"

    @property
    def reads(self) -> set[str]:
        found = {self.relation(n) for n in self.nodes if n.get("type") == "BASE_TABLE"} - {None}
        functions = [n["function"] for n in self.nodes if n.get("type") == "TABLE_FUNCTION"]
        files = {"files" for f in functions if f["function_name"].startswith("read_")}
        return {str(name) for name in found} | files

    @property
    def params(self) -> set[str]:
        return {n["identifier"] for n in self.nodes if n.get("type") == "VALUE_PARAMETER"}

    @property
    def stars_united_by_position(self) -> list[str]:
        """Relations that a part of a union takes whole, by the order of their columns."""
        parts = [
            node
            for union in self.nodes
            if str(union.get("setop_type", "")).startswith("UNION")
            and "BY_NAME" not in union["setop_type"]
            for node in nodes([union.get("left"), union.get("right"), union.get("children")])
            if node.get("type") == "SELECT_NODE"
        ]
        return [
            relation
            for part in parts
            if any(column["class"] == "STAR" for column in part["select_list"])
            for node in nodes(part["from_table"])
            if node.get("type") == "BASE_TABLE" and (relation := self.relation(node))
        ]


def query(name: str, writes: str, reads: str = "none") -> Query:
    return parse(
        name, f"-- writes: {writes}\n-- reads: {reads}\n-- params: none\n-- grain: row\nselect 1"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_head_says_what_duckdb_reads_in_the_select(name: str) -> None:
    file = heads.read(name)
    found = Parsed(file.body)

    assert set(file.reads) == found.reads
    assert set(file.params) == found.params


@pytest.mark.parametrize("name", NAMES)
def test_a_file_makes_one_relation_and_is_named_like_it(name: str) -> None:
    file = heads.read(name)
    statements = duckdb.extract_statements(file.body)

    assert [s.type for s in statements] == [duckdb.StatementType.SELECT]
    if file.writes:
        schema, _, relation = file.writes.partition(".")
        named = name.rpartition("/")[2].removeprefix("former_")
        assert schema in OF_MANY_FILES or named == relation


@pytest.mark.parametrize("name", NAMES)
def test_what_a_file_reads_and_writes_is_in_the_dictionary_with_its_grain(name: str) -> None:
    file = heads.read(name)
    written = str(file.writes)
    of_gate = written.startswith("gate.")
    is_view = of_gate or (file.kind == "view" and not written.startswith("work."))
    for relation in (*file.reads, *([] if is_view or not file.writes else [file.writes])):
        assert relation.startswith(NOT_TABLES) or table(relation).qualified == relation
    if file.writes and not is_view and not file.writes.startswith(OF_MANY_FILES):
        assert file.grain == table(file.writes).grain


@pytest.mark.parametrize("name", NAMES)
def test_no_cte_hides_a_work_relation(name: str) -> None:
    assert Parsed(heads.read(name).body).ctes & {t.name for t in WORK} == set()


@pytest.mark.parametrize("name", NAMES)
def test_no_union_takes_whole_relations_by_position(name: str) -> None:
    assert Parsed(heads.read(name).body).stars_united_by_position == []


def test_a_relation_is_made_by_one_file() -> None:
    makers = Counter(
        file.writes
        for file in map(heads.read, NAMES)
        if file.writes and not file.writes.startswith(OF_MANY_FILES)
    )

    assert [relation for relation, files in makers.items() if files > 1] == []


def test_a_folder_holds_no_folders_beside_its_files() -> None:
    """`run` takes a folder or a file: a folder of both would be run in part."""
    folders = {name.rpartition("/")[0] for name in NAMES}

    assert [f for f in folders if any(p.is_dir() for p in (SQL / f).iterdir())] == []


def test_a_head_is_read_with_its_continuations_and_its_reason() -> None:
    file = parse(
        "count/x",
        "-- writes: work.x (view)\n-- reads: core.case,\n--   core.look\n-- params: $a, $b\n"
        "-- grain: case\n--   and look\n-- It is so.\n-- And so.\nselect 1\n-- not the head\n;\n",
    )

    assert file == Query(
        "count/x", "work.x", "view", ("core.case", "core.look"), ("a", "b"), "case and look",
        "It is so. And so.", "select 1\n-- not the head",
    )  # fmt: skip


@pytest.mark.parametrize("missing", ["writes", "reads", "params", "grain"])
def test_a_head_without_one_of_its_lines_is_refused_by_name(missing: str) -> None:
    lines = ["writes: work.x", "reads: none", "params: none", "grain: row"]
    text = "\n".join(f"-- {line}" for line in lines if not line.startswith(missing))

    with pytest.raises(AssertionError, match=f"sql/count/x.sql.*{missing}"):
        parse("count/x", text + "\nselect 1")


def test_files_come_after_those_that_make_what_they_read() -> None:
    files = [
        query("a", "work.a", "work.b, core.case"),
        query("b", "work.b", "work.d"),
        query("c", "work.c"),
        query("d", "work.d"),
    ]

    order = [file.name for file in in_order(files)]
    assert order.index("d") < order.index("b") < order.index("a")
    assert order == [file.name for file in in_order(reversed(files))]


def test_a_file_may_read_what_it_adds_to() -> None:
    assert [q.name for q in in_order([query("a", "core.case_key", "core.case_key")])] == ["a"]


def test_files_that_need_each_other_are_refused() -> None:
    with pytest.raises(ValueError, match="cycle"):
        in_order([query("a", "work.a", "work.b"), query("b", "work.b", "work.a")])


def python_texts() -> Iterator[tuple[str, str]]:
    """Every text in the program's modules; what an f-string puts in is left out."""
    for file in sorted((SQL.parent / "src" / "pv").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield file.name, node.value
            elif isinstance(node, ast.JoinedStr):
                parts = [n.value if isinstance(n, ast.Constant) else "x" for n in node.values]
                yield file.name, "".join(map(str, parts))


def sql_texts() -> Iterator[tuple[str, str]]:
    for file in sorted(SQL.rglob("*.sql")):
        yield file.relative_to(SQL).as_posix(), file.read_text(encoding="utf-8")


def inserts_by_position(text: str) -> list[str]:
    return re.findall(r"insert\s+into\s+\S+(?!\S)(?!\s+by\s+name\b).{0,20}", text)


def test_no_insert_goes_by_position() -> None:
    found = [
        (name, insert)
        for name, text in (*python_texts(), *sql_texts())
        for insert in inserts_by_position(text)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("insert into core.case by name select 1 as a", 0),
        ("insert into core.case\nby name from x", 0),
        ("insert into core.case select 1", 1),
        ("insert into core.case values (1)", 1),
        ("insert into core.case\nwith a as (select 1) from a", 1),
    ],
)
def test_an_insert_by_position_is_seen(text: str, found: int) -> None:
    assert len(inserts_by_position(text)) == found


def test_sql_is_what_duckdb_1_5_and_2_both_read() -> None:
    """Version 2 has no arrow lambdas, and knows no named window in an `order by` outside one. An
    arrow before a quote is JSON's."""
    modules = (resources.root() / "src" / "pv").rglob("*.py")
    written = [
        node.value
        for module in modules
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    written += [f.read_text(encoding="utf-8") for f in (resources.root() / "sql").rglob("*.sql")]
    arrow = re.compile(r"\b(list|array)_\w+\([^;]*?\b\w+\)? -> (?!')")
    window = re.compile(r"^\s*order by .*\(\) over \w", re.M)

    assert len(written) > 1_000
    assert [text for text in written if arrow.search(text) or window.search(text)] == []
    assert arrow.search("list_filter(names, n -> n is not null)")
    assert window.search("order by a.listed, row_number() over own")
