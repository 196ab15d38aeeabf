"""Attachments: photos, videos and signed papers that belong to something that is worked on (3.2.1).

`subjects` lists what they can belong to, each with its own permissions. A file is taken in by
`staging` outside every transaction, and attached by `adding` in one; `reading` lists and gives
back, `removing` takes away, `upkeep` proves the store and clears what nobody needs. `record` knows
the row.
"""
