"""wardbook: the book of record and the audit of publicly funded protection and official transport."""
