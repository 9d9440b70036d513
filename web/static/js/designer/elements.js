// Which elements of the open diagram differ from the deployed one, and how.
import { cell, chip, el, table } from './draw.js';
import { bundle } from './editors.js';
import { facts, say } from './facts.js';

const LOOK = { added: ['info', 'plus', 'isNew'], changed: ['warn', 'pen', 'isChanged'], removed: ['danger', 'minus', 'isRemoved'], moved: ['plain', 'swap', 'isMoved'] };
const shown = value => (value === undefined || value === null || value === '' ? '—' : String(value));

function rows(kind, { id, name, attributes = [] }, select) {
  const [colour, shape, words] = LOOK[kind];
  const link = () => (kind === 'removed' ? el('span', { lang: 'zh' }, name || id)
    : el('button', { type: 'button', class: 'as-link', lang: 'zh', onclick: () => select(id) }, name || id));
  const line = (what, ...values) =>
    el('tr', {}, cell('nowrap c-l c-1', chip(colour, shape, say(words))), cell('c-r c-1', link()), cell('mono small wrap c-w c-2', what),
      cell('wrap c-w c-3', ...values));
  if (!attributes.length) return [line(id)];
  return attributes.map(({ name: what, before, after }) =>
    line(what, el('span', { class: 'diff-del' }, shown(before)), ' → ', el('span', { class: 'diff-add' }, shown(after))));
}

/** Compares the diagram as deployed with `text`; nothing for a file that is new. */
export async function showElements(box, text, select) {
  if (facts.kind !== 'diagrams' || !facts.before) return;
  await bundle('viewer');
  const found = await window.LoanflowDiagram.compare(facts.before, text);
  const all = ['added', 'changed', 'removed', 'moved'].flatMap(kind => found[kind].flatMap(entry => rows(kind, entry, select)));
  const heads = ['change', 'element', 'content', 'beforeAfter'].map(id => say(id));
  box.replaceChildren(...(all.length ? [el('h3', { class: 'dock-title' }, say('elementsTitle')), table(heads, all, say('elementsTitle'))] : []));
}
