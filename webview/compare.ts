/**
 * The page that compares the two reviews of a run. The host serves it as it serves the findings view (webview/main.ts), with
 * compare.js and compare.css.
 */
import * as z from 'zod/mini';
import { compareHostMessageSchema } from '../src/protocol/comparePage.ts';
import { ComparePage, type CompareApi } from './comparePage.ts';
import type { CompareAction } from './compareState.ts';

declare function acquireVsCodeApi(): CompareApi;

const app = document.getElementById('app');
if (app === null) throw new Error('The page has no element #app.');

const vscode = acquireVsCodeApi();
const page = new ComparePage(app, vscode);
window.addEventListener('message', (event: MessageEvent<unknown>) => page.dispatch(actionOf(event.data)));
vscode.postMessage({ type: 'ready' });

/** The host may be of another version than this page when an update was installed and the window not reloaded. */
function actionOf(message: unknown): CompareAction {
  const parsed = z.safeParse(compareHostMessageSchema, message);
  return parsed.success ? parsed.data : { type: 'unreadable' };
}
