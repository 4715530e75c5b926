#!/usr/bin/env bash
# A book of one car for docs/how-to/see-a-vehicle-day.md: run.sh DAY [options of show-day].
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/records"
cp docs/tutorial/car-7.csv docs/tutorial/car-7/*.csv docs/tutorial/car-7/*.ics docs/tutorial/car-7/*.toml "$scratch/records"
cd "$scratch"
wardbook init car-7.book --title "Car 7" --time-zone America/New_York > init.txt
wardbook take-in car-7.book records > take-in.txt 2>&1
wardbook show-day car-7.book --vehicle "Car 7" --day "$@"
