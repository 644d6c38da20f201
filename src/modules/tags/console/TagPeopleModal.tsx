import { Button, Form, Modal, Segmented, Select, type SelectProps } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation, useInvalidate } from '../../../console/hooks.ts'
import { useAccounts } from '../../../console/session.ts'
import '../../../console/ui/confirm.css'
import { getPersonEndpoint, listPeopleEndpoint } from '../../contacts/schema.ts'
import {
  listOwnTagsEndpoint,
  listTagsEndpoint,
  type People,
  previewTagPeopleEndpoint,
  tagFansEndpoint,
  tagPeopleEndpoint,
} from '../schema.ts'
import { useOwnTags } from './own-tags.ts'
import { TagRunProgress } from './TagRunProgress.tsx'

type Side = 'own' | 'wechat'
/** What shows tags of people. */
const CHANGED = [listOwnTagsEndpoint, listTagsEndpoint, listPeopleEndpoint, getPersonEndpoint]

/**
 * 批量打标签: own tags, or those of an account at WeChat, given to and taken from these people. Shows how many they are before it
 * is confirmed, and how far it is afterwards; closing it stops nothing.
 */
export function TagPeopleModal({ people, onClose }: { people: People; onClose: () => void }) {
  const { t } = useTranslation()
  const [side, setSide] = useState<Side>('own')
  const [accountId, setAccountId] = useState<string>()
  const [give, setGive] = useState<(string | number)[]>([])
  const [take, setTake] = useState<(string | number)[]>([])
  const [runId, setRunId] = useState<string>()
  const invalidate = useInvalidate()
  const close = () => {
    invalidate(...CHANGED)
    onClose()
  }
  const own = useEndpointMutation(tagPeopleEndpoint, {
    ...(people.kind === 'contacts' && { success: t('common.saved') }),
    onSuccess: (answer) => (answer.runId === null ? close() : setRunId(answer.runId)),
  })
  const wechat = useEndpointMutation(tagFansEndpoint, { onSuccess: (answer) => setRunId(answer.runId) })
  const turn = (next: Side, account?: string) => {
    setSide(next)
    setAccountId(account)
    setGive([])
    setTake([])
  }
  const start = () => {
    if (side === 'own') own.mutate({ body: { people, give: give.map(String), take: take.map(String) } })
    else if (accountId !== undefined) {
      wechat.mutate({
        params: { accountId },
        body: { people, give: give.map(Number), take: take.map(Number) },
      })
    }
  }
  const ready = give.length + take.length > 0 && (side === 'own' || accountId !== undefined)
  return (
    <Modal
      open
      title={t('tags.tagPeople')}
      okText={t('tags.tagGo')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: !ready }}
      {...(runId !== undefined && { footer: <Button onClick={close}>{t('common.close')}</Button> })}
      confirmLoading={own.isPending || wechat.isPending}
      onOk={start}
      onCancel={close}
    >
      {runId !== undefined ? (
        <TagRunProgress runId={runId} onGoesOn={setRunId} />
      ) : (
        <>
          <Numbers people={people} />
          <Segmented<Side>
            value={side}
            onChange={(next) => turn(next)}
            options={[
              { value: 'own', label: t('tags.own') },
              { value: 'wechat', label: t('tags.wechat') },
            ]}
            style={{ marginBottom: 12 }}
          />
          <Choice
            side={side}
            accountId={accountId}
            onAccount={(account) => turn('wechat', account)}
            give={give}
            take={take}
            onGive={setGive}
            onTake={setTake}
          />
        </>
      )}
    </Modal>
  )
}

function Numbers({ people }: { people: People }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { mutate, data } = useEndpointMutation(previewTagPeopleEndpoint)
  const asked = JSON.stringify(people)
  useEffect(() => mutate({ body: { people: JSON.parse(asked) as People } }), [mutate, asked])
  const count = data === undefined ? '…' : format.number(data.people)
  return (
    <dl className="w-confirm-numbers">
      <div className="w-confirm-strong">
        <dt>{t('tags.people')}</dt>
        <dd>{data?.exact === false ? t('tags.moreThan', { number: count }) : count}</dd>
      </div>
    </dl>
  )
}

type Ids = (string | number)[]
type ChoiceProps = {
  side: Side
  accountId: string | undefined
  onAccount: (accountId: string) => void
  give: Ids
  take: Ids
  onGive: (ids: Ids) => void
  onTake: (ids: Ids) => void
}

function Choice({ side, accountId, onAccount, give, take, onGive, onTake }: ChoiceProps) {
  const { t } = useTranslation()
  const accounts = useAccounts().data?.items ?? []
  const { options: ownOptions } = useOwnTags()
  const wechat = useEndpoint(
    listTagsEndpoint,
    { params: { accountId: accountId ?? '' } },
    { enabled: side === 'wechat' && accountId !== undefined },
  )
  const wechatOptions = (wechat.data?.items ?? [])
    .filter((tag) => tag.tagId !== 0)
    .map((tag) => ({ value: tag.tagId, label: tag.name }))
  const options: NonNullable<SelectProps['options']> = side === 'own' ? ownOptions : wechatOptions
  const tags = (value: Ids, others: Ids, onChange: (ids: Ids) => void) => (
    <Select
      mode="multiple"
      allowClear
      optionFilterProp="label"
      value={value}
      disabled={side === 'wechat' && accountId === undefined}
      onChange={(next: Ids) => onChange(next.filter((id) => !others.includes(id)))}
      options={options}
    />
  )
  return (
    <Form layout="vertical">
      {side === 'wechat' && (
        <Form.Item label={t('tags.account')} extra={t('tags.wechatLimits')}>
          <Select
            {...(accountId !== undefined && { value: accountId })}
            onChange={onAccount}
            options={accounts.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
      )}
      <Form.Item label={t('tags.give')}>{tags(give, take, onGive)}</Form.Item>
      <Form.Item label={t('tags.take')}>{tags(take, give, onTake)}</Form.Item>
    </Form>
  )
}
