// The list of what the checker finds in the draft, what is not saved yet included.
import { send } from '../net.js';
import { cell, chip, count, el, table } from './draw.js';
import { editAddress, facts, say } from './facts.js';

const state = document.getElementById('findings-state');
const list = document.getElementById('findings-list');
const LOOK = { error: ['danger', 'late'], warning: ['warn', 'warn'] };

/** The unsaved file as the body that check and trial take; nothing when all is saved. */
export async function unsavedBody(editor, dirty) {
  const body = new FormData();
  if (dirty) body.append('files', new File([await editor.text()], facts.name), facts.name);
  else body.append('nothing', '');
  return body;
}

function place(finding, goTo) {
  const where = finding.line ? `${finding.file}:${finding.line}` : finding.file;
  const here = finding.file === facts.name;
  if (here && (finding.element || finding.line)) return el('button', { type: 'button', class: 'as-link', onclick: () => goTo(finding) }, where);
  if (!here && facts.files.includes(finding.file)) return el('a', { href: editAddress(finding.file, finding) }, where);
  return where;
}

function row(finding, goTo) {
  const [kind, shape] = LOOK[finding.level];
  const said = finding.rule_words
    ? [el('b', {}, finding.rule_words), el('br'), el('span', { lang: 'en', class: 'muted small' }, finding.message)]
    : [finding.message];
  const line = el('tr', { 'data-element': finding.element || '' }, cell('nowrap c-l c-1', chip(kind, shape, say(finding.level))), cell('wrap c-w c-2', ...said),
    cell('nowrap c-r c-1', el('code', { class: 'mono small' }, finding.rule)), cell('nowrap mono small c-off', finding.element || '—'),
    cell('nowrap mono small c-w c-3', place(finding, goTo)));
  return line;
}

/** Shows findings; `goTo(finding)` is called for those of the open file. */
export function show({ findings, errors, warnings }, goTo, withUnsaved) {
  const total = errors + warnings;
  count('findings', total);
  state.textContent = (total ? say('found', { errors, warnings }) : say('noFindings')) + (withUnsaved ? say('withUnsaved') : '');
  const heads = ['level', 'problem', 'rule', 'element', 'place'].map(id => say(id));
  list.replaceChildren(...(total ? [table(heads, findings.map(finding => row(finding, goTo)), say('problem'))] : []));
}

/** Brings the rows of an element into sight. */
export function reveal(element) {
  list.querySelectorAll('tr.cursor').forEach(line => line.classList.remove('cursor'));
  const rows = [...list.querySelectorAll('tr[data-element]')].filter(line => line.dataset.element === element);
  rows.forEach(line => line.classList.add('cursor'));
  if (rows.length) rows[0].scrollIntoView({ block: 'nearest' });
}

/** Checks on the server. Resolves to the answer, or null when it could not be had. */
export async function check(editor, dirty) {
  try {
    return await send(facts.urls.check, { body: await unsavedBody(editor, dirty) });
  } catch (error) {
    state.textContent = say('checkFailed', { why: error.message });
    return null;
  }
}
