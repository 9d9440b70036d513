// The few shorthands that every behaviour uses.
export const one = (selector, root = document) => root.querySelector(selector);
export const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// Texts that only scripts show come translated with the page: <script type="application/json" id="texts">.
const texts = (() => {
  const holder = document.getElementById('texts');
  return holder ? JSON.parse(holder.textContent) : {};
})();
export const text = id => texts[id] || id;

/** Run `found` for every match on the page now, and for those that htmx brings later. */
export function each(selector, found) {
  const visit = root => {
    if (root.matches && root.matches(selector)) found(root);
    all(selector, root).forEach(found);
  };
  visit(document);
  document.addEventListener('htmx:load', event => visit(event.detail.elt));
}

/** A small line icon from the sprite, with the classes given. */
export function icon(name, classes = 'i') {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  const use = document.createElementNS(ns, 'use');
  svg.setAttribute('class', classes);
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', `${document.documentElement.dataset.icons}#i-${name}`);
  svg.append(use);
  return svg;
}
