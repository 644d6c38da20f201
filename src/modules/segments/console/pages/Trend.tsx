import { useEndpoint } from '../../../../console/hooks.ts'
import { listSnapshotsEndpoint, type SegmentListItem } from '../../schema/segment.ts'

const POINTS = 14
const [WIDTH, HEIGHT] = [96, 26]

/** The sizes of the last computations as a line; nothing where there are fewer than two. */
export function Trend({ segment }: { segment: SegmentListItem }) {
  const computed = segment.updateKind === 'daily' || segment.updateKind === 'on_demand'
  const { data } = useEndpoint(
    listSnapshotsEndpoint,
    { params: { segmentId: segment.id }, query: { limit: POINTS } },
    { enabled: computed, staleMs: 60_000 },
  )
  const sizes = (data?.items ?? []).flatMap(({ size }) => size ?? []).toReversed()
  if (sizes.length < 2) return <span className="w-faint">—</span>
  const [low, high] = [Math.min(...sizes), Math.max(...sizes)]
  const points = sizes.map((size, index) => {
    const x = (index / (sizes.length - 1)) * (WIDTH - 4) + 2
    const y = high === low ? HEIGHT / 2 : HEIGHT - 3 - ((size - low) / (high - low)) * (HEIGHT - 6)
    return `${x.toFixed(1)},${y.toFixed(1)}`
  })
  return (
    <svg
      width={WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={`${sizes[0]} → ${sizes.at(-1)}`}
      className="w-trend"
    >
      <polyline points={points.join(' ')} />
    </svg>
  )
}
