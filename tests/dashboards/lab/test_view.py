"""From futures to sentence, cards and charts."""

import json
from dataclasses import replace

import numpy as np
import pytest

from dashboards.lab import headline
from dashboards.lab.export import numbers
from dashboards.lab.kpis import Shown, card, change_text, choices, is_good
from dashboards.lab.measure import LEAD, Difference, difference, leads, outcome
from dashboards.lab.view import Axes, Choice, build, needed, pulls, tornado_of
from dashboards.markets import Draft
from sim.figures import FIGURES
from sim.text import use_language
from tests.dashboards.lab.ensembles import FIRMS, ensemble

BASE = Draft.of("baseline")
CHANGED = BASE.with_change("firm.Nova.levers.price", 8.0)


def view(shift=0.05, draft=CHANGED, before=True, axes=None, **more):
    now = ensemble(draft, shift, **more)
    then = ensemble(BASE) if before else None
    return build(draft, BASE, now, then, Choice(), axes or Axes())


# --- measures ---------------------------------------------------------------------------------------------


def test_differences_are_taken_future_by_future():
    now, before = ensemble(CHANGED, 0.05, spread=0.2), ensemble(BASE, spread=0.2)
    found = difference(now, before, "share", 0, 0)
    assert found is not None
    assert (found.low, found.middle, found.high) == pytest.approx((0.05, 0.05, 0.05), abs=1e-6)
    assert (found.above, found.futures, found.is_clear) == (16, 16, True)
    few = difference(now.first(4), before, "share", 0, 0)
    assert few is not None
    assert few.futures == 4


def test_markets_of_different_length_are_compared_in_the_weeks_that_both_have():
    share = np.zeros((4, 40, 5))
    share[:, :20, 0], share[:, 20:, 0] = 0.2, 0.9
    longer = ensemble(BASE, weeks=40, futures=4, share=share)
    shorter = ensemble(BASE, weeks=20, futures=4, share=np.full((4, 20, 5), 0.1))
    for found, sign in (
        (difference(longer, shorter, "share", 0, 0), 1),
        (difference(shorter, longer, "share", 0, 0), -1),
    ):
        assert found is not None
        assert found.middle == pytest.approx(0.1 * sign)
    drawn = json.loads(build(BASE, BASE, shorter, longer, Choice(), Axes()).share_figure)
    assert {max(trace["x"]) for trace in drawn["data"]} == {20}


def test_an_outcome_is_the_mean_of_the_last_weeks_and_of_stocks_the_last_week():
    series = np.zeros((2, 8, 5))
    series[:, :, 0] = np.arange(8)
    found = ensemble(BASE, weeks=8, futures=2, share=series, total_profit=series)
    assert outcome(found, "share", 0).values.tolist() == [5.5, 5.5]
    assert outcome(found, "total_profit", 0).values.tolist() == [7.0, 7.0]


def test_a_firm_leads_where_its_share_is_the_largest_of_its_sector():
    found = ensemble(BASE, 0.2)
    assert leads(found, 0, list(range(5))).all()
    assert not leads(found, 1, list(range(5))).any()
    assert leads(found, 1, [1]).all()


# --- the sentence -----------------------------------------------------------------------------------------


def known(**changes):
    change = Difference(0.05, 0.03, 0.07, 16, 16)
    usual = headline.Known("Nova", 104, 16, 0.284, 12, 0, change, Difference(1e6, 1e5, 2e6, 14, 16))
    return replace(usual, **changes)


def test_the_sentence_says_share_difference_and_lead():
    assert headline.sentence(known()) == (
        "By week 104, <em>Nova</em> holds <em>28%</em> of the market, <em>5\u00a0points</em> above the baseline, and "
        "leads in <em>12 of 16</em> futures."
    )
    with use_language("fr"):
        assert headline.sentence(known()) == (
            "En semaine 104, <em>Nova</em> tient <em>28\u202f%</em> du marché, <em>5\u00a0points</em> "
            "au\u2011dessus du scénario de référence, et mène dans <em>12 des 16</em> futurs."
        )


def test_a_longer_market_is_compared_where_the_baseline_ends_and_says_so():
    same = Difference(0.0, 0.0, 0.0, 0, 16)
    longer = known(weeks=208, common=104, change=same, profit=same)
    assert "baseline" not in headline.sentence(longer)
    support = " ".join(headline.support(longer))
    assert "at week 104" in support
    assert "is that of the baseline in all 16 futures" in support
    assert "This is your baseline" not in support
    assert headline.title(longer) == "Who has which share of the market"


@pytest.mark.parametrize(
    ("above", "words"), [(16, "in all 16 futures"), (0, "in none of 16 futures"), (1, "in 1 of 16 futures")]
)
def test_the_profit_is_told_in_words_where_all_futures_agree(above, words):
    assert words in " ".join(headline.support(known(profit=Difference(1.0, -1.0, 2.0, above, 16))))


def test_french_has_a_singular_below_two():
    with use_language("fr"):
        assert change_text(0.015, "share", 3) == "+1,5\u00a0point"
        assert change_text(0.021, "share", 3) == "+2,1\u00a0points"
    assert change_text(0.015, "share", 3) == "+1.5\u00a0points"


def test_an_interval_with_zero_is_no_clear_difference():
    said = headline.sentence(known(change=Difference(0.004, -0.01, 0.02, 9, 16)))
    assert "no clear difference" in said
    assert "above" not in said
    support = " ".join(headline.support(known(change=Difference(0.004, -0.01, 0.02, 9, 16))))
    assert "−1.0" in support
    assert "+2.0" in support
    assert "may be nothing" in support


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"change": Difference(-0.03, -0.05, -0.01, 0, 16)}, "3\u00a0points</em> below"),
        ({"change": Difference(0.01, 0.005, 0.02, 16, 16)}, "1.0\u00a0points</em> above"),
        ({"change": Difference(0, 0, 0, 0, 16)}, "as in the baseline"),
        ({"change": None}, "of the market, and leads in"),
        ({"leads": 16}, "leads in all <em>16</em>"),
        ({"leads": 0}, "leads in none of 16"),
        ({"leads": None}, "alone in its sector"),
        ({"gone": 16}, "not in the market"),
    ],
)
def test_what_else_a_sentence_can_say(changes, words):
    assert words in headline.sentence(known(**changes))


def test_names_are_escaped():
    said = headline.sentence(known(you="<img src=x>&"))
    assert "<img" not in said
    assert "&lt;img src=x&gt;&amp;" in said


def test_how_sure_it_is_is_said_with_every_sentence():
    assert headline.support(known())[-1] == "A scenario is not a forecast."
    assert any("14 of 16" in text for text in headline.support(known()))
    assert any("5,000" in text for text in headline.support(known(consumers=5000)))
    assert any("medians of the futures over the last 4 weeks" in text for text in headline.support(known()))
    assert any("2 of 16" in text for text in headline.support(known(gone=2)))


# --- cards ------------------------------------------------------------------------------------------------


def shown(shift=0.05):
    return Shown(ensemble(CHANGED, shift), ensemble(BASE), "Nova", "drinks", FIRMS, "Nova")


def test_a_card_has_value_change_and_range():
    found = card(shown(), "share")
    assert (found.label, found.unit, found.direction, found.good) == ("Market share", "%", 1, True)
    assert found.change == "+5.0\u00a0points (+5.0 … +5.0)"
    assert found.note.startswith("8 in 10 futures: ")
    assert len(found.spark) == len(found.ghost) <= 61


def test_no_change_is_neither_good_nor_bad():
    assert (card(shown(0.0), "share").direction, card(shown(0.0), "share").good) == (0, None)
    assert card(shown(), "sincerity").change == "as in the baseline"


def test_the_chance_to_lead_is_a_count_of_futures():
    found = card(shown(0.3), LEAD)
    assert (found.value, found.unit) == ("100", "%")
    assert found.good is True


def test_every_figure_of_firms_sectors_and_the_market_can_be_chosen():
    keys = {key for key, _ in choices()}
    assert keys == {LEAD} | {f.key for f in FIGURES.values() if f.scope in ("firm", "sector", "market")}
    assert is_good("share") is True
    assert is_good("complaints") is False
    assert is_good("price") is None


def test_changes_have_signs_and_points():
    assert change_text(0.0123, "share", 3) == "+1.2\u00a0points"
    assert change_text(-12_345.0, "currency", 0) == "−12.3K"


# --- the whole --------------------------------------------------------------------------------------------


def test_a_view_has_everything_once():
    found = view()
    assert "<em>Nova</em>" in found.sentence
    assert len(found.cards) == 4
    assert found.share_title == "Nova ends above its baseline"
    share, dots = json.loads(found.share_figure), json.loads(found.outcome_figure)
    assert [trace["name"] for trace in share["data"] if "name" in trace] == [*FIRMS[1:], "Baseline", "Nova"]
    bands = [trace for trace in share["data"] if "fill" in trace]
    assert [len(trace["y"]) for trace in bands] == [2 * 104] * 2
    assert sum(len(trace["x"]) for trace in dots["data"] if trace["mode"] == "markers") == 32
    assert found.is_whole
    assert len(found.share_figure) + len(found.outcome_figure) < 40_000


def test_the_baseline_itself_has_no_ghost():
    found = view(0, BASE, before=False)
    assert "Baseline" not in [trace.get("name") for trace in json.loads(found.share_figure)["data"]]
    assert found.share_title == "Who has which share of the market"


def test_axes_do_not_shrink_while_a_lever_is_moved():
    high = view(0.25)
    low = view(0.0, axes=high.axes)
    assert low.axes.top == high.axes.top
    assert json.loads(low.share_figure)["layout"]["yaxis"]["range"] == [0, high.axes.top]
    other = build(CHANGED, CHANGED, ensemble(CHANGED), None, Choice(), high.axes)
    assert other.axes.top < high.axes.top


def test_what_happens_is_marked_in_its_week():
    draft = Draft.of("sweatshop_scandal")
    found = build(draft, draft, ensemble(draft), None, Choice(), Axes())
    assert [shape["x0"] for shape in json.loads(found.share_figure)["layout"]["shapes"]] == [30]
    off = draft.switched(0, False)
    assert not json.loads(build(off, draft, ensemble(off), None, Choice(), Axes()).share_figure)["layout"]["shapes"]


def test_commons_and_sharing_markets_are_drawn_beside_firms():
    draft = Draft.of("diy_fablab")
    keys = needed(draft, Choice())
    assert "commons_share" in keys
    names = len(draft.base.firms)
    commons = np.full((16, 104, 1), 0.2)
    now = ensemble(draft, share=np.full((16, 104, names), 0.2), commons_share=commons)
    found = json.loads(build(draft, draft, now, None, Choice(), Axes()).share_figure)
    assert any(trace.get("line", {}).get("dash") == "dash" for trace in found["data"])


def test_texts_are_in_the_language_of_the_context():
    with use_language("fr"):
        found = view()
    assert "En semaine 104" in found.sentence
    assert "\u202f%" in found.share_figure


# --- one lever at a time ----------------------------------------------------------------------------------


def test_levers_are_tried_a_fifth_of_their_range_down_and_up():
    found = pulls(CHANGED)
    assert found[0].lever.key == "firm.Nova.levers.price"
    assert found[0].down_value < 8.0 < found[0].up_value
    reach = found[0].lever.range
    assert reach is not None
    assert found[0].up_value - 8.0 == pytest.approx((reach.high - reach.low) / 5)
    assert len({pull.lever.key for pull in found}) == len(found) <= 9


def test_a_tornado_has_the_longest_bar_on_top_and_says_where_levers_go():
    found = pulls(BASE)[:3]
    now = ensemble(BASE, futures=4)
    effects = [
        (pull, ensemble(BASE, -0.01 * (place + 1), futures=4), ensemble(BASE, 0.02 * (place + 1), futures=4))
        for place, pull in enumerate(found)
    ]
    drawn = tornado_of(BASE, now, effects, Choice())
    assert drawn is not None
    figure = json.loads(drawn.figure)
    assert drawn.futures == 4
    assert figure["data"][1]["x"][-1] == pytest.approx(0.06 * 1e7, rel=1e-3)
    assert figure["data"][1]["y"][-1] == found[2].lever.label
    assert tornado_of(BASE, now, [], Choice()) is None


# --- numbers to take away ---------------------------------------------------------------------------------


def test_cells_that_spreadsheets_would_run_are_made_harmless():
    import csv
    import io

    text = BASE.to_toml().replace('"Nova"', '"=HYPERLINK(1)"').replace('"Citadel"', '"+Citadel"')
    draft = Draft.from_toml(text.replace("[claim", "[no_claim") if "[claim" in text else text)
    rows = list(csv.reader(io.StringIO(numbers(ensemble(draft, weeks=2), None).decode("utf-8-sig"))))
    items = {row[2] for row in rows[1:]}
    assert {"'=HYPERLINK(1)", "'+Citadel", "Summit"} <= items
    assert not [row for row in rows for one in row if one.startswith(("=", "+", "@"))]


def test_numbers_are_those_of_the_charts():
    import csv
    import io

    now = ensemble(BASE, weeks=3)
    rows = list(csv.DictReader(io.StringIO(numbers(now, ensemble(CHANGED, weeks=3)).decode("utf-8-sig"))))
    row = next(r for r in rows if (r["market"], r["figure"], r["item"], r["week"]) == ("now", "share", "Nova", "2"))
    assert float(row["50%"]) == pytest.approx(float(now.quantiles("share")[2, 1, 0]), rel=1e-6)
    assert {r["market"] for r in rows} == {"now", "baseline"}


def test_in_french_they_open_in_columns_of_excel():
    import csv
    import io

    now = ensemble(BASE, weeks=3)
    with use_language("fr"):
        text = numbers(now, None).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    row = next(r for r in rows if (r["chiffre"], r["élément"], r["semaine"]) == ("share", "Nova", "2"))
    expected = float(now.quantiles("share")[2, 1, 0])
    assert "." not in row["50%"]
    assert float(row["50%"].replace(",", ".")) == pytest.approx(expected, rel=1e-6)
