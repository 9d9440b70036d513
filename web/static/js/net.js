// Requests that scripts make: same origin, with the anti-forgery token of the page. Knows nothing of what they carry.
import { one } from './dom.js';

export const csrf = () => (one('meta[name="csrf-token"]') || {}).content || '';

/** `fetch` with the token and, for plain objects, a JSON body. Rejects with the problem's own words when refused. */
export async function send(url, { method = 'POST', json, body, headers = {} } = {}) {
  const sent = { Accept: 'application/json', 'X-CSRFToken': csrf(), ...headers };
  if (json !== undefined) sent['Content-Type'] = 'application/json';
  const answer = await fetch(url, {
    method, headers: sent, credentials: 'same-origin', body: json === undefined ? body : JSON.stringify(json),
  });
  const isJson = /\bjson\b/.test(answer.headers.get('Content-Type') || '');
  const content = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) {
    const refusal = new Error((isJson && (content.detail || content.title)) || `HTTP ${answer.status}`);
    throw Object.assign(refusal, { status: answer.status, problem: isJson ? content : null });
  }
  return content;
}

document.addEventListener('htmx:configRequest', event => { event.detail.headers['X-CSRFToken'] = csrf(); });
