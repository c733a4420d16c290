import { arranging, type ArrangeAction } from './arranging.ts';
import { hearing, type HeardAction } from './hearing.ts';
import { looking, type LookAction } from './looking.ts';
import { usingMenu, type MenuAction } from './menu.ts';
import { post, selectedFinding, type Effect, type Handlers, type Outcome, type PageState } from './model.ts';
import { choosing, type ChoiceAction } from './selection.ts';
import { savedUi } from './ui.ts';

/** All that can happen to the page. */
export type Action = HeardAction | ArrangeAction | ChoiceAction | MenuAction | LookAction;

const handlers: Handlers<Action> = { ...hearing, ...arranging, ...choosing, ...usingMenu, ...looking };

/** Until the list has been measured: more than any screen shows. CSS pixels. */
const assumedHeight = 1200;

/** @param saved what `getState` gave: of any shape, because another version may have written it */
export function initialState(saved: unknown): PageState {
  const ui = savedUi(saved);
  return {
    findings: null,
    places: {},
    run: null,
    runs: [],
    activeFile: null,
    detail: null,
    runDetail: null,
    goneRun: null,
    ui,
    chosen: ui.selected === null ? [] : [ui.selected],
    pivot: null,
    viewport: { top: ui.scroll, height: assumedHeight },
    menu: null,
    wanted: null,
    unreadable: false,
  };
}

export function reduce(state: PageState, action: Action): Outcome {
  // The type of the table says that each handler gets its own kind of action.
  const handle = handlers[action.type] as (before: PageState, happened: Action) => Outcome;
  const outcome = handle(state, action);
  return { ...outcome, effects: [...outcome.effects, ...requests(state, outcome.state)] };
}

/** Details are fetched when something else is looked at, and again when what they belong to has changed. */
function requests(before: PageState, after: PageState): Effect[] {
  const effects: Effect[] = [];
  const { selected, run, tab } = after.ui;
  const changed = after.findings !== before.findings;
  if (
    selected !== null &&
    (changed || selected !== before.ui.selected) &&
    selectedFinding(after) !== undefined
  )
    effects.push(post({ type: 'detail', id: selected }));
  const runChanged = run !== before.ui.run || tab !== before.ui.tab || after.runs !== before.runs;
  if (run !== null && tab === 'reviews' && runChanged && after.runs.some(({ id }) => id === run))
    effects.push(post({ type: 'runDetail', id: run }));
  return effects;
}
