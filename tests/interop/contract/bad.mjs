// Bad requests: each a good one with one thing wrong, and the statuses with which it may be refused. Which fault is found
// first is the portal's order: authority, then headers and limits, then the body.
// Each generator yields { request, what, statuses } and is handed the answer.
import { mutants } from '../mutate.mjs';
import { otherForms } from './knowledge.mjs';

const mebibyte = 1 << 20;
const success = [200, 201, 202, 204];
const refusals = [400, 403, 404, 409, 412, 422];
const unsuited = [403, 404, 409];  // when the record does not suit the step, that may be said first
const unknownId = '00000000-0000-4000-8000-000000000000';
const largeBodies = ['attestEnrolment', 'makeNomination', 'makeProposal', 'sendBatch'];

const bad = (request, what, ...statuses) => ({ request, what, statuses });

// The request with other headers; undefined takes one away.
function withHeaders(request, headers) {
  const all = { ...request.headers, ...headers };
  return { ...request, headers: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}

const withBody = (request, type, body) => ({ ...withHeaders(request, { 'content-type': type }), body });
const withQuery = (request, name, value) => ({ ...request, query: { ...request.query, [name]: value } });

// What a parameter of a schema does not take.
function wrongValues({ enum: choices, type, minimum, maximum }) {
  if (choices) return ['nonsense', '', choices[0].toUpperCase()];
  if (type === 'boolean') return ['maybe', '', 'TRUE', '1'];
  if (type !== 'integer') return [];
  const beyond = [...(maximum === undefined ? [] : [maximum + 1]), ...(minimum > 0 ? [minimum - 1] : [])];
  return ['x', '-1', '1.5', '', '9007199254740993', '1e3', ' 1', '0x1', ...beyond];
}

function someValue({ enum: choices, type, minimum }) {
  if (choices) return choices[0];
  return type === 'integer' ? Math.max(minimum ?? 0, 1) : type === 'boolean' ? 'true' : 'x';
}

function* badQueries({ operation }, good) {
  yield bad({ ...good, rawQuery: 'unknown_parameter=1' }, 'an unknown parameter', 400);
  for (const { name, required, schema } of operation.parameters.query ?? []) {
    const { [name]: known = someValue(schema), ...others } = good.query;
    yield bad(withQuery(good, name, [known, known]), `${name} twice`, 400);
    if (required) yield bad({ ...good, query: others }, `no ${name}`, 400);
    for (const value of wrongValues(schema)) yield bad(withQuery(good, name, value), `${name}="${value}"`, 400);
  }
  yield bad({ ...good, rawQuery: 'a=%zz' }, 'a query with a bad encoding', 400);
  yield { ...bad({ ...good, rawQuery: `a=${'x'.repeat(9000)}` }, 'an address that is too long', 414), anywhere: true };
}

function wrongInPath({ name, schema }) {
  if (name === 'rest') return ['0', 'x/y', '9/000', '0/000.p/0'];
  if (schema.type === 'integer') return ['x', '-1', '99999999999999999999', '9007199254740991'];
  return ['nothing-here', 'a b', unknownId, 'x'.repeat(2000), "'", '..%2f'];
}

function* badPaths({ operation }, good) {
  for (const parameter of operation.parameters.path ?? []) {
    for (const value of wrongInPath(parameter)) {
      yield bad({ ...good, path: { ...good.path, [parameter.name]: value } }, `${parameter.name} "${value.slice(0, 40)}" in the path`, 404, 400);
    }
  }
}

async function* badCredentials({ operation, demonstration, chance }, good) {
  const as = (authorization) => ({ ...withHeaders(good, { authorization }), caller: demonstration.everyone });
  if (!operation.isPublic) {
    yield bad(as(undefined), 'no credential', 401);
    yield bad(as('Basic YTpi'), 'a credential of another kind', 401);
  }
  yield bad(as(`Bearer cbmx_${'0'.repeat(49)}`), 'a token that nobody has', 401);
  yield bad(as('Bearer'), 'a token of no length', 401);
  for (const stranger of chance.shuffled(demonstration.strangersTo(operation)).slice(0, 3)) {
    if (await demonstration.mayAfterAll(stranger, operation)) continue;
    yield bad({ ...withHeaders(good, { authorization: stranger.headers.authorization }), caller: stranger }, 'a role without the right', 403, 404);
  }
}

function* badHeaders({ operation }, good) {
  if (operation.responses[200]?.value.content || operation.responses[201]?.value.content) {
    yield bad(withHeaders(good, { accept: 'image/x-unknown' }), 'an Accept that nothing fits', 406);
    yield bad(withHeaders(good, { accept: '*/*;q=0' }), 'an Accept that refuses everything', 406);
  }
  const names = (operation.parameters.header ?? []).map(({ name }) => name);
  if (names.includes('If-Match')) {
    yield bad(withHeaders(good, { 'if-match': undefined }), 'no If-Match', 428);
    for (const value of ['"999999-0"', 'W/"1-0"']) yield bad(withHeaders(good, { 'if-match': value }), `If-Match ${value}`, 400, 412, ...unsuited);
    for (const value of ['x', '"', '*, "1-"']) yield bad(withHeaders(good, { 'if-match': value }), `If-Match ${value}`, 400);
  }
  if (names.includes('Idempotency-Key')) {
    for (const value of ['x'.repeat(258), 'é']) yield bad(withHeaders(good, { 'idempotency-key': value }), `Idempotency-Key ${value.slice(0, 10)}`, 400, ...unsuited);
  }
  yield { ...bad({ ...good, method: 'PUT' }, 'another method', 405), anywhere: true };
  yield { ...bad(withHeaders(good, { host: 'elsewhere.example' }), 'another host', 421), anywhere: true };
}

// What is no JSON, or more than the parser takes, whatever the schema.
const unreadable = [
  '{"a":', 'null null', "{'a':1}", '{"a":1,"a":1}', '{"a":1.5}', '{"a":"\\ud800"}', `${'['.repeat(40)}${']'.repeat(40)}`, '\ufeff{}',
  Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
];

const unreadableLines = ['\u0000', '"', 'a,b\r\n1,2,3\r\n', '{"report":1}\n{"report"', ',,,\n', '\ufeff'];

function* badBodies({ operation, description, chance, mutantsEach }, good) {
  if (!operation.body) return;
  const json = operation.body.types.find((type) => !otherForms[type]);
  const body = good.body ?? '{}';
  for (const type of ['text/xml', 'application/json; charset=latin1', 'json']) yield bad(withBody(good, type, body), `the media type ${type}`, 415);
  yield bad(withBody(good, undefined, body), 'a body without its media type', 415);
  yield bad(withHeaders(withBody(good, json, body), { 'content-encoding': 'gzip' }), 'an encoded body', 415);
  const inItems = operation.id === 'sendBatch' ? [422] : [];  // a batch reports errors item by item
  for (const text of unreadable) yield bad(withBody(good, json, text), `the body ${String(text).slice(0, 20)}`, 400, ...inItems);
  if (operation.body.required) yield bad(withBody(good, json, ''), 'no body', 400, 422);
  yield* wrongMembers(description, chance, mutantsEach, description.bodySchema(operation, json), (text) => withBody(good, json, text), good.value ?? {});
}

// Bodies near to a good one: what the document forbids is refused; what it does not may be carried out or refused, and the
// answer is looked at all the same.
function* wrongMembers(description, chance, most, schema, request, value) {
  let [wrong, near] = [0, 0];
  for (const mutant of chance.shuffled([...mutants(value)])) {
    const errors = description.errors(schema, mutant);
    const sent = request(JSON.stringify(mutant));
    if (errors && (wrong += 1) <= most) yield bad(sent, `a body that is wrong (${errors.slice(0, 100)})`, 422, 400);
    if (!errors && (near += 1) <= most / 2) yield bad(sent, 'a body that is nearly good', ...success, ...refusals);
    if (wrong >= most && near >= most / 2) return;
  }
}

function* otherBodies({ operation }, good) {
  if (!operation.body) return;
  const ofAnotherRight = operation.id === 'sendBatch' ? [403] : [];  // a table says before its body what its rows are
  for (const type of operation.body.types.filter((one) => otherForms[one])) {
    for (const text of unreadableLines) yield bad(withBody(good, type, text), `${type} that is none`, 400, 422, ...ofAnotherRight);
  }
  const size = largeBodies.includes(operation.id) ? 17 * mebibyte : mebibyte + 1000;
  const large = withBody(good, operation.body.types[0], `{"a":"${'x'.repeat(size)}"}`);
  yield bad(withHeaders(large, { expect: '100-continue' }), 'a body that is too large', 413);
}

// What is not wrong and has an answer of its own: HEAD, every media type, an answer known already.
async function* reads({ operation }, good) {
  if (operation.method !== 'GET') return;
  const plain = withHeaders(good, { accept: undefined });
  const first = yield bad(plain, 'the same once more', 200, 404);
  yield { ...bad({ ...plain, method: 'HEAD' }, 'HEAD', first.status), isHead: true };
  for (const type of Object.keys(operation.responses[200].value.content ?? {})) {
    yield bad(withHeaders(plain, { accept: type }), `Accept: ${type}`, first.status, 200, 406);
  }
  const { etag } = first.headers;
  if (etag) yield bad(withHeaders(plain, { 'if-none-match': etag }), 'If-None-Match with the ETag at hand', 304, first.status);
}

// A dry run, the same request for real, and that one repeated with its key.
async function* writes({ operation }, good) {
  if (operation.method === 'GET') return;
  const dry = yield bad(withQuery(good, 'dry_run', 'true'), 'a dry run', 200, ...refusals);
  const keyed = withHeaders(good, { 'idempotency-key': `interop-${process.pid}-${Math.floor(performance.now() * 1000)}` });
  const first = yield bad(keyed, 'what the dry run foretold', dry.json?.dry_run ? dry.json.status : dry.status);
  if (!success.includes(first.status)) return;
  yield { ...bad(keyed, 'the same request with the same key', first.status), isReplay: true };
  if (operation.body) yield bad(withBody(keyed, operation.body.types[0], '{"another": "body"}'), 'the same key with another body', 422);
}

export async function* badRequests(context) {
  for (const kind of [badQueries, badPaths, badCredentials, badHeaders, badBodies, otherBodies, reads, writes]) {
    const good = await context.requests.any(context.operation);
    if (!good) continue;
    if (context.operation.id === 'sendBatch') delete good.query.mode;  // item by item, wrong items are reported in a 201
    yield* kind(context, good);
  }
}
