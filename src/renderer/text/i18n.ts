import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../../messages/catalogues.ts';
import { catalogues } from '../../messages/catalogues.ts';
import { addFormats } from '../../messages/formats.ts';

/** Starts translation; the catalogues are in the bundle, so there is nothing to wait for. */
export function startTranslation(language: Language): void {
  void i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    initAsync: false,
    resources: {
      en: { translation: catalogues.en },
      ja: { translation: catalogues.ja },
    },
    // Keys are flat: `step.mirror.packages.title` is one name.
    keySeparator: false,
    nsSeparator: false,
    // React escapes what it renders.
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  addFormats(i18next.services.formatter);
}

export function speak(language: Language): void {
  document.documentElement.lang = language;
  if (i18next.language !== language) void i18next.changeLanguage(language);
}
