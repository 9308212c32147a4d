// Checks a JSON array of JSContact Cards against jscontact.schema.json with ajv, then compares it with what was expected.
// Usage: check_jscontact.mjs FILE.json [--expect EXPECTED.json]
import { readFileSync } from 'node:fs';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compare, fileFromArguments } from './expect.mjs';

const { text, expected } = fileFromArguments();
const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false });  // "one of these members" needs no second definition
addFormats(ajv);
const validate = ajv.compile(JSON.parse(readFileSync(new URL('./jscontact.schema.json', import.meta.url), 'utf8')));
const cards = JSON.parse(text);
if (!validate(cards)) {
  validate.errors.forEach((error) => console.error(`${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`));
  process.exit(1);
}

// A titles.organizationId names an organization of the same card (RFC 9553, 2.2.5): a schema cannot say it.
const dangling = cards.filter((card) => Object.values(card.titles ?? {}).some((title) => title.organizationId && !card.organizations?.[title.organizationId]));
if (dangling.length > 0) {
  console.error('organizationId names no organization: ' + dangling.map((card) => card.uid).join(', '));
  process.exit(1);
}

const inOrder = (map) => Object.values(map ?? {}).sort((a, b) => (a.pref ?? 0) - (b.pref ?? 0));
compare(
  cards.map((card) => ({
    uid: card.uid.replace('urn:uuid:', ''),
    kind: card.kind,
    fn: card.name.full,
    org: Object.values(card.organizations).flatMap((organization) => [organization.name, ...(organization.units ?? []).map((unit) => unit.name)]),
    email: inOrder(card.emails).map((email) => email.address),
    tel: Object.keys(card.phones ?? {}).sort().map((id) => card.phones[id].number.replace('tel:', '')),
    lang: inOrder(card.preferredLanguages).map((row) => row.language),
    tz: card.addresses.office.timeZone ?? null,
    label: card.addresses.office.full ?? null,
    keys: Object.keys(card.cryptoKeys ?? {}).sort().map((id) => card.cryptoKeys[id].uri),
    categories: Object.keys(card.keywords),
    note: Object.keys(card.notes).sort().map((id) => card.notes[id].note).join('\n'),
  })),
  expected,
);
