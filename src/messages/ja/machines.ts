import type { machines as en } from '../en/machines.ts';

export const machines: Record<keyof typeof en, string> = {
  'chapter.kvm.title': 'KVM ホスト',
  'chapter.network.title': '仮想マシンのネットワーク',
  'chapter.nodes.title': '仮想マシン',

  'step.kvm.reachable.title': 'ホストに接続できる',
  'step.kvm.reachable.why': '以降の確認と作業はすべて SSH 経由で行います。',
  'step.kvm.sudo.title': 'sudo が使える',
  'step.kvm.sudo.why': 'libvirt、ディスク、ネットワークの操作には root 権限が必要です。',
  'step.kvm.clock.title': '時計が合っている',
  'step.kvm.clock.why':
    '仮想マシンは起動時にホストの時計を使います。時計がずれたノードは MAAS に拒否されます。',
  'step.kvm.packages.title': 'パッケージがインストール済み',
  'step.kvm.packages.why':
    'QEMU が仮想マシンを動かし、libvirt が管理します。MAAS は libvirt を通じて電源を操作します。',
  'step.kvm.service.title': 'libvirt が応答する',
  'step.kvm.service.why': 'この後の手順は、このホストの libvirt に問い合わせます。',
  'step.kvm.group.title': 'ログインユーザーが libvirt を使える',
  'step.kvm.group.why':
    'MAAS はこのユーザーでログインし、root のパスワードなしで libvirt を操作します。',
  'step.kvm.storage.title': 'ディスク用のストレージプール',
  'step.kvm.storage.why':
    '仮想マシンのディスクを置く場所です。virt-manager からも同じ場所が見えます。',
  'step.kvm.acceleration.title': 'ハードウェア仮想化が使える',
  'step.kvm.acceleration.why':
    '使えない場合、仮想マシンはエミュレーションになり、およそ 10 倍遅くなります。',
  'step.network.bridge.title': 'ホストの NIC を含むブリッジ',
  'step.network.bridge.why':
    'ブリッジ上の仮想マシンはホストと同じ回線につながり、MAAS と相互に通信できます。',
  'step.network.isolated.title': 'アップリンクのないネットワーク',
  'step.network.isolated.why':
    '独立したネットワークなので、外部の DHCP が応答することはありません。',
  'step.network.quiet.title': 'ほかの DHCP サーバーがない',
  'step.network.quiet.why':
    '別のサーバーが応答すると、ノードは MAAS のブートファイルを受け取れず、起動が不安定になります。',
  'step.nodes.room.title': '仮想マシンを作る余裕がある',
  'step.nodes.room.why': '作成の前に見積もり、割り当て超過になる場合は知らせます。',
  'step.nodes.machine.title': '仮想マシンが計画どおり',
  'step.nodes.machine.why':
    '常にネットワーク、ディスクの順に起動します。どちらで起動するかは毎回 MAAS が決めます。',

  'kvm.service.done': 'このホストの libvirt が応答しました。',
  'kvm.service.silent': 'libvirt が応答しません: {{said}}',
  'kvm.service.start': 'libvirt を起動し、ホストの起動時にも開始する',
  'kvm.group.done': '{{user}} はグループ {{group}} に入っています。',
  'kvm.group.root': 'ログインユーザーは root です。',
  'kvm.group.absent': 'libvirt のグループがまだありません。',
  'kvm.group.missing': '{{user}} はグループ {{group}} に入っていません。',
  'kvm.group.action': '{{user}} をグループ {{group}} に追加',
  'kvm.group.undo': '{{user}} をグループ {{group}} から外す',
  'kvm.storage.done': 'プール {{pool}}（{{path}}）、空き {{available, bytes}}。',
  'kvm.storage.absent': 'ストレージプール {{pool}} がありません。',
  'kvm.storage.inactive': 'ストレージプール {{pool}} が有効になっていません。',
  'kvm.storage.action': 'ストレージプール {{name}} を {{path}} に作成し、起動時に有効にする',
  'kvm.storage.undo': 'ストレージプール {{name}} の定義を削除（{{path}} のファイルは残す）',
  'kvm.acceleration.done': 'KVM が使えます。',
  'kvm.acceleration.nested': 'ゲストの中でさらにゲストを動かせます。',
  'kvm.acceleration.none':
    'KVM が使えません。ファームウェアで仮想化支援（VT-x または AMD-V）を有効にしてください。仮想ホストの場合は Nested Virtualization を許可します（ESXi: vhv.enable = "TRUE"）。なくても動きますが低速です。',

  'bridge.done':
    '{{bridge}} に {{uplink}} が参加し、アドレスは {{addresses}} です。スパニングツリーによる遅延はありません。',
  'bridge.stp':
    '{{bridge}} でスパニングツリーが有効です。起動したマシンは 30 秒ほど通信できず、その前に PXE がタイムアウトします。',
  'bridge.absent': 'ブリッジ {{bridge}} がありません。{{uplink}} のアドレスをブリッジに移します。',
  'bridge.no-uplink': 'このホストに {{uplink}} という NIC はありません。',
  'bridge.without-uplink':
    'ブリッジ {{bridge}} はありますが、{{uplink}} が参加していません。ほかの人が作ったものなので変更しません。手作業で NIC を追加するか、計画で別のブリッジを指定してください。',
  'bridge.several-files':
    '{{uplink}} の設定が複数のファイルにあります（{{files}}）。1 つのファイルにまとめてください。',
  'bridge.holds-secrets':
    '{{path}} にパスワードが含まれています。履歴に残さないため、{{uplink}} の設定を別のファイルに移してください。',
  'bridge.unknown-config':
    '{{uplink}} は netplan でも /etc/network/interfaces でも設定されていません。ブリッジ {{bridge}} を手作業で作成してください。作成後は確認で認識されます。',
  'bridge.change': '{{bridge}} を作成（{{seconds}} 秒以内に再接続できなければ自動で元に戻る）',
  'bridge.confirm': '{{bridge}} 経由でログインし、変更を確定',
  'bridge.put-back':
    '{{bridge}} 経由で {{seconds}} 秒以内に接続できなかったため、ホストは元のネットワーク設定に戻りました。計画のアドレスとゲートウェイを確認してください。',
  'bridge.refused':
    '新しいネットワーク設定を有効にできませんでした（出力は下を参照）。元の設定に戻しました。',
  'bridge.stp-off':
    '{{bridge}} のスパニングツリーを無効にする（次の起動まで有効。ホスト自身の設定も変更してください）',

  'network.create': 'ネットワーク {{bridge}} を作成',
  'network.remove': 'ネットワーク {{bridge}} を削除',
  'network.isolated.done': '{{bridge}} は独立したネットワークです。',
  'network.isolated.absent': 'ネットワーク {{bridge}} がありません。',
  'network.isolated.dhcp':
    '{{bridge}} では libvirt 自身が DHCP に応答します。ノードが MAAS から起動できないため、計画で別のブリッジを指定するか、そのネットワークの DHCP 範囲を削除してください。',
  'network.isolated.stp':
    "{{bridge}} のスパニングツリーが新しいポートを {{seconds}} 秒間止めるため、先に PXE がタイムアウトします。無効にしてください（virsh net-edit: stp='off'）。",
  'network.quiet': '{{bridge}} で DHCP に応答するのは MAAS だけです。',
  'network.other-dhcp':
    '{{bridge}} で別の DHCP サーバーが応答しています: {{servers}}。停止しないと、ノードは MAAS から起動できません。',

  'nodes.room.done':
    '作成する仮想マシンは {{machines}} 台: メモリー {{memory, bytes}}、ディスク {{disk, bytes}}。ホストの容量はそれぞれ {{hostMemory, bytes}} と {{available, bytes}} です。',
  'nodes.room.too-large':
    '{{name}} のメモリー {{memory, bytes}} は、ホストのメモリー {{hostMemory, bytes}} を超えています。',
  'nodes.room.memory-over':
    '動作中のものと合わせると、メモリーがホストの容量（{{hostMemory, bytes}}）を超える可能性があります。同時にすべてを起動しないでください。',
  'nodes.room.disk-over':
    'ディスクは書き込みに応じて大きくなります。すべて使い切ると {{disk, bytes}} ですが、空きは {{available, bytes}} です。',

  'machine.create': '{{name}} を電源オフの状態で作成',
  'machine.change': '{{name}} を計画に合わせる',
  'machine.restore': '{{name}} を元の状態に戻す',
  'machine.remove': '{{name}} をディスクごと削除',
  'machine.power-on': '{{name}} の電源を入れる',
  'machine.power-off': '{{name}} の電源を強制的に切る',
  'machine.power-reset': '{{name}} をリセット',
  'machine.done': '{{name}} は計画どおりです。UUID {{uuid}}',
  'machine.done-foreign':
    '{{name}} は計画どおりです。このラボが作ったものではないため、確認だけを行います。UUID {{uuid}}',
  'machine.absent': '{{name}} はまだありません。',
  'machine.foreign':
    '{{name}} はこのラボが作ったものではなく、計画と異なります。変更しないので、手作業で直すか、別の名前にしてください。',
  'machine.no-network': '{{name}} に必要なネットワークがホストにありません: {{bridges}}。',
  'machine.mac-taken':
    '{{name}} に予定した MAC アドレスは、すでに {{other}} が使っています。同じ回線で重複すると両方とも通信できません。計画（macs）で別のアドレスを指定してください。',
  'machine.switch-off-first':
    '{{name}} は計画と異なりますが、動作中です。電源を切ってから適用してください。',
  'machine.only-anew':
    '{{name}} には、後から安全に変更できない違いがあります。手作業で直すか、削除してから適用してください。',
  'machine.boot-order':
    '{{name}} の起動順は {{order}} です。ネットワーク、ディスクの順でなければなりません。',
  'machine.cpus': '{{name}} の CPU は {{found}} 個です（計画は {{wanted}} 個）。',
  'machine.memory': '{{name}} のメモリーは {{found}} MiB です（計画は {{wanted}} MiB）。',
  'machine.nested-off': '{{name}} では Nested Virtualization が無効です。',
  'machine.firmware':
    '{{name}} のファームウェアは {{found}} です（計画は {{wanted}}）。変更した場合は MAAS で Commission をやり直す必要があります。',
  'machine.no-such-nic': '{{name}} に {{mac}} の NIC がありません。',
  'machine.nic-not-first':
    '{{name}} の NIC {{mac}} は {{at}} 番目です。確実に起動できるのは 1 番目の NIC だけです。',
  'machine.other-network':
    '{{name}} の NIC {{mac}} は {{found}} につながっています（計画は {{wanted}}）。',
  'machine.nic-model':
    '{{name}} の NIC の種類（{{model}}）は、ブートイメージにドライバーがないことがあります。',
  'machine.no-serial':
    '{{name}} のディスクにシリアル番号がありません。複数のディスクがあると、MAAS が取り違えることがあります。',
  'machine.disks': '{{name}} のディスクは {{found}} 台です（計画は {{wanted}} 台）。',
  'machine.memory-floor':
    '{{name}} のメモリーは {{memory}} MiB です。現在の Ubuntu の Commission には {{floor}} MiB が必要です。',
  'machine.many-nics':
    '{{name}} には 4 つ以上の NIC があります。VMware では 4 番目の NIC から先に起動します。',
  'machine.host-not-nested':
    'ホストが Nested Virtualization を許可していないため、{{name}} の設定だけでは有効になりません。',
  'machine.emulated':
    'KVM がないため {{name}} はエミュレーションになり、Commission に何分もかかります。',

  'plan.unknown-network':
    'この計画にネットワーク「{{name}}」はありません（ネットワーク: {{known}}）。',
  'plan.not-hypervisor': 'ホスト「{{name}}」の役割（role）は kvm か esxi でなければなりません。',
  'plan.network-elsewhere': 'ネットワーク「{{name}}」は別のホストのものです。',
  'plan.name-twice': '「{{name}}」という名前のマシンが 2 台になります。',
  'plan.macs-with-count': 'MAC アドレスを指定できるのは、1 台だけのとき（count なし）です。',
  'plan.site-and-host':
    '「{{name}}」がホストとサイトの両方にあります。どちらかの名前を変えてください。',
  'chapter.site.title': 'ハイパーバイザー',
  'step.site.reachable.title': 'サイトが応答し、信頼した相手である',
  'step.site.reachable.why': '証明書を固定しています。別の相手には何も送りません。',
  'step.site.licence.title': 'ライセンスで作成が許可されている',
  'step.site.licence.why': '無償ライセンスでは API は読み取り専用で、変更はすべて拒否されます。',
  'site.reachable.done': '{{product}} が {{address}} で応答しました（ユーザー {{user}}）。',
  'site.licence.done': '{{name}}',
  'site.licence.unknown': 'サイトからライセンス情報が得られませんでした。',
  'site.licence.read-only':
    '「{{name}}」では API は読み取り専用です。ライセンスを登録するか、同じマシンを lab.yaml に役割 esxi のホストとして加え、このサイトの shell: で指定してください。シェルには制限がなく、次の計画からそちらを使います。',
  'site.licence.ends':
    '評価期間は残り {{days}} 日です。終了後は、停止中の仮想マシンを起動できなくなります。',
  'nodes.room.maintenance':
    'ホストはメンテナンスモードのため、仮想マシンの作成も起動もできません。解除してから、もう一度確認してください。',
  'nodes.room.no-storage': 'ディスクを置くストレージ「{{name}}」がありません（既知: {{known}}）。',
  'hosts.role.site': 'ESXi / vCenter',
  'hosts.legacyTls': '古い TLS を許可',
  'hosts.driver': 'ドライバー',
  'hosts.driverApi': 'API（vSphere）',
  'hosts.driverReads': 'API（このライセンスでは読み取り専用）',
  'hosts.licence': 'ライセンス',
  'hosts.compareCertificate':
    'ホストのコンソール（DCUI）の View Support Information に拇印が表示されます。シェルでは次のとおりです。',
  'hosts.certificateChanged': '証明書が変わっています',
  'hosts.certificateUntrusted': '証明書が未確認',
  'hosts.changedCertificate': '証明書が変わりました。何も送信していません。',
  'hosts.changedCertificateHelp':
    '別のマシンが応答しているか、証明書が作り直された可能性があります。アップグレード、ホスト名の変更、vCenter への参加でも作り直されます。',
  'hosts.newCertificate': '今回提示された証明書',
  'hosts.replaceCertificate': '証明書を置き換える',
  'hosts.replaceCertificateHelp':
    '証明書が変わった理由が分かっている場合だけ行ってください。以後は次の証明書を信頼します。',
  'hosts.replaceCertificateOpen': '証明書を置き換える…',
  'hosts.replaceCertificateTitle': '{{host}} の証明書を置き換える',
  'hosts.trustCertificate': 'この証明書を信頼する',
  'hosts.trustedCertificate': '信頼済みの証明書',
  'libvirt.failed.nameTaken':
    'このラボのものではない {{name}} という仮想マシンが、すでにホストにあります。計画で別の名前にしてください。',
  'libvirt.failed.notOurs': '{{name}} にこのラボの目印がないため、変更しませんでした。',
  'libvirt.failed.diskTaken':
    'ストレージプールに {{name}} と同じ名前の別のディスクがあります。移動するか、計画で別の名前にしてください。',
  'libvirt.failed.running': '{{name}} は動作中です。電源を切ってから適用してください。',
};
