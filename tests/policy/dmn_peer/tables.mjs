// Decides cases by the tables of a DMN file, with bpmn.io's reader (dmn-moddle) and FEEL interpreter (feelin).
// Standard input: {"dmn": text, "cases": [{input: value}]}; a day is {"day": "2020-01-31"}.
// Standard output: one line of JSON: for each case, what each decision gives.
// Run in a folder whose node_modules holds both packages.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { readFileSync } from 'node:fs';

const require = createRequire(process.cwd() + '/');
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const feelin = await load('feelin');
const moddle = await load('dmn-moddle');

const { dmn, cases } = JSON.parse(readFileSync(0, 'utf8'));
const { rootElement, warnings } = await new moddle.DmnModdle().fromXML(dmn);
if (warnings.length) throw new Error(warnings.map((w) => w.message).join('; '));

const answer = (result) => (result !== null && typeof result === 'object' && 'value' in result ? result.value : result);
const evaluate = (text, context) => answer(feelin.evaluate(text, context));
const holds = (text, value, context) => text === '-' || answer(feelin.unaryTest(text, { ...context, '?': value })) === true;

const decisions = new Map();
for (const element of rootElement.drgElement) if (element.$type === 'dmn:Decision') decisions.set(element.id, element);

function decide(id, context) {
  const decision = decisions.get(id);
  for (const need of decision.informationRequirement ?? []) {
    const wanted = need.requiredDecision?.href.slice(1);
    if (wanted && !(wanted in context)) decide(wanted, context);
  }
  const table = decision.decisionLogic;
  const values = table.input.map((one) => evaluate(one.inputExpression.text, context));
  const hits = (rule) => rule.inputEntry.every((entry, at) => holds(entry.text, values[at], context));
  if (table.hitPolicy !== 'FIRST') throw new Error(`hit policy ${table.hitPolicy}`);
  const rule = table.rule.find(hits);
  const said = rule ? rule.outputEntry.map((entry) => evaluate(entry.text, context)) : [];
  const named = table.output.length > 1;
  context[decision.variable.name] = !rule ? null
    : named ? Object.fromEntries(table.output.map((one, at) => [one.name, said[at]])) : said[0];
}

console.log(JSON.stringify(cases.map((given) => {
  const context = {};
  for (const [name, value] of Object.entries(given))
    context[name] = value?.day ? evaluate(`date("${value.day}")`, {}) : value;
  for (const id of decisions.keys()) if (!(id in context)) decide(id, context);
  return Object.fromEntries([...decisions.keys()].map((id) => [id, context[id]]));
})));
