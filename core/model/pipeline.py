"""Pipelines and their stages."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property


class StageKind(StrEnum):
    """Where a stage stands in its pipeline: process stages, then one success stage, then failure stages."""

    PROCESS = "process"
    SUCCESS = "success"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A column of the board. ``color`` is ``#RRGGBB``; ``position`` counts from 0 in board order."""

    id: str
    name: str
    color: str
    kind: StageKind = StageKind.PROCESS
    position: int = 0

    @property
    def closed(self) -> bool:
        """Whether deals here are won or lost."""
        return self.kind is not StageKind.PROCESS


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """An ordered list of stages with an id and a name."""

    id: str
    name: str
    stages: tuple[Stage, ...] = ()
    position: int = 0

    def stage(self, stage_id: str) -> Stage | None:
        """Return the stage with that id, or None."""
        return self._by_id.get(stage_id)

    @cached_property
    def _by_id(self) -> dict[str, Stage]:
        return {stage.id: stage for stage in self.stages}
