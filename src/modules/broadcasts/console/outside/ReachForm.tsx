import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { useAccount, useAccountId } from '../../../../console/session.ts'
import { Choices } from '../../../../console/ui/Choices.tsx'
import { useWechatTags } from '../../../../console/wechat-tags.ts'
import { listFanListsEndpoint } from '../../../contacts/schema.ts'
import { listSegmentsEndpoint } from '../../../segments/schema.ts'
import { REACH_KINDS, type ReachDraft } from './reach.ts'

type Props = { value: ReachDraft; onChange: (value: ReachDraft) => void }

/** 发给了谁: five answers, and what each of them takes from whom. */
export function ReachForm({ value, onChange }: Props) {
  const { t } = useTranslation()
  const account = useAccount()
  return (
    <div className="w-stack" style={{ gap: 12 }}>
      <Choices
        label={t('massOutside.reach')}
        value={value.kind}
        onChange={(kind) => onChange({ ...value, kind })}
        choices={REACH_KINDS.map((kind) => ({
          value: kind,
          title: t(`massOutside.reachKind.${kind}`),
          hint: t(`massOutside.reachHint.${kind}`),
        }))}
      />
      {value.kind === 'tag' && <TagField value={value} onChange={onChange} />}
      {value.kind === 'segment' && <SegmentField value={value} onChange={onChange} />}
      {value.kind === 'list' && <ListField value={value} onChange={onChange} />}
      {value.kind !== 'unknown' && (
        <span className="w-faint w-small">
          {t(account?.kind === 'subscription' ? 'massOutside.noMonth' : 'massOutside.nowFollowing')}
        </span>
      )}
    </div>
  )
}

const WIDE = { width: '100%', maxWidth: 420 }

function TagField({ value, onChange }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const { items, query } = useWechatTags()
  return (
    <Select<number>
      showSearch={{ optionFilterProp: 'label' }}
      style={WIDE}
      aria-label={t('massOutside.reachKind.tag')}
      loading={query.isPending}
      placeholder={t('audience.chooseTag')}
      value={value.tagId}
      onChange={(tagId) => onChange({ ...value, tagId })}
      notFoundContent={t('tags.empty')}
      options={items.map((tag) => ({
        value: tag.tagId,
        label: `${tag.name}（${format.number(tag.memberCount)}）`,
      }))}
    />
  )
}

function SegmentField({ value, onChange }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const list = useCursorList(listSegmentsEndpoint, { query: { accountId, listed: 'true', limit: 200 } })
  return (
    <Select<string>
      showSearch={{ optionFilterProp: 'label' }}
      style={WIDE}
      aria-label={t('massOutside.reachKind.segment')}
      loading={list.isLoading}
      placeholder={t('massOutside.chooseSegment')}
      value={value.segmentId}
      onChange={(segmentId) => onChange({ ...value, segmentId })}
      notFoundContent={t('audience.noSegments')}
      options={list.items.map(({ id, name, size }) => ({
        value: id,
        label: `${name}（${size === null ? t('audience.notComputed') : format.number(size)}）`,
      }))}
    />
  )
}

function ListField({ value, onChange }: Props) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const lists = useCursorList(listFanListsEndpoint, { params: { accountId }, query: { limit: 200 } })
  return (
    <Select<string>
      showSearch={{ optionFilterProp: 'label' }}
      style={WIDE}
      aria-label={t('massOutside.reachKind.list')}
      loading={lists.isLoading}
      placeholder={t('audience.chooseList')}
      value={value.listId}
      onChange={(listId) => onChange({ ...value, listId })}
      notFoundContent={t('lists.empty')}
      options={lists.items.map(({ id, name, size }) => ({
        value: id,
        label: `${name}（${format.number(size)}）`,
      }))}
    />
  )
}
