"""Reports: each is a declaration in a module of its own, all stand in `registry` (3.1.3)."""
