// What the page says of itself: the file, addresses, and the words that only scripts show.
const read = id => JSON.parse(document.getElementById(id).textContent);

export const facts = read('designer-facts');
export const bundles = read('designer-bundles');
const words = read('designer-words');

/** A text by its name, with `%(name)s` filled in. */
export const say = (id, given = {}) =>
  Object.entries(given).reduce((said, [name, value]) => said.replaceAll(`%(${name})s`, value), words[id] || id);

/** Phones show, check and try; they do not edit. */
export const narrow = matchMedia('(max-width: 820px)').matches;

export const editAddress = (name, { element, line } = {}) => {
  const query = new URLSearchParams();
  if (element) query.set('element', element);
  if (line) query.set('line', line);
  const path = name.split('/').map(encodeURIComponent).join('/');
  return `${facts.urls.edit}${path}${query.size ? `?${query}` : ''}`;
};
