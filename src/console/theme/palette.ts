export type Appearance = 'light' | 'dark'

/**
 * The console's colours, once: antd's tokens and our own style sheets both take them from here.
 * The accent is an indigo of our own; WeChat's green appears only in what WeChat itself draws.
 */
export const PALETTE = {
  light: {
    accent: '#4150c4',
    accentSoft: '#eceefb',
    page: '#f4f5f7',
    surface: '#ffffff',
    raised: '#ffffff',
    sunken: '#f7f8fa',
    line: '#e4e6eb',
    lineSoft: '#eef0f3',
    text: '#1b2130',
    textSoft: '#59627a',
    textFaint: '#8b93a7',
    good: '#1f8a5b',
    goodSoft: '#e5f5ed',
    warn: '#b26a00',
    warnSoft: '#fdf1dd',
    bad: '#c93a3a',
    badSoft: '#fcebea',
    odd: '#7a4fc0',
    oddSoft: '#f2ebfb',
    shadow: '0 1px 2px rgb(20 26 45 / 5%), 0 6px 20px rgb(20 26 45 / 6%)',
  },
  dark: {
    accent: '#8b97f5',
    accentSoft: '#262b4d',
    page: '#101218',
    surface: '#181b23',
    raised: '#1f232d',
    sunken: '#14171e',
    line: '#2c313d',
    lineSoft: '#232833',
    text: '#e7e9ef',
    textSoft: '#a4abbd',
    textFaint: '#737b8f',
    good: '#4cc38a',
    goodSoft: '#16312a',
    warn: '#e8a83c',
    warnSoft: '#37290f',
    bad: '#f0716d',
    badSoft: '#3c1d1f',
    odd: '#b494ee',
    oddSoft: '#2d2244',
    shadow: '0 1px 2px rgb(0 0 0 / 30%), 0 8px 24px rgb(0 0 0 / 35%)',
  },
} as const satisfies Record<Appearance, Record<string, string>>

/** Puts the palette on the document, as `--w-accent`, `--w-text-soft`, … */
export function applyPalette(appearance: Appearance): void {
  const { style } = document.documentElement
  for (const [name, value] of Object.entries(PALETTE[appearance])) {
    style.setProperty(`--w-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, value)
  }
  style.colorScheme = appearance
  document.documentElement.dataset['appearance'] = appearance
}
