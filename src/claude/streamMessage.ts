import * as z from 'zod/mini';

/*
 * What `claude -p --output-format stream-json` prints, one message a line, as far as it is read here (facts: claude-code.md,
 * 5.4, and measured on 2.1.197 and 2.1.330). Read tolerantly: what is unknown, or of another form, is as if it were not there.
 */

const text = z.catch(z.string(), '');
const optionalText = z.catch(z.optional(z.string()), undefined);
const count = z.catch(z.number(), 0);

const noUsage = {
  input_tokens: 0,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: 0,
  output_tokens: 0,
};
const usageSchema = z.catch(
  z.object({
    input_tokens: count,
    cache_creation_input_tokens: count,
    cache_read_input_tokens: count,
    output_tokens: count,
  }),
  noUsage,
);

const blockSchema = z.object({
  type: z.string(),
  text,
  id: text,
  name: text,
  input: z.catch(z.record(z.string(), z.unknown()), {}),
  tool_use_id: text,
  is_error: z.catch(z.boolean(), false),
  content: z.optional(z.unknown()),
});
export type Block = z.infer<typeof blockSchema>;

const blocks = z.catch(z.array(z.catch(z.nullable(blockSchema), null)), []);

const streamEventSchema = z.object({
  type: text,
  /** `message_start`. */
  message: z.catch(z.object({ usage: usageSchema }), { usage: noUsage }),
  /** `content_block_start`. */
  content_block: z.catch(z.object({ type: text, name: text }), { type: '', name: '' }),
  /** `message_delta`. */
  usage: usageSchema,
});

const messageSchema = z.object({
  type: z.string(),
  subtype: text,
  /** `system/init`. */
  model: optionalText,
  claude_code_version: optionalText,
  /** `system/api_retry`. */
  attempt: count,
  max_retries: count,
  error: text,
  /** `assistant` and `user`. */
  message: z.catch(z.object({ content: blocks }), { content: [] }),
  /** `user`: the result of the tool in the program's own form. */
  tool_use_result: z.optional(z.unknown()),
  /** `stream_event`. */
  event: z.catch(z.nullable(streamEventSchema), null),
  /** `rate_limit_event`: `resetsAt` in seconds since the epoch. */
  rate_limit_info: z.catch(
    z.object({
      status: text,
      resetsAt: z.catch(z.nullable(z.number()), null),
      rateLimitType: text,
      /** 2.1.330; `utilization` is 0 to 1. */
      unifiedWindows: z.catch(
        z.record(
          z.string(),
          z.object({
            utilization: z.catch(z.nullable(z.number()), null),
            resetsAt: z.catch(z.nullable(z.number()), null),
          }),
        ),
        {},
      ),
    }),
    { status: '', resetsAt: null, rateLimitType: '', unifiedWindows: {} },
  ),
  /** `result`. */
  is_error: z.catch(z.boolean(), true),
  api_error_status: z.catch(z.nullable(z.number()), null),
  result: text,
  errors: z.catch(z.array(z.string()), []),
  structured_output: z.optional(z.unknown()),
  total_cost_usd: z.catch(z.nullable(z.number()), null),
  modelUsage: z.catch(
    z.record(
      z.string(),
      z.object({
        inputTokens: count,
        outputTokens: count,
        cacheReadInputTokens: count,
        cacheCreationInputTokens: count,
      }),
    ),
    {},
  ),
});
export type StreamMessage = z.infer<typeof messageSchema>;
export type Usage = z.infer<typeof usageSchema>;

/** Null for what is no message. */
export function readStreamMessage(value: unknown): StreamMessage | null {
  return z.safeParse(messageSchema, value).data ?? null;
}

/** Tokens that went in, cached ones included. */
export function inputOf(usage: Usage): number {
  return usage.input_tokens + usage.cache_creation_input_tokens + usage.cache_read_input_tokens;
}
