"""From files to records: one reader a format, and the take-in that loses nothing."""
