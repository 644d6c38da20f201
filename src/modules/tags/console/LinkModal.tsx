import { Form, Modal, Select } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useAccounts } from '../../../console/session.ts'
import '../../../console/ui/confirm.css'
import {
  linkTagEndpoint,
  listOwnTagsEndpoint,
  listTagsEndpoint,
  type OwnTag,
  previewLinkEndpoint,
} from '../schema.ts'

/** 同步到微信标签: which tag of which account, and what either side would get, before it is confirmed. */
export function LinkModal({ tag, onClose }: { tag: OwnTag; onClose: () => void }) {
  const { t } = useTranslation()
  const linked = new Set(tag.links.map((link) => link.accountId))
  const accounts = (useAccounts().data?.items ?? []).filter(({ id }) => !linked.has(id))
  const [accountId, setAccountId] = useState<string>()
  const [wechatTagId, setWechatTagId] = useState<number | null>(null)
  const tags = useEndpoint(
    listTagsEndpoint,
    { params: { accountId: accountId ?? '' } },
    { enabled: accountId !== undefined },
  )
  const link = useEndpointMutation(linkTagEndpoint, {
    invalidates: [listOwnTagsEndpoint, listTagsEndpoint],
    success: t('tags.linked'),
    onSuccess: onClose,
  })
  const free = (tags.data?.items ?? []).filter((one) => one.tagId > 2 && one.link === null)
  const same = free.find((one) => one.name === tag.name)
  return (
    <Modal
      open
      title={t('tags.linkTitle', { name: tag.name })}
      okText={t('tags.link')}
      cancelText={t('common.cancel')}
      confirmLoading={link.isPending}
      okButtonProps={{ disabled: accountId === undefined }}
      onCancel={onClose}
      onOk={() =>
        accountId !== undefined &&
        link.mutate({
          params: { tagId: tag.id },
          body: { accountId, wechatTagId: wechatTagId ?? same?.tagId ?? null },
        })
      }
    >
      <Form layout="vertical">
        <Form.Item label={t('tags.account')}>
          <Select
            {...(accountId !== undefined && { value: accountId })}
            onChange={(next: string) => {
              setAccountId(next)
              setWechatTagId(null)
            }}
            options={accounts.map(({ id, name }) => ({ value: id, label: name }))}
          />
        </Form.Item>
        {accountId !== undefined && (
          <Form.Item label={t('tags.wechat')}>
            <Select
              allowClear
              showSearch
              optionFilterProp="label"
              value={wechatTagId ?? same?.tagId ?? null}
              placeholder={t('tags.makeSame', { name: tag.name })}
              onChange={(next: number | undefined) => setWechatTagId(next ?? null)}
              options={free.map((one) => ({ value: one.tagId, label: one.name }))}
            />
          </Form.Item>
        )}
      </Form>
      {accountId !== undefined && (
        <LinkNumbers tagId={tag.id} accountId={accountId} wechatTagId={wechatTagId ?? same?.tagId ?? null} />
      )}
      <div className="w-soft">{t('tags.linkNote')}</div>
    </Modal>
  )
}

function LinkNumbers(props: { tagId: string; accountId: string; wechatTagId: number | null }) {
  const { tagId, accountId, wechatTagId } = props
  const { t } = useTranslation()
  const format = useFormat()
  const { mutate, data } = useEndpointMutation(previewLinkEndpoint)
  useEffect(
    () => mutate({ params: { tagId }, body: { accountId, wechatTagId } }),
    [mutate, tagId, accountId, wechatTagId],
  )
  return (
    <dl className="w-confirm-numbers">
      <div>
        <dt>{t('tags.toWechat')}</dt>
        <dd>{data === undefined ? '…' : format.number(data.toWechat)}</dd>
      </div>
      <div>
        <dt>{t('tags.toOwn')}</dt>
        <dd>{data === undefined ? '…' : format.number(data.toOwn)}</dd>
      </div>
    </dl>
  )
}
