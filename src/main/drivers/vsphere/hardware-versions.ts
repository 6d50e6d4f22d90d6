import { z } from 'zod';
import { type CallOptions, parseAnswer, type Session } from './session.ts';
import type { MoRef } from './vim-value.ts';

const Descriptors = z.array(
  z.looseObject({
    key: z.string(),
    createSupported: z.boolean().optional(),
    defaultConfigOption: z.boolean().optional(),
  }),
);

/**
 * Hardware versions (`vmx-10`) that machines can be made with here, asked of the site itself since
 * every update brings new ones. `environmentBrowser` is the place's.
 */
export async function listHardwareVersions(
  session: Session,
  environmentBrowser: MoRef,
  options: CallOptions = {},
): Promise<{ readonly version: string; readonly isDefault: boolean }[]> {
  const said = await session.call('QueryConfigOptionDescriptor', environmentBrowser, {}, options);
  const found = parseAnswer(
    session.site,
    Descriptors,
    said,
    'VirtualMachineConfigOptionDescriptor',
  );
  return found
    .filter(({ createSupported }) => createSupported !== false)
    .map(({ key, defaultConfigOption }) => ({
      version: key,
      isDefault: defaultConfigOption ?? false,
    }));
}
