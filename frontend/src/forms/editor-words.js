// Chinese words of the form editor's palette and properties.
import { own } from '../shared/zh-own.js';

const KINDS = {
  'Text field': '单行文本', 'Text area': '多行文本', Number: '数字', 'Date time': '日期时间', Expression: '算式', 'File picker': '文件', Checkbox: '勾选', 'Checkbox group': '多选', 'Radio group': '单选',
  Select: '下拉选择', 'Tag list': '标签', 'Text view': '文字', 'Image view': '图片', Table: '表格', 'HTML view': 'HTML', 'Document preview': '文件预览', Spacer: '空行', Separator: '分隔线', Group: '分组',
  'Dynamic list': '可增减的列表', iFrame: '内嵌网页', Button: '按钮', Form: '表单',
};

const created = Object.fromEntries(Object.entries(KINDS).flatMap(([english, chinese]) =>
  ['a', 'an'].map(article => [`Create ${article} ${english} element`, `添加${chinese}`])));
const removed = Object.fromEntries(Object.entries(KINDS).map(([english, chinese]) => [`Remove ${english}`, `删除${chinese}`]));

export const editorWords = {
  ...own, ...KINDS, ...created, ...removed,
  Components: '组件', Input: '填写', Selection: '选择', Presentation: '展示', Containers: '容器', Action: '动作', 'Search components': '查找组件',
  General: '基本', 'Field label': '标签', 'Field description': '说明', Key: '变量名', 'Binds to a form variable': '填的内容存入此变量', 'Default value': '默认值', 'Decimal digits': '小数位数', Increment: '步长',
  Disabled: '停用', 'Read only': '只读', Condition: '条件', 'Hide if': '何时隐藏', 'Condition under which the field is hidden': '条件成立时隐藏', 'Deactivate if': '何时不起作用', 'Condition under which the field is deactivated': '条件成立时不起作用',
  Layout: '排列', Columns: '列数', Auto: '自动', 'Vertical alignment': '纵向对齐', Top: '上', Center: '中', Bottom: '下', Appearance: '外观', Prefix: '前缀', Suffix: '后缀', Serialization: '保存方式',
  'Output as string': '保存为文本', 'Allows arbitrary precision values': '位数不受限制', Validation: '校验', Required: '必填', Minimum: '最小', Maximum: '最大', 'Custom properties': '自定义属性', Searchable: '可查找',
  'Options source': '选项来源', Type: '类型', Static: '固定', 'Input data': '来自变量', 'Static options': '选项', Label: '文字', Value: '值', 'Validation pattern': '格式', Custom: '自定', Email: '电子邮箱', Phone: '电话',
  'Minimum length': '最少字符', 'Maximum length': '最多字符', 'Custom regular expression': '正则表达式', 'Date label': '日期标签', 'Time label': '时间标签', Subtype: '种类', Date: '日期', Time: '时间', 'Date & Time': '日期和时间', Constraints: '限制',
  'Disallow past dates': '不得早于今天', 'Time interval': '间隔', 'Time format': '时间格式', 'Use 24h': '24 小时制', 'Group label': '分组标签', Path: '路径', 'Where the child variables of this component are pathed to.': '其中的变量存放在此路径下。',
  'Default number of items': '初始行数', 'Allow add/delete items': '可以增减行', 'Disable collapse': '不折叠', 'Number of non-collapsing items': '不折叠的行数', 'Show outline': '显示边框', 'Table label': '表格标签',
  'Data source': '数据来源', 'Specify the source from which to populate the table': '表格数据取自此处', Pagination: '分页', 'Headers source': '列的来源', 'List of items': '列出', 'Header items': '各列', 'Supported file formats': '文件类型',
  'A comma-separated list of': '用逗号分开的', 'file type specifiers': '文件类型', 'Upload multiple files': '可传几个文件', Text: '文字', 'Supports markdown and templating.': '支持 Markdown 和模板。', 'Learn more': '更多', 'Target value': '算式',
  'Define an expression to calculate the value of this field': '此变量的值由算式得出', 'Compute on': '何时计算', 'Value changes': '值变化时', 'Form submission': '提交时', 'Click to set a dynamic value with FEEL expression': '改用 FEEL 表达式',
  'FEEL expression is mandatory': '须填 FEEL 表达式', 'Alternative text': '替代文字', 'Image source': '图片地址', Height: '高度', 'Option source': '选项来源', 'Input values key': '选项变量', 'Options expression': '选项表达式', Content: '内容', Checked: '已勾选', 'Not checked': '未勾选',
  'Text view is empty': '文字是空的', 'Text view is populated by an expression': '文字由表达式得出', 'Text view is templated': '文字由模板得出', 'Html view is empty': 'HTML 是空的',
  'Html view is populated by an expression': 'HTML 由表达式得出', 'Html view is templated': 'HTML 由模板得出', 'Expression is empty': '算式是空的',
};
