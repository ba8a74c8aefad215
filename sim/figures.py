"""Key figures: what is recorded each week, with name, unit, meaning in both languages, and formula, in one registry.

The command line, the files and the dashboard all read `FIGURES`. Consumers are counted in people whom the simulated
ones stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from sim.quantities import UNITS, words

if TYPE_CHECKING:
    from sim.agents import Firm
    from sim.market import Market
    from sim.scenario import Scenario

__all__ = ["FIGURES", "Figure", "Record", "gini", "top_share"]

NAN = float("nan")
_FIXED = 1023.0


@dataclass(frozen=True)
class Figure:
    """One key figure.

    Attributes
    ----------
    key
        Its name in files and code.
    scope
        One value a week for each "firm", each "cause", or for the whole "market".
    unit
        A key of `sim.quantities.UNITS`.
    name, meaning
        What it is called and what it means, by language.
    formula
        Computes it from (firm, market), (number of the cause, market) or (market,).
    digits
        Decimals to show.
    """

    key: str
    scope: Literal["firm", "market", "cause"]
    unit: str
    name: dict[str, str]
    meaning: dict[str, str]
    formula: Callable[..., float]
    digits: int = 2


_REGISTRY: dict[str, Figure] = {}
FIGURES: Mapping[str, Figure] = MappingProxyType(_REGISTRY)
"""Every key figure by its key, in the order of reports."""


def _figure(
    scope: Literal["firm", "market", "cause"],
    key: str,
    unit: str,
    digits: int,
    name: dict[str, str],
    meaning: dict[str, str],
    formula: Callable[..., float],
) -> None:
    if unit not in UNITS or key in _REGISTRY:
        raise ValueError(f"figure {key!r}: declared twice, or unknown unit {unit!r}")
    _REGISTRY[key] = Figure(key, scope, unit, name, meaning, formula, digits)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else NAN


def _of_firm(key: str, unit: str, digits: int, name: dict[str, str], meaning: dict[str, str], formula: Callable[[Firm, Market], float]) -> None:  # fmt: skip
    _figure("firm", key, unit, digits, name, meaning, formula)


def _of_market(key: str, unit: str, digits: int, name: dict[str, str], meaning: dict[str, str], formula: Callable[[Market], float]) -> None:  # fmt: skip
    _figure("market", key, unit, digits, name, meaning, formula)


def _of_cause(key: str, unit: str, digits: int, name: dict[str, str], meaning: dict[str, str], formula: Callable[[int, Market], float]) -> None:  # fmt: skip
    _figure("cause", key, unit, digits, name, meaning, formula)


# ---------------------------------------------------------------------------------------------------------- sales
_of_firm("share", "share", 3, words("Market share", "Part de marché"),
         words("Share of the units bought in the firm's sector this week",
               "Part des unités achetées dans le secteur de la firme cette semaine"),
         lambda f, m: f.share)  # fmt: skip
_of_firm("units", "units", 0, words("Units sold", "Unités vendues"),
         words("Units sold in the week", "Unités vendues dans la semaine"),
         lambda f, m: f.week.units * m.weight)  # fmt: skip
_of_firm("penetration", "share", 3, words("Penetration", "Pénétration"),
         words("Share of consumers who bought the firm in the last weeks (the window of the scenario)",
               "Part des consommateurs ayant acheté la firme dans les dernières semaines (fenêtre du scénario)"),
         lambda f, m: f.week.reach / m.population.size)  # fmt: skip
_of_firm("frequency", "units", 2, words("Purchase frequency", "Fréquence d'achat"),
         words("Units bought per buyer over the same weeks", "Unités achetées par acheteur sur ces semaines"),
         lambda f, m: _ratio(sum(f.units_window), f.week.reach))  # fmt: skip
_of_firm("repeat_rate", "share", 3, words("Repeat rate", "Taux de réachat"),
         words("Of the week's buyers who bought the firm last time, the share who bought it again",
               "Parmi les acheteurs de la semaine venus de la firme, la part qui y rachète"),
         lambda f, m: _ratio(f.week.returned, f.week.returnable))  # fmt: skip
_of_firm("first_buyers", "people", 0, words("First-time buyers", "Premiers achats"),
         words("People who bought the firm for the first time", "Personnes qui achètent la firme pour la première fois"),
         lambda f, m: f.week.first_buyers * m.weight)  # fmt: skip
_of_firm("lost_buyers", "people", 0, words("Lost buyers", "Acheteurs perdus"),
         words("People whose last purchase just left the window", "Personnes dont le dernier achat vient de sortir de la fenêtre"),
         lambda f, m: f.week.lost * m.weight)  # fmt: skip
_of_firm("availability", "share", 3, words("Availability", "Présence en rayon"),
         words("Share of shopping occasions on which the firm can be bought",
               "Part des occasions d'achat où la firme se trouve"),
         lambda f, m: f.available)  # fmt: skip

# ---------------------------------------------------------------------------------------------------------- money
_of_firm("price", "currency", 2, words("Price", "Prix"),
         words("Price of a unit", "Prix d'une unité"), lambda f, m: f.price)  # fmt: skip
_of_firm("margin", "share", 3, words("Margin", "Marge"),
         words("(Price − unit cost) / price", "(Prix − coût unitaire) / prix"),
         lambda f, m: (f.price - f.unit_cost) / f.price)  # fmt: skip
_of_firm("revenue", "currency", 0, words("Revenue", "Chiffre d'affaires"),
         words("What consumers paid the firm in the week", "Ce que les consommateurs ont payé à la firme dans la semaine"),
         lambda f, m: f.revenue / 100)  # fmt: skip
_of_firm("profit", "currency", 0, words("Profit", "Résultat"),
         words("Revenue minus all costs and what is given back", "Chiffre d'affaires moins tous les coûts et ce qui est rendu"),
         lambda f, m: f.profit / 100)  # fmt: skip
_of_firm("cash", "currency", 0, words("Cash", "Trésorerie"),
         words("Cash at the end of the week", "Trésorerie en fin de semaine"), lambda f, m: f.cash / 100)  # fmt: skip
_of_firm("given_back", "currency", 0, words("Value given back", "Valeur rendue"),
         words("What the firm gave back to contributors in the week", "Ce que la firme a rendu aux contributeurs"),
         lambda f, m: f.costs.get("shared", 0) / 100)  # fmt: skip
_of_firm("alive", "count", 0, words("In business", "En activité"),
         words("1 while the firm is in the market, 0 after bankruptcy", "1 tant que la firme est au marché, 0 après faillite"),
         lambda f, m: f.alive)  # fmt: skip

# ---------------------------------------------------------------------------------------------- quality and service
_of_firm("quality", "score", 3, words("Quality", "Qualité"),
         words("True quality of the offer", "Qualité vraie de l'offre"), lambda f, m: f.true_quality)  # fmt: skip
_of_firm("belief", "score", 3, words("Perceived quality", "Qualité perçue"),
         words("Mean belief of all consumers about the firm's quality", "Croyance moyenne sur la qualité de la firme"),
         lambda f, m: f.week.belief / (_FIXED * m.population.size))  # fmt: skip
_of_firm("satisfaction", "score", 3, words("Satisfaction", "Satisfaction"),
         words("Mean satisfaction of the week's buyers", "Satisfaction moyenne des acheteurs de la semaine"),
         lambda f, m: _ratio(f.week.satisfaction, _FIXED * f.week.trips))  # fmt: skip
_of_firm("defect_rate", "probability", 4, words("Defect rate", "Taux de défauts"),
         words("Probability that a purchase is defective", "Probabilité qu'un achat soit défectueux"),
         lambda f, m: f.defect_rate)  # fmt: skip
_of_firm("complaints", "people", 0, words("Complaints", "Réclamations"),
         words("Complaints in the week", "Réclamations dans la semaine"), lambda f, m: f.week.complaints * m.weight)  # fmt: skip
_of_firm("recovery", "share", 3, words("Complaints made good", "Réclamations réparées"),
         words("Share of the week's complaints that were made good", "Part des réclamations de la semaine bien traitées"),
         lambda f, m: _ratio(f.week.repaired, f.week.complaints))  # fmt: skip
_of_firm("rating", "score", 3, words("Public rating", "Note publique"),
         words("Mean of public reviews, old ones fading (undefined before the first)",
               "Moyenne des avis publics, les anciens s'effaçant (indéfinie avant le premier)"),
         lambda f, m: f.rating if f.rating_weight > 0 else NAN)  # fmt: skip
_of_firm("reviews", "count", 0, words("Reviews", "Avis"),
         words("Reviews written in the week", "Avis écrits dans la semaine"), lambda f, m: f.week.reviews * m.weight)  # fmt: skip
_of_firm("reputation", "score", 3, words("Reputation", "Réputation"),
         words("Slow memory of rating and sincerity", "Mémoire lente de la note et de la sincérité"),
         lambda f, m: f.reputation)  # fmt: skip

# --------------------------------------------------------------------------------------------------------- openness
_of_firm("openness", "share", 3, words("Openness", "Ouverture"),
         words("Share of value creation opened to outside talents", "Part de la création ouverte aux talents extérieurs"),
         lambda f, m: f.openness)  # fmt: skip
_of_firm("sharing", "share", 3, words("Sharing", "Partage"),
         words("Share of co-created value given back", "Part de la valeur cocréée rendue"), lambda f, m: f.sharing)  # fmt: skip
_of_firm("sincerity", "score", 3, words("Perceived sincerity", "Sincérité perçue"),
         words("Mean belief of all consumers in the firm's sincerity", "Croyance moyenne dans la sincérité de la firme"),
         lambda f, m: f.week.sincerity / (_FIXED * m.population.size))  # fmt: skip
_of_firm("gap", "score", 3, words("Claim–conduct gap", "Écart discours-actes"),
         words("How far the firm's claims exceed its conduct", "De combien le discours de la firme dépasse ses actes"),
         lambda f, m: f.gap)  # fmt: skip
_of_firm("community", "people", 0, words("Community", "Communauté"),
         words("Members of the firm's community", "Membres de la communauté de la firme"),
         lambda f, m: f.week.members * m.weight)  # fmt: skip
_of_firm("contributors", "people", 0, words("Contributors", "Contributeurs"),
         words("Members who contributed in the week", "Membres ayant contribué dans la semaine"),
         lambda f, m: f.week.contributors * m.weight)  # fmt: skip
_of_firm("supports", "count", 0, words("Peer support", "Entraide"),
         words("Acts of peer support in the week", "Entraides dans la semaine"), lambda f, m: f.week.supports * m.weight)  # fmt: skip
_of_firm("ideas", "count", 0, words("Ideas", "Idées"),
         words("Ideas submitted by customers in the week", "Idées soumises par les clients dans la semaine"),
         lambda f, m: f.week.ideas * m.weight)  # fmt: skip
_of_firm("codesigns", "count", 0, words("Co-design", "Coconception"),
         words("Co-design contributions in the week", "Contributions de coconception dans la semaine"),
         lambda f, m: f.week.codesigns * m.weight)  # fmt: skip
_of_firm("launches", "count", 0, words("Launches", "Lancements"),
         words("Ideas launched in the week", "Idées lancées dans la semaine"), lambda f, m: f.launched)  # fmt: skip
_of_firm("approval_rate", "share", 4, words("Approval rate", "Taux d'adoption"),
         words("Ideas launched over ideas submitted, since the start", "Idées lancées sur idées soumises, depuis le début"),
         lambda f, m: _ratio(f.ideas_launched, f.ideas_submitted))  # fmt: skip
_of_firm("external_share", "share", 3, words("External share of value", "Part externe de la valeur"),
         words("Share of the value created that comes from outside talents", "Part de la valeur créée due aux talents extérieurs"),
         lambda f, m: f.external_share)  # fmt: skip
_of_firm("human_contact", "score", 3, words("Human contact", "Contact humain"),
         words("How well contributors are helped", "Combien les contributeurs sont accompagnés"),
         lambda f, m: f.human_contact)  # fmt: skip

# -------------------------------------------------------------------------------------------------------- militancy
_of_firm("boycott_size", "people", 0, words("Boycotters", "Boycotteurs"),
         words("Militants whose purchases turn against the firm", "Militants dont les achats se détournent de la firme"),
         lambda f, m: f.week.boycotters * m.weight)  # fmt: skip
_of_firm("buycott_size", "people", 0, words("Buycotters", "Buycotteurs"),
         words("Militants whose purchases favour the firm", "Militants dont les achats favorisent la firme"),
         lambda f, m: f.week.buycotters * m.weight)  # fmt: skip
_of_firm("attackers", "people", 0, words("Speaking against", "Voix contre"),
         words("Militants who speak against the firm", "Militants qui parlent contre la firme"),
         lambda f, m: f.week.attackers * m.weight)  # fmt: skip
_of_firm("defenders", "people", 0, words("Speaking for", "Voix pour"),
         words("Militants who speak for the firm", "Militants qui parlent pour la firme"),
         lambda f, m: f.week.defenders * m.weight)  # fmt: skip
_of_firm("net_voice", "people", 0, words("Net voice", "Voix nette"),
         words("Energy of voices for minus against, in people of full energy",
               "Énergie des voix pour moins contre, en personnes de pleine énergie"),
         lambda f, m: (f.week.voice_for - f.week.voice_against) / _FIXED * m.weight)  # fmt: skip
_of_firm("crisis", "score", 2, words("Crisis", "Crise"),
         words("Severity of the worst open crisis, 0 if none", "Gravité de la pire crise ouverte, 0 sinon"),
         lambda f, m: max((c["severity"] for c in f.crises.values()), default=0.0))  # fmt: skip

# ----------------------------------------------------------------------------------------------------------- causes
_of_cause("salience", "index", 3, words("Salience", "Saillance"),
          words("Public attention to the cause", "Attention du public à la cause"),
          lambda c, m: m.salience.levels[c])  # fmt: skip
_of_cause("cause_militants", "people", 0, words("Militants of the cause", "Militants de la cause"),
          words("Consumers militant for this cause", "Consommateurs militant pour cette cause"),
          lambda c, m: int(m.counts.militants[c]) * m.weight)  # fmt: skip

# ----------------------------------------------------------------------------------------------------------- market
_of_market("market_units", "units", 0, words("Units sold, all firms", "Unités vendues, toutes firmes"),
           words("Units sold in the week by all firms", "Unités vendues dans la semaine par toutes les firmes"),
           lambda m: sum(f.week.units for f in m.firms) * m.weight)  # fmt: skip
_of_market("switching_rate", "share", 3, words("Zapping index", "Indice de zapping"),
           words("Share of purchase occasions at another supplier than the time before",
                 "Part des achats faits chez un autre fournisseur que la fois précédente"),
           lambda m: _ratio(int(m.counts.switches), int(m.counts.repeatable)))  # fmt: skip
_of_market("not_bought", "share", 3, words("Purchases forgone", "Achats abandonnés"),
           words("Share of wanted units that were not bought", "Part des unités voulues qui ne sont pas achetées"),
           lambda m: _ratio(int(m.counts.not_bought), int(m.counts.not_bought) + sum(f.week.units for f in m.firms)))  # fmt: skip
_of_market("hhi", "index", 3, words("Concentration (HHI)", "Concentration (HHI)"),
           words("Sum of squared unit shares, mean of the sectors", "Somme des carrés des parts, moyenne des secteurs"),
           lambda m: sum(f.share**2 for f in m.firms) / len(m.setup.sectors))  # fmt: skip
_of_market("militants", "people", 0, words("Militants", "Militants"),
           words("Consumers who are militant", "Consommateurs militants"),
           lambda m: int(m.counts.militants.sum()) * m.weight)  # fmt: skip
_of_market("episode_length", "weeks", 2, words("Militant episode", "Épisode militant"),
           words("Mean length of the militant episodes ended so far", "Durée moyenne des épisodes militants achevés"),
           lambda m: _ratio(m.ended_weeks, m.ended_episodes))  # fmt: skip
_of_market("flips", "people", 0, words("Stance flips", "Retournements"),
           words("Militants who turned from defending to attacking a firm, or back, in the week",
                 "Militants passés de la défense à l'attaque d'une firme, ou l'inverse, dans la semaine"),
           lambda m: int(m.counts.flips) * m.weight)  # fmt: skip
_of_market("talk_per_act", "ratio", 2, words("Talk per act", "Paroles par acte"),
           words("Militants who speak over militants who change a purchase",
                 "Militants qui parlent sur militants qui changent un achat"),
           lambda m: _ratio(sum(f.week.attackers + f.week.defenders for f in m.firms),
                            sum(f.week.boycotters + f.week.buycotters for f in m.firms)))  # fmt: skip
_of_market("contribution_gini", "index", 3, words("Contribution inequality", "Inégalité des contributions"),
           words("Gini index of contributions made so far, among contributors",
                 "Indice de Gini des contributions passées, entre contributeurs"),
           lambda m: gini(m.makers, m.made))  # fmt: skip
_of_market("top_contributors", "share", 3, words("Top 1 % of contributors", "1 % les plus actifs"),
           words("Share of all contributions made by the most active hundredth of contributors",
                 "Part des contributions due au centième le plus actif des contributeurs"),
           lambda m: top_share(m.makers, m.made, 0.01))  # fmt: skip
_of_market("surplus", "currency", 0, words("Consumer surplus", "Surplus des consommateurs"),
           words("Logsum of the week's choices in money; only its changes have a meaning",
                 "Logsomme des choix de la semaine en monnaie ; seules ses variations ont un sens"),
           lambda m: int(m.counts.surplus) / 1024.0 * m.weight)  # fmt: skip
_of_market("userisation", "index", 4, words("Userisation index", "Indice d'üserisation"),
           words("Co-created share of value × share of it given back, firms weighted by revenue; 0 pyramid, 1 userised",
                 "Part cocréée de la valeur × part rendue, firmes pondérées par leur chiffre d'affaires ; 0 pyramide, 1 üserisé"),
           lambda m: _ratio(sum(f.revenue * f.external_share * f.sharing for f in m.firms),
                            sum(f.revenue for f in m.firms)))  # fmt: skip
_of_market("firms_alive", "count", 0, words("Firms in business", "Firmes en activité"),
           words("Firms in the market", "Firmes au marché"), lambda m: sum(f.alive for f in m.firms))  # fmt: skip


class Record:
    """The figures of one run, week by week.

    `record["share"]` is a float64 array (weeks, firms); of a cause's figure (weeks, causes); of a market's (weeks,).
    Undefined values are NaN.
    """

    def __init__(self, scenario: Scenario, seed: int, replicate: int, firms: tuple[str, ...], weeks: int) -> None:
        self.scenario = scenario
        self.seed = seed
        self.replicate = replicate
        self.firms = firms
        self.causes = tuple(cause.name for cause in scenario.causes)
        self.weeks = 0
        widths = {"firm": len(firms), "cause": len(self.causes), "market": 1}
        self._values = {key: np.full((weeks, widths[f.scope]), NAN) for key, f in FIGURES.items()}

    def __getitem__(self, key: str) -> NDArray[np.float64]:
        """Return a figure's values of the weeks recorded so far."""
        values = self._values[key][: self.weeks]
        return values[:, 0] if FIGURES[key].scope == "market" else values

    def take(self, market: Market) -> None:
        """Record the week that ends; rows are added if there are more weeks than foreseen."""
        week = self.weeks
        if week >= len(next(iter(self._values.values()))):
            self._values = {k: np.vstack([v, np.full_like(v[:1], NAN).repeat(len(v), 0)]) for k, v in self._values.items()}
        firms, causes = market.firms, range(len(self.causes))
        for key, figure in FIGURES.items():
            formula = figure.formula
            if figure.scope == "firm":
                self._values[key][week] = [formula(firm, market) for firm in firms]
            elif figure.scope == "cause":
                self._values[key][week] = [formula(c, market) for c in causes]
            else:
                self._values[key][week, 0] = formula(market)
        self.weeks += 1

    def state(self) -> dict[str, NDArray[np.float64]]:
        """Return the recorded values by figure, (weeks, items): for checkpoints and files."""
        return {key: values[: self.weeks] for key, values in self._values.items()}

    def restore(self, state: Mapping[str, Any], weeks: int) -> None:
        """Take over values that `state` returned."""
        for key, values in self._values.items():
            values[:weeks] = state[key]
        self.weeks = weeks


def gini(people: NDArray[np.int64], amounts: NDArray[np.int64]) -> float:
    """Return the Gini index of a histogram, those with nothing left out.

    Parameters
    ----------
    people, amounts
        Number of people in each bin and what they have together; bins ascend, and the first holds those with nothing.
    """
    n, total = people[1:].sum(), amounts[1:].sum()
    if n == 0 or total == 0:
        return NAN
    heads = np.concatenate([[0.0], np.cumsum(people[1:]) / n])
    owned = np.concatenate([[0.0], np.cumsum(amounts[1:]) / total])
    return float(1.0 - np.sum(np.diff(heads) * (owned[1:] + owned[:-1])))


def top_share(people: NDArray[np.int64], amounts: NDArray[np.int64], share: float) -> float:
    """Return what the top `share` of those with something have of the whole (linear within a bin)."""
    n, total = people[1:].sum(), amounts[1:].sum()
    if n == 0 or total == 0:
        return NAN
    heads = np.concatenate([[0.0], np.cumsum(people[1:]) / n])
    owned = np.concatenate([[0.0], np.cumsum(amounts[1:]) / total])
    return float(1.0 - np.interp(1.0 - share, heads, owned))
