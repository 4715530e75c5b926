"""Who is who and what belongs to what: persons, uses, legs and the facts of uses."""
