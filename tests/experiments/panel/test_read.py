import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiments.panel import table
from experiments.panel.problems import PanelError
from experiments.panel.read import read_panel
from tests.experiments.panel.synthetic import long_text, simulated, wide_text


@pytest.fixture(scope="module")
def panel():
    return simulated(households=30, mean_size=6)


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "panel.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


SMALL = """hh,week,brand,price.Nova,price.Zed
1,1,Nova,2.0,3.0
1,3,Zed,2.5,3.0
1,4,Nova,2.0,3.0
2,1,Zed,2.0,2.5
2,2,Zed,2.0,3.0
2,5,Nova,1.5,3.0
"""


def told(error):
    return [str(problem) for problem in error.value.problems]


def warned(panel):
    return " | ".join(str(problem) for problem in panel.warnings)


def assert_same(found, panel, promoted=True):
    assert found.brands == panel.brands
    np.testing.assert_array_equal(found.household, panel.household)
    np.testing.assert_array_equal(found.chosen, panel.chosen)
    np.testing.assert_allclose(found.price, panel.price.round(2))
    if promoted:
        np.testing.assert_array_equal(found.feature, panel.feature)
        np.testing.assert_array_equal(found.display, panel.display)


@pytest.mark.parametrize(("delimiter", "comma"), [(",", False), (";", False), (";", True), ("\t", True), ("|", False)])
def test_a_wide_file_comes_back_as_it_was(panel, written, delimiter, comma):
    found = read_panel(written(wide_text(panel, delimiter, comma)))
    assert_same(found, panel)
    assert found.time_unit == "weeks"
    assert found.warnings == ()


def test_a_long_file_is_the_same_panel(panel, written):
    found = read_panel(written(long_text(panel)))
    assert_same(found, panel, promoted=False)
    assert found.feature is None
    assert found.warnings == ()


def test_price_columns_may_end_with_the_word(written):
    found = read_panel(written(SMALL.replace("price.Nova", "Nova_price").replace("price.Zed", "Zed_price")))
    assert found.brands == ("Nova", "Zed")
    assert found.price[1, 0] == 2.5


def test_a_byte_order_mark_and_quotes_are_no_obstacle(written):
    text = SMALL.replace("2.5", '"2,5"').replace("2.0", '"2,0"').replace("1.5", '"1,5"').replace("3.0", "3")
    found = read_panel(written(text, "utf-8-sig"))
    assert found.price[1, 0] == 2.5


def test_french_names_are_known(written):
    text = SMALL.replace("hh,week,brand", "Foyer,Semaine,Choix").replace("price.", "prix.")
    assert read_panel(written(text)).time_unit == "weeks"


def test_own_column_names(written):
    text = SMALL.replace("hh,week,brand", "who,when,what").replace("price.", "cost.")
    path = written(text)
    with pytest.raises(PanelError):
        read_panel(path)
    found = read_panel(path, columns={"household": "who", "time": "when", "choice": "what", "price": "cost"})
    assert found.occasions == 6


def test_what_time_means_is_found_out_and_stated(written):
    neutral = SMALL.replace("week", "t")
    skipping = read_panel(written(neutral))
    assert skipping.time_unit == "weeks"
    assert any("skips numbers" in text for text in skipping.assumptions)
    ranks = neutral.replace("1,3,Zed", "1,2,Zed").replace("1,4,Nova", "1,3,Nova").replace("2,5,Nova", "2,3,Nova")
    path = written(ranks)
    assert read_panel(path).time_unit == "order"
    assert read_panel(path, time="weeks").time_unit == "weeks"
    assert read_panel(written(SMALL), time="order").time_unit == "order"


def test_without_a_time_column_rows_are_in_order(written):
    lines = [",".join(line.split(",")[:1] + line.split(",")[2:]) for line in SMALL.splitlines()]
    found = read_panel(written("\n".join(lines)))
    assert found.time_unit == "order"
    assert found.occasions == 6
    with pytest.raises(PanelError, match="no week column"):
        read_panel(written("\n".join(lines)), time="weeks")


def test_dates_become_weeks(written):
    weeks = {"1,1,": "1,2023-01-02,", "1,3,": "1,2023-01-16,", "1,4,": "1,2023-01-29,"}
    weeks |= {"2,1,": "2,2023-01-08,", "2,2,": "2,2023-01-09,", "2,5,": "2,2023-02-01,"}
    text = SMALL
    for old, new in weeks.items():
        text = text.replace("\n" + old, "\n" + new)
    found = read_panel(written(text))
    assert found.time_unit == "weeks"
    # 2 January 2023 is a Monday; the 29th is the Sunday of the fourth week.
    assert found.time.tolist() == [0, 2, 3, 0, 1, 4]


def test_year_and_week_numbers_run_on_over_new_year(written):
    text = SMALL.replace("\n1,1,", "\n1,202251,").replace("\n1,3,", "\n1,202252,").replace("\n1,4,", "\n1,202301,")
    text = text.replace("\n2,1,", "\n2,202252,").replace("\n2,2,", "\n2,202302,").replace("\n2,5,", "\n2,202305,")
    time = read_panel(written(text)).time
    assert (time - time.min()).tolist() == [0, 1, 2, 1, 3, 6]


def test_all_missing_columns_are_named_at_once_with_the_nearest(written):
    with pytest.raises(PanelError) as error:
        read_panel(written("huosehold,week,brnad,price.A,price.B\n1,1,A,2,3\n"))
    assert len(told(error)) == 2
    assert ":1: no column for the household" in told(error)[0]
    assert "Did you mean huosehold?" in told(error)[0]


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("1,3,Zed,2.5", "1,3,Zed,cheap"), 3, 'price.Nova: "cheap" is not a finite number'),
        (("1,3,Zed,2.5", "1,3,Zed,inf"), 3, 'price.Nova: "inf" is not a finite number'),
        (("1,3,Zed,2.5", "1,3,Zed,0"), 3, 'the price "0" is not above 0'),
        (("2,2,Zed,2.0,3.0", "2,2,Zed,-2.0,3.0"), 6, 'the price "-2.0" is not above 0'),
        (("2,5,Nova", "2,5,Nvoa"), 7, '"Nvoa" was chosen but has no price column'),
        (("2,5,Nova", "2,x,Nova"), 7, 'week: "x" is neither a whole number nor a date'),
        (("2,5,Nova", "2,5.5,Nova"), 7, 'week: "5.5" is neither a whole number'),
        (("2,5,Nova", f"2,{'9' * 30},Nova"), 7, "is neither a whole number"),
        (("2,5,Nova,1.5,3.0", "2,5,Nova,1.5"), 7, "4 cells where the heading has 5"),
    ],
)
def test_bad_cells_are_refused_with_their_line(written, change, line, message):
    assert change[0] in SMALL
    path = written(SMALL.replace(*change))
    with pytest.raises(PanelError) as error:
        read_panel(path)
    assert told(error)[0].startswith(f"{path}:{line}: ")
    assert message in told(error)[0]


def test_several_mistakes_are_told_together(written):
    text = SMALL.replace("1,3,Zed,2.5", "1,3,Zid,cheap").replace("2,5,Nova,1.5", "2,noon,Nova,0")
    with pytest.raises(PanelError) as error:
        read_panel(written(text))
    assert len(told(error)) == 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("hh,week,brand,price.A,price.B\n", "no row below"),
        ("household\n1\n", "only one column"),
        ("hh,week,brand,price.A,price.A\n1,1,A,2,2\n", "same name: price.A"),
        ("hh,week,brand,price.A\n1,1,A,2\n2,1,A,3\n", "at least two brands"),
        ("hh,week,brand,price.A,price.a\n1,1,A,2,2\n", "differ only by capital letters"),
        (b"PK\x03\x04rest", "not a text file"),
        (b"hh,week\x00", "not a text file"),
        ("hh,week,marque\n1,1,Crème\n".encode("cp1252"), ":2: this is not utf-8 text"),
        ("hh,week,brand,price.A,price.B\n1,1,A,2,3\n1,2,B,2,4\n", "all purchases are of one household"),
        (
            "hh,week,brand,price.A,price.B\n1,1,A,2,3\n2,2,B,2,4\n",
            "fewer than two households bought more than once",
        ),
        (SMALL.replace("2.5", "2.0").replace("1.5", "2.0").replace("2.0", "3.0"), "no price ever changes"),
        ("hh,brand,price,chosen\n1,A,2,1\n1,B,3,0\n", "a long file needs a week or order column"),
        ("hh,week,brand,price,chosen\n1,1,A,2,maybe\n1,1,B,3,0\n", '"maybe" is neither 0 nor 1'),
    ],
)
def test_files_that_cannot_be_used(written, text, message):
    with pytest.raises(PanelError) as error:
        read_panel(written(text))
    assert message in " ".join(told(error))


def test_missing_file_and_folder(tmp_path):
    with pytest.raises(PanelError, match="no such file"):
        read_panel(tmp_path / "none.csv")
    with pytest.raises(PanelError, match="a folder"):
        read_panel(tmp_path)


def test_a_file_that_is_too_large(written, monkeypatch):
    monkeypatch.setattr(table, "LARGEST_FILE", 10)
    with pytest.raises(PanelError, match="at most 0 MB"):
        read_panel(written(SMALL))


def test_another_encoding_may_be_stated(written):
    text = SMALL.replace("Nova", "Crème")
    assert read_panel(written(text, "cp1252"), encoding="cp1252").brands[0] == "Crème"
    with pytest.raises(PanelError, match="no encoding named klingon"):
        read_panel(written(text), encoding="klingon")


def test_unsorted_rows_are_sorted(panel, written):
    heading, *lines = wide_text(panel).splitlines()
    mixed = [lines[i] for i in np.random.default_rng(1).permutation(len(lines))]
    found = read_panel(written("\n".join([heading, *mixed])))
    assert "were not in order" in warned(found)
    labels = [panel.households[h] for h in panel.household]
    expected = sorted(zip(labels, panel.time, panel.chosen, strict=True))
    assert expected == sorted(
        zip([found.households[h] for h in found.household], found.time // 2, found.chosen, strict=True)
    )
    assert (np.diff(found.time)[np.diff(found.household) == 0] > 0).all()


def test_repeated_rows_are_dropped_and_counted(written):
    found = read_panel(written(SMALL + "2,5,Nova,1.5,3.0\n"))
    assert found.occasions == 6
    assert ":8: 1 repeated rows were dropped" in warned(found)


def test_two_brands_in_a_week_are_one_occasion(written):
    first = read_panel(written(SMALL + "2,5,Zed,1.5,3.0\n"))
    assert first.occasions == 6
    assert first.chosen[-1] == 0
    assert "1 rows were merged" in warned(first)
    assert "on 1 occasions several brands" in warned(first)
    heading, *lines = SMALL.splitlines()
    units = [f"{heading},units", *(f"{line},1" for line in lines), "2,5,Zed,1.5,3.0,2"]
    most = read_panel(written("\n".join(units)))
    assert most.chosen[-1] == 1


def test_units_of_one_brand_add_up_over_rows(written):
    heading, *lines = SMALL.splitlines()
    text = [
        f"{heading},units",
        *(f"{line},2" for line in lines),
        "2,5,Zed,1.5,3.0,1.5",
        "2,5,Zed,1.4,3.0,1.5",
    ]
    assert read_panel(written("\n".join(text))).chosen[-1] == 1


def test_missing_cells_leave_rows_out(written):
    found = read_panel(written(SMALL + "3,,Nova,2,3\n3,4,,2,3\n,4,Nova,2,3\n"))
    assert found.occasions == 6
    assert "3 rows without a household, a time or a choice" in warned(found)


def test_a_missing_price_means_not_on_sale(written):
    found = read_panel(
        written(SMALL.replace("1,1,Nova,2.0,3.0", "1,1,Nova,2.0,NA").replace("2,1,Zed,2.0,2.5", "2,1,Zed,2.0,"))
    )
    assert found.occasions == 5
    assert np.isnan(found.price[0, 1])
    assert "1 rows without a price of the brand bought" in warned(found)
    assert "1 prices are missing" in warned(found)


def test_a_panel_of_holes_is_refused(written):
    holes = "".join(f"9,{week},,2,3\n" for week in range(10))
    with pytest.raises(PanelError, match="only 6 of 16 rows"):
        read_panel(written(SMALL + holes))


def test_a_brand_never_bought_is_left_out(written):
    lines = SMALL.splitlines()
    text = "\n".join([lines[0] + ",price.Ghost", *(f"{line},4.0" for line in lines[1:])])
    found = read_panel(written(text))
    assert found.brands == ("Nova", "Zed")
    assert "never bought, left out: Ghost" in warned(found)


def test_spellings_of_a_brand_are_one_brand(written):
    found = read_panel(written(SMALL.replace("1,4,Nova", "1,4, NOVA ")))
    assert found.chosen[2] == 0
    assert "1 brand names differ" in warned(found)


def test_brand_names_may_hold_spaces_and_signs(written):
    found = read_panel(written(SMALL.replace("Nova", "L’Eau & Co. n° 5")))
    assert found.brands[0] == "L’Eau & Co. n° 5"


@pytest.mark.parametrize("base", [0, 1])
def test_brands_may_be_chosen_by_number(written, base):
    text = SMALL.replace(",Nova,", f",{base},").replace(",Zed,", f",{base + 1},")
    found = read_panel(written(text))
    assert found.chosen.tolist() == [0, 1, 0, 1, 1, 0]
    assert f"counted from {base}" in warned(found)


def test_features_outside_0_to_1_are_refused(written):
    lines = SMALL.splitlines()
    text = "\n".join([lines[0] + ",feat.Nova", *(f"{line},40" for line in lines[1:])])
    with pytest.raises(PanelError, match='"40" is not between 0 and 1'):
        read_panel(written(text))


def test_features_may_be_known_of_some_brands_only(written):
    lines = SMALL.splitlines()
    text = "\n".join([lines[0] + ",feat.nova", *(f"{line},yes" for line in lines[1:])])
    found = read_panel(written(text))
    assert np.asarray(found.feature).tolist() == [[1.0, 0.0]] * 6
    assert "no column of features for Zed" in warned(found)


def test_a_slip_of_the_decimal_mark_is_noticed(written):
    found = read_panel(written(SMALL.replace("2,5,Nova,1.5", "2,5,Nova,150")))
    assert "Nova: 1 prices between 150 and 150 lie far from the median 2" in warned(found)


def test_a_long_file_may_leave_out_what_is_not_on_sale_and_weeks_without_purchase(panel, written):
    lines = long_text(panel).splitlines()
    not_bought = next(i for i, line in enumerate(lines) if line.endswith(",0"))
    extra = ["999,0,A,3.00,0", "999,0,B,3.00,0"]
    found = read_panel(written("\n".join(lines[:not_bought] + lines[not_bought + 1 :] + extra)))
    assert found.occasions == panel.occasions
    assert np.isnan(found.price).sum() == 1
    assert "1 occasions without a purchase were left out" in warned(found)


def test_purchases_sorted_by_brand_are_noticed(panel, written):
    order = np.lexsort((panel.chosen, panel.household))
    sorted_panel = type(panel)(**{**panel.__dict__, "chosen": panel.chosen[order]})
    found = read_panel(written(wide_text(sorted_panel)))
    assert "100% of the households never return" in warned(found)
    assert "never return" not in warned(read_panel(written(wide_text(panel))))


def test_delimiter_and_decimal_mark_may_be_stated(written):
    assert read_panel(written(SMALL.replace(",", "~")), delimiter="~").occasions == 6
    assert read_panel(written(SMALL.replace(",", "\t")), delimiter="tab").occasions == 6
    with pytest.raises(PanelError, match='delimiter "space" is not known'):
        read_panel(written(SMALL), delimiter="space")
    with pytest.raises(PanelError, match='decimal mark ";" is not known'):
        read_panel(written(SMALL), decimal=";")
    # A comma that groups thousands must be told apart from a decimal mark.
    path = written(SMALL.replace(",", ";").replace("2.0", "1,234.5"))
    with pytest.raises(PanelError, match="not a finite number"):
        read_panel(path)


LONG = """hh,week,brand,price,chosen,feature
1,1,Nova,2.0,1,0
1,1,Zed,3.0,0,1
1,2,Nova,2.5,0,0
1,2,Zed,3.0,1,0
2,1,Nova,2.0,1,0
2,1,Zed,2.5,0,0
2,4,Nova,2.0,1,0
2,4,Zed,3.0,0,0
"""
SLIPS = [
    "",
    ",",
    "\n",
    '"',
    ";",
    "-",
    "0",
    "1e999",
    "nan",
    " ",
    "x",
    "é",
    "\t",
    ".",
    "9" * 30,
    "2023-01-01",
    "1,1,Nova,",
]


@given(
    text=st.sampled_from([SMALL, LONG]),
    slips=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 6), st.sampled_from(SLIPS)), min_size=1, max_size=4),
)
@settings(max_examples=300)
def test_whatever_is_wrong_with_a_file_it_is_told_or_read(tmp_path_factory, text, slips):
    for place, length, slip in slips:
        text = text[:place] + slip + text[place + length :]
    path = tmp_path_factory.getbasetemp() / "slips.csv"
    path.write_text(text, encoding="utf-8")
    try:
        found = read_panel(path)
    except PanelError as error:
        lines = str(error).splitlines()
    else:
        assert len(found.brands) >= 2
        assert found.counts.sum() == found.occasions
        assert np.nanmin(found.price) > 0
        return
    assert lines
    assert all(line.startswith(str(path)) for line in lines)


def test_errors_come_in_french(written, monkeypatch):
    monkeypatch.setenv("USERISATION_LANG", "fr")
    with pytest.raises(PanelError, match="le fichier est vide"):
        read_panel(written(""))
