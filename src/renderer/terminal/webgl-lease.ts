import { WebglAddon } from '@xterm/addon-webgl';
import type { Terminal } from '@xterm/xterm';

/** Chromium kills the oldest of about 16 contexts in a page; half of that leaves room for others. */
const MOST_CONTEXTS = 8;
/** Software GL is slower than the DOM renderer (measured). */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

let usable: boolean | undefined;
let lost = false;
const leased = new Map<Terminal, WebglAddon>();

function hasHardwareGl(): boolean {
  const context = document.createElement('canvas').getContext('webgl2');
  if (context === null) return false;
  const details = context.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown =
    details === null ? '' : context.getParameter(details.UNMASKED_RENDERER_WEBGL);
  context.getExtension('WEBGL_lose_context')?.loseContext();
  return !SOFTWARE.test(String(renderer));
}

/** Gives a visible terminal the GPU, if there is one and it is free; otherwise the DOM draws. */
export function leaseWebgl(terminal: Terminal): void {
  usable ??= hasHardwareGl();
  if (!usable || lost || leased.has(terminal) || leased.size >= MOST_CONTEXTS) return;
  const addon = new WebglAddon();
  addon.onContextLoss(() => {
    // The terminal does not fall back by itself; once lost, the DOM serves for the whole session.
    lost = true;
    for (const other of [...leased.keys()]) returnWebgl(other);
  });
  try {
    terminal.loadAddon(addon);
    leased.set(terminal, addon);
  } catch {
    addon.dispose();
    lost = true;
  }
}

export function returnWebgl(terminal: Terminal): void {
  const addon = leased.get(terminal);
  leased.delete(terminal);
  addon?.dispose();
}
