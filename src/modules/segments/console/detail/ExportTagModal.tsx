import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Form, Input, Modal, Progress, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { ApiError, call } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useInvalidate, useTellError } from '../../../../console/hooks.ts'
import { useTagsOf } from '../../../../console/rule-sources.ts'
import { useAccounts } from '../../../../console/session.ts'
import { lookUp, useErrorText } from '../../../../console/ui/error-text.ts'
import { NumberStat, StatRow } from '../../../../console/ui/NumberStat.tsx'
import { Loaded } from '../../../../console/ui/states.tsx'
import {
  createWechatTagEndpoint,
  getTagRunEndpoint,
  listTagsEndpoint,
  type TagRun,
  tagFansEndpoint,
} from '../../../tags/schema.ts'
import { estimateEndpoint } from '../../schema/ask.ts'
import type { Segment } from '../../schema/segment.ts'

/** 导出到微信标签: the members of the last computation get a tag at WeChat; numbers first, then how far it is. */
export function ExportTagModal({ segment, onClose }: { segment: Segment; onClose: () => void }) {
  const { t } = useTranslation()
  const accounts = (useAccounts().data?.items ?? []).filter(
    ({ id }) => segment.accountId === null || segment.accountId === id,
  )
  const [accountId, setAccountId] = useState(segment.accountId ?? accounts[0]?.id)
  const [way, setWay] = useState<'new' | 'known'>('new')
  const [name, setName] = useState([...segment.name].slice(0, MOST_CHARACTERS).join(''))
  const [tagId, setTagId] = useState<number | undefined>()
  const tags = useTagsOf(accountId === undefined ? [] : [accountId])
  const { start, runId, busy } = useExport(segment)
  if (runId !== undefined)
    return (
      <Modal
        open
        title={t('segments.exportTag')}
        onCancel={onClose}
        footer={<Button onClick={onClose}>{t('common.close')}</Button>}
      >
        <RunState runId={runId} accountId={accountId ?? ''} />
      </Modal>
    )
  const ready = accountId !== undefined && (way === 'new' ? name.trim() !== '' : tagId !== undefined)
  return (
    <Modal
      open
      title={t('segments.exportTag')}
      okText={t('segments.exportGo')}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={busy}
      onCancel={onClose}
      onOk={() => accountId !== undefined && void start(accountId, way === 'new' ? name.trim() : tagId)}
    >
      <Numbers segment={segment} accountId={accountId} />
      <Form layout="vertical" component="div">
        {segment.accountId === null && (
          <Form.Item label={t('segments.account')}>
            <Select
              value={accountId ?? null}
              onChange={(id: string) => setAccountId(id)}
              options={accounts.map((one) => ({ value: one.id, label: one.name }))}
            />
          </Form.Item>
        )}
        <Form.Item>
          <Radio.Group
            value={way}
            onChange={(event) => setWay(event.target.value as 'new' | 'known')}
            options={[
              { value: 'new', label: t('segments.tagNew') },
              { value: 'known', label: t('segments.tagKnown') },
            ]}
          />
        </Form.Item>
        <Form.Item extra={t('segments.exportHint')}>
          {way === 'new' ? (
            <Input
              aria-label={t('segments.tagNew')}
              count={{ show: true, max: MOST_CHARACTERS, strategy: (text) => [...text].length }}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          ) : (
            <Select
              showSearch={{ optionFilterProp: 'label' }}
              aria-label={t('segments.tagKnown')}
              placeholder={t('segments.chooseTags')}
              value={tagId ?? null}
              onChange={(id: number) => setTagId(id)}
              options={tags.map((one) => ({ value: one.tagId, label: one.name }))}
            />
          )}
        </Form.Item>
      </Form>
    </Modal>
  )
}

/** Characters of a tag's name at WeChat. */
const MOST_CHARACTERS = 30

/** How many there are, and how many of them follow the account: only followers can carry a tag at WeChat. */
function Numbers({ segment, accountId }: { segment: Segment; accountId: string | undefined }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useQuery({
    queryKey: ['segments', 'followers', segment.id, accountId ?? null],
    queryFn: ({ signal }) =>
      call(
        estimateEndpoint,
        {
          body: {
            rule: {
              kind: 'and',
              of: [
                { kind: 'segment', segmentId: segment.id },
                { kind: 'fan', accountId: accountId ?? '', test: { fact: 'follows' } },
              ],
            },
            funnel: false,
          },
        },
        signal,
      ),
    enabled: accountId !== undefined,
  })
  return (
    <Loaded query={query} rows={1}>
      {(estimate) => (
        <StatRow>
          <NumberStat label={t('segments.members')} value={format.number(segment.size)} />
          <NumberStat
            label={t('segments.canBeTagged')}
            value={format.number(estimate.count)}
            hint={t('segments.canBeTaggedHint')}
          />
        </StatRow>
      )}
    </Loaded>
  )
}

function useExport(segment: Segment) {
  const tell = useTellError()
  const invalidate = useInvalidate()
  const [runId, setRunId] = useState<string | undefined>()
  const [busy, setBusy] = useState(false)
  const start = async (accountId: string, tag: string | number | undefined) => {
    if (segment.snapshotId === null || tag === undefined) return
    const params = { accountId }
    setBusy(true)
    try {
      const tagId =
        typeof tag === 'number'
          ? tag
          : (await call(createWechatTagEndpoint, { params, body: { name: tag } })).tagId
      const people = { kind: 'snapshot' as const, snapshotId: segment.snapshotId }
      const run = await call(tagFansEndpoint, { params, body: { people, give: [tagId] } })
      setRunId(run.runId)
      invalidate(listTagsEndpoint)
    } catch (error) {
      tell(error)
    }
    setBusy(false)
  }
  return { start, runId, busy }
}

const isOpen = (run: TagRun | undefined) =>
  run === undefined || run.state === 'queued' || run.state === 'running'

function RunState({ runId, accountId }: { runId: string; accountId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const query = useEndpoint(
    getTagRunEndpoint,
    { params: { tagRunId: runId } },
    { every: (run) => (isOpen(run) ? 1_000 : false) },
  )
  return (
    <Loaded query={query} rows={2}>
      {(run) => (
        <>
          <Progress
            percent={run.total ? Math.floor((run.done / run.total) * 100) : run.state === 'done' ? 100 : 0}
            status={run.state === 'failed' ? 'exception' : run.state === 'done' ? 'success' : 'active'}
          />
          <p className="w-soft">
            {run.total === null
              ? t('runs.doneOnly', { done: format.number(run.done) })
              : t('runs.doneOf', { done: format.number(run.done), total: format.number(run.total) })}
            {isOpen(run) && ` · ${t('runs.canLeave')}`}
          </p>
          <ul className="w-sample">
            {run.results.map(({ outcome, people }) => (
              <li key={outcome}>
                <span>{outcomeText(t('segments.tagOutcome', { returnObjects: true }), outcome)}</span>
                <b>{format.number(people)}</b>
              </li>
            ))}
          </ul>
          {run.error !== null && (
            <Alert
              type="error"
              showIcon
              title={describe(new ApiError(500, run.error.reason, '', run.error.detail)).title}
              description={describe(new ApiError(500, run.error.reason, '', run.error.detail)).advice}
            />
          )}
          {run.state === 'done' && <Link to={`/accounts/${accountId}/tags`}>{t('nav.tags')}</Link>}
        </>
      )}
    </Loaded>
  )
}

const outcomeText = (known: Record<string, string>, outcome: string): string =>
  known[outcome] ?? lookUp('errors', outcome) ?? outcome
