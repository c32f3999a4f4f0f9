"""Every revision of the tables, oldest first; ``python -m data.migrations MESSAGE`` writes the next one."""
