"""The tutorial speaks of what is on the screen: its words, its numbers, its pictures, the same in both languages."""

import re
import tomllib
from collections import Counter

import pytest

from dashboards.futures import CHOICES, Service, interactive
from dashboards.lab.happenings import made
from dashboards.lab.view import Axes, Choice, build, needed
from dashboards.markets import Draft
from experiments.pool import Pool
from sim.text import use_language
from tests.dashboards.tutorial import LARGEST, LOCALES, SHOWS
from tests.dashboards.tutorial_pages import LANGUAGES, PAGES, ROOT, page, plain, step


def texts_in(data):
    if isinstance(data, dict):
        for value in data.values():
            yield from texts_in(value)
    elif isinstance(data, str):
        yield data


def said_on_screen(code):
    """Give every text of the catalogues, and the titles of scenarios and experiments."""
    for room in ("sim", "experiments", "dashboards"):
        for file in (ROOT / room).rglob(f"messages/{code}.toml"):
            yield from texts_in(tomllib.loads(file.read_text(encoding="utf-8")))
    for file in (*(ROOT / "scenarios").glob("*.toml"), *(ROOT / "experiments").rglob("robust_opening.toml")):
        yield tomllib.loads(file.read_text(encoding="utf-8")).get("title", {}).get(code, "")


def pattern_of(text):
    """Give what a text with gaps may become; where little of it is words, it could become anything, and counts not."""
    parts = re.split(r"\{[^}]*\}", plain(text))
    if len(parts) > 1 and len(re.findall(r"\w", "".join(parts))) < 5:
        return None
    return re.compile(".+".join(map(re.escape, parts)), re.IGNORECASE)


@pytest.mark.parametrize("code", LANGUAGES)
def test_words_in_bold_are_on_the_screen(code):
    patterns = [found for text in said_on_screen(code) if text and (found := pattern_of(text))]
    quoted = {plain(words) for words in re.findall(r"\*\*([^*]+)\*\*", page(code))}
    assert len(quoted) > 60
    no_such = "a button that no page has"
    unknown = {
        words
        for words in (*quoted, no_such)
        if words not in map(str, CHOICES) and not any(pattern.fullmatch(words) for pattern in patterns)
    }
    assert unknown == {no_such}


@pytest.mark.parametrize("code", LANGUAGES)
def test_links_and_pictures_are_there(code):
    targets = re.findall(r"\]\(([^)#\s]+)", page(code))
    assert {f"images/tutorial_{name}_{code}.png" for name in SHOWS} <= set(targets)
    for target in targets:
        file = PAGES[code].parent / target
        assert file.is_file(), target
        assert file.suffix != ".png" or file.stat().st_size <= LARGEST, target


def test_both_are_linked_from_the_first_pages():
    assert LOCALES.keys() == PAGES.keys()
    for file in PAGES.values():
        assert f"]({file.name})" in (ROOT / "docs" / "dashboard.md").read_text(encoding="utf-8")
        assert f"](docs/{file.name})" in (ROOT / "README.md").read_text(encoding="utf-8")


def numbers(code):
    """Count the numbers of a page, written in one way."""
    text = plain(re.sub(r"```.*?```|\]\([^)]*\)", "", page(code), flags=re.S))
    if code == "en":
        text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    else:
        text = re.sub(r"(?<=\d) (?=\d{3}\b)", "", text).replace("\u202f", "")
        text = re.sub(r"(?<=\d),(?=\d)", ".", text)
    return Counter(re.findall(r"\d+(?:\.\d+)?", text))


def test_both_languages_tell_the_same_numbers():
    assert numbers("en") == numbers("fr")


# --- what the numbers come to -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def views():
    """Give a function that makes what the Lab shows of a market, against a baseline, in a language."""
    with Pool(2) as pool:
        service = Service(pool)

        def see(draft, baseline, code):
            choice = Choice()

            def futures(one):
                scenario = interactive(one.scenario)
                return service.ask("a", scenario, futures=choice.futures, figures=needed(one, choice)).wait(300)

            now, before = futures(draft), futures(baseline)
            with use_language(code):
                return build(draft, baseline, now, None if draft == baseline else before, choice, Axes())

        yield see
        service.close()


def told(card):
    """Give value and change of a card, as one writes them."""
    gap = " " if "," in card.value else ""
    return plain(f"{card.value}{gap}{card.unit}"), plain(card.change)


@pytest.mark.slow
def test_the_first_drag_comes_to_what_is_told(views):
    """16 futures of 5,000 consumers over 104 weeks of two markets, as on the page: to the last digit shown."""
    baseline = Draft.of("baseline")
    draft = baseline.with_change("firm.Nova.levers.openness", 0.6)
    for code in LANGUAGES:
        text = step(code, 1)
        before, now = views(baseline, baseline, code), views(draft, baseline, code)
        for sentence in (re.sub("<[^>]*>", "", now.sentence), now.support[0]):
            assert plain(sentence) in text
        for card in before.cards[:2]:
            assert told(card)[0] in text
        for card in now.cards[:2]:
            assert ", ".join(told(card)) in text
        assert told(now.cards[2])[0] in text
        assert now.cards[2].direction == now.cards[3].direction == 0
        assert plain(now.cards[0].note) in text


@pytest.mark.slow
@pytest.mark.heavy
def test_the_claimed_opening_and_the_scandal_come_to_what_is_told(views):
    """As before, of six markets."""
    meant = Draft.of("sincere_opening")
    claimed = meant.with_change("schedule.0.sharing", 0.02)
    scandal = made(claimed, "scandal", 26)
    for code in LANGUAGES:
        text = step(code, 2)
        for card in views(meant, meant, code).cards[:3]:
            assert told(card)[0] in text
        for card in views(claimed, meant, code).cards[:3]:
            assert ", ".join(told(card)) in text
        share, profit, sincerity, _ = views(scandal, claimed, code).cards
        assert share.direction == 0
        amount, reach = told(profit)[1].lstrip("−").split(" (")
        assert f"{amount} ({reach}" in text
        assert told(sincerity)[1].lstrip("−").partition(" ")[0] in text
        later = views(made(claimed, "scandal", 78), claimed, code).cards[1]
        assert told(later)[1].lstrip("−").partition(" (")[0] in text
        _, profit, sincerity, _ = views(made(meant, "scandal", 26), meant, code).cards
        for card in (profit, sincerity):
            assert card.direction == 1
            assert told(card)[1].lstrip("+").partition(" (")[0] in text
