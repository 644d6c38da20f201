import { CloseOutlined, DownloadOutlined } from '@ant-design/icons'
import { Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation, useTellError } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { fileCodesEndpoint, type LabelKind, listCodesEndpoint, MOST_PICTURES } from '../schema.ts'
import { downloadPictures } from './download-pictures.ts'
import { LabelPicker, labelEndpoints } from './LabelPicker.tsx'

/** What can be done with the codes that are ticked. */
export function SelectionActions({
  ids,
  mayWrite,
  onDone,
}: {
  ids: string[]
  mayWrite: boolean
  onDone: () => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const tell = useTellError()
  const [busy, setBusy] = useState(false)
  const file = useEndpointMutation(fileCodesEndpoint, {
    invalidates: [listCodesEndpoint, labelEndpoints.folder.list, labelEndpoints.placement.list],
    success: t('common.saved'),
    onSuccess: onDone,
  })
  const download = async () => {
    setBusy(true)
    try {
      await downloadPictures(accountId, { ids, format: 'png', size: 860 })
    } catch (error) {
      tell(error)
    } finally {
      setBusy(false)
    }
  }
  const fileAs = (kind: LabelKind) => (value: string | null) =>
    file.mutate({ params: { accountId }, body: { ids, [`${kind}Id`]: value } })
  const tooMany = ids.length > MOST_PICTURES
  return (
    <Space wrap style={{ marginBottom: 12 }}>
      <span>{t('common.selected', { number: ids.length })}</span>
      {mayWrite &&
        (['placement', 'folder'] as const).map((kind) => (
          <LabelPicker
            key={`${kind}${ids.join()}`}
            kind={kind}
            width={170}
            placeholder={t(`qrCodes.fileAs.${kind}`)}
            onChange={fileAs(kind)}
          />
        ))}
      <Button icon={<DownloadOutlined />} loading={busy} disabled={tooMany} onClick={() => void download()}>
        {tooMany ? t('qrCodes.zipTooMany', { most: MOST_PICTURES }) : t('qrCodes.zip')}
      </Button>
      <Button type="text" icon={<CloseOutlined />} onClick={onDone}>
        {t('common.cancel')}
      </Button>
    </Space>
  )
}
