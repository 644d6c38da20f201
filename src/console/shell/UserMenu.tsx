import {
  BulbOutlined,
  EllipsisOutlined,
  GlobalOutlined,
  LogoutOutlined,
  UserOutlined,
} from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { Dropdown, type MenuProps } from 'antd'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { meEndpoint, signOutEndpoint, updateMeEndpoint } from '../../modules/operators/schema.ts'
import { useEndpointMutation } from '../hooks.ts'
import { type Locale, setLocale } from '../i18n.ts'
import { useMe } from '../session.ts'
import { type ThemeChoice, useTheme } from '../theme/ThemeProvider.tsx'

export function UserMenu() {
  const { t, i18n } = useTranslation()
  const navigate = useNavigate()
  const client = useQueryClient()
  const me = useMe()
  const { choice, choose } = useTheme()
  const signOut = useEndpointMutation(signOutEndpoint, {
    onSuccess: () => {
      client.clear()
      void navigate('/sign-in')
    },
  })
  const updateMe = useEndpointMutation(updateMeEndpoint, { invalidates: [meEndpoint] })
  const items: MenuProps['items'] = [
    { key: 'profile', icon: <UserOutlined />, label: t('shell.profile') },
    {
      key: 'language',
      icon: <GlobalOutlined />,
      label: t('shell.language'),
      children: [
        { key: 'locale:zh-CN', label: '简体中文' },
        { key: 'locale:en', label: 'English' },
      ],
    },
    {
      key: 'appearance',
      icon: <BulbOutlined />,
      label: t('shell.appearance'),
      children: (['light', 'dark', 'system'] as const).map((one) => ({
        key: `theme:${one}`,
        label: t(`shell.theme.${one}`),
      })),
    },
    { type: 'divider' },
    { key: 'sign-out', icon: <LogoutOutlined />, label: t('shell.signOut') },
  ]
  const onClick = ({ key }: { key: string }) => {
    const [kind, value] = key.split(':')
    if (kind === 'profile') void navigate('/profile')
    if (kind === 'theme') choose(value as ThemeChoice)
    if (kind === 'sign-out') signOut.mutate({})
    if (kind === 'locale') {
      setLocale(value as Locale)
      updateMe.mutate({ body: { locale: value as Locale } })
    }
  }
  return (
    <Dropdown
      trigger={['click']}
      placement="topLeft"
      menu={{ items, onClick, selectedKeys: [`locale:${i18n.language}`, `theme:${choice}`] }}
    >
      <button type="button" className="w-user">
        <span className="w-account-face">{me.name.slice(0, 1)}</span>
        <span className="w-account-lines">
          <span>{me.name}</span>
          <small>{t(`roles.${me.role}`)}</small>
        </span>
        <EllipsisOutlined className="w-faint" />
      </button>
    </Dropdown>
  )
}
