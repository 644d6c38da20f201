import { PlusOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Variable } from '../../schema.ts'
import { useCompose, withVariable } from '../compose-context.ts'
import { VariableDialog } from './VariableDialog.tsx'

/** Inserts one of the message's variables, or a new one. */
export function VariableMenu({ onInsert }: { onInsert: (name: string) => void }) {
  const { t } = useTranslation()
  const { content, update } = useCompose()
  const [adding, setAdding] = useState(false)
  const names = Object.keys(content.variables)
  const finish = (name: string, variable: Variable) => {
    setAdding(false)
    update((current) => withVariable(current, name, variable))
    onInsert(name)
  }
  const items = [
    ...names.map((name) => ({ key: name, label: name, onClick: () => onInsert(name) })),
    ...(names.length > 0 ? [{ type: 'divider' as const }] : []),
    { key: '+', icon: <PlusOutlined />, label: t('messages.variable.new'), onClick: () => setAdding(true) },
  ]
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items }}>
        <Button size="small" type="text" className="w-message-insert">
          {t('messages.variable.insert')}
        </Button>
      </Dropdown>
      <VariableDialog
        open={adding}
        name=""
        variable={null}
        onClose={() => setAdding(false)}
        onDone={finish}
      />
    </>
  )
}
