import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useState,
} from 'react'
import { type Appearance, applyPalette } from './palette.ts'

export type ThemeChoice = Appearance | 'system'
type ThemeValue = { appearance: Appearance; choice: ThemeChoice; choose(choice: ThemeChoice): void }

const STORED = 'weida.theme'
const ThemeContext = createContext<ThemeValue | undefined>(undefined)
const systemDark = window.matchMedia('(prefers-color-scheme: dark)')

/** Light or dark: what was chosen on this device, else what the system says, also when that changes. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const [choice, setChoice] = useState<ThemeChoice>(storedChoice)
  const [dark, setDark] = useState(systemDark.matches)
  useEffect(() => {
    const follow = () => setDark(systemDark.matches)
    systemDark.addEventListener('change', follow)
    return () => systemDark.removeEventListener('change', follow)
  }, [])
  const appearance: Appearance = choice === 'system' ? (dark ? 'dark' : 'light') : choice
  useLayoutEffect(() => applyPalette(appearance), [appearance])
  const value = useMemo<ThemeValue>(
    () => ({
      appearance,
      choice,
      choose: (next) => {
        localStorage.setItem(STORED, next)
        setChoice(next)
      },
    }),
    [appearance, choice],
  )
  return <ThemeContext.Provider value={value}>{children}</ThemeContext.Provider>
}

export function useTheme(): ThemeValue {
  const value = useContext(ThemeContext)
  if (value === undefined) throw new Error('useTheme is used inside ThemeProvider')
  return value
}

function storedChoice(): ThemeChoice {
  const stored = localStorage.getItem(STORED)
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}
