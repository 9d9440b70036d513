// Others are asked to sign after a step without a form of its own: the variables written on the page go along.
import { all, one } from './dom.js';

const asking = one('form[data-takes-form]');
if (asking) asking.addEventListener('formdata', event => {
  all('.task-pane [name^="name-"], .task-pane [name^="kind-"], .task-pane [name^="value-"]')
    .forEach(field => event.formData.set(field.name, field.value));
});
