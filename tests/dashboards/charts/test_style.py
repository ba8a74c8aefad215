"""What charts have in common."""

import itertools

import pytest

from dashboards.charts.style import Label, apart, axis_top, colour, escaped, labels
from dashboards.charts.tornado import Bar, tornado_chart


def test_labels_do_not_touch_and_keep_their_order():
    heights = [10.0, 10.1, 10.2, 30.0, 10.15]
    placed = apart(heights, 2.0, 0.0, 40.0)
    ordered = sorted(placed)
    assert all(b - a >= 2.0 - 1e-9 for a, b in itertools.pairwise(ordered))
    assert [placed.index(x) for x in ordered] == sorted(range(5), key=lambda i: heights[i])
    assert placed[3] == 30.0


def test_labels_stay_inside():
    placed = apart([0.0, 0.1, 0.2, 39.9, 40.0], 3.0, 0.0, 40.0)
    assert min(placed) >= 0
    assert max(placed) <= 40


def test_more_labels_than_there_is_room_for_share_it():
    placed = apart([5.0] * 30, 4.0, 0.0, 40.0)
    assert min(placed) == pytest.approx(0.0)
    assert max(placed) == pytest.approx(40.0)


def test_a_label_is_an_annotation_in_the_colour_of_its_line():
    (only,) = labels([Label(3.0, "Nova", "--firm-0", True)], 0, 10, 300)
    assert (only["text"], only["font"]["color"], only["y"]) == ("<b>Nova</b>", "--firm-0", 3.0)


@pytest.mark.parametrize(("highest", "top"), [(27.0, 30.0), (28.0, 40.0), (0.9, 1.0), (0.0, 0.1), (61.0, 80.0)])
def test_an_axis_ends_at_a_round_number(highest, top):
    assert axis_top(highest) == pytest.approx(top)


def test_an_axis_never_shrinks():
    assert axis_top(10.0, 50.0) == 50.0


def test_texts_are_shown_as_they_are_written():
    assert escaped("<b>A & B</b>") == "&lt;b&gt;A &amp; B&lt;/b&gt;"


def test_colours_go_round_and_yours_is_nobody_elses():
    assert colour(0) == "--firm-0"
    assert colour(1) == colour(8) == "--firm-1"
    assert all(colour(place) != "--firm-0" for place in range(1, 60))


def test_bars_are_good_or_bad_by_what_a_rise_means():
    bars = [Bar("a", -1.0, 2.0, "", ""), Bar("<b>", 0.5, -0.5, "", "")]
    good = tornado_chart(bars, words={"down": "d", "up": "u"})
    assert good["data"][1]["marker"]["color"] == ["--bad", "--good"]
    bad = tornado_chart(bars, words={"down": "d", "up": "u"}, rising_is_good=False)
    assert bad["data"][1]["marker"]["color"] == ["--good", "--bad"]
    assert good["data"][0]["y"] == ["&lt;b&gt;", "a"]
