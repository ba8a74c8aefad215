"""An experiment told: its design, how far it has come, what failed, fans of headline figures, effects of factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from experiments.amounts import counted, duration
from experiments.answers.asked import Asked, name_of, plain_name, value_text
from experiments.answers.doubts import doubt_texts
from experiments.answers.drawing import COLOURS, axis, band, finite, line, percent_sign
from experiments.answers.effects import FEWEST, Effects, effects_of, fan_of, rows_of
from experiments.answers.told import Chart, Column, Table, Told
from experiments.numbers import LARGE_UNITS, PERCENT_UNITS, UNKNOWN, count, percent, plain_number
from experiments.text import say
from sim.text import language

if TYPE_CHECKING:
    from collections.abc import Sequence

    from experiments.batch.findings import Failure
    from experiments.batch.results import BatchResults

__all__ = ["facts", "figures_shown", "tell"]

_MOST_FIGURES, _MOST_FANS, _MOST_FAILURES, _MOST_FACTORS = 3, 4, 10, 30
_WANTED = ("share", "profit", "userisation", "militants")


def figures_shown(results: BatchResults) -> list[Asked]:
    """Choose headline figures among those that were kept: of the firm that changes most, then of the market."""
    from experiments.answers.compare import headline

    scenarios = [results.scenario(arm) for arm in results.arms]
    named = [factor.keys for factor in results.factors]
    firm = headline(scenarios).of
    for keys in named:
        about = [key.split(".")[1] for key in keys if key.startswith("firm.")]
        if len(scenarios) == 1 and about:
            firm = about[0]
            break
    ends, found = results.end_columns, []
    for key in _WANTED:
        for item in (firm, ""):
            name = f"{key}.{item}" if item else key
            if name in ends:
                found.append(Asked(key=key, of=item, over="end"))
    if not found:
        from sim.figures import FIGURES

        for name in ends:
            key, _, item = name.partition(".")
            if key in FIGURES:
                found.append(Asked(key=key, of=item, over="end"))
    return found[:_MOST_FIGURES]


def tell(results: BatchResults) -> Told:
    """Put an experiment into the language of the context."""
    figures, status = figures_shown(results), results.status()
    meta = results.meta
    effects = [(asked, _known(effects_of(results, asked.key, asked.of))) for asked in figures]
    charts: list[Chart] = []
    for asked, found in effects:
        charts += _fans(results, asked)
        if found:
            charts.append(_effects_chart(asked, found))
    tables = [_status(results), *_factors(results)]
    if figures:
        tables.append(_ends(results, figures))
    tables += [_effects_table(asked, found) for asked, found in effects if found]
    failures = _failures(results)
    doubts = [say("answers.batch.failed", count=count(status.failed + status.crashed))] if failures else []
    if not status.is_complete:
        doubts.append(say("answers.batch.cut", missing=count(status.missing), total=count(status.planned)))
    for asked, found in effects:
        notes = [note for one in found for note in one.notes if note.doubt != "below_zero"]
        doubts += [f"{plain_name(asked)} · {text}" for text in doubt_texts(notes)]
    if results.factors and not any(found for _, found in effects):
        doubts.append(say("answers.batch.too_few", fewest=FEWEST))
    return Told(
        question=meta[f"story.{language()}"].strip() or say("answers.batch.question", name=_title(results)),
        answer=_answer(results, figures),
        tables=(*tables, *failures),
        charts=tuple(charts),
        doubts=tuple(dict.fromkeys(doubts)),
        assumptions=_assumptions(results),
    )


def _known(found: list[Effects]) -> list[Effects]:
    """Leave out scenarios in which no factor has a share, because luck is all there is."""
    return [one for one in found if any(span.value == span.value for span in one.shares)]


def facts(results: BatchResults) -> list[tuple[str, str]]:
    """Say how it was made."""
    meta, status = results.meta, results.status()
    first = results.scenario(results.arms[0])
    found = {
        "scenarios": ", ".join(results.arms), "seed": meta["seed"], "replicates": count(results.replicates),
        "consumers": count(first.population.size), "weeks": count(first.horizon), "runs": count(status.planned),
        "started": meta["started"], "seconds": duration(status.seconds), "versions": meta["fingerprint.version"],
    }  # fmt: skip
    return [(say(f"answers.made.{key}"), value) for key, value in found.items()]


def _title(results: BatchResults) -> str:
    return results.meta[f"title.{language()}"] or results.meta["name"]


def _answer(results: BatchResults, figures: Sequence[Asked]) -> str:
    status = results.status()
    words = {
        "title": _title(results), "done": count(status.done), "planned": count(status.planned),
        "points": counted("point", results.point_count), "replicates": counted("future", results.replicates),
    }  # fmt: skip
    if not figures or not status.done:
        return say("answers.batch.answer_runs", **words)
    parts = []
    for place, arm in enumerate(results.arms):
        low, middle, high = _quantiles(results, figures[0], place)
        spread = {"low": value_text(low, figures[0]), "high": value_text(high, figures[0])}
        parts.append(say("answers.batch.arm_spread", arm=arm, middle=value_text(middle, figures[0]), **spread))
    return say("answers.batch.answer", figure=name_of(figures[0]), parts=say("answers.and").join(parts), **words)


def _quantiles(
    results: BatchResults, asked: Asked, arm: int, levels: tuple[float, ...] = (0.05, 0.5, 0.95)
) -> list[float]:
    import numpy as np

    values = rows_of(results, results.end(asked.key, asked.of))[arm].ravel()
    values = values[np.isfinite(values)]
    return [float(x) for x in np.quantile(values, levels)] if len(values) else [float("nan")] * len(levels)


def _status(results: BatchResults) -> Table:
    status, meta = results.status(), results.meta
    design = say(f"batch.design.{meta['design'] or 'none'}")
    points = say(
        "batch.points_by",
        points=counted("point", results.point_count),
        replicates=counted("replicate", results.replicates),
    )
    rows = {
        "arms": ", ".join(results.arms), "design": design, "points": points,
        "done": say("batch.of", done=count(status.done), total=count(status.planned)),
        "failed": count(status.failed), "crashed": count(status.crashed), "missing": count(status.missing),
        "time": duration(status.seconds),
    }  # fmt: skip
    columns = (Column(say("answers.batch.column.what"), "left"), Column(say("answers.batch.column.value"), "left"))
    return Table(
        say("answers.batch.status"), columns, tuple((say(f"batch.line.{key}"), value) for key, value in rows.items())
    )


def _factors(results: BatchResults) -> list[Table]:
    if not results.factors:
        return []
    columns = tuple(Column(say(f"answers.batch.column.{key}"), "left") for key in ("factor", "role", "keys", "values"))
    rows = [
        (factor.name, say(f"batch.role.{factor.role}"), ", ".join(factor.keys), _values(factor.described))
        for factor in results.factors[:_MOST_FACTORS]
    ]
    left = len(results.factors) - _MOST_FACTORS
    note = say("batch.more_factors", count=left) if left > 0 else ""
    return [Table(say("answers.batch.factors"), columns, tuple(rows), note)]


def _values(described: dict[str, Any]) -> str:
    """Say which values a factor can have."""
    known = described.get("values") or described
    if "levels" in known:
        return ", ".join(_plain(value) for value in known["levels"][:12]) + (" …" if len(known["levels"]) > 12 else "")
    if "range" in known:
        parts = {key: value for key, value in known["range"].items() if key != "distribution"}
        kind = known["range"].get("distribution", "uniform")
        return f"{kind} ({', '.join(f'{key} {_plain(value)}' for key, value in parts.items())})"
    return str(known.get("draws") or UNKNOWN)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return say("batch.yes" if value else "batch.no")
    return plain_number(value) if isinstance(value, int | float) else str(value)


def _ends(results: BatchResults, figures: Sequence[Asked]) -> Table:
    names = ("lowest", "decile", "median", "ninth", "highest")
    columns = [
        Column(say("answers.compare.column.figure"), "left"),
        Column(say("answers.compare.column.scenario"), "left"),
    ]
    columns += [Column(say(f"answers.batch.column.{name}")) for name in names]
    rows = []
    for asked in figures:
        for place, arm in enumerate(results.arms):
            numbers = _quantiles(results, asked, place, (0.0, 0.1, 0.5, 0.9, 1.0))
            rows.append((name_of(asked) if place == 0 else "", arm, *(value_text(value, asked) for value in numbers)))
    return Table(say("answers.batch.ends"), tuple(columns), tuple(rows), say("answers.batch.ends_note"))


def _effects_table(asked: Asked, found: Sequence[Effects]) -> Table:
    columns = [Column(say("answers.batch.column.factor"), "left"), *(Column(one.arm) for one in found)]
    rows = []
    for place, factor in enumerate(found[0].factors):
        cells = []
        for one in found:
            span = one.shares[place]
            between = say("answers.range", low=percent(max(span.low, 0.0), 0), high=percent(span.high, 0))
            cells.append(f"{percent(span.value, 0)} ({between})" if span.value == span.value else UNKNOWN)
        rows.append((factor, *cells))
    title = say("answers.batch.effects", figure=name_of(asked))
    return Table(title, tuple(columns), tuple(rows), say("answers.batch.effects_note"))


def _failures(results: BatchResults) -> list[Table]:
    failures = results.failures()
    if not failures:
        return []
    columns = tuple(Column(say(f"answers.batch.column.{key}"), "left") for key in ("run", "settings", "error"))
    rows = [
        (
            say(
                "batch.failure",
                point=one.point,
                arm=one.arm,
                replicate=one.replicate,
                status=say(f"batch.status.{one.status}"),
            ),
            ", ".join(f"{key} = {_plain(value)}" for key, value in one.settings.items()) or "–",
            one.error,
        )
        for one in failures[:_MOST_FAILURES]
    ]
    left = len(failures) - _MOST_FAILURES
    note = say("batch.more_failures", count=count(left)) if left > 0 else ""
    return [Table(say("answers.batch.failures"), columns, tuple(rows), note)]


def _failure(one: Failure) -> str:
    status = say(f"batch.status.{one.status}")
    return say("batch.failure", point=one.point, arm=one.arm, replicate=one.replicate, status=status)


def _assumptions(results: BatchResults) -> tuple[str, ...]:
    common = results.meta.get("common_random_numbers") == "true"
    first = results.scenario(results.arms[0])
    size = {"consumers": count(first.population.size), "weeks": count(first.horizon)}
    said = [say("answers.batch.common" if common else "answers.batch.own_luck"), say("answers.assume.size", **size)]
    if results.factors:
        said.insert(0, say("answers.batch.design"))
    return tuple(said)


def _fans(results: BatchResults, asked: Asked) -> list[Chart]:
    """Draw how runs spread week by week, a chart for each scenario, all on one scale."""
    from sim.figures import FIGURES

    unit = FIGURES[asked.key].unit
    scale, suffix = (100.0, percent_sign()) if unit in PERCENT_UNITS else (1.0, "")
    levels = (0.05, 0.25, 0.5, 0.75, 0.95)
    fans = [fan_of(results, asked.key, asked.of, place, levels) for place in range(len(results.arms))]
    known = [(place, fan) for place, fan in enumerate(fans) if fan is not None][:_MOST_FANS]
    if not known:
        return []
    import numpy as np

    every = np.concatenate([fan.ravel() for _, fan in known])
    every = scale * every[np.isfinite(every)]
    if not len(every):
        return []
    low, high = float(every.min()), float(every.max())
    pad = 0.06 * (high - low or abs(high) or 1.0)
    charts = []
    for place, fan in known:
        weeks, colour = list(range(1, fan.shape[1] + 1)), COLOURS[place % len(COLOURS)]
        rows = [[scale * value for value in row] for row in fan.tolist()]
        data = (
            band(weeks, rows[0], rows[4], colour, 0.14),
            band(weeks, rows[1], rows[3], colour, 0.26),
            line(weeks, rows[2], results.arms[place], colour),
        )
        up = axis("", ticksuffix=suffix, range=finite([low - pad, high + pad]))
        if unit in LARGE_UNITS:
            up["tickformat"] = "~s"
        title = plain_name(asked) if len(results.arms) == 1 else f"{plain_name(asked)} · {results.arms[place]}"
        layout = {"xaxis": axis(say("report.script.week")), "yaxis": up, "hovermode": "x unified"}
        charts.append(Chart(title, data, layout, say("answers.batch.fan_note"), is_wide=len(known) == 1))
    return charts


def _effects_chart(asked: Asked, found: Sequence[Effects]) -> Chart:
    order = sorted(range(len(found[0].factors)), key=lambda place: found[0].shares[place].value or 0.0)
    names = [found[0].factors[place] for place in order]
    data = []
    for number, one in enumerate(found):
        spans = [one.shares[place] for place in order]
        values = [span.value for span in spans]
        data.append(
            {
                "type": "bar", "orientation": "h", "y": names, "x": finite(values, 100.0), "name": one.arm,
                "marker": {"color": f"{COLOURS[number % len(COLOURS)]}/0.85"},
                "error_x": {
                    "type": "data", "symmetric": False, "color": "@ink", "thickness": 1.2, "width": 4,
                    "array": finite([span.high - span.value for span in spans], 100.0),
                    "arrayminus": finite([span.value - max(span.low, 0.0) for span in spans], 100.0),
                },
            }
        )  # fmt: skip
    layout = {
        "xaxis": {"ticksuffix": percent_sign(), "rangemode": "tozero", "showgrid": True},
        "yaxis": {"type": "category", "showgrid": False}, "showlegend": len(found) > 1, "barmode": "group",
    }  # fmt: skip
    height = 110 + (24 + 16 * len(found)) * len(names)
    title = say("answers.batch.effects", figure=name_of(asked))
    return Chart(title, tuple(data), layout, say("answers.batch.effects_note"), height=height, is_wide=True)
