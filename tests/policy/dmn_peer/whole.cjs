// Decides cases by a DMN 1.1 file with an engine that reads and runs the file by itself (dmn-eval-js).
// Standard input: {"dmn": text, "asked": [decision], "cases": [{input: value}]}; a day is {"day": "2020-01-31"}.
// Standard output: one line of JSON: for each case, what each asked decision gives, or why it failed.
// Run in a folder whose node_modules holds the package.
const { createRequire } = require('node:module');
const { readFileSync } = require('node:fs');

const { decisionTable, dateTime } = createRequire(process.cwd() + '/')('@hbtgmbh/dmn-eval-js');

const { dmn, asked, cases } = JSON.parse(readFileSync(0, 'utf8'));
const value = (given) => (given?.day ? dateTime.date(given.day) : given);

decisionTable.parseDmnXml(dmn).then((decisions) => {
  const found = cases.map((given) => {
    const context = () => Object.fromEntries(Object.entries(given).map(([name, one]) => [name, value(one)]));
    try {
      return Object.fromEntries(asked.map((id) => [id, decisionTable.evaluateDecision(id, decisions, context())]));
    } catch (error) {
      return { failed: error.message };
    }
  });
  console.log(JSON.stringify(found));
});
