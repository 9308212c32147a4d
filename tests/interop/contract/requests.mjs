// Good requests: what the document asks of an operation, filled by chance and by what is known (knowledge.mjs).
import { fc } from '../packages.mjs';
import { Generator } from '../generate.mjs';
import { bodies, isHandedOver, mayTouch, oftenBy, otherForms, parameters, queries, suits, wishes } from './knowledge.mjs';

export class Requests {
  // isWanted("getReceipt gives text/plain"): whether that is still to be seen.
  constructor(description, demonstration, chance, isWanted) {
    Object.assign(this, { description, demonstration, chance, isWanted, arbitraries: new Map() });
    const isOpen = (schema) => schema !== true && !schema.enum && schema.type !== 'object';
    this.generator = new Generator(description.resolve, (name, schema) => (isOpen(schema) ? wishes[name] : undefined));
  }

  arbitrary(pointer) {
    if (!this.arbitraries.has(pointer)) this.arbitraries.set(pointer, this.generator.of(this.description.at(pointer), ''));
    return this.arbitraries.get(pointer);
  }

  // A caller whom the operation is for, and a record that it may be about; when anyRecord is not set, one that the step
  // suits. undefined when there is none yet.
  who(operation, anyRecord) {
    if (operation.id === 'renewCredential' && !anyRecord) return this.renewing();
    if (operation.id === 'objectToSuspension' && !anyRecord) return this.objecting();
    for (const caller of this.callersOf(operation)) {
      if (!operation.kind) return { caller };
      const isOpen = (record) => operation.method === 'GET' || this.demonstration.isOwn(operation, caller, record);
      const isSeen = (record) => (record.seenBy.has(caller.name) || isHandedOver(operation)) && mayTouch(operation, record);
      const all = [...this.demonstration.of(operation.kind).values()].filter((record) => isSeen(record) && isOpen(record));
      const suited = all.filter((record) => suits[operation.id]?.(record.item, caller) ?? true);
      const record = this.chance.pick(suited.length > 0 ? suited : all);
      if (record && (suited.length > 0 || anyRecord || this.chance.happens(0.2))) return { caller, record };
    }
    return undefined;
  }

  callersOf(operation) {
    const all = this.chance.shuffled(this.demonstration.callersOf(operation));
    const first = oftenBy[operation.id] && this.chance.happens(0.7) ? all.filter(oftenBy[operation.id]) : [];
    return [...first, ...all];
  }

  // A request that is good but for what a caller makes wrong about it.
  async any(operation) {
    const request = await this.good(operation, true);
    if (request?.headers['if-match']) request.headers['if-match'] = '"0-"';
    delete request?.query.dry_run;
    return request;
  }

  // A token in the last third of its life, each once: its next renewal, with another hash, would end it.
  renewing() {
    const token = this.demonstration.oldTokens.pop();
    const { everyone, callers } = this.demonstration;
    const holder = callers.find(({ name }) => name === 'CL_DRAFTER');
    return token && { caller: { ...everyone, name: 'an old token', headers: { authorization: `Bearer ${token}` }, roles: holder.roles } };
  }

  // Only a note verbale, entered and confirmed on the machine, brings somebody there.
  objecting() {
    const { suspended } = this.demonstration;
    return { caller: suspended, record: { key: suspended.account, item: {} } };
  }

  async good(operation, anyRecord = false) {
    const who = this.who(operation, anyRecord);
    if (!who) return undefined;
    const { caller, record } = who;
    const request = { ...who, path: {}, query: {}, headers: { ...caller.headers }, method: operation.method, operation };
    for (const one of operation.parameters.path ?? []) request.path[one.name] = this.pathValue(one, record);
    this.fillQuery(operation, request);
    await this.fillHeaders(operation, request);
    const isSought = operation.body?.types.some((type) => this.isWanted(`${operation.id} takes ${type}`));
    if (operation.body && (operation.body.required || isSought || this.chance.happens(0.8))) await this.fillBody(operation, request);
    return request;
  }

  pathValue({ name, schema }, record) {
    if (['id', 'code', 'name'].includes(name)) return record.key;
    return String(parameters[name]?.(this.chance) ?? this.chance.value(this.generator.of(schema, '', name)));
  }

  fillQuery(operation, request) {
    for (const { name, required, schema } of operation.parameters.query ?? []) {
      if (!required && this.chance.happens(0.7)) continue;
      const known = parameters[name];
      const value = known ? known(this.chance) : this.chance.value(this.generator.of(schema, '', name));
      if (value !== undefined) request.query[name] = value;
    }
    request.query = queries[operation.id]?.(request.query, this.chance) ?? request.query;
  }

  async fillHeaders(operation, request) {
    const types = Object.keys(operation.responses[200]?.value.content ?? operation.responses[201]?.value.content ?? {});
    const wanted = types.filter((type) => this.isWanted(`${operation.id} gives ${type}`));
    if (wanted.length > 0) request.headers.accept = this.chance.pick(wanted);
    else if (types.length > 0 && this.chance.happens(0.7)) request.headers.accept = this.chance.pick([...types, '*/*', `${types[0]}, text/html;q=0.1`]);
    if (this.chance.happens(0.3)) request.headers['accept-language'] = this.chance.pick(['es', 'fr-CA, en;q=0.5', 'pt-BR', 'nl', '*']);
    const names = (operation.parameters.header ?? []).map(({ name }) => name);
    const isKeyed = names.includes('Idempotency-Key') && this.chance.happens(0.3);
    if (isKeyed) request.headers['idempotency-key'] = `interop-${this.chance.next()}-${this.chance.next()}`;
    if (names.includes('If-Match')) request.headers['if-match'] = this.takesOneTag(operation) || this.chance.happens(0.5) ? await this.versionOf(operation, request) : '*';
  }

  // The ETag of the record as the caller reads it: where it is changed at an address of its own, there.
  async versionOf(operation, request) {
    const own = /\/(draft|settings|quotas)$/.exec(operation.path)?.[0] ?? '';
    const place = `${operation.path.split('/{')[0]}/${encodeURIComponent(request.record.key)}${own}`;
    const answer = await request.caller.client.send({ method: 'GET', target: place, headers: request.caller.headers });
    if (!own && answer.json?.content) request.record.item = { ...request.record.item, ...answer.json };
    return answer.headers.etag ?? '"0-"';
  }

  // What publishes, widens, withdraws or erases; elsewhere a list and * do as well.
  takesOneTag(operation) {
    return operation.parameters.header.some(({ name, description }) => name === 'If-Match' && description.includes('exactly one'));
  }

  async fillBody(operation, request) {
    const wanted = operation.body.types.filter((one) => this.isWanted(`${operation.id} takes ${one}`));
    const type = this.chance.pick(wanted.length > 0 ? wanted : operation.body.types);
    const make = (component) => this.chance.value(this.arbitrary(`#/components/schemas/${component}`));
    const context = { ...request, chance: this.chance, demonstration: this.demonstration, environment: this.demonstration.environment, make };
    const first = this.description.bodySchema(operation, otherForms[type] ? operation.body.types[0] : type);
    const made = this.chance.value(this.arbitrary(first));
    const value = (await bodies[operation.id]?.(made, context)) ?? made;
    if (value?.statement) delete value.statement; // it needs the State's key: tests/examples/sign.sh
    request.headers['content-type'] = type;
    request.value = value;
    request.body = otherForms[type] ? otherForms[type](value, context) : JSON.stringify(value);
  }
}

// What goes over the wire.
export function wire({ operation, method, path, query, headers, body, rawQuery }) {
  const target = operation.path.replace(/\{(\w+)\}/g, (_, name) => (name === 'rest' ? path[name] : encodeURIComponent(path[name])));
  const parts = Object.entries(query).flatMap(([name, value]) => [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`));
  if (rawQuery) parts.push(rawQuery);
  return { method, target: parts.length > 0 ? `${target}?${parts.join('&')}` : target, headers, body };
}

export { fc };
