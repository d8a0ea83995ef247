// SPDX-License-Identifier: Apache-2.0
// What nearly every page needs. Each file that is fetched on demand imports this one: the bundler
// puts what all of them share into one file, which travels with the first load, and a page is one
// request more. Without it every combination of pages has a file of its own.
import '../api.js';
import '../format.js';
import '../hooks/useDebounced.js';
import '../hooks/useForm.js';
import '../hooks/useList.js';
import '../hooks/useNames.js';
import '../hooks/useResource.js';
import '../hooks/useRetry.js';
import '../roles.js';
import '../router.jsx';
import '../session.jsx';
import './Confirm.jsx';
import './DataTable.jsx';
import './Dialog.jsx';
import './Field.jsx';
import './Icon.jsx';
import './Page.jsx';
import './Pager.jsx';
import './Problem.jsx';
import './Resource.jsx';
import './Status.jsx';
import './Toasts.jsx';
import './personColumns.jsx';
