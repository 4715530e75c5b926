-- The fixes of vehicles with impossible hops that stay, without the dropped pieces.
SELECT n.*
FROM trace_thinned n
SEMI JOIN trace_suspects s ON s.v = n.v
ANTI JOIN trace_teleports t ON t.v = n.v AND t.ts = n.ts
