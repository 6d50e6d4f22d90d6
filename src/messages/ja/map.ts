import type { map as en } from '../en/map.ts';

export const map: Record<keyof typeof en, string> = {
  'map.a11y.edge': '接続',
  'map.a11y.fit': '全体を表示',
  'map.a11y.moved': '{{direction}}: {{x}}, {{y}} に移動しました',
  'map.a11y.node': 'Enter で選択し、矢印キーで動かせます。',
  'map.a11y.zoomIn': '拡大',
  'map.a11y.zoomOut': '縮小',
  'map.controls': '表示の操作',
  'map.count': 'ホスト {{hosts}}・ネットワーク {{networks}}・マシン {{machines}}',
  'map.dhcp.hypervisor': 'DHCP: ハイパーバイザー自身',
  'map.dhcp.maas-only': 'DHCP: MAAS だけ',
  'map.dhcp.servers': 'DHCP: {{servers}}',
  'map.dhcp.unknown': 'DHCP: 未測定',
  'map.empty': 'まだ描くものがありません',
  'map.emptyText':
    'プランのホストと、そこで確認したネットワーク、アップリンク、マシンからマップを描きます。',
  'map.export': '書き出し',
  'map.export.mermaid': 'Mermaid テキスト (.mmd)',
  'map.export.svg': '画像 (.svg)',
  'map.healthy': 'フレームが届かなくなる箇所は見つかっていません。',
  'map.label': 'ラボのマップ',
  'map.legend': '凡例',
  'map.legend.broken': 'フレームが届かない',
  'map.legend.cable': '接続あり',
  'map.legend.planned': '計画のみ（未作成）',
  'map.legend.provisioning': 'ノードの起動に使うネットワーク',
  'map.list': '一覧で表示',
  'map.list.machines': 'マシン',
  'map.list.none': 'なし',
  'map.list.uplinks': 'アップリンク',
  'map.picture': '図で表示',
  'map.problems': 'フレームが届かない箇所: {{n}}',
  'map.problems.more': 'ほか {{n}} 件',
  'map.provisioning': '起動用',
  'map.reset': '配置を元に戻す',
  'map.short.hypervisor-dhcp': '想定外の DHCP',
  'map.short.no-network': 'ネットワークなし',
  'map.short.no-uplink': 'ブリッジに不参加',
  'map.short.other-dhcp': '別の DHCP',
  'map.short.other-network': '接続先の誤り',
  'map.short.spanning-tree': 'スパニングツリー {{seconds}} 秒',
  'map.show': '表示',
  'map.why.hypervisor-dhcp':
    '{{name}} ではハイパーバイザー自身が DHCP に応答します。ノードはそこからアドレスを受け取り、MAAS から起動できません。',
  'map.why.no-network':
    '{{host}} にネットワーク {{name}} がないため、計画したマシンを接続できません。',
  'map.why.no-uplink':
    '{{host}} の {{uplink}} が {{name}} に参加していないため、このネットワークの内外で通信できません。',
  'map.why.other-dhcp':
    '{{name}} で別の DHCP サーバー（{{servers}}）が応答しています。ノードが MAAS から起動できるかは運次第です。',
  'map.why.other-network':
    '{{name}}（{{mac}}）の接続先が {{wanted}} ではなく {{found}} なので、MAAS と通信できません。',
  'map.why.spanning-tree':
    '{{name}} のスパニングツリーが、マシンの起動後 {{seconds}} 秒間フレームを通しません。その前に PXE がタイムアウトします。',
  'nav.map': 'マップ',
};
