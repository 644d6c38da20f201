import { DownOutlined, SyncOutlined } from '@ant-design/icons'
import { Button, Dropdown, Space, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../../console/session.ts'

/** Starts the first of the scopes by a click, the others from the menu. */
export function SyncButton<Scope extends string>({
  running,
  starting,
  scopes,
  onStart,
}: {
  running: boolean
  starting: boolean
  scopes: readonly { key: Scope; label: string }[]
  onStart: (scope: Scope) => void
}) {
  const { t } = useTranslation()
  const allowed = useCan('contents:write')
  const disabled = !allowed || running
  const [first] = scopes
  return (
    <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
      <Space.Compact>
        <Button
          type="primary"
          icon={<SyncOutlined spin={running} />}
          disabled={disabled}
          loading={starting}
          onClick={() => first && onStart(first.key)}
        >
          {running ? t('fans.syncing') : first?.label}
        </Button>
        <Dropdown
          disabled={disabled}
          menu={{ items: [...scopes], onClick: ({ key }) => onStart(key as Scope) }}
          trigger={['click']}
        >
          <Button type="primary" icon={<DownOutlined />} aria-label={t('common.more')} disabled={disabled} />
        </Dropdown>
      </Space.Compact>
    </Tooltip>
  )
}
