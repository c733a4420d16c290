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
  /** Codex's own question whether a tool may be called comes in the same form (measured on 0.130 and 0.169). */
  _meta: z.catch(
    z.nullable(
      z.object({ tool_params: z.catch(z.unknown(), null), persist: z.catch(z.array(z.string()), []) }),
    ),
    null,
  ),
});

type McpSubject = Extract<Subject, { kind: 'mcp' }>;

/** @throws for a form that the user cannot be shown: then it is declined */
export function elicitationSubject(params: unknown): McpSubject {
  const { serverName: server, mode, message, url, requestedSchema, _meta } = z.parse(requestSchema, params);
  const of = { kind: 'mcp', server, message, input: inputText(_meta?.tool_params) } as const;
  if (mode === 'url') return { ...of, fields: [], url: url ?? '' };
  const { properties, required } = z.parse(formSchema, requestedSchema);
  const fields = Object.entries(properties).map(([id, field]) => fieldOf(id, field, required.includes(id)));
  return { ...of, fields, url: null };
}

/** Whether Codex offers to remember the answer for the session. */
export function asksForSession(params: unknown): boolean {
  return z.parse(requestSchema, params)._meta?.persist.includes('session') ?? false;
}

function inputText(input: unknown): string {
  return input === null || input === undefined ? '' : JSON.stringify(input, null, 2);
}

export function elicitationAnswer(decision: Decision, { fields }: McpSubject, params: unknown): unknown {
  const none = { content: null, _meta: null };
  switch (decision.kind) {
    case 'answer':
      return { ...none, action: 'accept', content: decision.values };
    case 'allow':
      return {
        action: 'accept',
        content: fields.length === 0 && !isUrl(params) ? {} : null,
        _meta: decision.session ? { persist: 'session' } : null,
      };
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
