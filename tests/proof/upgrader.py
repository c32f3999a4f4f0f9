"""``funil init`` with one more migration planted: ``python -m tests.proof.upgrader URL ENDING``.

It changes a table and its rows, says ``half``, and then, by ENDING: ``waits`` until it is killed, or ``fails``.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

import data.opening
import data.upgrading
import funil

ENDINGS: Final = {"waits": "sys.stdin.read()", "fails": "op.execute('INSERT INTO nowhere VALUES (1)')"}
REVISION: Final = """
import sys

import sqlalchemy as sa
from alembic import op

revision = "planted"
down_revision = {head!r}


def upgrade():
    op.add_column("deals", sa.Column("planted", sa.Text()))
    op.create_table("planted", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("UPDATE deals SET title = 'half', planted = 'half'")
    op.execute("DELETE FROM deliveries")
    sys.stderr.write("half\\n")
    sys.stderr.flush()
    {ending}
"""


def main(url: str, ending: str) -> int:
    """Upgrade a database that the program itself takes for up to date."""
    with tempfile.TemporaryDirectory() as folder:
        migrations = Path(folder) / "migrations"
        shutil.copytree(data.upgrading.MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
        text = REVISION.format(head=data.opening.HEAD, ending=ENDINGS[ending])
        (migrations / "versions" / "planted.py").write_text(text, encoding="utf-8")
        setattr(data.upgrading, "MIGRATIONS", migrations)  # noqa: B010 - both are Final to everybody else
        setattr(data.opening, "REVISIONS", (*data.opening.REVISIONS, "planted"))  # noqa: B010
        setattr(data.opening, "HEAD", "planted")  # noqa: B010
        sys.argv = ["funil", "init", "--db", url]
        return funil.main()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
