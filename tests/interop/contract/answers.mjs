// Judges an answer by the document: status, media type, body, headers, and what the document says in words about problems.
import { escaped } from './description.mjs';

// "Any address may also answer ..." (info.description of the document).
const anywhere = new Set([405, 408, 414, 421, 431, 501]);

// When a header that is listed has to be there; those not named here: always.
const dueWhen = {
  Link: (answer) => Boolean(answer.json?.next),
  'Idempotency-Replayed': (answer, sent) => sent.isReplay === true,
  // A proposal that waits, and a dry run, made nothing that could have a version; what is out of sight does not show it.
  ETag: (answer) => answer.status !== 202 && !isStream(answer) && !answer.json?.dry_run && !isOutOfSight(answer),
};

export const mediaTypeOf = (answer) => String(answer.headers['content-type'] ?? '').split(';')[0].trim().toLowerCase();
const isOutOfSight = ({ json }) => json?.id !== undefined && json.content === undefined && json.opening !== undefined;
const isStream = (answer) => mediaTypeOf(answer) === 'text/event-stream';

// Sets answer.json where it is JSON. Gives the faults, each a sentence.
export function judge(description, operation, sent, answer) {
  const faults = [];
  const { status } = answer;
  const listed = operation.responses[status];
  if (status >= 500 && status !== 503 && status !== 501) faults.push(`it answered ${status}`);
  if (!listed && !(sent.anywhere && anywhere.has(status))) faults.push(`the status ${status} is not listed`);
  const type = mediaTypeOf(answer);
  if (sent.isHead) return answer.body.length === 0 ? faults : [...faults, 'an answer to HEAD has a body'];
  if (/json$/.test(type)) {
    try {
      answer.json = JSON.parse(answer.text);
    } catch (error) {
      return [...faults, `the body is no JSON: ${error.message}`];
    }
  }
  if (listed) faults.push(...judgeBody(description, listed, type, answer), ...judgeHeaders(description, listed, sent, answer));
  if (status >= 400) faults.push(...judgeProblem(description, listed, type, answer));
  return faults;
}

function judgeBody(description, { value: response, pointer }, type, answer) {
  if (!response.content) return answer.body.length === 0 ? [] : [`${answer.status} has a body, and none is listed`];
  const media = response.content[type];
  if (!media) return [`the media type "${type}" is not listed for ${answer.status}`];
  if (answer.json === undefined) return answer.body.length === 0 && type !== 'text/vcard' ? ['the body is empty'] : [];  // no card is no text
  const errors = description.errors(`${pointer}/content/${escaped(type)}/schema`, answer.json);
  return errors ? [`the body does not fit its schema: ${errors}`] : [];
}

function judgeHeaders(description, { value: response, pointer }, sent, answer) {
  const faults = [];
  for (const name of Object.keys(response.headers ?? {})) {
    const found = answer.headers[name.toLowerCase()];
    if (found === undefined) {
      if (dueWhen[name]?.(answer, sent) ?? true) faults.push(`the header ${name} is listed and missing`);
      continue;
    }
    const { value: header, pointer: place } = description.follow(`${pointer}/headers/${name}`);
    const errors = description.errors(`${place}/schema`, header.schema.type === 'integer' ? Number(found) : found);
    if (errors) faults.push(`the header ${name} is "${found}": ${errors}`);
  }
  return faults;
}

function judgeProblem(description, listed, type, answer) {
  if (type !== 'application/problem+json') return [`${answer.status} is no problem document but "${type}"`];
  const errors = description.errors('#/components/schemas/problem', answer.json);
  if (errors) return [`it is no problem document: ${errors}`];
  const faults = [];
  const { type: page, status, instance } = answer.json;
  const code = page.replace('/problems/', '');
  const codes = listed && Object.keys(listed.value.content['application/problem+json'].examples);
  if (codes && !codes.includes(code)) faults.push(`the problem "${code}" is not among those listed for ${answer.status}: ${codes.join(', ')}`);
  if (status !== answer.status) faults.push(`the problem says status ${status}, the answer ${answer.status}`);
  const id = answer.headers['x-request-id'];
  if (instance !== `urn:uuid:${id}`) faults.push(`the problem's instance is ${instance}, the request's id ${id}`);
  return faults;
}

export const codeOf = (answer) => answer.json?.type?.replace('/problems/', '');
