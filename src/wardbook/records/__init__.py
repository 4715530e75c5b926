"""The vocabulary of the book: table schemas, sources, and the tables as relations of an engine.

Starting points: `schema.BOOK_TABLES` (every table of the book), `schema.AUDIT_TABLES` (every relation an
audit derives), `engine.Engine` (where relations live), `book.Book` (the folder on disk).
"""
