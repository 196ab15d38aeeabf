"""One module a noun: read arguments, call one service, hand rows to output. No SQL, no rule."""
