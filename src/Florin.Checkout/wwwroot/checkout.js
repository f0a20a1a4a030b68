// Makes the checkout easier; every page works without it.

const byId = (id) => document.getElementById(id);
const digitsOf = (text) => text.replace(/\D/g, '');

// Leading digits of each scheme (ISO/IEC 7812 issuer ranges), most particular first.
const schemes = [
  ['amex', /^3[47]/],
  ['jcb', /^35(2[89]|[3-8])/],
  ['unionpay', /^(62|81)/],
  ['discover', /^(6011|64[4-9]|65)/],
  ['mastercard', /^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/],
  ['visa', /^4/],
];

const schemeOf = (digits) => schemes.find(([, range]) => range.test(digits))?.[0];

const grouped = (digits) => schemeOf(digits) === 'amex'
  ? [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10)].filter(Boolean).join(' ')
  : digits.replace(/(\d{4})(?=\d)/g, '$1 ');

// The check digit of ISO/IEC 7812-1, annex B.
const passesLuhn = (digits) => [...digits].reverse().reduce((sum, digit, i) => {
  const value = Number(digit) * (i % 2 ? 2 : 1);
  return sum + (value > 9 ? value - 9 : value);
}, 0) % 10 === 0;

// Writes a new text into an input and leaves the caret behind the same digit as before.
const rewrite = (input, format) => {
  const caret = input.selectionStart ?? input.value.length;
  const before = digitsOf(input.value.slice(0, caret)).length;
  const atEnd = caret === input.value.length;
  const text = format(input.value);
  if (text === input.value) return;
  input.value = text;
  let place = 0;
  for (let seen = 0; place < text.length && seen < before; place++) if (/\d/.test(text[place])) seen++;
  if (document.activeElement === input) input.setSelectionRange(atEnd ? text.length : place, atEnd ? text.length : place);
};

const setError = (input, sentence) => {
  const id = `${input.id}-error`;
  byId(id)?.remove();
  const others = (input.getAttribute('aria-describedby') ?? '').split(' ').filter((other) => other && other !== id);
  if (sentence) {
    const line = document.createElement('p');
    line.className = 'error';
    line.id = id;
    line.textContent = sentence;
    input.closest('.field').append(line);
    others.unshift(id);
    input.setAttribute('aria-invalid', 'true');
    byId('status').textContent = sentence;
  } else {
    input.removeAttribute('aria-invalid');
  }
  if (others.length) input.setAttribute('aria-describedby', others.join(' '));
  else input.removeAttribute('aria-describedby');
};

const helpWithNumber = (input) => {
  const brands = byId('brands');
  const cvc = byId('cvc');
  const show = () => {
    const scheme = schemeOf(digitsOf(input.value));
    brands.classList.toggle('known', Boolean(scheme));
    for (const brand of brands.children) brand.hidden = Boolean(scheme) && brand.dataset.brand !== scheme;
    cvc.placeholder = scheme === 'amex' ? '1234' : '123';
  };
  input.addEventListener('input', () => {
    // A digit taken away from the middle of a group is left alone until the next one is typed at the end.
    rewrite(input, (text) => grouped(digitsOf(text).slice(0, 19)));
    if (input.getAttribute('aria-invalid')) setError(input, '');
    show();
  });
  input.addEventListener('blur', () => {
    const digits = digitsOf(input.value);
    if (digits.length >= 13) setError(input, passesLuhn(digits) ? '' : input.dataset.mistyped);
  });
  rewrite(input, (text) => grouped(digitsOf(text)));
  show();
};

const helpWithExpiry = (input) => {
  const format = (text) => {
    const [, month, year] = /^(\d{1,2})\s*[/.-]\s*(\d*)/.exec(text) ?? [];
    // "8/29" and "08/2029" as well as "0829" and a bare "8", which can only be August.
    let digits = month ? month.padStart(2, '0') + (year.length === 4 ? year.slice(2) : year) : digitsOf(text);
    if (!month && /^[2-9]/.test(digits)) digits = `0${digits}`;
    if (!month && digits.length === 6) digits = digits.slice(0, 2) + digits.slice(4);
    digits = digits.slice(0, 6);
    return digits.length > 2 || month ? `${digits.slice(0, 2)} / ${digits.slice(2)}` : digits;
  };
  input.addEventListener('input', (event) => {
    if (event.inputType?.startsWith('delete')) return;
    const text = input.value;
    rewrite(input, () => /^\d{2} \/ \d{3,4}$/.test(text) && text.length < 9 ? text : format(text));
    if (input.getAttribute('aria-invalid')) setError(input, '');
  });
  input.addEventListener('blur', () => {
    input.value = format(input.value);
    const [, month, year] = /^(\d\d) \/ (\d\d)$/.exec(input.value) ?? [];
    if (!month) return;
    const now = new Date();
    const isPast = 2000 + Number(year) < now.getFullYear()
      || (2000 + Number(year) === now.getFullYear() && Number(month) < now.getMonth() + 1);
    setError(input, isPast ? input.dataset.past : '');
  });
};

// One press is one payment. The server would see through a second one too; this spares the buyer the doubt.
const guardAgainstDoublePress = (form) => {
  const button = form.querySelector('[type=submit]');
  const words = button.querySelector('span');
  const usual = words.textContent;
  const release = () => {
    delete form.dataset.sent;
    button.removeAttribute('aria-disabled');
    words.textContent = usual;
  };
  form.addEventListener('submit', (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    button.setAttribute('aria-disabled', 'true');
    words.textContent = form.dataset.paying;
    byId('status').textContent = form.dataset.paying;
  });
  // The page may come back from the browser's memory, as it was when it was left.
  addEventListener('pageshow', release);
};

// Asks for the outcome, every second at first and then less often, for 90 seconds.
const poll = async (place) => {
  const started = Date.now();
  for (let wait = 1000; Date.now() - started < 90_000; wait = Math.min(wait * 1.4, 6000)) {
    await new Promise((resume) => { setTimeout(resume, wait); });
    try {
      const answer = await fetch(place.dataset.poll, { cache: 'no-store', headers: { Accept: 'application/json' } });
      if (answer.ok && (await answer.json()).done) break;
    } catch {
      // The network is away; the next round asks again.
    }
  }
  location.replace(place.dataset.then);
};

const form = byId('pay');
if (form) {
  helpWithNumber(byId('cardnumber'));
  helpWithExpiry(byId('exp'));
  guardAgainstDoublePress(form);
  // A page that comes with errors starts at their list.
  byId('errors')?.focus();
}

const checking = document.querySelector('[data-poll]');
if (checking) poll(checking);

const go = document.querySelector('[data-go]');
if (go?.dataset.go === 'now') location.replace(go.href);
if (go?.dataset.go === 'soon') {
  const leaving = setTimeout(() => location.replace(go.href), 8000);
  byId('soon').hidden = false;
  byId('stay').addEventListener('click', () => {
    clearTimeout(leaving);
    byId('soon').hidden = true;
    go.focus();
  });
}
