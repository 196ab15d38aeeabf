"""The rules, one module a noun. A service takes an actor and a unit of work, never commits."""
