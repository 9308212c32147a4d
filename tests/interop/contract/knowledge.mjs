// WHAT A SCHEMA CANNOT SAY and a caller knows: which names exist, which members belong together, which records a step
// suits. Without it good input would hardly ever be carried out. By operation id and by name of member or parameter.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { fc } from '../packages.mjs';

const states = ['CL', 'PE', 'BR', 'CA'];  // those with accounts in the demonstration
const year = 365 * 24 * 3600 * 1000;
const labelled = [
  {}, { label: 'TLP:CLEAR', recipients: ['public'] }, { label: 'TLP:WHITE' }, { label: 'TLP:GREEN' }, { label: 'TLP:GREEN', recipients: ['members', 'office:chair'] },
  { label: 'TLP:AMBER', recipients: ['state:CL', 'office:secretariat'] }, { label: 'TLP:AMBER+STRICT', recipients: ['state:PE'] },
];
const files = [
  { name: 'nota.pdf', content: Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n').toString('base64') },
  { name: 'nota.png', content: 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==' },
  { name: 'nota.jpg', content: Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex').toString('base64') },
];
const dayFrom = (days) => new Date(Date.now() + days * 24 * 3600 * 1000).toISOString().slice(0, 10);

const privateKeys = new Map();  // by public key, of those made here
function newPublicKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  privateKeys.set(pem.trim(), privateKey);
  return pem;
}

// A checkpoint with a witness's line: C2SP tlog-cosignature.
function cosigned(checkpoint, { name, public_key: pem }) {
  const text = checkpoint.slice(0, checkpoint.indexOf('\n\n') + 1);
  const raw = createPublicKey(pem).export({ type: 'spki', format: 'der' }).subarray(-32);
  const id = createHash('sha256').update(`${name}\n`).update(Buffer.from([4])).update(raw).digest().subarray(0, 4);
  const seconds = Math.floor(Date.now() / 1000);
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(seconds));
  const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${seconds}\n${text}`), privateKeys.get(pem.trim()));
  return `${checkpoint}\u2014 ${name} ${Buffer.concat([id, time, signature]).toString('base64')}\n`;
}

// Names that exist. For members of bodies and for parameters.
export const wishes = {
  measure: fc.integer({ min: 1, max: 11 }).map((number) => `OAS-CBM-${number}`),
  period: fc.constant('2025-2026'),
  state: fc.constantFrom(...states),
  public_key: fc.constant(null).map(newPublicKey),
  minimal_for: fc.constantFrom([], ['members'], ['state:CL', 'state:AG']),
  until: fc.integer({ min: 1, max: 300 }).map((days) => new Date(Date.now() + days * year / 365).toISOString()),
};

// The members of a new report that have to fit each other.
function report(body, { chance }) {
  const { label, recipients, last_declared_year, client_ref, ...rest } = body;
  if (rest.translations) rest.translations = { [rest.language === 'es' ? 'pt' : 'es']: { kind: 'courtesy', narrative: 'Texto inventado.' } };
  const dated = rest.status === 'nothing_new' ? { last_declared_year: 2020 } : {};
  return { ...rest, ...dated, ...chance.pick(labelled), ...(client_ref ? { client_ref: `interop-${chance.next()}` } : {}), period: '2025-2026' };
}

// A contact that a nomination brings: whole, and without keys, which would have to be real.
function contactFields({ chance }) {
  const technical = chance.happens(0.3);
  const csirt = technical ? { csirt: { short_name: 'CSIRT-X', constituency: 'Redes inventadas' } } : {};
  return {
    category: technical ? 'technical' : chance.pick(['policy', 'foreign_affairs']), rank: chance.pick(['primary', 'alternate']), ...csirt,
    office: `Oficina inventada ${chance.below(1000)}`, institution: 'Institución inventada (demostración)', languages: ['es', 'en'],
    emails: [`oficina${chance.below(1000)}@interop.example`], phones: [{ number: `+5622${1000000 + chance.below(1000000)}`, use: 'office' }],
    time_zone: 'America/Santiago', hours: chance.pick(['24x7', [{ days: ['mo', 'fr'], from: '09:00', until: '18:00' }]]),
  };
}

function nomination(body, { chance, caller, demonstration }) {
  const isOffice = caller.home.startsWith('office:');
  const state = isOffice ? chance.pick(states) : caller.home.slice(-2);
  const file = chance.happens(0.5) ? { file: chance.pick(files) } : {};
  const note = { reference: `DEMO ${chance.next()}`, date: dayFrom(-chance.below(100)), ...file };
  const listed = [...demonstration.of('contact').values()].filter(({ item }) => item.content?.state === state && item.meta?.status === 'listed');
  // Erasing waits for a contact that was removed: removals are wished for until there is one.
  const isOneRemoved = [...demonstration.of('contact').values()].some(({ item }) => item.meta?.status === 'removed');
  const wished = isOneRemoved || chance.happens(0.4) ? body.kind : 'removal';
  const kind = listed.length > 2 ? wished : 'nomination';
  const about = kind === 'nomination' ? { fields: contactFields({ chance }) } : { contact: chance.pick(listed).key };
  const changed = kind === 'amendment' ? { fields: { office: `Oficina cambiada ${chance.below(1000)}` } } : {};
  return { kind, note, ...about, ...changed, ...(isOffice ? { state } : {}) };
}

// The items of a batch: reports, and nominations as far as they were made.
function batch(items, context) {
  const asReport = (item) => ({ report: report(item.report ?? { measure: 'OAS-CBM-1', status: 'planned' }, context) });
  return items.map((item) => (item.nomination ? { nomination: nomination(item.nomination, context) } : asReport(item)));
}

function csv(rows) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cell = (value) => `"${[value ?? ''].flat().join(';').replaceAll('"', '""')}"`;
  return [columns.join(','), ...rows.map((row) => columns.map((column) => cell(row[column])).join(','))].map((line) => `${line}\r\n`).join('');
}

const accountsMade = (demonstration, home) => [...demonstration.of('account').values()].filter(({ item, made }) => item.content?.home === home && made);

function proposal(body, { caller, chance, demonstration, environment }) {
  if (caller.home === 'office:secretariat' && (body.kind === 'membership_change' || (membershipsProposed < 6 && chance.happens(0.5)))) return membership();
  if (body.kind in byNote) return { kind: body.kind, state: 'AG', ...byNote[body.kind](chance, environment), decision: decision(documents[0]) };
  const home = caller.home.startsWith('state:') ? caller.home : `state:${chance.pick(states)}`;
  const account = chance.pick(accountsMade(demonstration, home))?.key;
  if (!account || body.kind === 'account_create') return { kind: 'account_create', home, name: body.name ?? 'Propuesta inventada', roles: ['contact'] };
  if (body.kind === 'enrolment') {
    const { kind, code_sha256: made_by_who_confirms, ...rest } = enrolment({ kind: body.credential_kind, label: body.label });
    return { kind: 'enrolment', account, credential_kind: kind, ...rest };
  }
  return { kind: 'account_change', account, name: `Otro nombre ${chance.below(1000)}` };
}

// What a State's note verbale says, here of one that has no accounts.
const byNote = {
  founding(chance, environment) {
    const certificate = readFileSync(environment.CBMX_INTEROP_OTHER_CERTIFICATE, 'utf8');
    const official = { function: 'Counsellor', telephone: '+12685550100', email: 'mission@ag.example' };
    const invited = { code_sha256: hashOf(`half ${chance.below(1000)}`), credential: { kind: 'token', label: 'First token', scopes: ['read'] } };
    return { officials: [{ ...official, name: 'First official', roles: ['nominator'], certificate }, { ...official, name: 'Second official', roles: ['drafter'], ...invited }] };
  },
  suspension: (chance) => ({ name: 'First official', function: 'Counsellor', in_person: chance.happens(0.5) }),
  acting_alone: () => ({ acts_alone: true }),
  key_note: (chance) => ({ fingerprint: hashOf(`key ${chance.below(1000)}`) }),
};

// One of each type of file that a decision may be.
const documents = ['%PDF-1.7\n', '\x89PNG\r\n\x1A\n', '\xFF\xD8\xFF'].map((beginning) => Buffer.from(`${beginning}An invented note.`, 'latin1'));
const hashOf = (document) => createHash('sha256').update(document).digest('hex');

let membershipsProposed = 0;  // in turn: each file is to be seen

function membership() {
  const outside = ['AG', 'DM', 'GD'];  // one change of a State waits at a time
  const at = membershipsProposed++ % outside.length;
  const document = documents[at];
  const participation = { participates: false, from: dayFrom(-30) };
  return { kind: 'membership_change', state: outside[at], participation, decision: decision(document) };
}

function decision(document) {
  const file = { name: 'note', content: document.toString('base64'), sha256: hashOf(document) };
  return { kind: 'note_verbale', number: 'NV 1', date: dayFrom(-3), file };
}

function delegation(body, { caller, chance, demonstration }) {
  const colleagues = [...demonstration.of('account').values()].filter(({ key, item }) => item.content?.home === caller.home && key !== caller.account);
  const roles = caller.roles.filter((role) => !['approver', 'nominator'].includes(role));
  return { ...body, roles, until: new Date(Date.now() + year / 2).toISOString(), delegate: chance.pick(colleagues)?.key ?? body.delegate };
}

// The first line of a checkpoint: the log's name, which stands in what holders sign.
async function originFor(caller) {
  const { text: checkpoint } = await caller.client.send({ method: 'GET', target: '/v1/log/checkpoint', headers: caller.headers });
  return checkpoint.split('\n')[0];
}

const asLines = (lines) => Buffer.from(lines.map((line) => `${line}\n`).join(''));

const codes = new Map();  // of the enrolments made here, by what their records show: the SHA-256 of the code's SHA-256
const sha256 = (data) => createHash('sha256').update(data).digest();

function enrolment({ kind, label = 'interop' }) {
  const code = randomBytes(24).toString('base64url');
  codes.set(sha256(sha256(code)).toString('hex'), code);
  const body = { kind, code_sha256: sha256(code).toString('hex'), label };
  return kind === 'token' ? { ...body, scopes: ['read'], expires_in_days: 30 } : body;
}

const tokens = new Map();  // of those who came in here, by enrolment
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

function newToken() {
  const secret = [...randomBytes(43)].map((byte) => digits[byte % 62]).join('');
  let sum = gzipSync(secret).readUInt32LE(gzipSync(secret).length - 8);  // CRC-32
  let checksum = '';
  for (let i = 0; i < 6; i += 1, sum = Math.floor(sum / 62)) checksum = digits[sum % 62] + checksum;
  return `cbmx_${secret}${checksum}`;
}

// The check words, as the holder reads them from his own screen; with his first request his token is proven.
async function checkWords({ record: { key: id }, demonstration: { everyone } }) {
  const headers = { authorization: `Bearer ${tokens.get(id)}` };
  const { status, text } = await everyone.client.send({ method: 'GET', target: '/v1/me', headers });
  if (status !== 200) tokens.delete(id);  // ended, or refused when it was brought
  return { check_words: (status === 200 && JSON.parse(text).credential.check_words) || 'kamito rasefo linota nerika sotima lefaro' };
}

// What the holder of the code brings: the hash of a token, or a certificate with a signature by its key.
async function enrolmentUse({ record: { key: id, item }, caller, environment }) {
  const { account, kind, code: shown } = item.content;
  const code = codes.get(shown) ?? randomBytes(24).toString('base64url');
  if (kind === 'token') {
    tokens.set(id, tokens.get(id) ?? newToken());
    return { code, token_sha256: sha256(tokens.get(id)).toString('hex') };
  }
  const certificate = readFileSync(environment.CBMX_INTEROP_CERTIFICATE, 'utf8');
  const fingerprint = sha256(new X509Certificate(certificate).raw).toString('hex');
  const text = asLines(['cbmx enrolment v1', await originFor(caller), account, fingerprint, id]);
  const signature = sign('sha256', text, readFileSync(environment.CBMX_INTEROP_CERTIFICATE.replace(/crt$/, 'key'), 'utf8'));
  return { code, certificate, signature: signature.toString('base64') };
}

// A key made here, with its proof for the caller's State; no key before it signs it.
async function signingKey({ previous, ...body }, { caller, chance }) {
  const named = body.use === 'witness' ? { name: `witness.example/${chance.next()}` } : {};
  const fingerprint = sha256(createPublicKey(body.public_key).export({ type: 'spki', format: 'der' })).toString('hex');
  const text = asLines(['cbmx signing key v1', await originFor(caller), caller.home, fingerprint]);
  return { ...body, ...named, proof: sign(null, text, privateKeys.get(body.public_key.trim())).toString('base64') };
}

// The document leaves the members of a patch open: the merged report is checked as a new one is.
function reportChange(body, { make, chance }) {
  const { measure, period, client_ref, label, recipients, last_declared_year, status, ...whole } = make('report-create');
  delete whole.translations;  // of which language depends on the draft's own
  const some = Object.entries(whole).filter(() => chance.happens(0.4));
  return { status: 'planned', ...Object.fromEntries(some.map(([name, value]) => [name, chance.happens(0.2) ? null : value])) };
}

// The checkpoint as published, with the line of a witness of the caller's State that was registered here.
async function cosignature({ caller, chance, demonstration }) {
  const isMine = ({ item: { content } }) => `state:${content?.state}` === caller.home && content.use === 'witness' && content.status === 'active' &&
    privateKeys.has(content.public_key.trim());
  const witness = chance.pick([...demonstration.of('signing-key').values()].filter(isMine));
  const { text } = await caller.client.send({ method: 'GET', target: '/v1/log/checkpoint', headers: caller.headers });
  return { checkpoint: witness ? cosigned(text, witness.item.content) : text };
}

// One that is never empty: what remains of a change, or something harmless.
const change = (body, otherwise) => (Object.keys(body).length > 0 ? body : otherwise);

// Bodies, beyond what their schemas say: (body, { caller, chance, demonstration, record }) -> body.
export const bodies = {
  createReport: report,
  carryReportForward: (body, { chance }) => ({ period: chance.pick(['2025-2026', '2026-2027']), ...chance.pick(labelled) }),
  sendBatch: batch,
  editReport: reportChange,
  editReportDraft: reportChange,
  changeReportLabel: (body, { chance }) => ({ label: 'TLP:GREEN', ...chance.pick(labelled) }),
  changeReportRecipients: (body, { chance }) => ({ ...body, recipients: chance.pick([['members'], ['public'], ['state:PE', 'state:CL'], ['office:secretariat']]) }),
  publishReport: () => ({}),
  makeNomination: nomination,
  confirmProposal: (body, { record }) => (record?.item.content?.kind === 'enrolment' ? { sha256: enrolment({ kind: 'certificate' }).code_sha256 } : {}),
  createOfficeTerm: ({ until, ...body }) => body,
  changeOfficeTerm: ({ until, ...body }) => ({ ...body, until: until ? dayFrom(400) : null }),
  createAccount: ({ home, ...body }, { caller, chance }) => {
    const ofState = chance.pick([['contact'], ['drafter'], ['approver', 'nominator'], ['nominator']]);
    return { ...body, roles: caller.home.startsWith('office:') ? ['secretariat'] : ofState };
  },
  changeAccount: ({ roles, ...body }, { record, chance, demonstration }) => {
    // Erasing waits for one that is disabled, and made here: no other may be touched.
    const isOneDisabled = [...demonstration.of('account').values()].some(({ item, made }) => made && item.content?.status === 'disabled');
    if (!isOneDisabled && chance.happens(0.5)) return { status: 'disabled' };
    if (roles === undefined) return { name: 'Otra', ...body };
    return { ...body, roles: chance.pick([record?.item.content.roles ?? ['contact'], ['drafter', 'contact']]) };
  },
  giveDelegation: delegation,
  makeEnrolment: enrolment,
  resetAccount: enrolment,
  attestEnrolment: (body, context) => checkWords(context),
  useEnrolment: (body, context) => enrolmentUse(context),
  makeProposal: proposal,
  registerSigningKey: signingKey,
  addCosignatures: (body, context) => cosignature(context),
  createMeasure: (body, { chance }) => ({ ...body, code: `OAS-CBM-${100 + chance.below(900)}` }),
  createPeriod: ({ due, ...body }, { chance }) => ({ ...body, code: `interop-${chance.next()}`, from: '2031-01-01', until: '2031-12-31' }),
  changePeriod: ({ from, until, due, ...body }) => change(body, { due: '2032-02-01' }),
  changeStateSettings: (body) => change(body, { four_eyes: true }),
  changeStateQuotas: (body, { chance }) => ({ accounts: chance.pick([300, 400, null]) }),
  changeState: ({ membership, participation, time_zone, ...body }) => change(body, { time_zone: 'America/Lima' }),
};

// The two ways in which a batch can be written beside JSON.
export const otherForms = {
  'application/x-ndjson': (items) => items.map((item) => `${JSON.stringify(item)}\n`).join(''),
  'text/csv': (items, context) => csv(items.map((item) => {
    const { evidence, translations, events, ...row } = report(item.report ?? { measure: 'OAS-CBM-3', status: 'planned' }, context);
    return row;
  })),
};

// Parameters: a value, or undefined to leave one out that may be left out. (operation, chance) -> value.
export const parameters = {
  sha256: (chance) => hashOf(chance.pick(documents)),
  wait: (chance) => chance.below(2),
  cursor: () => undefined,
  label: (chance) => chance.pick(['TLP:CLEAR', 'TLP:GREEN', 'TLP:WHITE']),
  language: (chance) => chance.pick(['es', 'en']),
  fields: (chance) => chance.pick(['measure', 'status,narrative']),
  text: (chance) => chance.pick(['ciber', 'oficina ministerio']),
  audience: (chance) => chance.pick(['public', 'members']),
  without: () => 'contact_confirmation,period',
  tag: () => 'demonstration',
  changed_since: (chance) => chance.below(300),
  after: (chance) => chance.below(300),
  items: () => 'reports',
  dry_run: (chance) => (chance.happens(0.15) ? true : undefined),
  page: (chance) => chance.pick(['batches', 'errors', 'feed']),
  file: (chance) => chance.pick(['verify_export.py', 'verify_receipt.py']),
  seq: (chance) => chance.below(350),
  revision: (chance) => 1 + chance.below(2),
  rest: (chance) => chance.pick(['0/000', '0/000.p/5', '0/001.p/20', '1/000.p/1']),
};

// Parameters that belong together.
export const queries = {
  getInclusionProof: (query, chance) => ({ index: chance.below(200), size: 201 + chance.below(100) }),
  getConsistencyProof: (query, chance) => ({ first: 1 + chance.below(200), second: 201 + chance.below(100) }),
  listLeaves: (query, chance) => ({ from: chance.below(200), ...('to' in query ? { to: 200 + chance.below(100) } : {}) }),
  compareReportRevisions: () => ({ from: 1, to: 2 }),
};

const administers = new Set(['nominator', 'secretariat']);

// Which records a step suits, by what was last seen of them: (item, caller).
const draftOf = (item) => item.meta?.draft?.workflow_state ?? (item.meta?.workflow_state === 'published' ? undefined : item.meta?.workflow_state);
export const suits = {
  editReport: (item) => draftOf(item) === 'draft',
  editReportDraft: (item) => draftOf(item) === 'draft',
  getReportDraft: (item) => draftOf(item) !== undefined,
  discardReport: (item) => item.meta?.workflow_state === 'draft',
  discardReportDraft: (item) => draftOf(item) === 'draft',
  submitReport: (item) => draftOf(item) === 'draft',
  returnReport: (item) => draftOf(item) === 'submitted',
  publishReport: (item) => draftOf(item) === 'submitted',
  reviseReport: (item) => item.meta?.workflow_state === 'published',
  changeReportLabel: (item) => item.meta?.workflow_state === 'published',
  changeReportRecipients: (item) => item.meta?.workflow_state === 'published',
  withdrawReport: (item) => item.meta?.workflow_state === 'published',
  eraseReport: (item) => item.meta?.workflow_state === 'withdrawn',
  compareReportRevisions: (item) => item.meta?.revision > 1,
  acceptNomination: (item) => item.meta?.status === 'open',
  returnNomination: (item) => item.meta?.status === 'open',
  withdrawNomination: (item) => item.meta?.status === 'open',
  confirmNomination: (item) => item.content?.entered_by === 'secretariat' && item.meta?.state_position === 'unanswered',
  objectToNomination: (item) => item.content?.entered_by === 'secretariat' && item.meta?.state_position === 'unanswered',
  eraseNomination: (item) => ['returned', 'withdrawn'].includes(item.meta?.status),
  getNominationNote: (item) => Boolean(item.content?.note?.file),
  confirmContact: (item) => item.meta?.status === 'listed',
  eraseContact: (item) => item.meta?.status === 'removed',
  eraseAccount: (item) => item.content?.status === 'disabled',
  // One's own, or as whoever administers the accounts of its State or office.
  revokeCredential: ({ content }, { roles, account }) => content?.status !== 'revoked' && (roles.some((role) => administers.has(role)) || content?.account === account),
  endEnrolment: (item) => item.content?.status === 'open',
  useEnrolment: (item) => item.content?.status === 'open' && codes.has(item.content.code),
  attestEnrolment: ({ id, content }, { account }) => tokens.has(id) && !content.attested && content.made_by !== account,
  confirmAccount: (item, { account }) => ['none', 'demonstration'].includes(item.content?.authority) && item.id !== account,
  // The demonstration has one nominator of a State, one approver and one of the secretariat: what one of them proposes waits.
  confirmProposal: ({ content }, { roles }) => content?.status === 'waiting' && content.by_secretariat && roles.includes('nominator') &&
    ['account_create', 'account_change', 'enrolment'].includes(content.kind),
  declineProposal: (item) => item.content?.status === 'waiting',
};

// Whose request is of most use to later ones: what the secretariat proposes to a State, its nominator can confirm.
export const oftenBy = {
  makeProposal: ({ roles }) => roles.includes('secretariat'),
  revokeCredential: ({ roles }) => roles.some((role) => administers.has(role)),
};

// Records that this run did not make are not to be changed so: the callers would lose what they need.
const madeHere = new Set(['changeAccount', 'eraseAccount', 'makeEnrolment', 'resetAccount', 'revokeCredential', 'changeMeasure', 'changePeriod']);
const keptAlone = {
  changeState: (key) => !states.includes(key),
  changeStateSettings: (key) => key === 'BR',
  getStateSettings: (key) => states.includes(key),
};
// Whoever has been handed the code knows the enrolment, with an account or without.
export const isHandedOver = (operation) => operation.id === 'useEnrolment';
export function mayTouch(operation, { key, made }) {
  if (madeHere.has(operation.id)) return made;
  return keptAlone[operation.id]?.(key) ?? true;
}
