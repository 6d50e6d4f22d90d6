import type { esxi as en } from '../en/esxi.ts';

export const esxi: Record<keyof typeof en, string> = {
  'chapter.esxi.title': 'ESXi ホスト',
  'hosts.role.esxi': 'ESXi ホスト',
  'hosts.old-algorithms': '古い SSH アルゴリズム',

  'step.esxi.reachable.title': 'ホストに接続できる',
  'step.esxi.reachable.why': '確認も変更もすべて、SSH 経由で ESXi のシェルから行います。',
  'step.esxi.licence.title': 'ライセンス',
  'step.esxi.licence.why':
    '無償ライセンスでは API が読み取り専用になります。シェルは制限されませんが、API を使う MAAS は制限されます。',
  'step.esxi.clock.title': '時刻が正しい',
  'step.esxi.clock.why':
    '仮想マシンは起動時にホストの時刻を受け取ります。時刻がずれたノードを MAAS は拒否します。',
  'step.esxi.storage.title': 'ディスク用のデータストア',
  'step.esxi.storage.why': '仮想マシンとそのディスクは、1 つのデータストアに置かれます。',
  'step.network.portgroup.title': 'ポートグループ',
  'step.network.portgroup.why':
    '仮想マシンをつなぐ配線です。どのフレームを通すかによって、仮想マシンの中の仮想マシンがアドレスを得られるかどうかが決まります。',

  'step.network.policy.title': 'ポートグループで入れ子の仮想マシンを使える',
  'step.network.policy.why':
    '標準スイッチは、自分が割り当てていないアドレス宛のフレームを破棄します。仮想マシンの中の仮想マシンは、そのようなアドレスを持ちます。',

  'esxi.reachable.done':
    '{{address}} で {{product}} {{version}} {{update}}（ビルド {{build}}）が応答しています。',
  'esxi.licence.free':
    '無償ライセンスです（{{name}}）。このラボに必要なことは、すべてシェルでできます。',
  'esxi.licence.free-power':
    'MAAS の VMware 電源タイプでは、これらのマシンの電源を操作できません（API が RestrictedVersion で拒否します）。電源タイプは manual か webhook にしてください。',
  'esxi.licence.evaluation': '評価版です。残り {{days}} 日です。',
  'esxi.licence.ends':
    '期限が切れると、仮想マシンの電源を入れられなくなります。その前にライセンスを登録してください。',
  'esxi.licence.expired':
    '評価期間が終了しているため、仮想マシンの電源を入れられません。Host Client でライセンスを登録してください（無償ライセンスでかまいません）。',
  'esxi.licence.full': 'ライセンス登録済みです: {{name}}',
  'esxi.clock.off':
    'ホストの時刻が {{seconds}} 秒ずれています。時刻同期を設定してください: esxcli system ntp set -s SERVER -e true（7.0 以降）、または Host Client。',
  'esxi.storage.done':
    'データストア {{name}}（{{path}}）。{{capacity, bytes}} のうち {{available, bytes}} が空いています。',
  'esxi.storage.absent': 'データストア {{name}} がありません。このホストにあるもの: {{known}}',
  'esxi.storage.inactive': 'データストア {{name}} がマウントされていません。',

  'portgroup.done': '{{portgroup}} は {{switch}} にあります（VLAN {{vlan}}）。',
  'portgroup.absent': 'ポートグループ {{portgroup}} がありません。',
  'portgroup.no-switch':
    '仮想スイッチ {{switch}} がありません。アップリンクとともに手動で作成するか、プランから switch を外してください。外すと {{portgroup}} には、アップリンクのない専用スイッチが作られます。',
  'portgroup.other-switch':
    '{{portgroup}} は {{wanted}} ではなく {{found}} にあります。ほかの人が作ったものなので変更しません。プランを直すか、手動で移してください。',
  'portgroup.other-vlan':
    '{{portgroup}} の VLAN は {{wanted}} ではなく {{found}} です。ほかの人が作ったものなので変更しません。プランか VLAN を手動で直してください。',
  'portgroup.lets-nested': '{{portgroup}} は、仮想マシンの中の仮想マシンのフレームを通します。',
  'portgroup.closed':
    '{{portgroup}} のマシンは中で仮想マシンを動かす予定ですが、無差別モード・偽装転送・MAC アドレス変更のいずれかが拒否されています。このままでは中の仮想マシンがアドレスを得られません。',
  'portgroup.open':
    '{{portgroup}} では、ほかのマシンのフレームの読み取りや偽装ができます。このプランにそれを必要とするマシンはありません。',
  'portgroup.policy':
    '{{portgroup}} のマシンの中で仮想マシンを動かせるようにする（無差別モード・偽装転送・MAC アドレス変更）',
  'portgroup.policy-undo': '{{portgroup}} のポリシーを元に戻す',

  'esxi.failed.nameTaken':
    'このラボのものではない {{name}} という仮想マシンが、ホストにできています。',
  'esxi.failed.notOurs': '{{name}} にはこのラボの印がありません。何も変更していません。',
  'esxi.failed.folderTaken':
    'データストアに {{name}} というフォルダーがあり、別のファイルが入っています。移動するか、別の名前にしてください。',
  'esxi.failed.running': '{{name}} は動作中です。電源を切ってから適用してください。',
  'esxi.failed.noPower':
    'ホストは指示を受け付けましたが、{{name}} の状態は変わりませんでした。ログと保留中の質問は下のとおりです。',
  'esxi.failed.noRoom':
    'データストアに {{name}} のディスクを作成できませんでした。途中までのファイルは残していません。',
  'esxi.failed.mediaGone':
    '{{name}} のディスクかシードがフォルダーからなくなっているか、ディスクとして読めません。もう一度適用すると置き直します。',
  'esxi.failed.diskSmall':
    'イメージには、計画が {{name}} に割り当てた 1 台目のディスク（disks_gib）より大きいディスクが必要です。',
  'esxi.failed.noRoomLeft':
    'データストアに {{name}} のディスクを置く空きがありません。できたところまでは次回のために残してあり、実行を取り消すと削除されます。',
  'esxi.failed.foreignDisk':
    '{{name}} には自分のフォルダーの外にあるディスクが付いており、一緒に削除されてしまいます。先に取り外してください。',
  'esxi.failed.notNow':
    'hostd が再起動中で、応答がありませんでした。1 分ほど待ってから確認し直してください。',
  'esxi.failed.ambiguous':
    '{{name}} の印を持つ仮想マシンが複数登録されています。複製を手動でインベントリから外してください。何も変更していません。',

  'plan.network-needs': '役割が {{role}} のホストのネットワークには「{{key}}」が必要です。',
  'plan.network-other-kind': '役割が {{role}} のホストでは「{{key}}」は使えません。',
  'plan.efi-on-esxi':
    'ESXi のシェルからは EFI の起動順序を設定できず、MAAS がマシンを見失います。bios を使ってください。',
};
