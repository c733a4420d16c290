import type { UserError } from '../base/errors.ts';
import type { AppServerConnection } from './connection.ts';
import type { ServerTransport } from './serverTransport.ts';

/** Which App Server is wanted now, by the settings. */
export interface Wanted {
  /** Path of the executable; empty to look for it. */
  readonly executable: string;
  /** Address of a server elsewhere, as its setting has it; empty for a child of ours. */
  readonly endpoint: string;
}

/** Where an App Server comes from: a program that was started, or an address. */
export interface ServerOrigin {
  readonly transport: ServerTransport;
  /** The program's file, or the address; for people. */
  readonly place: string;
  /** @throws unless the server introduced itself as one; it is to be closed then. */
  handshake(connection: AppServerConnection): Promise<void>;
  /** What to say of a server of this version, which is too old. */
  tooOld(version: string): UserError;
  /** What is not as it was when this server was begun with, in words for the log; null if nothing. */
  change(wanted: Wanted): Promise<string | null>;
  /** What is left to do after the transport has ended. */
  close(): Promise<void>;
}
