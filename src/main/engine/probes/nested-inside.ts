import { quick } from '../probe.ts';

export interface NestedInside {
  /** The processor's extension as this system sees it. */
  readonly extension: 'vmx' | 'svm' | undefined;
  /** Whether the kernel offers it to programs. */
  readonly device: boolean;
  /** What kvm-ok (Ubuntu's cpu-checker) concludes, where it is installed. */
  readonly kvmOk: { readonly usable: boolean; readonly said: string } | undefined;
}

/** Whether a system can run guests of its own, asked inside it (users.md D52). */
export const nestedInside = quick<NestedInside>({
  key: 'nested-inside',
  script: `grep -owE -m 1 'vmx|svm' /proc/cpuinfo | sed 's/^/extension /;q'
[ ! -c /dev/kvm ] || echo device
command -v kvm-ok >/dev/null 2>&1 || exit 0
kvm-ok 2>&1 | sed 's/^/kvm-ok /'`,
  shown: 'grep -owE "vmx|svm" /proc/cpuinfo; ls /dev/kvm; kvm-ok',
  parse: ({ text }) => {
    const extension = /^extension (vmx|svm)$/m.exec(text)?.[1] as 'vmx' | 'svm' | undefined;
    const said = [...text.matchAll(/^kvm-ok (.*)$/gm)].map(([, line = '']) => line.trim());
    return {
      extension,
      device: /^device$/m.test(text),
      kvmOk:
        said.length === 0
          ? undefined
          : { usable: said.includes('KVM acceleration can be used'), said: said.join(' ') },
    };
  },
});
