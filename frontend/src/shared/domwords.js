// Translates the parts of a tool that have no `translate` service of their own: its texts are replaced where they appear.
// Only below the given selectors, so that what people typed stays theirs.
const ATTRIBUTES = ['title', 'aria-label', 'placeholder'];

function translateText(node, words) {
  const key = node.nodeValue.trim();
  if (key && words[key]) node.nodeValue = node.nodeValue.replace(key, () => words[key]);
}

function translateTree(root, words) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = walker.currentNode; node; node = walker.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) translateText(node, words);
    else {
      ATTRIBUTES.forEach(name => {
        const value = node.getAttribute(name);
        if (value && words[value]) node.setAttribute(name, words[value]);
      });
    }
  }
}

/** Keep everything below `selectors` inside `container` translated; returns a function that stops it. */
export function translateDom(container, selectors, words) {
  const inside = node => (node.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.closest(selectors);
  const observer = new MutationObserver(changes => changes.forEach(change => {
    const touched = change.type === 'childList' ? [...change.addedNodes] : [change.target];
    touched.forEach(node => {
      if (inside(node)) node.nodeType === Node.TEXT_NODE ? translateText(node, words) : translateTree(node, words);
      else if (node.querySelectorAll) node.querySelectorAll(selectors).forEach(part => translateTree(part, words));
    });
  }));
  container.querySelectorAll(selectors).forEach(part => translateTree(part, words));
  observer.observe(container, { childList: true, subtree: true, characterData: true });
  return () => observer.disconnect();
}
