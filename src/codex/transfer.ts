import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';
import { Sequence, throwIfAborted } from '../base/async.ts';
import { UserError, errorCode, messageOf } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { isInside, realPathOrNull } from '../base/paths.ts';
import { type AppServerConnection, AppServerError } from './connection.ts';
import {
  type ConversationMessage,
  createConversationThread,
  firstWithWriters,
  releaseThread,
} from './conversationThread.ts';
import { type ImportRecord, importedStates, readImportLedger } from './importLedger.ts';
import { importFolder, withCopy } from './sessionCopy.ts';
import { type ImportOutcome, importSession } from './sessionImport.ts';
import { isOlder } from './version.ts';

/** How to read a transcript; what is in there is Claude Code's business. */
export interface SessionReader {
  /** True if something was said after that place. @param position in bytes, at the start of a line */
  saidAfter(file: string, position: number): Promise<boolean>;
  /** What was said, of bounded size; empty if nothing was. */
  readConversation(file: string): Promise<ConversationMessage[]>;
}

export interface TransferRequest {
  /** The transcript of the Claude session, JSONL; absolute, or relative to `cwd`. */
  file: string;
  /** Folder for the Codex thread where the session's own is gone. */
  cwd: string;
  /** Becomes the name of a new thread; empty for none. */
  title: string;
  reader: SessionReader;
  /** The environment of the App Server. */
  env: NodeJS.ProcessEnv;
  logger: Logger;
  signal: AbortSignal;
  /** How long Codex's importer may take. Milliseconds; default 2 minutes (measured: up to 8 s for 125 MB). */
  deadline?: number;
}

export interface Transferred {
  threadId: string;
  /** Name of the thread; empty if it has none. */
  name: string;
  /**
   * - `imported`: a new thread, by Codex's importer
   * - `updated`: the thread of an earlier transfer, now with what was said since
   * - `already imported`: the thread of an earlier transfer; nothing was said since
   * - `copied`: a new thread, by Codex's importer from a copy of the session, because the thread of an earlier transfer
   *   was continued in Codex, is archived or is gone, or because the session lies where the importer does not look
   * - `injected`: a new thread that was told the conversation, because the importer did not take it: the terminal shows
   *   it empty, its model knows it
   */
  how: 'imported' | 'updated' | 'already imported' | 'copied' | 'injected';
}

const defaultDeadline = 120_000;
/** Nobody continues more copies than this one after the other. */
const maxCopies = 20;
const maxName = 120;
const sequences = new WeakMap<AppServerConnection, Sequence>();

/**
 * Makes a Codex thread of a Claude session, to be gone on with by `codex resume ID`. No model is asked. Transfers over
 * one connection run one after the other.
 * @throws UserError if there is no conversation in the file or Codex can't take it, CancelledError
 */
export function transferSession(
  connection: AppServerConnection,
  request: TransferRequest,
): Promise<Transferred> {
  const sequence = sequences.get(connection) ?? new Sequence();
  sequences.set(connection, sequence);
  return sequence.run(() => new Transfer(connection, request).run());
}

/** A session as it was given to the importer. */
interface Attempt {
  source: string;
  outcome: ImportOutcome;
}

class Transfer {
  constructor(
    private readonly connection: AppServerConnection,
    private readonly request: TransferRequest,
  ) {}

  async run(): Promise<Transferred> {
    throwIfAborted(this.request.signal);
    const file = await sessionFile(this.request);
    // The importer reads files where it is, and so would its notes be.
    if (this.connection.remote !== null) return this.injected(file);
    const records = await this.records();
    const earlier = await this.earlierThread(file, records);
    if (earlier !== null) return this.existing(earlier, 'already imported');
    return (await this.imported(file, records)) ?? this.injected(file);
  }

  private records(): Promise<ImportRecord[]> {
    return readImportLedger(this.connection.codexHome, this.request.logger);
  }

  /** The thread that has all of the session already and can still be opened. */
  private async earlierThread(file: string, records: readonly ImportRecord[]): Promise<string | null> {
    for (const { threadId, size } of await importedStates(file, records)) {
      if (!(await this.canBeOpened(threadId))) continue;
      return (await this.request.reader.saidAfter(file, size)) ? null : threadId;
    }
    return null;
  }

  /** Tries the file itself, then copies of it. Null if the importer takes none of them. */
  private async imported(file: string, records: readonly ImportRecord[]): Promise<Transferred | null> {
    for await (const { source, outcome } of this.attempts(file)) {
      if (outcome.kind === 'refused') {
        this.request.logger.info(`Codex does not import ${source}: ${outcome.message}`);
        return null;
      }
      const threadId = outcome.threadId ?? (await this.newThreadOf(source, records));
      if (threadId === null) {
        // What was imported before is passed over if its thread can't be updated any more; then a copy is taken.
        if (records.some((record) => record.source === source)) continue;
        return null;
      }
      if (records.some((record) => record.threadId === threadId)) return this.existing(threadId, 'updated');
      return { threadId, name: await this.named(threadId), how: source === file ? 'imported' : 'copied' };
    }
    return null;
  }

  private async *attempts(file: string): AsyncGenerator<Attempt> {
    const { env, signal, logger, deadline = defaultDeadline } = this.request;
    const attempt = async (source: string): Promise<Attempt> => ({
      source,
      outcome: await importSession(this.connection, source, { signal, deadline }),
    });
    const folder = await importFolder(env);
    if (isInside(folder, file)) yield await attempt(file);
    try {
      for (let number = 1; number <= maxCopies; number += 1)
        yield await withCopy(file, folder, number, attempt);
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      logger.warn(`No copy of the session for Codex's importer: ${messageOf(error)}`);
    }
  }

  /** 0.130 does not tell the thread, but notes it. */
  private async newThreadOf(source: string, before: readonly ImportRecord[]): Promise<string | null> {
    const known = new Set(before.map(({ threadId }) => threadId));
    const added = (await this.records()).filter(({ threadId }) => !known.has(threadId));
    return added.findLast((record) => record.source === source)?.threadId ?? null;
  }

  private async injected(file: string): Promise<Transferred> {
    const { reader, cwd, logger, signal } = this.request;
    const messages = await reader.readConversation(file);
    throwIfAborted(signal);
    if (messages.length === 0) throw noConversation(file);
    const threadId = await createConversationThread(this.connection, cwd, messages);
    const name = await this.named(threadId);
    // An older server holds no threads, and 0.130 cannot read one without a turn after it was archived (measured).
    if (!isOlder(this.connection.version, firstWithWriters))
      await releaseThread(this.connection, threadId, logger);
    return { threadId, name, how: 'injected' };
  }

  private async existing(threadId: string, how: Transferred['how']): Promise<Transferred> {
    const { thread } = await this.connection.request('thread/read', { threadId, includeTurns: false });
    return { threadId, name: thread.name ?? (await this.named(threadId)), how };
  }

  /** Archived threads are told by where their file lies (measured on 0.130 and 0.169). */
  private async canBeOpened(threadId: string): Promise<boolean> {
    try {
      const { thread } = await this.connection.request('thread/read', { threadId, includeTurns: false });
      return !(thread.path ?? '').split(path.sep).includes('archived_sessions');
    } catch (error) {
      if (error instanceof AppServerError) return false;
      throw error;
    }
  }

  /** Names a thread after the session. A thread without a name is as good, so that this does not fail a transfer. */
  private async named(threadId: string): Promise<string> {
    const name = this.request.title.replaceAll(/\s+/g, ' ').trim().slice(0, maxName);
    if (name === '') return '';
    try {
      await this.connection.request('thread/name/set', { threadId, name });
      return name;
    } catch (error) {
      if (!(error instanceof AppServerError)) throw error;
      this.request.logger.warn(`Thread ${threadId} could not be named: ${error.message}`);
      return '';
    }
  }
}

/** @throws UserError unless it is a file that can be read and has something in it */
async function sessionFile({ file, cwd }: TransferRequest): Promise<string> {
  const absolute = path.resolve(cwd, file);
  const real = await realPathOrNull(absolute);
  if (real === null) throw new UserError(`There is no session file ${absolute}.`);
  const stats = await stat(real);
  if (!stats.isFile()) throw new UserError(`${real} is not a file.`);
  if (stats.size === 0) throw noConversation(real);
  try {
    await access(real, constants.R_OK);
  } catch (error) {
    throw new UserError(`${real} can't be read: ${messageOf(error)}`);
  }
  return real;
}

function noConversation(file: string): UserError {
  return new UserError(`There is no conversation in ${file}.`, 'Choose another session of Claude Code.');
}
