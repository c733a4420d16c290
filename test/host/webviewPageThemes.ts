/**
 * What VS Code tells a page about its theme: the variables that our page and the toolkit read, as VS Code 1.139.1 sets them on
 * the root element of a webview (read from one, per theme), and the class and attribute of the body.
 */
export const themes = ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const;
export type Theme = (typeof themes)[number];

/** VS Code leaves out what a theme does not define. */
const none = undefined;

/** Name without `--vscode-`; Dark Modern, Light Modern, Dark High Contrast, Light High Contrast. */
const variables: Readonly<Record<string, readonly (string | undefined)[]>> = {
  'badge-background': ['#616161', '#cccccc', '#000000', '#0f4a85'],
  'badge-foreground': ['#f8f8f8', '#3b3b3b', '#ffffff', '#ffffff'],
  'button-background': ['#0078d4', '#005fb8', '#000000', '#0f4a85'],
  'button-border': ['rgba(255, 255, 255, 0.1)', 'rgba(0, 0, 0, 0.1)', '#6fc3df', '#0f4a85'],
  'button-foreground': ['#ffffff', '#ffffff', '#ffffff', '#ffffff'],
  'button-hoverBackground': ['#026ec1', '#0258a8', '#000000', '#0f4a85'],
  'button-secondaryBackground': ['rgba(0, 0, 0, 0)', '#e5e5e5', none, '#ffffff'],
  'button-secondaryBorder': ['rgba(204, 204, 204, 0.15)', 'rgba(59, 59, 59, 0.15)', '#6fc3df', '#0f4a85'],
  'button-secondaryForeground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'button-secondaryHoverBackground': ['#2b2b2b', '#cccccc', none, none],
  'checkbox-background': ['#313131', '#f8f8f8', '#000000', '#ffffff'],
  'checkbox-border': ['#3c3c3c', '#cecece', '#6fc3df', '#0f4a85'],
  'checkbox-foreground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  contrastActiveBorder: [none, none, '#f38518', '#006bbd'],
  contrastBorder: [none, none, '#6fc3df', '#0f4a85'],
  descriptionForeground: ['#9d9d9d', '#3b3b3b', 'rgba(255, 255, 255, 0.7)', 'rgba(41, 41, 41, 0.7)'],
  'dropdown-background': ['#313131', '#ffffff', '#000000', '#ffffff'],
  'dropdown-border': ['#3c3c3c', '#cecece', '#6fc3df', '#0f4a85'],
  'dropdown-foreground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'editor-background': ['#1f1f1f', '#ffffff', '#000000', '#ffffff'],
  'editor-font-family': [
    "'Droid Sans Mono', monospace",
    "'Droid Sans Mono', monospace",
    "'Droid Sans Mono', monospace",
    "'Droid Sans Mono', monospace",
  ],
  focusBorder: ['#0078d4', '#005fb8', '#f38518', '#006bbd'],
  'font-family': [
    'system-ui, "Ubuntu", "Droid Sans", sans-serif',
    'system-ui, "Ubuntu", "Droid Sans", sans-serif',
    'system-ui, "Ubuntu", "Droid Sans", sans-serif',
    'system-ui, "Ubuntu", "Droid Sans", sans-serif',
  ],
  'font-size': ['13px', '13px', '13px', '13px'],
  'font-weight': ['normal', 'normal', 'normal', 'normal'],
  foreground: ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'input-background': ['#313131', '#ffffff', '#000000', '#ffffff'],
  'input-border': ['#3c3c3c', '#cecece', '#6fc3df', '#0f4a85'],
  'input-foreground': ['#cccccc', '#3b3b3b', '#ffffff', '#292929'],
  'input-placeholderForeground': ['#989898', '#767676', 'rgba(255, 255, 255, 0.7)', 'rgba(41, 41, 41, 0.7)'],
  'inputOption-activeBackground': [
    'rgba(36, 137, 219, 0.51)',
    '#bed6ed',
    'rgba(0, 0, 0, 0)',
    'rgba(0, 0, 0, 0)',
  ],
  'inputOption-activeBorder': ['#2488db', '#005fb8', '#6fc3df', '#0f4a85'],
  'inputOption-activeForeground': ['#ffffff', '#000000', '#ffffff', '#292929'],
  'inputValidation-warningBackground': ['#352a05', '#f6f5d2', '#000000', '#ffffff'],
  'inputValidation-warningBorder': ['#b89500', '#b89500', '#6fc3df', '#0f4a85'],
  'inputValidation-warningForeground': [none, none, none, '#292929'],
  'list-activeSelectionBackground': ['#04395e', '#e8e8e8', none, 'rgba(15, 74, 133, 0.1)'],
  'list-activeSelectionForeground': ['#ffffff', '#000000', none, none],
  'list-focusAndSelectionOutline': [none, '#005fb8', none, none],
  'list-focusOutline': ['#0078d4', '#005fb8', '#f38518', '#006bbd'],
  'list-hoverBackground': ['#2a2d2e', '#f2f2f2', 'rgba(255, 255, 255, 0.1)', 'rgba(15, 74, 133, 0.1)'],
  'list-inactiveSelectionBackground': ['#37373d', '#e4e6f1', none, 'rgba(15, 74, 133, 0.1)'],
  'panel-border': ['#2b2b2b', '#e5e5e5', '#6fc3df', '#0f4a85'],
  'problemsErrorIcon-foreground': ['#f14c4c', '#e51400', '#f48771', '#b5200d'],
  'problemsInfoIcon-foreground': ['#59a4f9', '#0063d3', '#59a4f9', '#0063d3'],
  'problemsWarningIcon-foreground': ['#cca700', '#bf8803', '#ffd370', '#895503'],
  'progressBar-background': ['#0078d4', '#005fb8', '#6fc3df', '#0f4a85'],
  'scrollbarSlider-activeBackground': [
    'rgba(191, 191, 191, 0.4)',
    'rgba(0, 0, 0, 0.6)',
    '#6fc3df',
    '#0f4a85',
  ],
  'scrollbarSlider-background': [
    'rgba(121, 121, 121, 0.4)',
    'rgba(100, 100, 100, 0.4)',
    'rgba(111, 195, 223, 0.6)',
    'rgba(15, 74, 133, 0.4)',
  ],
  'scrollbarSlider-hoverBackground': [
    'rgba(100, 100, 100, 0.7)',
    'rgba(100, 100, 100, 0.7)',
    'rgba(111, 195, 223, 0.8)',
    'rgba(15, 74, 133, 0.8)',
  ],
  'sideBar-background': ['#181818', '#f8f8f8', '#000000', '#ffffff'],
  'testing-iconPassed': ['#73c991', '#73c991', '#73c991', '#007100'],
  'textBlockQuote-background': ['#2b2b2b', '#f8f8f8', none, '#f2f2f2'],
  'textBlockQuote-border': ['#616161', '#e5e5e5', '#ffffff', '#292929'],
  'textCodeBlock-background': ['#2b2b2b', '#f8f8f8', '#000000', '#f2f2f2'],
  'textLink-activeForeground': ['#4daafc', '#005fb8', '#21a6ff', '#0f4a85'],
  'textLink-foreground': ['#4daafc', '#005fb8', '#21a6ff', '#0f4a85'],
  'textPreformat-background': ['#3c3c3c', 'rgba(0, 0, 0, 0.12)', none, '#09345f'],
  'textPreformat-border': [none, none, '#6fc3df', none],
  'textPreformat-foreground': ['#d0d0d0', '#3b3b3b', '#ffffff', '#ffffff'],
  'toolbar-hoverBackground': ['rgba(90, 93, 94, 0.31)', 'rgba(184, 184, 184, 0.31)', none, none],
  'toolbar-hoverOutline': [none, none, '#f38518', '#006bbd'],
};

/** The theme as a style sheet, with the background that VS Code paints behind the transparent page. */
export function themeCss(theme: Theme): string {
  const column = themes.indexOf(theme);
  const lines = Object.entries(variables).flatMap(([name, values]) => {
    const value = values[column];
    return value === undefined ? [] : [`  --vscode-${name}: ${value};`];
  });
  return `:root {\n${lines.join('\n')}\n  background: var(--vscode-sideBar-background);\n}\n`;
}
