// At the counter: while an application is written, what is known of the applicant is looked up and told beside the form.
// Nothing is kept, and nothing keeps the form from being sent: the process looks again.
import { one } from './dom.js';
import { send } from './net.js';

const PAUSE = 700;
const pane = one('[data-task-form]');
const shown = one('[data-counter]');
const NAMES = ['customer_kind', 'customer_name', 'id_number', 'credit_code', 'phone', 'product', 'amount'];
let timer = null;
let last = '';

function draw(found) {
  shown.textContent = '';
  [['danger', 'stop', found.warnings], ['warn', 'warn', found.hints]].forEach(([kind, icon, lines]) => lines.forEach(line => {
    const box = document.createElement('div');
    box.className = `alert alert-${kind}`;
    box.innerHTML = '<svg class="i" aria-hidden="true"><use></use></svg><p></p>';
    one('use', box).setAttribute('href', `${document.documentElement.dataset.icons}#i-${icon}`);
    one('p', box).textContent = line;
    shown.append(box);
  }));
}

async function look(data) {
  const asked = Object.fromEntries(NAMES.filter(name => data[name] !== undefined && data[name] !== null).map(name => [name, data[name]]));
  const text = JSON.stringify(asked);
  if (text === last) return;
  last = text;
  try {
    const found = await send(shown.dataset.counter, { json: asked });
    if (text === last) draw(found);
  } catch {
    last = '';
  }
}

pane.addEventListener('form-edited', event => {
  clearTimeout(timer);
  timer = setTimeout(() => look(event.detail), PAUSE);
});
