import {
  AimOutlined,
  ApiOutlined,
  AppstoreOutlined,
  AuditOutlined,
  BarChartOutlined,
  BellOutlined,
  CalendarOutlined,
  CloudDownloadOutlined,
  ContactsOutlined,
  DashboardOutlined,
  FileProtectOutlined,
  FlagOutlined,
  HistoryOutlined,
  IdcardOutlined,
  MenuOutlined,
  MessageOutlined,
  PartitionOutlined,
  PictureOutlined,
  ProfileOutlined,
  QrcodeOutlined,
  SafetyOutlined,
  SendOutlined,
  SettingOutlined,
  StopOutlined,
  TableOutlined,
  TagsOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  UnorderedListOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { Menu, type MenuProps } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useLocation, useParams } from 'react-router'
import { lastAccount, useAccounts, useMe } from '../session.ts'
import { AccountSwitcher } from './AccountSwitcher.tsx'
import { UserMenu } from './UserMenu.tsx'

/** `also`: another page of the same entry. */
type Entry = { to: string; also?: string; icon: ReactNode; label: string; needs?: string }
type MenuItem = NonNullable<MenuProps['items']>[number]
type Group = { label?: string; entries: Entry[] }

export function SideBar() {
  return (
    <div className="w-sidebar">
      <Link className="w-brand" to="/" style={{ color: 'inherit' }}>
        <img src="/favicon.svg" alt="" />
        Weida 微达
      </Link>
      <div className="w-switcher">
        <AccountSwitcher />
      </div>
      <nav className="w-nav">
        <Navigation />
      </nav>
      <div className="w-side-foot">
        <UserMenu />
      </div>
    </div>
  )
}

/** By the operator's jobs, not by our modules; what can't be used is not shown. */
function Navigation() {
  const { pathname } = useLocation()
  const { permissions } = useMe()
  const groups = useGroups()
  const items = groups.flatMap(({ label, entries }, index): MenuItem[] => {
    const shown = entries.filter(({ needs }) => needs === undefined || permissions.includes(needs))
    const children = shown.map(({ to, icon, label: text }) => ({
      key: to,
      icon,
      label: <Link to={to}>{text}</Link>,
    }))
    if (children.length === 0) return []
    return label === undefined
      ? children
      : [{ type: 'group' as const, key: `group-${index}`, label, children }]
  })
  const isHere = (to: string | undefined) => pathname === to || pathname.startsWith(`${to}/`)
  const selected = groups.flatMap(({ entries }) =>
    entries.filter(({ to, also }) => isHere(to) || isHere(also)).map(({ to }) => to),
  )
  return <Menu mode="inline" items={items} selectedKeys={selected} />
}

function useGroups(): Group[] {
  const { t } = useTranslation()
  const params = useParams()
  const { data } = useAccounts()
  const inUrl = useLocation().pathname.startsWith('/accounts/') ? params['accountId'] : undefined
  const remembered = data?.items.find(({ id }) => id === lastAccount())?.id ?? data?.items[0]?.id
  const account = inUrl ?? remembered
  const base = `/accounts/${account}`
  const perAccount: Group[] = [
    { entries: [{ to: `${base}/overview`, icon: <DashboardOutlined />, label: t('nav.overview') }] },
    {
      label: t('nav.reach'),
      entries: [
        {
          to: `${base}/broadcasts`,
          icon: <SendOutlined />,
          label: t('nav.broadcasts'),
          needs: 'broadcasts:read',
        },
        {
          to: '/records',
          icon: <BarChartOutlined />,
          label: t('massRecords.title'),
          needs: 'broadcasts:read',
        },
        {
          to: `${base}/budget`,
          icon: <CalendarOutlined />,
          label: t('massBudget.title'),
          needs: 'broadcasts:read',
        },
        {
          to: `${base}/campaigns`,
          icon: <AimOutlined />,
          label: t('campaigns.title'),
          needs: 'campaigns:read',
        },
        {
          to: `${base}/replies`,
          icon: <MessageOutlined />,
          label: t('replies.title'),
          needs: 'replies:read',
        },
        {
          to: `${base}/recalls`,
          icon: <HistoryOutlined />,
          label: t('recalls.title'),
          needs: 'recalls:read',
        },
        {
          to: `${base}/qr-codes`,
          icon: <QrcodeOutlined />,
          label: t('qrCodes.title'),
          needs: 'qr-codes:read',
        },
      ],
    },
    {
      label: t('nav.customers'),
      entries: [
        { to: '/customers', icon: <ContactsOutlined />, label: t('nav.people'), needs: 'contacts:read' },
        { to: `${base}/fans`, icon: <UserOutlined />, label: t('nav.fans'), needs: 'contacts:read' },
        {
          to: '/tags',
          also: `${base}/tags`,
          icon: <TagsOutlined />,
          label: t('nav.tags'),
          needs: 'contacts:read',
        },
        {
          to: `${base}/lists`,
          icon: <UnorderedListOutlined />,
          label: t('nav.lists'),
          needs: 'contacts:read',
        },
        { to: '/segments', icon: <PartitionOutlined />, label: t('nav.segments'), needs: 'segments:read' },
        { to: '/events', icon: <ThunderboltOutlined />, label: t('nav.events'), needs: 'events:read' },
        { to: '/datasets', icon: <TableOutlined />, label: t('nav.datasets'), needs: 'datasets:read' },
      ],
    },
    {
      label: t('nav.content'),
      entries: [
        {
          to: `${base}/materials`,
          icon: <PictureOutlined />,
          label: t('materials.title'),
          needs: 'contents:read',
        },
        { to: `${base}/menus`, icon: <MenuOutlined />, label: t('menus.title'), needs: 'menus:read' },
        {
          to: `${base}/templates`,
          icon: <ProfileOutlined />,
          label: t('nav.templates'),
          needs: 'templates:read',
        },
        {
          to: `${base}/subscriptions`,
          icon: <BellOutlined />,
          label: t('nav.subscriptions'),
          needs: 'templates:read',
        },
      ],
    },
  ]
  return [
    ...(account === undefined ? [] : perAccount),
    {
      label: t('nav.settings'),
      entries: [
        {
          to: '/settings/accounts',
          icon: <SettingOutlined />,
          label: t('nav.accounts'),
          needs: 'accounts:read',
        },
        {
          to: '/settings/mini-programs',
          icon: <AppstoreOutlined />,
          label: t('nav.miniPrograms'),
          needs: 'accounts:read',
        },
        {
          to: '/settings/activities',
          icon: <FlagOutlined />,
          label: t('nav.activities'),
          needs: 'activities:read',
        },
        {
          to: '/settings/limits',
          icon: <StopOutlined />,
          label: t('nav.limits'),
          needs: 'limits:read',
        },
        {
          to: '/settings/attributes',
          icon: <IdcardOutlined />,
          label: t('nav.attributes'),
          needs: 'contacts:read',
        },
        {
          to: '/settings/message-checks',
          icon: <FileProtectOutlined />,
          label: t('nav.messageChecks'),
          needs: 'campaigns:read',
        },
        {
          to: '/settings/sources',
          icon: <CloudDownloadOutlined />,
          label: t('nav.sources'),
          needs: 'sources:read',
        },
        {
          to: '/settings/members',
          icon: <TeamOutlined />,
          label: t('nav.members'),
          needs: 'operators:manage',
        },
        {
          to: '/settings/privacy',
          icon: <SafetyOutlined />,
          label: t('nav.privacy'),
          needs: 'contacts:erase',
        },
        { to: '/settings/audit', icon: <AuditOutlined />, label: t('nav.audit'), needs: 'audit:read' },
        { to: '/settings/api', icon: <ApiOutlined />, label: t('nav.api') },
      ],
    },
  ]
}
