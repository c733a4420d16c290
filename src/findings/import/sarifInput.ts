import * as z from 'zod/mini';

/*
 * The part of a SARIF 2.1.0 log that becomes findings, read leniently: a property of another kind than the standard says
 * counts as left out. Which results are lost by that is for fromSarif to say.
 */

const text = z.catch(z.optional(z.string()), undefined);
const number = z.catch(z.optional(z.number()), undefined);
/** An entry that is none keeps its place, so that indexes stay right. */
const list = <T extends z.ZodMiniType>(entry: T) => z.catch(z.array(z.catch(z.nullable(entry), null)), []);
const optional = <T extends z.ZodMiniType>(schema: T) => z.catch(z.optional(schema), undefined);
const bag = optional(z.record(z.string(), z.unknown()));

const messageSchema = z.object({
  text,
  markdown: text,
  id: text,
  arguments: z.catch(z.array(z.string()), []),
});
const message = optional(messageSchema);
export type InputMessage = z.infer<typeof messageSchema>;

const artifactLocationSchema = z.object({ uri: text, uriBaseId: text, index: number });
const artifactLocation = optional(artifactLocationSchema);
export type ArtifactLocation = z.infer<typeof artifactLocationSchema>;

const ruleSchema = z.object({
  id: text,
  name: text,
  shortDescription: message,
  helpUri: text,
  messageStrings: optional(z.record(z.string(), z.catch(messageSchema, noMessage))),
  defaultConfiguration: optional(z.object({ level: text })),
  properties: bag,
});
export type InputRule = z.infer<typeof ruleSchema>;

const componentSchema = z.object({ name: text, rules: list(ruleSchema) });

const resultSchema = z.object({
  ruleId: text,
  ruleIndex: number,
  rule: optional(z.object({ id: text, index: number, toolComponent: optional(z.object({ index: number })) })),
  kind: text,
  level: text,
  message,
  locations: list(
    z.object({
      physicalLocation: optional(
        z.object({
          artifactLocation,
          region: optional(z.object({ startLine: number, endLine: number })),
        }),
      ),
    }),
  ),
  rank: number,
  baselineState: text,
  suppressions: list(z.object({ status: text })),
  properties: bag,
});
export type InputResult = z.infer<typeof resultSchema>;

const runSchema = z.object({
  tool: z.object({
    driver: componentSchema,
    extensions: list(componentSchema),
  }),
  conversion: optional(z.object({ tool: z.object({ driver: z.object({ name: text }) }) })),
  originalUriBaseIds: optional(z.record(z.string(), artifactLocation)),
  artifacts: list(z.object({ location: artifactLocation })),
  /** Left out where the tool could not start; else in an external file, which is not followed. */
  results: list(resultSchema),
  externalPropertyFileReferences: optional(z.object({ results: z.catch(z.array(z.unknown()), []) })),
});
export type InputRun = z.infer<typeof runSchema>;

export const logSchema = z.object({ version: z.string(), runs: z.nullable(z.array(z.unknown())) });

/** @returns null for what is no run */
export function readRun(value: unknown): InputRun | null {
  return z.safeParse(runSchema, value).data ?? null;
}

function noMessage(): InputMessage {
  return { text: undefined, markdown: undefined, id: undefined, arguments: [] };
}
