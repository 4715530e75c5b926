#!/usr/bin/env bash
# A bundle of the tutorial's book for docs/how-to/verify-a-bundle.md, and the Python verifier on it: run.sh [changed].
# Digests and the log's name are new in each book and are printed as "...".
set -euo pipefail
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cp docs/tutorial/*.csv "$scratch"
cd "$scratch"
wardbook init town.book --title "Town car" --time-zone America/New_York > made.txt
wardbook take-in town.book log_entries.csv rates.csv >> made.txt 2>&1
wardbook bundle town.book --out bundle --by "Office of the Comptroller" --why "for counsel" \
  --withhold "take-in.source=6(e)" >> made.txt
wardbook verifiers . >> made.txt
if [ "${1:-}" = changed ]; then
  sed 's/Town car/Other car/' bundle/data/book.toml > edited
  mv edited bundle/data/book.toml
fi
{ python3 verify_bag.py bundle 2>&1 || echo "exit code $?"; } |
  sed -E 's/[0-9a-f]{64}/.../g; s#wardbook/[0-9a-f]{16}#wardbook/...#g'
