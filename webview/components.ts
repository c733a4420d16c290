import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeProgressRing,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';

/**
 * Registers the elements `vscode-button`, `vscode-progress-ring` and `vscode-text-field`.
 * Not `vscode-badge`: its template has a `style` attribute, which the page's Content-Security-Policy refuses.
 * The toolkit is archived upstream: no other file knows it, so that replacing it means replacing this one.
 */
export function registerComponents(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeProgressRing(), vsCodeTextField());
}
