/** Where the line of a place in a text area is on the screen, and how far along it the place is. */
export interface CaretPlace {
  readonly left: number;
  readonly top: number;
  readonly bottom: number;
  /** Whether the place is scrolled into view. */
  readonly seen: boolean;
}

const canvas = document.createElement('canvas').getContext('2d');

/** Lines of the area must not wrap. */
export function caretPlace(area: HTMLTextAreaElement, offset: number): CaretPlace {
  const style = getComputedStyle(area);
  const number = (value: string) => Number.parseFloat(value) || 0;
  const before = area.value.slice(0, offset).split('\n');
  const box = area.getBoundingClientRect();
  const height = number(style.lineHeight);
  let width = 0;
  if (canvas !== null) {
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    width = canvas.measureText(before.at(-1) ?? '').width;
  }
  const left = box.left + number(style.paddingLeft) + width - area.scrollLeft;
  const top = box.top + number(style.paddingTop) + (before.length - 1) * height - area.scrollTop;
  const middle = top + height / 2;
  return {
    left,
    top,
    bottom: top + height,
    // Scrolling stops at about a line; half of it must be in view.
    seen: middle >= box.top && middle <= box.bottom && left >= box.left && left <= box.right,
  };
}
