// Chinese words of the decision tools.
import { own } from '../shared/zh-own.js';

export const zh = {
  ...own,
  'View DRD': '看依赖图', 'Hit policy:': '命中方式：', 'Hit policy': '命中方式', 'Aggregation:': '汇总：', Unique: '唯一', First: '首个', Any: '任一', Priority: '优先', Collect: '收集', 'Collect (Sum)': '收集（合计）', 'Collect (Min)': '收集（最小）',
  'Collect (Max)': '收集（最大）', 'Collect (Count)': '收集（计数）', 'Rule order': '规则顺序', 'Output order': '输出顺序', When: '当', And: '且', Then: '则', Annotations: '备注', Annotation: '备注',
  'No overlap is possible and all rules are disjoint. Only a single rule can be matched': '各条规则互不重叠，至多命中一条', 'Rules may overlap. The first matching rule will be chosen': '规则可以重叠，取最先命中的一条',
  'Rules may overlap as long as they have the same output': '规则可以重叠，但结论须相同', 'Collects the values of all matching rules': '收集所有命中规则的结论', 'Collects the values of all matching rules in rule order': '按规则顺序收集结论',
  Resize: '调整宽度', 'Move Input': '移动输入', 'Move Output': '移动输出', 'Move rule': '移动规则', 'Input type': '输入类型', 'Output type': '输出类型', 'Add input': '加一个输入', 'Add output': '加一个输出', 'Add rule': '加一条规则',
  'Copy rule': '复制规则', 'Cut rule': '剪切规则', 'Paste rule above': '粘贴到上方', 'Paste rule below': '粘贴到下方', 'Add rule above': '在上方加一条', 'Add rule below': '在下方加一条', 'Remove rule': '删除规则', 'Add cell description': '给单元格加说明',
  'Remove cell description': '去掉单元格说明', 'Copy input': '复制输入', 'Copy output': '复制输出', 'Cut input': '剪切输入', 'Cut output': '剪切输出', 'Add input left': '在左边加输入', 'Add input right': '在右边加输入', 'Add output left': '在左边加输出',
  'Add output right': '在右边加输出', 'Remove input': '删除输入', 'Remove output': '删除输出', 'Paste input left': '粘贴到左边', 'Paste input right': '粘贴到右边', 'Paste output left': '粘贴到左边', 'Paste output right': '粘贴到右边', 'Change cell expression language': '改变表达式语言',
  'Expression': '表达式', 'Expression:': '表达式：', 'Input label': '输入标签', 'Input variable': '输入变量', 'Output label': '输出标签', 'Output name': '输出名', 'Predefined values': '可取的值', 'Add predefined values': '加可取的值', Edit: '编辑', Add: '加', Values: '值',
  'Expression language': '表达式语言', 'Variable name:': '变量名：', 'Variable type:': '变量类型：', 'Result variable': '结果变量', 'Definitions': '定义', 'Definition name': '名称', 'Definition ID': '标识', 'Open decision table': '打开决策表', 'Open literal expression': '打开表达式', 'Open boxed expression': '打开表达式',
  Decision: '决策', 'Decision table': '决策表', 'Literal expression': '表达式', 'Knowledge source': '依据', 'Business knowledge model': '业务知识', 'Input data': '输入数据', 'Append decision': '追加决策', 'Append knowledge source': '追加依据',
  'Append business knowledge model': '追加业务知识', 'Append input data': '追加输入数据', 'Create decision': '新建决策', 'Create knowledge source': '新建依据', 'Create business knowledge model': '新建业务知识', 'Create input data': '新建输入数据', 'Add text annotation': '加注释',
  'This maps to the decision definition key.': '即决策的标识。', Description: '说明', Question: '问题', 'Allowed answers': '可能的答案', Variable: '变量', 'Version tag': '版本标签', 'Information requirement': '信息依赖', 'Knowledge requirement': '知识依赖', 'Authority requirement': '依据关系',
  Empty: '空', string: '文本', boolean: '是否', number: '数字', date: '日期', time: '时间', dateTime: '日期时间', dayTimeDuration: '时长（日时）', yearMonthDuration: '时长（年月）', Yes: '是', No: '否',
};
