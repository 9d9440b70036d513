// Tables and small pieces, built node by node: what designers write is only ever text.
import { icon } from '../dom.js';

/** An element with attributes and children; strings become text. */
export function el(name, given = {}, ...children) {
  const node = document.createElement(name);
  Object.entries(given).forEach(([key, value]) => {
    if (value === undefined || value === null || value === false) return;
    if (key === 'onclick') node.addEventListener('click', value);
    else node.setAttribute(key, value === true ? '' : value);
  });
  node.append(...children.filter(child => child !== null && child !== undefined && child !== ''));
  return node;
}

export const chip = (kind, shape, words) => el('span', { class: `chip chip-${kind}` }, icon(shape), words);

/** A table of `heads` with `rows` of cells; an empty one is nothing. */
export function table(heads, rows, caption) {
  const head = el('tr', {}, ...heads.map(words => el('th', { scope: 'col' }, words)));
  return el('div', { class: 'scroll-x' }, el('table', { class: 'grid tight cards' },
    el('caption', { class: 'sr' }, caption), el('thead', {}, head), el('tbody', {}, ...rows)));
}

export const cell = (classes, ...children) => el('td', { class: classes }, ...children);

/** The number on a tab. */
export function count(panel, number) {
  const badge = document.querySelector(`#tab-${panel} .count`);
  if (badge) badge.textContent = number;
}
