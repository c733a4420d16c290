import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Stands in for the native `@vscode/spdlog`: the engine's logs are what explains a failing host test, so they are really written.
 * Lines are appended at once and the file is not rotated; a test profile lives for minutes.
 */
export const version = 0;
export const LogLevel = { Trace: 0, Debug: 1, Info: 2, Warning: 3, Error: 4, Critical: 5, Off: 6 };
export const setLevel = () => undefined;
export const setFlushOn = () => undefined;

export class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = LogLevel.Info;
    this.plain = false;
  }
  trace(message) {
    this.write(LogLevel.Trace, 'trace', message);
  }
  debug(message) {
    this.write(LogLevel.Debug, 'debug', message);
  }
  info(message) {
    this.write(LogLevel.Info, 'info', message);
  }
  warn(message) {
    this.write(LogLevel.Warning, 'warning', message);
  }
  error(message) {
    this.write(LogLevel.Error, 'error', message);
  }
  critical(message) {
    this.write(LogLevel.Critical, 'critical', message);
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  setPattern() {
    this.plain = false;
  }
  clearFormatters() {
    this.plain = true;
  }
  flush() {
    return undefined;
  }
  drop() {
    return undefined;
  }
  write(level, label, message) {
    if (level < this.level || this.file === undefined) return;
    const prefix = this.plain ? '' : `${new Date().toISOString()} [${label}] `;
    try {
      appendFileSync(this.file, `${prefix}${message}${this.plain ? '' : '\n'}`);
    } catch (error) {
      // The profile may be removed while a host still shuts down; a logger must not bring its process down.
      if (error.code !== 'ENOENT') throw error;
      this.file = undefined;
    }
  }
}

async function createLogger(type, name, file) {
  mkdirSync(dirname(file), { recursive: true });
  return new Logger(type, name, file);
}

export const createRotatingLogger = (name, file) => createLogger('rotating', name, file);
export const createAsyncRotatingLogger = (name, file) => createLogger('rotating_async', name, file);
