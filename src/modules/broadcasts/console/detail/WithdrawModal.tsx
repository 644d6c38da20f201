import { Alert, Modal, Radio } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { listAuditEntriesEndpoint } from '../../../audit/schema.ts'
import { type Broadcast, getBroadcastEndpoint, withdrawBroadcastEndpoint } from '../../schema.ts'
import { useFormOf } from '../edit/use-draft.ts'

/** Takes articles offline. Says first what this can't do. */
export function WithdrawModal({
  broadcast,
  open,
  onClose,
}: {
  broadcast: Broadcast
  open: boolean
  onClose: () => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const [article, setArticle] = useState(0)
  const groups = useFormOf(open ? broadcast : undefined)?.groups ?? []
  const articles = groups.find(({ contentKind }) => contentKind === 'articles')?.articles ?? []
  const withdraw = useEndpointMutation(withdrawBroadcastEndpoint, {
    invalidates: [getBroadcastEndpoint, listAuditEntriesEndpoint],
  })
  const result = withdraw.data
  const close = () => {
    withdraw.reset()
    setArticle(0)
    onClose()
  }
  return (
    <Modal
      open={open}
      title={t('broadcasts.withdraw')}
      onCancel={close}
      okText={result ? t('common.close') : t('broadcasts.withdrawGo')}
      okButtonProps={{ danger: !result }}
      cancelButtonProps={{ hidden: result !== undefined }}
      confirmLoading={withdraw.isPending}
      onOk={() =>
        result
          ? close()
          : withdraw.mutate({
              params: { accountId, broadcastId: broadcast.id },
              body: article === 0 ? {} : { article },
            })
      }
    >
      {result ? (
        <Alert
          type={result.failed === 0 ? 'success' : 'warning'}
          showIcon
          title={t('broadcasts.withdrawn', { withdrawn: result.withdrawn, failed: result.failed })}
          description={result.errcode === null ? undefined : `errcode ${result.errcode}`}
        />
      ) : (
        <>
          <Alert
            type="warning"
            showIcon
            title={t('broadcasts.withdrawWarning')}
            style={{ marginBottom: 14 }}
          />
          {articles.length > 1 && (
            <Radio.Group
              value={article}
              onChange={(event) => setArticle(event.target.value as number)}
              style={{ display: 'grid', gap: 8 }}
            >
              <Radio value={0}>{t('broadcasts.withdrawAll')}</Radio>
              {articles.map(({ key, title }, place) => (
                <Radio key={key} value={place + 1}>
                  {place + 1}. {title}
                </Radio>
              ))}
            </Radio.Group>
          )}
        </>
      )}
    </Modal>
  )
}
