import { putMarkdown } from './markdown.ts';
import { visibleText } from './visible.ts';

/** An element as data. Views are functions that return these; {@link patch} brings the page in line with them. */
export interface VNode {
  readonly tag: string;
  /** Tells siblings of one tag apart over time, so that an element keeps its focus, scroll position and selection. */
  readonly key: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly content: Content;
}

/** Text, elements, or text in a reviewer's Markdown. */
export type Content = string | readonly VNode[] | { readonly markdown: string };

/**
 * `true` gives an empty attribute; `false` and `null` leave it out. `key` names the node and is not written to the page. Names
 * that begin with `--` are custom properties of the element's style: the page's policy refuses `style` attributes.
 */
export type Attributes = Readonly<Record<string, string | number | boolean | null>>;

/** A node; `null`s among the children are left out. */
export function h(
  tag: string,
  attributes: Attributes,
  content: string | readonly (VNode | null)[] | { readonly markdown: string } = '',
): VNode {
  const { key, ...rest } = attributes;
  const written = Object.entries(rest).flatMap(([name, value]) => {
    if (value === false || value === null) return [];
    return [[name, value === true ? '' : String(value)] as const];
  });
  return {
    tag,
    key: String(key ?? attributes['class'] ?? ''),
    attributes: Object.fromEntries(written),
    content:
      typeof content === 'string' || 'markdown' in content
        ? content
        : content.filter((child) => child !== null),
  };
}

/** Elements whose `value` the page sets: as a property, because the attribute is only the initial value. */
const valueTags = new Set(['vscode-text-field', 'select']);
/** Attributes that people read, or have read to them. */
const toldNames = new Set(['title', 'aria-label', 'placeholder']);
const svgTags = new Set(['svg', 'path']);
const svgNamespace = 'http://www.w3.org/2000/svg';

/** What an element was last patched to. */
const drawn = new WeakMap<Element, VNode>();

/** Makes `parent` contain just these nodes. Elements that are already there are kept, and not moved unless their order changed. */
export function patch(parent: Element, nodes: readonly VNode[]): void {
  const present = new Map<string, Element>();
  for (const child of parent.children) {
    const node = drawn.get(child);
    if (node !== undefined) present.set(identity(node), child);
  }
  const wanted = new Set(nodes.map(identity));
  for (const child of [...parent.childNodes]) {
    const node = child instanceof Element ? drawn.get(child) : undefined;
    if (node === undefined || !wanted.has(identity(node))) child.remove();
  }
  let next = parent.firstChild;
  for (const node of nodes) {
    const element = present.get(identity(node)) ?? create(node);
    if (element === next) next = element.nextSibling;
    else parent.insertBefore(element, next);
    // Once more when it is in the page: there the toolkit's elements give themselves a name and a role, and ours are to win.
    setAttributes(element, node);
    fill(element, node.content, drawn.get(element)?.content);
    // A select has no such value before it has its options.
    if (valueTags.has(node.tag)) setValue(element, node.attributes['value'] ?? '');
    drawn.set(element, node);
  }
}

function identity({ tag, key }: VNode): string {
  return `${tag}|${key}`;
}

/** With its attributes, which the toolkit's elements read when they arrive in the page, and without its content. */
function create(node: VNode): Element {
  const { tag } = node;
  const element = svgTags.has(tag)
    ? document.createElementNS(svgNamespace, tag)
    : document.createElement(tag);
  setAttributes(element, node);
  return element;
}

function setAttributes(element: Element, { tag, attributes }: VNode): void {
  for (const name of Object.keys(drawn.get(element)?.attributes ?? {})) {
    if (!(name in attributes)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('--')) setProperty(element, name, value);
    else if (name !== 'value' || !valueTags.has(tag))
      setAttribute(element, name, toldNames.has(name) ? visibleText(value) : value);
  }
}

function setAttribute(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

function setProperty(element: Element, name: string, value: string): void {
  if (element instanceof HTMLElement && element.style.getPropertyValue(name) !== value)
    element.style.setProperty(name, value);
}

function setValue(element: Element, value: string): void {
  if (Reflect.get(element, 'value') !== value) Reflect.set(element, 'value', value);
}

function fill(element: Element, content: Content, before: Content | undefined): void {
  if (typeof content === 'string') {
    if (content !== before) element.textContent = visibleText(content);
  } else if (!('markdown' in content)) {
    patch(element, content);
  } else if (
    before === undefined ||
    typeof before === 'string' ||
    !('markdown' in before) ||
    before.markdown !== content.markdown
  ) {
    putMarkdown(element, content.markdown);
  }
}
