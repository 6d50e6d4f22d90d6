import type { Action, PlannedStep } from '../../contract/action.ts';
import type { Message } from '../../contract/message.ts';
import { quote } from '../../contract/shell-quote.ts';

function actionText(action: Action, say: (text: Message) => string): string[] {
  const title = `# ${say(action.title).replaceAll('\n', ' ')}`;
  switch (action.kind) {
    case 'script': {
      const asks = action.secrets.flatMap(({ variable, name }) => [
        `printf '%s: ' ${quote(name)} >&2; stty -echo; IFS= read -r ${variable}; stty echo; echo >&2`,
      ]);
      for (const { variable, output } of action.refs ?? []) {
        asks.push(`${variable}=$(sudo cat "$OUT/${output}")`);
      }
      const names = [...action.secrets, ...(action.refs ?? [])].map(({ variable }) => variable);
      if (action.namesRun) names.push('RUN');
      const script = action.script.trimEnd();
      if (!action.sudo) return [title, ...asks, '(', script, ')'];
      // Values travel on stdin: neither argv nor the environment of sudo holds them.
      const reads = names.map((name) => `IFS= read -r ${name}; `).join('');
      const feed =
        names.length > 0 ? `printf '%s\\n' ${names.map((n) => `"$${n}"`).join(' ')} | ` : '';
      const out = action.outputs === undefined ? '' : 'OUT="$OUT" ';
      return [title, ...asks, `${feed}sudo ${out}sh -c ${quote(`${reads}${script}\n`)}`];
    }
    case 'upload': {
      const content = `printf %s ${quote(action.content)} |${action.encoding === 'base64' ? ' base64 -d |' : ''}`;
      const [sudo, path] = [action.sudo === false ? '' : 'sudo ', quote(action.path)];
      return [
        title,
        `${content} ${sudo}tee ${path} >/dev/null`,
        `${sudo}chmod ${action.mode} ${path}`,
      ];
    }
    case 'image':
    case 'disk':
      return [title, '# (on this computer)', ...action.equivalent];
    case 'maas':
      return [title, ...action.equivalent];
    case 'site': {
      const { call, equivalent } = action;
      if (call.kind !== 'put-seed') return [title, ...equivalent];
      const file = `printf %s ${quote(call.content)} | base64 -d > ${quote(call.seed)}`;
      return [title, file, ...equivalent];
    }
    case 'wait':
      return [title, `#   wait until ${action.finding} is done`];
    case 'manual':
      return [
        title,
        ...say(action.instructions)
          .split('\n')
          .map((line) => `#   ${line}`),
      ];
  }
}

/**
 * The preview as a script that a person can run by hand, one host at a time; what is done at a site
 * by govc, which takes address and login from GOVC_URL, GOVC_USERNAME and GOVC_PASSWORD. Secrets are asked for
 * with `read`, as sh has no `read -s` (POSIX) the echo is turned off around it.
 */
export function copyShell(steps: readonly PlannedStep[], say: (text: Message) => string): string {
  const lines = ['#!/bin/sh', 'set -eu'];
  const hands = (action: Action) => action.kind === 'script' && action.outputs !== undefined;
  if (steps.some((step) => step.actions.some(hands))) {
    lines.push('OUT=$(mktemp -d); trap \'sudo rm -rf "$OUT"\' EXIT');
  }
  // What is done by hand is part of no run of ours, and must not pass for one.
  const names = (action: Action) => action.kind === 'script' && action.namesRun === true;
  if (steps.some((step) => step.actions.some(names))) {
    lines.push('RUN=by-hand-$(date -u +%Y%m%d%H%M%S)');
  }
  for (const step of steps) {
    lines.push('', `## ${step.id}`, `# on ${step.target}`);
    for (const action of step.actions) lines.push(...actionText(action, say));
  }
  return `${lines.join('\n')}\n`;
}
