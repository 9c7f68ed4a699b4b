// Makes of the page with one image a viewer: slider, wheel, keys, playing, and the window by dragging. The page works without it.

const viewer = document.querySelector('.viewer');
const words = viewer.dataset;
const part = name => viewer.querySelector(`[data-part="${name}"]`);

// "17-316,400:30": see SeriesStack.ToText. One entry for each frame.
const slices = words.images.split(',').flatMap(text => {
  const [ids, frames] = text.split(':');
  const [first, last = first] = ids.split('-').map(Number);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .flatMap(id => Array.from({ length: Number(frames ?? 1) }, (_, i) => ({ id, frame: i + 1, frames: Number(frames ?? 1) })));
});
const images = [...new Set(slices.map(slice => slice.id))];
const placeOf = new Map(images.map((id, index) => [id, index]));

const stage = part('stage');
const picture = part('picture');
const steps = part('steps');
let at = Math.max(0, slices.findIndex(slice => slice.id === images[Number(words.index)] && slice.frame === Number(words.frame)));
let windowText = words.window;

const addressOf = slice =>
  `/api/instances/${slice.id}/image?frame=${slice.frame}&width=${words.side}&height=${words.side}`
  + (windowText ? `&window=${encodeURIComponent(windowText)}` : '');

// One picture is asked for at a time; what was wanted in between is skipped, the last is shown.
let isLoading = false;
let isWanted = false;
const loader = new Image();

async function show() {
  isWanted = true;
  if (isLoading)
    return;
  isLoading = true;
  while (isWanted) {
    isWanted = false;
    const slice = slices[at];
    const address = addressOf(slice);
    loader.src = address;
    try {
      await loader.decode();
      picture.src = address;
      picture.hidden = false;
      problem.hidden = true;
    } catch {
      await explain(address);
    }
    describe(slice);
  }
  isLoading = false;
  ahead();
}

// What cannot be drawn is told in words: the API's own.
const problem = document.createElement('p');
problem.className = 'no-picture';
problem.hidden = true;

async function explain(address) {
  let reason = '';
  try {
    const answer = await fetch(address, { headers: { Accept: 'image/jpeg, image/png, application/problem+json' } });
    if (answer.status === 401)
      location.reload();
    if (!answer.ok)
      reason = (await answer.json()).detail ?? '';
  } catch {
    // Without a connection there is no reason to be had.
  }
  problem.textContent = `${words.failed} ${reason}`;
  problem.hidden = false;
  picture.hidden = true;
}

// The next ones in both directions come before they are asked for.
let kept = [];
function ahead() {
  kept = [1, 2, -1, 3].map(step => slices[at + step]).filter(Boolean).map(slice => {
    const image = new Image();
    image.src = addressOf(slice);
    return image;
  });
}

function describe(slice) {
  const text = `${words.image} ${placeOf.get(slice.id) + 1} / ${images.length}`
    + (slice.frames > 1 ? `, ${words.frameWord} ${slice.frame} / ${slice.frames}` : '');
  part('caption').textContent = text;
  part('window').textContent = windowText === 'auto' ? '' : windowText.replace(',', ' / ');
  picture.alt = text;
  slider.value = at;
  slider.setAttribute('aria-valuetext', text);
  part('tags').href = `/instances/${slice.id}/tags`;
  part('file').href = `/api/instances/${slice.id}/file`;
  part('file').download = `${slice.id}.dcm`;
  for (const link of viewer.querySelectorAll('[data-window]')) {
    if (link === viewer)
      continue;
    if (link.dataset.window === windowText)
      link.setAttribute('aria-current', 'true');
    else
      link.removeAttribute('aria-current');
  }
  remember(slice);
}

// The address says what is seen, so that it can be passed on and a reload shows the same.
let remembering = 0;
function remember(slice) {
  clearTimeout(remembering);
  remembering = setTimeout(() => {
    const query = new URLSearchParams({ image: slice.id });
    if (slice.frame > 1)
      query.set('frame', slice.frame);
    if (windowText)
      query.set('window', windowText);
    history.replaceState(null, '', `${location.pathname}?${query}`);
  }, 300);
}

function go(to) {
  const next = Math.min(slices.length - 1, Math.max(0, to));
  if (next === at)
    return;
  at = next;
  show();
}

// The slider, and the links become steps in place.
const slider = document.createElement('input');
slider.type = 'range';
slider.min = 0;
slider.max = slices.length - 1;
slider.value = at;
slider.setAttribute('aria-label', words.position);
slider.addEventListener('input', () => go(Number(slider.value)));

for (const [name, where] of Object.entries({ first: () => 0, prev: () => at - 1, next: () => at + 1, last: () => slices.length - 1 })) {
  const button = document.createElement('button');
  const link = part(name);
  button.type = 'button';
  button.setAttribute('aria-label', link.getAttribute('aria-label'));
  button.dataset.part = name;
  button.append(...link.childNodes);
  button.addEventListener('click', () => { stop(); go(where()); });
  link.replaceWith(button);
}

// Playing: through the frames of an image that has several, else through the images.
let player = 0;
let speed = 15;
const play = document.createElement('button');
play.type = 'button';
play.textContent = words.play;
play.addEventListener('click', () => (player ? stop() : start()));

const rate = document.createElement('input');
rate.type = 'number';
rate.min = 1;
rate.max = 60;
rate.value = speed;
rate.addEventListener('change', () => {
  speed = Math.min(60, Math.max(1, Number(rate.value) || speed));
  rate.value = speed;
  if (player) {
    stop();
    start();
  }
});
const rateLabel = document.createElement('label');
rateLabel.append(words.speed, rate);

function start() {
  play.textContent = words.stop;
  player = setInterval(() => {
    if (isLoading)
      return;
    const { id, frames } = slices[at];
    const isLast = frames > 1 ? slices[at + 1]?.id !== id : at + 1 === slices.length;
    at = !isLast ? at + 1 : frames > 1 ? at - frames + 1 : 0;
    show();
  }, 1000 / speed);
}

function stop() {
  clearInterval(player);
  player = 0;
  play.textContent = words.play;
}

// The window: presets in place, and by dragging from the one that the file has.
for (const link of viewer.querySelectorAll('.presets [data-window]')) {
  link.addEventListener('click', event => {
    event.preventDefault();
    windowText = link.dataset.window;
    show();
  });
}

const number = value => Number(Array.isArray(value) ? value[0] : value);
let fileWindow;
async function windowOfFile() {
  if (fileWindow)
    return fileWindow;
  fileWindow = { center: 128, width: 256 };
  try {
    const tags = await (await fetch(`/api/instances/${slices[at].id}/tags`)).json();
    const [center, width] = [number(tags['Window Center']), number(tags['Window Width'])];
    const [least, most] = [number(tags['Smallest Image Pixel Value']), number(tags['Largest Image Pixel Value'])];
    const bits = number(tags['Bits Stored']) || 8;
    if (Number.isFinite(center) && width > 0)
      fileWindow = { center, width };
    else if (most > least)
      fileWindow = { center: (least + most) / 2, width: most - least };
    else
      fileWindow = { center: 2 ** (bits - 1), width: 2 ** bits };
    const fps = number(tags['Recommended Display Frame Rate']) || number(tags['Cine Rate']) || 1000 / number(tags['Frame Time']);
    if (fps >= 1 && fps <= 60)
      rate.value = speed = Math.round(fps);
  } catch {
    // The one from above will do.
  }
  return fileWindow;
}

let drag = null;
stage.addEventListener('pointerdown', async event => {
  // A finger scrolls the page; the slider and the presets are for it.
  if (event.button !== 0 || event.pointerType === 'touch' || picture.hidden)
    return;
  event.preventDefault();
  stage.setPointerCapture(event.pointerId);
  drag = { x: event.clientX, y: event.clientY };
  const [center, width] = windowText.split(',').map(Number);
  const begin = width > 0 ? { center, width } : await windowOfFile();
  if (drag)
    Object.assign(drag, begin);
});
stage.addEventListener('pointermove', event => {
  if (!drag?.width)
    return;
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.isMoving && Math.hypot(dx, dy) < 4)
    return;
  drag.isMoving = true;
  const step = Math.max(drag.width, 32) / 300;
  const width = Math.max(1, Math.round(drag.width + dx * step));
  // Up is brighter: a lower centre.
  windowText = `${Math.round(drag.center + dy * step)},${width}`;
  part('window').textContent = windowText.replace(',', ' / ');
  show();
});
for (const end of ['pointerup', 'pointercancel'])
  stage.addEventListener(end, () => { drag = null; });

// The wheel: a notch is an image, a touchpad's many small steps are added up.
let turned = 0;
stage.addEventListener('wheel', event => {
  // With Ctrl it is the browser's zoom.
  if (event.ctrlKey)
    return;
  event.preventDefault();
  stop();
  const isNotch = event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL || Math.abs(event.deltaY) >= 50;
  turned = isNotch ? Math.sign(event.deltaY) : turned + event.deltaY / 40;
  const whole = Math.trunc(turned);
  turned -= whole;
  if (whole)
    go(at + whole);
}, { passive: false });

const keys = {
  ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity,
};
document.addEventListener('keydown', event => {
  if (!(event.key in keys) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.target.closest('input, select, textarea'))
    return;
  event.preventDefault();
  stop();
  go(at + keys[event.key]);
});

if (picture) {
  stage.append(problem);
  viewer.classList.add('live');
  if (slices.length > 1)
    steps.append(slider, play, rateLabel);
  part('hint').textContent = words.hint;
  windowOfFile();
  if (picture.complete && picture.naturalWidth === 0)
    show();
  else
    picture.addEventListener('error', show, { once: true });
  describe(slices[at]);
  ahead();
}
