"""The suite that every adapter passes: subclass :class:`AdapterContract` and say how to stage a peer."""

from adapters.contract.running import Result, run
from adapters.contract.suite import REASONS, AdapterContract, Bench, Situation

__all__ = ["REASONS", "AdapterContract", "Bench", "Result", "Situation", "run"]
