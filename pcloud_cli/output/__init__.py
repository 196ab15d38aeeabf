"""One output object for every format; data on stdout, all else on stderr."""
