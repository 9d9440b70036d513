export const editorWords = {};
