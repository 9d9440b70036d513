const MARGIN = 28;

/** Show all of a diagram in the middle, with a margin around it, never larger than life; `left` pixels are taken by tools. */
export function fitAll(canvas, left = 0) {
  const { inner, outer } = canvas.viewbox();
  if (!inner.width || !outer.width) return;
  const scale = Math.min((outer.width - left - 2 * MARGIN) / inner.width, (outer.height - 2 * MARGIN) / inner.height, 1);
  if (!(scale > 0)) return;
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({
    x: inner.x + inner.width / 2 - width / 2 - left / 2 / scale, y: inner.y + inner.height / 2 - height / 2, width, height,
  });
}
