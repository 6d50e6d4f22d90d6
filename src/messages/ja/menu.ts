import type { menu as en } from '../en/menu.ts';

export const menu: Record<keyof typeof en, string> = {
  'menu.appMenu': 'Labwright',
  'menu.fileMenu': 'ファイル',
  'menu.quit': '終了',
  'menu.editMenu': '編集',
  'menu.undo': '元に戻す',
  'menu.redo': 'やり直す',
  'menu.cut': '切り取り',
  'menu.copy': 'コピー',
  'menu.paste': '貼り付け',
  'menu.selectAll': 'すべて選択',
  'menu.viewMenu': '表示',
  'menu.resetZoom': '実際のサイズ',
  'menu.zoomIn': '拡大',
  'menu.zoomOut': '縮小',
  'menu.togglefullscreen': '全画面表示',
  'menu.help': 'ヘルプ',
  'menu.showLog': 'ログファイルを表示',
};
