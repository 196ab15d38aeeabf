"""Who gets which waiting ticket (派单): the best plan over all of them at once, and why (3.2.2).

Pure: no database, no clock, no words for people. `situation` is what goes in, `plan` what comes
out, `cost` the sum that is made small, `explain` why it is so. Codes are translated where printed.
"""
