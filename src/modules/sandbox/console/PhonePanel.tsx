import { ExportOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import type { PhoneTarget } from '../../../console/phone-store.ts'
import { lastAccount, useAccounts, useMe } from '../../../console/session.ts'
import { EmptyState } from '../../../console/ui/states.tsx'

/** A fan's phone, drawn by the simulated WeChat itself. */
export function PhonePanel({ target }: { target: PhoneTarget | undefined }) {
  const { t, i18n } = useTranslation()
  const { simulatorUrl } = useMe()
  const account = useCurrentAccount()
  if (simulatorUrl === null) return <EmptyState compact title={t('sandbox.noPhone')} />
  const search = new URLSearchParams(
    target ? { appid: target.appid, openid: target.openid } : account ? { appid: account.appid } : {},
  )
  search.set('lang', i18n.language === 'en' ? 'en' : 'zh')
  const url = `${simulatorUrl}/phone?${search}`
  return (
    <>
      <iframe
        key={target?.key ?? account?.appid}
        className="w-phone-frame"
        src={url}
        title={t('sandbox.phone')}
      />
      <div className="w-row" style={{ justifyContent: 'space-between', marginTop: 8 }}>
        <span className="w-faint w-small">{t('sandbox.phoneHint')}</span>
        <a href={url} target="_blank" rel="noreferrer">
          <ExportOutlined /> {t('sandbox.phoneTab')}
        </a>
      </div>
    </>
  )
}

/** The panel stands beside every page, so the account is read from the address by hand. */
export function useCurrentAccount() {
  const { pathname } = useLocation()
  const accounts = useAccounts().data?.items ?? []
  const id = /^\/accounts\/(\d+)/.exec(pathname)?.[1] ?? lastAccount()
  return accounts.find((account) => account.id === id) ?? accounts[0]
}
