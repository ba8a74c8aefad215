"""The methods of `experiments.analysis` beside others, where answers are known: `python3 -m benchmarks.analysis`.

Prints the figures of docs/analysis.md. Needs the extra `optimise`.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator

import numpy as np
from scipy.stats import qmc, sobol_indices, uniform

from experiments.analysis.coalitions import plan_sampled
from experiments.analysis.discovery.prim import discover
from experiments.analysis.discovery.trees import grow
from experiments.analysis.fronts import hypervolume, ranks_of
from experiments.analysis.intervals import mean_interval
from experiments.analysis.levers import Choice, Number, WholeNumber, decided, sampled
from experiments.analysis.search import search, search_emulated
from experiments.analysis.sensitivity import morris, sobol
from experiments.analysis.sensitivity.given import first_order, pawn
from experiments.analysis.shapley import explain

G = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0])


def sobol_g(cube):
    return np.prod((np.abs(4 * cube - 2) + G) / (1 + G), axis=1)


def truth():
    own = 1 / (3 * (1 + G) ** 2)
    whole = np.prod(1 + own) - 1
    return own / whole, own * np.prod(1 + own) / (1 + own) / whole, whole


def rms(numbers) -> float:
    return float(np.sqrt(np.mean(np.square(numbers))))


def timed(work: Callable):
    start = time.process_time()
    return work(), time.process_time() - start


def intervals() -> Iterator[str]:
    random = np.random.default_rng(1)
    for name, centre, draw in (
        ("normal", 0.0, random.standard_normal),
        ("lognormal 1.0", float(np.exp(0.5)), lambda shape: np.exp(random.standard_normal(shape))),
    ):
        for count in (5, 10, 30):
            numbers = draw((count, 1000))
            row = []
            for method in ("t", "percentile", "bca"):
                found = mean_interval(numbers, method=method)
                row.append(f"{method} {((found.low < centre) & (found.high > centre)).mean():.3f}")
            yield f"coverage, {name}, {count} replicates: {', '.join(row)}"


def shares() -> Iterator[str]:
    n = 10
    steps = np.diff([0.0, *((np.arange(n) + 1) ** 2)])
    expected = np.cumsum(steps / (n - np.arange(n)))

    def airport(made) -> float:
        return max(((x + 1) ** 2 for x in made), default=0.0)

    paired, alone, used = [], [], []
    for seed in range(200):
        plan = plan_sampled(n, 100, seed)
        used.append(len(plan.orders))
        found = explain(lambda asked: np.array([[airport(x)] for x in asked]), n, 100, seed)
        paired.append(found.shares.value - expected)
        random, one = np.random.default_rng(seed), np.zeros(n)
        for _ in range(len(plan.orders)):
            order, before = random.permutation(n), 0.0
            for place in range(n):
                after = airport(order[: place + 1].tolist())
                one[order[place]] += (after - before) / len(plan.orders)
                before = after
        alone.append(one - expected)
    errors = f"with reverses {rms(paired):.2f}, alone {rms(alone):.2f}"
    yield f"airport of 10, {np.mean(used):.0f} orders: rms error {errors}"


def variances() -> Iterator[str]:
    from SALib.analyze import sobol as theirs

    first, total, _ = truth()
    errors: dict[str, list] = {"ours": [], "SALib": [], "scipy": []}
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[0, 1]] * 6}
    for seed in range(60):
        points = sobol.design(512, 6, seed)
        outcomes = sobol_g(points)
        ours = sobol.sobol(np.repeat(outcomes[:, None], 2, axis=1), 6)
        found = theirs.analyze(problem, outcomes, calc_second_order=False, seed=seed + 1)
        errors["ours"] += [ours.first.raw - first, ours.total.raw - total]
        errors["SALib"] += [found["S1"] - first, found["ST"] - total]
        scipys = sobol_indices(
            func=lambda x: sobol_g(x.T), n=512, dists=[uniform()] * 6, rng=np.random.default_rng(seed)
        )
        errors["scipy"] += [scipys.first_order - first, scipys.total_order - total]
    yield "Sobol' g, 512 base rows, rms error: " + ", ".join(f"{k} {rms(v):.4f}" for k, v in errors.items())
    random = np.random.default_rng(1)
    points = sobol.design(512, 6, 1)
    noisy = sobol_g(points)[:, None] + 0.5 * random.standard_normal((len(points), 4))
    ours, plain = sobol.sobol(noisy, 6), theirs.analyze(problem, noisy.mean(axis=1), calc_second_order=False, seed=1)
    miss = rms(ours.total.raw - total), rms(np.asarray(plain["ST"]) - total)
    yield f"luck of {float(ours.luck):.0%}, rms error of totals: ours {miss[0]:.3f}, SALib {miss[1]:.3f}"
    series = np.repeat(np.repeat(sobol_g(points)[:, None, None], 2, axis=1), 104, axis=2)
    _, ours_took = timed(lambda: sobol.sobol(series, 6))
    _, took = timed(
        lambda: theirs.analyze(problem, series[:, 0, 0], calc_second_order=False, num_resamples=400, seed=1)
    )
    yield f"104 weeks, 512 rows, 400 resamples: ours {ours_took:.2f} s, SALib {104 * took:.1f} s (104 times one week)"
    held = []
    for seed in range(200):
        a, b = np.random.default_rng(seed).random((2, 256, 6))
        points = np.repeat(a[:, None], 8, axis=1)
        points[:, 1 + np.arange(6), np.arange(6)] = b
        points[:, -1] = b
        found = sobol.sobol(np.repeat(sobol_g(points.reshape(-1, 6))[:, None], 2, axis=1), 6)
        for expected, kind in ((first, found.first), (total, found.total)):
            held.append((kind.estimate.low <= expected) & (expected <= kind.estimate.high))
    yield f"coverage of intervals, 256 independent rows, 200 repeats: {np.mean(held):.3f}"


def screening() -> Iterator[str]:
    from SALib.analyze import morris as theirs

    points = morris.design(40, 6, 1)
    series = np.repeat(sobol_g(points)[:, None, None], 104, axis=2)
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[0, 1]] * 6}
    _, ours = timed(lambda: morris.morris(points, series))
    _, took = timed(lambda: theirs.analyze(problem, points, series[:, 0, 0], num_levels=4, seed=1))
    yield f"Morris, 40 trajectories, 104 weeks: ours {ours:.2f} s, SALib {104 * took:.1f} s; the same estimates"


def given() -> Iterator[str]:
    from SALib.analyze import pawn as their_pawn
    from SALib.analyze import rbd_fast

    first, _, whole = truth()
    problem = {"num_vars": 6, "names": list("abcdef"), "bounds": [[0, 1]] * 6}
    for count in (256, 2048):
        ours, theirs = [], []
        for seed in range(20):
            points = qmc.Sobol(6, rng=np.random.default_rng(seed)).random(count)
            luck = 0.15 * whole**0.5 * np.random.default_rng(seed + 99).standard_normal(count)
            outcomes = sobol_g(points) + luck
            ours.append(first_order(points, outcomes[:, None]).first.raw - first)
            theirs.append(np.asarray(rbd_fast.analyze(problem, points, outcomes, seed=seed + 1)["S1"]) - first)
        yield f"given data, {count} runs, rms error: bins {rms(ours):.4f}, rbd_fast {rms(theirs):.4f}"
    random = np.random.default_rng(3)
    found = first_order(random.random((400, 3)), random.standard_normal((400, 1, 300)))
    yield f"unrelated factors, 400 runs: mean index {found.first.raw.mean():+.4f}"
    points = random.random((2000, 6))
    ours, took = timed(lambda: pawn(points, sobol_g(points)[:, None]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs, their_time = timed(lambda: their_pawn.analyze(problem, points, sobol_g(points), S=10, seed=1))
    gap = np.abs(ours.median - np.asarray(theirs["median"])).max()
    yield f"PAWN, 2,000 runs: ours with 40 dummies {took:.3f} s, SALib {their_time:.3f} s; largest difference {gap:.4f}"
    yield f"PAWN medians {np.round(ours.median, 3)}, dummies {np.round(ours.dummy, 3)}"


def conditions() -> Iterator[str]:
    random = np.random.default_rng(1)
    points = random.random((5000, 8))
    sought = ((points[:, 0] > 0.6) & (points[:, 3] < 0.45)) ^ (random.random(5000) < 0.1)
    one, took = timed(lambda: discover(points, sought, most=1, resamples=0)[0])
    edges = one.box.of(0).low, one.box.of(3).high
    yield (
        f"PRIM, 5,000 x 8 with held-out check: {took:.1f} s, edges {edges[0]:.3f} {edges[1]:.3f}, coverage "
        f"{one.scores.coverage:.2f}, density {one.scores.density:.2f}"
    )
    tree, took = timed(lambda: grow(points, sought))
    rule = tree.rules[0]
    edges = rule.box.of(0).low, rule.box.of(3).high
    yield (
        f"CART: {took:.1f} s, edges {edges[0]:.3f} {edges[1]:.3f}, coverage {rule.scores.coverage:.2f}, density "
        f"{rule.scores.density:.2f}"
    )
    quasi = held = 0
    for seed in range(200):
        found = discover(random.random((300, 5)), random.random(300) < 0.3, resamples=0, most=1, seed=seed)[0]
        quasi += bool(found.box.restrictions) and max(found.quasi_p) < 0.05
        held += found.is_significant
    yield f"pure noise, 200 sets: significant by quasi-p {quasi / 200:.2f}, by held-out points {held / 200:.3f}"


def searches() -> Iterator[str]:
    def zdt1(x):
        g = 1 + 9 * x[:, 1:].mean(axis=1)
        return np.stack([x[:, 0], g * (1 - np.sqrt(x[:, 0] / g))], axis=1)[:, None]

    point, levers = np.array([1.1, 1.1]), [Number(0, 1)] * 6
    ours = [hypervolume(search(zdt1, levers, [False, False], 2000, seed=s).objectives, point) for s in range(5)]
    blind = [hypervolume(zdt1(sampled(2000, 6, s))[:, 0], point) for s in range(5)]
    areas = f"NSGA-II {np.mean(ours):.3f}, Sobol' points {np.mean(blind):.3f}"
    yield f"ZDT1 of 6, 2,000 runs, area (0.877 at most): {areas}"
    mixed = [Number(0, 1), Number(0, 1), WholeNumber(0, 10), WholeNumber(0, 10), Choice(4), Choice(6)]
    secret = np.array([2, 3])

    def cost(x):
        kinds = (x[:, 4] != secret[0]) * 1.0 + (x[:, 5] != secret[1]) * 1.0
        g = 1 + 3 * x[:, 1] + np.abs(x[:, 2] - 7) / 4 + np.abs(x[:, 3] - 2) / 4 + kinds
        return np.stack([x[:, 0], g * (1 - np.sqrt(x[:, 0] / g))], axis=1)[:, None]

    for budget in (300, 1000):
        ours = [hypervolume(search(cost, mixed, [False, False], budget, seed=s).objectives, point) for s in range(10)]
        theirs = [hypervolume(_mixed(cost, budget, s), point) for s in range(10)]
        blind = [hypervolume(cost(decided(sampled(budget, 6, s), mixed))[:, 0], point) for s in range(10)]
        yield (
            f"mixed levers, {budget} runs, area (0.877 at most): unit cube {np.mean(ours):.3f}, pymoo's mixed "
            f"operators {np.mean(theirs):.3f}, Sobol' points {np.mean(blind):.3f}"
        )

    def smooth(x):
        random = np.random.default_rng(np.abs((x * 1e6).astype(np.int64)).sum())
        objectives = np.stack([((x - 0.25) ** 2).sum(axis=1), ((x - 0.75) ** 2).sum(axis=1)], axis=1)
        return objectives[:, None] + 0.02 * random.standard_normal((len(x), 4, 2))

    def real(found):
        x = found.decisions
        return np.stack([((x - 0.25) ** 2).sum(axis=1), ((x - 0.75) ** 2).sum(axis=1)], axis=1)

    levers, point = [Number(0, 1)] * 4, np.array([1.2, 1.2])
    rows: dict[str, list[float]] = {"emulated": [], "direct": [], "direct, 10 times the runs": []}
    for seed in range(3):
        rows["emulated"].append(hypervolume(real(search_emulated(smooth, levers, [False] * 2, 100, seed=seed)), point))
        rows["direct"].append(hypervolume(real(search(smooth, levers, [False] * 2, 100, seed=seed)), point))
        more = search(smooth, levers, [False] * 2, 1000, seed=seed)
        rows["direct, 10 times the runs"].append(hypervolume(real(more), point))
    yield "two quadratics of 4, 100 runs, area: " + ", ".join(f"{k} {np.mean(v):.3f}" for k, v in rows.items())
    costs = np.random.default_rng(1).random((1000, 2))
    _, took = timed(lambda: ranks_of(costs))
    yield f"sorting 1,000 alternatives into fronts: {took:.2f} s"


def _mixed(cost, budget: int, seed: int):
    from pymoo.algorithms.moo.nsga2 import RankAndCrowdingSurvival
    from pymoo.core.mixed import MixedVariableGA
    from pymoo.core.problem import ElementwiseProblem
    from pymoo.core.variable import Choice as Pick
    from pymoo.core.variable import Integer, Real
    from pymoo.optimize import minimize

    kinds = {str(k): Real(bounds=(0, 1)) for k in (0, 1)} | {str(k): Integer(bounds=(0, 10)) for k in (2, 3)}
    kinds |= {"4": Pick(options=list(range(4))), "5": Pick(options=list(range(6)))}

    class Mixed(ElementwiseProblem):
        def __init__(self) -> None:
            super().__init__(vars=kinds, n_obj=2)

        def _evaluate(self, x, out, *args, **kwargs) -> None:
            out["F"] = cost(np.array([[float(x[str(k)]) for k in range(6)]]))[0, 0]

    algorithm = MixedVariableGA(pop_size=40, survival=RankAndCrowdingSurvival())
    found = minimize(Mixed(), algorithm, ("n_evals", budget), seed=seed, verbose=False)
    return np.atleast_2d(found.F)


def main() -> None:
    """Print every figure as it is there; arguments name the parts wanted."""
    parts = [intervals, shares, variances, screening, given, conditions, searches]
    for part in parts:
        if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            for line in part():
                sys.stdout.write(line + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
