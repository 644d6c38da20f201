import { ForkOutlined, PlusOutlined, ReloadOutlined } from '@ant-design/icons'
import { Button, Select, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { useWechatTags } from '../../../../console/wechat-tags.ts'
import { SplitModal } from '../../../segments/console/index.ts'
import { listSegmentsEndpoint, type SegmentListItem } from '../../../segments/schema.ts'
import type { Draft } from './draft.ts'

const MOST = 20

type Props = {
  draft: Draft
  onChange: (part: Partial<Draft>) => void
  onSplit?: (parts: { id: string; name: string }[]) => void
  mostParts?: number
}

/** 部分粉丝: segments and WeChat tags to include and to leave out. Segments made since are seen after a refresh. */
export function SegmentChoice({ draft, onChange, onSplit, mostParts }: Props) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const mayMake = useCan('segments:write')
  const [splitting, setSplitting] = useState(false)
  const list = useCursorList(listSegmentsEndpoint, { query: { accountId, listed: 'true', limit: 200 } })
  const others = (chosen: readonly string[]) => list.items.filter(({ id }) => !chosen.includes(id))
  const [only, ...more] = draft.include
  const whole = list.items.find(({ id }) => id === only)
  const isOne = whole !== undefined && more.length === 0 && draft.tags.length === 0
  const whyNoSplit = !mayMake ? t('common.notAllowed') : isOne ? undefined : t('massGroups.splitOne')
  return (
    <div className="w-stack" style={{ gap: 10 }}>
      <div className="w-choose-people">
        <Picker
          label={t('audience.include')}
          placeholder={t('audience.chooseSegments')}
          loading={list.isLoading}
          segments={others(draft.exclude)}
          value={draft.include}
          onChange={(include) => onChange({ include })}
        />
        <TagPicker
          label={t('audience.includeTags')}
          placeholder={t('audience.chooseTags')}
          value={draft.tags}
          others={draft.excludeTags}
          onChange={(tags) => onChange({ tags })}
        />
        <Picker
          label={t('audience.exclude')}
          placeholder={t('audience.chooseExcluded')}
          loading={list.isLoading}
          segments={others(draft.include)}
          value={draft.exclude}
          onChange={(exclude) => onChange({ exclude })}
        />
        <TagPicker
          label={t('audience.excludeTags')}
          placeholder={t('audience.chooseExcluded')}
          value={draft.excludeTags}
          others={draft.tags}
          onChange={(excludeTags) => onChange({ excludeTags })}
        />
      </div>
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
        {onSplit !== undefined && (
          <Tooltip title={whyNoSplit ?? t('massGroups.splitHint')}>
            <Button
              size="small"
              icon={<ForkOutlined />}
              disabled={whyNoSplit !== undefined}
              onClick={() => setSplitting(true)}
            >
              {t('massGroups.split')}
            </Button>
          </Tooltip>
        )}
        <span className="w-faint w-small">{t('audience.segmentsHint')}</span>
      </div>
      {splitting && whole && (
        <SplitModal
          segment={whole}
          {...(mostParts !== undefined && { most: mostParts })}
          onClose={() => setSplitting(false)}
          onMade={(parts) => {
            setSplitting(false)
            onSplit?.(parts)
          }}
        />
      )}
    </div>
  )
}

function TagPicker({
  label,
  placeholder,
  value,
  others,
  onChange,
}: {
  label: string
  placeholder: string
  value: number[]
  /** Chosen on the other side, so not here. */
  others: readonly number[]
  onChange: (tagIds: number[]) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { items, query } = useWechatTags()
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
        loading={query.isPending}
        placeholder={placeholder}
        value={value}
        onChange={onChange}
        notFoundContent={t('tags.empty')}
        options={items
          .filter(({ tagId }) => !others.includes(tagId))
          .map((tag) => ({
            value: tag.tagId,
            name: tag.name,
            label: `${tag.name}（${format.number(tag.memberCount)}）`,
          }))}
      />
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
