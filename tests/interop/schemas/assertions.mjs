// What schema files assert, and where their references lead.

const keywords = new Set([
  'type', 'const', 'enum', 'required', 'minLength', 'maxLength', 'pattern', 'format', 'minimum', 'maximum', 'minItems', 'maxItems', 'uniqueItems',
  'minProperties', 'maxProperties', 'anyOf', 'oneOf', 'additionalProperties',
]);

function asserts(keyword, value) {
  if (keyword === 'additionalProperties') return value === false;
  return keywords.has(keyword) && !(keyword === 'required' && value.length === 0);
}

// Every assertion that an instance can break: { schema, keyword, place }. What stands in "if" only chooses, and "then"
// cannot break what "if" has asked already (sure). Definitions that nothing refers to assert nothing.
function* assertionsIn(schema, place, isUsed, sure = {}) {
  if (schema === null || typeof schema !== 'object') return;
  for (const [keyword, value] of Object.entries(schema)) {
    const here = `${place}/${keyword}`;
    if (asserts(keyword, value) && JSON.stringify(sure[keyword]) !== JSON.stringify(value)) yield { schema, keyword, place: here };
    if (keyword === 'properties' || keyword === '$defs') {
      for (const [name, member] of Object.entries(value)) {
        if (keyword === 'properties' || isUsed(name)) yield* assertionsIn(member, `${here}/${name}`, isUsed, sure.properties?.[name]);
      }
    } else if (['allOf', 'anyOf', 'oneOf'].includes(keyword)) {
      for (const [index, part] of value.entries()) yield* assertionsIn(part, `${here}/${index}`, isUsed);
    } else if (['items', 'then', 'else', 'additionalProperties', 'propertyNames'].includes(keyword)) {
      yield* assertionsIn(value, here, isUsed, keyword === 'then' ? schema.if : {});
    }
  }
}

export function assertionsOf(documents) {
  const all = JSON.stringify([...documents.values()]);
  return [...documents].flatMap(([file, document]) => {
    const isUsed = (name) => all.includes(`"${file}#/$defs/${name}"`) || JSON.stringify(document).includes(`"#/$defs/${name}"`);
    return [...assertionsIn(document, `${file}#`, isUsed)];
  });
}

// resolve(reference, file): the schema meant, and the file that it stands in.
export function resolverOf(documents) {
  return (reference, base) => {
    const [file, pointer = ''] = reference.split('#');
    const place = file || base;
    return { schema: pointer.split('/').slice(1).reduce((inner, step) => inner[step], documents.get(place)), base: place };
  };
}
