import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import Ajv from 'ajv';
import type { JsonObject } from './json.ts';

const schemaFile = createRequire(import.meta.url).resolve(
  '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json',
);

const schema = JSON.parse(readFileSync(schemaFile, 'utf8'), (key, value: unknown) =>
  // The draft that it is written in, and its address by the rules of that draft.
  (key === '$schema' || key === 'id') && typeof value === 'string' ? undefined : value,
) as JsonObject;
const validate = new Ajv({
  strict: false,
  unicodeRegExp: false,
  validateFormats: false,
  allErrors: true,
}).compile(schema);

/**
 * What the official schema of SARIF 2.1.0 has against a log; empty if nothing. It is written in draft 4, of which it uses
 * only what later drafts mean alike; formats such as `uri` are not checked.
 */
export function sarifProblems(log: unknown): string[] {
  if (validate(log)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}
