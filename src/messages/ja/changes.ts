import type { changes as en } from '../en/changes.ts';

export const changes: Record<keyof typeof en, string> = {
  'adopt.absent':
    'UUID {{uuid}} の仮想マシンはここにありません。{{name}} は既存マシンとして取り込まれているため、新しく作ることはありません。adopt の値を直すか、計画から外してください。',
  'adopt.button': '計画に入れる',
  'adopt.departs': 'この役割の仮想マシンのあるべき姿と違う点',
  'adopt.done':
    '{{name}} は計画どおりです。取り込んだマシンで、目印がないため、確認だけを行います。UUID {{uuid}}',
  'adopt.fits': 'この役割の仮想マシンとして問題ありません。',
  'adopt.help':
    'lab.yaml に次の行を追加します。コメントやほかの行はそのまま残り、仮想マシン自体には触れません。',
  'adopt.lines': 'lab.yaml に追加する行',
  'adopt.mark': '{{name}} にこのラボの目印を付ける',
  'adopt.markButton': '目印を付ける',
  'adopt.markHelp':
    '今変わるのは目印だけです。以後、適用すると Labwright がこの仮想マシンを計画に合わせて変更できるようになります。取り消すと目印が外れます。仮想マシン自体が削除されることはありません。',
  'adopt.markOpen': 'このラボの目印を付ける…',
  'adopt.open': '計画に入れる…',
  'adopt.other-lab':
    '{{name}} には別のラボ（{{lab}}）の目印があります。そちらが管理しているため、変更しません。',
  'adopt.otherLabHelp': '別のラボの目印があります: {{lab}}。',
  'adopt.title': '{{name}} を計画に入れる',
  'adopt.unmark': '{{name}} からこのラボの目印を外す',
  'adopt.unmarked':
    '{{name}} は計画と異なります。取り込んだマシンで、目印がないため、変更しません。［ノード］で目印を付けるか、手作業で変更してください。',
  'cli.help.way-back':
    '--snapshot は、危険を伴うステップの前に、対象となるラボのマシンのスナップショットを取る。\nundo --revert はその実行のスナップショットに戻し、drop-snapshots はそれを削除する。\nteardown はこれまでの実行で作ったものをすべて取り除く。',
  'cli.nothing-to-do': '行うことはありません。',
  'cli.teardown-question': 'ラボを撤去しますか?',
  'cli.drop-question': 'これらのスナップショットを削除しますか?',
  'cli.revert-question': 'スナップショットに戻しますか? それ以降の変更は失われます。',
  'error.machine-of-other-lab':
    '{{name}} には別のラボ（{{lab}}）の目印があります。そちらが管理しているため、変更しません。',
  'esxi.failed.marked': '{{name}} には別のラボの目印があるため、変更しませんでした。',
  'esxi.failed.noSnapshot': '{{name}} のスナップショットがありません。',
  'guide.siteCallAlone': '呼び出しの内容',
  'journal.runStarted.drop-snapshots': 'スナップショットの削除を開始',
  'journal.runStarted.mark': '目印の書き込みを開始',
  'journal.runStarted.remove': '計画から外れたものの削除を開始',
  'journal.runStarted.revert': 'スナップショットへの復帰を開始',
  'journal.runStarted.teardown': 'ラボの撤去を開始（{{n}} 手順）',
  'leftover.found':
    'このラボの目印があり、計画にないもの: {{names}}。このまま残ります。計画に戻すか、［ノード］で削除してください。',
  'leftover.none': 'このラボの目印があるものは、すべて計画にあります。',
  'libvirt.failed.marked': '{{name}} には別のラボの目印があるため、変更しませんでした。',
  'libvirt.failed.noSnapshot': '{{name}} のスナップショットがありません。',
  'network.isolated.leads-out': '{{bridge}} は存在し、{{uplinks}} から外部につながっています。',
  'nodes.leftover.button': '削除',
  'nodes.leftover.help':
    'このラボが作った仮想マシンですが、計画から外れています。削除するか計画に戻すまで、このまま残ります。',
  'nodes.leftover.networks': '計画から外れた、このラボのネットワーク',
  'nodes.leftover.open': '削除…',
  'nodes.leftover.openNamed': '{{name}} を削除…',
  'nodes.leftover.panelHelp':
    'このラボの目印があるものだけを扱います。仮想マシンはディスクごと削除します。取り込んだもの、コピーされたものは目印を外すだけです。',
  'nodes.leftover.title': '{{name}} の削除',
  'nodes.owner.adopted': '取り込み（目印なし）',
  'nodes.owner.leftover': 'このラボ（計画外）',
  'nodes.snapshot.dropButton': 'スナップショットを削除',
  'nodes.snapshot.dropHelp':
    '仮想マシンは今の状態のままです。削除すると、実行前の状態には戻せなくなります。',
  'nodes.snapshot.dropOpen': 'スナップショットを削除…',
  'nodes.snapshot.help':
    'スナップショットは書き込みのたびに大きくなります。VMware では、ある間はディスクを拡張できません。問題がなければ削除してください。',
  'nodes.snapshot.of': '実行 {{run}} の前に取得',
  'nodes.snapshot.revertOpen': 'この時点に戻す…',
  'nodes.snapshots': 'このラボのスナップショット',
  'plan.adopt-alone': 'adopt は既存の 1 台を指すため、「{{key}}」と一緒には指定できません。',
  'plan.adopt-twice': 'この仮想マシンは、すでに「{{name}}」として取り込まれています。',
  'risk.takes-over': '以後、Labwright がこの仮想マシンを変更できるようになります。',
  'run.dropSnapshot': 'スナップショットを削除…',
  'run.kind.drop-snapshots': 'スナップショットの削除',
  'run.kind.mark': '目印',
  'run.kind.remove': '削除',
  'run.kind.revert': 'スナップショットへの復帰',
  'run.kind.teardown': 'ラボの撤去',
  'snapshot.first': '先にスナップショットを取る: {{machines}}',
  'snapshot.firstHelp':
    'あとでスナップショットに戻すことで、この実行を取り消せます。その間に仮想マシンで行われたほかの変更も失われます。KVM では、動作中の仮想マシンはメモリーの書き出しが終わるまで止まります。VMware ではメモリーは保存しません。',
  'snapshot.gone': '{{name}} には、この実行のスナップショットがもうありません。',
  'snapshot.not-covered':
    'スナップショットのある仮想マシンで行ったものではありません。あとで手順ごとに取り消してください。',
  'snapshot.remove': '{{name}} のスナップショットを削除',
  'snapshot.revert': '{{name}} をスナップショットに戻す（それ以降の変更は失われます）',
  'snapshot.stays':
    '{{name}} に、実行 {{run}}（{{at}}）の前に取ったスナップショットが残っています。書き込みのたびに大きくなるため、問題がなければ削除してください。',
  'snapshot.take':
    '{{name}} のスナップショットを取る（名前は、この実行の ID を付けた labwright-RUN）',
  'snapshot.trouble.efi':
    '{{name}} のスナップショットは取れません。UEFI ファームウェアの仮想マシンには、libvirt が対応していません。',
  'snapshot.trouble.format':
    '{{name}} のスナップショットは取れません。ディスク {{path}} は {{format}} 形式で、スナップショットを持てるのは qcow2 だけです。',
  'step.nodes.leftovers.title': '残っているものがない',
  'step.nodes.leftovers.why':
    '計画から外したり名前を変えたりしても、仮想マシンが削除されることはありません。',
  'step.nodes.mark.title': '仮想マシンの目印',
  'step.nodes.mark.why': '目印がなければ、取り込んだ仮想マシンは確認するだけです。',
  'step.nodes.snapshot.title': '仮想マシンのスナップショット',
  'step.nodes.snapshot.why': '手順ごとには取り消せない変更からも戻れるようにします。',
  'teardown.again':
    '以前は {{host}} にありました。そちらも元に戻すには、もう一度撤去してください。',
  'teardown.button': '撤去する',
  'teardown.goes-with': '{{name}} の中にあり、一緒になくなります。',
  'teardown.help':
    'Labwright が行ったとジャーナルで確認できる変更を、依存するものから順に、1 回の実行ですべて元へ戻します。ほかの人が作ったものと lab.yaml は残ります。',
  'teardown.keepData': 'ミラーしたイメージとダウンロードしたイメージを残す',
  'teardown.kept': '選択に従って残します。',
  'teardown.open': 'ラボを撤去…',
  'teardown.stays': '元に戻す方法がないため、残ります。',
  'teardown.title': 'ラボの撤去',
  'undo.bySnapshot': 'スナップショットに戻す',
  'undo.bySnapshotHelp':
    '仮想マシンを、この実行の直前の状態に戻します。実行と関係のないものも含め、それ以降に行われた変更はすべて失われます。',
  'undo.bySteps': '手順ごと',
  'undo.host-gone':
    '{{host}} は計画から外れているため、接続できません。元に戻すには、計画に戻してください。',
  'undo.in-use': '{{names}} が使っていて、一緒には削除されないため、残します。',
  'undo.revertButton': '戻す',
  'undo.way': '方法',
};
