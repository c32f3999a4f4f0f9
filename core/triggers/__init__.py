"""One file per trigger kind; :mod:`core.triggers.catalogue` finds them."""
