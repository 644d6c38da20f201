import { CompassOutlined, ReloadOutlined, WarningOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { EmptyState } from '../ui/states.tsx'

/** A page that broke, or whose file is gone because a new version was installed. */
export function CrashPage() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={<WarningOutlined />}
      title={t('states.crashed')}
      hint={t('states.crashedHint')}
      action={
        <Button type="primary" icon={<ReloadOutlined />} onClick={() => window.location.reload()}>
          {t('common.reload')}
        </Button>
      }
    />
  )
}

export function MissingPage() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon={<CompassOutlined />}
      title={t('states.missing')}
      hint={t('states.missingHint')}
      action={
        <Link to="/">
          <Button>{t('states.home')}</Button>
        </Link>
      }
    />
  )
}
