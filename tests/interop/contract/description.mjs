// The document at /openapi.json, as a table of operations and the checks that it prescribes.
import { newAjv } from '../formats.mjs';

const methods = ['get', 'post', 'patch', 'delete', 'put'];
const escaped = (step) => encodeURIComponent(String(step).replaceAll('~', '~0').replaceAll('/', '~1'));
const kindOfSegment = { problems: 'problem-page', schemas: 'schema-name', batches: 'batch', 'state-access': 'state-access' };

export class Description {
  constructor(document) {
    this.document = document;
    this.ajv = newAjv();
    this.ajv.addSchema(document, 'openapi', false, false);
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      methods.filter((method) => item[method]).map((method) => this.operation(path, method, item[method])));
  }

  at(pointer) {
    const steps = pointer.slice(2).split('/').map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'));
    return steps.reduce((inner, step) => inner[step], this.document);
  }

  // What stands at a pointer, or where its $ref leads: { value, pointer }.
  follow(pointer) {
    const value = this.at(pointer);
    return value.$ref ? this.follow(value.$ref) : { value, pointer };
  }

  // For the generator: every reference leads into the one document.
  resolve = (reference) => ({ schema: this.at(reference), base: '' });

  operation(path, method, given) {
    const pointer = `#/paths/${escaped(path)}/${method}`;
    const parameters = (given.parameters ?? []).map((_, index) => this.follow(`${pointer}/parameters/${index}`).value);
    const responses = Object.fromEntries(Object.keys(given.responses).map((status) => [status, this.follow(`${pointer}/responses/${status}`)]));
    const { requestBody } = given;
    const body = requestBody && { required: requestBody.required === true, types: Object.keys(requestBody.content), pointer: `${pointer}/requestBody` };
    return {
      id: given.operationId, path, pointer, method: method.toUpperCase(), body, responses, roles: given['x-roles'],
      isPublic: given.security.some((one) => Object.keys(one).length === 0),
      parameters: grouped(parameters),
      kind: kindOf(path), makes: this.kindMade(responses),
    };
  }

  // The component that a success answers with: "report" for a report and for a page of reports.
  kindMade(responses) {
    for (const status of ['200', '201']) {
      const schema = responses[status]?.value.content?.['application/json']?.schema;
      const reference = schema?.$ref ?? schema?.anyOf?.[0].$ref ?? schema?.properties?.items?.items?.$ref;
      if (reference && !reference.endsWith('/dry-run')) return reference.split('/').pop();
    }
    return undefined;
  }

  validator(pointer) {
    return this.ajv.getSchema(`openapi${pointer}`) ?? this.ajv.compile({ $ref: `openapi${pointer}` });
  }

  // The errors of a value by the schema at a pointer; undefined when it fits.
  errors(pointer, value) {
    const validate = this.validator(pointer);
    return validate(value) ? undefined : this.ajv.errorsText(validate.errors, { separator: '; ' });
  }

  bodySchema(operation, type) {
    return `${operation.body.pointer}/content/${escaped(type)}/schema`;
  }
}

function grouped(parameters) {
  const groups = {};
  for (const one of parameters) (groups[one.in] ??= []).push(one);
  return groups;
}

// What kind of record the first {parameter} of a path names: report for /v1/reports/{id}/publish.
function kindOf(path) {
  const segment = /\/([a-z-]+)\/\{(id|code|name)\}/.exec(path)?.[1];
  return segment && (kindOfSegment[segment] ?? segment.replace(/s$/, ''));
}

export { escaped };
