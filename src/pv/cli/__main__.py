"""`python -m pv.cli`."""

from pv.cli import main

main()
