"""Runs the suite without a test framework: for a plug-in's own command, or in a console."""

from __future__ import annotations

from dataclasses import dataclass
from unittest import SkipTest

from adapters.contract.suite import AdapterContract


@dataclass(frozen=True, slots=True)
class Result:
    """How one promise was kept. ``why`` tells what went wrong, or why it was skipped; ``kept`` None: skipped."""

    promise: str
    kept: bool | None
    why: str = ""


async def run(contract: AdapterContract) -> list[Result]:
    """Test every promise and return the results in order."""
    names = [name for name in dir(contract) if name.startswith("test_")]
    return [await _one(contract, name) for name in names]


async def _one(contract: AdapterContract, name: str) -> Result:
    promise = name.removeprefix("test_").replace("_", " ")
    try:
        await getattr(contract, name)()
    except SkipTest as skipped:
        return Result(promise, None, str(skipped))
    except Exception as error:
        return Result(promise, False, f"{type(error).__name__}: {error}")
    return Result(promise, True)
