import { z } from 'zod';

/** What can be practised: one simulated host with the chapters that are about it. */
export const PracticeRoom = z.enum(['mirror', 'kvm', 'esxi', 'esxi-api', 'maas']);
export type PracticeRoom = z.infer<typeof PracticeRoom>;
