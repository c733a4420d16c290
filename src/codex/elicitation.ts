import * as z from 'zod/mini';
import type { Decision, Field, Subject } from '../protocol/approval.ts';

/*
 * Questions of MCP servers (elicitation): a form of flat fields, or a page to be opened. What a form may hold is in the
 * MCP specification; a form of another make can only be declined.
 */

const word = z.catch(z.nullable(z.string()), null);
const optionsSchema = z.catch(z.nullable(z.array(z.object({ const: z.string(), title: word }))), null);
const wordsSchema = z.catch(z.nullable(z.array(z.string())), null);

const fieldSchema = z.object({
  type: z.enum(['string', 'number', 'integer', 'boolean', 'array']),
  title: word,
  description: word,
  enum: wordsSchema,
  enumNames: wordsSchema,
  oneOf: optionsSchema,
  items: z.catch(z.nullable(z.object({ enum: wordsSchema, anyOf: optionsSchema })), null),
});

const formSchema = z.object({
  properties: z._default(z.record(z.string(), fieldSchema), {}),
  required: z.catch(z.array(z.string()), []),
});

const requestSchema = z.object({
  serverName: z.catch(z.string(), 'an MCP server'),
  mode: z.catch(z.string(), 'form'),
  message: z.catch(z.string(), ''),
  url: word,
  requestedSchema: z.catch(z.unknown(), null),
});

type McpSubject = Extract<Subject, { kind: 'mcp' }>;

/** @throws for a form that the user cannot be shown: then it is declined */
export function elicitationSubject(params: unknown): McpSubject {
  const { serverName: server, mode, message, url, requestedSchema } = z.parse(requestSchema, params);
  if (mode === 'url') return { kind: 'mcp', server, message, fields: [], url: url ?? '' };
  const { properties, required } = z.parse(formSchema, requestedSchema);
  const fields = Object.entries(properties).map(([id, field]) => fieldOf(id, field, required.includes(id)));
  return { kind: 'mcp', server, message, fields, url: null };
}

export function elicitationAnswer(decision: Decision, { fields }: McpSubject, params: unknown): unknown {
  const none = { content: null, _meta: null };
  switch (decision.kind) {
    case 'answer':
      return { ...none, action: 'accept', content: decision.values };
    case 'allow':
      return { ...none, action: 'accept', content: fields.length === 0 && !isUrl(params) ? {} : null };
    case 'decline':
      return { ...none, action: 'decline' };
    case 'cancel':
      return { ...none, action: 'cancel' };
  }
}

function isUrl(params: unknown): boolean {
  return z.parse(requestSchema, params).mode === 'url';
}

function fieldOf(id: string, field: z.infer<typeof fieldSchema>, required: boolean): Field {
  const { type, title, description } = field;
  const options = optionsOf(field);
  return {
    id,
    title: title ?? id,
    description: description ?? title ?? id,
    type: type === 'array' ? 'choices' : options.length > 0 ? 'choice' : type === 'string' ? 'text' : type,
    options,
    free: false,
    secret: false,
    required,
  };
}

function optionsOf({ enum: words, enumNames, oneOf, items }: z.infer<typeof fieldSchema>): Field['options'] {
  const titled = oneOf ?? items?.anyOf ?? null;
  if (titled) return titled.map(({ const: value, title }) => option(value, title));
  return (words ?? items?.enum ?? []).map((value, index) => option(value, enumNames?.[index] ?? null));
}

function option(value: string, label: string | null): Field['options'][number] {
  return { value, label: label ?? value, description: '' };
}
