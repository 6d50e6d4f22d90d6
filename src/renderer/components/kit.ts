/**
 * What we take of the MAAS UI's component library. Its entry point is CommonJS and drags in every
 * component with its own copy of the framework's Sass; these paths do not. Components that speak
 * English by themselves (Modal, SearchBox, ContextualMenu) are not taken.
 */
export { default as Button } from '@canonical/react-components/dist/esm/components/Button/index.js';
export { default as CheckboxInput } from '@canonical/react-components/dist/esm/components/CheckboxInput/index.js';
