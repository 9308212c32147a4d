// Who calls, and what is known of the demonstration: which records were seen, and by whom.
import { Client } from './client.mjs';

// The demonstration's accounts by the names of its env file, everyone, one by certificate; and apart from these one who is suspended.
export class Demonstration {
  constructor(environment) {
    this.environment = environment;
    const plain = new Client(environment.CBMX_URL, environment.CBMX_CA);
    this.clients = [plain];
    this.everyone = { name: 'everyone', roles: [], client: plain, headers: {} };
    this.callers = [this.everyone];
    this.records = new Map();  // kind -> key -> { key, item, seenBy, made }
    this.oldTokens = environment.CBMX_INTEROP_OLD_TOKENS.split(' ');  // of CL_DRAFTER: run.sh
  }

  async signIn() {
    for (const [name, token] of Object.entries(this.environment)) {
      const account = /^CBMX_TOKEN_(.+)$/.exec(name)?.[1];
      if (account) await this.add(account, this.everyone.client, { authorization: `Bearer ${token}` });
    }
    for (const account of ['CL_APPROVER', 'JM_NOMINATOR']) {
      const [cert, key] = ['CERT', 'KEY'].map((what) => this.environment[`CBMX_${what}_${account}`]);
      const client = new Client(this.environment.CBMX_MTLS_URL, this.environment.CBMX_CA, { cert, key });
      this.clients.push(client);
      await this.add(`${account} by certificate`, client, {});
    }
    const bearer = { authorization: `Bearer ${this.environment.CBMX_INTEROP_SUSPENDED_TOKEN}` };
    this.suspended = await this.introduced('a suspended official', this.everyone.client, bearer);  // prepare.sh
  }

  async add(name, client, headers) {
    this.callers.push(await this.introduced(name, client, headers));
  }

  async introduced(name, client, headers) {
    const answer = await client.send({ method: 'GET', target: '/v1/me', headers });
    if (answer.status !== 200) throw new Error(`${name} could not sign in: ${answer.status} ${answer.text}`);
    const { account, roles, home } = JSON.parse(answer.text);
    return { name, client, headers, account, roles, home };
  }

  // Those whom the document lets call an operation: everyone too, where it is public.
  callersOf(operation) {
    return this.callers.filter(({ roles }) => operation.isPublic || roles.some((role) => role in operation.roles));
  }

  strangersTo(operation) {
    return operation.isPublic ? [] : this.callers.filter((one) => one.roles.length > 0 && !one.roles.some((role) => role in operation.roles));
  }

  // Somebody may have lent a role in the meantime.
  async mayAfterAll({ client, headers }, operation) {
    const { roles, delegated_roles: lent } = JSON.parse((await client.send({ method: 'GET', target: '/v1/me', headers })).text);
    return [...roles, ...lent].some((role) => role in operation.roles);
  }

  of(kind) {
    if (!this.records.has(kind)) this.records.set(kind, new Map());
    return this.records.get(kind);
  }

  // Whether a caller may change a record at all: most only those of their own State.
  isOwn(operation, { home, roles }, { item }) {
    const state = item.content?.state ?? (operation.kind === 'state' ? item.content?.code : undefined);
    const owner = item.content?.home ?? (state && `state:${state}`);
    return !owner || owner === home || roles.some((role) => operation.roles[role] !== 'own' && role in operation.roles);
  }

  // What an answer shows of records; made: this run made it, so that it may be changed in every way.
  learn(operation, caller, answer) {
    const kind = answer.status === 202 ? 'proposal' : operation.makes;
    if (!kind || !answer.json || answer.status >= 300 || answer.json.dry_run) return;
    for (const item of answer.json.items ?? [answer.json]) {
      const key = item?.id ?? item?.code ?? item?.name ?? codeOfPage(item);
      if (typeof key !== 'string') continue;
      const before = this.of(kind).get(key) ?? { key, seenBy: new Set(), made: false };
      before.seenBy.add(caller.name);
      this.of(kind).set(key, { ...before, item: { ...before.item, ...item }, made: before.made || answer.status === 201 });
    }
  }

  close() {
    for (const client of this.clients) client.close();
  }
}

const codeOfPage = (item) => (typeof item?.type === 'string' ? item.type.replace('/problems/', '') : undefined);
