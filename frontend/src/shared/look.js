// How diagrams are drawn: the page's own tokens, so that dark, light and print follow by themselves.
export const FONT = 'system-ui, "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", '
  + '"Noto Sans SC", "WenQuanYi Micro Hei", sans-serif';

export const look = {
  bpmnRenderer: {
    defaultFillColor: 'var(--surface)', defaultStrokeColor: 'var(--text-2)', defaultLabelColor: 'var(--text)',
  },
  textRenderer: { defaultStyle: { fontFamily: FONT, fontSize: 12, lineHeight: 1.25 }, externalStyle: { fontSize: 11 } },
};
