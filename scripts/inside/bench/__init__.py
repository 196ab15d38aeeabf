"""What `scripts/bench` runs: the program measured beside what one would take instead."""
