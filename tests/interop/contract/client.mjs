// Requests to the portal exactly as they are given, and answers as they came. A stream of events is read up to its first
// piece and closed.
import { readFileSync } from 'node:fs';
import https from 'node:https';

const requestTime = 20_000;

export class Client {
  // A certificate, where given, signs in on the listener for certificates.
  constructor(url, ca, certificate) {
    this.url = new URL(url);
    const identity = certificate ? { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) } : {};
    this.agent = new https.Agent({ keepAlive: true, maxSockets: 4, servername: this.url.hostname, ca: readFileSync(ca), ...identity });
  }

  // request: { method, target, headers, body }. Gives { status, headers, body, text }.
  send({ method, target, headers = {}, body }) {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.url;
      const all = { host: `${hostname}:${port}`, ...headers, ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }) };
      const request = https.request({ hostname, port, path: target, method, agent: this.agent, headers: all, timeout: requestTime }, (answer) => {
        const pieces = [];
        const finish = () => {
          const bytes = Buffer.concat(pieces);
          resolve({ status: answer.statusCode, headers: answer.headers, body: bytes, text: bytes.toString('utf8') });
        };
        const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
        answer.on('data', (piece) => {
          pieces.push(piece);
          if (isStream && Buffer.concat(pieces).includes('\n\n')) {
            finish();
            request.destroy();
          }
        });
        answer.on('end', () => {
          finish();
          if (headers.expect) request.destroy();
        });
        answer.on('error', reject);
      });
      request.on('timeout', () => request.destroy(new Error(`${method} ${target}: no answer in ${requestTime} ms`)));
      request.on('error', reject);
      // With "Expect: 100-continue" the body waits until the portal wants it.
      if (headers.expect) request.on('continue', () => request.end(body));
      else request.end(body);
    });
  }

  close() {
    this.agent.destroy();
  }
}

// For a report of a fault: something that can be pasted, and what came back.
export function shown({ method, target, headers = {}, body }, caller, answer) {
  const cut = (text) => (text.length > 3000 ? `${text.slice(0, 3000)} ... (${text.length})` : text);
  const fields = Object.entries(headers).filter(([name]) => name !== 'authorization').map(([name, value]) => `${name}: ${cut(String(value))}`);
  const sent = [`as ${caller}: ${method} ${cut(target)}`, ...fields, ...(body === undefined ? [] : [cut(String(body))])];
  const type = answer?.headers['content-type'] ?? '';
  const came = answer ? [`${answer.status} ${type}`, /text|json/.test(type) ? cut(answer.text) : `${answer.body.length} bytes`] : ['no answer'];
  return [...sent.map((line) => `        > ${line}`), ...came.map((line) => `        < ${line}`)].join('\n');
}
