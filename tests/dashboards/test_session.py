"""In which language a page begins, and what errors become."""

import pytest

from dashboards.app.failure import message_of
from dashboards.app.session import preferred
from dashboards.text import CATALOGUE
from experiments.commands.session import CommandError
from sim.scenario import load
from sim.text import LANGUAGES


@pytest.mark.parametrize(
    ("accepted", "cookie", "wanted", "found"),
    [
        ("", "", "", "en"),
        ("fr-CH, fr;q=0.9, en;q=0.8", "", "", "fr"),
        ("de, en;q=0.3, fr;q=0.7", "", "", "fr"),
        ("de", "", "", "en"),
        ("fr", "en", "", "en"),
        ("fr", "en", "fr", "fr"),
        ("en", "xx", "<script>", "en"),
        (";;;,,q=9,fr;q=x", "", "", "fr"),
        ("a," * 10_000, "", "", "en"),
    ],
)
def test_the_language_is_the_one_asked_for_chosen_or_accepted(accepted, cookie, wanted, found):
    assert preferred(accepted, cookie, wanted) == found


def test_errors_made_for_people_keep_their_words_and_others_become_a_message():
    assert message_of(CommandError("No such thing.")) == "No such thing."
    with pytest.raises(Exception, match="nowhere") as error:
        load("baseline", ["nowhere=1"])
    assert "nowhere" in message_of(error.value)
    told = message_of(ZeroDivisionError("/secret/path"))
    assert "secret" not in told
    assert "log" in told


def test_both_languages_have_the_same_texts():
    english, french = (CATALOGUE.texts(code) for code in LANGUAGES)
    assert english.keys() == french.keys()
