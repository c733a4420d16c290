import type { MessageReader, MessageWriter } from 'vscode-jsonrpc/node';
import type { ProcessIdentity } from '../base/childProcess.ts';

/** How messages come from and go to an App Server, be it a child of ours or one elsewhere. */
export interface ServerTransport {
  /** The process, if it is ours; null for a server elsewhere, and where a process could not be started. */
  readonly identity: ProcessIdentity | null;
  /** Where the server is, as the user knows it (`wss://host/`); null for a child of ours. */
  readonly remote: string | null;
  readonly reader: MessageReader;
  readonly writer: MessageWriter;
  /** Resolves once nothing comes any more, with how that went, in words that continue "The Codex App Server …". */
  readonly ended: Promise<string>;
  /** Calls the listener whenever something came, even if it is no whole message yet. */
  onHeard(listener: () => void): void;
  /** The last that a child said besides its messages; empty for others. */
  lastWords(): string;
  /** Ends a child; of a server elsewhere only the connection. Resolves when that is done. */
  end(): Promise<void>;
}
