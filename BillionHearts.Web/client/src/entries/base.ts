// Loaded by every page.
import '../styles/base.css'
import '../styles/layout.css'
import '../styles/forms.css'
import { showTimes } from '../times'

showTimes()
