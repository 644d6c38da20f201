import { ApiError, urlOf } from '../../../console/api.ts'
import { codePicturesEndpoint } from '../schema.ts'

type Wanted = { ids: string[]; format: 'png' | 'svg'; size: number }

/** Asks for the ZIP and hands it to the browser as a file. */
export async function downloadPictures(accountId: string, wanted: Wanted): Promise<void> {
  const response = await fetch(urlOf(codePicturesEndpoint, { params: { accountId } }), {
    method: codePicturesEndpoint.method,
    credentials: 'same-origin',
    headers: { 'x-weida-request': '1', 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
  })
  if (!response.ok) {
    const { error } = (await response.json().catch(() => ({}))) as {
      error?: { reason: string; message: string }
    }
    throw new ApiError(response.status, error?.reason ?? 'internal', error?.message ?? '')
  }
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = 'codes.zip'
  link.click()
  URL.revokeObjectURL(url)
}
