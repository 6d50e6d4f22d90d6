import { contextBridge, ipcRenderer } from 'electron';

// The whole bridge: our page asks once, and gets a port for calls and one for terminal bytes.
contextBridge.exposeInMainWorld('labwright', { shell: 'desktop' });

window.addEventListener('message', ({ source, origin, data }) => {
  const own = source === window && origin === window.location.origin;
  if (own && data === 'labwright:connect') ipcRenderer.send('labwright:connect');
});

ipcRenderer.on('labwright:ports', ({ ports }) => {
  window.postMessage('labwright:ports', window.location.origin, ports);
});
