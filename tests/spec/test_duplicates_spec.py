"""Which cases of the whole database are one: identifiers, then evidence, then a person's word."""
# ruff: noqa: E501 - rows of tables

from datetime import date, datetime

import pytest

from pv.decisions import chain

# Two reports of one woman by two senders, three days apart in the event and with an event more.
TWO_SENDERS = """
    case | country | sender | sex | age | onset      | received   | drugs              | events
    1    | DE      | ACME   | F   | 47  | 2024-01-05 | 2024-01-20 | SIMRAREX,METFORMIN | Uveitis,Rash
    2    | DE      | OTHER  | F   | 47  | 2024-01-08 | 2024-02-10 | SIMRAREX,METFORMIN | Uveitis,Rash,Pain
"""


def groups(world) -> dict[str, int]:
    return dict(world.all("select source_case_id, duplicate_group from core.case order by 1"))


def links(world) -> list[tuple]:
    return world.all("""
        select x.source_case_id, y.source_case_id, l.match_rule, l.same_group
        from core.duplicate_link l
        join core.case x using (case_id)
        join core.case y on y.case_id = l.other_case_id
        order by 1, 2
    """)


def decide(world, case: str, other: str, decision: str) -> None:
    chain.append(
        world.con,
        relation="ops.duplicate_decision",
        row={
            "authority": "FDA", "source_case_id": case, "other_authority": "FDA",
            "other_source_case_id": other, "decision": decision, "decided_by": "tester",
            "decided_at": datetime(2024, 6, 1, 12), "reason": "for a test",
        },
    )  # fmt: skip


def test_evidence_links_what_no_number_links(world) -> None:
    world.report(TWO_SENDERS)
    world.cases()
    assert links(world) == [("1", "2", "probable", True)]
    assert world.all("select source_case_id from core.case where is_master") == [("2",)]


def test_the_weights_of_a_pair_are_kept_and_add_up(world) -> None:
    world.report(TWO_SENDERS)
    world.cases()
    fields = [name for (name,) in world.all(
        "select column_name from duckdb_columns() "
        "where table_name = 'duplicate_link' and column_name like 'weight_%'"
    )]  # fmt: skip
    total, bits, age, day = world.all(
        f"select {' + '.join(fields)}, match_bits, weight_age, weight_day from core.duplicate_link"
    )[0]
    assert total == pytest.approx(bits, abs=0.01)
    levels = world.duplicates.fields
    # No other case of the product was known a month before: u is as the table says.
    assert age == pytest.approx(5.322, abs=0.001)  # log2(0.80 / 0.02)
    assert levels["age"][0].m == 0.80 and levels["age"][0].u == 0.02
    assert day == pytest.approx(4.907, abs=0.001)  # log2(0.15 / 0.005)


@pytest.mark.parametrize(
    ("column", "value"),
    [("country", "FR"), ("sex", "M"), ("sender", "ACME"), ("sender", "")],
    ids=["another country", "another sex", "one sender on one day", "nobody knows who sent it"],
)
def test_what_keeps_apart_leaves_a_pair_possible_and_counts_two(world, column, value) -> None:
    row = {"country": "DE", "sender": "OTHER", "sex": "F"} | {column: value}
    received = "2024-01-20"
    world.report(f"""
        case | country | sender | sex | age | onset      | received   | drugs              | events
        1    | DE      | ACME   | F   | 47  | 2024-01-05 | {received} | SIMRAREX,METFORMIN,SIMX,SIMY,SIMZ | Uveitis,Rash,Itch,Pain
        2    | {row["country"]} | {row["sender"]} | {row["sex"]} | 47 | 2024-01-05 | {received} | SIMRAREX,METFORMIN,SIMX,SIMY,SIMZ | Uveitis,Rash,Itch,Ache
    """)
    world.cases()
    assert links(world) == [("1", "2", "probable", False)]
    assert world.all(
        "select is_master, count(distinct possible_group) from core.case group by 1"
    ) == [(True, 1)]


def test_without_dates_and_age_nothing_is_linked_whatever_else_agrees(world) -> None:
    world.report("""
        case | country | sender | sex | received   | drugs                         | events
        1    | DE      | ACME   | F   | 2024-01-20 | SIMRAREX,SIMX,SIMY,SIMZ,SIMW  | Uveitis,Rash,Pain,Itch,Ache
        2    | DE      | OTHER  | F   | 2024-01-22 | SIMRAREX,SIMX,SIMY,SIMZ,SIMW  | Uveitis,Rash,Pain,Itch,Ache
    """)
    world.cases()
    assert links(world) == []


def test_a_series_of_one_sender_links_none_of_its_cases(world) -> None:
    """A law firm's reports: one product, one day, one text, sent over two weeks, without ages."""
    rows = "\n".join(
        f"s{n} | US | LAW FIRM | F | | 2019-06-03 | 2024-01-{n + 1:02d} | SIMRAREX | Uveitis,Pain"
        for n in range(1, 14)
    )
    world.report("case | country | sender | sex | age | onset | received | drugs | events\n" + rows)
    world.cases()
    assert world.all("select count(*) from core.case where is_master") == [(13,)]
    assert links(world) == []


def test_who_is_rejected_never_links_not_even_by_a_number(world) -> None:
    world.report("""
        case | number      | sender | sex | age | onset      | drugs   | events
        1    | DE-ACME-777 | ACME   | F   | 60  | 2024-01-02 | KYMRIAH | Pyrexia
        2    | DE-ACME-777 | ACME   | F   | 60  | 2024-01-02 | KYMRIAH | Pyrexia
    """)
    world.cases()
    assert len(set(groups(world).values())) == 1
    decide(world, "1", "2", "reject")
    world.cases()
    assert len(set(groups(world).values())) == 2
    assert world.all("select decision, match_rule, same_group from core.duplicate_link") == [
        ("reject", None, False)
    ]
    decide(world, "1", "2", "withdraw")
    world.cases()
    assert len(set(groups(world).values())) == 1


def test_who_is_confirmed_links_without_any_evidence(world) -> None:
    world.report("""
        case | country | sex | received   | drugs    | events
        1    | DE      | F   | 2024-01-15 | KYMRIAH  | Pyrexia
        2    | FR      | M   | 2024-03-15 | YESCARTA | Deafness
    """)
    decide(world, "1", "2", "confirm")
    world.cases()
    assert links(world) == [("1", "2", "confirmed", True)]
    # At the look that knows both, and as one from then on.
    world.cases(as_of="2024-02-29")
    assert links(world) == []


def test_a_look_links_what_it_knew(world) -> None:
    """The follow-up that makes them one came in March: February counts two, as its night did."""
    world.report("""
        case | version | country | sender | sex | age | onset      | received   | drugs              | events
        1    | 1       | DE      | ACME   | F   | 47  | 2024-01-05 | 2024-01-20 | SIMRAREX,METFORMIN | Uveitis,Rash
        2    | 1       | DE      | OTHER  |     |     |            | 2024-02-10 | SIMRAREX           | Rash
        2    | 2       | DE      | OTHER  | F   | 47  | 2024-01-08 | 2024-03-10 | SIMRAREX,METFORMIN | Uveitis,Rash,Pain
    """)

    def counted() -> dict[date, int]:
        return dict(
            world.all("""
            select l.as_of, count(v.validity_id)
            from core.look l
            left join core.case_validity v
                on v.valid_from_look <= l.look_no and v.valid_to_look > l.look_no
            group by l.as_of
        """)
        )

    world.cases(as_of="2024-04-30")
    later = counted()
    ends = (date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31))
    assert [later[end] for end in ends] == [1, 2, 1]
    world.cases(as_of="2024-02-29")
    assert counted()[date(2024, 2, 29)] == later[date(2024, 2, 29)]
