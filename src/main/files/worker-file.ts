/**
 * The file of a worker thread that stands beside its caller in the sources. Built code has its workers
 * at the top, while the caller may be in the folder of what several entries share (scripts/build.ts).
 */
export function workerFile(caller: string, name: string): URL {
  if (caller.endsWith('.ts')) return new URL(`./${name}.ts`, caller);
  return new URL(`${/\/chunks\/[^/]+$/.test(caller) ? '../' : './'}${name}.js`, caller);
}
