"""E-mail: building the bytes, and sending them through a mail server."""
