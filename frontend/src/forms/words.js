// The fixed words of the form viewer. While bundling, its own English ones are wrapped in `word` (see form-words.mjs).
import { pageLocale } from '../shared/translate.js';

const CHINESE = {
  Search: '查找', 'No results': '没有符合的', 'All values selected': '已全部选中', Select: '请选择', 'Remove tag': '去掉',
  Increment: '加', Decrement: '减', 'Date and time must both be entered.': '日期和时间都要填', 'Nothing to show.': '没有内容',
  'Add new': '加一行', Collapse: '收起', 'Expand all': '展开全部', 'Remove list item': '删除行', 'Previous page': '上一页', 'Next page': '下一页',
  'No files selected': '没有选文件',
};

const RULES = [
  [/^Field is required\.$/, '必填'],
  [/^Field must match pattern .*$/, '格式不符'],
  [/^Field must have minimum value of (.*)\.$/, '不得小于 $1'],
  [/^Field must have maximum value of (.*)\.$/, '不得大于 $1'],
  [/^Field must have minimum length of (.*)\.$/, '至少 $1 个字符'],
  [/^Field must have maximum length of (.*)\.$/, '最多 $1 个字符'],
  [/^Field must be a valid  ?international phone number\..*$/, '应为国际格式的电话号码，如 +8613800138000'],
  [/^Field must be a valid email\.$/, '应为电子邮箱地址'],
  [/^Value is not a number\.$/, '应为数字'],
  [/^Value is expected to be an integer\.$/, '应为整数'],
  [/^Value is expected to have at most (\d+) decimal digits?\.$/, '最多 $1 位小数'],
  [/^Please select a valid value, the two nearest valid values are (.*) and (.*)\.$/, '应为步长的倍数，最接近的是 $1 和 $2'],
  [/^(Min|Max) validation value is not a valid number\.$/, '限制条件无法计算，请联系流程设计人员'],
  [/^Date and time must both be entered\.$/, '日期和时间都要填'],
];

let locale = pageLocale();

/** The language of the forms mounted from now on. */
export const speak = chosen => { locale = chosen; };

export const word = english => (locale === 'zh' && CHINESE[english]) || english;

/** An error of the viewer in the language spoken; a message the form's author wrote stays as it is. */
export function complaint(english) {
  if (locale !== 'zh') return english;
  const rule = RULES.find(([pattern]) => pattern.test(english));
  return rule ? english.replace(...rule) : english;
}
