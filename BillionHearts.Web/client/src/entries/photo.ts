import '../styles/photo.css'
import { enhancePhotoPage } from '../photo/page'
import { followAnalysis } from '../photo/waiting'

enhancePhotoPage()
void followAnalysis()
