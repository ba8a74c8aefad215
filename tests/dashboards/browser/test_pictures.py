"""Charts saved as pictures, to stand by themselves: title, what they are of, on white; the page stays as it is."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.dashboards.browser import test_compare
from tests.dashboards.browser.test_lab import drawn, figure, quick, settled

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHITE = (255, 255, 255)
WATCH = """() => {
  window.__saved = [];
  const save = Plotly.downloadImage;
  Plotly.downloadImage = (figure, how) => {
    const { title, width, height, margin } = figure.layout;
    window.__saved.push({ title: title.text, about: title.subtitle.text, width, height, margin });
    return save(figure, how);
  };
}"""
"""Keep what is drawn as pictures."""


def saved(page, chart):
    """Save a chart; give the file's name, the picture, and what was drawn."""
    page.evaluate(WATCH)
    with page.expect_download() as download:
        chart.locator(".u-png").click()
    raw = download.value.path().read_bytes()
    assert raw.startswith(b"\x89PNG")
    with Image.open(io.BytesIO(raw)) as picture:
        return download.value.suggested_filename, picture.convert("RGB"), page.evaluate("window.__saved")[0]


def test_a_chart_of_the_lab_says_on_white_what_it_is_of(new_page):
    address = quick() + "&set=firm.Nova.levers.price=7.5"
    page = settled(new_page(address, locale="fr-FR", color_scheme="dark"))
    before, count = figure(page), drawn(page)
    card = page.locator(".l-shares")
    name, picture, made = saved(page, card)
    heading = card.locator("h2").inner_text().replace("\u2011", "-")
    assert made["title"].replace("\u2011", "-") == f"<b>{heading} – Part de marché</b>"
    market, baseline, size, note = made["about"].split("<br>")
    assert re.fullmatch(r"Un marché à la veille de l'üserisation \(3 changements\)", market)
    assert baseline.startswith("Référence : Un marché à la veille")
    assert size.startswith("16 futurs, 300 consommateurs simulés, 40 semaines.")
    assert note == card.locator(".u-sub").inner_text()
    assert re.fullmatch(r"un-marche-a-la-veille-de-l-userisation-3-changements_nova-[a-z-]+-part-de-marche\.png", name)
    assert picture.size == (2 * made["width"], 2 * made["height"])
    wide, high = picture.size
    assert {picture.getpixel(at) for at in ((0, 0), (wide - 1, 0), (0, high - 1), (wide - 1, high - 1))} == {WHITE}
    head = picture.crop((0, 0, wide, 60))
    assert min(head.convert("L").tobytes()) < 80  # the title is written dark
    assert (figure(page), drawn(page)) == (before, count)


def test_on_a_phone_a_picture_is_as_wide_as_a_slide_needs(new_page):
    page = settled(new_page(quick(), width=390, height=844, has_touch=True))
    _, picture, made = saved(page, page.locator(".l-shares"))
    assert made["width"] >= 720
    assert picture.size[0] == 2 * made["width"]
    assert page.evaluate("document.querySelector('.l-shares .js-plotly-plot').clientWidth") < 390


def test_long_and_hostile_names_stay_texts_inside_of_the_picture(new_page, tmp_path):
    page = test_compare.ready(new_page(test_compare.TWO))
    file = tmp_path / "long.toml"
    title = "<b>Nova</b> & <a href='x'>co</a> " + 6 * "with a long name " + 150 * "m"
    schedule = '[[schedule]]\nweek = 9\nfirm = "Nova"\nprice = 7.0\n'
    file.write_text(f'extends = "baseline"\n[title]\nen = "{title}"\n{schedule}')
    page.locator("input[type=file]").set_input_files(file)
    expect(test_compare.rows(page)).to_have_count(3)
    test_compare.ready(page)
    card = page.locator(".u-card", has=page.get_by_role("heading", name="What the change makes, week by week"))
    name, picture, made = saved(page, card)
    assert name.startswith("a-a-market-on-the-eve-of-userisation-b-nova-opens-itself-and_what-the-change-makes-week-by")
    assert len(name) < 130
    lines = made["about"].split("<br>")
    assert lines[1] == "B · Nova opens itself, and means it"
    assert lines[2].startswith("C · File: &lt;b&gt;Nova&lt;/b&gt; &amp; &lt;a href='x'&gt;co&lt;/a&gt; with")
    assert len(lines) > 5  # the long name takes two, beside two others, the size and how to read it
    assert "<" not in made["about"].replace("<br>", "")
    assert made["margin"]["t"] > 17 * len(lines)
    edge = picture.crop((picture.size[0] - 20, 0, picture.size[0], 2 * made["margin"]["t"] - 20))
    assert edge.getcolors() == [(edge.size[0] * edge.size[1], WHITE)]  # nothing is cut off at the right


def test_the_points_of_a_claim_say_which(new_page):
    page = new_page("claims")
    test_compare.drawn(page, "claim-points")
    card = page.locator(".u-card", has=page.get_by_role("heading", name="Where it holds"))
    name, _, made = saved(page, card)
    assert made["title"].startswith("<b>Where it holds – ")
    assert "pairs of runs, " in made["about"]
    assert name.endswith(".png")
    assert "_where-it-holds-" in name
