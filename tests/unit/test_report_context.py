"""Which of many signals the page shows in detail."""

from collections import Counter

from pv.report.context import to_detail
from pv.report.model import Signal


def signals(*verdicts: str) -> list[Signal]:
    return [
        Signal(
            part="advanced", place=place, rank=place, product=f"P{place}", atmp_class="GTMP",
            event="E", event_kind="event", verdict=verdict, reasons=[], n=3, expected=1.0, ic=1.0,
            ic025=0.1, ror=3.0, ror025=1.1, family="other", p_value=0.001, q=0.02,
            heterogeneous=False, n_countries=3, effective_countries=3.0,
            top_country="France", top_share=0.4, loco_fragility=2,
            any_country_power=0.1, pool_power=0.6, first_confirmed=None, first_country=None,
            gain_days=None, gain_censored=None, designated=False, folded=[],
        )
        for place, verdict in enumerate(verdicts, start=1)
    ]  # fmt: skip


def test_few_signals_are_all_shown_in_their_order():
    few = signals("pooled_only", "country_signal", "pooled_only", "confounded_by_country")
    assert to_detail(few) == few


def test_of_many_every_verdict_has_its_first_and_the_order_stays():
    many = signals(
        *["pooled_only"] * 40,
        *["country_signal"] * 40,
        *["duplicate_sensitive"] * 9,
        *["single_country_driven"] * 1,
        *["watch"] * 9,
        *["confounded_by_country"] * 40,
    )
    shown = to_detail(many)
    # 15 + 4 + 2 + 1 + 3 + 2 places are claimed; the 3 left go to the first of the list.
    assert Counter(s.verdict for s in shown) == {
        "pooled_only": 15 + 3,
        "country_signal": 4,
        "duplicate_sensitive": 2,
        "single_country_driven": 1,
        "watch": 3,
        "confounded_by_country": 2,
    }
    assert [s.place for s in shown] == sorted(s.place for s in shown)
    assert [s.place for s in shown if s.verdict == "country_signal"] == [41, 42, 43, 44]
