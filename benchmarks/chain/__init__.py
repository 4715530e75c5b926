"""From fixes to a ledger: wardbook's rooms beside SQL written by hand for the same questions."""
