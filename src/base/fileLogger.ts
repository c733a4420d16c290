import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { errorCode, messageOf } from './errors.ts';
import type { Logger } from './logger.ts';

/** With the former file beside it (`.old`), a log takes at most twice this. Bytes. */
const maxLogBytes = 1024 * 1024;

/** Appends to a file (0600) that never grows beyond 1 MiB; lines below `info` are left out. */
export function createFileLogger(file: string): Logger {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const write = (level: string, message: string) => {
    try {
      if (sizeOf(file) > maxLogBytes) renameSync(file, `${file}.old`);
      appendFileSync(file, logLine(level, message), { mode: 0o600 });
    } catch (error) {
      // A log must never fail what it tells of: the disk may be full, or another host may have moved the file.
      process.stderr.write(logLine(level, `${message} (not in ${file}: ${messageOf(error)})`));
    }
  };
  return {
    trace: () => undefined,
    debug: () => undefined,
    info: (message) => write('info', message),
    warn: (message) => write('warn', message),
    error: (message) => write('error', message),
  };
}

/** Writes all levels to a stream. */
export function createStreamLogger(stream: { write(text: string): unknown }): Logger {
  const write = (level: string) => (message: string) => void stream.write(logLine(level, message));
  return {
    trace: write('trace'),
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  };
}

function logLine(level: string, message: string): string {
  return `${new Date().toISOString()} [${process.pid}] ${level}: ${message}\n`;
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 0;
    throw error;
  }
}
