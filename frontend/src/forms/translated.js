// A schema with its labels in another language: the package's own map from the Chinese text to the English.
const SHOWN = ['label', 'description', 'placeholder', 'text', 'content', 'dateLabel', 'timeLabel', 'title', 'alt'];
const APPEARANCE = ['prefixAdorner', 'suffixAdorner'];

function put(target, names, words) {
  names.forEach(name => { if (target && words[target[name]]) target[name] = words[target[name]]; });
}

export function translated(schema, words) {
  if (!words) return schema;
  const copy = JSON.parse(JSON.stringify(schema));
  const visit = field => {
    put(field, SHOWN, words);
    put(field.appearance, APPEARANCE, words);
    put(field.validate, ['patternErrorMessage'], words);
    [...(field.values || []), ...(field.columns || [])].forEach(option => put(option, ['label'], words));
    (field.components || []).forEach(visit);
  };
  visit(copy);
  return copy;
}
