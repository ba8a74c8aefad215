"""Claims as they were measured: found by words, verdict and source, and put into rows and tables. Nothing is run."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, get_args

from dashboards.charts.picture import Picture
from dashboards.evidence.text import CATALOGUE, say
from experiments.claims.findings import Verdict, packaged
from experiments.claims.over_words import draws_text, keys_texts, over_texts, share_text
from experiments.claims.where import setting_text, settings_text
from experiments.claims.words import (
    ablation_text,
    advice_text,
    effect_text,
    expected_text,
    level_text,
    question_text,
    stability_text,
)
from experiments.naming import strategy_name
from experiments.numbers import count, percent
from experiments.text import say as told
from sim.text import LANGUAGES, language

if TYPE_CHECKING:
    from experiments.claims.findings import ClaimResult, Claims

__all__ = [
    "VERDICTS", "claims", "effects_table", "found", "picture_of", "points_table", "remarks", "row_of", "source_name",
    "sources_of", "summary", "tally", "verdict_word",
]  # fmt: skip

VERDICTS: tuple[Verdict, ...] = ("holds", "only_if", "not_here", "undecided", "reported")
assert set(VERDICTS) == set(get_args(Verdict))


@lru_cache(maxsize=1)
def claims() -> Claims:
    """Give what was measured, as it comes with the program."""
    return packaged()


def by_name(name: str) -> ClaimResult | None:
    """Give the claim of a scenario; None if it makes none."""
    return next((one for one in claims().claims if one.scenario == name), None)


def plain(text: str) -> str:
    """Give a text for comparing: without accents, case and the forms of quotes."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("’", "'"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@lru_cache(maxsize=256)
def _haystack(name: str) -> str:
    one = by_name(name)
    if one is None:
        return ""
    parts = [one.scenario.replace("_", " "), one.quote, one.source]
    for code in LANGUAGES:
        parts += [one.title.get(code, ""), one.claim.get(code, "")]
    parts += [source_name(source) for source in split_sources(one.source)]
    return plain(" ".join(parts))


def found(words: str, verdicts: Collection[str] = (), source: str = "") -> list[ClaimResult]:
    """Give the claims in which all words stand, in either language, of some verdicts and a source if they are given."""
    wanted = plain(words[:200]).split()
    return [
        one
        for one in claims().claims
        if (not verdicts or one.verdict in verdicts)
        and (not source or source in split_sources(one.source))
        and all(word in _haystack(one.scenario) for word in wanted)
    ]


def split_sources(source: str) -> tuple[str, ...]:
    """Take apart the short names of sources: "S2, S4"."""
    return tuple(part.strip() for part in source.split(",") if part.strip())


def sources_of(results: Iterable[ClaimResult]) -> list[str]:
    """Give the short names of all sources, in order."""
    return sorted({name for one in results for name in split_sources(one.source)})


def source_name(short: str) -> str:
    """Name a source: its title if there is one."""
    key = f"evidence.source.{short}"
    return say(key) if CATALOGUE.has(key) else short


def verdict_word(verdict: str) -> str:
    """Give a verdict in a word or two."""
    return say(f"evidence.verdict.{verdict}")


def tally(results: Iterable[ClaimResult]) -> list[tuple[str, int]]:
    """Count the verdicts, in their order; those that nobody got are left out."""
    counts = dict.fromkeys(VERDICTS, 0)
    for one in results:
        counts[one.verdict] += 1
    return [(verdict, number) for verdict, number in counts.items() if number]


def summary() -> str:
    """Say in a sentence how all the claims fared."""
    counts = dict(tally(claims().claims))
    numbers = {verdict: count(counts.get(verdict, 0)) for verdict in VERDICTS}
    return say("evidence.claims.summary", total=count(len(claims().claims)), **numbers)


def row_of(result: ClaimResult) -> dict[str, Any]:
    """Give what the list shows of a claim."""
    own = result.over.points[0] if result.over is not None and result.over.points else None
    draws = None
    if own is not None and own.draws:
        draws = {"share": own.held / own.draws, "short": percent(own.held / own.draws, 0)}
    outcomes = [point.outcome or "none" for point in result.points]
    return {
        "name": result.scenario,
        "claim": said(result.claim),
        "title": said(result.title),
        "verdict": result.verdict,
        "verdict_text": verdict_word(result.verdict),
        "source": ", ".join(source_name(one) for one in split_sources(result.source)),
        "outcomes": outcomes,
        "outcomes_text": points_words(result),
        "draws": draws,
        "draws_text": say("evidence.claims.draws", text=share_text(own)) if own is not None else "",
    }


def said(texts: dict[str, str]) -> str:
    """Give a text of a file in the language of the context."""
    return texts.get(language()) or texts.get(LANGUAGES[0]) or ""


def effects_table(result: ClaimResult) -> tuple[list[str], list[dict[str, Any]]]:
    """Give the keys of columns and a row for each figure of the claim: what was expected, and what came out."""
    rows = []
    has_draws = result.over is not None and bool(result.over.figures)
    for place, (question, answer) in enumerate(zip(result.questions, result.points[0].answers, strict=True)):
        outcome = answer.outcome
        row = {
            "figure": question_text(question),
            "expected": expected_text(answer, question),
            "levels": told(
                "claims.levels",
                scenario=level_text(answer.effect.scenario, question),
                counterfactual=level_text(answer.effect.counterfactual, question),
            ),
            "effect": effect_text(answer.effect, question),
            "outcome": told(f"claims.outcome.{outcome or 'none'}"),
            "outcome__tone": {"pass": "good", "fail": "bad"}.get(outcome or "", "muted"),
        }
        if result.ablation is not None:
            row["left"] = effect_text(result.ablation.answers[place].effect, question)
        if has_draws and result.over is not None:
            row["draws"] = share_text(result.over.figures[place])
        rows.append(row)
    keys = ["figure", "expected", "levels", "effect", "outcome"]
    if result.ablation is not None:
        keys.append("left")
    return ([*keys, "draws"] if has_draws else keys), rows


def points_table(result: ClaimResult) -> tuple[list[tuple[str, str]], list[dict[str, Any]]]:
    """Give columns (key, heading) and a row for each point at which the claim was tried."""
    columns = [("point", told("claims.column.point"))]
    columns += [(f"effect_{at}", question_text(question)) for at, question in enumerate(result.questions)]
    columns.append(("outcome", told("claims.column.outcome")))
    held = result.over.points if result.over is not None else []
    if held:
        columns.append(("draws", told("claims.column.draws")))
    rows = []
    for at, point in enumerate(result.points):
        row: dict[str, Any] = {
            "point": point_words(point.settings),
            "outcome": told(f"claims.outcome.{point.outcome or 'none'}"),
            "outcome__tone": {"pass": "good", "fail": "bad"}.get(point.outcome or "", "muted"),
        }
        for place, (question, answer) in enumerate(zip(result.questions, point.answers, strict=True)):
            row[f"effect_{place}"] = effect_text(answer.effect, question)
            row[f"effect_{place}__sort"] = answer.effect.value if answer.effect.value == answer.effect.value else 0.0
        if held:
            row["draws"] = share_text(held[at])
        rows.append(row)
    return columns, rows


def remarks(result: ClaimResult) -> list[str]:
    """Say, a sentence each, where it holds, what carries it, how stable that is and how often it holds over draws."""
    texts = [points_words(result), _carried(result), stability_text(result), advice_text(result)]
    if result.over is not None:
        over = over_texts(result, parameter_words)
        if over and result.over.points:
            over[0] = say("evidence.claims.over", text=over[0])
        texts += over
    return [_sentence(text) for text in texts if text]


def draws_remarks(result: ClaimResult) -> list[str]:
    """Say over what a claim was tried, and which values its markets kept."""
    if result.over is None:
        return []
    luck = "claims.draws.with_luck" if result.over.futures == 1 else "claims.draws.less_luck"
    stale = [told("claims.draws.stale")] if claims().is_stale(result) else []
    ends = [told(luck)] if result.over.points else []
    texts = [*stale, draws_text(result.over), *keys_texts(result, parameter_words), *ends]
    return [_sentence(text) for text in texts]


def points_words(result: ClaimResult) -> str:
    """Say at how many points a claim goes as expected."""
    outcomes = [point.outcome for point in result.points]
    if result.verdict == "reported":
        return verdict_word("reported")
    values = {"passing": count(outcomes.count("pass")), "total": count(len(outcomes))}
    return say("evidence.claims.at_points", **values)


def point_words(settings: Mapping[str, Any]) -> str:
    """Name a point by what is varied there, in the words of the declarations."""
    if not settings:
        return told("claims.where.own")
    return "; ".join(setting_words(key, value) for key, value in settings.items())


def setting_words(key: str, value: Any) -> str:
    """Name one value: by what the number means where it is declared, else by its key."""
    name = parameter_words(key)
    if name == key:
        return setting_text(key, value)
    if key.startswith("mechanisms.") and value is False:
        return say("evidence.claims.switched_off", name=key.split(".")[1].replace("_", " "))
    if key.endswith(".strategy"):
        return say("evidence.claims.setting", name=name, value=strategy_name(str(value)))
    if isinstance(value, bool):
        return say("evidence.claims.setting", name=name, value=told("claims.where.on" if value else "claims.where.off"))
    return say("evidence.claims.setting", name=name, value=setting_text("value", value).partition(" = ")[2])


@lru_cache(maxsize=512)
def _words_of(key: str, code: str) -> str:
    from experiments.naming import lever_name
    from experiments.reference import tables
    from sim.keys import KeyFormError, split_key
    from sim.quantities import quantities

    try:
        parts = split_key(key)[0]
    except KeyFormError:
        return key
    if parts[0] == "mechanisms" and parts[2:] == ("enabled",):
        return told("answers.change.mechanism", name=parts[1].replace("_", " "))
    if parts[0] == "firm" and parts[2:] == ("strategy",):
        return say("evidence.claims.strategy_of", firm=parts[1])
    if parts[0] == "firm" and len(parts) == 4 and parts[2] == "levers":
        return told("answers.change.of", name=parts[1], what=lever_name(parts[3]))
    if parts[0] == "firm" and parts[2:4] == ("levers", "causes") and len(parts) == 6:
        stance = told("event.says" if parts[5] == "proclaimed" else "event.does", cause=parts[4])
        return told("answers.change.of", name=parts[1], what=stance)
    declared = tables()
    if parts[0] == "event" and len(parts) == 3 and parts[1].isdigit():
        known_of = [
            quantities(model).get(parts[2]) for name, (_, model) in declared.items() if name.startswith("event")
        ]
        meant = next((one.meaning[code] for one in known_of if one is not None), parts[2])
        number = int(parts[1]) + 1
        return say("evidence.claims.event", number=number, what=meant[:1].lower() + meant[1:])
    owner, inner = "", list(parts)
    if parts[0] in ("firm", "sector", "cause", "cohort"):
        owner, inner = parts[1] if len(parts) > 1 else "", [parts[0], *parts[2:]]
    for size in range(len(inner) - 1, 0, -1):
        table = ".".join(inner[:size])
        if table in declared:
            known = quantities(declared[table][1]).get(inner[size])
            if known is not None:
                meaning = known.meaning[code]
                if not owner:
                    return meaning
                return told("answers.change.of", name=owner, what=meaning[:1].lower() + meaning[1:])
    return key


def parameter_words(key: str) -> str:
    """Say what a key of a scenario means; the key itself where nothing is declared of it."""
    return _words_of(key, language())


def _carried(result: ClaimResult) -> str:
    """Say what carries the effect, in words instead of keys."""
    text = ablation_text(result)
    for key, value in result.carried_by.items():
        if key != "clear":
            text = text.replace(settings_text({key: value}), setting_words(key, value))
    return text


def _sentence(text: str) -> str:
    whole = text[:1].upper() + text[1:]
    return whole if whole.endswith((".", "!", "?")) else f"{whole}."


def compared_with(result: ClaimResult) -> str:
    """Say what the scenario is compared with."""
    settings = {key: value for key, value in result.without.items() if key != "clear"}
    parts = [setting_words(key, value) for key, value in list(settings.items())[:4]]
    if len(settings) > 4:
        parts.append(say("evidence.claims.more_settings", count=count(len(settings) - 4)))
    parts += [told("claims.dropped", table=table) for table in result.without.get("clear", [])]
    what = "; ".join(parts)
    other = by_name(result.against) if result.against else None
    name = say("evidence.quoted", text=said(other.title)) if other is not None else (result.against or "")
    if result.against and what:
        return say("evidence.claims.against_with", other=name, what=what)
    return say("evidence.claims.against", other=name) if result.against else say("evidence.claims.without", what=what)


def picture_of(result: ClaimResult, title: str, note: str, place: int) -> Picture:
    """Say what the chart of a claim's points is of, where it is looked at away from its page."""
    figure = question_text(result.questions[place])
    return Picture(f"{title} – {figure}", said(result.title), [said(result.claim), size_text(result), note])


def size_text(result: ClaimResult) -> str:
    """Say how it was measured."""
    return told(
        "claims.page.size",
        replicates=count(result.replicates),
        consumers=count(result.consumers),
        weeks=count(result.weeks),
        seed=result.seed,
    )


def outcome_words(result: ClaimResult) -> str:
    """Say how a claim fares at its own values alone."""
    return told(f"claims.outcome.{result.points[0].outcome or 'none'}")
