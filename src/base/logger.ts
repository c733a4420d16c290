/** Where the core logs to. A VS Code `LogOutputChannel` satisfies it. Never given secrets or whole model answers. */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** The same log with a word in front that says which part speaks. */
export function tagged(logger: Logger, tag: string): Logger {
  return {
    trace: (message) => logger.trace(`[${tag}] ${message}`),
    debug: (message) => logger.debug(`[${tag}] ${message}`),
    info: (message) => logger.info(`[${tag}] ${message}`),
    warn: (message) => logger.warn(`[${tag}] ${message}`),
    error: (message) => logger.error(`[${tag}] ${message}`),
  };
}
