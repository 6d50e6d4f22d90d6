import { Icon } from '../components/icon.tsx';
import { routeHash, SCREENS, type Screen, useRoute } from '../core/route.ts';
import { useText } from '../text/use-text.ts';

interface NavProps {
  readonly attention: Partial<Record<string, number>>;
  /** Screens that have nothing to show in this lab. */
  readonly hidden: readonly Screen[];
}

export function Nav({ attention, hidden }: NavProps) {
  const { t } = useText();
  const route = useRoute();
  return (
    <nav className="lw-nav" aria-label={t('nav.label')}>
      <p className="lw-nav__name" translate="no">
        <Mark />
        Labwright
      </p>
      <ul>
        {SCREENS.filter((screen) => !hidden.includes(screen)).map((screen) => {
          const count = attention[screen] ?? 0;
          return (
            <li key={screen}>
              <a
                href={routeHash({ lab: route.lab, screen, item: undefined })}
                aria-current={route.screen === screen ? 'page' : undefined}
              >
                <Icon name={screen} />
                <span>{t(`nav.${screen}`)}</span>
                {count > 0 ? (
                  <span className="lw-nav__count">
                    <span aria-hidden="true">{count}</span>
                    <span className="u-off-screen">{t('nav.attention', { n: count })}</span>
                  </span>
                ) : null}
              </a>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** Three rungs of a rack and a tick. */
export function Mark() {
  return (
    <svg className="lw-mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
      <path d="M3 2v16M17 2v16M3 5h14M3 10h5M3 15h14" />
      <path className="lw-mark__tick" d="m9 10.3 2.6 2.5L17 6.8" />
    </svg>
  );
}
