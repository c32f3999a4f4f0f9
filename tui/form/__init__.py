"""The forms in which new things are made: a deal, a client."""
