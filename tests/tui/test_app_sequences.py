"""Whatever a person, the house and the window do in whatever order: the whole app loses no deal, leaves nothing held,
finds its way back to the board, and says what the database says."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tui.story import Step, told
from tests.tui.story_truth import PATIENCE, back_home, settled, unharmed
from tui.board.view import BoardView
from tui.log_sizing import LogSizing
from tui.mover import Mover
from tui.outbound_log import OutboundLog
from tui.panels.deal import DealPanel

MANY: Final = int(os.environ.get("FUNIL_STORIES", "0"))
"""Stories to be told beyond the suite's few, drawn anew each time."""
EVERY: Final = 6
"""Steps between two looks at the whole screen."""

xs, ys = st.integers(0, 159), st.integers(0, 49)
some, few = st.integers(0, 20), st.integers(0, 4)
held = st.booleans()
one = st.just
MOVING: Final = "h j k l g G pagedown pageup home end down up left right tab shift+tab".split()
ACTING: Final = (
    "H J K L m enter enter space v asterisk backslash full_stop r s R f z Z d right_square_bracket left_square_bracket "
    "slash n i N c greater_than_sign f3 at ctrl+o f4 f2 u U o o p ctrl+p escape escape escape question_mark a A X C P "
    "1 2 3 4 x w y delete backspace F e ctrl+s comma exclamation_mark"
).split()
WORDS: Final = ("Plain", "stage:won", "status:held", "Told 1", "100", "2026-12-03", "Hello", "!", "enter", "amount:>5")
person = st.one_of(
    st.tuples(one("keys"), st.sampled_from(ACTING)),
    st.tuples(one("keys"), st.sampled_from(ACTING)),
    st.tuples(one("keys"), st.sampled_from(MOVING)),
    st.tuples(one("keys"), st.sampled_from(["o", "enter", "n", "ctrl+p", "slash"]), st.sampled_from(ACTING)),
    st.tuples(one("type"), st.sampled_from(WORDS)),
    st.tuples(one("keys"), one("enter")),
    st.tuples(one("there_and_back"), st.sampled_from("HL")),
)
mouse = st.one_of(
    st.tuples(one("press"), xs, ys, st.sampled_from([1, 1, 1, 3]), held),
    st.tuples(one("motion"), xs, ys, st.sampled_from([True, True, True, False])),
    st.tuples(one("release"), xs, ys),
    st.tuples(one("click"), xs, ys, st.sampled_from([1, 1, 2]), st.sampled_from([1, 1, 1, 3])),
    st.tuples(one("wheel"), xs, ys, held),
    st.tuples(one("lift"), few, few),
    st.tuples(one("lift"), few, few),
    st.tuples(one("over"), few, few),
    st.tuples(one("drop")),
)
window = st.one_of(
    st.tuples(one("resize"), st.sampled_from([20, 60, 80, 100, 120, 160]), st.sampled_from([4, 12, 24, 36, 50])),
    st.tuples(one("resize"), st.sampled_from([80, 120]), st.sampled_from([24, 36])),
    st.tuples(one("away")),
    st.tuples(one("theme"), some),
    st.tuples(one("away")),
)
outside = st.one_of(
    st.tuples(one("engine")),
    st.tuples(one("clock"), st.sampled_from([6, 6, 3600, 86_400])),
    st.tuples(one("look")),
    st.tuples(one("hand_over")),
    st.tuples(one("other_move"), some, few, st.one_of(st.none(), some)),
    st.tuples(one("other_add"), few, st.one_of(st.none(), st.integers(-500, 5000))),
    st.tuples(one("other_set"), some, st.integers(0, 9000)),
    st.tuples(one("other_remove"), some),
    st.tuples(one("other_restore"), some),
    st.tuples(one("other_undo")),
    st.tuples(one("other_task"), some),
    st.tuples(one("chat"), few),
    st.tuples(one("call"), few),
    st.tuples(one("rule"), few),
)
steps = st.one_of(person, person, mouse, mouse, window, outside, outside)


def _keys(*words: str) -> tuple[Step, ...]:
    return tuple(("keys", *word.split()) for word in words)


OPENINGS: Final[Sequence[tuple[Step, ...]]] = (
    (),
    *(
        _keys(word)
        for word in "enter n slash o i N full_stop m r R f p at c f3 ctrl+o ctrl+p question_mark f4 a z v d u".split()
    ),
    *map(_keys, ("enter 2", "enter 3", "enter 4 enter", "o o", "o slash", "o z", "i slash", "n tab tab", "l asterisk")),
    (*_keys("j j j enter", "enter"), ("type", "abc")),
    (*_keys("enter a"), ("type", "hello")),
    _keys("l L", "o enter"),
    (*_keys("slash"), ("type", "amount:>2"), *_keys("enter")),
    (*_keys("o slash"), ("type", "status:held")),
    (("lift", 0, 1), ("over", 2, 1)),
    (("press", 2, 27), ("motion", 2, 20)),
    (*_keys("space"), ("lift", 1, 0), ("over", 3, 0), ("drop",)),
)
"""What a scene begins with: something opened, typed, or taken up."""
scene = st.builds(
    lambda home, opening, rest: [*([("home",)] if home else []), *opening, *rest],
    st.booleans(),
    st.sampled_from(OPENINGS),
    st.lists(steps, max_size=8),
)
stories = st.lists(scene, min_size=1, max_size=8 if MANY else 4).map(lambda scenes: [*chain(*scenes)])


async def tell(acts: Sequence[Step], *, late: bool = False, patience: float = PATIENCE) -> None:
    """Tell a story: nothing breaks at any step, and now and then and at the end the screen says what is so."""
    async with told(late=late) as story:
        for number, act in enumerate(acts, 1):
            await story.play(act)
            unharmed(story)
            if number % EVERY == 0:
                await settled(story, patience)
        await back_home(story)
        await settled(story, patience)
        unharmed(story)


_patience: Final = [PATIENCE]
"""What a story is given: less after a first failure, while shorter ones are sought that fail alike."""


@given(stories, st.booleans())
@settings(
    max_examples=MANY or (8 if os.environ.get("FUNIL_CI") else 5),
    derandomize=not MANY,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_story_leaves_a_board_that_says_what_is_so(acts: list[Step], late: bool) -> None:
    try:
        asyncio.run(tell(acts, late=late, patience=_patience[-1]))
    except AssertionError:
        _patience.append(1.0)
        raise


# Bugs that it must find -----------------------------------------------------------------------------------------------


async def _nothing_async(*_args: Any, **_more: Any) -> None:
    return


def _nothing(*_args: Any, **_more: Any) -> None:
    return


def _shown_once(panel: DealPanel) -> None:
    """Read a deal when it is opened and never again."""
    if panel.view is None:
        _reload(panel)


_reload: Final = DealPanel.reload
PLANTED: Final[Sequence[tuple[type, str, Any, Sequence[Step], str]]] = (
    (BoardView, "_let_go", _nothing, [("lift", 0, 0), ("keys", "n")], "holds the mouse below NewDealForm"),
    (BoardView, "apply_changes", _nothing, [("other_move", 4, 3, None)], "deals of won"),
    (OutboundLog, "reload", _nothing, [("keys", "L")], "the log"),
    (DealPanel, "reload", _shown_once, [("keys", "enter"), ("other_set", 9, 7), *[("look",)] * 4], "the open deal"),
    (Mover, "undo", _nothing_async, [("there_and_back", "L")], "L and u moved"),
    (LogSizing, "cancel", _nothing, [("press", 2, 27), ("motion", 2, 20)], "esc does not lead back"),
)
"""Class and method, the bug in its place, the shortest story that it was found by, and what is said then."""


@pytest.mark.parametrize(
    ("owner", "method", "bug", "acts", "said"), PLANTED, ids=[f"{p[0].__name__}.{p[1]}" for p in PLANTED]
)
def test_a_planted_bug_is_found(
    owner: type, method: str, bug: Any, acts: Sequence[Step], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, method, bug)
    with pytest.raises(AssertionError, match=said):
        asyncio.run(tell(acts, patience=0.1))


def test_the_same_stories_are_right_without_the_bugs() -> None:
    home: Sequence[Step] = [("keys", "escape")] * 3
    asyncio.run(tell([act for *_bug, acts, _said in PLANTED for act in (*acts, *home)]))


@pytest.mark.parametrize("after", ["escape", "n"])
def test_a_log_whose_head_is_held_lets_go_at_esc_and_below_another_screen(after: str) -> None:
    asyncio.run(tell([("press", 2, 27), ("motion", 2, 20), ("keys", after)]))


def test_deals_of_equal_rank_stand_below_the_view_as_in_the_store() -> None:
    asyncio.run(tell([("resize", 60, 12), ("other_undo",)]))
