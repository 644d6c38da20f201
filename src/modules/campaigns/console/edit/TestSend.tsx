import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccountId } from '../../../../console/session.ts'
import { FanPicker } from '../../../contacts/console/index.ts'
import { DeliveryTag } from '../../../deliveries/console/index.ts'
import { testSendCampaignEndpoint, testSendResultsEndpoint } from '../../schema.ts'
import { PersonName } from '../PersonName.tsx'
import { useReason } from '../reasons.ts'

const MOST = 20

/** 测试发送: the message as it is, to a few fans who are named, and what came of each. */
export function TestSend({ campaignId, before }: { campaignId: string; before?: () => Promise<unknown> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const accountId = useAccountId()
  const [fanIds, setFanIds] = useState<string[]>([])
  const [picking, setPicking] = useState(false)
  const test = useEndpointMutation(testSendCampaignEndpoint)
  const go = async () => {
    await before?.()
    test.mutate({ params: { accountId, campaignId }, body: { fanIds } })
  }
  return (
    <section className="w-panel">
      <h2>{t('campaigns.test.title')}</h2>
      <p className="w-soft" style={{ marginTop: 0 }}>
        {t('campaigns.test.hint')}
      </p>
      <div className="w-row">
        <Button onClick={() => setPicking(true)}>{t('campaigns.test.pick')}</Button>
        <span className="w-soft">
          {fanIds.length === 0
            ? t('campaigns.test.none')
            : t('common.selected', { number: format.number(fanIds.length) })}
        </span>
        <Button disabled={fanIds.length === 0} loading={test.isPending} onClick={() => void go()}>
          {t('campaigns.test.go')}
        </Button>
      </div>
      <FanPicker
        open={picking}
        chosen={fanIds}
        onClose={() => setPicking(false)}
        onChoose={(ids) => {
          setFanIds(ids.slice(0, MOST))
          setPicking(false)
        }}
      />
      {test.data && <Results campaignId={campaignId} sendId={test.data.sendId} />}
    </section>
  )
}

function Results({ campaignId, sendId }: { campaignId: string; sendId: string }) {
  const { t } = useTranslation()
  const explain = useReason()
  const accountId = useAccountId()
  const query = useEndpoint(
    testSendResultsEndpoint,
    { params: { accountId, campaignId, sendId } },
    { every: (data) => (data?.done === true ? false : 1_000) },
  )
  return (
    <div style={{ marginTop: 12 }} aria-live="polite">
      {query.data === undefined || query.data.items.length === 0 ? (
        <span className="w-soft">{t('campaigns.test.waiting')}</span>
      ) : (
        query.data.items.map((person) => {
          const why = person.reason === null ? undefined : explain(person.reason, person.detail)
          return (
            <div key={person.deliveryId} className="w-row" style={{ padding: '3px 0' }}>
              <DeliveryTag state={person.state} />
              <PersonName person={person} />
              {why && (
                <span className="w-soft">
                  {why.text} {why.advice}
                </span>
              )}
            </div>
          )
        })
      )}
    </div>
  )
}
