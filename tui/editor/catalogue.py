"""The catalogue of what can be added: kinds of rules and triggers in groups, each with what it does and needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.style import Style
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from core.i18n import N_
from core.i18n import gettext as _
from core.model.delivery import Channel
from core.model.house import House
from core.rules import catalogue as rule_kinds
from core.safe_text import fold, safe_text
from core.triggers import catalogue as trigger_kinds
from tui.editor.parts import RULE, TRIGGER
from tui.panels.chooser import Chooser

GROUPS: Final = {
    (RULE, "communication"): N_("Client communication"),
    (RULE, "in_house"): N_("In the house"),
    (TRIGGER, "communication"): N_("Triggers: the client does something"),
    (TRIGGER, "deal"): N_("Triggers: something happens to the deal"),
}
"""The headings, in their order; a group that nobody has named here comes last under its own name."""
FILTERS: Final = {
    "": N_("All"),
    RULE: N_("Rules"),
    TRIGGER: N_("Triggers"),
    Channel.EMAIL.value: N_("E-mail"),
    Channel.SMS.value: N_("SMS"),
    Channel.TELEPHONY.value: N_("Telephone"),
    Channel.OPEN_CHANNEL.value: N_("Chat"),
}
_CONNECT: Final = N_(
    "It can be set up already. To connect one: “connections” in a board file, then “funil apply FILE”."
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind that can be added. ``lacks`` says what has to be connected before it can work."""

    what: str
    kind: Any = field(repr=False)
    lacks: str = ""

    @property
    def id(self) -> str:
        """What is returned when it is chosen."""
        return f"{self.what}:{self.kind.id}"

    @property
    def name(self) -> str:
        """What people call it."""
        return safe_text(_(self.kind.name))

    @property
    def heading(self) -> str:
        """The group that it stands in."""
        group = GROUPS.get((self.what, self.kind.group))
        return _(group) if group else safe_text(self.kind.group)

    @property
    def channels(self) -> frozenset[str]:
        """The channels that it has to do with."""
        return frozenset(channel.value for channel in (*getattr(self.kind, "uses", ()), *self.kind.asks))

    @property
    def rank(self) -> int:
        """Its place in its group: by channel, as the sorts stand."""
        return min((place for place, name in enumerate(FILTERS) if name in self.channels), default=len(FILTERS))

    def fits(self, kind: str, words: Sequence[str]) -> bool:
        """Return whether it is one of those that are wanted."""
        if kind and kind != self.what and kind not in self.channels:
            return False
        text = fold(f"{self.name} {_(self.kind.about)} {self.kind.id} {self.heading}")
        return all(word in text for word in words)

    def called(self, words: Sequence[str]) -> bool:
        """Return whether the words stand in its name itself, not only in what it does."""
        return all(word in fold(self.name) for word in words)


def offers(house: House) -> list[Offer]:
    """Return everything that can be added, group by group, in each by channel and name."""
    found = [
        *_offers(RULE, rule_kinds.kinds().values(), house),
        *_offers(TRIGGER, trigger_kinds.kinds().values(), house),
    ]
    order = list(GROUPS)
    return sorted(found, key=lambda each: (_place(order, each), each.heading, each.rank, fold(each.name)))


def _place(order: Sequence[tuple[str, str]], offer: Offer) -> int:
    group = (offer.what, offer.kind.group)
    return order.index(group) if group in order else len(order)


def _offers(what: str, kinds: Iterable[Any], house: House) -> Iterator[Offer]:
    for kind in kinds:
        lacks = kind.lacks(house)
        yield Offer(what, kind, safe_text(lacks.local()) if lacks else "")


class Catalogue(Chooser):
    """Returns ``rule:KIND`` or ``trigger:KIND``, or None. Typing narrows, tab turns to another sort, enter chooses."""

    CSS_PATH = "../styles/editor.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False),
        Binding("down,ctrl+n", "step(1)", show=False, priority=True),
        Binding("up,ctrl+p", "step(-1)", show=False, priority=True),
        Binding("tab", "turn(1)", show=False, priority=True),
        Binding("shift+tab", "turn(-1)", show=False, priority=True),
    ]

    def __init__(self, house: House) -> None:
        super().__init__()
        self._offers = offers(house)
        self._shown: list[Offer | None] = []
        self._kind = ""
        self._words: list[str] = []

    def compose(self) -> ComposeResult:
        """Lay out title, sorts, words, list, and what is said of the kind under the cursor."""
        with Vertical(id="catalogue"):
            yield Label(Content(_("What shall be added?")), id="catalogue-title")
            yield Input(placeholder=_("type to search · tab: only some sorts · enter adds"), id="catalogue-words")
            yield Label("", id="catalogue-kinds")
            yield OptionList(id="catalogue-list")
            yield Label("", id="catalogue-about")

    def on_mount(self) -> None:
        """Show everything."""
        self.query_one(OptionList).can_focus = False
        self._fill()

    @property
    def shown(self) -> list[str]:
        """The ids of the kinds that are shown."""
        return [offer.id for offer in self._shown if offer is not None]

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._words = fold(event.value).split()
        self._fill()

    def action_turn(self, step: int) -> None:
        """Show another sort of kinds."""
        sorts = list(FILTERS)
        self.only(sorts[(sorts.index(self._kind) + step) % len(sorts)])

    def action_only(self, kind: str) -> None:
        """Show one sort of kinds, where its name is clicked."""
        self.only(kind)

    def only(self, kind: str) -> None:
        """Show one sort of kinds."""
        self._kind = kind
        self._fill()

    def _fill(self) -> None:
        self.query_one("#catalogue-kinds", Label).update(_sorts(self._kind))
        options, heading = self.query_one(OptionList), ""
        options.clear_options()
        self._shown = []
        for offer in self._offers:
            if not offer.fits(self._kind, self._words):
                continue
            if offer.heading != heading:
                heading = offer.heading
                options.add_option(Option(Content.styled(heading, "bold $primary"), disabled=True))
                self._shown.append(None)
            options.add_option(Option(_line(offer)))
            self._shown.append(offer)
        options.highlighted = self._best() if self._shown else None
        if not self._shown:
            self._say(Content(_("Nothing is called that.")))

    def _best(self) -> int:
        """Return the place of the first that is called so, else of the first."""
        fitting = (n for n, offer in enumerate(self._shown) if offer is not None and offer.called(self._words))
        return next(fitting, 1)

    @on(OptionList.OptionHighlighted)
    def _explain(self, event: OptionList.OptionHighlighted) -> None:
        offer = self._shown[event.option_index] if event.option_index < len(self._shown) else None
        if offer is not None:
            about = (_(offer.kind.about), "$foreground")
            lacks = (f"\n⚠ {offer.lacks[:1].upper()}{offer.lacks[1:]}. ", "$warning") if offer.lacks else ""
            self._say(Content.assemble(about, lacks, (_(_CONNECT), "$muted") if offer.lacks else ""))

    def _say(self, content: Content) -> None:
        self.query_one("#catalogue-about", Label).update(content)

    @on(OptionList.OptionSelected)
    def _clicked(self, event: OptionList.OptionSelected) -> None:
        self._choose(event.option_index)

    @on(Input.Submitted)
    def _entered(self) -> None:
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self._choose(place)

    def _choose(self, place: int) -> None:
        offer = self._shown[place]
        if offer is not None:
            self.take(offer.id, None)

    def on_click(self, event: events.Click) -> None:
        """Go back when what lies behind is clicked."""
        if event.widget is self:
            self.dismiss(None)


def _line(offer: Offer) -> Content:
    lacks = ("  ⚠", "$warning") if offer.lacks else ""
    return Content.assemble(" ", (f"{offer.kind.icon} ", "$accent"), (offer.name, "$foreground"), lacks)


def _sorts(kind: str) -> Content:
    """Return the line of sorts, the present one marked; each can be clicked."""
    parts: list[Content] = []
    for each, name in FILTERS.items():
        look = "bold $primary reverse" if each == kind else "$muted"
        pressed = Style.from_meta({"@click": f"screen.only('{each}')"})
        parts.append(Content.styled(f" {_(name)} ", look).stylize(pressed))
    return Content(" ").join(parts)
