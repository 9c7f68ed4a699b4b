// Sends what is chosen or dropped a few files at a time, with progress and what became of each. The form works without it.

const form = document.getElementById('upload');
const words = form.dataset;
const byId = id => document.getElementById(id);
const [files, folder, progress, text, bar, tally, outcomes, after, stopButton] =
  ['files', 'folder', 'progress', 'progress-text', 'progress-bar', 'tally', 'outcomes', 'after', 'stop'].map(byId);

const mostInRequest = 100;
const largestRequest = 64 << 20;
const mostListed = 200;

let queue = [];
let failed = [];
let state = null;
let request = null;

byId('send').hidden = true;
byId('folder-field').hidden = !('webkitdirectory' in folder);
files.required = false;

form.addEventListener('submit', event => event.preventDefault());
for (const input of [files, folder]) {
  input.addEventListener('change', () => {
    add([...input.files].map(file => ({ file, name: file.webkitRelativePath || file.name })));
    input.value = '';
  });
}

// A file that misses the frame must not replace the page.
for (const kind of ['dragover', 'drop'])
  document.addEventListener(kind, event => event.preventDefault());
document.addEventListener('dragover', () => form.classList.add('over'));
for (const kind of ['dragleave', 'drop'])
  document.addEventListener(kind, () => form.classList.remove('over'));
document.addEventListener('drop', async event => {
  const items = [...event.dataTransfer.items].filter(item => item.kind === 'file');
  // Both have to be taken before the first wait, after which the browser takes them away.
  const entries = items.map(item => item.webkitGetAsEntry?.() ?? null);
  const plain = items.map(item => item.getAsFile());
  const found = [];
  say(words.counting);
  for (let i = 0; i < items.length; i++) {
    if (entries[i]?.isDirectory)
      await walk(entries[i], found);
    else if (plain[i])
      found.push({ file: plain[i], name: plain[i].name });
  }
  add(found);
});

async function walk(directory, found) {
  const reader = directory.createReader();
  for (;;) {
    // It gives a hundred at a time, and none at the end.
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject)).catch(() => []);
    if (entries.length === 0)
      return;
    for (const entry of entries) {
      if (entry.isDirectory) {
        await walk(entry, found);
      } else {
        const file = await new Promise((resolve, reject) => entry.file(resolve, reject)).catch(() => null);
        if (file)
          found.push({ file, name: entry.fullPath.slice(1) });
      }
    }
  }
}

function say(message) {
  progress.hidden = false;
  text.textContent = message;
}

function add(found) {
  if (found.length === 0) {
    say(words.nothing);
    return;
  }
  queue.push(...found);
  if (state) {
    state.count += found.length;
    state.bytes += sizeOf(found);
    return;
  }
  state = { count: found.length, bytes: sizeOf(found), sent: 0, handled: 0, stored: 0, already: 0, refused: 0, unsent: 0, listed: 0 };
  failed = [];
  progress.hidden = false;
  outcomes.replaceChildren();
  after.replaceChildren(stopButton);
  stopButton.hidden = false;
  run();
}

const sizeOf = list => list.reduce((sum, each) => sum + each.file.size, 0);

// Who leaves the page would stop what is being sent.
const unload = event => event.preventDefault();

async function run() {
  window.addEventListener('beforeunload', unload);
  while (queue.length > 0) {
    const batch = [];
    let size = 0;
    while (queue.length > 0 && batch.length < mostInRequest && (batch.length === 0 || size + queue[0].file.size <= largestRequest)) {
      size += queue[0].file.size;
      batch.push(queue.shift());
    }
    await send(batch, size);
  }
  window.removeEventListener('beforeunload', unload);
  finish();
}

function send(batch, size) {
  return new Promise(resolve => {
    const body = new FormData();
    for (const { file, name } of batch)
      body.append('file', file, name);
    request = new XMLHttpRequest();
    request.open('POST', '/api/instances/upload');
    request.responseType = 'json';
    request.setRequestHeader('Accept', 'application/json');
    request.upload.addEventListener('progress', event => draw(state.sent + size * event.loaded / (event.total || 1)));
    request.addEventListener('loadend', () => {
      if (request.status === 401) {
        queue = [];
        window.removeEventListener('beforeunload', unload);
        location.assign('/sign-in?next=/upload');
      }
      const answer = request.response;
      if (Array.isArray(answer?.instances)) {
        answer.instances.forEach(count);
      } else {
        state.unsent += batch.length;
        failed.push(...batch);
        list(batch[0].name + (batch.length > 1 ? ` … (${batch.length})` : ''), words.failed, answer?.detail ?? '');
      }
      state.sent += size;
      state.handled += batch.length;
      request = null;
      draw(state.sent);
      resolve();
    });
    request.send(body);
  });
}

function count(instance) {
  if (instance.outcome === 'stored')
    state.stored++;
  else if (instance.outcome === 'already_stored')
    state.already++;
  else {
    state.refused++;
    list(instance.file ?? '', words.refused, instance.reason ?? '');
  }
}

// Only what needs a look; of a thousand stored files nobody reads the names.
function list(name, outcome, reason) {
  if (++state.listed > mostListed)
    return;
  const item = document.createElement('li');
  item.className = 'refused';
  const shown = document.createElement('bdi');
  shown.textContent = name;
  item.append(shown, ` – ${outcome}${reason ? ': ' + reason : ''}`);
  outcomes.append(item);
}

function draw(sent) {
  bar.value = state.bytes > 0 ? Math.min(1, sent / state.bytes) : 1;
  const percent = Math.floor(bar.value * 100);
  // A screen reader is told every tenth, not every step.
  const message = `${words.sending}: ${state.handled} ${words.of} ${state.count}`;
  if (percent >= (state.told ?? -10) + 10) {
    state.told = percent;
    text.textContent = `${message} (${percent} %)`;
  }
  tally.textContent = [
    [words.stored, state.stored], [words.already, state.already], [words.refused, state.refused], [words.failed, state.unsent],
  ].filter(([, many]) => many > 0).map(([word, many]) => `${word}: ${many}`).join(' · ');
}

function finish() {
  const done = state;
  draw(done.bytes);
  bar.value = 1;
  text.textContent = `${words.done}: ${done.handled} ${words.of} ${done.count}`;
  stopButton.hidden = true;
  if (done.listed > mostListed)
    outcomes.append(Object.assign(document.createElement('li'), { textContent: `${done.listed - mostListed} ${words.hidden}` }));
  after.append(Object.assign(
    document.createElement('a'), { href: '/?order=-id', textContent: words.studies, className: 'button main' }));
  if (failed.length > 0) {
    const again = Object.assign(document.createElement('button'), { type: 'button', textContent: words.again });
    again.addEventListener('click', () => add(failed));
    after.append(again);
  }
  state = null;
}

stopButton.addEventListener('click', () => {
  state.unsent += queue.length;
  failed.push(...queue);
  queue = [];
  request?.abort();
});
