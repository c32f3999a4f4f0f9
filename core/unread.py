"""Values that are made of their stored form only when somebody looks at them.

Most of what comes with a row is never looked at: a batch of messages that are sent and taken needs none of their
sentences, nor what has befallen them before. Making all of it cost most of what the engine spent on such a message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final


class Unread:
    """A frozen, slotted value of which a part may begin as its stored form: the fields named in ``_filled`` then hold
    nothing until one of them is asked for, and :meth:`_read` says what they are."""

    __slots__ = ("_stored",)
    _filled: ClassVar[frozenset[str]]

    @staticmethod
    def _read(stored: Any) -> Mapping[str, Any]:
        raise NotImplementedError

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            # Python asks here only for what it has not found: a slot that holds nothing yet. Two threads may both
            # do it: what they fill in is equal, and the stored form goes last.
            if name not in self._filled:
                raise AttributeError(f"{type(self).__name__} has no {name!r}")
            if stored := self._stored:
                for field, value in self._read(stored).items():
                    object.__setattr__(self, field, value)
                keep(self, None)
            return object.__getattribute__(self, name)


keep: Final[Callable[[Unread, Any], None]] = vars(Unread)["_stored"].__set__
"""Give a new value its stored form."""


def stored_form(value: Unread) -> Any:
    """Return the stored form of a value that nobody has looked at yet; None for any other."""
    return getattr(value, "_stored", None)
