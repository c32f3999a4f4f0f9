"""One file per rule kind; :mod:`core.rules.catalogue` finds them."""
