"""What a user can cause: one family of errors, each one sentence that says what, where and what would be right.

Anything else that is raised is a bug and should look like one.
"""

from __future__ import annotations

from core.words import Arg, Words


class FunilError(Exception):
    """A refusal or failure that a person can understand and mend. The command line prints it and exits with 1.

    A value that the sentence quotes is cut when it is long.
    """

    def __init__(self, msg: str, /, **args: Arg) -> None:
        self.words = Words(msg, args).short()
        super().__init__(self.words.english())

    def __str__(self) -> str:
        return self.words.local()


class UnknownThing(FunilError):
    """An id or a name that nothing has."""


class Refused(FunilError):
    """An act that the present state does not allow."""


class BadInput(FunilError):
    """A file, a setting or a value that cannot be taken."""


class StaleDeal(FunilError):
    """The deal was changed by somebody else between reading and writing."""


class StoreTrouble(FunilError):
    """The database cannot be opened, read or written: full disk, read-only file, newer version, lost connection."""
