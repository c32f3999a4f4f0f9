"""``funil schema``."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from core.schema import schema

if TYPE_CHECKING:
    from adapters.cli.roof import Roof


def options(parser: argparse.ArgumentParser) -> None:
    """Take no options of its own."""


def run(args: argparse.Namespace, roof: Roof) -> int:
    """Print the JSON Schema of board files, for editors and checkers."""
    sys.stdout.write(json.dumps(schema(roof.adapters), indent=2) + "\n")
    return 0
