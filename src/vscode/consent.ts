import * as vscode from 'vscode';
import { settlesWithin } from '../base/async.ts';
import { plainText } from './errorMessage.ts';
import type { SettingId } from './settings.ts';

const allow = 'Allow';
const alwaysAllow = 'Always Allow';
const refuse = 'Don’t Allow';

/** No answer by then is a no: Claude waits for it. Milliseconds. */
const patience = 5 * 60_000;

/**
 * Asks the user whether Claude's model may start something of its own accord.
 * @param what in words that follow “start”
 */
export async function askConsent(what: string): Promise<boolean> {
  const answer = ask(what);
  return (await settlesWithin(answer, patience)) && (await answer);
}

async function ask(what: string): Promise<boolean> {
  const question = plainText(`Claude Code wants to start ${what}. Allow it?`);
  const answer = await vscode.window.showInformationMessage(question, allow, refuse, alwaysAllow);
  if (answer === alwaysAllow) await allowAlways();
  return answer === allow || answer === alwaysAllow;
}

/** By the user's click alone, and for this user only: a workspace cannot set it. */
function allowAlways(): Thenable<void> {
  const setting: SettingId = 'tandem.modelMayReview';
  return vscode.workspace.getConfiguration().update(setting, 'yes', vscode.ConfigurationTarget.Global);
}
