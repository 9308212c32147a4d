// Reads vCards with the package vcard4, which refuses what RFC 6350 does not allow, and compares them with what was expected.
// Usage: read_vcards.mjs FILE.vcf [--expect EXPECTED.json]
// vcard4 4.0.5 takes a quoted parameter apart at commas and semicolons and undoes backslashes twice: its sample has none there.
import { parse } from 'vcard4';
import { compare, fileFromArguments } from './expect.mjs';

const { text, expected } = fileFromArguments();
const parsed = parse(text);
const cards = (Array.isArray(parsed) ? parsed : [parsed]).map((card) => {
  const values = (name) => card.getProperty(name).map((line) => line.value);
  const first = (name) => values(name)[0] ?? null;
  return {
    uid: first('UID').replace('urn:uuid:', ''),
    kind: first('KIND'),
    fn: first('FN'),
    org: [first('ORG')].flat(),
    email: values('EMAIL'),
    tel: values('TEL').map((uri) => uri.replace('tel:', '')),
    tel_types: card.getProperty('TEL').map((line) => line.parameters.TYPE),
    lang: values('LANG'),
    tz: first('TZ'),
    label: card.getProperty('ADR')[0]?.parameters.LABEL ?? null,
    country: card.getProperty('ADR')[0]?.parameters.CC ?? null,
    keys: values('KEY'),
    urls: values('URL'),
    categories: first('CATEGORIES'),
    note: first('NOTE'),
    rev: first('REV'),
  };
});
compare(cards, expected);
