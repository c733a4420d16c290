import type { OfferedAction } from './actions.ts';
import { h, type VNode } from './dom.ts';
import type { MenuState } from './model.ts';

/** CSS pixels; styles.css has the same. For keeping the menu inside the page. */
const itemHeight = 26;

/** All that can be done with the findings. The keyboard is in it as long as it is open. */
export function viewMenu(
  { ids, x, y, active }: Pick<MenuState, 'ids' | 'x' | 'y' | 'active'>,
  actions: readonly OfferedAction[],
): VNode {
  const label = ids.length === 1 ? 'Actions for the finding' : `Actions for ${ids.length} findings`;
  return h(
    'div',
    {
      class: 'menu',
      role: 'menu',
      'aria-label': label,
      '--x': `${x}px`,
      '--y': `${y}px`,
      '--menu-height': `${actions.length * itemHeight + 10}px`,
    },
    actions.map(({ action, label: text, shortcut }, index) =>
      h(
        'button',
        {
          key: action,
          class: 'menu-item',
          type: 'button',
          role: 'menuitem',
          tabindex: index === active ? 0 : -1,
          'aria-keyshortcuts': shortcut,
          'data-action': 'chooseInMenu',
          'data-perform': action,
        },
        [
          h('span', { key: 'label' }, text),
          shortcut === null ? null : h('span', { class: 'shortcut', 'aria-hidden': 'true' }, shortcut),
        ],
      ),
    ),
  );
}
