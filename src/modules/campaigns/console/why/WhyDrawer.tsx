import { Drawer, Timeline } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint } from '../../../../console/hooks.ts'
import { EmptyState, Loaded } from '../../../../console/ui/states.tsx'
import { DeliveryTag } from '../../../deliveries/console/index.ts'
import { campaignWhyEndpoint, type Why } from '../../schema.ts'
import { useReason } from '../reasons.ts'
import { Checks } from './Checks.tsx'
import { useStepText } from './step-text.ts'
import '../campaigns.css'

/** 为什么: the chain of facts that decided it for one person, from anywhere. Open while `contactId` is there. */
export function WhyDrawer({
  accountId,
  campaignId,
  contactId,
  onClose,
}: {
  accountId: string
  campaignId: string
  contactId: string | undefined
  onClose: () => void
}) {
  const { t } = useTranslation()
  const query = useEndpoint(
    campaignWhyEndpoint,
    { params: { accountId, campaignId, contactId: contactId ?? '' } },
    { enabled: contactId !== undefined, every: 5_000 },
  )
  return (
    <Drawer open={contactId !== undefined} onClose={onClose} size={520} title={t('campaigns.why.title')}>
      {contactId !== undefined && <Loaded query={query}>{(why) => <Story why={why} />}</Loaded>}
    </Drawer>
  )
}

function Story({ why }: { why: Why }) {
  const { t } = useTranslation()
  const format = useFormat()
  const explain = useReason()
  const stepText = useStepText()
  const { triggered } = why
  return (
    <div className="w-stack" data-testid="why">
      <div>
        <strong>{why.name ?? t('campaigns.people.numbered', { id: why.contactId })}</strong>{' '}
        <Link to={`/customers/${why.contactId}`}>{t('campaigns.why.openCustomer')}</Link>
        {why.openid !== null && <div className="w-mono w-faint">{why.openid}</div>}
      </div>
      {triggered !== null && (
        <p className="w-soft" style={{ margin: 0 }}>
          {t('campaigns.why.triggered', {
            seen: format.number(triggered.seen),
            fired: format.number(triggered.fired),
            count: t(
              triggered.count.mode === 'every'
                ? 'campaigns.trigger.countEvery'
                : 'campaigns.trigger.countAfter',
              { n: triggered.count.n },
            ),
          })}
        </p>
      )}
      {why.deliveries.map((one) => {
        const reason = one.reason === null ? undefined : explain(one.reason, one.detail)
        return (
          <section className="w-panel" key={one.deliveryId}>
            <DeliveryTag state={one.state} />{' '}
            <span className="w-faint w-small">
              {one.settledAt === null
                ? t('campaigns.why.due', { at: format.instant(one.dueAt) })
                : format.second(one.settledAt)}{' '}
              · {t('campaigns.people.version', { version: one.version })}
            </span>
            {reason && (
              <div style={{ marginTop: 6 }}>
                {reason.text}
                {reason.advice !== undefined && <div className="w-soft w-small">{reason.advice}</div>}
              </div>
            )}
          </section>
        )
      })}
      {why.steps.length === 0 && why.deliveries.length === 0 ? (
        <EmptyState compact title={t('campaigns.why.none')} hint={t('campaigns.why.noneHint')} />
      ) : (
        <section>
          <h3 className="w-section-title">{t('campaigns.why.chain')}</h3>
          <Timeline
            items={why.steps.map((step) => {
              const { text, advice } = stepText(step)
              return {
                content: (
                  <>
                    {text}
                    {advice !== undefined && <div className="w-soft w-small">{advice}</div>}
                    {step.at !== null && <div className="w-faint w-small">{format.second(step.at)}</div>}
                  </>
                ),
              }
            })}
          />
        </section>
      )}
      <Checks decision={why.decision} />
    </div>
  )
}
