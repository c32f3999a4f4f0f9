"""The Store: tables, migrations, the single writer, SQLite and PostgreSQL."""
