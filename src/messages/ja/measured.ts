import type { measured as en } from '../en/measured.ts';

export const measured: Record<keyof typeof en, string> = {
  'step.network.portfast.title': 'スイッチがノードをすぐに通信させる（PortFast）',
  'step.network.portfast.why':
    'スパニングツリーが有効なスイッチのポートは、リンクアップ後最大 50 秒間、Listening と Learning の状態になります。ノードのファームウェアはそれより先にあきらめるため、1 回目のネットワーク起動は失敗し、2 回目は成功します。PortFast にするとポートがすぐに開きます。',
  'step.network.portfast.measure': '次の電源投入時に測定',
  'step.network.portfast.measuring':
    'ネットワークから起動するマシンを最大 10 分間待っています。「ノード」画面などで、いま 1 台の電源を入れてください。',
  'network.portfast.never':
    '{{bridge}} ではまだ測定していません。ノードがつながるスイッチのポートに PortFast を設定し、測定するか、設定済みと記録してください。',
  'network.portfast.portgroup':
    'ESXi からは {{portgroup}} を監視できません。アップリンクと物理ノードがつながるスイッチのポートに PortFast を設定し、設定済みと記録してください。',
  'network.portfast.done':
    '{{mac}} の最初の要求は、リンクアップから {{seconds}} 秒後に {{bridge}} を通りました。',
  'network.portfast.slow-machine':
    'ポートによる遅延はありません。マシン自身が要求を出すまでに時間がかかりました。ほかのマシンも同じ方法で測定できます。',
  'network.portfast.late':
    '{{mac}} の最初の要求が {{bridge}} を通るまでに、リンクアップから {{seconds}} 秒かかりました。多くのファームウェアは 15 秒であきらめます。このホストかスイッチのスパニングツリーが新しいポートを止めています。',
  'network.portfast.never-through':
    '{{mac}} は {{requests}} 回要求しましたが、{{bridge}} を 1 つも通りませんでした。ポートが {{seconds}} 秒間閉じていたためです。原因はスパニングツリーで、ファームウェアは先にあきらめます。',
  'network.portfast.outside':
    '{{mac}} の要求は {{bridge}} の外から届きました。リンクアップの時刻はここからは分かりません。1 回目で起動できたのであれば、設定済みと記録してください。',

  'network.quiet.by-hand':
    '{{portgroup}} には、ログインできる Linux マシンがなく、ESXi からは確認できません。このネットワーク上のマシンで、DHCP に応答するサーバーを確認してください。応答してよいのは MAAS だけです。',

  'step.servers.nested.title': 'サーバー自身が仮想マシンを動かせる',
  'step.servers.nested.why':
    'サーバーの中で確認します。ハイパーバイザーで仮想化支援を渡す設定にしても、実際に渡されているとは限りません。渡されていないとゲストはエミュレーションになり、10 倍ほど遅くなります。',
  'servers.nested.off': '{{name}} は起動していません。起動すると確認します。',
  'servers.nested.done': '{{name}} で {{extension}} と /dev/kvm が使えます。',
  'servers.nested.cpu-mode':
    '{{name}} の CPU には VT-x も AMD-V もありません。マシンの設定（cpu mode）で渡していないためです。電源を切り、マシンのステップを適用してください（host-passthrough になります）。',
  'servers.nested.vhv':
    '{{name}} の CPU には VT-x も AMD-V もありません。マシンの設定で渡していないためです。電源を切り、マシンのステップを適用してください（vhv.enable = "TRUE" になります）。',
  'servers.nested.emulated':
    '{{name}} の CPU には VT-x も AMD-V もありません。ホストで KVM が使えず、エミュレーションになっています。ホストのファームウェアで仮想化支援を有効にしてください。',
  'servers.nested.host-parameter':
    '{{name}} の CPU には VT-x も AMD-V もありません。ホストがゲストに渡していないためです。ホストの /etc/modprobe.d に「options kvm_intel nested=1」（AMD は kvm_amd）と書き、モジュールを読み込み直してください。',
  'servers.nested.host-old':
    '{{name}} の CPU には VT-x も AMD-V もありません。ESXi ホストがゲストに渡していないためです。ESXi 5.1 以降と、EPT または RVI に対応し、ファームウェアで有効になっている CPU が必要です。',
  'servers.nested.restart':
    '{{name}} の CPU には VT-x も AMD-V もありません。ホストとマシンの設定は正しいので、設定前から動いているマシンであれば、電源を切って入れ直してください。マシンの中からの再起動では反映されません。',
  'servers.nested.module':
    '{{name}} には {{extension}} がありますが、/dev/kvm がありません。モジュールを読み込んでください（sudo modprobe {{module}}）。読み込めない理由は dmesg で分かります。',
  'servers.nested.refused':
    '{{name}} には {{extension}} がありますが、kvm-ok の結果は次のとおりです: {{said}}',
};
