"""What other processes do to a database in the tests: ``python -m tests.data.store_process WHAT URL ...``."""

from __future__ import annotations

import sys
from typing import Any

from core.errors import FunilError
from core.ports import Priority
from tests.data.store_ground import ADD, jot, raw_store


def say(word: object) -> None:
    """Tell the test where we are, at once."""
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def hammer(url: str, name: str, times: str, engine: str) -> None:
    """Write as often as told, each write with its own commit or sharing one; say what is committed."""
    store = raw_store(url, durable=False)
    if engine == "engine":
        store.take_engine_lease("hammer")
    for n in range(int(times)):
        word = f"{name}-{n}-" + "x" * (n * 37 % 3000)
        futures = [store.submit(jot(word), Priority.RUNS) for _ in range(1 + n % 3)]
        for future in futures:
            future.result()
        say(word)
    store.close()


def hold_engine(url: str) -> None:
    """Be the engine until killed."""
    store = raw_store(url)
    store.take_engine_lease("board")
    store.write_now(jot("mine"))
    say("engine")
    sys.stdin.read()


def hold_transaction(url: str) -> None:
    """Stand in the middle of a write until killed."""
    store = raw_store(url)

    def job(tx: Any) -> None:
        tx.run(ADD, word="half")
        say("writing")
        sys.stdin.read()

    store.write_now(job)


def write_once(url: str, user: str) -> None:
    """Write one word as another user of the system; say what came of it."""
    import os

    if os.geteuid() == 0:
        os.setgid(int(user))
        os.setuid(int(user))
    store = raw_store(url)
    try:
        say(store.write_now(jot("word")))
    except FunilError as error:
        say(error)
    store.close()


if __name__ == "__main__":
    globals()[sys.argv[1]](*sys.argv[2:])
