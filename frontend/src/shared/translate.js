// The `translate` service of bpmn.io's tools for one language. Words without a translation stay as they are.
const fill = (template, replacements = {}) =>
  template.replace(/{([^}]+)}/g, (whole, name) => (name in replacements ? replacements[name] : whole));

/** A module for `additionalModules`; `missed`, if given, is told each word that has no translation. */
export function translation(words, missed) {
  const translate = (template, replacements) => {
    const own = words && Object.prototype.hasOwnProperty.call(words, template);
    if (words && !own && missed) missed(template);
    return fill(own ? words[template] : template, replacements);
  };
  return { translate: ['value', translate] };
}

/** The page's language: `zh` or `en`. */
export const pageLocale = () => (document.documentElement.lang.startsWith('en') ? 'en' : 'zh');
