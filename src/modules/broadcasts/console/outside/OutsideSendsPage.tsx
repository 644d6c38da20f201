import { PlusOutlined } from '@ant-design/icons'
import { Button, Popconfirm, type TableColumnsType, Tabs, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId, useCan } from '../../../../console/session.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { useFilters } from '../../../../console/ui/filters.tsx'
import { PageHeader } from '../../../../console/ui/PageHeader.tsx'
import { StateTag, type Tone } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import {
  ignoreOutsideSendEndpoint,
  listOutsideSendsEndpoint,
  type OutsideSend,
  type OutsideState,
  undoOutsideSendEndpoint,
} from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { ChargeModal } from './ChargeModal.tsx'
import { EnterModal } from './EnterModal.tsx'
import { useOutsideWords } from './words.ts'

const VIEWS = ['open', 'decided', 'all'] as const
type View = (typeof VIEWS)[number]
const LIST = { invalidates: [listOutsideSendsEndpoint] }

/** 外部群发: what went out without us, and to whom somebody said it went. */
export function OutsideSendsPage() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const filters = useFilters(['view'])
  const view = (filters.values.view as View | undefined) ?? 'open'
  const [asked, setAsked] = useState<OutsideSend>()
  const [entering, setEntering] = useState(false)
  const list = useCursorList(
    listOutsideSendsEndpoint,
    { params: { accountId }, query: view === 'all' ? {} : { state: view } },
    { every: 5_000 },
  )
  return (
    <>
      <PageHeader
        back={{ to: `/accounts/${accountId}/broadcasts`, label: t('nav.broadcasts') }}
        title={t('massOutside.title')}
        sub={t('massOutside.sub')}
        actions={<EnterButton onClick={() => setEntering(true)} />}
      />
      <Tabs
        size="small"
        activeKey={view}
        onChange={(key) => filters.set('view', key === 'open' ? undefined : key)}
        items={VIEWS.map((key) => ({ key, label: t(`massOutside.view.${key}`) }))}
      />
      <CursorTable<OutsideSend>
        list={list}
        columns={useColumns(setAsked)}
        rowKey="id"
        minWidth={940}
        empty={
          <EmptyState
            title={t(view === 'open' ? 'massOutside.emptyOpen' : 'massOutside.empty')}
            hint={t('massOutside.emptyHint')}
          />
        }
      />
      {asked !== undefined && <ChargeModal send={asked} onClose={() => setAsked(undefined)} />}
      {entering && <EnterModal onClose={() => setEntering(false)} />}
    </>
  )
}

function EnterButton({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation()
  const allowed = useCan('broadcasts:send')
  return (
    <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
      <Button type="primary" icon={<PlusOutlined />} disabled={!allowed} onClick={onClick}>
        {t('massOutside.enter')}
      </Button>
    </Tooltip>
  )
}

const TONES: Record<OutsideState, Tone> = {
  open: 'warn',
  charging: 'busy',
  charged: 'good',
  undoing: 'busy',
  own: 'good',
  ignored: 'idle',
}

function useColumns(onAsk: (send: OutsideSend) => void): TableColumnsType<OutsideSend> {
  const { t } = useTranslation()
  const words = useOutsideWords()
  const explain = useReason()
  return [
    {
      title: t('massOutside.send'),
      render: (_, send) => (
        <>
          <strong>{words.nameOf(send)}</strong>
          <div className="w-faint w-small">{t(`massOutside.source.${send.source}`)}</div>
          {send.problem !== null && (
            <div className="w-small">{t('massOutside.problem', { reason: explain(send.problem).text })}</div>
          )}
        </>
      ),
    },
    {
      title: t('massOutside.at'),
      width: 170,
      className: 'w-nowrap',
      render: (_, send) => words.timeOf(send),
    },
    { title: t('massOutside.people'), width: 110, render: (_, send) => words.peopleOf(send) },
    {
      title: t('common.state'),
      width: 150,
      render: (_, { state, countsDay, suspects }) => (
        <>
          <StateTag tone={TONES[state]} pulse={TONES[state] === 'busy'}>
            {t(`massOutside.state.${state}`)}
          </StateTag>
          {countsDay && <div className="w-faint w-small">{t('massOutside.countsDay')}</div>}
          {suspects.length > 0 && <div className="w-faint w-small">{t('massOutside.suspect')}</div>}
        </>
      ),
    },
    { title: t('massOutside.reach'), width: 190, render: (_, send) => <Reach send={send} /> },
    {
      title: '',
      width: 200,
      render: (_, send) => <Actions send={send} onAsk={() => onAsk(send)} />,
    },
  ]
}

function Reach({ send }: { send: OutsideSend }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const { state, reach, reachName, charged, toCharge, own } = send
  if (own !== null)
    return (
      <Link to={`/accounts/${accountId}/broadcasts/${own.broadcastId}`}>
        {t('massOutside.ownOf', { seq: own.seq + 1 })}
      </Link>
    )
  if (reach === null) return <span className="w-faint">—</span>
  const done =
    state === 'charging'
      ? t('massOutside.charging', { number: format.number(charged), total: format.number(toCharge) })
      : charged > 0
        ? t('massOutside.charged', { number: format.number(charged) })
        : t('massOutside.notCharged')
  return (
    <>
      {t(`massOutside.reachKind.${reach.kind}`)}
      {reachName !== null && ` · ${reachName}`}
      <div className="w-faint w-small">{done}</div>
    </>
  )
}

function Actions({ send, onAsk }: { send: OutsideSend; onAsk: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const maySend = useCan('broadcasts:send')
  const params = { accountId, outsideSendId: send.id }
  const undo = useEndpointMutation(undoOutsideSendEndpoint, LIST)
  const ignore = useEndpointMutation(ignoreOutsideSendEndpoint, LIST)
  return (
    <>
      {send.can.charge && (
        <Button type="link" size="small" disabled={!maySend} onClick={onAsk}>
          {t('massOutside.charge')}
        </Button>
      )}
      {send.can.ignore && (
        <Popconfirm
          title={t('massOutside.ignoreTitle')}
          description={<div style={{ maxWidth: 320 }}>{t('massOutside.ignoreHint')}</div>}
          okText={t('massOutside.ignore')}
          onConfirm={() => ignore.mutate({ params })}
        >
          <Button type="link" size="small" disabled={!maySend} loading={ignore.isPending}>
            {t('massOutside.ignore')}
          </Button>
        </Popconfirm>
      )}
      {send.can.undo &&
        (send.state === 'ignored' ? (
          <Button type="link" size="small" disabled={!maySend} onClick={() => undo.mutate({ params })}>
            {t('massOutside.reopen')}
          </Button>
        ) : (
          <Popconfirm
            title={t('massOutside.undoTitle')}
            description={t('massOutside.undoHint', { number: format.number(send.charged) })}
            okText={t('massOutside.undo')}
            onConfirm={() => undo.mutate({ params })}
          >
            <Button type="link" size="small" disabled={!maySend} loading={undo.isPending}>
              {t('massOutside.undo')}
            </Button>
          </Popconfirm>
        ))}
    </>
  )
}
