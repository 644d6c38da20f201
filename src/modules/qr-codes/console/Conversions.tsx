import { Button, InputNumber, Table } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { EmptyState } from '../../../console/ui/states.tsx'
import { EventPicker } from '../../segments/console/index.ts'
import type { EventMatch } from '../../segments/schema.ts'
import { type Converted, codeConversionsEndpoint, MOST_CONVERSION_DAYS, type QrCode } from '../schema.ts'

const HOWS = ['new', 'back', 'fan'] as const
const DAYS = 7

/** 后续转化: asked on demand, for it reads what every one of them did. */
export function Conversions({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { accountId, id: qrCodeId } = code
  const [event, setEvent] = useState<EventMatch | null>(null)
  const [days, setDays] = useState(DAYS)
  const asked = useEndpointMutation(codeConversionsEndpoint)
  const rows = HOWS.flatMap((how) => asked.data?.items.find((one) => one.how === how) ?? [])
  return (
    <section className="w-panel">
      <h2>{t('qrCodes.conversions')}</h2>
      <p className="w-soft">{t('qrCodes.conversionsHint')}</p>
      <div className="w-stack">
        <EventPicker value={event} onChange={setEvent} accountId={accountId} />
        <div className="w-row">
          {t('qrCodes.within')}
          <InputNumber<number>
            min={1}
            max={MOST_CONVERSION_DAYS}
            precision={0}
            style={{ width: 80 }}
            aria-label={t('qrCodes.withinDays')}
            value={days}
            onChange={(value) => setDays(value ?? DAYS)}
          />
          {t('qrCodes.withinDays')}
          <Button
            disabled={event === null}
            loading={asked.isPending}
            onClick={() =>
              event !== null && asked.mutate({ params: { accountId, qrCodeId }, body: { event, days } })
            }
          >
            {t('qrCodes.count')}
          </Button>
        </div>
        {asked.data !== undefined &&
          (rows.length === 0 ? (
            <EmptyState compact title={t('qrCodes.peopleEmpty')} />
          ) : (
            <Table<Converted>
              size="small"
              rowKey="how"
              pagination={false}
              dataSource={rows}
              columns={[
                { title: t('qrCodes.howTitle'), render: (_, { how }) => t(`qrCodes.how.${how}`) },
                {
                  title: t('qrCodes.people'),
                  align: 'right',
                  render: (_, { people }) => format.number(people),
                },
                {
                  title: t('qrCodes.converted'),
                  align: 'right',
                  render: (_, one) =>
                    `${format.number(one.converted)}（${format.percent(one.converted / one.people)}）`,
                },
                {
                  title: t('qrCodes.times'),
                  align: 'right',
                  render: (_, { events }) => format.number(events),
                },
              ]}
            />
          ))}
        {asked.data?.most != null && (
          <p className="w-faint w-small">
            {t('qrCodes.mostLooked', { number: format.number(asked.data.most) })}
          </p>
        )}
      </div>
    </section>
  )
}
