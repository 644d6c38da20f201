import { UploadOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useCan } from '../../../../console/session.ts'

/** Leads to the import; nothing for who may not. */
export function ImportPeopleButton() {
  const { t } = useTranslation()
  if (!useCan('contacts:write')) return null
  return (
    <Link to="/customers/import">
      <Button icon={<UploadOutlined />}>{t('imports.title')}</Button>
    </Link>
  )
}
