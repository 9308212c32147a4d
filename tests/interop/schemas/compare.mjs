// The portal's JSON Schema validator against ajv, for every schema of schema/json: generated instances, each also changed
// in the ways of ../mutate.mjs and ../limits.mjs, are judged by both, and both must agree. What is meant to differ:
// ../formats.mjs, and the limits of the portal's parser below. Every assertion of every schema has to be broken once.
// usage: compare.mjs SCHEMA_FOLDER VERDICTS    VERDICTS: the program of verdicts.cpp. SEED=n begins elsewhere.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fc } from '../packages.mjs';
import { newAjv } from '../formats.mjs';
import { Generator } from '../generate.mjs';
import { atLimits } from '../limits.mjs';
import { mutants } from '../mutate.mjs';
import { assertionsOf, resolverOf } from './assertions.mjs';
import { differencesHold, parserLimits } from './differences.mjs';

const [folder, verdicts] = process.argv.slice(2);
const seed = Number(process.env.SEED ?? 20261124);
const generatedPerSchema = 40;
const mutantsPerGenerated = 10;
const shownFaults = 20;
const suffix = '.schema.json';
const nameOf = (file) => file.slice(0, -suffix.length);

const documents = new Map(readdirSync(folder).filter((file) => file.endsWith(suffix)).sort()
  .map((file) => [file, { ...JSON.parse(readFileSync(join(folder, file), 'utf8')), $id: file }]));
const resolve = resolverOf(documents);
const ajv = newAjv({ verbose: true });
for (const [file, document] of documents) ajv.addSchema(document, file);

let faults = 0;
function fault(text) {
  faults += 1;
  if (faults <= shownFaults) console.error(`FAILED  ${text}`);
}

// Texts come to our validator in NFC, and lengths are counted in it.
function normalised(value) {
  if (typeof value === 'string') return value.normalize('NFC');
  if (Array.isArray(value)) return value.map(normalised);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.normalize('NFC'), normalised(member)]));
}

// What one schema is to judge, each once, by its text.
function instances(file) {
  const document = documents.get(file);
  const generated = fc.sample(new Generator(resolve).of(document, file), { numRuns: generatedPerSchema, seed });
  const found = new Map();
  const keep = (value) => found.set(JSON.stringify(value), value);
  const tried = new Map();
  for (const example of document.examples ?? []) {
    for (const mutant of mutants(example)) keep(mutant);
  }
  for (const [index, example] of [...(document.examples ?? []), ...generated].entries()) {
    keep(example);
    for (const instance of atLimits(example, document, file, { resolve, meets: (condition, value) => ajv.validate(condition, value) }, tried)) keep(instance);
    const all = [...mutants(example)];
    for (const mutant of fc.sample(fc.constantFrom(...all), { numRuns: mutantsPerGenerated, seed: seed + index })) keep(mutant);
  }
  return found;
}

// Our verdicts on lines "SCHEMA INSTANCE".
function judged(lines, schemas = folder) {
  const run = spawnSync(verdicts, [schemas], { input: lines.map((line) => `${line}\n`).join(''), encoding: 'utf8', maxBuffer: 1 << 30 });
  if (run.status !== 0) throw new Error(`${verdicts} ended with ${run.status}: ${run.stderr}`);
  const answers = run.stdout.split('\n').slice(0, -1);
  if (answers.length !== lines.length) throw new Error(`${answers.length} verdicts on ${lines.length} instances`);
  return answers;
}

const broken = new Map();  // subschema -> the keywords that some instance broke
function note(errors) {
  for (const { parentSchema, keyword } of errors ?? []) broken.set(parentSchema, (broken.get(parentSchema) ?? new Set()).add(keyword));
}

const limitRules = new Set(parserLimits.map(({ rule }) => rule));
function compare(file) {
  const all = [...instances(file)];
  const ours = judged(all.map(([text]) => `${nameOf(file)} ${text}`));
  const validate = ajv.getSchema(file);
  let valid = 0;
  for (const [index, [text, value]] of all.entries()) {
    const theirs = validate(normalised(value));
    note(validate.errors);
    valid += theirs ? 1 : 0;
    const [verdict, rule] = ours[index].split(' ');
    if (verdict === 'unread' && limitRules.has(rule)) continue;
    if ((verdict === 'valid') === theirs) continue;
    const said = theirs ? 'valid' : ajv.errorsText(validate.errors).slice(0, 300);
    fault(`${nameOf(file)}: ours "${ours[index].slice(0, 300)}", ajv "${said}"\n        ${text.slice(0, 2000)}`);
  }
  if (valid === 0 || valid === all.length) fault(`${nameOf(file)}: ${valid} of ${all.length} instances are valid, so nothing was distinguished`);
  return all.length;
}

let compared = 0;
for (const file of documents.keys()) {
  if (file !== `common${suffix}`) compared += compare(file);  // common holds parts of the others and asserts nothing itself
}
console.log(`seed ${seed}: ${compared} instances of ${documents.size - 1} schemas judged by both, ${faults} disagreements`);
differencesHold(judged, fault);
const assertions = assertionsOf(documents);
const never = assertions.filter(({ schema, keyword }) => !broken.get(schema)?.has(keyword));
console.log(`${assertions.length} assertions, ${never.length} of them never broken by an instance`);
for (const { place } of never) fault(`${place} was never broken`);
process.exit(faults === 0 ? 0 : 1);
