import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { beijingDay, beijingMinute } from '../kernel/beijing.ts'

export type Format = ReturnType<typeof makeFormat>

/** Numbers and instants as people read them; every instant is told in Beijing time. */
export function useFormat(): Format {
  const { i18n } = useTranslation()
  return useMemo(() => makeFormat(i18n.language), [i18n.language])
}

const MINUTE = 60_000

function makeFormat(language: string) {
  const integer = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const compact = new Intl.NumberFormat(language, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  return {
    number: (value: number | null | undefined): string => (value == null ? '—' : integer.format(value)),
    compact: (value: number): string => compact.format(value),
    percent: (share: number): string => (Number.isFinite(share) ? percent.format(share) : '—'),
    /** `2026-11-21 09:05` */
    instant: (iso: string | Date | null | undefined): string =>
      iso == null ? '—' : beijingMinute(typeof iso === 'string' ? new Date(iso) : iso),
    /** With seconds, for clocks and audit trails. */
    second: (iso: string | Date): string => {
      const at = typeof iso === 'string' ? new Date(iso) : iso
      return new Date(at.getTime() + 8 * 60 * MINUTE).toISOString().slice(0, 19).replace('T', ' ')
    },
    day: (iso: string | null | undefined): string => (iso == null ? '—' : beijingDay(new Date(iso))),
    ago: (iso: string, now: number): string => {
      const minutes = Math.round((new Date(iso).getTime() - now) / MINUTE)
      if (Math.abs(minutes) < 60) return relative.format(minutes, 'minute')
      if (Math.abs(minutes) < 48 * 60) return relative.format(Math.round(minutes / 60), 'hour')
      return relative.format(Math.round(minutes / 1440), 'day')
    },
    bytes: (value: number): string =>
      value < 1024 * 1024 ? `${Math.ceil(value / 1024)} KB` : `${(value / 1024 / 1024).toFixed(1)} MB`,
  }
}
