/** What VS Code adds for itself: it would make a child that is a Node or Electron program behave as a part of VS Code. */
const ofVsCode = /^(VSCODE_|ELECTRON_)/;

/** The extension host's environment, as the programs that it starts should see it. */
export function childEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofVsCode.test(name)));
}
