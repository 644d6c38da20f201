import { Alert, InputNumber, Progress, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint, useEndpointMutation } from '../../../console/hooks.ts'
import { useCan } from '../../../console/session.ts'
import { NumberStat, StatRow } from '../../../console/ui/NumberStat.tsx'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { getShopEndpoint, type ShopState, setShopEndpoint } from '../schema.ts'

const MOST_VISITS_PER_HOUR = 6_000

/** The simulated shop: whether it is open, how many come, and what it has told by the public interface. */
export function ShopPanel() {
  const { t } = useTranslation()
  const query = useEndpoint(getShopEndpoint, {}, { every: 2_000 })
  return (
    <>
      <p className="w-faint w-small" style={{ marginTop: 0 }}>
        {t('shop.hint')}
      </p>
      <Loaded query={query} rows={3}>
        {({ shop }) =>
          shop === null ? (
            <EmptyState compact title={t('shop.none')} hint={t('shop.noneHint')} />
          ) : (
            <Shop shop={shop} />
          )
        }
      </Loaded>
    </>
  )
}

function Shop({ shop }: { shop: ShopState }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <div className="w-stack" style={{ gap: 12 }}>
      <Controls shop={shop} />
      <StatRow>
        <NumberStat label={t('shop.visits')} value={format.number(shop.visits)} />
        <NumberStat label={t('shop.events')} value={format.number(shop.events)} />
        <NumberStat label={t('shop.orders')} value={format.number(shop.orders)} />
        <NumberStat label={t('shop.clicks')} value={format.number(shop.clicks)} />
      </StatRow>
      <Past history={shop.history} />
      {shop.problem !== null && (
        <Alert type="warning" showIcon title={t('shop.problem')} description={shop.problem} />
      )}
      <div className="w-row" style={{ justifyContent: 'space-between' }}>
        <span className="w-faint w-small">{t('shop.toldUntil', { at: format.second(shop.toldUntil) })}</span>
        {shop.sourceId !== null && (
          <Link to={`/settings/sources/${shop.sourceId}?tab=live`}>{t('shop.goSource')}</Link>
        )}
      </div>
    </div>
  )
}

function Controls({ shop }: { shop: ShopState }) {
  const { t } = useTranslation()
  const allowed = useCan('sandbox:control')
  const set = useEndpointMutation(setShopEndpoint, { invalidates: [getShopEndpoint] })
  return (
    <div className="w-row" style={{ justifyContent: 'space-between' }}>
      <span className="w-row">
        <Switch
          size="small"
          aria-label={t('shop.title')}
          checked={shop.isOpen}
          disabled={!allowed}
          loading={set.isPending}
          onChange={(isOpen) => set.mutate({ body: { isOpen } })}
        />
        {t(shop.isOpen ? 'shop.open' : 'shop.closed')}
      </span>
      <InputNumber<number>
        key={shop.visitsPerHour}
        size="small"
        min={0}
        max={MOST_VISITS_PER_HOUR}
        precision={0}
        disabled={!allowed}
        defaultValue={shop.visitsPerHour}
        prefix={t('shop.rate')}
        style={{ width: 180 }}
        onBlur={(event) => {
          const rate = Math.min(MOST_VISITS_PER_HOUR, Number(event.target.value))
          if (Number.isInteger(rate) && rate >= 0 && rate !== shop.visitsPerHour)
            set.mutate({ body: { visitsPerHour: rate } })
        }}
      />
    </div>
  )
}

function Past({ history: { days, done, total } }: { history: ShopState['history'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (done >= total) return null
  const values = { days, done: format.number(done), total: format.number(total) }
  return (
    <div>
      <span className="w-soft w-small">{t('shop.history', values)}</span>
      <Progress percent={Math.floor((done / Math.max(1, total)) * 100)} size="small" status="active" />
    </div>
  )
}
