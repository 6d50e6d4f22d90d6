import { createContext, useContext } from 'react';
import type { LabState } from '../../contract/lab-state.ts';

export interface OpenLab {
  readonly path: string;
  readonly state: LabState;
  readonly stale: boolean;
  /** False when another process owns the lab or the connection is gone. */
  readonly writable: boolean;
}

export const LabContext = createContext<OpenLab | undefined>(undefined);

export function useLab(): OpenLab {
  const lab = useContext(LabContext);
  if (lab === undefined) throw new Error('no lab is open here');
  return lab;
}
