"""The scenarios of the library with their stories, in groups."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from dashboards.lab.text import say
from dashboards.markets import Draft
from sim.scenario import library
from sim.text import language

__all__ = ["FIRST", "GROUPS", "Story", "stories"]

FIRST = ("baseline", "sincere_opening", "sweatshop_scandal", "price_war")
"""Scenarios that are offered before all others."""

GROUPS: dict[str, tuple[str, ...]] = {
    "start": ("baseline", "paradox", "two_sectors", "b2b_opening", "digital_natives", "catsup"),
    "opening": (
        "sincere_opening", "hypocrite", "late_convert", "power_shared", "blah_charter", "open_files",
        "incumbent_opens_source", "pressure_opens_firms", "usership",
    ),
    "community": (
        "ambassadors", "brand_invades_community", "codesigned_private_label", "cowriting_campaign",
        "customer_community", "employee_ideas", "idea_factory", "member_run_telecom", "mutual_control",
        "playful_community", "well_paid_community", "extractive_platform",
    ),
    "militancy": (
        "sweatshop_scandal", "junta_scandal", "divided_boycott", "durable_boycott", "defend_then_attack", "gaffe",
        "free_representative", "slow_hierarchy", "tsunami",
    ),
    "rivalry": ("price_war", "innovation_race", "open_entrants", "porous_sectors", "weak_signals"),
    "sharing": (
        "car_pooling", "crisis_sharing", "diy_fablab", "group_buying", "open_source_commons", "prosumers", "swap_fair",
        "use_over_possession", "wardrobe_swap",
    ),
    "trust": ("complaint_recovery", "customers_included", "human_to_human", "peer_trust", "service_dimension"),
}  # fmt: skip
"""Names of the scenarios by group; one that is in none is shown with the starting points."""


@dataclass(frozen=True)
class Story:
    """A scenario to begin with, in the language of the context."""

    name: str
    title: str
    text: str
    group: str
    searched: str


def stories() -> tuple[Story, ...]:
    """Give all scenarios of the library, group by group."""
    return _stories(language())


@lru_cache(maxsize=4)
def _stories(code: str) -> tuple[Story, ...]:
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    order = {name: place for place, name in enumerate(group_of)}
    found = []
    for name in sorted(library(), key=lambda one: order.get(one, -1)):
        scenario = Draft.of(name).base
        texts = {code: (scenario.title.model_dump()[code], scenario.story.model_dump()[code]) for code in ("en", "fr")}
        title, story = texts[code]
        group = say(f"gallery.group.{group_of.get(name, 'start')}")
        both = " ".join([name, group, *(text for pair in texts.values() for text in pair)])
        found.append(Story(name, title or name, " ".join(story.split()), group, both))
    return tuple(found)
