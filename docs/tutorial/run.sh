#!/usr/bin/env bash
# The tutorial's commands, in a place of their own: run.sh take-in, run.sh audit.
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp docs/tutorial/*.csv "$scratch"
ln -s "$PWD/rulebooks" "$scratch/rulebooks"
cd "$scratch"
wardbook init town.book --title "Town car" --time-zone America/New_York --home-region WV \
  --rulebook rulebooks/west-virginia/state-aircraft.md > init.txt
wardbook take-in town.book log_entries.csv rates.csv > take-in.txt
case "$1" in
  take-in) cat take-in.txt ;;
  audit) wardbook audit town.book --out town-audit ;;
esac
