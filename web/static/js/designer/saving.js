// Saving a file under the version that was seen; when somebody was quicker, both are shown and the designer chooses.
import { icon, one } from '../dom.js';
import { csrf, send } from '../net.js';
import { toast } from '../toasts.js';
import { chip } from './draw.js';
import { facts, say } from './facts.js';

const words = one('#saved');
let version = facts.version;
let draftVersion = facts.draftVersion;

export const savedVersion = () => draftVersion;

function remember(state) {
  version = state.version;
  draftVersion = state.draft_version;
  document.querySelectorAll('[data-file-version]').forEach(field => { field.value = version; });
  document.querySelectorAll('[data-draft-version]').forEach(field => { field.value = draftVersion; });
  const look = { changed: ['warn', 'pen', 'draft'], added: ['info', 'plus', 'added'] }[state.state] || ['plain', 'check', 'asDeployed'];
  one('#state').replaceChildren(chip(look[0], look[1], say(look[2])));
  words.textContent = state.by ? say('savedAt', { who: state.by, when: state.at }) : '';
}

export function showUnsaved() {
  words.replaceChildren(icon('pen', 'i i-s'), ` ${say('unsaved')}`);
}

async function theirs(text) {
  const body = new FormData();
  body.append('files', new File([text], facts.name), facts.name);
  const answer = await fetch(facts.urls.compare, { method: 'POST', body, headers: { 'X-CSRFToken': csrf() }, credentials: 'same-origin' });
  return answer.ok ? answer.text() : '';
}

/** Asks what to do about a file that somebody else saved meanwhile: resolves to `over`, `drop`, or null. */
async function settle(problem, text) {
  const box = one('#conflict');
  one('#conflict-words').textContent = problem.detail;
  one('#conflict-lines').innerHTML = await theirs(text); // our own template, which escapes
  box.showModal();
  return new Promise(resolve => {
    const choose = chosen => () => { box.close(); resolve(chosen); };
    one('#conflict-over').onclick = choose('over');
    one('#conflict-drop').onclick = choose('drop');
    box.addEventListener('close', () => resolve(null), { once: true });
  });
}

async function put(text, seen) {
  return send(facts.urls.save, {
    method: 'PUT', body: text, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'If-Match': `"${seen}"` },
  });
}

/** Saves `text`. Resolves to `saved`, `drop` (the designer wants what the other saved) or null. */
export async function save(text, seen = version) {
  try {
    remember(await put(text, seen));
    toast(say('saved'));
    return 'saved';
  } catch (error) {
    if (error.status !== 409 || !error.problem || error.problem.version === undefined) {
      toast(say('saveFailed', { why: error.message }), { kind: 'danger' });
      return null;
    }
    const chosen = await settle(error.problem, text);
    return chosen === 'over' ? save(text, error.problem.version) : chosen;
  }
}
