"""The written report: sentences that resolve, the document they make, and who may read what of it."""
