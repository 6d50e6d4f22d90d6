/**
 * Draws the map of a host with 2,000 machines in Debian's Chromium, drags it about and zooms, and
 * prints one line of JSON. A frame's time is what the page's main thread does for it: from its
 * animation callback to the first task after style, layout and paint. See docs/performance.md.
 *
 *   npm run -s bench -- map [machines]
 */
import { makeKvmLab } from '../e2e/kvm-lab.ts';
import { LabwrightApp } from '../e2e/labwright-app.ts';
import { Screens } from '../e2e/screens.ts';

const MACHINES = Number(process.argv[2] ?? 2000);
const DRAGS = 12;
const STEPS = 25;

/** Runs in the page, so it is given as text: this program has no types of the browser's. */
const WATCH = `window.frames_ms = [];
(function next() {
  requestAnimationFrame(() => {
    const from = performance.now();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => { window.frames_ms.push(performance.now() - from); };
    channel.port2.postMessage(0);
    next();
  });
})()`;

function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

const app = await LabwrightApp.open();
try {
  const screens = new Screens(app.page, 'en');
  await screens.button('start.practiceOpen').waitFor();
  const lab = makeKvmLab(app.home, { strangers: MACHINES, nodes: 50, heldByAnother: true });
  await screens.openAt(lab, 'map');
  await app.page.locator('.react-flow__node-lab').first().waitFor();
  const pane = app.page.locator('.react-flow__pane').first();
  const box = await pane.boundingBox();
  if (box === null) throw new Error('the map has no place on the page');
  const { mouse } = app.page;
  await app.page.evaluate(WATCH);
  for (let drag = 0; drag < DRAGS; drag++) {
    const x = box.x + box.width / 2;
    const y = box.y + box.height / 2;
    await mouse.move(x, y);
    if (drag % 3 === 2) {
      await mouse.wheel(0, drag % 2 === 0 ? -240 : 240);
      continue;
    }
    await mouse.down();
    await mouse.move(x - 300 + 50 * drag, y + 200 - 30 * drag, { steps: STEPS });
    await mouse.up();
  }
  const frames = (await app.page.evaluate('window.frames_ms')) as number[];
  process.stdout.write(
    `${JSON.stringify({
      bench: 'map',
      frame_p95_ms: Number(percentile(frames, 0.95).toFixed(1)),
      frame_p50_ms: Number(percentile(frames, 0.5).toFixed(1)),
      frames: frames.length,
      machines: MACHINES,
    })}\n`,
  );
} finally {
  await app.close();
}
