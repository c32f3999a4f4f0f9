"""Tasks: what somebody of the house is to do on a deal."""

from __future__ import annotations

from dataclasses import dataclass

from core.model.moment import Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One task. ``assignee`` None: nobody's in particular; ``due_at`` None: no deadline; ``done_at`` None: still open.

    ``by`` is who put it there: a user's id, or ``system`` for a rule.
    """

    id: int
    deal: str
    title: str
    text: str = ""
    assignee: str | None = None
    due_at: Moment | None = None
    created_at: Moment = Moment(0)
    by: str = ""
    done_at: Moment | None = None

    @property
    def public_id(self) -> str:
        """The id that people see and type."""
        return f"T{self.id}"
