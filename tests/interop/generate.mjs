// From a JSON Schema to a fast-check arbitrary of instances that fit it. Not every instance fits where schemas are
// combined: ajv has the last word. "wishes" lets a caller say what a member is to hold (names that exist, say).
// What makes instances wrong is in mutate.mjs.
import { fc } from './packages.mjs';

const longest = 60;  // characters of a text, where the schema allows more

// resolve(reference, base): the schema that a $ref means, and the base for the references in it.
export class Generator {
  constructor(resolve, wishes = () => undefined) {
    this.resolve = resolve;
    this.wishes = wishes;
  }

  // depth bounds schemas that lead back to themselves.
  of(schema, base, name = '', depth = 0) {
    if (schema === true || depth > 12) return fc.constant({});
    const wish = this.wishes(name, schema);
    if (wish) return wish;
    const alternatives = this.alternatives(schema, base);
    if (alternatives.length > 1) return fc.oneof(...alternatives.map((one) => this.of(one.schema, one.base, name, depth + 1)));
    const [{ schema: plain, base: place }] = alternatives;
    if ('const' in plain) return fc.constant(plain.const);
    if (plain.enum) return fc.constantFrom(...plain.enum);
    return this.typed(plain, place, depth);
  }

  // The schemas that remain when $ref, allOf, anyOf, oneOf and if are chosen from: without those keywords.
  alternatives(schema, base) {
    let found = [{ schema: {}, base }];
    const also = (others) => {
      found = found.flatMap((one) => others.map((other) => ({ schema: merge(one.schema, other.schema), base: other.base ?? one.base })));
    };
    const { $ref, allOf, anyOf, oneOf, if: condition, then, else: otherwise, not, ...plain } = schema === true ? {} : schema;
    if ($ref) {
      const target = this.resolve($ref, base);
      also(this.alternatives(target.schema, target.base));
    }
    also([{ schema: plain }]);
    for (const part of allOf ?? []) also(this.alternatives(part, base));
    const choices = anyOf ?? oneOf;
    if (choices) also(choices.flatMap((choice) => this.alternatives(choice, base)));
    if (condition) {
      const met = this.alternatives(merge(condition, then === undefined || then === true ? {} : then), base);
      also(otherwise === undefined || otherwise === true ? [...met, { schema: {} }] : [...met, ...this.alternatives(otherwise, base)]);
    }
    return found;
  }

  typed(schema, base, depth) {
    const types = [schema.type ?? guessedType(schema)].flat();
    return fc.oneof(...types.map((type) => {
      switch (type) {
        case 'null': return fc.constant(null);
        case 'boolean': return fc.boolean();
        case 'integer': return integer(schema);
        case 'string': return text(schema);
        case 'array': return this.list(schema, base, depth);
        case 'object': return this.object(schema, base, depth);
        default: throw new Error(`type ${type}`);
      }
    }));
  }

  list(schema, base, depth) {
    const item = schema.items === undefined ? fc.string() : this.of(schema.items, base, '', depth + 1);
    const minLength = schema.minItems ?? 0;
    const maxLength = Math.min(schema.maxItems ?? 4, Math.max(minLength, 4));
    if (!schema.uniqueItems) return fc.array(item, { minLength, maxLength });
    return fc.uniqueArray(item, { minLength, maxLength, selector: (value) => JSON.stringify(value) });
  }

  object(schema, base, depth) {
    const members = {};
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      if (member !== false) members[name] = this.of(member, base, name, depth + 1);
    }
    const requiredKeys = (schema.required ?? []).filter((name) => name in members);
    const record = fc.record(members, { requiredKeys, noNullPrototype: true });
    const more = schema.additionalProperties;
    if (more && more !== true) {
      const names = schema.propertyNames ? text({ type: 'string', ...schema.propertyNames }) : fc.stringMatching(/^[a-z]{1,8}$/);
      const others = fc.dictionary(names, this.of(more, base, '', depth + 1), { minKeys: schema.minProperties ?? 0, maxKeys: 4, noNullPrototype: true });
      return fc.tuple(others, record).map(([other, own]) => ({ ...other, ...own }));
    }
    return record;
  }
}

// One schema that asks for what both ask.
export function merge(a, b) {
  const merged = { ...a, ...b };
  if (a.required && b.required) merged.required = [...new Set([...a.required, ...b.required])];
  if (a.properties && b.properties) {
    merged.properties = { ...a.properties };
    for (const [name, schema] of Object.entries(b.properties)) {
      const before = a.properties[name];
      if (schema === true) merged.properties[name] = before ?? true;
      else merged.properties[name] = before !== undefined && schema !== false ? { allOf: [before, schema] } : schema;
    }
  }
  if ('const' in a && !('const' in b)) merged.const = a.const;
  if (a.enum && b.enum) merged.enum = a.enum.filter((value) => b.enum.includes(value));
  if (a.type && b.type) merged.type = [a.type].flat().filter((type) => [b.type].flat().includes(type));
  return merged;
}

function guessedType(schema) {
  if (schema.properties || schema.required || schema.additionalProperties !== undefined || schema.minProperties) return 'object';
  if (schema.items) return 'array';
  if (schema.minimum !== undefined || schema.maximum !== undefined) return 'integer';
  if (schema.pattern || schema.format || schema.minLength !== undefined || schema.maxLength !== undefined) return 'string';
  return ['null', 'boolean', 'string', 'object'];
}

function integer({ minimum, maximum }) {
  const min = minimum ?? (maximum === undefined ? -1000 : Math.min(0, maximum));
  const max = maximum ?? Math.max(min, 0) + 1_000_000;
  return fc.oneof(fc.integer({ min, max: Math.min(max, min + 0x7fffffff) }), fc.constantFrom(min, max));
}

function text(schema) {
  const minLength = schema.minLength ?? 0;
  const maxLength = Math.min(schema.maxLength ?? longest, Math.max(minLength, longest));
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern, 'u'));
  if (schema.format) return formatted(schema.format, minLength, maxLength);
  return fc.string({ unit: 'grapheme-ascii', minLength, maxLength });
}

const dates = { min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true };
// Characters of the languages that States write in, and one beyond the first plane: lengths are counted in code points.
const letters = [...'abcdefghijklmnopqrstuvwxyzABCXYZ0189 .,-()/\'"&áéíóúñüçãõâêôàèëïœæÁÉÑÇßøåčşğþ中文данныеالعربية😀𝒳'];
const languages = ['en', 'es', 'fr', 'pt', 'nl', 'ht', 'gn', 'es-419', 'pt-BR', 'zh-Hant-TW', 'sr-Latn', 'de-CH-1996', 'en-a-bbb-x-a-ccc', 'zh-yue', 'x-private'];
const zones = ['UTC', 'America/Santiago', 'America/Lima', 'America/Argentina/Buenos_Aires', 'America/Port-au-Prince', 'Europe/Lisbon', 'Etc/UTC'];

function formatted(format, minLength, maxLength) {
  switch (format) {
    case 'date': return fc.date(dates).map((date) => date.toISOString().slice(0, 10));
    case 'date-time': return fc.date(dates).map((date) => date.toISOString());
    case 'uuid': return fc.uuid();
    case 'uri': return fc.webUrl({ validSchemes: ['http', 'https'] });
    case 'email': return fc.emailAddress();
    case 'language-tag': return fc.constantFrom(...languages);
    case 'time-zone': return fc.constantFrom(...zones);
    case 'phone-number': return fc.stringMatching(/^\+[1-9][0-9]{6,14}$/);
    case 'sha256-hex': return fc.stringMatching(/^[0-9a-f]{64}$/);
    case 'base64': {
      const bytes = { minLength: Math.max(Math.ceil(minLength / 4) * 3 - 2, 0), maxLength: Math.floor(maxLength / 4) * 3 };
      return fc.uint8Array(bytes).map((array) => Buffer.from(array).toString('base64'));
    }
    case 'name': return fc.array(fc.constantFrom(...letters), { minLength, maxLength }).map((all) => all.join('').trim().padEnd(minLength, 'x'));
    case 'text': return fc.array(fc.constantFrom(...letters, '\n', '\t'), { minLength, maxLength }).map((all) => all.join(''));
    default: throw new Error(`format ${format}`);
  }
}
