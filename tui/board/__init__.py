"""The board: all columns and cards drawn by one widget, everything but ``view`` free of Textual's app."""
