export const WORDS = {
  zh: { done: '已完成', now: '现在这里', waiting: '等待中', failed: '故障', zoomIn: '放大', zoomOut: '缩小', fit: '看全图', broken: '流程图无法显示' },
  en: { done: 'done', now: 'is here', waiting: 'waiting', failed: 'incident', zoomIn: 'Zoom in', zoomOut: 'Zoom out', fit: 'Whole diagram', broken: 'The diagram cannot be shown' },
};
