// window.LoanflowForm: fills in and edits form-js forms. The browser's checks are a courtesy; the server decides.
import { Form } from '@bpmn-io/form-js-viewer';
import { FormEditor } from '@bpmn-io/form-js-editor';
import flatpickr from 'flatpickr';
import { Mandarin } from 'flatpickr/dist/l10n/zh.js';
import { english } from 'flatpickr/dist/l10n/default.js';
import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '@bpmn-io/form-js-editor/dist/assets/form-js-editor.css';
import './forms.css';
import { translateDom } from '../shared/domwords.js';
import { pageLocale } from '../shared/translate.js';
import { editorWords } from './editor-words.js';
import { translated } from './translated.js';
import { trueOnly } from './true-only.js';
import { complaint, speak } from './words.js';

function speakEverywhere(locale) {
  speak(locale);
  flatpickr.localize(locale === 'zh' ? { ...Mandarin, rangeSeparator: ' 至 ' } : english);
}

/** Say what the validator finds in the form's language. */
function complainIn(form) {
  const validator = form.get('validator');
  const check = validator.validateFieldInstance.bind(validator);
  validator.validateFieldInstance = (...given) => check(...given).map(complaint);
}

/** Errors of the server, by the path of the field's value (`amount`, `items.0.price`), shown at their fields. */
function showErrors(form, errors) {
  const byPath = new Map(Object.entries(errors));
  const shown = {};
  form.get('formFieldInstanceRegistry').getAllKeyed().forEach(({ id, valuePath, indexes }) => {
    const told = byPath.get(valuePath.join('.')) || byPath.get(valuePath.map(String).join('/'));
    if (!told) return;
    byPath.delete(valuePath.join('.'));
    const keys = [id, ...Object.values(indexes || {})];
    const last = keys.pop();
    const place = keys.reduce((at, key) => (at[key] = at[key] || {}), shown);
    place[last] = [].concat(told);
  });
  form._setState({ errors: shown });
  return [...byPath.values()].flat();
}

const isEmpty = errors => !errors || Object.keys(errors).length === 0;

function focusFirstError(container) {
  const first = container.querySelector('.fjs-has-errors input, .fjs-has-errors textarea, .fjs-has-errors select, .fjs-has-errors [tabindex]');
  if (first) first.focus();
}

/** Ctrl+Enter sends, unless the page has a button of its own for it. */
function sendByKey(container, submit) {
  container.addEventListener('keydown', event => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== 'Enter' || document.querySelector('[data-submit]')) return;
    event.preventDefault();
    event.stopPropagation();
    submit();
  });
}

const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));

/** Leave the field one is in: then its text reaches the form, a date two frames later. */
async function settled(container) {
  if (container.contains(document.activeElement)) document.activeElement.blur();
  await frame();
  await frame();
}

/**
 * Draw `schema` in `container`. `data` are the variables it starts with; `words` translates its labels;
 * `onChange(data, errors)` and `onSubmit(data)` report. Resolves to
 * {data(), settled(), validate(), submit(), showErrors({path: message}) -> messages without a field, setReadonly(on), destroy()}.
 */
export async function mount(container, { schema, data = {}, readonly = false, locale = pageLocale(), words, onChange, onSubmit }) {
  speakEverywhere(locale);
  container.classList.add('lf-form');
  const form = new Form({ container, additionalModules: [trueOnly] });
  complainIn(form);
  await form.importSchema(translated(schema, words), data);
  if (readonly) form.setProperty('readOnly', true);
  const submit = () => {
    const { data: given, errors } = form.submit();
    if (!isEmpty(errors)) { focusFirstError(container); return false; }
    if (onSubmit) onSubmit(given);
    return true;
  };
  if (onChange) form.on('changed', ({ data: given, errors }) => onChange(given, errors));
  container.addEventListener('submit', event => { event.preventDefault(); event.stopPropagation(); submit(); }, true);
  sendByKey(container, submit);
  return {
    form,
    data: () => form._getSubmitData(),
    settled: () => settled(container),
    validate: () => { const errors = form.validate(); if (!isEmpty(errors)) focusFirstError(container); return errors; },
    submit,
    showErrors: errors => { const rest = showErrors(form, errors); focusFirstError(container); return rest; },
    setReadonly: on => form.setProperty('readOnly', on),
    destroy: () => form.destroy(),
  };
}

/** Edit `schema` in `container`; `onChange(schema)` reports. Resolves to {schema(), importSchema(schema), destroy()}. */
export async function edit(container, { schema, locale = pageLocale(), onChange }) {
  speakEverywhere(locale);
  container.classList.add('lf-form-editor');
  const stop = locale === 'zh'
    ? translateDom(container, '.fjs-palette-container, .fjs-properties-container, .fjs-context-pad, .fjs-empty-component, .fjs-empty-editor, .fjs-form-field-placeholder', editorWords)
    : () => {};
  const editor = new FormEditor({ container });
  await editor.importSchema(schema || { type: 'default', components: [] });
  if (onChange) editor.on('changed', () => onChange(editor.saveSchema()));
  return {
    editor,
    schema: () => editor.saveSchema(),
    importSchema: next => editor.importSchema(next),
    destroy: () => { stop(); editor.destroy(); },
  };
}

window.LoanflowForm = { edit, mount };
