'use strict';

// Text goes in as text only: what the archive holds was written by others.
const make = (name, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

const longestShown = 200000;
const mostShown = 10;
const fewShown = 4;
let blob = null;

async function start() {
  const answer = await fetch('/api/openapi.json');
  const api = await answer.json();
  const groups = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const verb of ['get', 'post', 'put', 'patch', 'delete']) {
      const operation = item[verb];
      if (!operation) continue;
      const tag = operation.tags[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(show(api, path, verb, operation, item.parameters ?? []));
    }
  }

  const main = document.getElementById('operations');
  for (const [tag, operations] of groups) main.append(make('h2', { textContent: tag }), ...operations);
  await showSession();
}

function show(api, path, verb, operation, pathParameters) {
  const details = make('details', {},
    make('summary', {},
      make('span', { className: 'verb', textContent: verb.toUpperCase() }),
      make('span', { className: 'path', textContent: path }),
      operation.summary));
  details.addEventListener('toggle', () => {
    // Made when it is opened: the lists have thirty parameters each.
    if (details.open && details.childElementCount === 1) fill(api, details, path, verb, operation, pathParameters);
  });
  return details;
}

function fill(api, details, path, verb, operation, pathParameters) {
  const form = make('form');
  const parameters = [...pathParameters, ...(operation.parameters ?? [])];
  const shown = parameters.length > mostShown ? fewShown : parameters.length;
  if (parameters.length > 0) form.append(grid(parameters.slice(0, shown)));
  if (parameters.length > shown) {
    form.append(make('details', { className: 'more' },
      make('summary', { textContent: `${parameters.length - shown} more parameters` }), grid(parameters.slice(shown))));
  }

  const content = operation.requestBody?.content ?? {};
  if (content['application/json']) {
    const example = exampleOf(api, content['application/json'].schema);
    form.append(make('label', { className: 'body' }, 'Body',
      make('textarea', { name: 'json', value: JSON.stringify(example, null, 2), spellcheck: false })));
  } else if (Object.keys(content).length > 0) {
    form.append(make('label', { className: 'body' }, 'Files', make('input', { type: 'file', name: 'files', multiple: true })));
  }

  const answers = Object.values(operation.responses).flatMap(response => Object.keys(response.content ?? {}));
  const accept = make('select', { name: 'accept' }, ...answers.map(type => make('option', { textContent: type })));
  if (answers.length > 1) form.append(make('label', {}, 'Accept', accept));
  form.append(make('button', { textContent: 'Send', className: verb === 'delete' ? 'danger' : '' }));

  const output = make('div', { ariaLive: 'polite' });
  form.addEventListener('submit', event => {
    event.preventDefault();
    send(form, output, path, verb, parameters, answers.length > 1 ? accept.value : '*/*');
  });
  details.append(make('p', { textContent: operation.description }), form, output);
}

const grid = parameters => make('div', { className: 'parameters' }, ...parameters.map(field));

function field(parameter) {
  const values = parameter.schema.enum;
  const input = values
    ? make('select', {}, make('option', { value: '' }), ...values.map(value => make('option', { textContent: value })))
    : make('input', { type: parameter.schema.type === 'integer' ? 'number' : 'text' });
  input.name = parameter.in + ':' + parameter.name;
  input.required = parameter.in === 'path';
  return make('label', {}, parameter.name, input, make('small', { textContent: parameter.description ?? '' }));
}

function exampleOf(api, schema) {
  const resolved = schema.$ref ? api.components.schemas[schema.$ref.split('/').pop()] : schema;
  const example = {};
  for (const [name, member] of Object.entries(resolved.properties ?? {})) {
    if (resolved.required?.includes(name)) example[name] = member.enum?.[0] ?? (member.type === 'boolean' ? false : '');
  }
  return example;
}

async function send(form, output, path, verb, parameters, accept) {
  let url = path;
  const query = new URLSearchParams();
  for (const parameter of parameters) {
    const value = form.elements[parameter.in + ':' + parameter.name].value;
    if (parameter.in === 'path') url = url.replace('{' + parameter.name + '}', encodeURI(value));
    else if (value !== '') query.set(parameter.name, value);
  }
  if (query.size > 0) url += '?' + query;

  const request = { method: verb.toUpperCase(), headers: { Accept: accept } };
  const json = form.elements.json;
  const files = form.elements.files;
  if (json) {
    request.body = json.value;
    request.headers['Content-Type'] = 'application/json';
  } else if (files) {
    request.body = new FormData();
    for (const file of files.files) request.body.append('file', file);
  }

  output.replaceChildren(make('p', { textContent: request.method + ' ' + url + ' …' }));
  try {
    const began = performance.now();
    const response = await fetch(url, request);
    const body = await response.blob();
    const took = Math.round(performance.now() - began);
    const headers = [...response.headers].map(([name, value]) => name + ': ' + value).join('\n');
    output.replaceChildren(
      make('p', {}, make('strong', { textContent: response.status + ' ' + response.statusText }), ` ${request.method} ${url} (${took} ms)`),
      make('pre', { textContent: headers, tabIndex: 0 }),
      await view(response.headers.get('Content-Type') ?? '', body));
  } catch (error) {
    output.replaceChildren(make('p', { textContent: 'The request failed: ' + error.message }));
  }
  await showSession();
}

async function view(type, body) {
  if (body.size === 0) return make('p', { textContent: 'The answer is empty.' });
  if (/json/.test(type) && body.size <= longestShown) {
    const text = await body.text();
    try {
      return make('pre', { textContent: JSON.stringify(JSON.parse(text), null, 2), tabIndex: 0 });
    } catch {
      return make('pre', { textContent: text, tabIndex: 0 });
    }
  }

  if (blob) URL.revokeObjectURL(blob);
  // Only what is a picture is opened by the browser; the rest is saved.
  const isPicture = /^image\/(jpeg|png)$/.test(type);
  blob = URL.createObjectURL(new Blob([body], { type: isPicture ? type : 'application/octet-stream' }));
  return isPicture
    ? make('img', { src: blob, alt: 'The picture that was answered' })
    : make('a', { href: blob, download: 'answer', textContent: `Save ${body.size} bytes of ${type}` });
}

async function showSession() {
  const check = await fetch('/api/users/check');
  document.getElementById('sign-in').hidden = check.ok;
  document.getElementById('sign-out').hidden = !check.ok;
  document.getElementById('session').textContent = check.ok ? 'Signed in.' : 'Not signed in.';
}

document.getElementById('sign-in').addEventListener('submit', async event => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch('/api/users/auth', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email: form.elements.email.value, password: form.elements.password.value }),
  });
  form.elements.password.value = '';
  await showSession();
  if (!answer.ok) document.getElementById('session').textContent = (await answer.json()).detail;
});

document.getElementById('sign-out').addEventListener('submit', async event => {
  event.preventDefault();
  await fetch('/api/users/logout', { method: 'POST' });
  await showSession();
});

start();
