"""The keys of the installation: their state, putting new ones in use, and changing the master key.

`status` tells, `rotate` puts a new data key in use and makes everything anew with it (`fields`,
`staged`, `indexes`, `macs`), `drop` removes a key that nothing names any more, `master` wraps all
data keys with another master key. `places` knows which columns hold what.
"""
