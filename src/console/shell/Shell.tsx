import { MenuOutlined } from '@ant-design/icons'
import { Button, Drawer } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, Outlet, useLocation } from 'react-router'
import { SandboxPanel } from '../../modules/sandbox/console/index.ts'
import { ApiError } from '../api.ts'
import { setLocale } from '../i18n.ts'
import { useMeQuery } from '../session.ts'
import { ErrorState } from '../ui/states.tsx'
import { Banners } from './Banners.tsx'
import { SideBar } from './SideBar.tsx'
import './shell.css'

/** Everything around a page. It waits for who is signed in, so that pages may rely on it. */
export function Shell() {
  const me = useMeQuery()
  const location = useLocation()
  const locale = me.data?.locale
  useEffect(() => {
    if (locale !== undefined) setLocale(locale)
  }, [locale])
  if (me.error instanceof ApiError && me.error.status === 401) {
    const next =
      location.pathname === '/' ? '' : `?next=${encodeURIComponent(location.pathname + location.search)}`
    return <Navigate to={`/sign-in${next}`} replace />
  }
  if (me.data === undefined) {
    return me.error ? (
      <ErrorState error={me.error} onRetry={() => void me.refetch()} />
    ) : (
      <div className="w-splash" aria-busy="true" />
    )
  }
  return <Frame sandbox={me.data.mode === 'sandbox'} />
}

function Frame({ sandbox }: { sandbox: boolean }) {
  const { t } = useTranslation()
  const [menuOpen, setMenuOpen] = useState(false)
  const { pathname } = useLocation()
  // biome-ignore lint/correctness/useExhaustiveDependencies: going elsewhere closes the menu
  useEffect(() => setMenuOpen(false), [pathname])
  return (
    <div className={`w-frame${sandbox ? ' w-frame-sandbox' : ''}`}>
      <aside className="w-side">
        <SideBar />
      </aside>
      <Drawer
        open={menuOpen}
        onClose={() => setMenuOpen(false)}
        placement="left"
        size={250}
        closable={false}
        styles={{ body: { padding: 0 } }}
      >
        <SideBar />
      </Drawer>
      <div className="w-main">
        <div className="w-topbar">
          <Button
            type="text"
            icon={<MenuOutlined />}
            aria-label={t('shell.menu')}
            onClick={() => setMenuOpen(true)}
          />
          <strong>Weida 微达</strong>
        </div>
        <Banners />
        <main className="w-content">
          <Outlet />
        </main>
      </div>
      {sandbox && <SandboxPanel />}
    </div>
  )
}
