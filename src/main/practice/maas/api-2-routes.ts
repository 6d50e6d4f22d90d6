import { accountRoutes } from './account-routes.ts';
import { imageRoutes } from './image-routes.ts';
import { machineRoutes, sortingRoutes } from './machine-routes.ts';
import { networkRoutes } from './network-routes.ts';
import { observedRoutes } from './observed-routes.ts';
import type { Route } from './routes.ts';

/** API 2.0, as far as it was recorded. */
export const api2Routes: readonly Route[] = [
  ...accountRoutes,
  ...imageRoutes,
  ...networkRoutes,
  ...machineRoutes,
  ...sortingRoutes,
  ...observedRoutes,
];
