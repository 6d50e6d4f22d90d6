import type { hypervisor as en } from '../en/hypervisor.ts';

export const hypervisor: Record<keyof typeof en, string> = {
  'step.site.installed.title': 'アドレスから応答がある',
  'step.site.installed.why':
    'ESXi は専用のインストーラーから手作業でインストールします。その後の確認はすべてここで行います。',
  'step.site.place.title': '仮想マシンとネットワークを作るホスト',
  'step.site.place.why':
    'vCenter には複数のホストがあります。計画の仮想マシンとネットワークはそのうちの 1 台に作成し、空き容量もそのホストで数えます。',
  'step.site.version.title': 'バージョンとパッチレベル',
  'step.site.version.why':
    '古いホストには、特にセキュリティの修正が欠けています。ほかのステップはこれを待たないので、スキップしてもかまいません。',
  'step.site.ssh.title': 'ホストの SSH が動いている',
  'step.site.ssh.why': '計画ではこのホストをシェルでも使います。それには SSH が必要です。',
  'step.site.shell.title': 'ドライバー（API かシェルか）',
  'step.site.shell.why':
    'ライセンスで書き込みが許されていれば API を使い、そうでなければ同じホストのシェルで行います。どちらにするかは実行前に決まり、途中で変わることはありません。',
  'step.site.ntp.title': '時刻サーバー',
  'step.site.ntp.why': '仮想マシンは起動時にホストの時刻を受け取ります。',
  'step.site.clock.title': '時刻が正しい',
  'step.site.clock.why':
    '仮想マシンは起動時にホストの時刻を受け取ります。時刻がずれたノードを MAAS は拒否します。',
  'step.site.storage.title': 'ディスク用のデータストア',
  'step.site.storage.why': '仮想マシンとそのディスクは、サイトのデータストアに置かれます。',
  'step.esxi.installed.title': 'アドレスで ESXi が応答している',
  'step.esxi.installed.why':
    'ESXi は専用のインストーラーから手作業でインストールします。その後の確認はすべてここで行います。',
  'step.esxi.version.title': 'バージョンとパッチレベル',
  'step.esxi.version.why':
    '古いホストには、特にセキュリティの修正が欠けています。ほかのステップはこれを待たないので、スキップしてもかまいません。',
  'step.esxi.ntp.title': '時刻サーバー',
  'step.esxi.ntp.why': '仮想マシンは起動時にホストの時刻を受け取ります。',
  'step.esxi.depot.title': 'パッチのバンドル',
  'step.esxi.depot.why':
    'ESXi には、データストアに置いたオフラインバンドルからパッチを適用します。外部への接続は要りません。',
  'step.esxi.ssh-start.title': 'SSH がホストとともに起動する',
  'step.esxi.ssh-start.why':
    'パッチのためにホストを再起動します。SSH を手動で起動しただけの場合、再起動後は SSH が動きません。',
  'step.esxi.update.title': 'アップデート（先にドライラン）',
  'step.esxi.update.why':
    'アップデートで何が変わるかを、ここに根拠として示します。ホストをメンテナンスモードにするため、仮想マシンはすべて停止しておく必要があります。',
  'step.esxi.restart.title': '新しいイメージで再起動',
  'step.esxi.restart.why':
    'ESXi はアップデートを動作中のイメージとは別の場所に書き込みます。再起動して初めて有効になります。',
  'step.esxi.maintenance.title': 'メンテナンスモードの終了',
  'step.esxi.maintenance.why':
    'メンテナンスモードのホストでは、仮想マシンの作成も起動もできません。',

  'site.installed.done': '{{address}} から応答があります。',
  'site.installed.silent':
    '{{address}} から応答がありません。ESXi をまだインストールしていない場合: VMware のインストーラー（USB メモリーの ISO、またはサーバーのリモートコンソール）から起動し、ディスクを選び、root のパスワードを決め、黄色い画面（F2、Configure Management Network）でこのアドレスを設定してください。インストール済みの場合: 電源、ケーブル、アドレスを確認してください。',
  'site.reachable.vcenter':
    '{{address}} で {{product}} が応答しています（ユーザー {{user}}）。vCenter で、ホストは {{n}} 台です: {{hosts}}。',
  'site.place.esxi': 'ホストは {{host}} の 1 台だけで、すべてここに作成します。',
  'site.place.vcenter':
    '仮想マシンとネットワークは {{host}}（データセンター {{datacenter}}）に作成します。',
  'site.place.first':
    '計画にホストの指定がないため、名前順で最初のものにします: {{known}}。別のホストにするには lab.yaml の host: で指定してください。',
  'site.place.unknown': 'サイトにホスト「{{name}}」がありません。あるもの: {{known}}。',
  'site.version.none': 'バージョンを確認できるホストがサイトにありません。',
  'site.version.how':
    'API ではホストにパッチを適用できません。手作業の場合: オフラインバンドルをデータストアにアップロードし、メンテナンスモードで esxcli software profile update を実行します。ガイド付きで行う場合: 同じマシンを役割 esxi のホストとして計画に加え、このサイトの shell: でその名前を指定し、esxi: に depot と profile を書いてください。',
  'site.version.how-vcenter': 'vCenter のホストには Lifecycle Manager でパッチを適用してください。',
  'site.licence.by-shell':
    '「{{name}}」では API は読み取り専用です。変更は、ライセンスで制限されない {{host}} のシェルから行います。',
  'site.licence.refused':
    '「{{name}}」で API が変更を拒否したため（RestrictedVersion）、API は読み取り専用とみなします。別のライセンスを登録するか、同じマシンを役割 esxi のホストとして計画に加え、このサイトの shell: で指定してください。',
  'site.ssh.done': '{{host}} で SSH が動いています。',
  'site.ssh.unknown':
    '{{host}} からサービスの一覧が得られません。SSH が動いているかどうかは、使うときにわかります。',
  'site.ssh.off': '{{host}} で SSH が動いていません。',
  'site.ssh.by-hand':
    '{{host}} で SSH が動いておらず、このライセンスでは API から起動できません。手動で起動してください: コンソールで F2、Troubleshooting Options、Enable SSH。または Host Client の「管理」「サービス」の TSM-SSH。',
  'site.ssh.start': '{{host}} の SSH を起動',
  'site.ssh.stop': '{{host}} の SSH を停止して元に戻す',
  'site.shell.api':
    '{{site}} の API は書き込みできるので、API を使います。{{host}} のシェルは使いません。',
  'site.shell.licence':
    'ライセンスにより {{site}} の API は読み取り専用なので、ここでの変更はすべて {{host}} のシェルで計画します。同じマシンであることを確認しました。',
  'site.shell.refused':
    '{{site}} の API が変更を拒否したので、ここでの変更はすべて {{host}} のシェルで計画します。同じマシンであることを確認しました。',
  'site.shell.other':
    '{{host}} は {{site}} とは別のマシンです。ハードウェアの UUID は {{ours}}、サイトは {{theirs}} です。このシェルは使いません。計画に正しいホストを指定してください。',
  'site.shell.vcenter':
    '{{site}} は vCenter なので、常に API を使います。計画から shell: を外してください。これは単体の ESXi ホスト用です。',
  'site.shell.efi':
    'シェルからは EFI の起動順序を設定できず、MAAS がこれらのマシンを見失います: {{names}}。bios を使うか、ホストにライセンスを登録してください。',
  'site.clock.unknown': 'サイトから時刻が得られませんでした。',
  'site.clock.off':
    'ホストの時刻が {{seconds}} 秒ずれています。lab.yaml の ntp: で時刻サーバーを指定するか、Host Client で設定してください。',

  'esxi.installed.done': '{{address}} でホストが応答しています。',
  'esxi.installed.silent':
    '{{address}} の SSH から応答がありません。ESXi をまだインストールしていない場合: VMware のインストーラー（USB メモリーの ISO、またはサーバーのリモートコンソール）から起動し、ディスクを選び、root のパスワードを決め、黄色い画面（F2、Configure Management Network）でこのアドレスを設定してください。インストール済みの場合: SSH を起動し（F2、Troubleshooting Options、Enable SSH）、電源、ケーブル、アドレスを確認してください。',
  'esxi.installed.other':
    '{{address}} は ESXi ではなく {{system}} です。アドレスか役割を直してください。',
  'esxi.version.newest':
    '{{name}} は、この系列で知られている最新のビルドです: {{version}} ビルド {{build}}、{{release}}（{{known}} 時点）。',
  'esxi.version.newer':
    '{{name}} は {{version}} ビルド {{build}} で、手元の表（{{release}}、ビルド {{newest}}）より新しいものです（{{known}} 時点）。',
  'esxi.version.older':
    '{{name}} は {{version}} ビルド {{build}} です。この系列で知られている最新は {{release}}、ビルド {{newest}}（{{released}} 公開）です（{{known}} 時点）。',
  'esxi.version.unknown':
    '{{name}} は {{version}} ビルド {{build}} です。この系列は手元の表（{{known}}）にありません。',
  'esxi.version.unconfirmed':
    '手元の表にある {{release}} のビルド番号は、別の情報源では確認できていません。',
  'esxi.version.how':
    'パッチを適用してください: オフラインバンドルを {{host}} のデータストアにアップロードし、lab.yaml の esxi: に depot と profile を書くと、手順がここに表示されます。',
  'esxi.version.guided': '{{host}} にパッチを適用する手順は、下の「ESXi ホスト」の章にあります。',

  'time.done': '{{host}} は {{servers}} に時刻を問い合わせています。',
  'time.other-servers':
    '{{host}} の時刻サーバーは {{servers}} の予定ですが、現在は {{found}} です。',
  'time.stopped':
    '{{host}} に時刻サーバー（{{servers}}）は設定されていますが、時刻同期サービスが動いていません。',
  'time.closed':
    '{{host}} のファイアウォールが、{{servers}} への時刻の問い合わせを通していません。',
  'time.too-old':
    '{{host}} のシェルから時刻サーバーを設定できるのは ESXi 7.0 からです。Host Client または C# クライアント（構成、時間の構成）で設定してください: {{servers}}。',
  'time.no-service':
    '{{host}} のサービス一覧に時刻同期がありません。時刻サーバーを手作業で設定してください: {{servers}}。',
  'time.set': '{{host}} の時刻サーバーを {{servers}} にする',
  'time.open': '{{host}} のファイアウォールで時刻同期（ntpClient）を許可',
  'time.start': '{{host}} の時刻同期サービスを起動し、ホストとともに起動するようにする',
  'time.undo': '{{host}} の時刻同期を元の状態に戻す',
  'esxi.clock.slow':
    '時刻サーバーがあるのに、{{host}} の時刻が {{seconds}} 秒ずれています。数分待ってください。それでも変わらなければ、サーバーに届いていないか、ずれが大きすぎます。Host Client で一度時刻を合わせてください。',

  'esxi.depot.done': '{{path}} にプロファイル {{profile}} があります。',
  'esxi.depot.absent':
    'ファイル {{path}} がありません。オフラインバンドル（-depot.zip、Broadcom のサポートサイトから）を、Host Client の「ストレージ」「データストアブラウザ」または scp でアップロードしてください。',
  'esxi.depot.no-profile':
    '{{path}} にプロファイル {{profile}} がありません。あるもの: {{known}}。',
  'esxi.ssh-start.done': 'SSH はホストとともに起動します。',
  'esxi.ssh-start.unknown':
    'SSH がホストとともに起動するかどうかを確認できません。再起動後に接続できなければ、コンソールで SSH を起動してください。',
  'esxi.ssh-start.off':
    'SSH は動いていますが、ホストとともには起動しません。再起動後はログインできなくなります。',
  'esxi.ssh-start.set': '{{host}} とともに SSH が起動するようにする',
  'esxi.ssh-start.undo': '{{host}} とともに SSH が起動しないように戻す',
  'esxi.update.done': 'ホストには {{profile}} がすべて入っています。',
  'esxi.update.staged': '{{profile}} はインストール済みで、再起動を待っています。',
  'esxi.update.todo':
    '{{profile}} では、{{installed}} 個のパッケージ（VIB）をインストールし、古い {{removed}} 個を削除し、{{skipped}} 個はそのままにします。',
  'esxi.update.lost':
    '後継なしで削除されるもの: {{vibs}}。必要としているものがないか確認してください。',
  'esxi.update.reboot': '終わったらホストの再起動が必要です。',
  'esxi.update.no-reboot': '再起動は不要です。',
  'esxi.update.no-way-back':
    'アップデートをここから取り消すことはできません。古いイメージはディスクに残っており、起動中に Shift+R を押すと 1 世代だけ戻せます。',
  'esxi.update.running':
    '{{host}} にパッチを適用できるのは、仮想マシンが 1 台も動いていないときだけです。先に停止してください（{{n}} 台）: {{names}}。',
  'esxi.update.run': '{{host}} を {{profile}} にアップデート',
  'esxi.maintenance.enter': '{{host}} をメンテナンスモードにする',
  'esxi.maintenance.leave': '{{host}} のメンテナンスモードを終了',
  'esxi.maintenance.done': '{{host}} はメンテナンスモードではありません。',
  'esxi.maintenance.ours': '{{host}} は、Labwright がメンテナンスモードにした状態です。',
  'esxi.maintenance.others':
    '{{host}} はメンテナンスモードですが、Labwright がしたものではありません。設定した人に確認してから、Host Client で終了してください。',
  'esxi.restart.done': '{{host}} の再起動を待っているイメージはありません。',
  'esxi.restart.waits': '{{profile}} が {{host}} の再起動を待っています。',
  'esxi.restart.run': '{{seconds}} 秒後に {{host}} を再起動',
  'esxi.restart.wait': '{{host}} が新しいイメージで起動するまで待つ',
  'esxi.patch.running':
    '{{host}} で仮想マシンが動き始めていました。何も変更していません。停止してから、もう一度適用してください。',
  'esxi.patch.notEntered':
    '{{host}} がメンテナンスモードになりませんでした。何も変更していません。まだ動いている仮想マシンがないか確認してください。',
  'esxi.patch.notLeft': '{{host}} は指示を受け付けましたが、まだメンテナンスモードです。',
  'esxi.patch.noMaintenance':
    '{{host}} のメンテナンスモードが、誰かによって終了されていました。何も変更していません。',

  'portgroup.distributed':
    '{{portgroup}} は分散スイッチのものです。複数のホストにまたがるため、そのまま使い、ここから変更することはありません。',
  'portgroup.distributed-policy':
    '{{portgroup}} は分散スイッチのもので、ここからは変更しません。vSphere Client で MAC ラーニングと偽装転送（vSphere 6.7 以降）、または無差別モードを許可してください。',

  'undo.stays': '行ったことはそのまま残ります。ここからは元に戻せないか、戻す必要がありません。',
  'run.driver-changed':
    'プレビューでは {{from}} で行う予定でしたが、今は {{to}} で行うことになります。ライセンスで許される操作が変わったためです。実行の途中でドライバーを変えることはないので、何も行っていません。プレビューからやり直してください。',
  'plan.esxi-settings': '「esxi」は役割が esxi のホストでだけ使えます。',
  'plan.shell-not-esxi':
    'サイトのシェルにするには、「{{name}}」が役割 esxi のホストでなければなりません。',
  'plan.shell-twice': '「{{name}}」はすでにサイト「{{other}}」のシェルです。',
  'plan.shell-own-machines':
    '「{{name}}」はサイト「{{site}}」のシェルです。このマシンのネットワークと仮想マシンはサイトの側に書いてください。',
  'hosts.driverAllowed': 'ライセンスが API からの変更を許しているためです。',
  'hosts.driverShell': '{{host}} のシェル',
  'hosts.hosts': 'ホスト',
  'hosts.place': '仮想マシンを作るホスト',
  'hosts.shellOf': 'サイト {{site}} のシェル',
};
