// Puts the rules of lending into the properties panel: who may do a step, by when, under whose authority, and what runs.
// Covers every attribute and element of the namespace urn:loanflow:bpmn:1.
import { Group } from '@bpmn-io/properties-panel';
import { is } from 'bpmn-js/lib/util/ModelUtil';
import { choice, flag, text } from './entries.js';
import { extensionGroup } from './extensions.js';

const ISO_DURATION = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;

const timer = element => (element.businessObject.eventDefinitions || []).some(part => part.$type === 'bpmn:TimerEventDefinition');

/** The message an element sends or waits for. */
function messageOf(element) {
  const own = element.businessObject;
  const definition = (own.eventDefinitions || []).find(part => part.$type === 'bpmn:MessageEventDefinition');
  return (definition && definition.messageRef) || (is(element, 'bpmn:ReceiveTask') && own.messageRef) || null;
}

/** Words that must all be ids of elements of this diagram, or of `others` of the package. */
function steps(value, { registry, others, translate }) {
  const unknown = (value || '').split(/[\s,]+/).filter(id => id && !registry.get(id) && !others.includes(id));
  return unknown.length ? translate('No such step: {ids}', { ids: unknown.join(' ') }) : undefined;
}

const calendar = text => choice('calendar', 'Counted in', translate => [
  { value: '', label: translate(text) }, { value: 'working', label: translate('Working time') }, { value: 'natural', label: translate('Natural time') },
]);

const operation = names => (names.length
  ? choice('operation', 'Operation', (translate, current) => [
    { value: '', label: translate('None') },
    ...[...new Set([...names, current].filter(Boolean))].map(name => ({ value: name, label: name })),
  ])
  : text('operation', 'Operation', { description: 'Such as loan.disburse; runs in the same transaction' }));

const LAST = 100;
// What Camunda's panel offers and our engine refuses: not shown, so that nobody fills it in for nothing.
const NOT_RUN = new Set([
  'Errors', 'StartInitiator', 'AsynchronousContinuations', 'JobExecution', 'FieldInjection', 'HistoryCleanup', 'Tasklist', 'FormData',
  'ExecutionListener', 'TaskListener', 'ConnectorInput', 'ConnectorOutput', 'ExtensionProperties', 'BusinessKey', 'ExternalTask',
].map(name => `CamundaPlatform__${name}`));

const options = (...pairs) => translate => pairs.map(([value, label]) => ({ value, label: translate(label) }));
const PEOPLE = [
  choice('function', 'What it decides of a loan', options(
    ['', 'As its duties say'], ['investigation', 'Investigation'], ['review', 'Review'], ['approval', 'Approval'], ['disbursement', 'Disbursement'],
    ['none', 'None of these: it only prepares'],
  ), { description: 'No two of these may fall to one person; the check sees to it' }),
  text('separateFrom', 'Not the person of', { description: 'Ids of steps, separated by blanks: nobody does both in one case', check: steps }),
  text('sameAs', 'The person of', { description: 'Id of the step whose person does this one too', check: steps }),
  flag('recuse', 'Recusal of related persons', { description: 'Not for someone related to the customer or a guarantor' }),
  text('authority', 'Power needed', { description: 'Name of the power whose limit must cover the amount, such as approve_loan' }),
  text('authorityOf', 'Variable with the amount', { description: 'amount, if empty' }),
  text('sealedUntil', 'Sealed until', { description: 'Ids of steps: what was given here is hidden until they are completed too', check: steps }),
];
/** What moves are declared on: a user task, or the process, whose shape may be its pool. */
const moved = element => (is(element, 'bpmn:Participant') ? element.businessObject.processRef : element.businessObject);
const movable = element => ['bpmn:UserTask', 'bpmn:Process'].some(type => is(element, type)) || (is(element, 'bpmn:Participant') && moved(element));
const move = (property, label, ...pairs) => choice(property, label, options(['', 'As the process says (default: allowed)'], ...pairs), { of: moved });
const allowance = (property, label) => move(property, label, ['true', 'Allowed'], ['false', 'Not allowed']);
const MOVES = [
  text('returnTo', 'May be returned to', {
    description: 'Ids of steps, separated by blanks; none forbids it; every earlier step, if empty', of: moved,
    check: (value, services) => (value === 'none' ? undefined : steps(value, services)),
  }),
  move('returnResume', 'After a return', ['between', 'Through the steps between'], ['back', 'Straight back'], ['between back', 'Either']),
  move('cosign', 'Others may sign', ['before', 'Before it'], ['after', 'After it'], ['before after', 'Before or after it'], ['none', 'Not allowed']),
  allowance('withdraw', 'Withdrawing'), allowance('transfer', 'Transferring'), allowance('delegate', 'Delegating'), allowance('pause', 'Pausing the clock'),
];
const DUTY = text('duty', 'Duties fulfilled', { description: 'Such as INV-1 INV-7' });
const ROLE = text('role', 'Role of the lane', { description: 'Of its steps that name no candidate groups; the lane\'s name, if empty' });
const PAYLOAD = text('payload', 'What it may set', { description: 'Names of variables; all of the payload, if empty', of: messageOf });

const escalationTitle = item => [item.after, item.notify && `→ ${item.notify}`, item.reassign && `⇒ ${item.reassign}`].filter(Boolean).join(' ') || '…';

function checkedDuration(translate) {
  return item => (item.after && !ISO_DURATION.test(item.after) && !/^[$=]/.test(item.after)
    ? `${translate('Not a duration')}: ${item.after}` : escalationTitle(item));
}

/** A provider for bpmn-js-properties-panel; `loanflowOptions` are the `operations` that a step may call and the `steps` of other diagrams. */
export default class LoanflowProvider {
  static $inject = ['propertiesPanel', 'injector', 'translate', 'loanflowOptions'];

  constructor(propertiesPanel, injector, translate, loanflowOptions) {
    this.injector = injector;
    this.translate = translate;
    this.operation = operation(loanflowOptions.operations || []);
    propertiesPanel.registerProvider(LAST, this);
  }

  getGroups(element) {
    return groups => [...groups.filter(group => !NOT_RUN.has(group.id)), ...this.own(element)];
  }

  own(element) {
    if (element.type === 'label') return [];
    const message = messageOf(element);
    return [
      is(element, 'bpmn:Lane') && this.group('lane', 'Loanflow: role', [ROLE]),
      is(element, 'bpmn:UserTask') && this.group('people', 'Loanflow: people and separation', PEOPLE),
      movable(element) && this.group('moves', 'Loanflow: moves', MOVES),
      is(element, 'bpmn:UserTask') && this.group('due', 'Loanflow: deadline', [calendar('Working time (default)')]),
      is(element, 'bpmn:UserTask') && this.escalations(element),
      timer(element) && this.group('timer', 'Loanflow: timer', [calendar('Natural time (default)')]),
      this.works(element) && this.group('work', 'Loanflow: work', [this.operation]),
      is(element, 'bpmn:Activity') && this.group('duty', 'Loanflow: duties', [DUTY]),
      message && this.correlation(element, message),
      message && this.group('message', 'Loanflow: message', [PAYLOAD]),
    ].filter(Boolean);
  }

  works(element) {
    return ['bpmn:UserTask', 'bpmn:ServiceTask', 'bpmn:SendTask'].some(type => is(element, type));
  }

  group(id, label, entries) {
    return { id: `loanflow-${id}`, label: this.translate(label), component: Group, entries };
  }

  escalations(element) {
    return extensionGroup({
      element, owner: element.businessObject, injector: this.injector, id: 'loanflow-escalations',
      label: this.translate('Loanflow: escalation'), type: 'loanflow:Escalation', fresh: { after: 'P1D' },
      title: checkedDuration(this.translate),
      attributes: [['after', 'After the due date', 'ISO 8601, such as P1D, in the calendar of the step'],
        ['notify', 'Notify', 'A role, or assignee'], ['reassign', 'Reassign to', 'A role']],
    });
  }

  correlation(element, message) {
    return extensionGroup({
      element, owner: message, injector: this.injector, id: 'loanflow-correlation',
      label: this.translate('Loanflow: correlation keys'), type: 'loanflow:Correlation', fresh: { key: 'key', value: '${key}' },
      title: item => `${item.key || '…'} = ${item.value || '…'}`,
      attributes: [['key', 'Key'], ['value', 'Value', 'An expression, taken when the event starts to wait, such as ${nr}']],
    });
  }
}

export const loanflowModule = options => ({
  __init__: ['loanflowProvider'],
  loanflowProvider: ['type', LoanflowProvider],
  loanflowOptions: ['value', options],
});
