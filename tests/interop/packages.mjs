// The packages of tests/contract/package.json, for the scripts of this folder: ajv for JSON Schema 2020-12, and fast-check.
import { createRequire } from 'node:module';

const require = createRequire(new URL('../contract/package.json', import.meta.url));
export const fc = require('fast-check');
export const Ajv2020 = require('ajv/dist/2020.js').default;
export const addFormats = require('ajv-formats').default;
