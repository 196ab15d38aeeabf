"""`python -m pcloud_cli` is `pcloud`."""

from pcloud_cli.app import main

main()
