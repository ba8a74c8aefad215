"""What was found about the size that questions need: plain data that are written as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict

from experiments.claims.findings import Number
from experiments.precision.advice import Advice, Need, cheapest
from experiments.precision.laws import Bounded, CostLaw, ErrorLaw, fit_cost, fit_error
from experiments.precision.questions import Allowed, Request, allowed_of, measures_needed

if TYPE_CHECKING:
    from experiments.precision.pilot import Pilots
    from sim.scenario import Scenario

__all__ = ["Answer", "Cost", "Ensemble", "Kind", "Laws", "Pilot", "Precision", "Term", "answered"]

Kind = Literal["level", "difference"]
Status = Literal["advised", "undefined", "no_level", "out_of_reach"]


class Plain(BaseModel):
    """A part of the results."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null")


class Term(Plain):
    """An estimate with its 95 % interval."""

    value: Number
    low: Number
    high: Number


class Pilot(Plain):
    """What the futures of one size gave: their number, mean and variance."""

    consumers: int
    replicates: int
    mean: Number
    variance: Number


class Laws(Plain):
    """Mean = level + bias / N; variance over futures = lasting + sampling / N.

    Attributes
    ----------
    level, bias, lasting, sampling
        In the figure's unit, that unit times consumers, its square, and its square times consumers.
    fits
        Whether all pilots agree with the law of the variance.
    pilots
        What the laws were fitted to.
    """

    level: Term
    bias: Term
    lasting: Term
    sampling: Term
    fits: bool
    pilots: list[Pilot]


class Ensemble(Plain):
    """The cheapest ensemble: consumers, replicates with the 95 % interval of those needed, and seconds here."""

    consumers: int
    replicates: int
    replicates_low: int
    replicates_high: int
    seconds: float


class Answer(Plain):
    """What one number needs.

    Attributes
    ----------
    key, of, over
        A key figure, what it is about (None for the market), and which weeks make the number.
    kind
        The number itself, or the difference that a change makes to it with the same luck.
    named
        Whether it was asked for by name.
    error
        With which it should be known (95 %), in the figure's unit.
    laws
        None where the number is undefined in too many futures.
    status
        ``advised``; ``undefined``; ``no_level``: the error is relative to a level of 0; ``out_of_reach``: no ensemble
        of as many consumers as there are people and 100,000 futures would do.
    advice
        The cheapest ensemble; None unless advised.
    bias, luck
        In the advised ensemble: the bias where it is clear, otherwise 0, and the share of the variance of a future
        that no number of consumers removes.
    """

    key: str
    of: str | None
    over: str
    kind: Kind
    named: bool
    error: Number
    laws: Laws | None
    status: Status
    advice: Ensemble | None
    bias: Number
    luck: Number


class Cost(Plain):
    """Seconds of one future of an ensemble here: start + each × consumers × weeks."""

    start: float
    each: float


class Precision(Plain):
    """All answers.

    Attributes
    ----------
    scenario, settings, against, seed, weeks, people
        What was asked about; `against` are the changes whose difference was asked for.
    sizes, replicates, threads
        Of the pilots.
    cost
        Measured on this machine: the one part that differs from run to run.
    answers
        One a number and kind; of figures that nobody named, only those that can be judged.
    together
        By kind, the cheapest ensemble that answers all that can be answered.
    failures
        Runs that failed; they are left out.
    interrupted
        Whether the largest pilots are missing because of Ctrl-C.
    """

    scenario: str
    settings: list[str]
    against: list[str]
    seed: int
    weeks: int
    people: float
    sizes: list[int]
    replicates: int
    threads: int
    cost: Cost
    answers: list[Answer]
    together: dict[Kind, Ensemble | None]
    failures: int
    interrupted: bool


def answered(
    pilots: Pilots,
    scenario: Scenario,
    requests: Sequence[Request],
    asked: Allowed | None,
    *,
    settings: Sequence[str],
    against: Sequence[str],
    replicates: int,
    threads: int,
) -> Precision:
    """Fit the laws of everything that was asked for and choose ensembles.

    Parameters
    ----------
    pilots
        Of the scenario, and of the changed one where there is `against`; with numbers for `measures_needed`.
    scenario
        As it was asked about.
    requests, asked
        The numbers, and the error for all of them; None leaves it to each.
    settings, against, replicates, threads
        As on the command line.
    """
    measures = measures_needed(requests, asked)
    cost = fit_cost(pilots.sizes, pilots.seconds, scenario.horizon)
    low, high = pilots.sizes[0], scenario.population.represents
    answers: list[Answer] = []
    together: dict[Kind, Ensemble | None] = {}
    kinds: tuple[Kind, ...] = ("level", "difference") if against else ("level",)
    for kind in kinds:
        # A difference takes both markets.
        times = 1 if kind == "level" else 2
        price = CostLaw(times * cost.start, times * cost.each)
        needs: list[Need] = []
        for request in requests:
            place = measures.index(request.measure)
            law = fit_error(pilots.sizes, pilots.rows(place, None if kind == "level" else 1))
            error = _error(pilots, measures, request, asked)
            advice = None
            if law is not None and error is not None:
                need = Need(law, error)
                advice = cheapest([need], price, scenario.horizon, low, high)
                if advice is not None:
                    needs.append(need)
            answer = _answer(request, kind, law, error, advice)
            # Nobody asked for a headline figure of which there is nothing here, such as militants in quiet times.
            if request.named or answer.status in ("advised", "out_of_reach"):
                answers.append(answer)
        whole = cheapest(needs, price, scenario.horizon, low, high) if needs else None
        together[kind] = _ensemble(whole)
    return Precision(
        scenario=scenario.name,
        settings=list(settings),
        against=list(against),
        seed=scenario.seed,
        weeks=scenario.horizon,
        people=scenario.population.represents,
        sizes=pilots.sizes,
        replicates=replicates,
        threads=threads,
        cost=Cost(start=cost.start, each=cost.each),
        answers=answers,
        together=together,
        failures=len(pilots.errors),
        interrupted=pilots.stopped,
    )


def _error(pilots: Pilots, measures: Sequence[object], request: Request, asked: Allowed | None) -> float | None:
    """Give the allowed error in the figure's unit; None where it is relative to a level that is 0 or undefined."""
    import numpy as np

    allowed = allowed_of(request.measure, asked)
    if allowed.of is None:
        return allowed.amount
    values = pilots.rows(measures.index(allowed.of))[-1]
    known = values[np.isfinite(values)]
    level = abs(float(known.mean())) if len(known) else 0.0
    return allowed.amount * level if level > 0 else None


def _answer(request: Request, kind: Kind, law: ErrorLaw | None, error: float | None, advice: Advice | None) -> Answer:
    if law is None:
        status: Status = "undefined"
    elif error is None:
        status = "no_level"
    else:
        status = "out_of_reach" if advice is None else "advised"
    return Answer(
        key=request.measure.key,
        of=request.measure.item or None,
        over=request.measure.over,
        kind=kind,
        named=request.named,
        error=float("nan") if error is None else error,
        laws=None if law is None else _laws(law),
        status=status,
        advice=_ensemble(advice),
        bias=law.clear_bias(advice.consumers) if law is not None and advice is not None else float("nan"),
        luck=law.luck(advice.consumers) if law is not None and advice is not None else float("nan"),
    )


def _laws(law: ErrorLaw) -> Laws:
    pilots = zip(law.sizes, law.replicates, law.means, law.variances, strict=True)
    return Laws(
        level=_term(law.level),
        bias=_term(law.bias),
        lasting=_term(law.lasting),
        sampling=_term(law.sampling),
        fits=law.fits,
        pilots=[Pilot(consumers=n, replicates=r, mean=m, variance=v) for n, r, m, v in pilots],
    )


def _term(one: Bounded) -> Term:
    return Term(value=one.value, low=one.low, high=one.high)


def _ensemble(advice: Advice | None) -> Ensemble | None:
    if advice is None:
        return None
    return Ensemble(
        consumers=advice.consumers,
        replicates=advice.replicates,
        replicates_low=advice.fewest,
        replicates_high=advice.most,
        seconds=advice.seconds,
    )
