"""What customers turn to without a firm: the commons of a sector, and its sharing market."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from sim.agents import Firm
from sim.entities import CommonsSetup, SharingSetup
from sim.mechanisms.commons import CommonsParameters, contributions_to, learn_from_files, tools_after
from sim.mechanisms.creation import contributions
from sim.mechanisms.sharing import SharingParameters, clear_market
from sim.suppliers import Supplier

__all__ = ["Commons", "SharingMarket"]

_NEVER_SPENT = ("research", "service", "facilitation", "brand_push", "ambassadors", "suggestion_box", "reward")


class _Alternative(Supplier):
    """A supplier that nobody owns: it spends nothing, claims nothing, and has no hierarchy."""

    def __init__(self, model: Any, setup: CommonsSetup | SharingSetup, name: str, sector: str, place: int) -> None:
        super().__init__(model, name, sector, place, model.order_size)
        self._start_quality(setup.quality, setup.defect_rate)
        self.appeal, self.trusted = setup.appeal, setup.trust
        for lever in _NEVER_SPENT:
            setattr(self, lever, 0.0)
        self.validation_layers = 0
        self.openness = self.proclaimed_openness = 0.0

    @property
    def claimed_quality(self) -> float:
        """What it says of itself: what it is."""
        return self.true_quality

    @claimed_quality.setter
    def claimed_quality(self, value: float) -> None:
        del value


class Commons(_Alternative):
    """The commons of a sector: open source, do-it-yourself. All of it is open, and nobody captures its value."""

    STATE: ClassVar[tuple[str, ...]] = (*Supplier.STATE, "files", "tools", "hassle")

    def __init__(self, model: Any, setup: CommonsSetup, name: str, sector: str, place: int) -> None:
        super().__init__(model, setup, name, sector, place)
        self.setup = setup
        self.openness = self.proclaimed_openness = 1.0
        self.sharing = self.proclaimed_sharing = 1.0
        self.game, self.thanks = setup.play, setup.recognition
        self.selectivity = 1.0
        self.files = 0.0
        self.alive = self.available = float(model.mechanisms.commons.enabled)
        self.launches = model.mechanisms.commons.launches
        self.progress(model.mechanisms.commons, 0)

    def progress(self, p: CommonsParameters, week: int) -> None:
        """Let tools get better and cheaper: sets tools, price and hassle of a week."""
        self.tools = tools_after(self.setup.tools, self.setup.tool_progress, week)
        self.price = self.setup.materials * (1 - self.tools)
        self.hassle = self.setup.hassle * (1 - self.tools) * (1 - p.ease * self.files)

    def contact(self, contributors: float, half: float) -> float:
        """Return human contact, 0 to 1: what members give each other."""
        del half
        return self.model.mechanisms.commons.self_help if contributors > 0 else 0.0

    def exchange(self, firms: Sequence[Firm], p: CommonsParameters, weight: float) -> None:
        """Learn from what firms publish, and let contributions flow back to them."""
        made = contributions(self.week) * weight
        for firm in firms:
            firm.inflow = contributions_to(firm.open_files, made, p) if firm.alive else 0.0
        self.files = max((firm.open_files for firm in firms if firm.alive), default=0.0)
        self.true_quality = learn_from_files(self.true_quality, firms, p)


class SharingMarket(_Alternative):
    """The sharing market of a sector: second-hand, rental between peers, or group buying."""

    STATE: ClassVar[tuple[str, ...]] = (*Supplier.STATE, "stock", "demand", "hassle")

    def __init__(
        self, model: Any, setup: SharingSetup, name: str, sector: str, place: int, reference_price: float
    ) -> None:
        super().__init__(model, setup, name, sector, place)
        self.setup = setup
        p: SharingParameters = model.mechanisms.sharing
        self.kind = setup.kind
        self.reference_price = reference_price
        self.idealism = setup.idealism
        self.is_use = float(setup.kind == "rental" and model.mechanisms.offers.enabled)
        self.kept = float(setup.kind != "rental")
        self.hassle = setup.hassle
        self.alive = float(p.enabled)
        self.demand = 0.0
        self.stock = setup.stock * model.heads if setup.kind != "group_buying" else 0.0
        self.price = reference_price * (p.usual_price if p.enabled and setup.kind != "group_buying" else 1.0)
        has_goods = self.stock > 0 or setup.kind == "group_buying"
        self.available = float(p.enabled and has_goods)

    def clear(self, firms: Sequence[Firm], p: SharingParameters, weight: float) -> None:
        """End a week: stock, demand, price, and what hosts take and give.

        Hosting firms share the fee by how far they host; together they take no more than one full host.
        """
        selling = [firm for firm in firms if firm.alive]
        units = sum(firm.week.units for firm in selling)
        if units > 0:
            asked = sum(firm.price * firm.week.units for firm in selling) / units
        else:
            asked = sum(firm.price for firm in selling) / len(selling) if selling else self.reference_price
        hosted = sum(firm.hosting for firm in selling)
        paid = self.price * self.week.units * weight
        for firm in firms:
            firm.hosting_income = p.fee * paid * firm.hosting / max(1.0, hosted) if firm.alive else 0.0
        clear_market(self, p, asked, weight, self.model.heads)
        self.hassle = self.setup.hassle * (1 - p.host_ease * min(1.0, hosted))

    def release(self, firms: Sequence[Firm], p: SharingParameters) -> float:
        """Return the probability, in a week, that an owner offers a good: hosts make it easier.

        Group buying passes nothing on.
        """
        if self.kind == "group_buying":
            return 0.0
        hosted = min(1.0, sum(firm.hosting for firm in firms if firm.alive))
        return min(1.0, p.release * (1 + p.host_ease * hosted))
