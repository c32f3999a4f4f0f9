"""``python -m tests.simulator SEED``: replay one seed and print its story."""

from __future__ import annotations

import sys

from tests.simulator.script import play

world = play(int(sys.argv[1]))
sys.stdout.write("\n".join(world.trace) + "\n")
sys.stdout.write("\n".join(world.broken) + "\n" if world.broken else "nothing was violated\n")
sys.exit(bool(world.broken))
