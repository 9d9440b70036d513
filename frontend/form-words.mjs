// form-js has no translation service: while it is bundled, its few fixed words are wrapped in a call of ours.
// A word that is no longer there fails the build, so that an update cannot lose a translation in silence.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const WRAPPED = [
  "placeholder: 'Search'", "undefined : 'Search'", "emptyListMessage = 'No results'", "'No results' : 'All values selected'",
  "children: valueLabel || 'Select'", "title: \"Remove tag\"", "\"aria-label\": \"Increment\"", "\"aria-label\": \"Decrement\"",
  "'Date and time must both be entered.'", "children: \"Nothing to show.\"", "\" \", 'Add new'", "\" \", 'Collapse'",
  "\"aria-label\": \"Previous page\"", "\"aria-label\": \"Next page\"", "'No files selected'",
];
// Dates are written as people write them here, whatever the browser is set to.
const REPLACED = [
  ['`Expand all (${values.length - 1})`', '`${$words("Expand all")} (${values.length - 1})`'],
  ["function getLocaleDateFormat(locale = 'default') {", "function getLocaleDateFormat() {\n  return 'yyyy-MM-dd';\n}\nfunction browserDateFormat(locale = 'default') {"],
];

const WORD = /(['"])((?:(?!\1).)*[A-Z](?:(?!\1).)*)\1/g;
const wrap = snippet => snippet.replace(WORD, (whole, quote, word) => `$words(${JSON.stringify(word)})`);
const wrapValue = snippet => {
  const colon = snippet.startsWith('"aria-label"') ? snippet.indexOf(':') + 1 : 0;
  return snippet.slice(0, colon) + wrap(snippet.slice(colon));
};

export const formWords = root => ({
  name: 'form-words',
  setup(build) {
    build.onLoad({ filter: /form-js-viewer\/dist\/index\.es\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, 'utf8');
      for (const [from, to] of [...WRAPPED.map(snippet => [snippet, wrapValue(snippet)]), ...REPLACED]) {
        if (!contents.includes(from)) throw new Error(`form-js no longer contains ${from}`);
        contents = contents.split(from).join(to);
      }
      const words = JSON.stringify(join(root, 'src/forms/words.js'));
      return { contents: `import { word as $words } from ${words};\n${contents}`, loader: 'js' };
    });
  },
});
