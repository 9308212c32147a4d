// THE CONTRACT RUNNER: calls every operation of the running portal's /openapi.json with generated input, good and bad, as the
// accounts of the demonstration, and checks every answer against that document. Good input has to be carried out at least
// once for each operation, save those of exceptions.mjs. A fault is reported with what was sent and what came back.
// Environment: the demonstration's env file (run.sh). SEED=n begins elsewhere.
import { Chance } from './chance.mjs';
import { Client, shown } from './client.mjs';
import { codeOf, judge, mediaTypeOf } from './answers.mjs';
import { badRequests } from './bad.mjs';
import { Description } from './description.mjs';
import { neverDone } from './exceptions.mjs';
import { Requests, wire } from './requests.mjs';
import { Demonstration } from './demonstration.mjs';

const seed = Number(process.env.SEED ?? 20261124);
const leastRounds = 4;
const mostRounds = 30;      // when something has not been carried out yet
const triesUntilDone = 6;   // in each round
const callsEach = 6;        // of good input, for each operation that was carried out
const mutantsEach = 25;     // bodies near to good ones, for each operation that takes one
const shownFaults = 15;

const client = new Client(process.env.CBMX_URL, process.env.CBMX_CA);
const description = new Description(JSON.parse((await client.send({ method: 'GET', target: '/openapi.json' })).text));
client.close();
const demonstration = new Demonstration(process.env);
const chance = new Chance(seed);
const seen = new Map(description.operations.map(({ id }) => [id, new Map()]));  // operation -> status -> how often
const forms = new Set();  // "operation takes type" and "operation gives type", of what was carried out
const isDryRunAlone = ({ value }) => value.content?.['application/json']?.schema.$ref?.endsWith('/dry-run');
const typesGiven = (responses) => Object.entries(responses).filter(([status, response]) => status < 300 && !isDryRunAlone(response))
  .flatMap(([, { value }]) => Object.keys(value.content ?? {}));
const formsOf = new Map(description.operations.map(({ id, body, responses }) =>
  [id, [...(body?.types ?? []).map((type) => `${id} takes ${type}`), ...typesGiven(responses).map((type) => `${id} gives ${type}`)]]));
const requests = new Requests(description, demonstration, chance, (form) => !forms.has(form));
let sent = 0;
const faults = new Map();  // "operation: fault" -> how often; each is shown once

function fault(request, answer, text) {
  const key = `${request.operation.id}: ${text}`.slice(0, 400);
  faults.set(key, (faults.get(key) ?? 0) + 1);
  if (faults.get(key) === 1 && faults.size <= shownFaults) console.error(`FAILED  ${key}\n${shown(wire(request), request.caller.name, answer)}`);
}

// Sends, judges, learns. expected, for bad input: the statuses that it may be refused with, and what is wrong with it.
async function call(request, expected) {
  sent += 1;
  const answer = await request.caller.client.send(wire(request)).catch((error) => error);
  if (answer instanceof Error) return fault(request, undefined, `no answer: ${answer.message}`);
  for (const text of judge(description, request.operation, { ...request, ...expected }, answer)) fault(request, answer, text);
  if (expected && !expected.statuses.includes(answer.status)) {
    fault(request, answer, `${expected.what} was answered with ${answer.status} ${codeOf(answer) ?? ''}, not ${expected.statuses.join(' or ')}`);
  }
  const statuses = seen.get(request.operation.id);
  statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
  if (answer.status < 300) {
    forms.add(`${request.operation.id} gives ${mediaTypeOf(answer)}`);
    if (request.body !== undefined) forms.add(`${request.operation.id} takes ${request.headers['content-type']}`);
  }
  if (!expected || answer.status < 300) demonstration.learn(request.operation, request.caller, answer);
  return answer;
}

const wasCarriedOut = (id) => [...seen.get(id).keys()].some((status) => status >= 200 && status < 300);
const isDone = (id) => wasCarriedOut(id) && formsOf.get(id).every((form) => forms.has(form));
const goodCalls = new Map();

async function lookAround() {
  const read = (operation, caller, path, query) => call({ operation, caller, method: 'GET', path, query, headers: caller.headers });
  for (const operation of description.operations.filter(({ method, path, makes }) => method === 'GET' && makes && !path.includes('{'))) {
    const isPaged = operation.parameters.query?.some(({ name }) => name === 'limit');
    for (const caller of demonstration.callersOf(operation)) await read(operation, caller, {}, isPaged ? { limit: 100 } : {});
  }
  const perAccount = description.operations.find(({ id }) => id === 'listCredentials');
  for (const { key, seenBy, made } of demonstration.of('account').values()) {
    for (const caller of made ? demonstration.callersOf(perAccount) : []) {
      if (seenBy.has(caller.name)) await read(perAccount, caller, { id: key }, {});
    }
  }
}

// Whatever others feed on is made again in every round.
const feeding = ['submitReport', 'publishReport', 'acceptNomination', 'changeAccount', 'makeEnrolment', 'useEnrolment'];
const feeds = ({ id, method, path }) => feeding.includes(id) || (method === 'POST' && !path.includes('{'));

async function goodRound() {
  for (const operation of chance.shuffled(description.operations)) {
    const { id } = operation;
    const times = isDone(id) ? Number(feeds(operation) || (goodCalls.get(id) ?? 0) < callsEach) : triesUntilDone;
    for (let i = 0; i < times && (i === 0 || !isDone(id)); i += 1) {
      const request = await requests.good(operation);
      if (!request) break;
      goodCalls.set(id, (goodCalls.get(id) ?? 0) + 1);
      await call(request);
    }
  }
}

const isAllDone = () => description.operations.every(({ id }) => isDone(id) || id in neverDone);

await demonstration.signIn();
for (let round = 0; round < leastRounds || (round < mostRounds && !isAllDone()); round += 1) {
  if (round % 3 === 0) await lookAround();
  await goodRound();
}
const goodSent = sent;
for (const operation of chance.shuffled(description.operations)) {
  const bad = badRequests({ operation, description, requests, demonstration, chance, mutantsEach });
  for (let step = await bad.next(); !step.done;) {
    const { request, ...expected } = step.value;
    step = await bad.next(await call(request, expected));
  }
}
demonstration.close();

const notDone = description.operations.map(({ id }) => id).filter((id) => !wasCarriedOut(id));
for (const id of notDone.filter((one) => !(one in neverDone))) {
  faults.set(`${id} was never carried out; answers: ${[...seen.get(id)].map(([status, times]) => `${status} (${times})`).join(', ') || 'none'}`, 1);
}
for (const id of Object.keys(neverDone)) {
  if (!notDone.includes(id)) faults.set(`${id} is listed in exceptions.mjs as never carried out, and was: take it out there`, 1);
}
for (const form of new Set([...formsOf.values()].flat().filter((one) => !forms.has(one)))) faults.set(`${form}, says the document, and never did`, 1);
const all = description.operations.length;
console.log(`seed ${seed}: ${all} operations, ${goodSent} requests with good input and ${sent - goodSent} with bad; ${all - notDone.length} carried out`);
for (const id of notDone) console.log(`never carried out: ${id}: ${neverDone[id] ?? 'UNEXPECTED'}`);
for (const [text, times] of faults) console.log(`FAILED  ${text} (${times})`);
console.log(faults.size === 0 ? 'ok      every answer is one that the document allows' : `${faults.size} faults`);
process.exit(faults.size === 0 ? 0 : 1);
