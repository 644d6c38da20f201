import { MobileOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useParams } from 'react-router'
import { FanBroadcasts } from '../../modules/broadcasts/console/index.ts'
import { FanFacts } from '../../modules/contacts/console/index.ts'
import { getFanEndpoint } from '../../modules/contacts/schema.ts'
import { FanTimeline } from '../../modules/ingest/console/index.ts'
import { useEndpoint } from '../hooks.ts'
import { openPhone } from '../phone-store.ts'
import { useAccount, useAccountId, useCan, useMe } from '../session.ts'
import { PageHeader } from '../ui/PageHeader.tsx'
import { Loaded } from '../ui/states.tsx'

/** One fan: who it is, what was sent, what was done. Each part belongs to the module that knows it. */
export function FanPage() {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const account = useAccount()
  const { fanId = '' } = useParams()
  const sandbox = useMe().mode === 'sandbox'
  const seesSends = useCan('broadcasts:read')
  const query = useEndpoint(getFanEndpoint, { params: { accountId, fanId } }, { every: 15_000 })
  return (
    <Loaded query={query}>
      {(fan) => (
        <>
          <PageHeader
            title={fan.remark || t('fans.fanNumbered', { id: fan.id })}
            sub={<span className="w-mono">{fan.openid}</span>}
            back={{ to: `/accounts/${accountId}/fans`, label: t('nav.fans') }}
            actions={
              // roles that see shortened openids can't open a phone by one
              sandbox && account && !fan.openid.includes('…') ? (
                <Button
                  icon={<MobileOutlined />}
                  onClick={() => openPhone({ appid: account.appid, openid: fan.openid })}
                >
                  {t('fans.openPhone')}
                </Button>
              ) : undefined
            }
          />
          <div
            className="w-grid"
            style={{ gridTemplateColumns: 'repeat(auto-fit, minmax(330px, 1fr))', alignItems: 'start' }}
          >
            <FanFacts fan={fan} />
            <div className="w-stack">
              {seesSends && <FanBroadcasts accountId={accountId} fanId={fan.id} />}
              <FanTimeline fanId={fan.id} />
            </div>
          </div>
        </>
      )}
    </Loaded>
  )
}
