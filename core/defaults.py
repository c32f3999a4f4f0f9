"""What a new house begins with: the default sales pipeline, as values."""

from __future__ import annotations

from typing import Final

from core.i18n import N_
from core.i18n import gettext as _
from core.model.pipeline import Pipeline, Stage, StageKind
from core.ports import Job, Tx

PIPELINE: Final = "sales"
STAGES: Final = (
    ("new", N_("New"), "#39A8EF", StageKind.PROCESS),
    ("preparation", N_("Document preparation"), "#2FC6F6", StageKind.PROCESS),
    ("prepayment", N_("Prepayment invoice"), "#55D0E0", StageKind.PROCESS),
    ("executing", N_("In progress"), "#47E4C2", StageKind.PROCESS),
    ("final_invoice", N_("Final invoice"), "#FFA900", StageKind.PROCESS),
    ("won", N_("Deal won"), "#7BD500", StageKind.SUCCESS),
    ("lost", N_("Deal lost"), "#FF5752", StageKind.FAILURE),
    ("apology", N_("Failure analysis"), "#FF5752", StageKind.FAILURE),
)
"""Bitrix24's stages of sales: id, msgid of the name, colour, kind."""


def pipeline() -> Pipeline:
    """Return the default pipeline, with names in the language in force: they are the house's own from then on."""
    stages = (
        Stage(id=stage, name=_(name), color=color, kind=kind, position=position)
        for position, (stage, name, color, kind) in enumerate(STAGES)
    )
    return Pipeline(id=PIPELINE, name=_("Sales"), stages=tuple(stages))


def first_pipeline() -> Job[bool]:
    """Return a job that gives a house without any pipeline the default one; answers whether it did."""

    def job(tx: Tx) -> bool:
        if tx.house().pipelines:
            return False
        tx.upsert_pipeline(pipeline())
        return True

    return job
