// Where a case stands, on its diagrams; a called process opens when its call is pressed. Knows only what the page gives.
import { one } from './dom.js';

const panel = one('[data-diagram]');
const canvas = one('[data-canvas]', panel);
const given = JSON.parse(document.getElementById('diagram-data').textContent);
const choice = one('[data-which]', panel);
const known = new Map(given.diagrams.map(entry => [entry.process, entry]));
let shown = null;

async function show(process) {
  const entry = known.get(process);
  if (!entry) return;
  const answer = await fetch(entry.url, { credentials: 'same-origin' });
  if (!answer.ok) { canvas.textContent = `HTTP ${answer.status}`; return; }
  if (shown) shown.destroy();
  shown = await window.LoanflowDiagram.show(canvas, {
    xml: await answer.text(), process, done: given.done, now: given.now, failed: given.failed, future: true,
    onSelect: ({ id }) => open(given.calls[id]),
  });
  canvas.dataset.shown = process;
}

function open(process) {
  if (!process || !known.has(process)) return;
  if (choice) choice.value = process;
  show(process);
}

if (choice) choice.addEventListener('change', () => show(choice.value));

// On a phone the diagram lies in a hidden pane, or far below: it is drawn when it comes into sight, with its real size.
const seen = new IntersectionObserver(entries => {
  if (!entries.some(entry => entry.isIntersecting)) return;
  seen.disconnect();
  show(given.main);
}, { rootMargin: '200px' });
seen.observe(canvas);
