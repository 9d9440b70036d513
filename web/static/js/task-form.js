// The form of a step or a start: drawn by form-js, kept as a draft while one writes, sent to the server, which decides.
import { one } from './dom.js';
import { changed, saved } from './forms.js';
import { sections } from './form-sections.js';
import { send } from './net.js';

const PAUSE = 2000;
const pane = one('[data-task-form]');
const given = JSON.parse(document.getElementById('task-form').textContent);
const state = one('[data-draft-state]', pane);
const errors = one('[data-form-errors]', pane);
const complete = one('[data-complete]', pane);
const save = one('[data-save]', pane);

// What the form reports while it is being drawn is not what somebody wrote: only what differs from what is kept counts.
let held = null;
let timer = null;
let latest = 0;

const tell = words => { if (state) state.textContent = words; };
const icon = '<svg class="i" aria-hidden="true"><use></use></svg>';

/** One alert above the form; `words` may hold anything, it is set as text. */
function complain(title, words) {
  errors.textContent = '';
  if (!title) return;
  const box = document.createElement('div');
  box.className = 'alert alert-danger';
  box.setAttribute('role', 'alert');
  box.innerHTML = `${icon}<p><b></b></p>`;
  one('use', box).setAttribute('href', `${document.documentElement.dataset.icons}#i-stop`);
  one('b', box).textContent = title;
  words.filter(Boolean).forEach(line => {
    const paragraph = document.createElement('p');
    paragraph.textContent = line;
    box.append(paragraph);
  });
  errors.append(box);
  errors.focus();
}

/** `children[0].name` of the server is `children.0.name` of the form. */
function byPath(told) {
  return Object.fromEntries(Object.entries(told).map(([path, list]) => [
    path.replace(/\[(\d+)\]/g, '.$1'), [].concat(list).map(entry => entry.message || String(entry)),
  ]));
}

/** What the form holds, with read-only texts that were shown in translation as the case holds them. */
function restored(value, stood = {}) {
  if (Array.isArray(value)) return value.map(item => restored(item));
  if (value === null || typeof value !== 'object') return Object.prototype.hasOwnProperty.call(stood, value) ? stood[value] : value;
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, restored(held, given.back && given.back[name])]));
}

const drawn = await window.LoanflowForm.mount(one('[data-form-here]', pane), {
  schema: given.schema, data: given.data, readonly: given.readonly, onChange: () => edited(),
});
held = JSON.stringify(drawn.data());
sections(one('[data-form-here]', pane), one('.scroll', pane) || document.documentElement, given.words);

function edited() {
  pane.dataset.edits = Number(pane.dataset.edits || 0) + 1;
  if (held === null || given.readonly || JSON.stringify(drawn.data()) === held) return;
  changed(pane);
  pane.dispatchEvent(new CustomEvent('form-edited', { detail: drawn.data() }));
  if (!given.urls.draft) return;
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE);
}

async function keep() {
  clearTimeout(timer);
  const mine = ++latest;
  const form = restored(drawn.data());
  tell(given.words.saving);
  try {
    const answer = await send(given.urls.draft, { json: { form } });
    if (mine !== latest) return;
    held = JSON.stringify(form);
    saved(pane);
    tell(given.words.saved.replace('{time}', answer.saved_at));
  } catch (error) {
    tell(given.words.unsaved.replace('{why}', error.status ? error.message : given.words.offline));
  }
}

/** Send what the form holds to `url`, with `more` beside it; `button` waits for the answer. */
async function submit(url, button, more) {
  if (button.getAttribute('aria-disabled') === 'true') return;
  await drawn.settled();
  complain('');
  const wrong = drawn.validate();
  if (wrong && Object.keys(wrong).length) { complain(given.words.wrong, [given.words.check]); return; }
  clearTimeout(timer);
  latest += 1;
  button.setAttribute('aria-disabled', 'true');
  try {
    const answer = await send(url, { json: { form: restored(drawn.data()), ...more } });
    saved(pane);
    location.assign(answer.next);
  } catch (error) {
    const told = error.problem && error.problem.errors;
    const rest = told && error.problem.rule === 'form_invalid' ? drawn.showErrors(byPath(told)) : [];
    complain(given.words.wrong, [error.status ? error.message : given.words.offline, ...rest]);
    // What somebody else has done already cannot be done again: the page has to be looked at anew.
    if (error.status !== 409) button.removeAttribute('aria-disabled');
  }
}

if (complete) complete.addEventListener('click', () => submit(given.urls.complete, complete, { version: given.version, facts_hash: given.facts_hash }));
// Others are asked to sign after it: what is filled in goes along with who and why.
const asking = one('form[data-takes-form]');
if (asking) asking.addEventListener('submit', event => {
  if (event.submitter && event.submitter.formMethod === 'dialog') return;
  event.preventDefault();
  const words = new FormData(asking);
  asking.closest('dialog').close();
  saved(asking);
  submit(asking.action, one('[data-submit]', asking), {
    when: words.get('when'), reason: words.get('reason'), who: words.getAll('who'),
  });
});
if (save) save.addEventListener('click', () => drawn.settled().then(keep));
pane.dataset.ready = '';
