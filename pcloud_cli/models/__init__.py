"""The shared model, one module an aggregate; importing the package loads none of them.

Import a class from its own module (`from pcloud_cli.models.house import House`). Whoever needs
the whole schema (the migrations) imports `pcloud_cli.models.registry`.
"""
