"""The sweep (到期扫描): what has fallen due is worked off, recorded once and told once.

`kinds` says what can fall due and what a kind must keep to; `run` works it off.
"""
