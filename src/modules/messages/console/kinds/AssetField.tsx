import { PictureOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAccountId } from '../../../../console/session.ts'
import { ImagePicker, mediaUrl } from '../../../contents/console/index.ts'
import { useCompose } from '../compose-context.ts'
import { FieldRow } from '../FieldRow.tsx'

/** One uploaded image. */
export function ImageField({
  field,
  label,
  hint,
  value,
  onChange,
}: {
  field: string
  label: string
  hint?: string
  value: string | null
  onChange: (assetId: string | null) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const { place } = useCompose()
  const [open, setOpen] = useState(false)
  const chosen = useMemo(() => (value === null ? [] : [value]), [value])
  return (
    <FieldRow field={field} label={label} hint={hint}>
      <div className="w-row">
        {value !== null && <img className="w-message-thumb" src={mediaUrl(accountId, value)} alt={label} />}
        <Button icon={<PictureOutlined />} onClick={() => setOpen(true)}>
          {t(value === null ? 'images.choose' : 'messages.changeImage')}
        </Button>
        {value !== null && (
          <Button type="text" onClick={() => onChange(null)}>
            {t('composer.remove')}
          </Button>
        )}
      </div>
      <ImagePicker
        place={place}
        open={open}
        max={1}
        chosen={chosen}
        onClose={() => setOpen(false)}
        onChoose={([first]) => {
          setOpen(false)
          onChange(first ?? null)
        }}
      />
    </FieldRow>
  )
}
