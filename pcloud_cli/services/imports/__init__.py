"""Bringing a developer's workbook in: load, second check, apply (3.1.1, 2.3.1).

`load` reads through the child, compares with what is there and stages sealed rows; `batches`
lists, shows and has them approved; `apply` makes them live in one transaction.
"""
