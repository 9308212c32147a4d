// The rival of tests/bench: the same reads as a team without this project would write them today, with Fastify and
// better-sqlite3. Token and role are checked, statements are prepared once, the stored text is sent as it is. It keeps what it
// reads in a database of its own, made from the portal's by makeDatabase() below.
// usage: node server.mjs make PORTAL_DATABASE FILE TOKEN    |    node server.mjs serve FILE PORT CERTIFICATE KEY
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import Fastify from 'fastify';

const sha256 = (text) => createHash('sha256').update(text).digest();

function makeDatabase(portal, file, token) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.exec(`ATTACH '${portal.replaceAll("'", "''")}' AS portal;
    CREATE TABLE report (id TEXT PRIMARY KEY, state TEXT, measure TEXT, status TEXT, label TEXT, changed INTEGER, content TEXT, published_at TEXT) WITHOUT ROWID;
    INSERT INTO report SELECT r.id, r.state, r.measure, r.status, r.label, r.changed_seq, o.content, e.at FROM portal.report r
      JOIN portal.report_revision p ON p.report = r.id AND p.revision = r.revision JOIN portal.ledger_entry e ON e.seq = p.seq JOIN portal.ledger_opening o ON o.seq = p.seq
      WHERE r.record_state = 'published';
    CREATE INDEX report_by_status ON report (status, label, changed);
    CREATE TABLE recipient (report TEXT, word TEXT, PRIMARY KEY (report, word)) WITHOUT ROWID;
    INSERT INTO recipient SELECT report, recipient FROM portal.report_recipient;
    CREATE TABLE token (hash BLOB PRIMARY KEY, account TEXT, role TEXT, words TEXT) WITHOUT ROWID;`);
  db.prepare('INSERT INTO token VALUES (?, ?, ?, ?)').run(sha256(token), 'reader', 'contact', JSON.stringify(['public', 'members', 'state:CL']));
  db.close();
}

async function serve(file, port, certificate, key) {
  const db = new Database(file, { readonly: true });
  const tokens = db.prepare('SELECT hash, account, role, words FROM token WHERE hash = ?');
  const visible = 'EXISTS (SELECT 1 FROM recipient v WHERE v.report = r.id AND v.word IN (SELECT value FROM json_each(?)))';
  const columns = 'r.id, r.label, r.changed, r.content, r.published_at';
  const one = db.prepare(`SELECT ${columns} FROM report r WHERE r.id = ? AND ${visible}`);
  const page = db.prepare(`SELECT ${columns} FROM report r WHERE r.status = ? AND r.label = ? AND r.changed < ? AND ${visible} ORDER BY r.changed DESC LIMIT ?`);
  const readers = new Set(['contact', 'drafter', 'approver', 'reviewer']);
  const known = new Map(); // token -> account; a look-up a minute
  const app = Fastify({ https: { cert: readFileSync(certificate), key: readFileSync(key), minVersion: 'TLSv1.2' }, logger: false, keepAliveTimeout: 60_000 });

  app.addHook('onRequest', async (request, reply) => {
    const match = /^Bearer (cbmx_[0-9A-Za-z]{49})$/.exec(request.headers.authorization ?? '');
    let account = match && known.get(match[1]);
    if (match && (!account || account.until < Date.now())) {
      const hash = sha256(match[1]);
      const row = tokens.get(hash);
      account = row && timingSafeEqual(row.hash, hash) ? { ...row, until: Date.now() + 60_000 } : undefined;
      if (account) known.set(match[1], account);
    }
    if (!account) return reply.code(401).type('application/problem+json').send('{"title":"Unauthorized"}');
    if (!readers.has(account.role)) return reply.code(403).type('application/problem+json').send('{"title":"Forbidden"}');
    request.account = account;
  });

  const text = (row) =>
    `{"content":${row.content},"id":"${row.id}","meta":{"changed_seq":${row.changed},"label":"${row.label}","published_at":"${row.published_at}","workflow_state":"published"}}`;
  const send = (reply, body) =>
    reply
      .type('application/json')
      .header('cache-control', 'private, no-store')
      .header('etag', `"${sha256(body).toString('hex').slice(0, 24)}"`)
      .header('strict-transport-security', 'max-age=63072000')
      .header('x-content-type-options', 'nosniff')
      .send(body);

  app.get('/v1/reports/:id', (request, reply) => {
    const row = one.get(request.params.id, request.account.words);
    return row ? send(reply, text(row)) : reply.code(404).type('application/problem+json').send('{"title":"Not Found"}');
  });
  app.get('/v1/reports', (request, reply) => {
    const { status, label, limit = '25', cursor = '9007199254740991' } = request.query;
    const rows = page.all(status, label, Number(cursor), request.account.words, Math.min(Number(limit), 100));
    return send(reply, `{"items":[${rows.map(text).join(',')}],"next":${rows.length ? `"${rows.at(-1).changed}"` : null}}`);
  });
  await app.listen({ host: '127.0.0.1', port: Number(port) });
  console.log('listening');
}

const [action, ...rest] = process.argv.slice(2);
if (action === 'make') makeDatabase(...rest);
else await serve(...rest);
