import { DownloadOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../../../console/session.ts'
import type { ExportedPeople } from '../../schema.ts'
import { ExportPeopleModal } from './ExportPeopleModal.tsx'

/** Opens {@link ExportPeopleModal} for these people. */
export function ExportPeopleButton({ people, label }: { people: ExportedPeople; label?: string }) {
  const { t } = useTranslation()
  const allowed = useCan('contacts:export')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
        <Button icon={<DownloadOutlined />} disabled={!allowed} onClick={() => setOpen(true)}>
          {label ?? t('exports.title')}
        </Button>
      </Tooltip>
      {open && <ExportPeopleModal people={people} onClose={() => setOpen(false)} />}
    </>
  )
}
