export const map = {
  'nav.map': 'Map',
} as const;
