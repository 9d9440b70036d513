// form-js has no translation service: while it is bundled, its few fixed words are wrapped in a call of ours, and what
// loses typed text is mended. What is no longer there fails the build, so that an update can lose neither in silence.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const WRAPPED = [
  "placeholder: 'Search'", "undefined : 'Search'", "emptyListMessage = 'No results'", "'No results' : 'All values selected'",
  "children: valueLabel || 'Select'", "title: \"Remove tag\"", "\"aria-label\": \"Increment\"", "\"aria-label\": \"Decrement\"",
  "'Date and time must both be entered.'", "children: \"Nothing to show.\"", "\" \", 'Add new'", "\" \", 'Collapse'",
  "\"aria-label\": \"Previous page\"", "\"aria-label\": \"Next page\"", "'No files selected'",
];
// While typing pauses for less than 300 ms, form-js knows an older text than the field holds, and whatever makes it redraw
// meanwhile (it does so 300 ms after a number was left) would write the older one over it: what is being typed is drawn.
const TYPED = [
  ['return [debounceFunc, flushFunc];', 'const typed = () => lastArgsRef.current && lastArgsRef.current[0].target.value;\n  return [debounceFunc, flushFunc, typed];'],
  ['const [onChange, flushOnChange] = useFlushDebounce(({', 'const [onChange, flushOnChange, typed] = useFlushDebounce(({'],
  ['type: "text",\n        value: value,', 'type: "text",\n        value: typed() ?? value,'],
  ['onFocus: onInputFocus,\n      value: value,\n      ref: textareaRef', 'onFocus: onInputFocus,\n      value: typed() ?? value,\n      ref: textareaRef'],
];
// Dates are written as people write them here, whatever the browser is set to.
const REPLACED = [
  ['`Remove list item ${itemIndex + 1}`', '`${$words("Remove list item")} ${itemIndex + 1}`'],
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
      for (const [from, to] of [...WRAPPED.map(snippet => [snippet, wrapValue(snippet)]), ...TYPED, ...REPLACED]) {
        if (!contents.includes(from)) throw new Error(`form-js no longer contains ${from}`);
        contents = contents.split(from).join(to);
      }
      const words = JSON.stringify(join(root, 'src/forms/words.js'));
      return { contents: `import { word as $words } from ${words};\n${contents}`, loader: 'js' };
    });
  },
});
