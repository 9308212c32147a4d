// Validates every example with ajv, an implementation that is not ours: those of each schema file, and those of each
// media type of the description. Usage: node examples.mjs schema/openapi.json schema/json
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [descriptionFile, schemaFolder] = process.argv.slice(2);
let checked = 0;
let failed = 0;

function newAjv() {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  // The portal's own formats (server/json/schema.hpp): their exact rules are ours, the form is checked here.
  ajv.addFormat('name', true);
  ajv.addFormat('text', true);
  ajv.addFormat('language-tag', /^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$/);
  ajv.addFormat('base64', /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  ajv.addFormat('phone-number', /^\+[1-9][0-9]{6,14}$/);
  ajv.addFormat('time-zone', /^(UTC|[A-Za-z_]+(\/[A-Za-z0-9_+-]+)+)$/);
  ajv.addFormat('sha256-hex', /^[0-9a-f]{64}$/);
  return ajv;
}

function check(validate, example, place) {
  checked += 1;
  if (validate(example)) return;
  failed += 1;
  console.error(`${place}: ${JSON.stringify(validate.errors)}`);
}

function checkSchemaFiles() {
  const ajv = newAjv();
  const names = readdirSync(schemaFolder).filter((name) => name.endsWith('.schema.json')).sort();
  for (const name of names) ajv.addSchema(JSON.parse(readFileSync(join(schemaFolder, name), 'utf8')), name);
  for (const name of names) {
    const validate = ajv.getSchema(name);
    for (const [index, example] of (validate.schema.examples ?? []).entries()) check(validate, example, `${name} example ${index}`);
  }
}

const description = JSON.parse(readFileSync(descriptionFile, 'utf8'));

function atPointer(reference) {
  const steps = reference.slice(2).split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  return steps.reduce((value, step) => value[step], description);
}

function checkMediaTypes(ajv, node, pointer) {
  if (node === null || typeof node !== 'object') return;
  if (node.examples && !Array.isArray(node.examples) && node.schema) {
    const validate = ajv.getSchema(`openapi#${pointer}/schema`) ?? ajv.compile({ $ref: `openapi#${pointer}/schema` });
    for (const [name, entry] of Object.entries(node.examples)) {
      const example = entry.$ref ? atPointer(entry.$ref) : entry;
      check(validate, example.value, `${pointer} ${name}`);
    }
    return;
  }
  for (const [key, value] of Object.entries(node)) {
    checkMediaTypes(ajv, value, `${pointer}/${encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))}`);
  }
}

checkSchemaFiles();
const ajv = newAjv();
ajv.addSchema(description, 'openapi', false, false);
checkMediaTypes(ajv, description.paths, '/paths');
checkMediaTypes(ajv, description.components.responses, '/components/responses');
console.log(`ajv: ${checked} examples, ${failed} invalid`);
process.exit(failed === 0 && checked > 0 ? 0 : 1);
