// The api's image object, as far as scripts use it.

export interface Rendition { url: string; width: number; height: number; bytes: number }

export interface Photo {
  id: number
  user_id: number
  original_filename: string
  upload_date: string
  /** In pixels, as stored; after the camera's orientation in `analysis`. */
  width: number
  height: number
  file_size: number
  file_type: string
  status: 'awaiting_content' | 'pending' | 'analyzed' | 'failed'
  version: number
  url: string | null
  renditions: Partial<Record<'thumb' | 'preview', Rendition>>
  analysis: { width: number; height: number; thumbhash: string; dominant_color: string; captured_at?: string } | null
  failure: { reason: string; detail: string } | null
}

/** The photos that a viewer goes through, in the order of the grid. */
export interface PhotoSource {
  readonly count: number
  /** -1 if it is not there. */
  indexOf(id: number): number
  /** Loads more where it has to. */
  at(index: number): Promise<Photo | undefined>
}
