// The ways in which files get here: chosen, dropped anywhere on the page, and pasted; folders with all that is in them.
import { getDroppedFiles } from '@uppy/core/utils'

export function acceptFiles(zone: HTMLElement, take: (files: File[]) => void): void {
  for (const input of zone.querySelectorAll<HTMLInputElement>('input[type=file]')) {
    if (input.webkitdirectory && !canChooseFolders()) input.closest('label')!.hidden = true

    input.addEventListener('change', () => {
      const files = [...input.files ?? []]
      // So that the same files can be chosen again.
      input.value = ''
      take(files)
    })
  }

  addEventListener('paste', event => {
    const files = [...event.clipboardData?.files ?? []]
    if (files.length > 0) take(files)
  })

  let depth = 0
  const dragging = (by: number): void => {
    depth = by === 0 ? 0 : Math.max(0, depth + by)
    document.body.classList.toggle('dropping', depth > 0)
  }

  addEventListener('dragenter', event => { if (hasFiles(event)) dragging(1) })
  addEventListener('dragleave', event => { if (hasFiles(event)) dragging(-1) })
  addEventListener('dragover', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    event.dataTransfer!.dropEffect = 'copy'
  })
  addEventListener('drop', event => {
    if (!hasFiles(event)) return
    event.preventDefault()
    dragging(0)
    void getDroppedFiles(event.dataTransfer!).then(take)
  })
}

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** Phones have none to choose. */
const canChooseFolders = (): boolean => 'webkitdirectory' in document.createElement('input') && !matchMedia('(hover: none) and (pointer: coarse)').matches
