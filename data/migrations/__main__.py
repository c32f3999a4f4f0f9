"""Write the next revision: what the tables say now that the newest revision does not."""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import NullPool, create_engine

from data.opening import REVISIONS, locate
from data.sqlite import connect
from data.upgrading import MIGRATIONS, config, upgrade


def main(message: str) -> None:
    """Compare a database at the newest revision with the tables and write the difference into a new file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "funil.db"
        path.touch()
        if any((MIGRATIONS / "versions").glob("[0-9]*.py")):
            upgrade(locate(f"sqlite:///{path}"), house="draft")
        engine = create_engine("sqlite://", creator=lambda: connect(path, "rw"), poolclass=NullPool)
        with engine.connect() as connection:
            number = sum(1 for _ in (MIGRATIONS / "versions").glob("[0-9]*.py")) + 1
            slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")
            made = command.revision(config(connection), message, autogenerate=True, rev_id=f"{number:04}")
            assert made is not None
            sys.stdout.write(f"{slug}: add {number:04} to REVISIONS in data/opening.py (now {REVISIONS})\n")


if __name__ == "__main__":
    main(" ".join(sys.argv[1:]) or "change")
