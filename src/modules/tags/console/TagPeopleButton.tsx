import { TagsOutlined } from '@ant-design/icons'
import { Button, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '../../../console/session.ts'
import type { People } from '../schema.ts'
import { TagPeopleModal } from './TagPeopleModal.tsx'

/** Opens {@link TagPeopleModal} for these people. */
export function TagPeopleButton({ people, label }: { people: People; label?: string }) {
  const { t } = useTranslation()
  const allowed = useCan('tags:write')
  const [open, setOpen] = useState(false)
  return (
    <>
      <Tooltip title={allowed ? undefined : t('common.notAllowed')}>
        <Button icon={<TagsOutlined />} disabled={!allowed} onClick={() => setOpen(true)}>
          {label ?? t('tags.tagPeople')}
        </Button>
      </Tooltip>
      {open && <TagPeopleModal people={people} onClose={() => setOpen(false)} />}
    </>
  )
}
