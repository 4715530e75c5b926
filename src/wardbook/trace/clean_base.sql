-- The fixes of a batch of vehicles, as they stand; a position as one number that orders by latitude, longitude.
SELECT x.v, f.ts_s, f.micro, f.source_row, f.received_us, f.ignition, f.odometer_m,
       w_spot(f.lat_e6, f.lon_e6) AS spot
FROM fixes_good f
JOIN fixes_vehicles x ON x.vehicle = f.vehicle
WHERE x.v BETWEEN {first} AND {last}
  AND f.vehicle BETWEEN {low} AND {high}
