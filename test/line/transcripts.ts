import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Transcripts as Claude Code 2.1.197 writes them (facts: claude-code.md, 7.4). */
export interface Transcript {
  readonly file: string;
  readonly id: string;
  /** So many times what a tool answered, 100 kB each. */
  readonly addToolOutput: (times: number) => void;
  /** Both sides say something. */
  readonly say: (user: string, assistant: string) => void;
  /** What a command leaves that a hook of ours has answered: longer file, nothing said (measured on 2.1.197 and 2.1.330). */
  readonly answerCommand: (command: string) => void;
}

/** @param folder of the project, below `projects` */
export function createTranscript(folder: string, cwd: string): Transcript {
  mkdirSync(folder, { recursive: true });
  const id = randomUUID();
  const file = path.join(folder, `${id}.jsonl`);
  const common = { isSidechain: false, userType: 'external', cwd, sessionId: id, version: '2.1.197' };
  let parentUuid: string | null = null;
  const add = (entry: object) => {
    const uuid = randomUUID();
    const timestamp = new Date().toISOString();
    appendFileSync(file, `${JSON.stringify({ ...common, parentUuid, uuid, timestamp, ...entry })}\n`);
    parentUuid = uuid;
  };
  writeFileSync(file, '');
  return {
    file,
    id,
    say: (user, assistant) => {
      add({ type: 'user', message: { role: 'user', content: user } });
      add({
        type: 'assistant',
        message: { role: 'assistant', model: 'claude', content: [{ type: 'text', text: assistant }] },
      });
    },
    addToolOutput: (times) => {
      const content = [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'z'.repeat(100_000) }];
      const line = JSON.stringify({ ...common, type: 'user', message: { role: 'user', content } });
      appendFileSync(file, `${line}\n`.repeat(times));
    },
    answerCommand: (command) => {
      appendFileSync(
        file,
        `${JSON.stringify({ type: 'queue-operation', operation: 'enqueue', content: command, sessionId: id })}\n`,
      );
      add({
        type: 'system',
        subtype: 'informational',
        isMeta: false,
        content: `UserPromptExpansion operation blocked by hook:\n\nOriginal prompt: ${command}`,
      });
    },
  };
}
