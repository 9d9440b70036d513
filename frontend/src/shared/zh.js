// Chinese for the diagram tools: the community's words first, ours over them.
import community from 'bpmn-js-i18n/translations/zn.js';
import { own } from './zh-own.js';

export const zh = { ...community, ...own };
