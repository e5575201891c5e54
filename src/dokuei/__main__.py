"""``python -m dokuei``: the same as the ``dokuei`` command."""

from dokuei.cli.main import main

main()
