import type { Event } from 'vscode-jsonrpc/node';
import type { Logger } from '../base/logger.ts';
import type { CheckCommand } from '../protocol/fixCheck.ts';
import type { Job } from '../protocol/job.ts';
import type { TaskChange } from '../protocol/taskChange.ts';
import type { CodeProblems } from './codeProblems.ts';
import type { Settings } from './settings.ts';

/** What the core needs of the process it lives in: a VS Code window, or the headless host. */
export interface Host {
  readonly kind: 'window' | 'headless';
  readonly version: string;
  readonly logger: Logger;
  /** Folder of all state; see `stateHome`. */
  readonly stateHome: string;
  /** Folder of the built companion plugin, as shipped. */
  readonly pluginSource: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absolute paths of the workspace folders. */
  folders(): readonly string[];
  readonly onDidChangeFolders: Event<void>;
  /** False in Restricted Mode: then nothing is spawned. */
  trusted(): boolean;
  settings(): Settings;
  /** The token for an App Server elsewhere, by its address; empty if none is set. Left out where there can't be one. */
  appServerToken?(endpoint: string): Promise<string>;
  /** Asks the user whether Claude's model may start something; left out where nobody can be asked. */
  askConsent?(what: string): Promise<boolean>;
  /** Asks the user whether a check may run that the fix itself has changed; left out where nobody can be asked. */
  readonly askCheck?: (question: ChangedCheck) => Promise<boolean>;
  /** What compilers and linters say; left out where nobody tells. */
  readonly problems?: CodeProblems;
  /** Waiting times; left out outside of tests. Milliseconds. */
  readonly timing?: Partial<Timing>;
}

/** A check that a fix has changed. */
export interface ChangedCheck {
  readonly job: Job;
  readonly change: TaskChange;
  readonly check: CheckCommand;
  /** The file of the fix that says what the check does, relative to the root. */
  readonly definedIn: string;
}

export interface Timing {
  /** Deadline of every request to Codex. */
  request: number;
  /** After so long without a word of the server about a turn it is asked. */
  quiet: number;
  /** Of the gate's review, instead of the setting. */
  gate: number;
}
