import { DownOutlined, PlusOutlined } from '@ant-design/icons'
import { Dropdown, type MenuProps } from 'antd'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate, useParams } from 'react-router'
import type { AccountSummary } from '../../modules/accounts/schema.ts'
import { lastAccount, useAccounts, useCan } from '../session.ts'

export function AccountSwitcher() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { pathname } = useLocation()
  const params = useParams()
  const mayBind = useCan('accounts:manage')
  const { data } = useAccounts()
  const accounts = data?.items ?? []
  const inUrl = pathname.startsWith('/accounts/') ? params['accountId'] : undefined
  const current =
    accounts.find(({ id }) => id === (inUrl ?? lastAccount())) ??
    (inUrl === undefined ? accounts[0] : undefined)
  const items: MenuProps['items'] = [
    ...accounts.map((account) => ({
      key: account.id,
      label: <Lines account={account} />,
      style: { padding: '6px 10px' },
    })),
    ...(mayBind
      ? [{ type: 'divider' as const }, { key: 'bind', icon: <PlusOutlined />, label: t('shell.bindAccount') }]
      : []),
  ]
  const choose = (key: string) => navigate(key === 'bind' ? '/settings/accounts/new' : pathOf(pathname, key))
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, onClick: ({ key }) => void choose(key), selectedKeys: current ? [current.id] : [] }}
      disabled={items.length === 0}
    >
      <button type="button" className="w-switcher-button" aria-label={t('shell.switchAccount')}>
        <span className="w-account-face">{current?.name.slice(0, 1) ?? '·'}</span>
        {current ? (
          <Lines account={current} />
        ) : (
          <span className="w-account-lines w-faint">{t('shell.noAccount')}</span>
        )}
        <DownOutlined className="w-faint" style={{ fontSize: 11 }} />
      </button>
    </Dropdown>
  )
}

function Lines({ account }: { account: AccountSummary }) {
  const { t } = useTranslation()
  return (
    <span className="w-account-lines">
      <span>{account.name}</span>
      <small>
        {t(`accounts.kind.${account.kind}`)}
        {account.state === 'paused' && ` · ${t('accounts.state.paused')}`}
      </small>
    </span>
  )
}

/** The same kind of page of another account; details belong to one account, so their list is opened instead. */
function pathOf(pathname: string, accountId: string): string {
  const section = /^\/accounts\/\d+\/([a-z]+)/.exec(pathname)?.[1] ?? 'overview'
  return `/accounts/${accountId}/${section}`
}
