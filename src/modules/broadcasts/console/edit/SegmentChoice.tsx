import { PlusOutlined, ReloadOutlined } from '@ant-design/icons'
import { Button, Select, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { listSegmentsEndpoint, type SegmentListItem } from '../../../segments/schema.ts'
import type { Draft } from './draft.ts'

const MOST = 20

/** 已有分群: whom to include and whom to leave out. Segments made since are seen after a refresh. */
export function SegmentChoice({
  draft,
  onChange,
}: {
  draft: Draft
  onChange: (part: Partial<Draft>) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayMake = useCan('segments:write')
  const list = useCursorList(listSegmentsEndpoint, { query: { accountId, listed: 'true', limit: 200 } })
  const others = (chosen: readonly string[]) => list.items.filter(({ id }) => !chosen.includes(id))
  return (
    <div className="w-stack" style={{ gap: 10, maxWidth: 640 }}>
      <Picker
        label={t('audience.include')}
        placeholder={t('audience.chooseSegments')}
        loading={list.isLoading}
        segments={others(draft.exclude)}
        value={draft.include}
        onChange={(include) => onChange({ include })}
      />
      <Picker
        label={t('audience.exclude')}
        placeholder={t('audience.chooseExcluded')}
        loading={list.isLoading}
        segments={others(draft.include)}
        value={draft.exclude}
        onChange={(exclude) => onChange({ exclude })}
      />
      <div className="w-row">
        <Button size="small" icon={<ReloadOutlined />} loading={list.isStale} onClick={list.refetch}>
          {t('audience.refreshSegments')}
        </Button>
        <Tooltip title={mayMake ? undefined : t('common.notAllowed')}>
          <Button
            size="small"
            icon={<PlusOutlined />}
            disabled={!mayMake}
            href="/segments/new"
            target="_blank"
          >
            {t('audience.newSegment')}
          </Button>
        </Tooltip>
        <span className="w-faint w-small">{t('audience.segmentsHint')}</span>
      </div>
    </div>
  )
}

type PickerProps = {
  label: string
  placeholder: string
  loading: boolean
  segments: readonly SegmentListItem[]
  value: string[]
  onChange: (ids: string[]) => void
}

function Picker({ label, placeholder, loading, segments, value, onChange }: PickerProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const sizeOf = (segment: SegmentListItem) =>
    segment.size === null ? t('audience.notComputed') : format.number(segment.size)
  return (
    <div>
      <div className="w-soft w-small" style={{ marginBottom: 4 }}>
        {label}
      </div>
      <Select
        aria-label={label}
        mode="multiple"
        maxCount={MOST}
        style={{ width: '100%' }}
        showSearch={{ optionFilterProp: 'name' }}
        loading={loading}
        placeholder={placeholder}
        value={value}
        onChange={onChange}
        notFoundContent={t('audience.noSegments')}
        options={segments.map((segment) => ({
          value: segment.id,
          name: segment.name,
          label: `${segment.name}（${sizeOf(segment)}）`,
        }))}
      />
    </div>
  )
}
