import { Button, Checkbox, Drawer, Form, Input, Radio, Space } from 'antd'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { schemaRule } from '../../../console/ui/form-rules.ts'
import { checkScene } from '../../../wechat/rules/scene-limits.ts'
import type { Answer } from '../../auto-replies/schema.ts'
import {
  codeName,
  createCodeEndpoint,
  editCodeEndpoint,
  getCodeEndpoint,
  listCodesEndpoint,
  type QrCodeDetail,
} from '../schema.ts'
import { AnswerField } from './AnswerField.tsx'
import { LabelPicker, labelEndpoints } from './LabelPicker.tsx'
import { type Life, LifeField } from './LifeField.tsx'
import { LogoField } from './LogoField.tsx'

export type EditedCode = QrCodeDetail | 'new'
type Fields = {
  name: string
  life: Life
  scene?: string
  isNumber?: boolean
  folderId?: string | null
  placementId?: string | null
  logo?: string | null
  answer?: Answer | null
  answerOf?: 'own' | 'shared'
}

/** Makes one code, or changes what can be changed of one. */
export function CodeDrawer({
  edited,
  permanentLeft,
  onClose,
}: {
  edited: EditedCode | undefined
  permanentLeft: number
  onClose: () => void
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={edited !== undefined}
      onClose={onClose}
      size={520}
      destroyOnHidden
      title={t(edited === 'new' ? 'qrCodes.new' : 'qrCodes.edit')}
    >
      {edited !== undefined && <CodeForm {...{ edited, permanentLeft, onClose }} />}
    </Drawer>
  )
}

function CodeForm({
  edited,
  permanentLeft,
  onClose,
}: {
  edited: EditedCode
  permanentLeft: number
  onClose: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Fields>()
  const { save, busy } = useSave(edited, onClose)
  const initial: Partial<Fields> =
    edited === 'new'
      ? { life: { life: 'permanent', lifeSeconds: null }, isNumber: false }
      : {
          name: edited.name,
          folderId: edited.folderId,
          placementId: edited.placementId,
          answer: edited.answer,
          answerOf: 'own',
        }
  return (
    <Form<Fields> form={form} layout="vertical" initialValues={initial} onFinish={save}>
      <Form.Item
        name="name"
        label={t('common.name')}
        extra={t('qrCodes.nameHint')}
        rules={[schemaRule(codeName, t('qrCodes.nameInvalid'))]}
      >
        <Input maxLength={60} autoFocus />
      </Form.Item>
      {edited === 'new' && (
        <>
          <Form.Item name="life" label={t('qrCodes.lifeTitle')}>
            <LifeField withKnown permanentLeft={permanentLeft} />
          </Form.Item>
          <SceneFields />
        </>
      )}
      <AnswerFields edited={edited} />
      <Form.Item name="placementId" label={t('qrCodes.placement')} extra={t('qrCodes.placementHint')}>
        <LabelPicker kind="placement" />
      </Form.Item>
      <Form.Item name="folderId" label={t('qrCodes.folder')}>
        <LabelPicker kind="folder" />
      </Form.Item>
      <Form.Item noStyle dependencies={['life']}>
        {({ getFieldValue }) =>
          (getFieldValue('life') as Life | undefined)?.life !== 'known' && (
            <Form.Item name="logo" label={t('qrCodes.logo')} extra={t('qrCodes.logoHint')}>
              <LogoField had={edited !== 'new' && edited.hasLogo} />
            </Form.Item>
          )
        }
      </Form.Item>
      <Space>
        <Button type="primary" htmlType="submit" loading={busy}>
          {t('common.save')}
        </Button>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
      </Space>
    </Form>
  )
}

/** Where codes share an answer, a change asks whose it is. */
function AnswerFields({ edited }: { edited: EditedCode }) {
  const { t } = useTranslation()
  const before = edited === 'new' ? null : edited.answer
  const shared = edited === 'new' ? 0 : edited.answerShared
  return (
    <>
      <Form.Item name="answer" label={t('qrCodes.answer')} extra={t('qrCodes.answerHint')}>
        <AnswerField />
      </Form.Item>
      <Form.Item noStyle dependencies={['answer']}>
        {({ getFieldValue }) =>
          shared > 1 &&
          isOther(getFieldValue('answer') as Answer | null, before) && (
            <Form.Item name="answerOf" label={t('qrCodes.answerShared', { count: shared })}>
              <Radio.Group
                options={[
                  { value: 'own', label: t('qrCodes.answerOf.own') },
                  { value: 'shared', label: t('qrCodes.answerOf.shared', { count: shared }) },
                ]}
              />
            </Form.Item>
          )
        }
      </Form.Item>
    </>
  )
}

const isOther = (answer: Answer | null | undefined, before: Answer | null): boolean =>
  JSON.stringify(answer ?? null) !== JSON.stringify(before)

/** Ours unless something has to be kept: a scene of another system, or one that is read there. */
function SceneFields() {
  const { t } = useTranslation()
  return (
    <Form.Item noStyle dependencies={['life']}>
      {({ getFieldValue }) => {
        const { life } = getFieldValue('life') as Life
        return (
          <Form.Item
            label={t('qrCodes.scene')}
            required={life === 'known'}
            extra={t(life === 'known' ? 'qrCodes.sceneHintKnown' : 'qrCodes.sceneHint')}
          >
            <Form.Item
              name="scene"
              noStyle
              dependencies={['isNumber', 'life']}
              rules={[
                ({ getFieldValue: read }) => ({
                  validator: async (_rule, text: string | undefined) => {
                    if (!text && life !== 'known') return
                    const scene = { text: text ?? '', isNumber: read('isNumber') === true }
                    const problem =
                      life === 'known' && text
                        ? undefined
                        : checkScene(scene, life === 'known' ? 'permanent' : life)
                    if (problem !== undefined) throw new Error(t(`qrCodes.sceneProblem.${problem}`))
                  },
                }),
              ]}
            >
              <Input maxLength={64} placeholder={life === 'known' ? '' : t('qrCodes.sceneAuto')} />
            </Form.Item>
            {life !== 'known' && (
              <Form.Item name="isNumber" valuePropName="checked" noStyle>
                <Checkbox style={{ marginTop: 8 }}>{t('qrCodes.sceneNumber')}</Checkbox>
              </Form.Item>
            )}
          </Form.Item>
        )
      }}
    </Form.Item>
  )
}

function useSave(edited: EditedCode, onClose: () => void) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const done = {
    invalidates: [
      listCodesEndpoint,
      getCodeEndpoint,
      labelEndpoints.folder.list,
      labelEndpoints.placement.list,
    ],
    onSuccess: onClose,
  }
  const create = useEndpointMutation(createCodeEndpoint, { ...done, success: t('qrCodes.created') })
  const edit = useEndpointMutation(editCodeEndpoint, { ...done, success: t('common.saved') })
  const save = ({ name, life, scene, isNumber, answer = null, answerOf = 'own', ...rest }: Fields) => {
    const { folderId = null, placementId = null, logo } = rest
    if (edited !== 'new')
      return edit.mutate({
        params: { accountId, qrCodeId: edited.id },
        body: {
          name,
          folderId,
          placementId,
          ...(logo !== undefined && { logo }),
          ...(isOther(answer, edited.answer) && { answer, answerOf }),
        },
      })
    const own = scene ? { text: scene, isNumber: isNumber === true && life.life !== 'known' } : null
    create.mutate({
      params: { accountId },
      body: { name, ...life, scene: own, folderId, placementId, logo: logo ?? null, answer },
    })
  }
  return { save, busy: create.isPending || edit.isPending }
}
