import { useMutation } from '@tanstack/react-query'
import { Alert, Button, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { upload } from '../../../console/api.ts'
import { useAccountId } from '../../../console/session.ts'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { FileDrop } from '../../../console/ui/FileDrop.tsx'
import { type CodesFile, MOST_IN_BATCH, readCodesFileEndpoint } from '../schema.ts'

export type ReadFile = CodesFile & { fileName: string }
const SHOWN = 10
const TEMPLATES = {
  zh: '名称,场景值,渠道,文件夹,标签\n上海南京路店,sh-nanjing,收银台,华东,到店、会员\n',
  en: 'name,scene,placement,folder,tags\nNanjing Road shop,sh-nanjing,Till,East,"visited,member"\n',
}

/** Codes from a file, read by the server: what they come to, and what is wrong line by line. */
export function BatchFile({
  read,
  onRead,
}: {
  read: ReadFile | undefined
  onRead: (read: ReadFile | undefined) => void
}) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const errorText = useErrorText()
  const [progress, setProgress] = useState<number | null>(null)
  const send = useMutation({
    mutationFn: async (file: File) => ({
      fileName: file.name,
      ...(await upload(readCodesFileEndpoint, { params: { accountId } }, file, { onProgress: setProgress })),
    }),
    onSuccess: onRead,
    onSettled: () => setProgress(null),
  })
  if (read !== undefined) return <Found read={read} onRead={onRead} />
  return (
    <>
      <FileDrop
        title={t('qrCodes.batchFileDrop')}
        hint={t('qrCodes.batchFileHint', { most: MOST_IN_BATCH })}
        progress={progress}
        onFile={(file) => send.mutate(file)}
      />
      <Template />
      {send.error !== null && (
        <Alert
          type="error"
          showIcon
          title={errorText(send.error).title}
          description={errorText(send.error).advice}
        />
      )}
    </>
  )
}

function Template() {
  const { t, i18n } = useTranslation()
  const text = i18n.language.startsWith('zh') ? TEMPLATES.zh : TEMPLATES.en
  return (
    <Button
      type="link"
      size="small"
      href={`data:text/csv;charset=utf-8,${encodeURIComponent(`\ufeff${text}`)}`}
      download="codes.csv"
    >
      {t('qrCodes.batchFileTemplate')}
    </Button>
  )
}

function Found({ read, onRead }: { read: ReadFile; onRead: (read: ReadFile | undefined) => void }) {
  const { t } = useTranslation()
  const { fileName, codes, wrong, newPlacements, newFolders, ignored } = read
  const listed = (names: string[]) => names.join('、') || t('qrCodes.batchFileNone')
  return (
    <Space orientation="vertical" style={{ width: '100%' }}>
      <Alert
        type={wrong.length > 0 ? 'warning' : 'success'}
        showIcon
        title={t('qrCodes.batchFileRead', { name: fileName, count: codes.length })}
        description={
          <>
            {newPlacements.length + newFolders.length > 0 && (
              <div>
                {t('qrCodes.batchFileNew', {
                  placements: listed(newPlacements),
                  folders: listed(newFolders),
                })}
              </div>
            )}
            {ignored.length > 0 && (
              <div>{t('qrCodes.batchFileIgnored', { columns: ignored.join('、') })}</div>
            )}
          </>
        }
      />
      {wrong.length > 0 && (
        <Alert
          type="error"
          showIcon
          title={t('qrCodes.batchWrong', { count: wrong.length })}
          description={
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {wrong.slice(0, SHOWN).map(({ line, what, value }) => (
                <li key={line}>{t(`qrCodes.batchFileLine.${what}`, { line, value })}</li>
              ))}
              {wrong.length > SHOWN && <li>{t('qrCodes.batchFileMore', { count: wrong.length - SHOWN })}</li>}
            </ul>
          }
        />
      )}
      <Button onClick={() => onRead(undefined)}>{t('qrCodes.batchFileOther')}</Button>
    </Space>
  )
}
