// The formats of the portal's schemas as ajv is to check them, and EVERY DIFFERENCE between ajv's own notion and the
// portal's (server/json/schema.hpp), with its reason. Nothing else may differ: schemas/compare.mjs finds out.
import { Ajv2020, addFormats } from './packages.mjs';

// Formats that ajv-formats has, where the portal takes less. "and" is what it asks beyond ajv.
export const narrower = {
  'date-time': {
    and: (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(text) && !text.includes(':60'),
    reason: 'UTC alone, capital T and Z, at most nine digits of a second and no leap second: one way to write an instant',
    only_ajv_takes: ['2026-01-31T12:00:00+00:00', '2026-01-31t12:00:00Z', '2016-12-31T23:59:60Z'],
  },
  uuid: {
    and: (text) => !text.startsWith('urn:'),
    reason: 'an id, not a URN',
    only_ajv_takes: ['urn:uuid:0f8b3c52-6a64-4c43-9c7a-6ad0a5f1a2f1'],
  },
  uri: {
    and: isWebAddress,
    reason: 'what a browser opens: http or https, a host of letters, digits and hyphens or an IPv6 address, a port that exists, no user information',
    only_ajv_takes: [
      'ftp://documents.example/a', 'mailto:a@example.org', 'https://user@documents.example/', 'https://documents.example:99999/', 'https://under_score.example/',
    ],
  },
  email: {
    and: isDeliverable,
    reason: 'the lengths of RFC 5321 and a top-level domain that is a name',
    only_ajv_takes: [`${'a'.repeat(65)}@example.org`, 'a@192.0.2.1', `a@${'b'.repeat(64)}.org`],
  },
};

// Formats that ajv does not know, written from their definitions.
export const own = {
  'language-tag': isLanguageTag,  // RFC 5646, section 2.1, without the grandfathered tags
  base64: (text) => Buffer.from(text, 'base64').toString('base64') === text,  // RFC 4648, section 4, canonical
  'sha256-hex': /^[0-9a-f]{64}$/,
  'phone-number': /^\+[1-9][0-9]{6,14}$/,  // E.164
  'time-zone': isTimeZone,
  name: (text) => !forbidden.test(text) && !/[\n\r\t]/.test(text) && text.trim() === text && !/^\u0085|\u0085$/.test(text),
  text: (text) => !forbidden.test(text),
};

// Controls, bidirectional controls, what has no width, separators of lines and paragraphs, noncharacters (rules.md 10).
// Line breaks and tabs are looked at by the format "name" alone.
const forbidden = /[\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2028\u2029\ufff9-\ufffb]|(?![\n\r\t])\p{Cc}/u;

function isWebAddress(text) {
  const match = /^https?:\/\/([^/?#]*)(.*)$/i.exec(text);
  if (!match) return false;
  const [, host, , port] = /^(\[[0-9a-f:.]*:[0-9a-f:.]*\]|[^:[\]@]*)(:(\d+))?$/i.exec(match[1]) ?? [];
  if (!host || (port && (Number(port) < 1 || Number(port) > 65535))) return false;
  return host.startsWith('[') || host.split('.').every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i.test(label));
}

function isDeliverable(text) {
  const [local, host] = text.split('@');
  const labels = host.split('.');
  return text.length <= 254 && local.length <= 64 && labels.every((label) => label.length <= 63) && /^[a-z].+$/i.test(labels.at(-1));
}

function isLanguageTag(text) {
  const language = '([a-z]{2,3}(-[a-z]{3}){0,3}|[a-z]{4,8})';
  const rest = '(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?';
  return new RegExp(`^(${language}${rest}|x(-[a-z0-9]{1,8})+)$`, 'i').test(text);
}

// UTC or Area/Location, spelled as the IANA does. Node knows the zones, and takes them in any spelling.
function isTimeZone(text) {
  if (text === 'UTC') return true;
  if (!/^[\w+-]+(\/[\w+-]+)+$/.test(text) || text === 'Etc/Unknown' || text.startsWith('SystemV/')) return false;
  try {
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions();
    return timeZone === text || (timeZone.toLowerCase() !== text.toLowerCase() && !/\/[a-z]|^[a-z]|[A-Z]{4}/.test(text));
  } catch {
    return false;
  }
}

// ajv keeps a format as an expression, a function, or an object around one of them.
function asFunction(format) {
  if (format instanceof RegExp) return (text) => format.test(text);
  return typeof format === 'function' ? format : asFunction(format.validate);
}

// A new ajv with the portal's formats.
export function newAjv(options = {}) {
  const ajv = new Ajv2020({ strict: false, allErrors: true, ...options });
  addFormats(ajv);
  for (const [name, { and }] of Object.entries(narrower)) {
    const given = asFunction(ajv.formats[name]);
    ajv.addFormat(name, (text) => given(text) && and(text));
  }
  for (const [name, check] of Object.entries(own)) ajv.addFormat(name, check);
  return ajv;
}
