import { answerTo } from './control.ts';

type Handler = (request: Request) => Response | Promise<Response>;
type RequestHandler = (contents: null, permission: string, answer: (yes: boolean) => void) => void;
type CheckHandler = (contents: null, permission: string, origin: string) => boolean;
type Filter = (details: { url: string }, answer: (result: { cancel: boolean }) => void) => void;

const registered = new Set<string>();

export const protocol = {
  registerSchemesAsPrivileged(schemes: readonly { scheme: string }[]): void {
    for (const { scheme } of schemes) registered.add(scheme);
  },
};

/** The default session. What was never set is answered as Electron does by itself: yes. */
class ShimSession {
  readonly handlers = new Map<string, Handler>();
  #request: RequestHandler = (_contents, _permission, answer) => answer(true);
  #check: CheckHandler = () => true;
  #filter: Filter = (_details, answer) => answer({ cancel: false });

  readonly protocol = {
    handle: (scheme: string, handler: Handler) => {
      if (!registered.has(scheme)) throw new Error(`${scheme}: was not registered before ready`);
      this.handlers.set(scheme, handler);
    },
  };
  readonly webRequest = {
    onBeforeRequest: (filter: Filter) => {
      this.#filter = filter;
    },
  };

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#request = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#check = handler;
  }

  setDevicePermissionHandler(): void {}

  /** How both handlers answer. */
  permission(name: string): Promise<{ requested: boolean; checked: boolean }> {
    const checked = this.#check(null, name, 'app://labwright');
    return new Promise((resolve) => {
      this.#request(null, name, (requested) => resolve({ requested, checked }));
    });
  }

  mayLoad(url: string): Promise<boolean> {
    return new Promise((resolve) => this.#filter({ url }, ({ cancel }) => resolve(!cancel)));
  }
}

export const session = { defaultSession: new ShimSession() };

answerTo('permission', (name: string) => session.defaultSession.permission(name));
answerTo('mayLoad', (url: string) => session.defaultSession.mayLoad(url));
/** What the app serves for an address, as the page would get it. */
answerTo('serve', async (url: string) => {
  const handler = session.defaultSession.handlers.get(new URL(url).protocol.slice(0, -1));
  const response = await handler?.(new Request(url));
  return response === undefined
    ? undefined
    : { status: response.status, headers: Object.fromEntries(response.headers) };
});
