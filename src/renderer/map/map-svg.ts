import type { LabelledGraph } from './graph-labels.ts';
import type { Place } from './map-layout.ts';

const MARGIN = 20;
/** A sans-serif letter is about this wide at 1 px; wider scripts take the whole. */
const LETTER = 0.56;
const WIDE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uff60]/;

function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // XML 1.0 has no way to write these.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

/** As much of a text as fits. */
function fitting(text: string, width: number, size: number): string {
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += size * (WIDE.test(character) ? 1 : LETTER);
    if (used > width) return `${kept.trimEnd()}…`;
    kept += character;
  }
  return kept;
}

/** The map as one file of its own, in light colours, for documents. */
export function mapSvg(
  graph: LabelledGraph,
  frames: readonly Place[],
  places: ReadonlyMap<string, Place>,
): string {
  const all = [...frames, ...places.values()];
  const left = Math.min(0, ...all.map(({ x }) => x)) - MARGIN;
  const top = Math.min(0, ...all.map(({ y }) => y)) - MARGIN;
  const width = Math.max(0, ...all.map((each) => each.x + each.width)) + MARGIN - left;
  const height = Math.max(0, ...all.map((each) => each.y + each.height)) + MARGIN - top;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${width} ${height}" width="${width}" height="${height}" font-family="Ubuntu Sans, Noto Sans JP, sans-serif" font-size="13">`,
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="#ffffff"/>`,
  ];
  for (const { x, y, width: across, height: down } of frames) {
    parts.push(
      `<rect x="${x}" y="${y}" width="${across}" height="${down}" rx="6" fill="#f7f7f7" stroke="#d9d9d9"/>`,
    );
  }
  for (const { from, to, isPlanned, why } of graph.edges) {
    const [a, b] = [places.get(from), places.get(to)];
    if (a === undefined || b === undefined) continue;
    const start = { x: a.x + a.width, y: a.y + a.height / 2 };
    const end = { x: b.x, y: b.y + b.height / 2 };
    const bend = Math.max(20, (end.x - start.x) / 2);
    const dash = isPlanned ? ' stroke-dasharray="5 4"' : '';
    const look = why === undefined ? 'stroke="#8a8a8a"' : 'stroke="#b8122a" stroke-width="2.5"';
    parts.push(
      `<path d="M${start.x} ${start.y}C${start.x + bend} ${start.y} ${end.x - bend} ${end.y} ${end.x} ${end.y}" fill="none" ${look}${dash}>${why === undefined ? '' : `<title>${escaped(why)}</title>`}</path>`,
    );
  }
  for (const { id, label, isPlanned } of graph.nodes) {
    const place = places.get(id);
    if (place === undefined) continue;
    const { x, y, width: across, height: down } = place;
    const dash = isPlanned ? ' stroke-dasharray="5 4"' : '';
    const middle = y + down / 2;
    const line = (text: string, at: number, size: number, look: string) =>
      `<text x="${x + 10}" y="${at}" font-size="${size}" ${look}>${escaped(fitting(text, across - 20, size))}</text>`;
    parts.push(
      `<g><title>${escaped(`${label.title} ${label.detail}`.trim())}</title>`,
      `<rect x="${x}" y="${y}" width="${across}" height="${down}" rx="4" fill="#ffffff" stroke="#595959"${dash}/>`,
      line(
        label.title,
        label.detail === '' ? middle + 4.5 : middle - 3,
        13,
        'font-weight="600" fill="#111111"',
      ),
      label.detail === '' ? '' : line(label.detail, middle + 14, 12, 'fill="#595959"'),
      '</g>',
    );
  }
  return `${parts.join('\n')}\n</svg>\n`;
}
