"""`python -m loanflow` is the command line."""

from loanflow.cli import main

main()
