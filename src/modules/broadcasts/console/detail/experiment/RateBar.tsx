import { useFormat } from '../../../../../console/format.ts'

type Props = { rate: number; low: number; high: number; most: number; ahead?: boolean }

/** A rate as a bar with its 95 % interval across the end; `most` is the whole width. */
export function RateBar({ rate, low, high, most, ahead = false }: Props) {
  const format = useFormat()
  const width = (value: number) => `${(Math.max(0, value) / Math.max(most, 0.000_1)) * 100}%`
  return (
    <div
      className={`w-rate-bar${ahead ? ' w-rate-ahead' : ''}`}
      role="img"
      aria-label={`${format.percent(rate)} (${format.percent(low)} – ${format.percent(high)})`}
    >
      <span className="w-rate-filled" style={{ width: width(rate) }} />
      <span className="w-rate-interval" style={{ left: width(low), width: width(high - low) }} />
    </div>
  )
}
