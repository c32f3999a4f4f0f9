"""The screen: the Textual board and everything shown on it."""
