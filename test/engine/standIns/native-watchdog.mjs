/** Stands in for the native `@vscode/native-watchdog`: the extension host has a timer of its own that notices a dead parent. */
export const start = () => undefined;
export const exit = (code) => process.exit(code ?? 0);
