// EVERY DIFFERENCE that is meant between the portal's validator and ajv, each shown: the portal refuses, ajv accepts. One
// that does not show any more is a fault, so that this list stays true. Formats: ../formats.mjs.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020, addFormats } from '../packages.mjs';
import { narrower } from '../formats.mjs';

// Where the bounded parser (server/json/parse.hpp) refuses what JSON.parse takes, whatever the schema. Each text is one
// member's value.
export const parserLimits = [
  { text: '['.repeat(32) + ']'.repeat(32), rule: 'too_deep', reason: 'at most 32 levels (rules.md 9)' },
  { text: `{${Array.from({ length: 1001 }, (_, i) => `"m${i}":0`)}}`, rule: 'too_many_members', reason: 'at most 1,000 members (rules.md 9)' },
  { text: '1.0', rule: 'number_not_integer', reason: 'the canonical form has no fractions, and takes none that happens to be whole' },
  { text: '1e2', rule: 'number_not_integer', reason: 'nor exponents' },
  { text: '-0', rule: 'number_not_integer', reason: 'zero has one canonical form' },
  { text: '9007199254740992', rule: 'number_out_of_range', reason: 'beyond 2^53-1 readers would round (I-JSON)' },
  { text: '{"a":1,"a":1}', rule: 'duplicate_member', reason: 'readers would differ about which one counts' },
  { text: '"\\ud800"', rule: 'lone_surrogate', reason: 'no text in UTF-8' },
  { text: '"\\u0000"', rule: 'nul_character', reason: 'ends a text early elsewhere' },
  { text: `"e${'\u0301'.repeat(31)}"`, rule: 'forbidden_character', reason: 'more than 30 marks in a row take too long to normalise (UAX 15)' },
];

// judged(lines, folder): the portal's verdicts by the schemas of a folder.
export function differencesHold(judged, fault) {
  const folder = mkdtempSync(join(tmpdir(), 'cbmx-schemas-'));
  try {
    const write = (name, schema) => writeFileSync(join(folder, `${name}.schema.json`), JSON.stringify(schema));
    write('anything', {});
    for (const format of Object.keys(narrower)) write(format, { type: 'string', format });
    for (const { text, rule, reason } of parserLimits) {
      const [ours] = judged([`anything {"a":${text}}`], folder);
      if (ours !== `unread ${rule}`) fault(`the limit "${reason}" is listed and does not hold: ours "${ours}"`);
      JSON.parse(`{"a":${text}}`);
    }
    const ajv = addFormats(new Ajv2020({ strict: false }));
    for (const [format, { only_ajv_takes, reason }] of Object.entries(narrower)) {
      for (const text of only_ajv_takes) {
        const [ours] = judged([`${format} ${JSON.stringify(text)}`], folder);
        const differs = ours.startsWith('invalid') && ajv.validate({ format }, text);
        if (!differs) fault(`${format} (${reason}): "${text}" is no difference any more, ours "${ours}"`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
