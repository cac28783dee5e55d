"""Event groups as configuration."""

import pytest

from pv.vocab import VocabularyError, events

GROUP_HEADER = "event_group,label,late,designated,labelled_car_t,includes,reason,source"


def keys(group: str, directory=None) -> set[str]:
    return {m["event_key"] for m in events.members(directory) if m["event_group"] == group}


def write_groups(folder, *lines):
    (folder / "event_group.csv").write_text("\n".join((GROUP_HEADER, *lines)) + "\n")
    return folder


def test_the_designated_groups_are_the_five_of_the_method():
    assert {g.event_group for g in events.load() if g.designated} == {
        "insertional_oncogenesis",
        "late_hepatic_failure",
        "mds_aml",
        "pml",
        "secondary_t_cell_malignancy",
    }


def test_every_designated_group_is_late():
    assert all(g.late for g in events.load() if g.designated)


def test_the_labelled_reactions_of_car_t_are_crs_icans_and_cytopenia():
    assert {g.event_group for g in events.load() if g.labelled_car_t} == {
        "cytokine_release_syndrome",
        "icans",
        "prolonged_cytopenia",
    }


def test_insertional_oncogenesis_is_the_union_of_its_blood_cancers_and_its_own_events():
    union = keys("insertional_oncogenesis")
    assert union > keys("mds_aml") | keys("secondary_t_cell_malignancy")
    assert "INSERTIONAL ONCOGENESIS" in union


def test_every_group_has_events_and_every_event_key_is_upper_case_and_unique_in_its_group():
    members = events.members()
    assert {m["event_group"] for m in members} == {g.event_group for g in events.load()}
    pairs = [(m["event_group"], m["event_key"]) for m in members]
    assert pairs == sorted(set(pairs))
    assert all(m["event_key"] == m["event"].upper() for m in members)


def test_terms_are_written_in_british_spelling():
    american = ("LEUKEMIA", "ANEMIA", "HEMO", "HEMATO", "EDEMA", "TUMOR")
    assert not [m["event"] for m in events.members() if any(a in m["event_key"] for a in american)]


def test_a_member_of_the_home_reaches_the_groups_that_include_its_group(tmp_path):
    (tmp_path / "event_group_member.csv").write_text(
        "event_group,event,source\nmds_aml,Myelodysplastic syndrome,own\n", encoding="utf-8"
    )
    assert keys("mds_aml", tmp_path) == {"MYELODYSPLASTIC SYNDROME"}
    assert "ACUTE MYELOID LEUKAEMIA" not in keys("insertional_oncogenesis", tmp_path)


def test_rows_join_the_included_groups_to_text():
    row = next(r for r in events.rows() if r["event_group"] == "insertional_oncogenesis")
    assert row["includes"] == "mds_aml;secondary_t_cell_malignancy"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("new,New,true,false,false,,why,own", "'new' has no event"),
        ("new,New,true,false,false,nothing,why,own", "includes unknown event_group 'nothing'"),
        ("pml,PML,true,true,false,pml,why,own", "in a circle: pml includes pml"),
    ],
)
def test_a_group_that_cannot_be_resolved_is_refused_with_its_line(tmp_path, line, message):
    with pytest.raises(VocabularyError, match=message) as caught:
        events.members(write_groups(tmp_path, line))
    assert str(caught.value).startswith("event_group.csv:2: ")


def test_a_member_of_an_unknown_group_is_refused(tmp_path):
    (tmp_path / "event_group_member.csv").write_text(
        "event_group,event,source\npmll,Some event,own\n", encoding="utf-8"
    )
    with pytest.raises(VocabularyError, match=r"event_group_member\.csv:2: event_group 'pmll'"):
        events.members(tmp_path)
