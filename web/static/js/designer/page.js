// The designer's page of one file: puts editor, saving, checking, scenarios and differences together.
import { one } from '../dom.js';
import { changed, saved } from '../forms.js';
import { toast } from '../toasts.js';
import { check, reveal, show } from './checking.js';
import { count } from './draw.js';
import { openEditor } from './editors.js';
import { showElements } from './elements.js';
import { facts, narrow, say } from './facts.js';
import { Marks } from './marks.js';
import { save, savedVersion, showUnsaved } from './saving.js';
import { recall, tryOut } from './trying.js';

const QUIET_MS = 2000;
const page = one('#designer');
const wanted = new URLSearchParams(location.search);
let editor;
let marks = null;
let dirty = false;
let edits = 0;
let errors = 0;

const showTab = id => one(`#tab-${id}`).click();
const select = id => editor.select && editor.select(id);

function goTo({ element, line }) {
  if (editor.goTo && line) editor.goTo(Number(line));
  else if (element) { select(element); reveal(element); }
}

// --- checking: at once when asked, and by itself when the designer pauses

let checking = null;
let again = false;
let timer;

async function checkNow() {
  if (checking) { again = true; return; }
  const unsaved = dirty;
  const at = edits;
  checking = check(editor, unsaved);
  const found = await checking;
  checking = null;
  if (found) {
    errors = found.errors;
    show(found, goTo, unsaved);
    if (marks) marks.findings(found.findings.filter(({ file }) => file === facts.name));
    const button = one('#deploy-open');
    button.title = errors ? say('errorsFirst', { n: errors }) : '';
    if (errors) button.setAttribute('aria-disabled', 'true'); else button.removeAttribute('aria-disabled');
    page.dataset.checked = at; // how many edits the findings know of
  }
  if (again) { again = false; checkNow(); }
}

function edited() {
  dirty = true;
  edits += 1;
  changed(page);
  showUnsaved();
  clearTimeout(timer);
  timer = setTimeout(checkNow, QUIET_MS);
}

// --- saving

async function saveNow() {
  if (narrow) return;
  // Ending what is being typed is an edit too: the text comes first, then the count.
  const text = await editor.text();
  const at = edits;
  const done = await save(text);
  if (done === 'drop') { saved(page); location.reload(); return; }
  if (done !== 'saved') return;
  if (at === edits) { dirty = false; saved(page); }
  refreshChanges();
  checkNow();
}

document.addEventListener('keydown', event => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== 's') return;
  event.preventDefault();
  saveNow();
}, true);
one('#save').addEventListener('click', saveNow);
one('#undo').addEventListener('click', () => editor.undo && editor.undo());
one('#redo').addEventListener('click', () => editor.redo && editor.redo());
one('#check').addEventListener('click', () => { showTab('findings'); checkNow(); });

// Deploying takes what is saved: what is not must not be forgotten.
one('#deploy-open').addEventListener('click', event => {
  if (!errors && !dirty) return;
  event.preventDefault();
  event.stopPropagation();
  if (errors) showTab('findings');
  toast(errors ? say('errorsFirst', { n: errors }) : say('saveFirst'), { kind: 'warn' });
});

// --- scenarios

async function trial() {
  const button = one('#trial');
  if (button.disabled) return;
  button.disabled = true;
  showTab('scenarios');
  const { coverage } = await tryOut(editor, dirty, { select, version: savedVersion() });
  if (coverage && marks) marks.uncovered(coverage.missed.map(({ id }) => id));
  button.disabled = false;
}
one('#trial').addEventListener('click', trial);

// --- differences: fetched when someone looks

function refreshChanges() {
  const list = one('#changes-list');
  if (one('#changes').hidden) { list.textContent = ''; return; }
  window.htmx.trigger(list, 'changes-wanted');
}
async function showChanges() {
  window.htmx.trigger(one('#changes-list'), 'changes-wanted');
  if (editor) await showElements(one('#elements'), await editor.text(), select);
}
one('#tab-changes').addEventListener('tab:shown', showChanges);
document.addEventListener('htmx:afterSettle', event => {
  if (event.target.id === 'changes-list') count('changes', event.target.querySelectorAll('.change').length);
});

// --- the lower part can be folded away

const fold = one('#fold');
function setFold(closed) {
  page.classList.toggle('folded', closed);
  fold.setAttribute('aria-expanded', !closed);
}
fold.addEventListener('click', () => {
  const closed = !page.classList.contains('folded');
  setFold(closed);
  try { localStorage.setItem('loanflow-designer-folded', closed ? '1' : ''); } catch { /* private window */ }
});
one('.dock .tabs').addEventListener('click', () => setFold(false));
try { if (!narrow) setFold(Boolean(localStorage.getItem('loanflow-designer-folded'))); } catch { /* private window */ }

// --- opening

async function open() {
  const stage = one('#stage');
  if (facts.text === null) { stage.textContent = say('notText'); return; }
  editor = await openEditor(stage, facts.text, {
    onChange: edited,
    onSelect: ({ id }) => reveal(id),
    failed: error => toast(say('openFailed', { why: error.message }), { kind: 'warn' }),
  });
  if (editor.tool) marks = new Marks(editor.tool, id => { showTab('findings'); select(id); reveal(id); });
  goTo({ element: wanted.get('element'), line: wanted.get('line') });
  const earlier = recall(savedVersion(), select);
  if (earlier && marks) marks.uncovered(earlier.coverage.missed.map(({ id }) => id));
  if (!one('#changes').hidden) showChanges();
  page.dataset.ready = '1';
  await checkNow();
}
open();
