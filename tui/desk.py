"""What the screen works on at the moment: the house, the pipeline shown, the clock, who acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from zoneinfo import ZoneInfo

from core.filtering import Asked
from core.i18n import use_zone
from core.model.house import House
from core.model.moment import Moment
from core.model.pipeline import Pipeline
from core.ports import Reader, Stuck
from tui import format as fmt
from tui.bridge import Doorway
from tui.drafts import Drafts
from tui.outbound_paint import Moments
from tui.person import kept

NO_PIPELINE: Final = ""
MOST_COUNTED: Final = 99
"""Clients who wait are counted so far; whoever sees more need not know how many."""


class Desk:
    """Small facts that header, footer and panels share, read again when the feed says so."""

    def __init__(self, doorway: Doorway) -> None:
        self.doorway = doorway
        self.store = doorway.store
        self.house: House = self.store.read(_house)
        self.user: str | None = doorway.user or kept(doorway.settings, self.house)
        """Who acts; None: each deal's responsible."""
        use_zone(self.zone.key)
        self.pipeline_id = next(iter(self.house.pipelines), NO_PIPELINE)
        self.left_at: dict[str, str] = {}
        """The deal under the cursor when a pipeline was shown last, by pipeline."""
        self.search = ""
        self.doubtful = False
        """Whether a part of the filter could not be read and is left out."""
        self.now = Moment(0)
        self.simulated = False
        self.waiting = 0
        self.inbox = 0
        self.undoable = False
        self.redoable = False
        self.stuck = Stuck()
        self.icons: Mapping[str, str] = {}
        self.drafts = Drafts()
        self.tick()
        self.count()

    @property
    def pipeline(self) -> Pipeline | None:
        """The pipeline that is shown; None in a house without any."""
        return self.house.pipelines.get(self.pipeline_id)

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the person at the screen, else the company's."""
        user = self.house.users.get(self.user or "")
        return fmt.zone(user.timezone if user and user.timezone else self.house.company.timezone)

    def names(self) -> Mapping[str, str]:
        """Return the names of the house's users by id."""
        return {user.id: user.name for user in self.house.users.values()}

    def asked(self) -> Asked:
        """Return what a filter is read against."""
        return Asked(self.house, self.pipeline_id, self.user, self.now, self.zone.key)

    def moments(self) -> Moments:
        """Return what is needed to write a moment for this person."""
        return Moments(self.now, self.zone)

    def become(self, user: str | None) -> None:
        """Let another one act, whose zone moments are written in from now on."""
        self.user = user
        use_zone(self.zone.key)

    def tick(self) -> None:
        """Read the clock, and what waits for another attempt or behind a paused connection."""
        self.now, self.simulated, self.stuck = self.store.read(_moment)

    def count(self) -> None:
        """Read what waits and whether there is a move to undo or to redo."""
        self.waiting, self.undoable, self.redoable, self.inbox = self.store.read(_work)

    def load_kinds(self) -> None:
        """Load the kinds of rules and take over their icons; until then the heads show none."""
        from core.rules import catalogue

        self.icons = {kind.id: kind.icon for kind in catalogue.kinds().values()}

    def reload_house(self) -> None:
        """Read the configuration; a pipeline that is gone makes room for the first one there is."""
        self.house = self.store.read(_house)
        if self.user not in self.house.users:
            self.user = None
        use_zone(self.zone.key)
        if self.pipeline is None:
            self.pipeline_id = next(iter(self.house.pipelines), NO_PIPELINE)


def _house(reader: Reader) -> House:
    return reader.house()


def _moment(reader: Reader) -> tuple[Moment, bool, Stuck]:
    simulated = reader.simulated_now()
    now = reader.now() if simulated is None else simulated
    return now, simulated is not None, reader.stuck(now)


def _work(reader: Reader) -> tuple[int, bool, bool, int]:
    undoable, redoable = reader.last_batch() is not None, reader.last_undone() is not None
    return reader.waiting_runs_count(), undoable, redoable, reader.waiting_count(MOST_COUNTED + 1)
