"""The real deals that a text is tried on: those of its stage, one after the other, read off the loop."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from core.ports import Reader, Store
from core.text_preview import Empties, empties, facts_of
from core.views import Facts


class Samples:
    """Deals of a stage; of its whole pipeline where nothing stands in the stage. Its reads are meant for a thread."""

    def __init__(self, store: Store, pipeline: str, stage: str) -> None:
        self._store = store
        self._pipeline = pipeline
        self._stage = stage
        self.deals: Sequence[str] = ()
        self.elsewhere = False
        """Whether the stage has no deal and these are the pipeline's others."""
        self.at = 0

    def load(self) -> None:
        """Read which deals there are."""
        self.deals, self.elsewhere = self._store.read(self._found)
        self.at = 0

    def _found(self, reader: Reader) -> tuple[Sequence[str], bool]:
        here = reader.column_ids(self._pipeline, self._stage)
        pipeline = reader.house().pipelines.get(self._pipeline)
        if here or pipeline is None:
            return here, False
        others = (reader.column_ids(self._pipeline, stage.id) for stage in pipeline.stages)
        return next(filter(None, others), ()), True

    def step(self, step: int) -> None:
        """Go to the next deal, or the one before; behind the last one the first comes again."""
        if self.deals:
            self.at = (self.at + step) % len(self.deals)

    def facts(self) -> Facts | None:
        """Read what is known of the deal; None where there is none, or it has gone."""
        if not self.deals:
            return None
        found = self._store.read(lambda reader: facts_of(reader, [self.deals[self.at]]))
        return found[0] if found else None

    def empties(self, names: Collection[str], given_up: Callable[[], bool]) -> Empties | None:
        """Count on which deals of the stage names are empty."""
        if self.elsewhere:
            return Empties({}, 0)
        return empties(names, self.deals, self._store.read, given_up)
