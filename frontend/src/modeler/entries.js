// Entries of the properties panel for attributes of our namespace. Labels are English keys, translated like all others.
import { CheckboxEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextFieldEntryEdited, SelectEntry, TextFieldEntry } from '@bpmn-io/properties-panel';
import { useService } from 'bpmn-js-properties-panel';

const named = property => `loanflow:${property}`;

/** How an attribute is read and written; on the element's own business object unless `of(element)` names another. */
function useAttribute(element, property, of) {
  const modeling = useService('modeling');
  const owner = of ? of(element) : element.businessObject;
  return {
    getValue: () => owner.get(named(property)),
    setValue: value => modeling.updateModdleProperties(element, owner, { [named(property)]: value || undefined }),
  };
}

/** One line of text. `check(value, element, services)` gives an error or nothing; `of` as above. */
export function text(property, label, { description, check, of, options } = {}) {
  function Entry({ element, id }) {
    const translate = useService('translate');
    const debounce = useService('debounceInput');
    const registry = useService('elementRegistry');
    const { steps: others = [] } = useService('loanflowOptions');
    const attribute = useAttribute(element, property, of);
    const shared = { element, id, label: translate(label), description: description && translate(description) };
    return TextFieldEntry({
      ...shared, debounce, getValue: () => attribute.getValue() || '', setValue: attribute.setValue,
      validate: value => (check ? check(value, { element, registry, others, translate }) : undefined),
    });
  }
  return { id: `loanflow-${property}`, component: Entry, isEdited: isTextFieldEntryEdited, options };
}

/** One of several values: `choices(services) -> [{value, label}]`, labels already in the person's language; `of` as above. */
export function choice(property, label, choices, { description, of } = {}) {
  function Entry({ element, id }) {
    const translate = useService('translate');
    const attribute = useAttribute(element, property, of);
    return SelectEntry({
      element, id, label: translate(label), description: description && translate(description),
      getValue: () => attribute.getValue() || '', setValue: attribute.setValue, getOptions: () => choices(translate, attribute.getValue()),
    });
  }
  return { id: `loanflow-${property}`, component: Entry, isEdited: isSelectEntryEdited };
}

export function flag(property, label, { description } = {}) {
  function Entry({ element, id }) {
    const translate = useService('translate');
    const attribute = useAttribute(element, property);
    return CheckboxEntry({
      element, id, label: translate(label), description: description && translate(description),
      getValue: () => Boolean(attribute.getValue()), setValue: attribute.setValue,
    });
  }
  return { id: `loanflow-${property}`, component: Entry, isEdited: isCheckboxEntryEdited };
}
