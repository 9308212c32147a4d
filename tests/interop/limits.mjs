// Instances that stand exactly at the limits of their schema and one beyond, and instances that break one assertion each.
// The schema leads: for each place of an instance, every subschema that may speak about it is asked what it asserts.
import { withValue } from './mutate.mjs';

// The subschemas that speak about a value, through $ref and every combination; every branch of anyOf and oneOf, but
// "then" and "else" only as "if" says. at: { resolve, meets }, where a reference leads and whether a value meets a schema.
function* speaking(value, schema, base, at, depth = 0) {
  if (schema === null || typeof schema !== 'object' || depth > 8) return;
  yield { schema, base };
  if (schema.$ref) {
    const target = at.resolve(schema.$ref, base);
    yield* speaking(value, target.schema, target.base, at, depth + 1);
  }
  const chosen = schema.if === undefined ? [] : [at.meets(schema.if, value) ? schema.then : schema.else];
  const { allOf = [], anyOf = [], oneOf = [] } = schema;
  for (const part of [...allOf, ...anyOf, ...oneOf, ...chosen]) yield* speaking(value, part, base, at, depth + 1);
}

// Every place of a value with the subschemas that speak about it.
function* spokenPlaces(value, asking, at, path = []) {
  const speakers = asking.flatMap(({ schema, base }) => [...speaking(value, schema, base, at)]);
  yield { path, value, schemas: speakers.map(({ schema }) => schema) };
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value)) {
    const innerOf = (schema) => (Array.isArray(value) ? schema.items : (schema.properties?.[name] ?? schema.additionalProperties));
    const inner = speakers.map(({ schema, base }) => ({ schema: innerOf(schema), base }));
    yield* spokenPlaces(member, inner, at, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

// A text of a length that keeps to its format and, if that lets it, holds characters beyond the first plane.
function textOf(length, schemas) {
  const format = schemas.map((schema) => schema.format).find(Boolean);
  const begin = { uri: 'https://a.example/', 'language-tag': 'en-x', base64: '' }[format] ?? '';
  switch (format) {
    case 'uri': return begin.padEnd(length, 'x').slice(0, length);
    case 'language-tag': return begin.padEnd(length, '-abcdefgh').slice(0, length).replace(/-$/, 'a');
    case 'email': return `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.`.padEnd(length, 'd').slice(0, length);
    case 'base64': return 'A'.repeat(length);
    default: return length > 5000 ? 'x'.repeat(length) : '𝒳'.repeat(length);
  }
}

function sized(value, size, schemas) {
  if (typeof value === 'string') return textOf(size, schemas);
  if (typeof value === 'number') return size;
  if (Array.isArray(value)) return value.length > 0 ? Array.from({ length: size }, (_, index) => distinct(value[index % value.length], index)) : undefined;
  const names = Array.from({ length: size }, (_, index) => Object.keys(value)[index] ?? `m${index}`);
  return Object.fromEntries(names.map((name) => [name, value[name] ?? Object.values(value)[0] ?? null]));
}

// Items of a list that has to hold different ones: as far as a text can be changed within its form.
function distinct(item, index) {
  if (typeof item !== 'string') return item;
  if (/^[A-Z]{2}$/.test(item)) return String.fromCharCode(65 + (index % 26), 65 + (Math.floor(index / 26) % 26));
  if (/^state:[A-Z]{2}$/.test(item)) return `state:${distinct('AA', index)}`;
  if (/^\+/.test(item)) return `+${1000000 + index}`;
  return /@/.test(item) ? item.replace('@', `${index}@`) : index === 0 ? item : item.replace(/\d*$/, String(index));
}

const kinds = { string: 'Length', number: 'imum', array: 'Items', object: 'Properties' };
const kindOf = (value) => (Array.isArray(value) ? 'array' : typeof value);

// What to put in a value's place so that it stands at an assertion, or breaks it.
function aimed(keyword, schema, value, schemas) {
  const limit = schema[keyword];
  if (/^m(in|ax)/.test(keyword)) {
    if (value === null || !keyword.endsWith(kinds[kindOf(value)])) return [];
    return [limit - 1, limit, limit + 1].filter((size) => size >= 0 || typeof value === 'number').map((size) => sized(value, size, schemas));
  }
  switch (keyword) {
    case 'type': return [null, true, 1, 'x', [], {}].filter((other) => kindOf(other) !== kindOf(value) || other === null);
    case 'const': case 'enum': return ['x', null, 0, `${value} `, String(value).toLowerCase()];
    case 'format': case 'pattern': return typeof value === 'string' ? [`${value}\u0007`, `${value} `, `${value}\n`, ` ${value}`, `${value}\u202e`] : [];
    case 'required': return kindOf(value) === 'object' ? limit.map((name) => withValue(value, [name], undefined)) : [];
    case 'uniqueItems': return kindOf(value) === 'array' && value.length > 0 ? [[...value, value[0]]] : [];
    case 'additionalProperties': return kindOf(value) === 'object' ? [{ ...value, unknown: 1 }] : [];
    default: return [];
  }
}

// Instances at each assertion that was aimed at less than "often" times. tried: a Map that the caller keeps.
export function* atLimits(instance, schema, base, at, tried, often = 2) {
  for (const { path, value, schemas } of spokenPlaces(instance, [{ schema, base }], at)) {
    for (const asked of schemas) {
      for (const keyword of Object.keys(asked)) {
        const counts = tried.get(asked) ?? {};
        const found = (counts[keyword] ?? 0) < often ? aimed(keyword, asked, value, schemas).filter((one) => one !== undefined) : [];
        if (found.length > 0) tried.set(asked, { ...counts, [keyword]: (counts[keyword] ?? 0) + 1 });
        for (const replacement of found) yield withValue(instance, path, replacement);
      }
    }
  }
}
