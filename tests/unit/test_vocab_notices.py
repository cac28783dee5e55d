"""Public notices as configuration."""

from datetime import date
from pathlib import Path

import pytest

from pv.vocab import VocabularyError, notices

HEADER = (
    "notice_id,product_id,platform,event_group,event,issuer,notice_date,title,confidence,source"
)


def write(folder: Path, *lines: str) -> Path:
    (folder / "notice.csv").write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return folder


def test_the_notices_that_everybody_knows_are_shipped_with_their_days():
    days = {n.notice_id: (n.platform or n.product_id, n.notice_date) for n in notices.load()}

    assert days["fda_car_t_2023_11"] == ("car_t", date(2023, 11, 28))
    assert days["ema_car_t_2024_06"] == ("car_t", date(2024, 6, 14))
    assert days["novartis_zolgensma_2022_08"] == ("zolgensma", date(2022, 8, 11))
    assert days["fda_skysona_2024_11"] == ("skysona", date(2024, 11, 27))
    assert days["fda_elevidys_2025_06"] == ("elevidys", date(2025, 6, 24))


def test_a_notice_of_the_home_replaces_the_shipped_one_of_its_id_and_others_are_added(tmp_path):
    write(
        tmp_path,
        "fda_skysona_2024_11,skysona,,mds_aml,,FDA,2099-01-01,not to count,high,own",
        "mine,,,,Deafness,BfArM,2024-02-01,all advanced therapies,moderate,own",
    )
    shipped = {n.notice_id: n for n in notices.load()}
    merged = {n.notice_id: n for n in notices.load(tmp_path)}

    assert merged["fda_skysona_2024_11"].notice_date == date(2099, 1, 1)
    assert merged.keys() - shipped.keys() == {"mine"}
    assert merged["ema_car_t_2024_06"] == shipped["ema_car_t_2024_06"]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("a,skysona,car_t,pml,,FDA,2024-01-01,t,high,s", "product_id or a platform, not both"),
        ("a,,,,,FDA,2024-01-01,t,high,s", "exactly one of event_group and event"),
        ("a,,,pml,Deafness,FDA,2024-01-01,t,high,s", "exactly one of event_group and event"),
        ("a,skysonna,,pml,,FDA,2024-01-01,t,high,s", "product_id 'skysonna' is not known"),
        ("a,,cart,pml,,FDA,2024-01-01,t,high,s", "platform 'cart' is not known"),
        ("a,,,pmll,,FDA,2024-01-01,t,high,s", "event_group 'pmll' is not known"),
        ("a,,,pml,,FDA,2024-01,t,high,s", "notice_date is '2024-01', expected a date"),
        ("a,,,pml,,FDA,2024-02-30,t,high,s", "expected a date as YYYY-MM-DD"),
        ("a,,,pml,,FDA,2024-01-01,t,certain,s", "confidence is 'certain'"),
        ("a,,,pml,,,2024-01-01,t,high,s", "issuer is empty"),
    ],
)  # fmt: skip
def test_a_notice_that_would_silently_do_nothing_is_refused_by_line(tmp_path, line, message):
    with pytest.raises(VocabularyError, match=r"notice\.csv:2") as caught:
        notices.load(write(tmp_path, line))
    assert message in str(caught.value)


def test_a_notice_may_name_an_event_group_of_the_home(tmp_path):
    write(tmp_path, "a,,,hearing,,FDA,2024-01-01,t,high,s")
    (tmp_path / "event_group.csv").write_text(
        "event_group,label,late,designated,labelled_car_t,includes,reason,source\n"
        "hearing,Hearing loss,false,false,false,,own,own\n"
    )
    assert "hearing" in {n.event_group for n in notices.load(tmp_path)}
