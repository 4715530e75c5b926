-- The borders that each leg crosses, in words and in order.
SELECT leg_id, list(from_name || ' to ' || to_name || ', ' || kind ORDER BY number) AS borders
FROM book_crossings
GROUP BY leg_id
