/**
 * The findings view's page. The host serves it as
 *
 *     <meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-N';
 *           style-src ${cspSource} 'nonce-N'; font-src ${cspSource}; img-src ${cspSource}">
 *     <meta property="csp-nonce" content="N">
 *     <link rel="stylesheet" href="webview.css">
 *     <body><div id="app"></div><script nonce="N" src="webview.js"></script></body>
 *
 * webview.js is a classic script (an IIFE), after `#app`, run before the window's `load` event: then the toolkit takes the
 * theme's colours from the body. The toolkit's base probes `:focus-visible` with an inline style sheet; it gives that the nonce
 * of the `csp-nonce` element. Without the nonce all works, but the probe is a policy violation in the console, and a click on a
 * button leaves a focus ring. The page says `ready`, and from then on shows the snapshots that it is sent.
 */
import * as z from 'zod/mini';
import { hostMessageSchema } from '../src/protocol/findingsPage.ts';
import { registerComponents } from './components.ts';
import { Page, type VsCodeApi } from './page.ts';
import type { Action } from './state.ts';

declare function acquireVsCodeApi(): VsCodeApi;

const app = document.getElementById('app');
if (app === null) throw new Error('The page has no element #app.');

registerComponents();
const vscode = acquireVsCodeApi();
const page = new Page(app, vscode);
window.addEventListener('message', (event: MessageEvent<unknown>) => page.dispatch(actionOf(event.data)));
vscode.postMessage({ type: 'ready' });

/** The host may be of another version than this page when an update was installed and the window not reloaded. */
function actionOf(message: unknown): Action {
  const parsed = z.safeParse(hostMessageSchema, message);
  return parsed.success ? parsed.data : { type: 'unreadable' };
}
