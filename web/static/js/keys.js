// The keyboard: / j k x c Enter, g and a letter, ?, Ctrl+Enter. Letters are ignored while someone types.
import { one } from './dom.js';
import { submit } from './forms.js';
import { move, press, toggle } from './lists.js';

const TYPING = 'input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], dialog[open], '
  + '.djs-container, .bio-properties-panel, .fjs-container';
let going = false;

const focusSearch = () => { const field = one('[data-key="/"]'); if (field) field.focus(); };
const openHelp = () => { const box = document.getElementById('keys'); if (box && box.showModal) box.showModal(); };
const go = letter => { const link = one(`[data-go="${letter}"]`); if (link) link.click(); };
const pressEnter = event => event.target === document.body && press('a.t1');

const ACTIONS = {
  '/': focusSearch, '?': openHelp, j: () => move(1), k: () => move(-1), x: toggle, c: () => press('[data-claim]'),
};

document.addEventListener('keydown', event => {
  if ((event.ctrlKey || event.metaKey) && event.key === 'Enter') { event.preventDefault(); submit(); return; }
  if (event.target.closest(TYPING) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (going && /^[a-z]$/.test(event.key)) { going = false; event.preventDefault(); go(event.key); return; }
  going = event.key === 'g';
  if (event.key === 'Enter') { if (pressEnter(event)) event.preventDefault(); return; }
  if (ACTIONS[event.key]) { event.preventDefault(); ACTIONS[event.key](); }
});
