import { Alert, InputNumber, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../../../console/format.ts'
import { useEndpoint } from '../../../../../console/hooks.ts'
import { NumberStat, StatRow } from '../../../../../console/ui/NumberStat.tsx'
import { Loaded } from '../../../../../console/ui/states.tsx'
import { listRegisteredEventsEndpoint } from '../../../../ingest/schema.ts'
import { type Broadcast, type Group, type Lift, liftEndpoint } from '../../../schema.ts'

const FIRST_DAYS = 7

/** 对照组: what a send brought, against those who were left without. */
export function LiftCard({ broadcast, group }: { broadcast: Broadcast; group: Group }) {
  const { t } = useTranslation()
  const { accountId, id } = broadcast
  const [event, setEvent] = useState<string>()
  const [days, setDays] = useState(FIRST_DAYS)
  const events = useEndpoint(listRegisteredEventsEndpoint, { query: { limit: 200 } }, { staleMs: 60_000 })
  const query = useEndpoint(
    liftEndpoint,
    {
      params: { accountId, broadcastId: id, place: group.place },
      query: { event: event ?? '', days },
    },
    { enabled: event !== undefined, every: 30_000 },
  )
  return (
    <section className="w-panel">
      <h2>
        {t('massTests.lift')} {broadcast.groupCount > 1 && `· ${group.name}`}
      </h2>
      <div className="w-row" style={{ marginBottom: 14 }}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          style={{ minWidth: 260 }}
          placeholder={t('massTests.liftEvent')}
          aria-label={t('massTests.liftEvent')}
          loading={events.isPending}
          value={event ?? null}
          onChange={(name: string) => setEvent(name)}
          options={(events.data?.items ?? []).map(({ name, displayName }) => ({
            value: name,
            label: displayName === null ? name : `${displayName}（${name}）`,
          }))}
        />
        <InputNumber<number>
          min={1}
          max={30}
          precision={0}
          style={{ width: 120 }}
          suffix={t('massTests.days')}
          aria-label={t('massTests.liftDays')}
          value={days}
          onChange={(value) => value !== null && setDays(value)}
        />
        <span className="w-faint w-small">{t('massTests.liftHint')}</span>
      </div>
      {event === undefined ? (
        <div className="w-soft">{t('massTests.liftChoose')}</div>
      ) : (
        <Loaded query={query}>{(lift) => <Result lift={lift} />}</Loaded>
      )}
    </section>
  )
}

function Result({ lift }: { lift: Lift }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { sent, heldOut, difference, low, high, tooFew, completeAt } = lift
  const side = ({ people, did }: Lift['sent']) =>
    t('massTests.liftDid', { did: format.number(did), people: format.number(people) })
  const points = (value: number) => `${value > 0 ? '+' : ''}${(value * 100).toFixed(1)}`
  const isSure = low !== null && high !== null && (low > 0 || high < 0)
  return (
    <div className="w-stack">
      <StatRow>
        <NumberStat
          label={t('massTests.liftSent')}
          value={sent.rate === null ? '—' : format.percent(sent.rate)}
          sub={side(sent)}
        />
        <NumberStat
          label={t('massTests.holdout')}
          value={heldOut.rate === null ? '—' : format.percent(heldOut.rate)}
          sub={side(heldOut)}
        />
        <NumberStat
          label={t('massTests.liftDifference')}
          value={difference === null ? '—' : points(difference)}
          unit={t('massTests.points')}
          {...(isSure && !tooFew && { tone: (low ?? 0) > 0 ? ('good' as const) : ('bad' as const) })}
          sub={
            low === null || high === null
              ? undefined
              : t('massTests.liftInterval', { low: points(low), high: points(high) })
          }
        />
      </StatRow>
      {tooFew ? (
        <Alert type="warning" showIcon title={t('massTests.tooFew')} />
      ) : (
        <div className="w-soft">{t(isSure ? 'massTests.liftSure' : 'massTests.liftUnsure')}</div>
      )}
      {completeAt !== null && (
        <div className="w-faint w-small">
          {t('massTests.liftComplete', { at: format.instant(completeAt) })}
        </div>
      )}
    </div>
  )
}
