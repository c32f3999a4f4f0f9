"""The way from an act of a person to the store: written off the loop, and a refusal told in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.ports import Job
from tui.mover import sentence_of

if TYPE_CHECKING:
    from tui.app import FunilApp


async def answers(app: FunilApp, *jobs: Job[Any]) -> list[Any] | None:
    """Write commands one after the other; what they answer, or None when one was refused (which is told)."""
    found = []
    try:
        for job in jobs:
            found.append(await app.desk.store.write(job))
    except Exception as error:
        app.say(sentence_of(error), trouble=True)
        return None
    finally:
        app.written()
    return found


async def written(app: FunilApp, job: Job[Any]) -> bool:
    """Write a command; one that is refused says why."""
    return await answers(app, job) is not None


async def in_panel(app: FunilApp, job: Job[Any]) -> bool:
    """Write a command about the open deal, which is read again after it."""
    done = await written(app, job)
    if done:
        app.panel.reload()
    return done


async def in_inbox(app: FunilApp, job: Job[Any]) -> bool:
    """Write a command about the inbox, which is read again after it, after a refusal too: it may be out of date."""
    done = await written(app, job)
    app.inbox.reload()
    return done
