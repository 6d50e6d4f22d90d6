declare module '*.css';
declare module '*.scss';
declare module '@fontsource-variable/ubuntu-sans/wght.css';
declare module '@fontsource-variable/ubuntu-sans-mono/wght.css';
