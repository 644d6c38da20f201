import { QuestionCircleOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { ROLES } from '../schema.ts'

export function RolesHelp() {
  const { t } = useTranslation()
  return (
    <Popover
      placement="bottomRight"
      trigger="click"
      content={
        <div style={{ maxWidth: 360 }}>
          {ROLES.map((role) => (
            <p key={role} style={{ margin: '4px 0 8px' }}>
              <strong>{t(`roles.${role}`)}</strong>
              <br />
              <span className="w-soft">{t(`rolesHint.${role}`)}</span>
            </p>
          ))}
        </div>
      }
    >
      <Button icon={<QuestionCircleOutlined />}>{t('operators.rolesHelp')}</Button>
    </Popover>
  )
}
