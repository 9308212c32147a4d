// Makes instances wrong, or only nearly so: every place of an instance is changed in every way listed here.
// Whether the outcome still fits its schema is for validators to say.

// Each takes a value and gives others to stand in its place. undefined: the place is left out.
const strings = (text) => [
  text + '!', ` ${text}`, `${text} `, `${text}\n`, `${text}\u200b`, `\u202e${text}`, `${text}\u0007`, `${text}e\u0301`, `${text}é`,
  '', text.slice(1), text.slice(0, -1), text.toUpperCase(), text.toLowerCase(), 'x'.repeat(30), null, 7, [text], { [text || 'a']: text },
  text.replace(/\d/, 'x'), text.replace(/[a-z]/i, '9'), text.replace(/-/, ''), text.replace(/[-:/.@+]/, '~'),
];
const numbers = (number) => [number + 1, number - 1, -number - 1, 2 ** 53 - 1, -(2 ** 53 - 1), String(number), null, true, [number]];
const booleans = (value) => [!value, null, Number(value), String(value)];
const nulls = () => [0, '', 'null', false, {}, []];
const lists = (list) => [[], [...list, null], [...list, ...list], list.slice(1), [...list, 'x', 1, {}, []], { 0: list[0] ?? null }, null, 'x'];
const objects = (object) => [{}, [], [object], null, 'x', 1, { ...object, unknown: 1 }, { ...object, '': null }, { ...object, 'ключ': 'x' }];

export function replacements(value) {
  if (value === null) return nulls();
  if (typeof value === 'string') return strings(value);
  if (typeof value === 'number') return numbers(value);
  if (typeof value === 'boolean') return booleans(value);
  return Array.isArray(value) ? lists(value) : objects(value);
}

// Every place of an instance, as a list of names and indexes.
export function* places(value, path = []) {
  yield path;
  if (value === null || typeof value !== 'object') return;
  for (const [name, member] of Object.entries(value)) yield* places(member, [...path, Array.isArray(value) ? Number(name) : name]);
}

export function at(value, path) {
  return path.reduce((inner, step) => inner[step], value);
}

export function withValue(value, path, replacement) {
  if (path.length === 0) return replacement;
  const [step, ...rest] = path;
  const copy = Array.isArray(value) ? [...value] : { ...value };
  if (rest.length > 0) copy[step] = withValue(value[step], rest, replacement);
  else if (replacement !== undefined) copy[step] = replacement;
  else if (Array.isArray(copy)) copy.splice(step, 1);
  else delete copy[step];
  return copy;
}

export function* mutants(value) {
  for (const path of places(value)) {
    if (path.length > 0) yield withValue(value, path, undefined);
    for (const replacement of replacements(at(value, path))) yield withValue(value, path, replacement);
  }
}
