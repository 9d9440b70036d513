// Running the scenarios: results as they come, a way to stop, and what none of them has reached.
import { csrf } from '../net.js';
import { unsavedBody } from './checking.js';
import { cell, chip, count, el, table } from './draw.js';
import { editAddress, facts, say } from './facts.js';

const state = document.getElementById('trial-state');
const list = document.getElementById('trial-list');
const stop = document.getElementById('trial-stop');
const KEPT = `loanflow-trial:${facts.package}`;

function row({ name, file, ok, failure }) {
  const result = ok ? chip('ok', 'check', say('passed')) : chip('danger', 'x', say('failed'));
  const link = el('a', { class: 't1', href: editAddress(file), lang: 'zh' }, name);
  return el('tr', {}, cell('nowrap c-l c-1', result), cell('wrap c-w c-2', link), cell('wrap small c-w c-3', failure ? el('span', { lang: 'en' }, failure) : ''),
    cell('nowrap mono small c-off', file.replace('scenarios/', '')));
}

function missedLine(missed, select) {
  const here = missed.filter(({ file }) => file === facts.name);
  const parts = [...here, ...missed.filter(one => !here.includes(one))].map(({ id, name, file }) => (file === facts.name
    ? el('button', { type: 'button', class: 'as-link', onclick: () => select(id) }, name || id)
    : el('a', { href: editAddress(file, { element: id }), title: file }, name || id)));
  return el('p', { class: 'small soft missed', lang: 'zh' }, el('span', {}, say('missed')), ...parts);
}

function drawCoverage({ visited, missed }) {
  const total = visited + missed.length;
  document.getElementById('coverage').hidden = false;
  document.getElementById('coverage-words').textContent = `${visited} / ${total}`;
  const bar = document.getElementById('coverage-bar');
  bar.setAttribute('aria-label', `${visited} / ${total}`);
  bar.querySelector('line').setAttribute('x2', `${total ? Math.round((1000 * visited) / total) / 10 : 0}%`);
}

/** Draws a trial, finished or not. */
function draw({ results, total, coverage }, select) {
  const passed = results.filter(({ ok }) => ok).length;
  count('scenarios', `${passed} / ${total}`);
  const order = [...results].sort((one, other) => one.ok - other.ok);
  const heads = ['result', 'scenario', 'said', 'place'].map(id => say(id));
  const parts = results.length ? [table(heads, order.map(row), say('scenario'))] : [];
  if (coverage) {
    drawCoverage(coverage);
    if (coverage.missed.length) parts.unshift(missedLine(coverage.missed, select));
  }
  list.replaceChildren(...parts);
  return { passed, failed: results.length - passed };
}

async function* lines(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    for (const part of parts.filter(Boolean)) yield JSON.parse(part);
  }
}

async function ask(editor, dirty, signal) {
  const headers = { 'X-CSRFToken': csrf(), Accept: 'application/json' };
  const answer = await fetch(facts.urls.trial, { method: 'POST', headers, body: await unsavedBody(editor, dirty), signal, credentials: 'same-origin' });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => ({}));
  throw new Error(problem.detail || `HTTP ${answer.status}`);
}

/** Runs all scenarios of the draft. Resolves to the trial {results, total, coverage} as far as it came. */
export async function tryOut(editor, dirty, { select, version }) {
  const trial = { results: [], total: 0, coverage: null, error: null };
  const aborting = new AbortController();
  const halt = () => aborting.abort();
  stop.hidden = false;
  stop.addEventListener('click', halt);
  try {
    for await (const told of lines(await ask(editor, dirty, aborting.signal))) {
      if (told.total !== undefined) trial.total = told.total;
      if (told.scenario) trial.results.push(told.scenario);
      if (told.coverage) trial.coverage = told.coverage;
      if (told.error) trial.error = told.error;
      draw(trial, select);
      state.textContent = say('running', { done: trial.results.length, total: trial.total });
    }
    state.textContent = trial.error || say('summary', draw(trial, select));
  } catch (error) {
    state.textContent = error.name === 'AbortError' ? say('stopped') : say('trialFailed', { why: error.message });
  } finally {
    stop.hidden = true;
    stop.removeEventListener('click', halt);
  }
  if (trial.coverage && !dirty) keep({ ...trial, version });
  return trial;
}

function keep(trial) {
  try { sessionStorage.setItem(KEPT, JSON.stringify(trial)); } catch { /* private window: for this page only */ }
}

/** What was found out earlier of the very same draft, drawn again; null when there is nothing. */
export function recall(version, select) {
  try {
    const trial = JSON.parse(sessionStorage.getItem(KEPT));
    if (!trial || trial.version !== version) return null;
    state.textContent = say('summary', draw(trial, select)) + say('earlier');
    return trial;
  } catch {
    return null;
  }
}
