// Bad requests: each a good one with one thing wrong, and the statuses with which it may be refused. Which fault is found
// first is the portal's order: authority, then headers and limits, then the body (README, "Errors").
// Each generator yields { request, what, statuses } and is handed the answer.
import { mutants } from '../mutate.mjs';
import { otherForms } from './knowledge.mjs';

const mebibyte = 1 << 20;
const success = [200, 201, 202, 204];
const unsuited = [403, 404, 409];  // when the record does not suit the step, that may be said first
const unknownId = '00000000-0000-4000-8000-000000000000';

// What a parameter of a schema does not take.
function wrongValues({ enum: choices, type }) {
  if (choices) return ['nonsense', '', choices[0].toUpperCase()];
  if (type === 'integer') return ['x', '-1', '1.5', '', '9007199254740993', '1e3', ' 1', '0x1'];
  if (type === 'boolean') return ['maybe', '', 'TRUE', '1'];
  return [];
}

function* badQueries({ operation }, good) {
  const parameters = operation.parameters.query ?? [];
  yield { request: { ...good, rawQuery: 'unknown_parameter=1' }, what: 'an unknown parameter', statuses: [400] };
  for (const { name, required, schema } of parameters) {
    const { [name]: _, ...others } = good.query;
    const known = good.query[name] ?? schema.enum?.[0] ?? (schema.type === 'integer' ? Math.max(schema.minimum ?? 0, 1) : schema.type === 'boolean' ? 'true' : 'x');
    yield { request: { ...good, query: { ...others, [name]: [known, known] } }, what: `${name} twice`, statuses: [400] };
    if (required) yield { request: { ...good, query: others }, what: `no ${name}`, statuses: [400] };
    for (const value of wrongValues(schema)) yield { request: { ...good, query: { ...others, [name]: value } }, what: `${name}="${value}"`, statuses: [400] };
    if (schema.maximum !== undefined) yield { request: { ...good, query: { ...others, [name]: schema.maximum + 1 } }, what: `${name} above its maximum`, statuses: [400] };
    if (schema.minimum > 0) yield { request: { ...good, query: { ...others, [name]: schema.minimum - 1 } }, what: `${name} below its minimum`, statuses: [400] };
  }
  yield { request: { ...good, rawQuery: 'a=%zz' }, what: 'a query with a bad encoding', statuses: [400] };
  yield { request: { ...good, rawQuery: `a=${'x'.repeat(9000)}` }, what: 'an address that is too long', statuses: [414], anywhere: true };
}

function* badPaths({ operation }, good) {
  for (const { name, schema } of operation.parameters.path ?? []) {
    const values = name === 'rest' ? ['0', 'x/y', '9/000', '0/000.p/0'] : schema.type === 'integer' ? ['x', '-1', '99999999999999999999', '9007199254740991'] : ['nothing-here', 'a b', unknownId, 'x'.repeat(2000), "'", '..%2f'];
    for (const value of values) yield { request: { ...good, path: { ...good.path, [name]: value } }, what: `${name} "${value.slice(0, 40)}" in the path`, statuses: [404, 400] };
  }
}

async function* badCredentials({ operation, world, chance }, good) {
  const { authorization, ...without } = good.headers;
  const nobody = { ...good, caller: world.everyone };
  if (!operation.isPublic) {
    yield { request: { ...nobody, headers: without }, what: 'no credential', statuses: [401] };
    yield { request: { ...nobody, headers: { ...without, authorization: 'Basic YTpi' } }, what: 'a credential of another kind', statuses: [401] };
  }
  yield { request: { ...nobody, headers: { ...without, authorization: `Bearer cbmx_${'0'.repeat(49)}` } }, what: 'a token that nobody has', statuses: [401] };
  yield { request: { ...nobody, headers: { ...without, authorization: 'Bearer' } }, what: 'a token of no length', statuses: [401] };
  for (const stranger of chance.shuffled(world.strangersTo(operation)).slice(0, 3)) {
    if (await world.mayAfterAll(stranger, operation)) continue;
    yield { request: { ...good, caller: stranger, headers: { ...without, ...stranger.headers } }, what: 'a role without the right', statuses: [403, 404] };
  }
}

function* badHeaders({ operation }, good) {
  const { accept, ...rest } = good.headers;
  if (operation.responses[200]?.value.content || operation.responses[201]?.value.content) {
    yield { request: { ...good, headers: { ...rest, accept: 'image/x-unknown' } }, what: 'an Accept that nothing fits', statuses: [406] };
    yield { request: { ...good, headers: { ...rest, accept: '*/*;q=0' } }, what: 'an Accept that refuses everything', statuses: [406] };
  }
  const names = (operation.parameters.header ?? []).map(({ name }) => name);
  if (names.includes('If-Match')) {
    const { 'if-match': _, ...free } = good.headers;
    yield { request: { ...good, headers: free }, what: 'no If-Match', statuses: [428] };
    for (const value of ['"999999-0"', 'W/"1-0"', 'x', '"']) yield { request: { ...good, headers: { ...free, 'if-match': value } }, what: `If-Match ${value}`, statuses: [412, ...unsuited] };
  }
  if (names.includes('Idempotency-Key')) {
    for (const value of ['x'.repeat(258), 'é']) yield { request: { ...good, headers: { ...good.headers, 'idempotency-key': value } }, what: `Idempotency-Key ${value.slice(0, 10)}`, statuses: [400] };
  }
  yield { request: { ...good, method: 'PUT' }, what: 'another method', statuses: [405], anywhere: true };
  yield { request: { ...good, headers: { ...good.headers, host: 'elsewhere.example' } }, what: 'another host', statuses: [421], anywhere: true };
}

// What is no JSON, or more than the parser takes, whatever the schema.
const unreadable = ['{"a":', '', 'null null', "{'a':1}", '{"a":1,"a":1}', '{"a":1.5}', '{"a":"\\ud800"}', `${'['.repeat(40)}${']'.repeat(40)}`, '\ufeff{}', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])];

function* badBodies({ operation, description, chance, mutantsEach }, good) {
  if (!operation.body) return;
  const json = operation.body.types.find((type) => !otherForms[type]);
  const { 'content-type': _, ...rest } = good.headers;
  const typed = { ...rest, 'content-type': json };
  const body = good.body ?? '{}';
  for (const type of ['text/xml', 'application/json; charset=latin1', 'json']) yield { request: { ...good, body, headers: { ...rest, 'content-type': type } }, what: `the media type ${type}`, statuses: [415] };
  yield { request: { ...good, body, headers: rest }, what: 'a body without its media type', statuses: [415] };
  yield { request: { ...good, body, headers: { ...typed, 'content-encoding': 'gzip' } }, what: 'an encoded body', statuses: [415] };
  for (const text of unreadable) {
    if (text !== '' || operation.body.required) yield { request: { ...good, body: text, headers: typed }, what: `the body ${String(text).slice(0, 20)}`, statuses: text === '' || operation.id === 'sendBatch' ? [400, 422] : [400] };  // a batch tells what is wrong item by item
  }
  const pointer = description.bodySchema(operation, json);
  let [wrong, near] = [0, 0];
  for (const mutant of chance.shuffled([...mutants(good.value ?? {})])) {
    const errors = description.errors(pointer, mutant);
    const request = { ...good, body: JSON.stringify(mutant), headers: typed };
    if (errors && (wrong += 1) <= mutantsEach) yield { request, what: `a body that is wrong (${errors.slice(0, 100)})`, statuses: [422, 400] };
    // What the document does not forbid may be carried out or refused; the answer is looked at all the same.
    if (!errors && (near += 1) <= mutantsEach / 2) yield { request, what: 'a body that is nearly good', statuses: [...success, 400, 403, 404, 409, 412, 422] };
    if (wrong >= mutantsEach && near >= mutantsEach / 2) return;
  }
}

function* otherBodies({ operation }, good) {
  for (const type of operation.body?.types ?? []) {
    if (!otherForms[type]) continue;
    for (const text of ['\u0000', '"', 'a,b\r\n1,2,3\r\n', '{"report":1}\n{"report"', ',,,\n', '\ufeff']) {
      yield { request: { ...good, body: text, headers: { ...good.headers, 'content-type': type } }, what: `${type} that is none`, statuses: [400, 422] };
    }
  }
  if (operation.body) {
    const limit = ['makeNomination', 'sendBatch'].includes(operation.id) ? 17 * mebibyte : mebibyte + 1000;
    yield { request: { ...good, body: `{"a":"${'x'.repeat(limit)}"}`, headers: { ...good.headers, 'content-type': operation.body.types[0], expect: '100-continue' } }, what: 'a body that is too large', statuses: [413] };
  }
}

// What is not wrong and has an answer of its own: HEAD, an answer known already, a request repeated.
async function* repeats({ operation }, good) {
  if (operation.method === 'GET') {
    const { accept, 'if-none-match': _, ...headers } = good.headers;
    const first = yield { request: { ...good, headers }, what: 'the same once more', statuses: [200, 404] };
    yield { request: { ...good, headers, method: 'HEAD' }, what: 'HEAD', statuses: [first.status], isHead: true };
    for (const type of Object.keys(operation.responses[200].value.content ?? {})) yield { request: { ...good, headers: { ...headers, accept: type } }, what: `Accept: ${type}`, statuses: [first.status, 200, 406] };
    if (first.headers.etag) yield { request: { ...good, headers: { ...headers, 'if-none-match': first.headers.etag } }, what: 'If-None-Match with the ETag at hand', statuses: [304, first.status] };
    return;
  }
  const dry = yield { request: { ...good, query: { ...good.query, dry_run: 'true' } }, what: 'a dry run', statuses: [200, 400, 403, 404, 409, 412, 422] };
  const keyed = { ...good, headers: { ...good.headers, 'idempotency-key': `interop-${process.pid}-${Math.floor(performance.now() * 1000)}` } };
  const first = yield { request: keyed, what: 'what the dry run foretold', statuses: [dry.json?.dry_run ? dry.json.status : dry.status] };
  if (!success.includes(first.status)) return;
  yield { request: keyed, what: 'the same request with the same key', statuses: [first.status], isReplay: true };
  if (operation.body) yield { request: { ...keyed, body: '{"another": "body"}', headers: { ...keyed.headers, 'content-type': operation.body.types[0] } }, what: 'the same key with another body', statuses: [422] };
}

export async function* badRequests(context) {
  for (const kind of [badQueries, badPaths, badCredentials, badHeaders, badBodies, otherBodies, repeats]) {
    const good = await context.requests.any(context.operation);
    if (!good) continue;
    if (context.operation.id === 'sendBatch') delete good.query.mode;  // item by item, wrong items are told in a 201
    yield* kind(context, good);
  }
}
